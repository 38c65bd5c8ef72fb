#include "config_file.h"

#include "esp.h"
#include "log.h"

bool config_load(struct config *config)
{
    struct config_error error;
    struct esp_file file;
    bool good;

    if (!esp_read(CONFIG_PATH_ON_ESP, CONFIG_FILE_LIMIT, &file)) {
        return false;
    }
    good = config_parse((const char *)file.data, file.size, config, &error);
    esp_release(&file);
    if (!good && error.line > 0) {
        log_error("openvsm.conf: line %u: %s", error.line, error.text);
    } else if (!good) {
        log_error("openvsm.conf: %s", error.text);
    } else {
        log_set_level(config->log_level);
    }
    return good;
}
