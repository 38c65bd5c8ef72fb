/* The files VTL1 is made of, read from the volume and checked before anything else is done with them. */
#pragma once

#include "config.h"
#include "elf_image.h"
#include "esp.h"

#include <abi/boot_block.h>
#include <abi/measured_boot.h>

struct vtl1_files {
    struct esp_file securekernel;
    struct elf_image image;    /* points into securekernel */
    struct esp_file trustlet;  /* size 0: none */
    struct measured_boot measured;
};

/*
 * Reads and checks the secure kernel (signature, then form) and the trustlet
 * (signature; its form is VTL1's business). False: one error line, nothing held.
 */
bool vtl1_files_load(const struct config *config, const struct image_owner *owner, struct vtl1_files *files);

/* Wipes and frees the buffers. */
void vtl1_files_release(struct vtl1_files *files);
