#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <asm/prctl.h>

#include <hv/image.h>
#include <hv/partition.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define FILE_SIZE     (BENCH_HIGH_RAM + BENCH_HIGH_SIZE)
#define WINDOWS       (HV_MAX_PROCESSORS * HV_WINDOWS)
#define ENTRY_ADDRESS UINT64_C(0x000FFFFFFFFFF000)

struct cpu *cpus[HV_MAX_PROCESSORS];
uint32_t cpu_count;

static int memory_file;          /* guest memory: file offset = physical address */
static uint8_t *region;          /* the hypervisor's own */
static uint64_t window_table[WINDOWS];

static void map_fixed(uint64_t address, size_t size, int protection, int file, uint64_t offset)
{
    int flags = MAP_FIXED | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);

    assert_ptr_equal(mmap((void *)address, size, protection, flags, file, (off_t)offset), (void *)address);
}

/* A slot without an entry is memory nobody may touch. */
void (*bench_window_opened)(uint64_t page);

void bench_window_changed(uint64_t address)
{
    uint64_t slot = (address - HV_VA_WINDOWS) / PAGE_SIZE;
    uint64_t entry;

    assert_in_range(slot, 0, WINDOWS - 1);
    entry = window_table[slot];
    if ((entry & 1) == 0) {
        map_fixed(address, PAGE_SIZE, PROT_NONE, -1, 0);
        return;
    }
    assert_in_range(entry & ENTRY_ADDRESS, 0, FILE_SIZE - PAGE_SIZE);
    map_fixed(address, PAGE_SIZE, PROT_READ | PROT_WRITE, memory_file, entry & ENTRY_ADDRESS);
    if (bench_window_opened != NULL) {
        bench_window_opened(entry & ENTRY_ADDRESS);
    }
}

void bench_poke(uint64_t address, const void *from, size_t size)
{
    assert_int_equal(pwrite(memory_file, from, size, (off_t)address), size);
}

void bench_peek(uint64_t address, void *to, size_t size)
{
    assert_int_equal(pread(memory_file, to, size, (off_t)address), size);
}

void *region_pointer(hpa_t address)
{
    assert_in_range(address.value, BENCH_REGION, BENCH_REGION + BENCH_REGION_SIZE - 1);
    return region + (address.value - BENCH_REGION);
}

void secure_zero(void *to, size_t size) { memset(to, 0, size); }

void bench_become(struct cpu *cpu)
{
    assert_int_equal(syscall(SYS_arch_prctl, ARCH_SET_GS, cpu), 0);
}

static struct hv_handoff describe(unsigned processors)
{
    struct hv_handoff handoff = {
        .magic = HV_HANDOFF_MAGIC,
        .region_base = BENCH_REGION, .region_size = BENCH_REGION_SIZE,
        .pool_base = BENCH_REGION + 0x10000, .pool_size = BENCH_REGION_SIZE - 0x10000,
        .tsc_frequency = BENCH_TSC_HZ, .apic_frequency = BENCH_APIC_HZ,
        .apic_base = BENCH_APIC, .ecam_base = BENCH_ECAM, .ecam_buses = 256,
        .processor_count = processors, .vsm_offered = 1,
        .pm1a_control_port = 0x604, .pm_block = 0x600,
        .ram_count = 3, .window_count = 1,
        .ram = { { PAGE_SIZE, BENCH_REGION - PAGE_SIZE },
                 { BENCH_REGION + BENCH_REGION_SIZE, BENCH_RAM_END - BENCH_REGION - BENCH_REGION_SIZE },
                 { BENCH_HIGH_RAM, BENCH_HIGH_SIZE } },
        .windows = { { BENCH_WINDOW, BENCH_WINDOW_SIZE } },
    };

    for (unsigned i = 0; i < processors; i++) {
        handoff.apic_ids[i] = i;
    }
    return handoff;
}

/* Long mode's tables with 1 GiB pages, identity for the first 512 GiB. */
static void write_guest_tables(void)
{
    uint64_t top = (BENCH_TABLES + PAGE_SIZE) | 7;
    uint64_t pages[512];

    for (uint64_t i = 0; i < 512; i++) {
        pages[i] = i * SIZE_1G | 0x87;
    }
    bench_poke(BENCH_TABLES, &top, sizeof(top));
    bench_poke(BENCH_TABLES + PAGE_SIZE, pages, sizeof(pages));
}

