/* The keys of the normal image. The mutants image links a table of its own instead of this file. */
#include "config.h"

const struct config_key config_keys[] = {
#include "config_keys.def"
};

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);
