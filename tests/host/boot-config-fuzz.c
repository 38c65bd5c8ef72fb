/* libFuzzer's entry for the configuration parser; boot-config-random.c drives it where there is no libFuzzer. */
#include <stdlib.h>
#include <string.h>

#include <config.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct config_error error;

    if (config_parse((const char *)data, size, &config, &error)) {
        /* What was accepted is usable: terminated strings, numbers in range, no word on an error. */
        if (strnlen(config.vtl0_program, CONFIG_TEXT_SIZE) == CONFIG_TEXT_SIZE || config.vtl0_program[0] == '\0' ||
            strnlen(config.vtl0_options, CONFIG_TEXT_SIZE) == CONFIG_TEXT_SIZE ||
            strnlen(config.vtl1_trustlet, CONFIG_TEXT_SIZE) == CONFIG_TEXT_SIZE ||
            config.vtl1_memory < 4 || config.vtl1_memory > 64 || config.log_level > 2 || error.text[0] != '\0') {
            abort();
        }
    } else if (error.text[0] == '\0' || error.line > size + 1) {
        abort();
    }
    return 0;
}
