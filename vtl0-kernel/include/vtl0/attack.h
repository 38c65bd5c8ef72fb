/*
 * Attacks of VTL0's ring 0 on VTL1 and the hypervisor, and the controls that
 * show that each attack works where nothing protects. Boot processor only.
 */
#pragma once

#include <stdbool.h>

#include <vtl0/boot_info.h>

/*
 * Runs the rows of all folders, or those of the folder or with the id only (not empty), as far
 * as the machine has what they attack: without hypervisor the controls, without
 * VTL1 also what attacks the hypervisor. trustlets: also those that start trustlets,
 * which the build's owner signed and another owner's machine refuses. True when every one ended as the table
 * expects.
 */
bool attack_run(const struct boot_info *boot, const char *only, bool trustlets);

/* Prints the ids, one a line. */
void attack_list(void);

/* The vault must answer as it did before the attacks (LSASS's check-before). Prints the vault-after line. */
bool attack_vault_after(void);
