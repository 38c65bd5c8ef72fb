/* The instructions of hv-core-doubles/hv/x86.h, and what else ends in the machine itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/log.h>
#include <hv/mtrr.h>
#include <hv/reset.h>
#include <hv/x86.h>
#include <hv/xmm.h>

#include <lib/format.h>

#include "hv-core-bench.h"

#include <cmocka.h>

struct bench_access bench_accesses[BENCH_ACCESSES];
unsigned bench_access_count;
uint64_t bench_port_value, bench_msr_value;
uint32_t (*bench_port_answer)(uint16_t port);
struct cpuid_result bench_cpuid;
uint64_t bench_xcr0, bench_breakpoint[4];
static uint64_t machine_cr4;
jmp_buf bench_reset_jump;
unsigned bench_resets;

static void remember(uint32_t where, uint8_t size, bool write, uint64_t value)
{
    assert_in_range(bench_access_count, 0, BENCH_ACCESSES - 1);
    bench_accesses[bench_access_count++] = (struct bench_access){ where, size, write, value };
}

/* Before bench_start: what the firmware has left in the MTRRs. NULL: they read like any other MSR. */
const struct mtrr_shadow *bench_mtrr;

static const uint64_t *machine_mtrr_of(uint32_t msr)
{
    static const uint64_t ranges = 10;
    static struct cpu processor;

    if (bench_mtrr == NULL) {
        return NULL;
    }
    processor.mtrr = *bench_mtrr;
    return msr == MSR_MTRRCAP ? &ranges : mtrr_slot(&processor, msr);
}

uint64_t rdmsr(uint32_t msr)
{
    const uint64_t *mtrr = machine_mtrr_of(msr);

    if (mtrr != NULL) {
        return *mtrr;
    }
    remember(msr, 8, false, bench_msr_value);
    return bench_msr_value;
}

void wrmsr(uint32_t msr, uint64_t value) { remember(msr, 8, true, value); }
void out8(uint16_t port, uint8_t value) { remember(port, 1, true, value); }
void out16(uint16_t port, uint16_t value) { remember(port, 2, true, value); }
void out32(uint16_t port, uint32_t value) { remember(port, 4, true, value); }

static uint32_t in(uint16_t port, uint8_t size)
{
    uint32_t value = bench_port_answer != NULL ? bench_port_answer(port) : (uint32_t)bench_port_value;

    remember(port, size, false, bench_port_answer != NULL ? value : bench_port_value);
    return value;
}

uint8_t in8(uint16_t port) { return (uint8_t)in(port, 1); }
uint16_t in16(uint16_t port) { return (uint16_t)in(port, 2); }
uint32_t in32(uint16_t port) { return in(port, 4); }

struct cpuid_result cpuid(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf;
    (void)subleaf;
    return bench_cpuid;
}

uint64_t read_cr4(void) { return machine_cr4; }
void write_cr4(uint64_t value) { machine_cr4 = value; }

/* As the processor: #UD without OSXSAVE. */
uint64_t read_xcr0(void)
{
    assert_true((machine_cr4 & CR4_OSXSAVE) != 0);
    return bench_xcr0;
}

void write_xcr0(uint64_t value)
{
    assert_true((machine_cr4 & CR4_OSXSAVE) != 0);
    bench_xcr0 = value;
}

uint64_t read_breakpoint(unsigned number) { return bench_breakpoint[number]; }
void write_breakpoint(unsigned number, uint64_t value) { bench_breakpoint[number] = value; }

uint64_t bench_tsc;
uint64_t rdtsc(void) { return bench_tsc; }
void invlpg(uint64_t address) { bench_window_changed(address); }
void flush_own_translations(void) { }

uint8_t bench_xmm[XMM_BYTES];
void xmm_read(uint8_t to[XMM_BYTES]) { memcpy(to, bench_xmm, XMM_BYTES); }
void xmm_write(const uint8_t from[XMM_BYTES]) { memcpy(bench_xmm, from, XMM_BYTES); }

unsigned bench_log_lines;
char bench_log[256];
void hv_log(enum log_level level, const char *text, ...)
{
    va_list arguments;

    (void)level;
    va_start(arguments, text);
    format_v(bench_log, sizeof(bench_log), text, arguments);
    va_end(arguments);
    bench_log_lines++;
}

void log_set_level(enum log_level level) { (void)level; }

void machine_reset(struct cpu *cpu, const char *reason)
{
    (void)cpu;
    (void)reason;
    bench_resets++;
    longjmp(bench_reset_jump, 1);
}

void machine_stop(struct cpu *cpu) { machine_reset(cpu, "stopped"); }

void processor_park(struct cpu *cpu)
{
    atomic_store(&cpu->public.parked, 1);
    longjmp(bench_reset_jump, 2);
}
