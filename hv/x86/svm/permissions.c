/*
 * The permission maps (APM vol. 2, "IOIO Intercepts", "MSR Intercepts"). A set
 * bit exits. They start all ones; what common code's allow-lists name is
 * opened. After launch VTL0's I/O map alone is written, for VTL1's intercepts.
 */
#include "svm.h"

#include <hv/image.h>
#include <hv/policy.h>
#include <hv/x86.h>

#include <lib/string.h>

#define IO_MAP_SIZE  0x3000
#define MSR_MAP_SIZE 0x2000

static uint8_t io_map[VTL_COUNT][IO_MAP_SIZE] __attribute__((aligned(4096)));
static uint8_t msr_map[MSR_MAPS][MSR_MAP_SIZE] __attribute__((aligned(4096)));

/* Registers that VMSAVE/VMLOAD swap: private by construction, so both VTLs may use their own without an exit. */
static const uint32_t open_msrs[] = {
    MSR_FS_BASE, MSR_GS_BASE, MSR_KERNEL_GS_BASE, /* these are open in every map */
    MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SFMASK, MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP,
};
#define ALWAYS_OPEN 3u

/* Two bits an MSR. Range 0 at byte 0, C0000000 at 800h. */
#define READ  1u
#define WRITE 2u
static void open_msr(uint8_t *map, uint32_t msr, unsigned rights)
{
    uint32_t bit = (msr & 0x1FFF) * 2 + (msr >= 0xC0000000 ? 0x800 * 8 : 0);

    map[bit / 8] &= (uint8_t)~(rights << bit % 8);
}

void svm_permissions_init(void)
{
    memset(msr_map, 0xFF, sizeof(msr_map));
    for (size_t i = 0; i < sizeof(open_msrs) / sizeof(open_msrs[0]); i++) {
        open_msr(msr_map[MSRS_OPEN], open_msrs[i], READ | WRITE);
        open_msr(msr_map[MSR_WRITES_CLOSED], open_msrs[i], i < ALWAYS_OPEN ? READ | WRITE : READ);
        open_msr(msr_map[MSRS_CLOSED], open_msrs[i], i < ALWAYS_OPEN ? READ | WRITE : 0);
    }
    for (unsigned port = 0; port < IO_MAP_SIZE * 8; port++) {
        for (enum vtl vtl = VTL0; vtl < VTL_COUNT; vtl++) {
            bool open = port <= 0xFFFF && port_is_open(vtl, (uint16_t)port);

            io_map[vtl][port / 8] |= (uint8_t)(!open << port % 8);
        }
    }
}

/* "IOIO Intercepts": one bit for reads and writes. */
void svm_port_exits(uint16_t port, bool exits)
{
    uint8_t *byte = &io_map[VTL0][port / 8], bit = (uint8_t)(1u << port % 8);

    *byte = (uint8_t)(exits ? *byte | bit : *byte & ~bit);
}

hpa_t svm_io_map(enum vtl vtl) { return image_address(io_map[vtl]); }
hpa_t svm_msr_map(enum msr_map map) { return image_address(msr_map[map]); }
