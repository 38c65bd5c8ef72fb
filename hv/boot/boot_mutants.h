/*
 * The loader's protections that have a mutant. They go on behind those of
 * <hv/mutants.h>: both are values of the one key `mutant`.
 */
#pragma once

#include <hv/mutants.h>

#define BOOT_MUTANT_LIST(M)                                                                                          \
    M(CODE_UNSIGNED, "code-unsigned")                 /* the signature of what VTL1 runs need not match */      \
    M(CODE_BY_ANYONE, "code-by-anyone")               /* nor be by the owner's key */                           \
    M(CODE_OF_ANY_KIND, "code-of-any-kind")           /* nor be for what it is used as */                       \
    M(CODE_OF_ANY_AGE, "code-of-any-age")             /* the owner's floors are ignored */                      \
    M(CONFIG_UNMEASURED, "config-unmeasured")         /* the configuration is not in PCR 5 */                   \
    M(OWNER_UNMEASURED, "owner-unmeasured")           /* nor is the owner's key */                              \
    M(PCRS_OPEN, "pcrs-open")                         /* no separator closes the PCRs */                        \
    M(ROOT_UNCAPPED, "root-uncapped")                 /* VTL0 can have the key root's secret from the TPM */    \
    M(GATE_OPEN, "gate-open")                         /* the processor need not have what VTL1 relies on */

enum boot_mutant {
    BOOT_MUTANTS_BEHIND = MUTANT_COUNT - 1,
#define M(name, text) BOOT_MUTANT_##name,
    BOOT_MUTANT_LIST(M)
#undef M
};
