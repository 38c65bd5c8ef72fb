/*
 * "LSASS", the demo's client of the vault. It holds a credential only between
 * the provisioning line and the vault's answer; afterwards it has nothing but
 * a sealed blob and a slot number.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>

/*
 * The command's outcome: the vault's status (enum credvault_status), or -1 when the call itself failed, which is
 * printed.
 */
int64_t lsass_vault(enum credvault_command command, const void *input, size_t input_size, void *output, size_t capacity,
                    size_t *output_size);
