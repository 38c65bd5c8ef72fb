/* What the secure kernel's objects need besides a machine, without chance, cryptography or a console; and the file they start. */
#include "vtl1-machine.h"

#include <stdlib.h>
#include <string.h>

#include <lib/string.h>

#include <crypto/entropy.h>
#include <crypto/signed_image.h>

#include <sk/call_timer.h>
#include <sk/check.h>
#include <sk/freshness_tpm.h>
#include <sk/intercept.h>
#include <sk/key_root.h>
#include <sk/lock.h>
#include <sk/log.h>
#include <sk/tpm.h>

#include "vtl1-ring3.h"

uint64_t machine_timer;

static bool locked;

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

void check_failed(const char *file, int line)
{
    fail_msg("CHECK at %s:%d", file, line);
    abort();
}

void log_line(const char *text, ...)
{
    (void)text;
}

bool kernel_lock_acquire(void)
{
    assert_false(locked);
    locked = true;
    return true;
}

void kernel_lock_release(void)
{
    assert_true(locked);
    locked = false;
}

/* One in the past would interrupt ring 3 again and again, before its first instruction. */
void call_timer_start(uint64_t at)
{
    assert_true(at >= machine_time);
    machine_timer = at;
}

void call_timer_stop(void)
{
}

bool kernel_stopped(void)
{
    return false;
}

uint64_t intercept_count(void)
{
    return 0;
}

/* Everything is where it would be without chance. */
bool entropy_read(void *to, size_t size)
{
    memset(to, 0, size);
    return true;
}

void key_root_derive(const struct signed_image_header *image, const uint8_t *purpose, size_t purpose_size, uint8_t key[IUM_KEY_SIZE])
{
    (void)image;
    memset(key, purpose[0] ^ (uint8_t)purpose_size, IUM_KEY_SIZE);
}

/* There is no TPM; tests/host/vtl1-freshness.c has one. */
bool tpm_is_taken(void)
{
    return false;
}

uint64_t tpm_clock_at_boot(void)
{
    return 0;
}

bool key_root_lasts(void)
{
    return false;
}

void freshness_tpm_serve(struct thread *thread)
{
    (void)thread;
    fail_msg("there is no TPM");
}

void freshness_tpm_forget(const struct thread *thread)
{
    (void)thread;
}

static uint8_t file_byte(uint64_t offset)
{
    return (uint8_t)(offset * 31 + offset / 4096 + 1);
}

void machine_fill_file(uint8_t *to, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++) {
        to[i] = file_byte(i);
    }
}

enum signed_image_result signed_image_check(const void *file, size_t size, enum signed_image_kind kind, const struct image_owner *owner,
                                            struct signed_image_header *header_out, const void **payload, size_t *payload_size)
{
    const uint8_t *bytes = file;

    (void)owner;
    assert_int_equal(kind, SIGNED_IMAGE_TRUSTLET);
    if (size <= SIGNED_IMAGE_PAYLOAD_OFFSET) {
        return SIGNED_IMAGE_BAD_SIZE;
    }
    for (uint64_t at = 0; at < size; at += 511) {
        const uint8_t *byte = machine_kernel_byte(bytes + at);

        assert_non_null(byte);
        if (*byte != file_byte(at)) {
            return SIGNED_IMAGE_BAD_SIGNATURE;
        }
    }
    *header_out = ring3_header;
    *payload = bytes + SIGNED_IMAGE_PAYLOAD_OFFSET;
    *payload_size = size - SIGNED_IMAGE_PAYLOAD_OFFSET;
    return SIGNED_IMAGE_OK;
}

const char *signed_image_result_text(enum signed_image_result result)
{
    (void)result;
    return "";
}

void signed_image_abandon(void)
{
}

void signed_image_measure(const void *file, size_t size, uint8_t measurement[SIGNED_IMAGE_HASH_SIZE])
{
    (void)file;
    memset(measurement, (int)size, SIGNED_IMAGE_HASH_SIZE);
}
