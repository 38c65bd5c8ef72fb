/* The dispatcher and everything behind it, over the machine of hv-core-bench.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/flush.h>
#include <hv/handlers.h>
#include <hv/partition.h>
#include <hv/x86.h>

#include <fuzz/fuzz.h>

#include "../hv-core-bench.h"
#include "record.h"

#define INPUT     UINT64_C(0x20000)
#define OUTPUT    UINT64_C(0x22000)
#define SECRET    UINT64_C(0x30000) /* a page that VTL1 has taken */
#define BYTE      0x5A
#define CONTINUES 4096u
#define REP_START (UINT64_C(0xFFF) << 48)

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cpu *cpu;
static uint8_t secret[PAGE_SIZE];

#define HOLDS(condition) ((condition) ? (void)0 : abort())

/* An assertion of the bench is a finding. */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    memset(secret, BYTE, sizeof(secret));
    return setenv("CMOCKA_TEST_ABORT", "1", 1);
}

static void start(void)
{
    bench_start(2);
    cpu = cpus[0];
    bench_enable_vtl1(cpu);
    for (enum vtl vtl = VTL0; vtl < VTL_COUNT; vtl++) {
        bench_vtl[0][vtl].reg[VREG_CR4] |= CR4_OSFXSR; /* XMM forms are legal */
    }
    bench_serve(cpus[1]);
    bench_poke(SECRET, secret, sizeof(secret));
    bench_protect(SECRET, SLAT_NONE);
}

/* VTL1's calls may open the page, and then it is VTL0's to write. */
static bool secret_is_kept(void)
{
    uint8_t now[PAGE_SIZE];

    bench_peek(SECRET, now, sizeof(now));
    return memcmp(now, secret, sizeof(now)) == 0;
}

static void load(const struct record *record)
{
    bench_access_count = 0;
    cpu->active = (record->flags & RECORD_FROM_VTL1) != 0 ? VTL1 : VTL0;
    for (uint32_t i = 0; i < cpu_count && cpu->active == VTL0; i++) {
        tlb_lock(cpus[i], false); /* as VTL1's return drops it; and no flush waits for ever */
    }
    partition.vsm_config = (record->flags & RECORD_NO_PROTECTION) != 0 ? 0 : HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | 0x1E;
    cpu->gpr[RAX] = 0;
    cpu->gpr[RCX] = record->rcx;
    cpu->gpr[RDX] = (record->flags & RECORD_INPUT_ANYWHERE) != 0 ? record->rdx : INPUT + record->rdx % PAGE_SIZE;
    cpu->gpr[R8] = (record->flags & RECORD_OUTPUT_ANYWHERE) != 0 ? record->r8 : OUTPUT + record->r8 % PAGE_SIZE;
}

/* As a processor: the instruction again and again while the call is continued. */
static void execute(void)
{
    unsigned times = 0;

    do {
        bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, "\x0F\x01\xD9", 3);
        handle_hypercall(cpu);
        HOLDS(++times < CONTINUES);
    } while (bench_active(cpu)->reg[VREG_RIP] == BENCH_CODE && bench_exception(cpu) < 0);
}

static bool is_refused(uint16_t code, enum vtl caller)
{
    const struct fuzz_row *row = fuzz_row_of(code);

    return row == NULL || (unsigned)caller < row->lowest_vtl;
}

static void one_call(const struct record *record)
{
    uint16_t code = HV_INPUT_CODE(record->rcx);
    enum vtl caller;
    bool kept = secret_is_kept();
    unsigned rights = bench_rights(VTL0, SECRET);

    load(record);
    caller = cpu->active;
    execute();
    HOLDS(caller == VTL1 || (bench_rights(VTL0, SECRET) == rights && ((rights & SLAT_W) != 0 || !kept || secret_is_kept())));
    HOLDS(bench_rights(VTL0, BENCH_REGION) == SLAT_NONE && bench_rights(VTL1, BENCH_REGION) == SLAT_NONE);
    if (code == HVCALL_VTL_CALL || code == HVCALL_VTL_RETURN) {
        return;
    }
    HOLDS(cpu->active == caller && bench_exception(cpu) < 0);
    HOLDS(fuzz_status_is_documented(code, HV_RESULT_STATUS(cpu->gpr[RAX])) && (cpu->gpr[RAX] & ~UINT64_C(0xFFF0000FFFF)) == 0);
    HOLDS(!is_refused(code, caller) || HV_RESULT_STATUS(cpu->gpr[RAX]) != HV_STATUS_SUCCESS);
    HOLDS(HV_RESULT_REPS(cpu->gpr[RAX]) <= HV_INPUT_REP_COUNT(record->rcx));
    HOLDS(((cpu->gpr[RCX] ^ record->rcx) & ~REP_START) == 0 || code == HVCALL_SET_VP_REGISTERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start();
    while (size >= sizeof(struct record)) {
        struct record record;
        uint64_t offset, room;

        memcpy(&record, data, sizeof(record));
        data += sizeof(record);
        size -= sizeof(record);
        offset = record.rdx % PAGE_SIZE;
        room = 2 * PAGE_SIZE - offset;
        record.size = (uint16_t)(record.size < size ? record.size : size);
        bench_poke(INPUT + offset, data, record.size < room ? record.size : room);
        data += record.size;
        size -= record.size;
        one_call(&record);
    }
    bench_serve_stop();
    bench_stop();
    return 0;
}
