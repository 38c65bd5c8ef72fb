/*
 * Freshness: 32 bytes for each identity, which the machine remembers and
 * nobody can set back, VTL0's files included. A trustlet that lets VTL0 keep its
 * sealed state puts the newest state's digest here, so that an older
 * one is found out. Kept by the TPM, over reboots; on a machine without one for
 * this boot only (lasting). Needs the system calls GET_FRESHNESS,
 * SET_FRESHNESS and RESET_FRESHNESS, each for its own function.
 *
 * The order: VTL0 gets the new blob and has stored it; then ium_set_freshness with
 * its digest. A power cut in between leaves the old digest, and VTL0 has to
 * bring the old blob. While the state is IUM_FRESHNESS_NONE no blob can be believed: who deletes the record leaves
 * that state behind. A TPM takes milliseconds to a second for each; meanwhile the thread can be interrupted and its
 * trustlet be ended. All three may be called by any thread.
 */
#pragma once

#include <stdint.h>

#include <abi/ium.h>

enum ium_fresh_status {
    IUM_FRESH_OK = 0,
    IUM_FRESH_CONFLICT = 1,    /* another generation than the record's, or a state that is neither NONE nor SET */
    IUM_FRESH_NOT_ALLOWED = 2, /* the manifest does not name the system call */
    IUM_FRESH_FAILED = 3,      /* the TPM refuses or does not answer, or there is no room: look by ium_freshness what is remembered now */
};

/* Fills *freshness (abi/ium.h says with what). Unless IUM_FRESH_OK, it is zeroed. Never IUM_FRESH_CONFLICT. */
enum ium_fresh_status ium_freshness(struct ium_freshness *freshness);

/*
 * Remembers digest instead of what was. generation: the one that ium_freshness said, or that of the last ium_set_freshness
 * plus one; 0 while the state is NONE, and then the first generation has to be asked for. IUM_FRESH_OK: it is
 * remembered from now on, whatever happens to the machine's power.
 */
enum ium_fresh_status ium_set_freshness(const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation);

/* Forgets: the state is NONE afterwards, whatever it was. Never IUM_FRESH_CONFLICT. */
enum ium_fresh_status ium_reset_freshness(void);
