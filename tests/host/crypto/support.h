/* What crypto's host tests share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka.h asks for these to be included before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* entropy_read of the tests: the machine's random bytes, or failure while this is set. */
extern bool support_entropy_fails;

/* Decodes lower-case hex into to, which has room for it; returns the size in bytes. */
size_t support_hex(const char *text, void *to);

/* Fails the test unless data[0..size) is what the hex text says. */
void support_assert_hex(const void *data, size_t size, const char *text);

/* cmocka's set-up and tear-down around tests that use PSA. */
int support_psa_start(void **state);
int support_psa_stop(void **state);

/* The heap PSA works with between the two, to look for what must not be left in it. */
extern uint8_t support_heap[64 * 1024];
