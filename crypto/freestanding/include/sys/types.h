/* libsodium's randombytes.h asks for POSIX's header by this name and uses no more of it than size_t. */
#pragma once

#include <stddef.h>
