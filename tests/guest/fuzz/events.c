/* Each exception that VTL1 may make up for VTL0, by HvRegisterPendingEvent0: what is accepted is delivered, whatever its vector. */
#include "fuzz_test.h"

#include <lib/string.h>

#include "guest.h"

#define VECTORS 34u

static uint64_t exceptions_taken;

static uint16_t set_pending(uint64_t event)
{
    struct hv_input_vp_registers header = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = HV_INPUT_VTL_USE_TARGET,
    };
    uint64_t words[6] = { 0, 0, HV_REGISTER_PENDING_EVENT0, 0, event, 0 };

    memcpy(words, &header, sizeof(header));
    for (unsigned i = 0; i < 6; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    return HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), 0, 0));
}

/* The return from the call brings the exception: the probe ends there, and its answer is lost. */
static void refused_at_once(uint16_t *status)
{
    *status = set_pending(*(uint64_t *)status);
}

static void one(uint64_t vector, bool with_code)
{
    uint64_t event = HV_PENDING_EVENT_PENDING | vector << 16 | (with_code ? HV_PENDING_EVENT_DELIVER_ERROR_CODE : 0);
    volatile uint64_t debug_before = debug_seen[0].count;
    union {
        uint64_t event;
        uint16_t status;
    } argument = { event };
    struct probe probe;
    bool taken;

    probe_run(&probe, (const void *)refused_at_once, &argument);
    taken = probe.vector != 0 || debug_seen[0].count != debug_before;
    note(taken || *(volatile uint16_t *)&argument.status != HV_STATUS_SUCCESS, "vector-%lu-code-%u:accepted-and-not-delivered", vector,
         with_code);
    exceptions_taken += taken;
}

void events_try(void)
{
    for (uint64_t vector = 0; vector < VECTORS; vector++) {
        one(vector, false);
        one(vector, true);
    }
    note(exceptions_taken >= 15, "only-%lu-taken", exceptions_taken);
    report_notes("fuzz-events");
}
