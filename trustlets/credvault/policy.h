/*
 * Policies: what one may say, what it allows at a time, what a use costs. All of it pure.
 *
 * Rates: time is cut into periods of rate_seconds, and a use counts in its own and in the next one. So no span of
 * rate_seconds, wherever it begins, has more than rate_uses; after that many at once the next has to wait for one to two
 * periods. `counted` is the time that VTL0 can neither set back nor forward (clock.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/credvault.h>

#include "state.h"

/* Bit t for enum credvault_type t. */
#define POLICY_TYPE(type)     (1u << (type))
#define POLICY_ALL_TYPES      (POLICY_TYPE(CREDVAULT_TYPE_COUNT) - 2u)
#define POLICY_PUBLIC_TYPES   (POLICY_ALL_TYPES & ~(POLICY_TYPE(CREDVAULT_PASSWORD) | POLICY_TYPE(CREDVAULT_SYMMETRIC)))
#define POLICY_EXPORTED_TYPES (POLICY_ALL_TYPES & ~POLICY_TYPE(CREDVAULT_PASSWORD))

/*
 * May a credential of that type, which may be anything, have this policy? CREDVAULT_SUCCESS; CREDVAULT_BAD_REQUEST: no
 * policy; CREDVAULT_WRONG_TYPE: no type; CREDVAULT_NOT_ALLOWED: an operation that the type cannot do, none, or a SYMMETRIC that is not for
 * exactly one thing.
 */
enum credvault_status policy_is_valid(uint32_t type, const struct credvault_policy *policy);

/*
 * Does what is said of a SYMMETRIC, its size apart, fit the operations, and is it zero for another type? A policy that is valid
 * for the type.
 */
bool policy_fits(uint32_t type, uint32_t operations, const struct credvault_symmetric *symmetric);

/* Can a SYMMETRIC with these operations have a key of that many bytes? */
bool policy_takes_size(uint32_t operations, uint32_t size);

/* Is there nothing in `to` that is looser than in `from`? Both valid for the same type. */
bool policy_is_tighter(const struct credvault_policy *from, const struct credvault_policy *to);

struct credvault_policy policy_of(const struct row *row);

/* Sets the row's policy; what was used so far counts on. */
void policy_set(struct row *row, const struct credvault_policy *policy, uint64_t counted);

/*
 * Does the policy allow the operation (one of enum credvault_operation) now? All but PIN and confirmation, which are the
 * session's: CREDVAULT_SUCCESS, NOT_ALLOWED, PIN_LOCKED, EXPIRED, USED_UP or TOO_OFTEN.
 */
enum credvault_status policy_check(const struct row *row, uint32_t operation, uint64_t now, uint64_t counted);

/* A use that policy_check allowed. */
void policy_charge(struct row *row, uint32_t operation, uint64_t counted);

/* Wrong PINs in a row have reached the limit. */
bool policy_is_locked(const struct row *row);

/* enum credvault_entry_state. */
uint32_t policy_entry_state(const struct row *row, uint64_t now);
