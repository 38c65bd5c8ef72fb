#include "vmx.h"

#include <lib/string.h>

#include <stddef.h>

#include "bench.h"
#include "cpu.h"
#include "ept.h"
#include "guest.h"
#include "idt.h"

#define STACK_SIZE 32768
#define MSR_FEATURE_CONTROL 0x3Au
#define FEATURE_CONTROL_LOCKED_ON 5u
#define MSR_VMX_BASIC 0x480u
#define MSR_VMX_CR0_FIXED0 0x486u
#define MSR_VMX_SECONDARY 0x48Bu
#define MSR_VMX_TRUE_PIN 0x48Du
#define MSR_VMX_TRUE_PROCESSOR 0x48Eu
#define MSR_VMX_TRUE_EXIT 0x48Fu
#define MSR_VMX_TRUE_ENTRY 0x490u
#define CR4_VMXE (1u << 13)
#define RIGHTS_UNUSABLE 0x10000u
#define RIGHTS_CODE 0xA09Bu
#define RIGHTS_DATA 0xC093u
#define RIGHTS_TSS 0x8Bu

_Static_assert(offsetof(struct vmx_guest, r15) == 112 && offsetof(struct vmx_guest, launched) == 120
               && offsetof(struct vmx_guest, epoch) == 128, "vmx_enter.S knows the layout");

extern char guest_exits_begin[];
extern char guest_exits_end[];
extern uint64_t gdt[];

struct vmx_guest vmx_vtl0;
struct vmx_guest vmx_vtl1;

static uint32_t vmxon_region[2][1024] __attribute__((aligned(4096)));
static uint32_t vmcs[2][1024] __attribute__((aligned(4096)));
static char stacks[2][STACK_SIZE] __attribute__((aligned(4096)));
static char guest_tss[104];

