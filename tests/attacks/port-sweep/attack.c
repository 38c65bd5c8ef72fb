/* Every port that is not on the list below must read as an empty bus. */
#include "attack_rows.h"

#include <vtl0/x86.h>

#define LINE_STATUS 0x3FDu

struct span {
    uint16_t first, last;
};

/* What VTL0 may reach, written down a second time (docs/hypervisor.md): these are not read here, some have side effects. */
static const struct span allowed[] = {
    { 0x20, 0x21 }, { 0x40, 0x43 }, { 0x60, 0x61 }, { 0x64, 0x64 }, { 0x70, 0x77 }, { 0x80, 0x80 }, { 0x92, 0x92 }, { 0xA0, 0xA1 },
    { 0x170, 0x177 }, { 0x1F0, 0x1F7 }, { 0x376, 0x376 }, { 0x3B0, 0x3DF }, { 0x3F6, 0x3F6 }, { 0x3F8, 0x3FF }, { 0x4D0, 0x4D1 },
    { 0x510, 0x513 }, { 0x600, 0x60B }, { 0x620, 0x62F }, { 0xB000, 0xB00B }, { 0xCC0, 0xCE3 }, { 0xCF8, 0xCFF }, { 0x1000, 0xFFFF },
};

static bool is_allowed(unsigned port)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (port >= allowed[i].first && port <= allowed[i].last) {
            return true;
        }
    }
    return false;
}

static void sweep_all(const struct attack *attack, struct attack_result *result)
{
    unsigned tried = 0, answered = 0, first = 0;

    (void)attack;
    for (unsigned port = 0; port <= UINT16_MAX; port++) {
        if (!is_allowed(port)) {
            bool empty = inb((uint16_t)port) == 0xFF;

            tried++;
            first = !empty && answered == 0 ? port : first;
            answered += !empty;
        }
    }
    result->outcome = answered == 0 ? OUTCOME_REFUSED : OUTCOME_OK;
    result->rip_advanced = true;
    attack_detail(result, "tried=%u,answered=%u,first=%x", tried, answered, first);
}

/* A port that VTL0 has does answer: COM1's line status is never all ones. */
static void sweep_control(const struct attack *attack, struct attack_result *result)
{
    uint8_t seen = inb((uint16_t)attack->number);

    result->outcome = seen != 0xFF ? OUTCOME_OK : OUTCOME_REFUSED;
    result->rip_advanced = true;
    attack_detail(result, "read=%x", (unsigned)seen);
}

ATTACK("port-sweep",
    { .id = "port-sweep-control", .run = sweep_control, .target = TARGET_CONTROL, .access = ACCESS_PORT, .number = LINE_STATUS,
      .expected = EXPECT_OK, .control = true },
    { .id = "port-sweep-all", .run = sweep_all, .target = TARGET_HYPERVISOR, .access = ACCESS_PORT, .expected = EXPECT_REFUSED },
);
