/* The synthetic MSRs, with values that they might take. */
#include "fuzz.h"

#define FIRST   0x40000000u
#define NUMBERS 0x200u

#define VECTOR_GP_FAULT (FUZZ_FAULT + 13u)

/* Those that take a page. */
static const uint32_t pages[] = { HV_MSR_HYPERCALL, HV_MSR_REFERENCE_TSC, HV_MSR_VP_ASSIST_PAGE, HV_MSR_SIEFP, HV_MSR_SIMP };

/* A reset, an interrupt command, an idle processor, the end of a guest. */
bool fuzz_msr_is_deadly(uint32_t msr, bool write)
{
    return msr == HV_MSR_GUEST_IDLE || (write && (msr == HV_MSR_RESET || msr == HV_MSR_ICR || msr == HV_MSR_CRASH_CTL));
}

static bool takes_page(uint32_t msr)
{
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (pages[i] == msr) {
            return true;
        }
    }
    return false;
}

static uint64_t page_value(struct fuzzer *fuzzer)
{
    uint64_t page = fuzzer->overlay.gpa + fuzz_below(fuzzer, FUZZ_OVERLAY_PAGES) * FUZZ_PAGE;
    uint64_t low = fuzz_one_in(fuzzer, 8) ? fuzz_below(fuzzer, FUZZ_PAGE) : fuzz_below(fuzzer, 2);

    if (fuzz_one_in(fuzzer, 4)) {
        page = fuzz_foreign_page(fuzzer) << 12;
    }
    return page | low;
}

/* A timer that runs interrupts at a vector of its choice: tests/guest/timers. */
bool fuzz_register_is_deadly(uint32_t name)
{
    bool is_timer = name >= HV_REGISTER_STIMER0_CONFIG && name <= HV_REGISTER_STIMER3_COUNT;

    return name == HV_REGISTER_ICR || (is_timer && ((name & 1) != 0 || name == HV_REGISTER_STIMER3_CONFIG));
}

uint64_t fuzz_msr_value(struct fuzzer *fuzzer, uint32_t msr)
{
    /* A locked code page stays for ever, and with it the end of everything that there is to try. */
    uint64_t keep = msr == HV_MSR_HYPERCALL ? ~HV_MSR_PAGE_LOCKED : UINT64_MAX;

    if (takes_page(msr)) {
        return page_value(fuzzer) & keep;
    }
    if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15 && !fuzz_one_in(fuzzer, 4)) {
        return fuzz_below(fuzzer, 256) | (uint64_t)fuzz_below(fuzzer, 16) << 16;
    }
    return fuzz_value(fuzzer);
}

/* An enabled page is the caller's own, whatever was asked for. */
static void check_page(struct fuzzer *fuzzer, uint32_t msr)
{
    uint64_t value = 0;
    uint64_t last = FUZZ_OVERLAY_PAGES * FUZZ_PAGE;

    if (fuzzer->read_msr(msr, &value) != 0 || (value & HV_MSR_PAGE_ENABLE) == 0) {
        return;
    }
    for (uint32_t i = 0; i < fuzzer->foreign_count; i++) {
        const struct fuzz_range *foreign = &fuzzer->foreign[i];

        if ((value >> 12) - foreign->page < foreign->count && value - fuzzer->overlay.gpa >= last) {
            fuzz_wrong(fuzzer, FUZZ_WRONG_MSR_PAGE, NULL);
        }
    }
}

static void write(struct fuzzer *fuzzer, uint32_t msr)
{
    uint64_t fault = fuzzer->write_msr(msr, fuzz_msr_value(fuzzer, msr));

    fuzzer->count[fault == 0 ? FUZZ_SUCCEEDED : FUZZ_FAULTED]++;
    if (fault != 0 && fault != VECTOR_GP_FAULT) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_MSR_FAULT, NULL);
    }
    if (fault == 0 && takes_page(msr)) {
        check_page(fuzzer, msr);
    }
}

static void read(struct fuzzer *fuzzer, uint32_t msr)
{
    uint64_t value = 0;
    uint64_t fault = fuzzer->read_msr(msr, &value);

    fuzzer->count[fault == 0 ? FUZZ_SUCCEEDED : FUZZ_FAULTED]++;
    if (fault != 0 && fault != VECTOR_GP_FAULT) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_MSR_FAULT, NULL);
    }
}

void fuzz_msr_access(struct fuzzer *fuzzer)
{
    bool writes = !fuzz_one_in(fuzzer, 3);
    uint32_t msr = fuzz_one_in(fuzzer, 8) ? FIRST + fuzz_below(fuzzer, NUMBERS) : fuzz_msrs[fuzz_below(fuzzer, fuzz_msr_count)];

    if (msr == HV_MSR_SINT15) {
        msr -= fuzz_below(fuzzer, 16);
    }
    if (fuzz_msr_is_deadly(msr, writes)) {
        return;
    }
    if (writes) {
        write(fuzzer, msr);
    } else {
        read(fuzzer, msr);
    }
}
