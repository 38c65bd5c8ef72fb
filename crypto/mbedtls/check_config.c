/* mbedTLS's own check that a configuration is consistent, run by compiling it. */
#include MBEDTLS_CONFIG_FILE

#include <mbedtls/check_config.h>
