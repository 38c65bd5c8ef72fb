#include <hv/crash.h>

#include <hv/guest_memory.h>
#include <hv/log.h>
#include <hv/partition.h>

/* A VTL that "crashes" without end fills no log. */
#define MAX_REPORTS 16u
#define MAX_MESSAGE 1024u
#define LINE        128u

#define IS_PRINTABLE(c) ((c) >= ' ' && (c) <= '~')

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Guest-physical, and read with the rights of the VTL that names it. */
static void log_message(struct cpu *cpu, enum vtl vtl, uint64_t at, uint64_t size)
{
    char line[LINE + 1];

    for (uint64_t left = smaller(size, MAX_MESSAGE), part; left != 0; left -= part, at += part) {
        part = smaller(smaller(left, LINE), PAGE_SIZE - (at & PAGE_MASK));
        if (!guest_read(cpu, vtl, gpa(at), line, part)) {
            return;
        }
        for (uint64_t i = 0; i < part; i++) {
            line[i] = IS_PRINTABLE(line[i]) ? line[i] : '.';
        }
        line[part] = '\0';
        hv_log(LOG_ERROR, "crash: VTL%u says: %s", vtl, line);
    }
}

bool crash_control(struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    struct partition_vtl *state = &partition.vtl[vtl];
    uint64_t p[5];

    if ((value & ~HV_CRASH_KNOWN) != 0) {
        return false;
    }
    if ((value & HV_CRASH_NOTIFY) == 0 || atomic_fetch_add(&state->crash_reports, 1) >= MAX_REPORTS) {
        return true;
    }
    for (unsigned i = 0; i < 5; i++) {
        p[i] = atomic_load(&state->crash[i]);
    }
    hv_log(LOG_ERROR, "crash: VTL%u of processor %u: 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", vtl, cpu->vp_index, p[0], p[1], p[2], p[3], p[4]);
    if ((value & HV_CRASH_MESSAGE) != 0) {
        log_message(cpu, vtl, p[3], p[4]);
    }
    return true;
}
