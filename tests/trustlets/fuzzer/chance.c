#include "chance.h"

#include <stddef.h>

#include <abi/boot_block.h>
#include <abi/ium.h>

#define USER_END      UINT64_C(0x00007FFFFFFFF000) /* one past the last address of ring 3 */
#define BLOB_REQUEST  NORMAL_CALL_NAME_SIZE
#define ONE_IN_LOGS   24u /* of those that would print a line: a console is slow */

/* Null, both sides of the canonical hole, the last addresses, what the kernel has at fixed places, and the loader's, gone by now. */
static const uint64_t hostile[] = {
    0, 1, 4096, USER_END - 4096, USER_END - 1, USER_END, USER_END + 4095, UINT64_C(0x0000800000000000), UINT64_C(0xFFFF7FFFFFFFFFFF),
    UINT64_C(0xFFFF800000000000), VTL1_DIRECT_MAP, UINT64_C(0xFFFFA00000001000), UINT64_C(0xFFFFA10000000000),
    UINT64_C(0xFFFFA20000000000), VTL1_KERNEL_BASE, UINT64_MAX - 4095, UINT64_MAX - 7, UINT64_MAX, UINT64_C(0xFEE00000),
    IUM_LOADER_TEXT, IUM_LOADER_RODATA, IUM_LOADER_STACK_TOP - 64, IUM_IMAGE_BASE, IUM_HEAP_BASE, IUM_STACK_TOP,
};
#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

struct chance chance_from(uint64_t seed)
{
    return (struct chance){ seed != 0 ? seed : UINT64_C(0x9E3779B97F4A7C15) };
}

/* xorshift64* (G. Marsaglia, "Xorshift RNGs"). */
uint64_t chance_next(struct chance *chance)
{
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return chance->state * UINT64_C(2685821657736338717);
}

/* The upper half: the lower bits of such a product are the weaker ones. */
uint64_t chance_below(struct chance *chance, uint64_t limit)
{
    return (chance_next(chance) >> 32) % limit;
}

uint64_t chance_word(struct chance *chance)
{
    return chance_below(chance, 3) == 0 ? hostile[chance_below(chance, HOSTILE)] : chance_next(chance);
}

/* Those that come to looking at their arguments. */
static const uint8_t useful[] = { IUM_SYSCALL_LOG, IUM_SYSCALL_WAIT_CALL, IUM_SYSCALL_DERIVE_KEY, IUM_SYSCALL_GET_IDENTITY,
                                  IUM_SYSCALL_CREATE_THREAD, IUM_SYSCALL_NORMAL_CALL, IUM_SYSCALL_GET_FRESHNESS,
                                  IUM_SYSCALL_SET_FRESHNESS, IUM_SYSCALL_RESET_FRESHNESS, IUM_SYSCALL_GET_TIME, IUM_SYSCALL_GET_PLATFORM };

static uint64_t number(struct chance *chance)
{
    switch (chance_below(chance, 16)) {
    case 0:
        return IUM_SYSCALL_COUNT + chance_below(chance, 64);
    case 1:
        return UINT64_C(1) << chance_below(chance, 64);
    case 2: /* right but for bits that a register of 32 bits would lose */
        return chance_below(chance, IUM_SYSCALL_COUNT) | UINT64_C(1) << (32 + chance_below(chance, 32));
    case 3:
        return chance_word(chance);
    case 4:
    case 5:
    case 6:
        return chance_below(chance, IUM_SYSCALL_COUNT);
    default:
        return useful[chance_below(chance, sizeof(useful))];
    }
}

/* Around the edges of a mapping. */
static uint64_t edge(struct chance *chance, const struct place *place, uint64_t length)
{
    uint64_t end = place->base + place->size;

    switch (chance_below(chance, 6)) {
    case 0:
        return place->base - 1 - chance_below(chance, 64);
    case 1:
        return place->base;
    case 2:
        return end - length;
    case 3:
        return end - length + 1 + chance_below(chance, 64);
    case 4:
        return end + chance_below(chance, 4096);
    default: /* the right place but for one of the bits that must be copies of the highest */
        return place->base ^ UINT64_C(1) << (47 + chance_below(chance, 17));
    }
}

static uint64_t inside(struct chance *chance, uint64_t base, uint64_t size, uint64_t length)
{
    return base + chance_below(chance, length < size ? size - length + 1 : size);
}

static uint64_t address(struct chance *chance, const struct world *world, uint64_t length)
{
    const struct place *place = &world->places[chance_below(chance, PLACES)];

    switch (chance_below(chance, 10)) {
    case 0:
        return hostile[chance_below(chance, HOSTILE)];
    case 1:
        return chance_next(chance);
    case 2:
    case 3:
        return edge(chance, place, length);
    case 4:
        return inside(chance, place->base, place->size, length);
    default:
        place = &world->places[PLACE_DATA + chance_below(chance, 3)];
        return inside(chance, place->pad, place->pad_size, length);
    }
}

/* Around most, or so that base + size wraps round, or simply too much. */
static uint64_t size_near(struct chance *chance, uint64_t base, uint64_t most)
{
    switch (chance_below(chance, 12)) {
    case 0:
        return 0;
    case 1:
        return most + 1 + chance_below(chance, 2);
    case 2:
        return 0 - base + chance_below(chance, 3) - 1;
    case 3:
        return USER_END - base + chance_below(chance, 3) - 1;
    case 4:
        return UINT64_C(1) << chance_below(chance, 64);
    case 5: /* right in its lower half */
        return (1 + chance_below(chance, most)) | UINT64_C(1) << 32;
    case 6:
        return most;
    default:
        return 1 + chance_below(chance, most);
    }
}

