#include <sk/freshness_plan.h>

#include <lib/string.h>

void freshness_begin(struct freshness_operation *operation, const struct freshness_request *request)
{
    *operation = (struct freshness_operation){
        .kind = request->kind, .owner = request->owner, .generation = request->generation,
    };
    memcpy(operation->digest, request->digest, sizeof(operation->digest));
    freshness_record_index(&operation->owner, &operation->record_index);
    freshness_counter_index(&operation->owner, &operation->counter_index);
}

/* A record that its counter has not followed yet: a commit that was cut off in between. */
static bool is_unfinished(const struct freshness_operation *operation)
{
    return operation->record_state == INDEX_READ && operation->counter_state == INDEX_READ &&
           operation->record.generation == operation->counter + 1;
}

/* Once everything is known. A record whose counter somebody deleted could be any old one. */
static enum ium_freshness_state state_of(const struct freshness_operation *operation)
{
    if (operation->record_state == INDEX_FOREIGN || operation->counter_state == INDEX_FOREIGN) {
        return IUM_FRESHNESS_FOREIGN;
    }
    if (operation->record_state != INDEX_READ) {
        return IUM_FRESHNESS_NONE;
    }
    return operation->counter_state == INDEX_READ && operation->record.generation == operation->counter ? IUM_FRESHNESS_SET
                                                                                                       : IUM_FRESHNESS_ROLLED_BACK;
}

/* May SET change what there is? */
static bool may_set(const struct freshness_operation *operation)
{
    enum ium_freshness_state state = state_of(operation);

    return (state == IUM_FRESHNESS_NONE && operation->generation == 0) ||
           (state == IUM_FRESHNESS_SET && operation->generation == operation->record.generation);
}

/* The record first: without it the state is NONE whatever the counter is. */
static enum freshness_action next_of_reset(const struct freshness_operation *operation)
{
    if (operation->record_state != INDEX_ABSENT) {
        return FRESHNESS_DELETE_RECORD;
    }
    return operation->counter_state != INDEX_ABSENT ? FRESHNESS_DELETE_COUNTER : FRESHNESS_END;
}

/* The counter of a first record is above that of every record before, deleted ones included. */
static enum freshness_action next_of_counter(const struct freshness_operation *operation)
{
    switch (operation->counter_state) {
    case INDEX_ABSENT:
        return FRESHNESS_DEFINE_COUNTER;
    case INDEX_UNWRITTEN:
        return FRESHNESS_DELETE_COUNTER;
    default:
        return FRESHNESS_INCREMENT;
    }
}

static enum freshness_action next_of_record(const struct freshness_operation *operation)
{
    switch (operation->record_state) {
    case INDEX_ABSENT:
        return FRESHNESS_DEFINE_RECORD;
    case INDEX_UNWRITTEN:
        return FRESHNESS_DELETE_RECORD;
    default:
        return FRESHNESS_WRITE;
    }
}

static enum freshness_action next_of_set(const struct freshness_operation *operation)
{
    if (operation->record_state == INDEX_READ) {
        return FRESHNESS_WRITE;
    }
    return operation->advanced ? next_of_record(operation) : next_of_counter(operation);
}

enum freshness_action freshness_next(const struct freshness_operation *operation)
{
    if (operation->record_state == INDEX_UNKNOWN) {
        return FRESHNESS_LOOK_AT_RECORD;
    }
    if (operation->counter_state == INDEX_UNKNOWN) {
        return FRESHNESS_LOOK_AT_COUNTER;
    }
    if (operation->kind == FRESHNESS_RESET) {
        return next_of_reset(operation);
    }
    if (operation->record_state == INDEX_UNREAD) {
        return FRESHNESS_READ_RECORD;
    }
    if (operation->counter_state == INDEX_UNREAD) {
        return FRESHNESS_READ_COUNTER;
    }
    if (is_unfinished(operation)) {
        return FRESHNESS_INCREMENT;
    }
    if (operation->kind == FRESHNESS_GET || operation->written || !may_set(operation)) {
        return FRESHNESS_END;
    }
    return next_of_set(operation);
}

/* A first record belongs to the counter as it is, a later one to what it will be. */
static struct freshness_record new_record(const struct freshness_operation *operation)
{
    struct freshness_record record = { .generation = operation->counter + (operation->record_state == INDEX_READ) };

    memcpy(record.digest, operation->digest, sizeof(record.digest));
    return record;
}

static void encode_write(const struct freshness_operation *operation, struct tpm_command *command)
{
    const struct freshness_index *index = &operation->record_index;
    const struct freshness_record record = new_record(operation);
    uint8_t bytes[FRESHNESS_RECORD_SIZE];

    freshness_record_close(&operation->owner, &record, bytes);
    tpm_nv_encode_write(command, index->public.handle, index->auth, bytes, sizeof(bytes));
}

