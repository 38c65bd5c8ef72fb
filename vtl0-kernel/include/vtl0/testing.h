/* What the modes that test trustlets share: their lines, and images handed to VTL1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/trustlet.h>

/* Prints "@openvsm test id=... outcome=ok|failed detail=GOT/WANTED"; returns good. */
bool test_report(const char *id, bool good, uint64_t got, uint64_t wanted);

/* A signed file in pages of its own, as START_TRUSTLET wants it. */
struct test_file {
    struct secure_range range;
    uint64_t size;
};

/* Copies [begin, end), one of the images of modes/trustlet_images.S, into fresh pages. */
struct test_file test_place(const uint8_t *begin, const uint8_t *end);

uint32_t test_start(const struct test_file *file, struct trustlet_started *started);

/* Gives VTL1 that many fresh pages, at most SECURE_DONATION_MAX. False: refused. */
bool test_give(uint64_t pages);

extern const uint8_t fuzzer_image_start[], fuzzer_image_end[];
extern const uint8_t hello_image_start[], hello_image_end[], keymaker_image_start[], keymaker_image_end[];
extern const uint8_t limited_image_start[], limited_image_end[], worker_image_start[], worker_image_end[];
