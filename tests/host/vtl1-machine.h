/*
 * A machine on the build machine, for the secure kernel's own objects: VTL0's
 * RAM and behind it the region, the hypervisor's rights, a processor. Ring 3 is
 * vtl1-ring3.h. Where the kernel would use an address of its own or of ring
 * 3, the machine goes through the tables that the kernel made, as a processor does.
 */
#pragma once

/* cmocka.h asks for these to be included before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <abi/secure_call.h>

#include <sk/gpa.h>

#define MACHINE_BASE   UINT64_C(0x40000000)
#define RAM_PAGES      2048u
#define REGION_PAGES   1024u
#define REGION_TAKEN   16u /* pages of the region that are the kernel's image and never handed out */
#define MACHINE_PAGES  (RAM_PAGES + REGION_PAGES)
#define MACHINE_PROCESSORS 2u

/* Where the trustlet's file, the owner's and VTL0's, begin. */
#define FILE_PAGE      1u
#define FILE_BYTES     9000u
#define BIG_FILE_BYTES (520u * 4096u) /* more than a table of the kernel's reaches */

extern uint8_t machine_memory[MACHINE_PAGES * 4096];

/* Fills memory with old data and makes the kernel boot as far as it needs pages. False: no memory. */
bool machine_boot(void);

/* The page that boot left with that number, counted from MACHINE_BASE. */
static inline uint64_t machine_number(gpa_t page)
{
    return (page.value - MACHINE_BASE) >> PAGE_SHIFT;
}

/* A secure call of VTL0's; its answer is in *machine_frame. */
enum secure_status machine_call(uint32_t service, uint64_t session, const void *input, uint32_t size);

extern struct secure_call_frame *const machine_frame;

/* Starts the file of that many bytes, with the loader that ring3_begin set up. */
enum secure_status machine_start(uint64_t bytes);

/* The first eight bytes of the last answer: a handle, or an instance. */
uint64_t machine_answer(void);

/* The processor that everything runs on from now on; each has its own tables. */
void machine_processor(uint32_t index);

/* The partition reference time, in units of 100 ns. */
extern uint64_t machine_time;

/* When the call timer was to bring ring 3 back, the last time it was started. 0: never. */
extern uint64_t machine_timer;

/* Has VTL0 an interrupt for the processor whose system thread has just given up the lock? Ring 3's file says so. */
bool machine_interrupted(void);

/* The byte behind an address as the processor sees it now. NULL: a fault. */
uint8_t *machine_translate(uint64_t address, uint64_t rights);

/* A byte of the kernel's own: its pointers are the host's, but for the window of the file that is started. */
const uint8_t *machine_kernel_byte(const uint8_t *at);

/* What every file holds. */
void machine_fill_file(uint8_t *to, uint64_t bytes);

/* May VTL0 use that page? */
bool machine_vtl0_may(uint64_t number);
