/* mbedTLS's own check that the configuration is consistent, run by compiling it. */
#include <openvsm_mbedtls_config.h>

#include <mbedtls/check_config.h>
