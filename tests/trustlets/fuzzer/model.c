#include "model.h"

#include <stddef.h>

#include <abi/ium.h>

struct service {
    uint32_t number, min_request, max_request, max_reply;
};

#define NORMAL_CALL(number, name, min, max, reply) { (number), (min), (max), (reply) },
static const struct service services[] = {
#include <abi/normal_calls.def>
};
#undef NORMAL_CALL

/* "Pointers must lie in one mapping of the process that has the right"; no bytes are nowhere. */
static bool reachable(const struct world *world, uint64_t base, uint64_t size, uint32_t rights)
{
    for (unsigned i = 0; i < PLACES; i++) {
        const struct place *place = &world->places[i];
        uint64_t offset = base - place->base;

        if (size != 0 && offset < place->size && size <= place->size - offset) {
            return (place->rights & rights) == rights;
        }
    }
    return false;
}

static struct verdict plain(int64_t status)
{
    return (struct verdict){ .answers = true, .status = status };
}

static struct verdict writing(bool possible, uint64_t base, uint64_t size)
{
    struct verdict verdict = plain(possible ? IUM_SUCCESS : IUM_BAD_ADDRESS);

    if (possible) {
        verdict.writes[0] = (struct range){ base, size };
    }
    return verdict;
}

static struct verdict judge_log(const struct world *world, const uint64_t arguments[3])
{
    if (arguments[1] > IUM_MAX_LOG) {
        return plain(IUM_BAD_ARGUMENT);
    }
    return plain(reachable(world, arguments[0], arguments[1], IUM_READ) ? IUM_SUCCESS : IUM_BAD_ADDRESS);
}

static struct verdict judge_derive_key(const struct world *world, const uint64_t arguments[3])
{
    if (arguments[1] == 0 || arguments[1] > IUM_MAX_PURPOSE) {
        return plain(IUM_BAD_ARGUMENT);
    }
    return writing(reachable(world, arguments[0], arguments[1], IUM_READ) &&
                   reachable(world, arguments[2], IUM_KEY_SIZE, IUM_READ | IUM_WRITE), arguments[2], IUM_KEY_SIZE);
}

static struct verdict judge_wait_call(const struct world *world, const struct attempt *attempt)
{
    if (!reachable(world, attempt->arguments[0], sizeof(struct ium_call), IUM_READ | IUM_WRITE)) {
        return plain(IUM_BAD_ADDRESS);
    }
    return attempt->header[0] > IUM_CALL_DATA_SIZE ? plain(IUM_BAD_ARGUMENT) : (struct verdict){ .answers = false };
}

static struct verdict judge_create_thread(const struct world *world, const uint64_t arguments[3])
{
    if (!reachable(world, arguments[0], sizeof(struct ium_call), IUM_READ | IUM_WRITE) ||
        !reachable(world, arguments[1], 1, IUM_EXECUTE)) {
        return plain(IUM_BAD_ADDRESS);
    }
    return plain(world->threads < FUZZER_THREADS ? IUM_SUCCESS : IUM_BAD_ARGUMENT);
}

static const struct service *find_service(uint32_t number)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (services[i].number == number) {
            return &services[i];
        }
    }
    return NULL;
}

static struct verdict judge_normal_call(const struct world *world, const struct attempt *attempt)
{
    uint64_t address = attempt->arguments[0];
    const struct service *service = find_service(attempt->header[0]);
    uint32_t size = attempt->header[1], capacity = attempt->header[2];
    struct verdict verdict;

    if (!reachable(world, address, sizeof(struct ium_normal_call), IUM_READ | IUM_WRITE)) {
        return plain(IUM_BAD_ADDRESS);
    }
    if (service == NULL || size < service->min_request || size > service->max_request || capacity > NORMAL_CALL_DATA_SIZE) {
        return plain(IUM_BAD_ARGUMENT);
    }
    verdict = writing(true, address + offsetof(struct ium_normal_call, status), 2 * sizeof(uint32_t));
    verdict.writes[1] = (struct range){ address + offsetof(struct ium_normal_call, data),
                                        capacity < service->max_reply ? capacity : service->max_reply };
    return verdict;
}

/* Without a TPM: at once, and it ends with the boot. */
static struct verdict judge_set_freshness(const struct world *world, const uint64_t arguments[3])
{
    if (!reachable(world, arguments[0], IUM_FRESHNESS_DIGEST_SIZE, IUM_READ)) {
        return plain(IUM_BAD_ADDRESS);
    }
    return plain(arguments[1] == world->remembered ? IUM_SUCCESS : IUM_BAD_ARGUMENT);
}

