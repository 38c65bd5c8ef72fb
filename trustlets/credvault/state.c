#include "state.h"

#include <lib/string.h>

#include "policy.h"

void state_clear(struct state *state)
{
    secure_zero(state, sizeof(*state));
    state->next_number = 1;
    state->audit.next = 1;
}

static struct row *find(struct state *state, uint32_t number)
{
    for (uint32_t i = 0; i < CREDVAULT_CREDENTIALS; i++) {
        if (state->rows[i].number == number) {
            return &state->rows[i];
        }
    }
    return NULL;
}

struct row *state_row(struct state *state, uint32_t number)
{
    return number != 0 ? find(state, number) : NULL;
}

const struct row *state_look(const struct state *state, uint32_t number)
{
    return state_row((struct state *)state, number);
}

struct row *state_free_row(struct state *state)
{
    return find(state, 0);
}

const struct row *state_next(const struct state *state, uint32_t above)
{
    const struct row *next = NULL;

    for (uint32_t i = 0; i < CREDVAULT_CREDENTIALS; i++) {
        const struct row *row = &state->rows[i];

        if (row->number > above && (next == NULL || row->number < next->number)) {
            next = row;
        }
    }
    return next;
}

uint32_t state_credentials(const struct state *state)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < CREDVAULT_CREDENTIALS; i++) {
        count += state->rows[i].number != 0;
    }
    return count;
}

static bool row_is_sound(const struct row *row, uint32_t next_number)
{
    static const struct row zero;
    const struct credvault_policy policy = policy_of(row);

    if (row->number == 0) {
        return memcmp(row, &zero, sizeof(zero)) == 0;
    }
    return row->number < next_number && row->reserved == 0 && policy_is_valid(row->type, &policy) == CREDVAULT_SUCCESS &&
           row->pin_failures <= row->pin_tries;
}

bool state_is_sound(const struct state *state)
{
    for (uint32_t i = 0; i < CREDVAULT_CREDENTIALS; i++) {
        const struct row *row = &state->rows[i];

        if (!row_is_sound(row, state->next_number) || (row->number != 0 && state_look(state, row->number) != row)) {
            return false;
        }
    }
    return state->next_number != 0 && audit_is_sound(&state->audit);
}
