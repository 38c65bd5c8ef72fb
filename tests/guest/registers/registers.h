/* A hypercall from either VTL, with its input and output at hand; and the parts of the payload. */
#pragma once

#include "guest.h"

enum side { FROM_VTL0, FROM_VTL1 };

#define TARGET_OWN  0x00u
#define TARGET_VTL0 0x10u
#define TARGET_VTL1 0x11u

/* Sends size bytes (a multiple of 8). Result; the output's first 16 bytes in out if that is not NULL. */
uint64_t send(enum side side, uint64_t control, const void *input, size_t size, struct hv_register_value *out);
/* The same with that many words of output. */
uint64_t send_words(enum side side, uint64_t control, const void *input, size_t size, uint64_t *out, size_t words);

uint16_t get_both(enum side side, uint8_t target, uint32_t name, struct hv_register_value *value);
uint16_t get(enum side side, uint8_t target, uint32_t name, uint64_t *value);
uint16_t set(enum side side, uint8_t target, uint32_t name, uint64_t value);

/* Of the processor with that index. */
uint16_t get_of(enum side side, uint32_t index, uint8_t target, uint32_t name, uint64_t *value);
uint16_t set_of(enum side side, uint32_t index, uint8_t target, uint32_t name, uint64_t value);

void test_get(void);
void test_set(void);
void test_private(void);
void test_vp_index(void);
void test_others(void);
void test_translate(void);
void test_pending_event(void);
void test_msrs(void);
void test_synthetic(void);
void test_crash(void);
void test_enable(void);
