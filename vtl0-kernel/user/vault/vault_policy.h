/* The policy words of a line (allow= pin= tries= uses= rate= expires= confirm=), as struct credvault_policy. Runs on a host too. */
#pragma once

#include "vault_client.h"
#include "vault_line.h"

/* What credentials of the type can do, export left out; SYMMETRIC: 0, because it must say. */
uint32_t vault_default_operations(uint32_t type);

/* Of a new credential; absent words: the default operations, no limit. *pin: its PIN, empty without one. */
struct credvault_policy vault_policy_new(struct vault_line *line, uint32_t type, struct vault_bytes *pin);

/* Of one that has this policy: absent words keep what is. PIN and tries stay. */
struct credvault_policy vault_policy_tighter(struct vault_line *line, const struct credvault_policy *now);

/* Is there any policy word in the line? */
bool vault_policy_given(struct vault_line *line);
