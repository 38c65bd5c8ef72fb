/*
 * The loader's stack protector. It has no memory of its own that is writable
 * and at an address known when it is built, so its canary is a constant to it:
 * the secure kernel writes another one into each process (abi/ium.h).
 */
#include <stdint.h>

#include <ium/syscalls.h>

#include "elf_plan.h"

extern const uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

__attribute__((section(".rodata.canary"))) const uintptr_t __stack_chk_guard = 0;

void __stack_chk_fail(void)
{
    ium_exit(ELF_STACK_SMASHED);
}
