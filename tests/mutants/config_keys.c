/* The keys of the mutants image: those of the normal image and one more. */
#include "config.h"

#include <boot_mutant.h>
#include <hv/mutants.h>

uint32_t boot_mutant;

/* The hypervisor's names first, then the loader's: their order is the key's value. */
#define M(name, text) text,
static const char *const mutants[] = { "none", MUTANT_LIST(M) BOOT_MUTANT_LIST(M) NULL };
#undef M

const struct config_key config_keys[] = {
#include "config_keys.def"
    { .name = "mutant", .kind = CONFIG_WORD, .offset = offsetof(struct config, mutant), .words = mutants },
};

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);
