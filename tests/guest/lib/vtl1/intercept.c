#include "intercept.h"

#include <guest/x86.h>

#include <lib/string.h>

#define PENDING_GP (HV_PENDING_EVENT_PENDING | HV_PENDING_EVENT_DELIVER_ERROR_CODE | (uint64_t)VECTOR_GP << 16)
#define ADVANCE    3u

/* Lets SINT0 in, if the hypervisor has raised it: STI takes effect behind the next instruction. */
static void take_sint0(void)
{
    __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

uint64_t intercept_release(struct cpu *cpu)
{
    volatile struct hv_message *slot = &cpu->slots[0];
    uint64_t flags = slot->flags;

    slot->flags = 0;
    slot->type = HV_MESSAGE_NONE;
    write_msr(HV_MSR_EOM, 0);
    return flags;
}

static void move_on(struct cpu *cpu, const struct hv_message *message)
{
    switch (cpu->policy) {
    case POLICY_INJECT_GP:
        set_register(HV_INPUT_VTL_USE_TARGET, HV_REGISTER_PENDING_EVENT0, PENDING_GP);
        break;
    case POLICY_ADVANCE:
        set_register(HV_INPUT_VTL_USE_TARGET, HV_REGISTER_RIP, message->gpa.header.rip + ADVANCE);
        break;
    default:
        protect(HV_MAP_GPA_ALL, message->gpa.gpa / PAGE_SIZE, 1);
        break;
    }
}

/* A slot that was held already has the message of an earlier access; its page is known all the same. */
static void serve_held(struct cpu *cpu)
{
    cpu->counts[COUNT_PENDING_FLAG] += (cpu->slots[0].flags & HV_MESSAGE_FLAG_PENDING) != 0;
    intercept_release(cpu);
    cpu->policy = POLICY_ALLOW; /* VTL0 traps once more, into a free slot */
}

void intercept_serve(struct cpu *cpu)
{
    bool held = cpu->policy == POLICY_HOLD && cpu->last.type != HV_MESSAGE_NONE;

    cpu->counts[COUNT_INTERCEPTS]++;
    take_sint0();
    if (held) {
        serve_held(cpu);
        return;
    }
    memcpy(&cpu->last, &cpu->slots[0], sizeof(cpu->last));
    move_on(cpu, &cpu->last);
    if (cpu->policy != POLICY_HOLD) {
        intercept_release(cpu);
    }
}

void interrupt_serve(struct cpu *cpu)
{
    if (((volatile struct hv_message *)cpu->slots)->type == HV_MESSAGE_NONE) {
        take_sint0();
    } else {
        intercept_serve(cpu);
    }
}
