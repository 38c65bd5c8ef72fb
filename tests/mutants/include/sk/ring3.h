/* The mutants' file in place of vtl1-securekernel/include/sk/ring3.h: one of them has ring 0's selectors. */
#pragma once

#define RING0_TRUSTLETS 44 /* its number in sk/mutants.h; sk/mutant.h compares */

#define PUSH_RING3(selector, ring0) \
    pushq $(selector | SELECTOR_RING3); cmpl $RING0_TRUSTLETS, linked_mutant(%rip); jne 1f; movq $ring0, (%rsp); 1:
#define PUSH_RING3_DATA PUSH_RING3(SELECTOR_USER_DATA, SELECTOR_KERNEL_DATA)
#define PUSH_RING3_CODE PUSH_RING3(SELECTOR_USER_CODE, SELECTOR_KERNEL_CODE)
