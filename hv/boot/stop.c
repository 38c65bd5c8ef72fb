#include "stop.h"

#include "log.h"

#define SECONDS_TO_READ 3u
#define TIMER_SECOND    UINT64_C(10000000) /* 100 ns units */

__attribute__((noreturn)) static void switch_off(void)
{
    firmware.table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_ABORTED, 0, NULL);
    for (;;) { /* firmware without a way to switch off: the message stays on the screen */
        __asm__ volatile("hlt");
    }
}

/* Waits until a key is pressed or the time is over; true: a key. */
static bool wait_for_key(uint64_t seconds)
{
    EFI_EVENT events[2] = { NULL, firmware.table->ConIn != NULL ? firmware.table->ConIn->WaitForKey : NULL };
    UINTN which = 0;

    if (EFI_ERROR(firmware.services->CreateEvent(EVT_TIMER, 0, NULL, NULL, &events[0]))) {
        return false;
    }
    firmware.services->SetTimer(events[0], TimerRelative, seconds * TIMER_SECOND);
    firmware.services->WaitForEvent(events[1] != NULL ? 2 : 1, events, &which);
    firmware.services->CloseEvent(events[0]);
    return which == 1;
}

EFI_STATUS stop_before_launch(void)
{
    log_info("nothing was started; the machine is switched off in %u seconds, a key returns to the firmware", SECONDS_TO_READ);
    if (!wait_for_key(SECONDS_TO_READ)) {
        switch_off();
    }
    return EFI_ABORTED;
}

void stop_after_launch(void)
{
    log_info("VTL0's program was not started; the machine is switched off in %u seconds", SECONDS_TO_READ);
    wait_for_key(SECONDS_TO_READ);
    switch_off();
}
