#include "fuzz.h"

#include <lib/string.h>

#include "intercept.h"

#define RETURN_INSTRUCTION 0xC3u
#define STYLES             4u

/* Pages of VTL1's that it opens to VTL0 and closes again; each byte is an instruction that returns. */
static uint8_t own_pages[GUEST_FUZZ_OWN_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t input[FUZZ_INPUT_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t output[FUZZ_OUTPUT_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t overlay[FUZZ_OVERLAY_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));

/* What VTL0 may do with each page of the window, then with each of the pages above: the masks that were accepted. */
static uint8_t rights[GUEST_FUZZ_WINDOW_PAGES + GUEST_FUZZ_OWN_PAGES];
static struct fuzzer fuzzer;
static const struct cpu *disturbed; /* VTL0 of this processor is to come back by an intercept */

static uint8_t *rights_of(uint64_t page)
{
    if (page - fuzzer.window.page < fuzzer.window.count) {
        return &rights[page - fuzzer.window.page];
    }
    if (page - fuzzer.own.page < fuzzer.own.count) {
        return &rights[GUEST_FUZZ_WINDOW_PAGES + page - fuzzer.own.page];
    }
    return NULL;
}

static bool is_mask(uint32_t flags)
{
    return flags <= HV_MAP_GPA_ALL && (UINT32_C(0xAA0B) >> flags & 1) != 0; /* 0, 1, 3, 9, 0xB, 0xD, 0xF */
}

/* The model follows what was accepted: the elements done, wherever the input lay. */
static void made(struct fuzzer *self, const struct fuzz_call_made *call)
{
    uint32_t start = HV_INPUT_REP_START(call->before.rcx), end = HV_RESULT_REPS(call->after.rax);
    struct hv_input_modify_vtl_protection_mask header;

    if (HV_INPUT_CODE(call->before.rcx) != HVCALL_MODIFY_VTL_PROTECTION_MASK || end <= start) {
        return;
    }
    if (call->input == NULL) {
        fuzz_wrong(self, FUZZ_WRONG_PAGE, call);
        return;
    }
    memcpy(&header, call->input, sizeof(header));
    if (!is_mask(header.map_flags)) {
        fuzz_wrong(self, FUZZ_WRONG_MASK, call);
    }
    for (uint32_t i = start; i < end; i++) {
        uint64_t page;
        uint8_t *known;

        memcpy(&page, call->input + sizeof(header) + i * sizeof(page), sizeof(page));
        known = rights_of(page);
        if (known == NULL) {
            fuzz_wrong(self, FUZZ_WRONG_PAGE, call);
        } else {
            *known = (uint8_t)header.map_flags;
        }
    }
}

static void prepare(void)
{
    hypercall_entry = direct_hypercall;
    memset(own_pages, RETURN_INSTRUCTION, sizeof(own_pages));
    memset(rights, HV_MAP_GPA_ALL, GUEST_FUZZ_WINDOW_PAGES);
    memset(rights + GUEST_FUZZ_WINDOW_PAGES, 0, GUEST_FUZZ_OWN_PAGES);
    fuzzer = (struct fuzzer){
        .vtl = 1,
        .input = { input, address_of(input) }, .output = { output, address_of(output) }, .overlay = { overlay, address_of(overlay) },
        .own = { address_of(own_pages) / PAGE_SIZE, GUEST_FUZZ_OWN_PAGES },
        .read_msr = try_read_msr, .write_msr = try_write_msr, .try_switch = try_vmmcall,
        .value_near = state_value_near, .made = made,
    };
}

static uint64_t set(enum guest_fuzz_setting what, uint64_t value, uint64_t count)
{
    switch (what) {
    case GUEST_FUZZ_WINDOW:
        prepare();
        fuzzer.window = (struct fuzz_range){ value, count };
        return fuzzer.own.page;
    case GUEST_FUZZ_FOREIGN:
        if (fuzzer.foreign_count < FUZZ_MAX_FOREIGN) {
            fuzzer.foreign[fuzzer.foreign_count++] = (struct fuzz_range){ value, count };
        }
        return 0;
    default:
        fuzz_start(&fuzzer, value);
        return 0;
    }
}

/* VTL1 keeps its memory to itself, as a secure kernel does. */
static uint64_t close_region(void)
{
    uint64_t end = (boot_block.region_base + boot_block.region_size) / PAGE_SIZE, failed = 0;

    for (uint64_t page = boot_block.region_base / PAGE_SIZE; page < end; page += 16) {
        failed += HV_RESULT_STATUS(protect(0, page, 16)) != HV_STATUS_SUCCESS;
    }
    return failed;
}

/* Every page under test gets a mask by chance; without mode-based execution these are all there are. */
static uint64_t scatter(void)
{
    static const uint8_t masks[] = { 0, 1, 3, 0xD, 0xF };
    uint64_t failed = close_region();

    for (uint64_t i = 0; i < GUEST_FUZZ_WINDOW_PAGES + GUEST_FUZZ_OWN_PAGES; i++) {
        uint64_t page = i < GUEST_FUZZ_WINDOW_PAGES ? fuzzer.window.page + i : fuzzer.own.page + (i - GUEST_FUZZ_WINDOW_PAGES);

        rights[i] = masks[fuzz_below(&fuzzer, sizeof(masks))];
        failed += HV_RESULT_STATUS(protect(rights[i], page, 1)) != HV_STATUS_SUCCESS;
    }
    return failed;
}

/* A page of ours that VTL0 may not execute; 0 if there is none. */
static uint64_t closed_page(void)
{
    for (uint64_t i = 0; i < GUEST_FUZZ_OWN_PAGES; i++) {
        if ((rights[GUEST_FUZZ_WINDOW_PAGES + i] & HV_MAP_GPA_KERNEL_EXECUTE) == 0) {
            return (fuzzer.own.page + i) * PAGE_SIZE;
        }
    }
    return 0;
}

bool fuzz_intercepted(struct cpu *cpu)
{
    if (disturbed != cpu) {
        return false;
    }
    disturbed = NULL;
    fuzzer.count[FUZZ_ENTRIES]++;
    intercept_release(cpu);
    state_put_back(&fuzzer, true);
    return true;
}

/* What the entry behind this run is to be checked for: registers, an event, or nothing. */
static void make_entry(const struct cpu *cpu)
{
    uint64_t closed = closed_page();

    switch (fuzz_below(&fuzzer, 4)) {
    case 0: state_event(&fuzzer); break;
    case 1: break;
    default:
        if (closed != 0) {
            disturbed = cpu;
            state_disturb(&fuzzer, closed);
        }
    }
}

bool fuzz_has_run(void)
{
    return fuzzer.count[FUZZ_CALLS] != 0;
}

/* The return that ends a run is of one of the four styles; the command after it has the usual one again. */
static void run(struct cpu *cpu, uint64_t calls, bool last)
{
    state_keep();
    for (uint64_t i = 0; i < calls; i++) {
        fuzz_step(&fuzzer);
    }
    state_put_back(&fuzzer, last);
    if (!last) {
        make_entry(cpu);
    }
    cpu->return_style = fuzz_below(&fuzzer, STYLES);
}

static uint64_t eight_rights(uint64_t first)
{
    uint64_t word = 0;

    memcpy(&word, rights + (first < sizeof(rights) - 8 ? first : sizeof(rights) - 8), sizeof(word));
    return word;
}

/* How many pages that VTL0 may not write have been written all the same. Before any run of VTL1's. */
static uint64_t own_changed(void)
{
    uint64_t changed = 0;

    for (uint64_t page = 0; page < GUEST_FUZZ_OWN_PAGES; page++) {
        bool same = true;

        for (uint64_t at = 0; at < PAGE_SIZE; at++) {
            same = same && own_pages[page][at] == RETURN_INSTRUCTION;
        }
        changed += !same && (rights[GUEST_FUZZ_WINDOW_PAGES + page] & HV_MAP_GPA_WRITABLE) == 0;
    }
    return changed;
}

bool fuzz_command(struct cpu *cpu, struct vtl_registers *r, uint64_t *answer)
{
    *answer = 0;
    switch (r->rdx) {
    case COMMAND_FUZZ_SET: *answer = set((enum guest_fuzz_setting)r->r8, r->r9, r->r10); return true;
    case COMMAND_FUZZ_SCATTER: *answer = scatter(); return true;
    case COMMAND_FUZZ_RUN: run(cpu, r->r8, r->r9 != 0); return true;
    case COMMAND_FUZZ_COUNT:
        cpu->return_style = 0;
        *answer = r->r8 < FUZZ_COUNTS ? fuzzer.count[r->r8] : 0;
        return true;
    case COMMAND_FUZZ_RIGHTS: *answer = eight_rights(r->r8); return true;
    case COMMAND_FUZZ_OWN_CHANGED: *answer = own_changed(); return true;
    default: return false;
    }
}