void freshness_command(const struct freshness_operation *operation, enum freshness_action action, struct tpm_command *command)
{
    const struct freshness_index *record = &operation->record_index, *counter = &operation->counter_index;

    switch (action) {
    case FRESHNESS_LOOK_AT_RECORD:
        tpm_nv_encode_read_public(command, record->public.handle);
        break;
    case FRESHNESS_LOOK_AT_COUNTER:
        tpm_nv_encode_read_public(command, counter->public.handle);
        break;
    case FRESHNESS_READ_RECORD:
        tpm_nv_encode_read(command, record->public.handle, record->auth, FRESHNESS_RECORD_SIZE);
        break;
    case FRESHNESS_READ_COUNTER:
        tpm_nv_encode_read(command, counter->public.handle, counter->auth, FRESHNESS_COUNTER_SIZE);
        break;
    case FRESHNESS_DELETE_RECORD:
        tpm_nv_encode_undefine(command, record->public.handle);
        break;
    case FRESHNESS_DELETE_COUNTER:
        tpm_nv_encode_undefine(command, counter->public.handle);
        break;
    case FRESHNESS_DEFINE_RECORD:
        tpm_nv_encode_define(command, &record->public, record->auth);
        break;
    case FRESHNESS_DEFINE_COUNTER:
        tpm_nv_encode_define(command, &counter->public, counter->auth);
        break;
    case FRESHNESS_INCREMENT:
        tpm_nv_encode_increment(command, counter->public.handle, counter->auth);
        break;
    default:
        encode_write(operation, command);
        break;
    }
}

static enum tpm_result learn_public(const struct freshness_index *index, const uint8_t *answer, size_t size, enum index_state *state)
{
    struct tpm_nv_public found;
    enum tpm_result result = tpm_nv_parse_read_public(answer, size, index->public.handle, &found);

    if (result == TPM_NO_INDEX) {
        *state = INDEX_ABSENT;
        return TPM_DONE;
    }
    if (result == TPM_DONE) {
        *state = !freshness_index_is_ours(index, &found) ? INDEX_FOREIGN
                 : (found.attributes & TPM_NV_WRITTEN) != 0 ? INDEX_UNREAD
                                                            : INDEX_UNWRITTEN;
    }
    return result;
}

/* Another's authorization is an answer as well. */
static enum tpm_result denied_is_foreign(enum tpm_result result, enum index_state *state)
{
    if (result == TPM_DENIED) {
        *state = INDEX_FOREIGN;
    }
    return result == TPM_DENIED ? TPM_DONE : result;
}

static enum tpm_result learn_record(struct freshness_operation *operation, const uint8_t *answer, size_t size)
{
    uint8_t bytes[FRESHNESS_RECORD_SIZE];
    enum tpm_result result = tpm_nv_parse_read(answer, size, bytes, sizeof(bytes));

    if (result == TPM_DONE) {
        bool ours = freshness_record_open(&operation->owner, bytes, &operation->record);

        operation->record_state = ours ? INDEX_READ : INDEX_FOREIGN;
    }
    return denied_is_foreign(result, &operation->record_state);
}

static enum tpm_result learn_counter(struct freshness_operation *operation, const uint8_t *answer, size_t size)
{
    uint8_t bytes[FRESHNESS_COUNTER_SIZE];
    enum tpm_result result = tpm_nv_parse_read(answer, size, bytes, sizeof(bytes));

    if (result == TPM_DONE) {
        operation->counter = 0;
        for (unsigned i = 0; i < sizeof(bytes); i++) {
            operation->counter = operation->counter << 8 | bytes[i];
        }
        operation->counter_state = INDEX_READ;
    }
    return denied_is_foreign(result, &operation->counter_state);
}

static void note_increment(struct freshness_operation *operation)
{
    operation->advanced = operation->record_state != INDEX_READ;
    operation->counter++;
    if (operation->counter_state == INDEX_NEW) {
        operation->counter_state = INDEX_UNREAD; /* it begins where the TPM wants */
    }
}

static void note_write(struct freshness_operation *operation)
{
    operation->record = new_record(operation);
    operation->record_state = INDEX_READ;
    operation->written = true;
}

/* It has done what it was told. */
static void note_done(struct freshness_operation *operation, enum freshness_action action)
{
    switch (action) {
    case FRESHNESS_DELETE_RECORD:
        operation->record_state = INDEX_ABSENT;
        break;
    case FRESHNESS_DELETE_COUNTER:
        operation->counter_state = INDEX_ABSENT;
        break;
    case FRESHNESS_DEFINE_RECORD:
        operation->record_state = INDEX_NEW;
        break;
    case FRESHNESS_DEFINE_COUNTER:
        operation->counter_state = INDEX_NEW;
        break;
    case FRESHNESS_INCREMENT:
        note_increment(operation);
        break;
    default:
        note_write(operation);
        break;
    }
}

enum tpm_result freshness_learn(struct freshness_operation *operation, enum freshness_action action, const uint8_t *answer, size_t size)
{
    enum tpm_result result;

    switch (action) {
    case FRESHNESS_LOOK_AT_RECORD:
        return learn_public(&operation->record_index, answer, size, &operation->record_state);
    case FRESHNESS_LOOK_AT_COUNTER:
        return learn_public(&operation->counter_index, answer, size, &operation->counter_state);
    case FRESHNESS_READ_RECORD:
        return learn_record(operation, answer, size);
    case FRESHNESS_READ_COUNTER:
        return learn_counter(operation, answer, size);
    default:
        result = tpm_nv_parse_done(answer, size);
        break;
    }
    if (result == TPM_DONE) {
        note_done(operation, action);
    }
    return result;
}

int64_t freshness_outcome(const struct freshness_operation *operation, struct ium_freshness *found)
{
    if (operation->kind == FRESHNESS_SET) {
        return operation->written ? IUM_SUCCESS : IUM_BAD_ARGUMENT;
    }
    if (operation->kind == FRESHNESS_GET) {
        found->state = state_of(operation);
        if (found->state == IUM_FRESHNESS_SET) {
            found->generation = operation->record.generation;
            memcpy(found->digest, operation->record.digest, sizeof(found->digest));
        }
    }
    return IUM_SUCCESS;
}
