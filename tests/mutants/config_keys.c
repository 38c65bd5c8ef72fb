/* The keys of the mutants image: those of the normal image and one more. */
#include "config.h"

#include <hv/mutants.h>

#define M(name, text) [MUTANT_##name] = text,
static const char *const mutants[] = { [MUTANT_NONE] = "none", MUTANT_LIST(M) NULL };
#undef M

const struct config_key config_keys[] = {
#include "config_keys.def"
    { .name = "mutant", .kind = CONFIG_WORD, .offset = offsetof(struct config, mutant), .words = mutants },
};

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);
