#include <vtl0/acpi.h>
#include <vtl0/apic.h>
#include <vtl0/blob_store.h>
#include <vtl0/boot_info.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/interrupts.h>
#include <vtl0/modes.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/panic.h>
#include <vtl0/power.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define TIMER_HERTZ 100u

static struct boot_info *boot;
static struct kernel_options options;

/* What is needed before anything may fault or be interrupted. */
static void start_memory(void)
{
    pages_init(boot->pool_base, boot->pool_size);
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE); /* the tables have NX bits, which are reserved without it */
    paging_init(boot);
}

static void start_boot_processor(void)
{
    uint32_t ids[MAX_PROCESSORS];
    uint32_t count;

    acpi_init(boot->rsdp);
    count = acpi_processors(ids, MAX_PROCESSORS);
    apic_init();
    if (count == 0) {
        processors_init(boot->apic_ids, boot->processor_count, apic_id());
    } else {
        processors_init(ids, count, apic_id());
    }
    interrupts_init();
    processor_load(processor_at(0));
    apic_load();
    clock_init(boot->wall_clock);
}

static bool vtl1_answers(void)
{
    struct secure_info info;

    return vsm_start() == VSM_READY && secure_get_info(&info);
}

static int run_mode(void)
{
    static mode_function *const modes[] = {
        [MODE_DEMO] = mode_demo,
        [MODE_ATTACK] = mode_attack,
        [MODE_CALL] = mode_call,
        [MODE_CONSOLE] = mode_console,
        [MODE_TEST] = mode_test,
        [MODE_DELAY] = mode_delay,
        [MODE_FUZZ] = mode_fuzz,
        [MODE_FUZZ_SYSCALLS] = mode_fuzz_syscalls,
        [MODE_IMAGES] = mode_images,
        [MODE_NORMAL_CALLS] = mode_normal_calls,
        [MODE_SECURE_PROCESSES] = mode_secure_processes,
        [MODE_THREADS] = mode_threads,
        [MODE_TRUSTLETS] = mode_trustlets,
        [MODE_VAULT] = mode_vault,
        [MODE_VAULT_SCAN] = mode_vault_scan,
        [MODE_VECTORS] = mode_vectors,
        [MODE_TPM] = mode_tpm,
        [MODE_VSM_INFO] = mode_vsm_info,
    };
    struct mode_context context = { .boot = boot, .options = &options };

    if (options.store_on_com1) {
        blob_store_on_com1();
    }
    return modes[options.mode](&context);
}

/* On the boot processor's own stack, with a guard page below. */
static _Noreturn void run(void)
{
    const char *bad;
    uint32_t running;
    int status = 1;

    apic_timer_start(TIMER_HERTZ);
    interrupts_on();
    running = smp_start_all(boot->trampoline);
    console_printf("@openvsm boot processors=%u vtl1=%s\n", running, vtl1_answers() ? "yes" : "no");
    if (!options_parse(boot->options, &options, &bad)) {
        console_printf("error: vtl0 kernel: bad load option at \"%s\"\n", bad);
    } else {
        status = run_mode();
    }
    console_printf("@openvsm done status=%d\n", status);
    power_off();
}

void kernel_main(struct boot_info *info)
{
    boot = info;
    console_init();
    console_printf("OpenVSM VTL0 kernel, image at %lx, options \"%s\"\n", boot->image_base, boot->options);
    start_memory();
    start_boot_processor();
    __asm__ volatile("movq %0, %%rsp; xorl %%ebp, %%ebp; call *%1"
                     : : "r"(processor_at(0)->stack_top), "r"(run) : "memory");
    __builtin_unreachable();
}
