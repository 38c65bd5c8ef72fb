/* Who this trustlet is, as its signed manifest says. */
#pragma once

#include <stdbool.h>

#include <abi/ium.h>

/* Fills *identity (UUID and security version). False, and *identity zeroed: the manifest does not allow GET_IDENTITY. */
bool ium_who_am_i(struct ium_identity *identity);
