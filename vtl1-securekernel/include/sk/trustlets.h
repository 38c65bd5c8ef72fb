/* The trustlets the loader brought. */
#pragma once

#include <abi/boot_block.h>

/* Checks and starts each of them in order, stops at the first failure (logged) and says which it was. First processor, at boot. */
enum vtl1_boot_status trustlets_start(const struct vtl1_boot_block *block);
