/* A trustlet changes CS. sk/cpu_offsets.h has the selectors. */
#include "attack_trustlet.h"

#define KERNEL_CODE UINT64_C(0x08)
#define KERNEL_DATA UINT64_C(0x10)
#define UNUSED      UINT64_C(0x1B)
#define USER_DATA   UINT64_C(0x23)
#define USER_CODE   UINT64_C(0x2B)
#define TASK        UINT64_C(0x33)
#define LOCAL       UINT64_C(0x0F)

#define EACH(name, attack_name) \
    TRUSTLET_KILLED("trustlet-" name "-kernel-code", attack_name, KERNEL_CODE, KILLED_BY_GP), \
    TRUSTLET_KILLED("trustlet-" name "-kernel-code-ring3", attack_name, KERNEL_CODE | 3, KILLED_BY_GP), \
    TRUSTLET_KILLED("trustlet-" name "-kernel-data", attack_name, KERNEL_DATA, KILLED_BY_GP), \
    TRUSTLET_KILLED("trustlet-" name "-unused", attack_name, UNUSED, KILLED_BY_GP | KILLED_BY(11)), \
    TRUSTLET_KILLED("trustlet-" name "-data", attack_name, USER_DATA, KILLED_BY_GP), \
    TRUSTLET_KILLED("trustlet-" name "-task", attack_name, TASK, KILLED_BY_GP), \
    TRUSTLET_KILLED("trustlet-" name "-local", attack_name, LOCAL, KILLED_BY_GP)

ATTACK("trustlet-mode-change",
    TRUSTLET_CONTROL("trustlet-far-jump-own-code", "mode-far-jump", USER_CODE),
    TRUSTLET_REFUSED("trustlet-selectors", "mode-selectors", 8), /* null answers to none; two segments by four levels of privilege */
    TRUSTLET_KILLED("trustlet-sysenter", "mode-sysenter", 0, KILLED_BY_GP | KILLED_BY_UD),
    EACH("far-jump", "mode-far-jump"),
    EACH("far-call", "mode-far-call"),
);
