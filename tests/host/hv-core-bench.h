/*
 * A machine for the tests of hv/core: the hypervisor's own objects, linked
 * as they are, over guest memory in a file, a vendor whose registers are an
 * array, and instructions that remember what they were asked.
 */
#pragma once

#include <hv/cpu.h>
#include <hv/vendor.h>

#include <setjmp.h>

#define BENCH_PROCESSORS 4u

/* Physical memory: RAM around the region, more of it above 4 GiB, and a window of the host bridge. */
#define BENCH_RAM_END     UINT64_C(0x1000000)
#define BENCH_REGION      UINT64_C(0x800000)
#define BENCH_REGION_SIZE SIZE_2M
#define BENCH_HIGH_RAM    SIZE_4G
#define BENCH_HIGH_SIZE   SIZE_2M
#define BENCH_HOLE        UINT64_C(0x2000000)
#define BENCH_WINDOW      UINT64_C(0x8000000000)
#define BENCH_WINDOW_SIZE SIZE_1G
#define BENCH_APIC        UINT64_C(0xFEE00000)
#define BENCH_ECAM        UINT64_C(0xB0000000)

#define BENCH_TSC_HZ      UINT64_C(2000000000) /* 200 ticks to 100 ns */
#define BENCH_APIC_HZ     UINT64_C(1000000000)

#define BENCH_CODE        UINT64_C(0x10000) /* where RIP of both VTLs starts */
#define BENCH_TABLES      UINT64_C(0x2000)  /* guest page tables: identity */

/* One VTL of the fake vendor. */
struct bench_vtl {
    uint64_t reg[VREG_COUNT];
    struct hv_x64_segment_register segment[VSEG_COUNT];
    unsigned privilege;
    bool shadow;           /* behind STI or a load of SS */
    struct event injected; /* the last one */
    unsigned injections;
    unsigned raised;       /* vector of the last interrupt delivered, 0: none */
    unsigned awaited;      /* the priority that ends its runs */
    bool busy;             /* something else is delivered with this entry */
    unsigned flushes;
    unsigned starts;
    struct hv_initial_vp_context context;
    unsigned early_exits; /* entries asked to end after their event */
};

extern struct bench_vtl bench_vtl[BENCH_PROCESSORS][VTL_COUNT];

/* What vendor->enter does; NULL ends the test. */
extern void (*bench_enter)(struct cpu *cpu);
extern const struct mtrr_shadow *bench_mtrr; /* before bench_start: what the firmware has left */
extern bool bench_mode_based;   /* before bench_start: a processor with mode-based execute control */
extern bool bench_shares_apic_timer; /* a vendor without a timer of its own */
extern uint64_t bench_deadline; /* what set_deadline was asked for last */
extern uint8_t bench_interrupt; /* the vector that take_interrupt finds */
extern unsigned bench_nmis_taken, bench_sleeps, bench_idles;
extern uint8_t bench_xmm[96];   /* XMM0 to XMM5 */

/* Fresh machine: that many processors in VTL0's 64-bit ring 0, partition initialised, VTL1 off. */
void bench_start(unsigned processors);
void bench_stop(void);

/* Makes the processor's VTL1 usable, and the active one where asked. */
void bench_enable_vtl1(struct cpu *cpu);

/* The highest vector that waits for the VTL and has not been offered yet; 0: none. */
unsigned bench_waiting(const struct cpu *cpu, enum vtl vtl);

/* Makes this thread the processor (this_cpu). */
void bench_become(struct cpu *cpu);

/* Guest memory, past all rights. */
void bench_poke(uint64_t address, const void *from, size_t size);
void bench_peek(uint64_t address, void *to, size_t size);

/* Puts the bytes at the active VTL's RIP and fills cpu->exit with that kind of exit. */
void bench_instruction(struct cpu *cpu, enum exit_kind kind, enum insn_kind instruction, const void *bytes, size_t size);

struct bench_vtl *bench_active(const struct cpu *cpu);

/* Rights of VTL0 (or VTL1) at a page; and setting them, as VTL1 would. */
unsigned bench_rights(enum vtl vtl, uint64_t page);
void bench_protect(uint64_t page, unsigned rights);

/* The exception that waits for the active VTL, or -1. */
int bench_exception(const struct cpu *cpu);

/* One instruction that reached the machine. */
struct bench_access {
    uint32_t where; /* port or MSR */
    uint8_t size;   /* bytes; 8: an MSR */
    bool write;
    uint64_t value;
};

#define BENCH_ACCESSES 64u
extern struct bench_access bench_accesses[BENCH_ACCESSES];
extern unsigned bench_access_count;
extern uint64_t bench_port_value;       /* what every port reads, ... */
extern uint32_t (*bench_port_answer)(uint16_t port); /* ... unless somebody answers for it */
extern uint64_t bench_msr_value;        /* what every MSR reads */
extern uint64_t bench_tsc;               /* the TSC stands still until a test moves it */
extern struct cpuid_result bench_cpuid; /* what every leaf says */
extern unsigned bench_log_lines;        /* so far, and ... */
extern char bench_log[256];             /* ... the last one */
extern uint64_t bench_xcr0, bench_breakpoint[4];
extern bool bench_port_exits[0x10000];  /* what port_exits was told of VTL0's ports */
extern uint32_t bench_interceptable;    /* what the fake vendor can intercept of XCR0 and the tables */

/* Runs the statement, which has to end in machine_reset. */
extern jmp_buf bench_reset_jump;
extern unsigned bench_resets;
#define EXPECT_RESET(statement)                  \
    do {                                         \
        unsigned resets_before = bench_resets;   \
        if (setjmp(bench_reset_jump) == 0) {     \
            statement;                           \
        }                                        \
        assert_int_equal(bench_resets, resets_before + 1); \
    } while (0)

/* Backs the window slots: called by invlpg. */
void bench_window_changed(uint64_t address);
/* Where not NULL: told each physical page that a window has been opened to, before anything is done through it. */
extern void (*bench_window_opened)(uint64_t page);

/* A thread that is the processor and does what others ask of it (cpu_serve), until bench_serve_stop. */
void bench_serve(struct cpu *cpu);
void bench_serve_stop(void);
