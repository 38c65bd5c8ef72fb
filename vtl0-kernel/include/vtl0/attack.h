/*
 * Attacks of VTL0's ring 0 on VTL1 and the hypervisor, and the controls that
 * show that each attack works where nothing protects. Boot processor only.
 */
#pragma once

#include <stdbool.h>

#include <vtl0/boot_info.h>

/* Runs all rows of the table, or the one whose id is only (not empty); true when every one ended as the table expects. */
bool attack_run(const struct boot_info *boot, const char *only);

/* Only the rows that need neither hypervisor nor VTL1. */
bool attack_run_controls(const struct boot_info *boot);

/* Prints the ids, one a line. */
void attack_list(void);

/* The vault must answer as it did before the attacks (LSASS's check-before). Prints the vault-after line. */
bool attack_vault_after(void);
