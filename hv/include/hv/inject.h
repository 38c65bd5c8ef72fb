/* Exceptions for the active VTL. */
#pragma once

#include <hv/cpu.h>

#define VECTOR_DB 1u
#define VECTOR_NMI 2u
#define VECTOR_UD 6u
#define VECTOR_DF 8u
#define VECTOR_NP 11u
#define VECTOR_SS 12u
#define VECTOR_GP 13u
#define VECTOR_PF 14u
#define VECTOR_AC 17u

/* "Page-Fault Error Code" */
#define PF_PRESENT  1u
#define PF_WRITE    2u
#define PF_USER     4u
#define PF_RESERVED 8u
#define PF_FETCH    16u

/* SDM vol. 3C, "VM-Entry Controls for Event Injection": #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP. */
#define EXCEPTIONS_WITH_ERROR_CODE \
    (1u << VECTOR_DF | 1u << 10 | 1u << 11 | 1u << 12 | 1u << VECTOR_GP | 1u << VECTOR_PF | 1u << VECTOR_AC | 1u << 21)

/*
 * The exceptions that every processor has: #DE, #DB, #BP to #NM, #DF, #TS to
 * #PF, #MF to #XM. An entry with another fails on some: Intel's take an error
 * code for #CP only where it exists, AMD's no vector that is no exception.
 */
#define EXCEPTIONS_OF_ALL 0x000F7DFBu

/*
 * Exceptions whose delivery can raise them again, for ever, without ever
 * recognizing an NMI: a guest would hold off every shoot-down with them
 * (XSA-156). They exit and are delivered one at a time.
 */
#define INTERCEPTED_EXCEPTIONS (1u << VECTOR_DB | 1u << VECTOR_AC)

void inject_ud(struct cpu *cpu);
void inject_gp(struct cpu *cpu); /* #GP(0) */

/*
 * Delivers an exception to the VTL at its next entry, with what was being
 * delivered when it arose taken into account: a second contributory exception
 * is a double fault, one during a double fault is a shutdown.
 */
void inject_exception(struct cpu *cpu, enum vtl vtl, struct event event);

/*
 * Empties the VTL's pending event. An interrupt whose delivery was broken off
 * becomes a virtual interrupt and follows when the VTL takes interrupts again;
 * an NMI follows as an NMI.
 */
void event_put_behind(struct cpu *cpu, enum vtl vtl);
