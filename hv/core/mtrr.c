#include <hv/mtrr.h>

#include <hv/x86.h>

#define FIXED_COUNT      (sizeof(fixed) / sizeof(fixed[0]))
#define VARIABLE_COUNT   20u

#define DEF_TYPE_FIXED   UINT64_C(0x400)
#define DEF_TYPE_ENABLED UINT64_C(0x800)
#define MASK_VALID       UINT64_C(0x800)
#define ADDRESS          UINT64_C(0x000FFFFFFFFFF000)

/* In the order of struct mtrr_shadow (APM vol. 2, "Fixed-Range MTRRs"). */
static const uint16_t fixed[11] = { 0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F };

void mtrr_read(struct mtrr_shadow *to)
{
    unsigned variable = 2 * (rdmsr(MSR_MTRRCAP) & 0xFF);

    to->def_type = rdmsr(MSR_MTRR_DEF_TYPE);
    for (unsigned i = 0; i < FIXED_COUNT; i++) {
        to->fixed[i] = rdmsr(fixed[i]);
    }
    for (unsigned i = 0; i < variable && i < VARIABLE_COUNT; i++) {
        to->variable[i] = rdmsr(MSR_MTRR_PHYS_BASE0 + i);
    }
}

uint64_t *mtrr_slot(struct cpu *cpu, uint32_t msr)
{
    if (msr == MSR_MTRR_DEF_TYPE) {
        return &cpu->mtrr.def_type;
    }
    if (msr >= MSR_MTRR_PHYS_BASE0 && msr <= MSR_MTRR_PHYS_LAST) {
        return &cpu->mtrr.variable[msr - MSR_MTRR_PHYS_BASE0];
    }
    for (unsigned i = 0; i < FIXED_COUNT; i++) {
        if (fixed[i] == msr) {
            return &cpu->mtrr.fixed[i];
        }
    }
    return NULL;
}

/* 64 KiB a byte to 512 KiB, 16 KiB to 768 KiB, 4 KiB to 1 MiB (SDM vol. 3A, "Fixed Range MTRRs"). */
static enum slat_memory fixed_type(const struct mtrr_shadow *mtrr, uint64_t page)
{
    uint64_t n = page < 0x80000 ? page >> 16 : page < 0xC0000 ? 8 + ((page - 0x80000) >> 14) : 24 + ((page - 0xC0000) >> 12);

    return (enum slat_memory)(mtrr->fixed[n / 8] >> n % 8 * 8 & 0xFF);
}

/* "MTRR Precedences": of two types that meet, uncached wins, then write-through; any other pair is undefined. */
static enum slat_memory stricter(enum slat_memory a, enum slat_memory b)
{
    if (a == b) {
        return a;
    }
    if ((a == SLAT_WRITE_THROUGH && b == SLAT_WRITE_BACK) || (a == SLAT_WRITE_BACK && b == SLAT_WRITE_THROUGH)) {
        return SLAT_WRITE_THROUGH;
    }
    return SLAT_UNCACHED;
}

enum slat_memory mtrr_type(const struct mtrr_shadow *mtrr, uint64_t page)
{
    enum slat_memory type = (enum slat_memory)(mtrr->def_type & 0xFF);
    bool found = false;

    if ((mtrr->def_type & DEF_TYPE_ENABLED) == 0) {
        return SLAT_UNCACHED;
    }
    if (page < SIZE_1M && (mtrr->def_type & DEF_TYPE_FIXED) != 0) {
        return fixed_type(mtrr, page);
    }
    for (unsigned i = 0; i < VARIABLE_COUNT; i += 2) {
        uint64_t mask = mtrr->variable[i + 1];

        if ((mask & MASK_VALID) != 0 && ((page ^ mtrr->variable[i]) & mask & ADDRESS) == 0) {
            enum slat_memory here = (enum slat_memory)(mtrr->variable[i] & 0xFF);

            type = found ? stricter(type, here) : here;
            found = true;
        }
    }
    return type;
}

/* A type holds for whole blocks as large as the lowest address bit that any range looks at, and at most 1 GiB. */
static uint64_t block_size(const struct mtrr_shadow *mtrr, uint64_t page)
{
    uint64_t bits = SIZE_1G;

    if (page < SIZE_1M) {
        return PAGE_SIZE;
    }
    for (unsigned i = 0; i < VARIABLE_COUNT; i += 2) {
        bits |= (mtrr->variable[i + 1] & MASK_VALID) != 0 ? mtrr->variable[i + 1] & ADDRESS : 0;
    }
    return bits & -bits;
}

uint64_t mtrr_run(const struct mtrr_shadow *mtrr, uint64_t base, uint64_t end)
{
    enum slat_memory type = mtrr_type(mtrr, base);
    uint64_t at = base;

    do {
        uint64_t block = block_size(mtrr, at);

        at = (at & -block) + block;
    } while (at < end && mtrr_type(mtrr, at) == type);
    return at < end ? at : end;
}
