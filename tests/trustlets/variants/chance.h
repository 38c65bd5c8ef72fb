/* Changes by chance to an image: the same seed, the same changes. */
#pragma once

#include <stdint.h>

#include "variants.h"

void chance_begin(uint64_t seed);

/* A change of one sort: header, manifest, ELF headers, dynamic section and relocations, code and constants, or the size. */
void chance_change(struct image_variant *variant);
