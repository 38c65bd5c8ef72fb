/* Between process.c and the system calls: the steps of a process's life. */
#pragma once

#include <sk/process.h>

/* Ends the process: wipes and frees all it had, keeps why. CR3 is the kernel's own afterwards. */
void process_end(struct process *process, uint32_t vector, uint32_t exit_code);

/* From loader to image: the loader's pages go, stack and heap come. False: bad entry or no memory, nothing changed to be seen. */
bool process_enter_image(struct process *process, uint64_t entry);

/* Where the reply of the call being served goes. NULL unless PROCESS_SERVING. */
struct ium_call *process_reply(struct process *process);

/* What secure_fault_info says for a process that ended by EXIT, or was ended by VTL0. */
#define FAULT_VECTOR_EXIT   0xFFFFFFFFu
#define FAULT_VECTOR_KILLED 0xFFFFFFFEu