static void start_vtl(struct cpu *cpu, enum vtl vtl)
{
    struct bench_vtl *state = &bench_vtl[cpu->vp_index][vtl];

    *state = (struct bench_vtl){
        .reg = { [VREG_RIP] = BENCH_CODE, [VREG_RSP] = 0x9000, [VREG_RFLAGS] = RFLAGS_FIXED, [VREG_CR0] = CR0_PE | CR0_PG,
                 [VREG_CR3] = BENCH_TABLES, [VREG_CR4] = CR4_PAE, [VREG_EFER] = EFER_LME | EFER_LMA,
                 [VREG_PAT] = UINT64_C(0x0007040600070406) },
        .segment = { [VSEG_CS] = { .selector = 8, .attributes = 0xA09B }, [VSEG_SS] = { .attributes = 0xC093 } },
    };
    cpu->control[vtl] = state;
}

static void start_processor(unsigned index)
{
    struct cpu *cpu = aligned_alloc(64, (sizeof(struct cpu) + 63) / 64 * 64);

    assert_non_null(cpu);
    memset(cpu, 0, sizeof(*cpu));
    cpu->self = cpu;
    cpu->vp_index = index;
    cpu->public.apic_id = index;
    cpu->window_entries = &window_table[index * HV_WINDOWS];
    cpu->vtl[VTL0].enabled = true;
    atomic_store(&cpu->public.dfr, 0xFFFFFFFF);
    start_vtl(cpu, VTL0);
    cpus[index] = cpu;
}

static void start_memory(void)
{
    memory_file = memfd_create("guest", 0);
    assert_true(memory_file >= 0);
    assert_int_equal(ftruncate(memory_file, (off_t)FILE_SIZE), 0);
    region = aligned_alloc(PAGE_SIZE, BENCH_REGION_SIZE);
    assert_non_null(region);
    memset(region, 0, BENCH_REGION_SIZE);
    memset(window_table, 0, sizeof(window_table));
    map_fixed(HV_VA_WINDOWS, WINDOWS * PAGE_SIZE, PROT_NONE, -1, 0);
    map_fixed(HV_VA_APIC, PAGE_SIZE, PROT_READ | PROT_WRITE, -1, 0);
}

void bench_start(unsigned processors)
{
    struct hv_handoff handoff = describe(processors);

    assert_in_range(processors, 1, BENCH_PROCESSORS);
    start_memory();
    partition = (struct partition){ .slat_lock = SPINLOCK_INIT };
    partition.boot.region_base = BENCH_REGION;
    partition.boot.region_size = BENCH_REGION_SIZE;
    partition_init(&handoff);
    for (unsigned i = 0; i < processors; i++) {
        start_processor(i);
    }
    cpu_count = processors;
    write_guest_tables();
    bench_become(cpus[0]);
    bench_access_count = 0;
    bench_port_value = bench_msr_value = 0;
    bench_cpuid = (struct cpuid_result){ .eax = 48 }; /* physical address bits */
    bench_enter = NULL;
    bench_nmis_taken = bench_sleeps = bench_idles = bench_log_lines = 0;
}

void bench_stop(void)
{
    for (unsigned i = 0; i < HV_MAX_PROCESSORS; i++) {
        free(cpus[i]);
        cpus[i] = NULL;
    }
    free(region);
    close(memory_file);
}

void bench_enable_vtl1(struct cpu *cpu)
{
    atomic_store(&partition.vtl1_enabled, true);
    atomic_store(&partition.vtl1_on_any_vp, true);
    partition.vsm_config = HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | 0x1E;
    start_vtl(cpu, VTL1);
    vtl_state_reset(&cpu->vtl[VTL1]);
    cpu->vtl[VTL1].enabled = true;
}

struct bench_vtl *bench_active(const struct cpu *cpu) { return &bench_vtl[cpu->vp_index][cpu->active]; }

void bench_instruction(struct cpu *cpu, enum exit_kind kind, enum insn_kind instruction, const void *bytes, size_t size)
{
    bench_active(cpu)->reg[VREG_RIP] = BENCH_CODE;
    bench_poke(BENCH_CODE, bytes, size);
    cpu->exit = (struct exit){ .kind = kind, .instruction = instruction };
    cpu->vtl[cpu->active].pending.type = EVENT_NONE;
}

unsigned bench_rights(enum vtl vtl, uint64_t page) { return slat_get_rights(&partition.slat[vtl], gpa(page)); }

void bench_protect(uint64_t page, unsigned rights)
{
    assert_true(slat_set_rights(&partition.slat[VTL0], gpa(page), rights));
}

int bench_exception(const struct cpu *cpu)
{
    const struct event *event = &cpu->vtl[cpu->active].pending;

    return event->type == EVENT_EXCEPTION ? event->vector : -1;
}