static struct verdict judge_structure(const struct world *world, uint64_t address, uint64_t size)
{
    return writing(reachable(world, address, size, IUM_READ | IUM_WRITE), address, size);
}

struct verdict model_judge(const struct world *world, const struct attempt *attempt)
{
    if (attempt->number == IUM_SYSCALL_EXIT) {
        return (struct verdict){ .answers = false };
    }
    if (attempt->number >= 64 || (world->syscalls >> attempt->number & 1) == 0) {
        return plain(IUM_UNKNOWN_SYSCALL);
    }
    switch (attempt->number) {
    case IUM_SYSCALL_LOG:
        return judge_log(world, attempt->arguments);
    case IUM_SYSCALL_WAIT_CALL:
        return judge_wait_call(world, attempt);
    case IUM_SYSCALL_DERIVE_KEY:
        return judge_derive_key(world, attempt->arguments);
    case IUM_SYSCALL_GET_IDENTITY:
        return judge_structure(world, attempt->arguments[0], sizeof(struct ium_identity));
    case IUM_SYSCALL_GET_PLATFORM:
        return judge_structure(world, attempt->arguments[0], sizeof(struct ium_platform));
    case IUM_SYSCALL_CREATE_THREAD:
        return judge_create_thread(world, attempt->arguments);
    case IUM_SYSCALL_IS_CANCELLED:
        return plain(0); /* nobody cancels a run */
    case IUM_SYSCALL_NORMAL_CALL:
        return judge_normal_call(world, attempt);
    case IUM_SYSCALL_GET_FRESHNESS:
        return judge_structure(world, attempt->arguments[0], sizeof(struct ium_freshness));
    case IUM_SYSCALL_SET_FRESHNESS:
        return judge_set_freshness(world, attempt->arguments);
    case IUM_SYSCALL_RESET_FRESHNESS:
        return plain(IUM_SUCCESS);
    case IUM_SYSCALL_GET_TIME:
        return (struct verdict){ .answers = true, .any = true };
    default: /* the loader's, and what there is not */
        return plain(IUM_UNKNOWN_SYSCALL);
    }
}

void model_succeeded(struct world *world, const struct attempt *attempt)
{
    switch (attempt->number) {
    case IUM_SYSCALL_CREATE_THREAD:
        world->threads++;
        break;
    case IUM_SYSCALL_SET_FRESHNESS:
        world->remembered = ++world->generations;
        break;
    case IUM_SYSCALL_RESET_FRESHNESS:
        world->remembered = 0;
        break;
    default:
        break;
    }
}

uint64_t model_header_size(uint64_t number)
{
    switch (number) {
    case IUM_SYSCALL_NORMAL_CALL:
        return 3 * sizeof(uint32_t);
    case IUM_SYSCALL_WAIT_CALL:
        return sizeof(uint32_t);
    default:
        return 0;
    }
}

uint64_t model_header_offset(uint64_t number)
{
    return number == IUM_SYSCALL_WAIT_CALL ? offsetof(struct ium_call, size) : 0;
}

bool model_in_pad(const struct world *world, uint64_t base, uint64_t size)
{
    for (unsigned i = 0; i < PLACES; i++) {
        uint64_t offset = base - world->places[i].pad;

        if (offset < world->places[i].pad_size && size <= world->places[i].pad_size - offset) {
            return true;
        }
    }
    return false;
}

static bool is_next_slot(const struct world *world, const uint64_t arguments[3])
{
    const struct thread_slot *slot = &world->slots[world->threads - 1];

    return arguments[0] == slot->call && arguments[1] == slot->entry && arguments[2] == slot->stack;
}

/* Where the header is read, all of it must be ours; where it is not, the call must be refused before it looks. */
static bool header_makeable(const struct world *world, const struct attempt *attempt)
{
    uint64_t size = attempt->number == IUM_SYSCALL_WAIT_CALL ? sizeof(struct ium_call) : sizeof(struct ium_normal_call);

    return model_header_size(attempt->number) == 0 || model_in_pad(world, attempt->arguments[0], size) ||
           !reachable(world, attempt->arguments[0], size, IUM_READ | IUM_WRITE);
}

bool model_makeable(const struct world *world, const struct attempt *attempt, const struct verdict *verdict)
{
    if (!verdict->answers || !header_makeable(world, attempt)) {
        return false;
    }
    if (attempt->number == IUM_SYSCALL_CREATE_THREAD && verdict->status == IUM_SUCCESS) {
        return is_next_slot(world, attempt->arguments);
    }
    for (unsigned i = 0; i < 2; i++) {
        if (verdict->writes[i].size != 0 && !model_in_pad(world, verdict->writes[i].base, verdict->writes[i].size)) {
            return false;
        }
    }
    return true;
}
