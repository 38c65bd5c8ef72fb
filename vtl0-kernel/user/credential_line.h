/* The line by which the host brings the demo's credential. Plain text only; runs on a host too. */
#pragma once

#include <stdbool.h>

#include "vault/vault_client.h"

/*
 * "OVSM-CRED <hex user> <hex domain> <hex password>", taken apart in place: the parts point into line, whose owner wipes it.
 * False: it is not of that form, or a part is longer than the vault takes.
 */
bool credential_line_parse(char *line, struct vault_password *password);
