#include "vtl1-freshness-bench.h"

#include <string.h>
#include <unistd.h>

#include <abi/tlfs.h>
#include <lib/string.h>

#include <sk/freshness_index.h>
#include <sk/key_root.h>
#include <sk/log.h>
#include <sk/x86.h>

uint64_t hv_time;
uint8_t bench_root = 1;
bool bench_root_lasts = true;
unsigned log_lines;
struct process vault = { .image = { .identity = { 1, 2, 3 } } }, other = { .image = { .identity = { 7, 7, 1 } } };
struct thread first = { .process = &vault }, second = { .process = &other };

uint64_t rdmsr(uint32_t msr)
{
    assert_int_equal(msr, HV_MSR_TIME_REF_COUNT);
    return hv_time += 10;
}

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

void log_line(const char *text, ...)
{
    (void)text;
    log_lines++;
}

bool key_root_lasts(void)
{
    return bench_root_lasts;
}

/* Not the real function, but as dependent on everything (FNV-1a). */
void key_root_freshness(const void *context, size_t size, uint8_t key[IUM_KEY_SIZE])
{
    for (unsigned n = 0; n < IUM_KEY_SIZE; n++) {
        uint64_t hash = UINT64_C(0xCBF29CE484222325) + n * 977 + bench_root;

        for (size_t i = 0; i < size; i++) {
            hash = (hash ^ ((const uint8_t *)context)[i]) * UINT64_C(0x100000001B3);
        }
        key[n] = (uint8_t)(hash >> 40);
    }
}

static void power_goes(void)
{
    _exit(99);
}

int make(void **state)
{
    (void)state;
    if (model == NULL) {
        model_make();
        model_power_goes = power_goes;
    }
    *model = (struct model_tpm){ .cut_at = UINT32_MAX, .refuse_at = UINT32_MAX, .highest_deleted = 100 };
    model_delay = 1;
    bench_root = 1;
    bench_root_lasts = true;
    model_cancels = log_lines = 0;
    vault.image.flags = 0;
    vault.image.security_version = 1;
    return 0;
}

int64_t get(struct thread *thread, struct ium_freshness *found)
{
    int64_t status = IUM_AGAIN;

    for (unsigned i = 0; i < ENOUGH && status == IUM_AGAIN; i++) {
        status = freshness_get(thread, found);
    }
    return status;
}

int64_t set(struct thread *thread, uint8_t byte, uint64_t generation)
{
    uint8_t digest[32];
    int64_t status = IUM_AGAIN;

    memset(digest, byte, sizeof(digest));
    for (unsigned i = 0; i < ENOUGH && status == IUM_AGAIN; i++) {
        status = freshness_set(thread, digest, generation);
    }
    return status;
}

int64_t reset(struct thread *thread)
{
    int64_t status = IUM_AGAIN;

    for (unsigned i = 0; i < ENOUGH && status == IUM_AGAIN; i++) {
        status = freshness_reset(thread);
    }
    return status;
}

struct ium_freshness look(struct thread *thread)
{
    struct ium_freshness found;

    assert_int_equal(get(thread, &found), IUM_SUCCESS);
    assert_int_equal(found.lasting, 1);
    if (found.state != IUM_FRESHNESS_SET) {
        assert_int_equal(found.generation, 0);
        assert_memory_equal(found.digest, (uint8_t[32]){ 0 }, 32);
    }
    return found;
}

void expect_state(struct thread *thread, enum ium_freshness_state state)
{
    assert_int_equal(look(thread).state, state);
}

/* -> its generation. */
uint64_t expect_set(struct thread *thread, uint8_t byte)
{
    struct ium_freshness found = look(thread);
    uint8_t digest[32];

    memset(digest, byte, sizeof(digest));
    assert_int_equal(found.state, IUM_FRESHNESS_SET);
    assert_memory_equal(found.digest, digest, sizeof(digest));
    return found.generation;
}

static struct freshness_owner owner_of(const struct process *process)
{
    struct freshness_owner owner = {
        .debug = process->image.flags & SIGNED_IMAGE_DEBUG, .security_version = process->image.security_version,
    };

    memcpy(owner.identity, process->image.identity, 16);
    return owner;
}

struct model_index *record_of(const struct process *process)
{
    const struct freshness_owner owner = owner_of(process);
    struct freshness_index index;

    freshness_record_index(&owner, &index);
    return model_find(index.public.handle);
}

struct model_index *counter_of(const struct process *process)
{
    const struct freshness_owner owner = owner_of(process);
    struct freshness_index index;

    freshness_counter_index(&owner, &index);
    return model_find(index.public.handle);
}
