/* A hostile trustlet: what it does is in tests/attacks/ID/trustlet.c, and VTL0 asks for it by name. */
#include <ium/raw.h>
#include <ium/thread.h>

#include <lib/string.h>

#include "attack.h"

static struct ium_thread threads[1]; /* for what two do at once; the others are an attack's to make */
static uint8_t *whole_heap;
static size_t whole_heap_size;

void assailant_say(struct assailant_report *report, enum assailant_verdict verdict, uint64_t number, const char *text)
{
    size_t length = strlen(text);

    report->verdict = verdict;
    report->number = number;
    memcpy(report->text, text, length < ASSAILANT_TEXT_SIZE ? length : ASSAILANT_TEXT_SIZE - 1);
}

uint8_t *assailant_heap(size_t *size)
{
    *size = whole_heap_size;
    return whole_heap;
}

static const struct assailant_attack *find_in(const struct assailant_attacks *folder, const char *name)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (strcmp(folder->rows[i].name, name) == 0) {
            return &folder->rows[i];
        }
    }
    return NULL;
}

static const struct assailant_attack *find(const char *name)
{
    const struct assailant_attack *found = NULL;

    for (size_t i = 0; i < assailant_folder_count && found == NULL; i++) {
        found = find_in(assailant_folders[i], name);
    }
    return found;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size, struct trustlet_reply *reply)
{
    struct assailant_report report = { .verdict = ASSAILANT_BROKEN };
    const struct assailant_attack *attack;
    struct assailant_order order;

    (void)session;
    if (command != ASSAILANT_ATTACK || input_size != sizeof(order) || reply->capacity < sizeof(report)) {
        return 1;
    }
    memcpy(&order, input, sizeof(order));
    order.name[ASSAILANT_NAME_SIZE - 1] = '\0';
    attack = find(order.name);
    if (attack == NULL) {
        return 1;
    }
    attack->run(order.number, &report);
    memcpy(reply->data, &report, sizeof(report));
    reply->size = sizeof(report);
    return 0;
}

/* iumbase's own loop is for one thread: this one keeps the request on its stack. */
static void serve(struct ium_call *call)
{
    struct trustlet_reply reply = { .data = call->data, .capacity = call->capacity };
    struct assailant_order order;
    uint32_t status = 0;

    if (call->event == IUM_CALL_INVOKE) {
        memcpy(&order, call->data, sizeof(order));
        status = invoke(call->session, call->command, (const uint8_t *)&order, call->size, &reply);
    }
    call->status = status;
    call->size = reply.size;
}

/* The accomplice's manifest has no CREATE_THREAD. */
static bool start(void *heap, size_t heap_size)
{
    whole_heap = heap;
    whole_heap_size = heap_size;
    ium_thread_create(&threads[0], serve);
    return true;
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return 0;
}

static void close(uint64_t session)
{
    (void)session;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