static uint64_t address_of(const volatile void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

uint64_t vmx_read(uint32_t field)
{
    uint64_t value;

    __asm__ volatile("vmread %1, %0" : "=r"(value) : "r"((uint64_t)field) : "cc");
    return value;
}

void vmx_write(uint32_t field, uint64_t value)
{
    bool failed;

    __asm__ volatile("vmwrite %1, %2" : "=@ccbe"(failed) : "r"(value), "r"((uint64_t)field));
    if (failed) {
        fact("vmx", "VMWRITE of field %x failed", field);
        bench_end("VMWRITE");
    }
}

void vmx_set(uint32_t field, uint64_t bits)
{
    vmx_write(field, vmx_read(field) | bits);
}

void vmx_clear(uint32_t field, uint64_t bits)
{
    vmx_write(field, vmx_read(field) & ~bits);
}

/* The guests' code is written with AMD's VMMCALL: the last byte makes it Intel's VMCALL. */
static void use_vmcall(void)
{
    for (uint8_t **at = (uint8_t **)(void *)guest_exits_begin; at < (uint8_t **)(void *)guest_exits_end; at++) {
        (*at)[2] = 0xC1;
    }
}

static bool processor_has_vmx(void)
{
    uint32_t a = 1;
    uint32_t b;
    uint32_t c = 0;
    uint32_t d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (c & 1u << 5) != 0;
}

static bool vmxon(uint32_t *region)
{
    uint64_t address = address_of(region);
    bool failed;

    region[0] = (uint32_t)rdmsr(MSR_VMX_BASIC) & 0x7FFFFFFF;
    __asm__ volatile("vmxon %1" : "=@ccbe"(failed) : "m"(address) : "memory");
    return !failed;
}

bool vmx_enable(unsigned processor)
{
    uint64_t cr0 = read_cr0() | rdmsr(MSR_VMX_CR0_FIXED0);

    if (!processor_has_vmx()) {
        return false;
    }
    if ((rdmsr(MSR_FEATURE_CONTROL) & 1) == 0) {
        wrmsr(MSR_FEATURE_CONTROL, FEATURE_CONTROL_LOCKED_ON);
    }
    if ((rdmsr(MSR_FEATURE_CONTROL) & FEATURE_CONTROL_LOCKED_ON) != FEATURE_CONTROL_LOCKED_ON) {
        return false;
    }
    __asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
    write_cr4(read_cr4() | CR4_VMXE);
    if (processor == 0) {
        use_vmcall();
        ept_build();
    }
    return vmxon(vmxon_region[processor]);
}

void vmx_disable(void)
{
    __asm__ volatile("vmxoff" : : : "cc", "memory");
}

/* What is wanted, within what the processor forces to 1 (low half) and allows to be 1 (high half). */
static void write_controls(uint32_t field, uint32_t msr, uint32_t wanted)
{
    uint64_t allowed = rdmsr(msr);

    if ((wanted & ~(uint32_t)(allowed >> 32)) != 0) {
        fact("vmx", "controls %x of field %x: MSR %x is %lx", wanted, field, msr, allowed);
        bench_end("a VMX control is missing");
    }
    vmx_write(field, wanted | (uint32_t)allowed);
}

static void write_all_controls(void)
{
    write_controls(VMCS_PIN_CONTROLS, MSR_VMX_TRUE_PIN, PIN_NMI);
    write_controls(VMCS_PROCESSOR_CONTROLS, MSR_VMX_TRUE_PROCESSOR, PROCESSOR_SECONDARY);
    write_controls(VMCS_SECONDARY_CONTROLS, MSR_VMX_SECONDARY, SECONDARY_EPT);
    write_controls(VMCS_EXIT_CONTROLS, MSR_VMX_TRUE_EXIT,
                   EXIT_CONTROL_HOST_64 | EXIT_CONTROL_SAVE_EFER | EXIT_CONTROL_LOAD_EFER);
    write_controls(VMCS_ENTRY_CONTROLS, MSR_VMX_TRUE_ENTRY, ENTRY_CONTROL_GUEST_64 | ENTRY_CONTROL_LOAD_EFER);
    vmx_write(VMCS_EPT_POINTER, ept_pointer());
    vmx_write(VMCS_LINK_POINTER, ~0ull);
}

static uint64_t task_base(uint16_t selector)
{
    uint64_t low = gdt[selector / 8u];

    return (low >> 16 & 0xFFFFFF) | (low >> 32 & 0xFF000000) | gdt[selector / 8u + 1] << 32;
}

static void write_host(void)
{
    uint16_t task;

    __asm__ volatile("str %0" : "=r"(task));
    for (uint32_t field = VMCS_HOST_ES; field < VMCS_HOST_TR; field += 2) {
        vmx_write(field, field == VMCS_HOST_ES + 2 ? 0x08 : 0x10);
    }
    vmx_write(VMCS_HOST_TR, task);
    vmx_write(VMCS_HOST_TR_BASE, task_base(task));
    vmx_write(VMCS_HOST_CR0, read_cr0());
    vmx_write(VMCS_HOST_CR3, read_cr3());
    vmx_write(VMCS_HOST_CR4, read_cr4());
    vmx_write(VMCS_HOST_EFER, rdmsr(MSR_EFER));
    vmx_write(VMCS_HOST_GDTR_BASE, address_of(gdt));
    vmx_write(VMCS_HOST_IDTR_BASE, address_of(host_idt));
    vmx_write(VMCS_HOST_RIP, address_of(vmx_exit));
}

static void write_segment(uint32_t index, uint16_t selector, uint32_t rights, uint32_t limit, uint64_t base)
{
    vmx_write(VMCS_GUEST_ES + index * 2, selector);
    vmx_write(VMCS_GUEST_LIMIT_ES + index * 2, limit);
    vmx_write(VMCS_GUEST_RIGHTS_ES + index * 2, rights);
    vmx_write(VMCS_GUEST_BASE_ES + index * 2, base);
}

static void write_guest_segments(const struct idt_gate *idt)
{
    for (uint32_t i = 0; i < 6; i++) {
        bool code = i == 1;

        write_segment(i, code ? 0x08 : 0x10, code ? RIGHTS_CODE : RIGHTS_DATA, 0xFFFFFFFF, 0);
    }
    write_segment(6, 0, RIGHTS_UNUSABLE, 0, 0);
    write_segment(7, 0x20, RIGHTS_TSS, sizeof(guest_tss) - 1, address_of(guest_tss));
    vmx_write(VMCS_GUEST_GDTR_BASE, address_of(gdt));
    vmx_write(VMCS_GUEST_GDTR_LIMIT, 0x3F);
    vmx_write(VMCS_GUEST_IDTR_BASE, address_of(idt));
    vmx_write(VMCS_GUEST_IDTR_LIMIT, 4095);
}

static void write_guest(unsigned index, void (*code)(void), bool interrupts)
{
    write_guest_segments(index ? vtl1_idt : vtl0_idt);
    vmx_write(VMCS_GUEST_CR0, read_cr0());
    vmx_write(VMCS_GUEST_CR3, read_cr3());
    vmx_write(VMCS_GUEST_CR4, read_cr4());
    vmx_write(VMCS_GUEST_EFER, rdmsr(MSR_EFER));
    vmx_write(VMCS_GUEST_DR7, 0x400);
    vmx_write(VMCS_GUEST_RIP, address_of((void *)code));
    vmx_write(VMCS_GUEST_RSP, address_of(stacks[index] + STACK_SIZE));
    vmx_write(VMCS_GUEST_RFLAGS, 2 | (interrupts ? RFLAGS_IF : 0));
}

static void load(struct vmx_guest *guest)
{
    uint64_t address = address_of(guest->vmcs);

    __asm__ volatile("vmptrld %0" : : "m"(address) : "cc", "memory");
}

void vmx_reset(struct vmx_guest *guest, void (*code)(void), uint64_t argument, bool interrupts)
{
    unsigned index = guest == &vmx_vtl1;
    uint64_t address = address_of(vmcs[index]);

    memset(guest, 0, sizeof(*guest));
    guest->vmcs = vmcs[index];
    guest->rdi = argument;
    guest->epoch = vmx_epoch;
    __asm__ volatile("vmclear %0" : : "m"(address) : "cc", "memory");
    memset(vmcs[index], 0, sizeof(vmcs[index]));
    vmcs[index][0] = (uint32_t)rdmsr(MSR_VMX_BASIC) & 0x7FFFFFFF;
    __asm__ volatile("vmclear %0" : : "m"(address) : "cc", "memory");
    load(guest);
    write_all_controls();
    write_host();
    write_guest(index, code, interrupts);
    guest_progress = 0;
    guest_stop = 0;
    traps_clear(index ? &vtl1_traps : &vtl0_traps);
}

uint32_t vmx_run(struct vmx_guest *guest)
{
    uint32_t failed;
    uint32_t reason;

    load(guest);
    ept_flush();
    failed = vmx_enter(guest);
    if (failed != 0) {
        return (RUN_FAILED_VALID & ~1u) | failed;
    }
    reason = (uint32_t)vmx_read(VMCS_EXIT_REASON);
    guest->launched |= (reason & 0x80000000) == 0;
    return reason;
}
