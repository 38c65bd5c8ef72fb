#include "ends.h"

#include <ium/syscalls.h>

#include "call.h"

#define KERNEL_ADDRESS    UINT64_C(0xFFFF900000002000)
#define NO_ADDRESS        UINT64_C(0x0000900000002000)
#define TRAP_FLAG         UINT64_C(0x100)
#define FLAGS             UINT64_C(0x202)
#define UPPER_HALF        UINT64_C(0xDEAD000000000000) /* an exit code has 32 bits */

/* The newest thread gets the next call. */
static void begin_thread(const struct world *world, uint64_t entry, uint64_t stack)
{
    ium_create_thread((struct ium_call *)world->slots[world->threads - 1].call, (void (*)(struct ium_call *))entry, (void *)stack);
}

void ends_do(const struct world *world, uint32_t how, uint32_t number)
{
    const struct thread_slot *slot = &world->slots[0];

    switch (how) {
    case FUZZER_END_EXIT:
        call_registers = (struct registers){ .rax = IUM_SYSCALL_EXIT, .rdi = number | UPPER_HALF, .rsp = NO_ADDRESS, .flags = FLAGS };
        call_make();
        break;
    case FUZZER_END_SINGLE_STEP:
        call_registers = (struct registers){ .rax = IUM_SYSCALL_IS_CANCELLED, .flags = FLAGS | TRAP_FLAG };
        call_make();
        break;
    case FUZZER_END_BAD_CODE:
        begin_thread(world, (uint64_t)call_forbidden, slot->stack);
        break;
    case FUZZER_END_KERNEL_STACK:
        begin_thread(world, slot->entry, KERNEL_ADDRESS);
        break;
    case FUZZER_END_NO_STACK:
        begin_thread(world, slot->entry, NO_ADDRESS);
        break;
    default:
        break;
    }
}
