/* The keys of the mutants image: those of the normal image and one more. */
#include "config.h"

#include <hv/mutants.h>

static const char *const levels[] = { "error", "info", "debug", NULL };

#define M(number, name, text) [number] = text,
static const char *const mutants[] = { [MUTANT_NONE] = "none", MUTANT_LIST(M) NULL };
#undef M

const struct config_key config_keys[] = {
    { .name = "vtl0.program", .kind = CONFIG_PATH, .required = true,
      .offset = offsetof(struct config, vtl0_program), .instead = CONFIG_FIRMWARE },
    { .name = "vtl0.options", .kind = CONFIG_TEXT, .offset = offsetof(struct config, vtl0_options) },
    { .name = "vtl1.securekernel", .kind = CONFIG_PATH, .required = true,
      .offset = offsetof(struct config, vtl1_securekernel), .instead = CONFIG_NONE },
    { .name = "vtl1.trustlet", .kind = CONFIG_PATH, .offset = offsetof(struct config, vtl1_trustlet) },
    { .name = "vtl1.memory", .kind = CONFIG_NUMBER, .offset = offsetof(struct config, vtl1_memory), .min = 4, .max = 64 },
    { .name = "log.level", .kind = CONFIG_WORD, .offset = offsetof(struct config, log_level), .words = levels },
    { .name = "mutant", .kind = CONFIG_WORD, .offset = offsetof(struct config, mutant), .words = mutants },
};

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);
