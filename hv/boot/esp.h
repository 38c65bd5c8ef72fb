/* Files of the volume that BOOTX64.EFI came from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct esp_file {
    uint8_t *data; /* from firmware_allocate, size bytes; freed by esp_release */
    size_t size;
};

/*
 * Reads a whole file of 1..limit bytes. path: ASCII, from the root, with
 * backslashes. On failure one error line has been printed and nothing is held.
 */
bool esp_read(const char *path, size_t limit, struct esp_file *file);

/* Wipes and frees what esp_read gave. */
void esp_release(struct esp_file *file);

/* The part of a path behind its last backslash, for messages. */
const char *esp_base_name(const char *path);
