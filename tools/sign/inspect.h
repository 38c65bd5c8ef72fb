/* Every field of a signed image, whether anybody would accept it or not. */
#pragma once

#include <stdbool.h>

#include "files.h"

/* Prints it. Fails, naming path, when the file is too short or of another magic. */
void inspect_image(const char *path, const struct buffer *file, bool json);
