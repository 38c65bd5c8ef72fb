/* Other processors, by the firmware's MP services: each start is an INIT and SIPI of the firmware's. */
#include "mp.h"

#include "guest.h"

#include <hv/boot/mp_services.h>

#define LIMIT_CYCLES (UINT64_C(20) << 30)

struct job {
    void (*procedure)(void *argument);
    void *argument;
    EFI_EVENT event;
    volatile uint64_t ended;
};

uint32_t processor_count;
static struct mp_services *services;
static struct job jobs[MAX_PROCESSORS];

void processors_find(void)
{
    EFI_GUID guid = MP_SERVICES_GUID;
    UINTN number, enabled;

    if (EFI_ERROR(firmware->LocateProtocol(&guid, NULL, (void **)&services)) ||
        EFI_ERROR(services->get_number_of_processors(services, &number, &enabled)) || number > MAX_PROCESSORS) {
        give_up("no MP services");
    }
    processor_count = (uint32_t)number;
}

static VOID EFIAPI run_job(VOID *argument)
{
    struct job *job = argument;
    struct table_pointer old = traps_take();

    job->procedure(job->argument);
    traps_give_back(&old);
    job->ended = 1;
}

bool processor_start(uint32_t index, void (*procedure)(void *argument), void *argument)
{
    EFI_STATUS(EFIAPI *startup_this_ap)(struct mp_services *, VOID(EFIAPI *)(VOID *), UINTN, EFI_EVENT, UINTN, VOID *,
                                        BOOLEAN *) = services->startup_this_ap;
    struct job *job = &jobs[index];

    if (job->event == NULL && EFI_ERROR(firmware->CreateEvent(0, TPL_NOTIFY, NULL, NULL, &job->event))) {
        return false;
    }
    job->procedure = procedure;
    job->argument = argument;
    job->ended = 0;
    return !EFI_ERROR(startup_this_ap(services, run_job, index, job->event, 0, job, NULL));
}

bool wait_for(const volatile uint64_t *value, uint64_t at_least)
{
    uint64_t end = read_tsc() + LIMIT_CYCLES;

    while (*value < at_least && read_tsc() < end) {
        pause();
    }
    return *value >= at_least;
}

bool processor_wait(uint32_t index)
{
    struct job *job = &jobs[index];
    uint64_t end = read_tsc() + LIMIT_CYCLES;

    if (!wait_for(&job->ended, 1)) {
        return false;
    }
    while (EFI_ERROR(firmware->CheckEvent(job->event)) && read_tsc() < end) {
        pause();
    }
    return read_tsc() < end;
}
