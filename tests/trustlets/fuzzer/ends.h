/* Calls that cannot be returned from. */
#pragma once

#include <stdint.h>

#include "model.h"

/* Ends the trustlet as enum fuzzer_end says, now or when its next call comes. number: an exit code. */
void ends_do(const struct world *world, uint32_t how, uint32_t number);
