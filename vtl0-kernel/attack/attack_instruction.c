#include "attack_internal.h"

#include <abi/tlfs.h>
#include <lib/string.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define VMMCALL_SIZE 3u

/*
 * attack->number: the routine. RAX is what a careless hypervisor would take for a control block, a page of VTL1's;
 * RDI points at such an address, for the instructions that have it in memory.
 */
void attack_instruction(const struct attack *attack, struct attack_result *result)
{
    uint64_t vtl1 = attack_places.page[PLACE_VTL1_FIRST];
    uint64_t aim = vtl1 != 0 ? vtl1 : attack_places.page[PLACE_CONTROL];
    struct probe probe = { .code = attack->number, .rax = aim, .rdi = attack_scratch() };

    memcpy((void *)(uintptr_t)probe.rdi, &aim, sizeof(aim));
    probe_call(&probe);
    attack_judge(&probe, true, result);
}

/* attack->number: a bit of CR4 that VTL0 must not have. */
void attack_cr4(const struct attack *attack, struct attack_result *result)
{
    uint64_t before = read_cr4();
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_write_cr4, .rax = before | attack->number };

    probe_call(&probe);
    if (probe.caught == 0) {
        probe.rax = before;
        probe_call(&probe);
        probe.caught = 0;
    }
    attack_judge(&probe, true, result);
    if ((read_cr4() & attack->number) != 0) {
        result->outcome = OUTCOME_OK;
    }
}

/* VTL call or return with a bad control value, by the instruction. number: RCX in the low, RAX in the high half. */
void attack_vtl_switch(const struct attack *attack, struct attack_result *result)
{
    struct probe probe = {
        .code = attack_hypercall_code(), .rcx = (uint32_t)attack->number, .rax = attack->number >> 32,
    };

    probe_call(&probe);
    attack_judge(&probe, true, result);
}

/* The return entry of the hypercall page: the faulting instruction must be the VMMCALL (or VMCALL) inside it. */
void attack_return_entry(const struct attack *attack, struct attack_result *result)
{
    static const uint8_t opcodes[2][VMMCALL_SIZE] = { { 0x0F, 0x01, 0xD9 }, { 0x0F, 0x01, 0xC1 } };
    struct probe probe = { .code = vsm_vtl_return_entry() };

    (void)attack;
    probe_call(&probe);
    attack_judge(&probe, true, result);
    if (probe.caught != 0) {
        const void *at = (const void *)(uintptr_t)probe.rip;

        result->rip_advanced = memcmp(at, opcodes[0], VMMCALL_SIZE) != 0 && memcmp(at, opcodes[1], VMMCALL_SIZE) != 0;
    }
}

/* A hypercall and a VTL call from ring 3: attack->number is RCX. */
void attack_user_instruction(const struct attack *attack, struct attack_result *result)
{
    struct probe probe = { .rax = 0, .rcx = attack->number };

    attack_user_run(attack_on_intel() ? USER_PROBE_VMCALL : USER_PROBE_VMMCALL, 0, &probe);
    attack_judge(&probe, true, result);
}
