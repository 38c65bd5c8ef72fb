#include "foreign.h"

#include <lib/format.h>
#include <lib/string.h>

struct step_log step_log;
static uint32_t said;

static const struct pending_step *find_pending(const char *id)
{
    const struct pending_step *row = pending_steps;

    while (row->id != NULL && strcmp(row->id, id) != 0) {
        row++;
    }
    return row->id != NULL ? row : NULL;
}

/* The last slot takes what does not fit, and fails. */
static struct step *next(struct step_log *log)
{
    uint32_t index = __atomic_fetch_add(&log->count, 1, __ATOMIC_SEQ_CST);

    return &log->steps[index < MAX_STEPS ? index : MAX_STEPS - 1];
}

bool step_in(struct step_log *log, uint32_t processor, const char *id, bool ok, uint64_t value)
{
    struct step *to = next(log);

    memcpy(to->id, id, strlen(id) + 1);
    to->processor = processor;
    to->value = value;
    to->ok = ok;
    return ok;
}

bool step_is_due(struct step_log *log, uint32_t processor, const char *id)
{
    const struct pending_step *row = find_pending(id);
    struct step *to;

    if (row == NULL) {
        return true;
    }
    if (processor == 0) {
        to = next(log);
        memcpy(to->id, id, strlen(id) + 1);
        to->pending = true;
    }
    return false;
}

bool step(const char *id, bool ok, uint64_t value)
{
    return step_in(&step_log, processor_self(), id, ok, value);
}

bool is_due(const char *id)
{
    return step_is_due(&step_log, processor_self(), id);
}

static void say_step(const struct step *s)
{
    char id[80];

    if (s->pending) {
        say("@openvsm pending id=%s-%s waits=%s", client_name, s->id, find_pending(s->id)->waits_for);
        return;
    }
    if (s->processor == 0) {
        format(id, sizeof(id), "%s-%s", client_name, s->id);
    } else {
        format(id, sizeof(id), "%s-%s-p%u", client_name, s->id, s->processor);
    }
    report(id, s->ok, s->ok ? "-" : "value:0x%lx", s->value);
}

void steps_say(void)
{
    if (step_log.count > MAX_STEPS) {
        give_up("more steps than there is room for");
    }
    while (said < step_log.count) {
        say_step(&step_log.steps[said++]);
    }
}
