/* mbedTLS includes this everywhere; the configuration leaves no use of it. */
#pragma once

#include <stddef.h>
