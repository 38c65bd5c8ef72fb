/*
 * The permission maps (SDM vol. 3C, "I/O-Bitmap Addresses", "MSR-Bitmap
 * Address"). A set bit exits. They start all ones; what common code's
 * allow-lists name is opened. After launch VTL0's I/O map alone is written,
 * for VTL1's intercepts.
 */
#include "vmx.h"

#include <hv/image.h>
#include <hv/policy.h>
#include <hv/x86.h>

#include <lib/string.h>

#define IO_MAP_SIZE   0x2000 /* A: ports 0-7FFFh, B: 8000h-FFFFh */
#define MSR_MAP_SIZE  0x1000
#define MSR_MAP_HIGH  0x400  /* C0000000h.. */
#define MSR_MAP_WRITE 0x800

static uint8_t io_map[VTL_COUNT][IO_MAP_SIZE] __attribute__((aligned(4096)));
static uint8_t msr_map[MSR_MAPS][MSR_MAP_SIZE] __attribute__((aligned(4096)));

/* Registers with a VMCS field of their own or swapped with the VTL: private, so both VTLs use them without an exit. */
static const uint32_t open_msrs[] = {
    MSR_FS_BASE, MSR_GS_BASE, MSR_KERNEL_GS_BASE, /* these are open in every map */
    MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SFMASK, MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP,
};
#define ALWAYS_OPEN 3u

static void open_msr(uint8_t *map, uint32_t msr, bool write)
{
    uint32_t bit = msr & 0x1FFF;

    map += (msr >= 0xC0000000 ? MSR_MAP_HIGH : 0) + (write ? MSR_MAP_WRITE : 0) + bit / 8;
    *map &= (uint8_t)~(1u << bit % 8);
}

void vmx_permissions_init(void)
{
    memset(msr_map, 0xFF, sizeof(msr_map));
    for (size_t i = 0; i < sizeof(open_msrs) / sizeof(open_msrs[0]); i++) {
        for (enum msr_map map = MSRS_OPEN; map < (i < ALWAYS_OPEN ? MSR_MAPS : MSRS_CLOSED); map++) {
            open_msr(msr_map[map], open_msrs[i], false);
        }
        for (enum msr_map map = MSRS_OPEN; map < (i < ALWAYS_OPEN ? MSR_MAPS : MSR_WRITES_CLOSED); map++) {
            open_msr(msr_map[map], open_msrs[i], true);
        }
    }
    for (unsigned port = 0; port < IO_MAP_SIZE * 8; port++) {
        for (enum vtl vtl = VTL0; vtl < VTL_COUNT; vtl++) {
            io_map[vtl][port / 8] |= (uint8_t)(!port_is_open(vtl, (uint16_t)port) << port % 8);
        }
    }
}

/* One bit for reads and writes. */
void vmx_port_exits(uint16_t port, bool exits)
{
    uint8_t *byte = &io_map[VTL0][port / 8], bit = (uint8_t)(1u << port % 8);

    *byte = (uint8_t)(exits ? *byte | bit : *byte & ~bit);
}

hpa_t vmx_io_map(enum vtl vtl, unsigned half) { return image_address(io_map[vtl] + half * PAGE_SIZE); }
hpa_t vmx_msr_map(enum msr_map map) { return image_address(msr_map[map]); }