/* number, request_size and reply_capacity of a normal call. VTL0's kernel sends a blob whatever room there is, so there is room. */
static void fill_normal_call(struct chance *chance, uint32_t header[3])
{
    static const uint32_t numbers[] = { NORMAL_CALL_READ_BLOB, NORMAL_CALL_WRITE_BLOB, NORMAL_CALL_DELETE_BLOB,
                                        NORMAL_CALL_TIME_HINT, NORMAL_CALL_MEMORY };

    header[0] = numbers[chance_below(chance, 5)];
    header[1] = header[0] == NORMAL_CALL_TIME_HINT ? 0 : header[0] == NORMAL_CALL_MEMORY ? 8 : BLOB_REQUEST;
    header[2] = NORMAL_CALL_DATA_SIZE;
    switch (chance_below(chance, 8)) {
    case 0:
        header[0] = (uint32_t)chance_word(chance);
        break;
    case 1:
        header[1] = (uint32_t)size_near(chance, 0, NORMAL_CALL_DATA_SIZE);
        break;
    case 2:
        header[2] = (uint32_t)(NORMAL_CALL_DATA_SIZE + 1 + chance_below(chance, 8));
        break;
    case 3:
        header[2] = (uint32_t)chance_next(chance) | UINT32_C(1) << 31;
        break;
    default:
        break;
    }
}

static void fill_create_thread(struct chance *chance, const struct world *world, uint64_t arguments[3])
{
    if (chance_below(chance, 4) == 0 && world->threads < FUZZER_THREADS) {
        const struct thread_slot *slot = &world->slots[world->threads - 1];

        arguments[0] = slot->call;
        arguments[1] = slot->entry;
        arguments[2] = slot->stack;
        return;
    }
    arguments[0] = address(chance, world, sizeof(struct ium_call));
    arguments[1] = address(chance, world, 1);
    arguments[2] = chance_word(chance);
}

/* The right one more often than not. */
static uint64_t generation(struct chance *chance, const struct world *world)
{
    uint64_t right = world->remembered;

    switch (chance_below(chance, 8)) {
    case 0:
        return right + 1;
    case 1:
        return right - 1;
    case 2: /* right in its lower half */
        return right | UINT64_C(1) << (32 + chance_below(chance, 32));
    case 3:
        return chance_word(chance);
    default:
        return right;
    }
}

/* Whatever the number is, its arguments are of the kind that the call takes. */
static void fill(struct chance *chance, const struct world *world, struct attempt *attempt)
{
    uint64_t *arguments = attempt->arguments;

    switch (attempt->number) {
    case IUM_SYSCALL_LOG:
        arguments[0] = address(chance, world, IUM_MAX_LOG);
        arguments[1] = size_near(chance, arguments[0], IUM_MAX_LOG);
        break;
    case IUM_SYSCALL_DERIVE_KEY:
        arguments[0] = address(chance, world, IUM_MAX_PURPOSE);
        arguments[1] = size_near(chance, arguments[0], IUM_MAX_PURPOSE);
        arguments[2] = address(chance, world, IUM_KEY_SIZE);
        break;
    case IUM_SYSCALL_GET_IDENTITY:
        arguments[0] = address(chance, world, sizeof(struct ium_identity));
        break;
    case IUM_SYSCALL_GET_PLATFORM:
        arguments[0] = address(chance, world, sizeof(struct ium_platform));
        break;
    case IUM_SYSCALL_GET_FRESHNESS:
        arguments[0] = address(chance, world, sizeof(struct ium_freshness));
        break;
    case IUM_SYSCALL_SET_FRESHNESS:
        arguments[0] = address(chance, world, IUM_FRESHNESS_DIGEST_SIZE);
        arguments[1] = generation(chance, world);
        break;
    case IUM_SYSCALL_WAIT_CALL:
        arguments[0] = address(chance, world, sizeof(struct ium_call));
        attempt->header[0] = IUM_CALL_DATA_SIZE + 1 + (uint32_t)chance_below(chance, UINT32_MAX - IUM_CALL_DATA_SIZE);
        break;
    case IUM_SYSCALL_CREATE_THREAD:
        fill_create_thread(chance, world, arguments);
        break;
    case IUM_SYSCALL_NORMAL_CALL:
        arguments[0] = address(chance, world, sizeof(struct ium_normal_call));
        fill_normal_call(chance, attempt->header);
        break;
    default: /* the loader's calls, and none: a plausible range and rights */
        arguments[0] = address(chance, world, 4096) & ~UINT64_C(4095);
        arguments[1] = chance_below(chance, 2) == 0 ? 4096 : size_near(chance, arguments[0], 4096);
        arguments[2] = chance_below(chance, 2) == 0 ? chance_below(chance, 8) : address(chance, world, 4096);
        break;
    }
}

static bool wanted(struct chance *chance, const struct attempt *attempt, const struct verdict *verdict)
{
    return attempt->number != IUM_SYSCALL_LOG || verdict->status != IUM_SUCCESS || chance_below(chance, ONE_IN_LOGS) == 0;
}

struct attempt chance_attempt(struct chance *chance, const struct world *world)
{
    struct attempt attempt;
    struct verdict verdict;

    do {
        attempt = (struct attempt){ .number = number(chance) };
        for (unsigned i = 0; i < 3; i++) {
            attempt.arguments[i] = chance_word(chance);
        }
        fill(chance, world, &attempt);
        verdict = model_judge(world, &attempt);
    } while (!model_makeable(world, &attempt, &verdict) || !wanted(chance, &attempt, &verdict));
    return attempt;
}
