/* The nested table of the trials under VMX: the first 4 GiB, identity, accessed and dirty flags off. */
#pragma once

#include <stdint.h>

#define EPT_POINTER_FLAGS (1u << 6) /* accessed and dirty flags on */
#define EPT_READ 1u
#define EPT_WRITE 2u
#define EPT_EXECUTE 4u
#define EPT_ALL 7u

/* Builds it once, with all rights. */
void ept_build(void);

/* The value of the VMCS's EPT pointer. */
uint64_t ept_pointer(void);

/* Rights of one 4 KiB page (split when necessary), gpa below 4 GiB; not flushed. */
void ept_set(uint64_t gpa, uint64_t rights);

/* INVEPT, all contexts. */
void ept_flush(void);
