/* What the processor says that it can do, and registers that take only some values. */
#include "attack_rows.h"

#include <vtl0/exceptions.h>
#include <vtl0/x86.h>

/* attack->number: leaf, and in the high half 0 to 3 (EAX to EDX) << 8 | a bit that must be clear. */
void attack_feature(const struct attack *attack, struct attack_result *result)
{
    struct cpuid leaf = cpuid((uint32_t)attack->number, 0);
    const uint32_t words[] = { leaf.eax, leaf.ebx, leaf.ecx, leaf.edx };
    uint32_t which = (uint32_t)(attack->number >> 32);
    bool shown = (words[which >> 8 & 3] >> (which & 31) & 1) != 0;

    result->rip_advanced = true;
    result->outcome = shown ? OUTCOME_OK : OUTCOME_REFUSED;
    attack_detail(result, "leaf=%x,word=%x", (unsigned)(uint32_t)attack->number, (unsigned)words[which >> 8 & 3]);
}

static void write_and_put_back(uint32_t msr, uint64_t value, struct attack_result *result)
{
    uint64_t before = 0;
    bool written = rdmsr_safe(msr, &before) && wrmsr_safe(msr, value);

    if (written) {
        wrmsr_safe(msr, before);
    }
    result->outcome = written ? OUTCOME_OK : OUTCOME_GP;
    result->rip_advanced = written;
    attack_detail(result, "written=%d", written);
}

/* A PAT with one type of every entry; attack->number: the type. */
void attack_pat(const struct attack *attack, struct attack_result *result)
{
    write_and_put_back(0x277, attack->number * UINT64_C(0x0101010101010101), result);
}

/* attack->number: a value for XCR0. */
void attack_xcr0(const struct attack *attack, struct attack_result *result)
{
    uint64_t cr4 = read_cr4();
    uint32_t low, high;
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_xsetbv };

    write_cr4(cr4 | CR4_OSXSAVE);
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    probe.rax = attack->control ? low : (uint32_t)attack->number;
    probe.rdx = attack->control ? high : attack->number >> 32;
    probe_call(&probe);
    attack_judge(&probe, true, result);
    if (probe.caught == 0) {
        __asm__ volatile("xsetbv" : : "a"(low), "d"(high), "c"(0));
    }
    write_cr4(cr4);
}

/*
 * attack->number: bits to flip in CR0. The next exit is what a hypervisor may not come back from: an emulator lets some values
 * be loaded that no guest can be entered with.
 */
void attack_cr0(const struct attack *attack, struct attack_result *result)
{
    uint64_t before = read_cr0();
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_write_cr0, .rax = before ^ attack->number };

    probe_call(&probe);
    attack_judge(&probe, true, result);
    if (probe.caught == 0) {
        (void)cpuid(0, 0);
        result->outcome = attack->control ? OUTCOME_OK : OUTCOME_REFUSED;
        __asm__ volatile("mov %0, %%cr0" : : "r"(before));
    }
}
