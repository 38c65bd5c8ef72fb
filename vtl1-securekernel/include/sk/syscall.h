/* IUM system calls: what ring 3 may ask of the secure kernel (abi/ium_syscalls.def). */
#pragma once

struct thread;

/*
 * Serves the system call in thread->context (RAX number, RDI RSI RDX R10
 * arguments) and leaves the result in its RAX. Which calls exist depends on
 * the process's phase and, once its image runs, on the mask in its signed
 * header; the rest is IUM_UNKNOWN_SYSCALL. May change the
 * state of thread and process. The process's tables are in CR3 and stay there.
 */
void syscall_dispatch(struct thread *thread);
