/* Libraries ask for ISO C's header by this name; the functions are those of lib/. */
#pragma once

#include <lib/string.h>
