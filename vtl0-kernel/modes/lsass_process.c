#include <vtl0/lsass_process.h>

#include <vtl0/console.h>
#include <vtl0/process.h>

/* lsass_image.S */
extern const uint8_t lsass_image_start[], lsass_image_end[];

static struct process *lsass;

static void report_death(void)
{
    if (lsass->state == PROCESS_FAULTED) {
        console_printf("error: lsass: ended by exception %lu error %lx at %lx, address %lx\n", lsass->fault.vector,
                       lsass->fault.error, lsass->fault.rip, lsass->fault_address);
    } else {
        console_printf("error: lsass: ended with code %ld\n", lsass->exit_code);
    }
}

bool lsass_start(void)
{
    if (lsass == NULL) {
        lsass = process_load(lsass_image_start, (size_t)(lsass_image_end - lsass_image_start));
        if (lsass == NULL) {
            console_printf("error: lsass: its image is damaged\n");
            return false;
        }
        process_run(lsass);
    }
    return lsass->state == PROCESS_READY;
}

bool lsass_command(const char *command)
{
    int64_t answer;

    if (!lsass_start()) {
        return false;
    }
    answer = process_command(lsass, command);
    if (lsass->state != PROCESS_READY) {
        report_death();
    }
    return answer == 0;
}
