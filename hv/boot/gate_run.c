#include "gate_run.h"

#include "gate.h"
#include "log.h"

#include <boot_mutant.h>

struct pass {
    const struct processors *processors;
    struct gate_facts facts[HV_MAX_PROCESSORS];
};

static VOID EFIAPI collect_here(VOID *argument)
{
    struct pass *pass = argument;
    uint32_t self = processors_self(pass->processors);

    if (self < pass->processors->count) {
        gate_collect(&pass->facts[self]);
    }
}

bool gate_run(const struct processors *processors)
{
    struct pass *pass = firmware_allocate(sizeof(*pass));
    char reason[GATE_TEXT_SIZE];
    bool passed = false;

    if (pass == NULL) {
        log_error("no memory for the feature gate");
        return false;
    }
    *pass = (struct pass){ .processors = processors };
    collect_here(pass);
    if (!processors_run_others(processors, collect_here, pass)) {
        log_error("the firmware could not run the feature gate on all processors");
    } else if (!gate_check(pass->facts, processors->count, reason) && !boot_mutant_is(BOOT_MUTANT_GATE_OPEN)) {
        log_error("%s", reason);
    } else {
        log_info("features:%s", reason);
        passed = true;
    }
    firmware_free(pass, sizeof(*pass));
    return passed;
}
