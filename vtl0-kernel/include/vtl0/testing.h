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

/* Everything that is free comes back from VTL1; returns how many pages that was, and adds to *dirty the words that are not zero. */
uint64_t test_take_all_back(uint64_t *dirty);

/* How late this processor's timer interrupt came at most since worst_tick was zeroed, in counts of the TSC. */
uint64_t test_worst_delay(void);

/* "@openvsm backtrace rip=... frames=N f0=...": offsets into the image, the way a crash came. */
void test_tell_backtrace(const struct secure_fault_info *fault);

/* trustlets/hello, and its command: any bytes -> the same. */
#define HELLO_IDENTITY { 0x2f, 0x5c, 0x9d, 0x0e, 0x61, 0xb4, 0x4d, 0x27, 0xb3, 0xa8, 0x70, 0xc1, 0xe9, 0xf4, 0xd8, 0x52 }
#define HELLO_ECHO     1u

extern const uint8_t accomplice_image_start[], accomplice_image_end[], assailant_image_start[], assailant_image_end[];
extern const uint8_t crasher_image_start[], crasher_image_end[], fuzzer_image_start[], fuzzer_image_end[];
extern const uint8_t hello_image_start[], hello_image_end[], keymaker_image_start[], keymaker_image_end[];
extern const uint8_t roamer_image_start[], roamer_image_end[], rambler_image_start[], rambler_image_end[];
extern const uint8_t vectors_image_start[], vectors_image_end[];
extern const uint8_t limited_image_start[], limited_image_end[], worker_image_start[], worker_image_end[];
