/* What the suite asks for and must not get, before there is a VTL1. */
#include "kv.h"

#define NO_PARTITION 42u
#define NO_VP        0xACACACACu
#define NO_REGISTER  0xACACACACu
#define XMM          (UINT64_C(1) << 16)

static const uint32_t control_registers[3] = { 0x00040000, 0x00040002, 0x00040003 };

/* Get or Set of three registers; Set in the suite's own layout is one the header already refuses. */
static uint16_t three(uint64_t call, uint32_t vp, uint8_t vtl, uint32_t first, uint32_t count)
{
    uint8_t *input = vtl0[0].input;

    for (unsigned i = 0; i < 112; i += 8) {
        put_quad(input, i, 0);
    }
    put_quad(input, 0, PARTITION);
    put_quad(input, 8, vp | (uint64_t)vtl << 32);
    for (unsigned i = 0; i < 3; i++) {
        put_word(input, call == 0x50 ? 16 + 4 * i : 16 + 32 * i, i == 0 ? first : control_registers[i]);
    }
    return call_memory(&vtl0[0], call | (uint64_t)count << 32);
}

static void both(const char *id, uint32_t vp, uint8_t vtl, uint32_t first, uint16_t expected)
{
    uint16_t get = three(0x50, vp, vtl, first, 3), set = three(0x51, vp, vtl, first, 3);

    step(id, expected != 0 ? get == expected && set == expected : get != 0 && set != 0, get | (uint64_t)set << 16);
}

static void registers_by_memory(void)
{
    uint16_t none;

    both("registers-bad-vp", NO_VP, OTHER_VTL0, control_registers[0], 0x0E);
    both("registers-bad-vtl", SELF, 0x1F, control_registers[0], 0);
    both("registers-of-vtl1", SELF, OTHER_VTL1, control_registers[0], 0x06);
    both("registers-bad-name", SELF, OTHER_VTL0, NO_REGISTER, 0x05);
    /* The suite wants success here; the specification says that a rep call has reps, and so do we (vsm-abi.md C8). */
    none = three(0x50, SELF, OTHER_VTL0, control_registers[0], 0);
    step("registers-none", none == 0x03, none);
}

/* The header in RDX and R8, the names in XMM0: no XMM register is loaded here, so the first name is what is in it. */
static void registers_by_xmm(void)
{
    uint16_t vp, vtl, many;

    if (!is_due("registers-xmm-bad-vp") || !is_due("registers-xmm-of-vtl1") || !is_due("registers-xmm-too-many")) {
        return;
    }
    vp = (uint16_t)call_page(&vtl0[0], 0x50 | XMM | UINT64_C(3) << 32, PARTITION, NO_VP | (uint64_t)OTHER_VTL0 << 32);
    step("registers-xmm-bad-vp", vp == 0x0E, vp);
    vtl = (uint16_t)call_page(&vtl0[0], 0x50 | XMM | UINT64_C(3) << 32, PARTITION, SELF | (uint64_t)OTHER_VTL1 << 32);
    step("registers-xmm-of-vtl1", vtl == 0x06, vtl);
    many = (uint16_t)call_page(&vtl0[0], 0x51 | XMM | UINT64_C(5) << 32, PARTITION, SELF);
    step("registers-xmm-too-many", many != 0, many);
}

static void enable_partition(void)
{
    uint16_t status = enable_partition_vtl(&vtl0[0], NO_PARTITION, 0, 0, true);

    step("enable-partition-bad-partition", status == 0x0D, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 0, 0, true);
    step("enable-partition-vtl0", status == 0x05, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 2, 0, true);
    step("enable-partition-above-highest", status == 0x05, status);
    if (!mbec_offered()) {
        status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 1, true);
        step("enable-partition-mbec-not-offered", status == 0x05, status);
    }
}

static void enable_vp(void)
{
    const struct hv_initial_vp_context empty = { 0 };
    uint16_t status = enable_vp_vtl(&vtl0[0], NO_PARTITION, SELF, 1, &empty);

    step("enable-vp-bad-partition", status == 0x0D, status);
    status = enable_vp_vtl(&vtl0[0], PARTITION, 0xFFFFFFFF, 1, &empty);
    step("enable-vp-bad-vp", status == 0x0E, status);
    status = enable_vp_vtl(&vtl0[0], PARTITION, SELF, 0, &empty);
    step("enable-vp-vtl0", status == 0x05, status);
}

void kv_negative(bool fast)
{
    if (fast) {
        registers_by_xmm();
        return;
    }
    registers_by_memory();
    enable_partition();
    enable_vp();
}
