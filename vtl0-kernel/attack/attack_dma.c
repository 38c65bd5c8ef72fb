/*
 * A device as the attacker's hand: QEMU's fw_cfg writes guest-physical memory
 * past every table of the processor's ("QEMU Firmware Configuration Device",
 * "Guest-side DMA Interface"). It is asked to write four bytes of its
 * signature into a page.
 */
#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/x86.h>

#define DMA_HIGH       0x514u
#define DMA_LOW        0x518u
#define CONTROL_READ   0x02u
#define CONTROL_SELECT 0x08u
#define POLLS          100000u

struct dma_request {
    uint32_t control; /* all fields big-endian */
    uint32_t length;
    uint64_t address;
} __attribute__((aligned(16)));

static void start(volatile struct dma_request *request)
{
    uint64_t at = (uint64_t)(uintptr_t)request;

    outl(DMA_HIGH, __builtin_bswap32((uint32_t)(at >> 32)));
    outl(DMA_LOW, __builtin_bswap32((uint32_t)at));
    for (unsigned i = 0; i < POLLS && request->control == __builtin_bswap32(CONTROL_READ | CONTROL_SELECT); i++) {
        cpu_relax();
    }
}

void attack_dma(const struct attack *attack, struct attack_result *result)
{
    static volatile struct dma_request request;
    uint32_t asked = __builtin_bswap32(CONTROL_READ | CONTROL_SELECT);

    request.control = asked;
    request.length = __builtin_bswap32(4);
    request.address = __builtin_bswap64(attack_places.page[attack->place] + CONTROL_VALUE_OFFSET);
    start(&request);
    result->rip_advanced = true;
    result->outcome = request.control == asked ? OUTCOME_REFUSED : OUTCOME_OK;
    attack_detail(result, "control=%x", __builtin_bswap32(request.control));
    attack_control_reset();
}
