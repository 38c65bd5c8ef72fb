/* System calls with pointers and lengths that are not the caller's own memory. Each must be refused, whatever the call. */
#include <assailant/attack.h>

#include <ium/text.h>

#include <abi/boot_block.h>
#include <abi/ium.h>

#define PAGE UINT64_C(4096)

enum kind { KIND_KERNEL = 1, KIND_NO_ADDRESS, KIND_CROSSING, KIND_UNMAPPED, KIND_READ_ONLY, KIND_LENGTH, KIND_OWN };

static uint8_t own[2 * PAGE] __attribute__((aligned(4096)));
static uint64_t answered; /* the number of calls that were not refused */

static void try(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2)
{
    answered += assailant_syscall(number, a0, a1, a2) == IUM_SUCCESS;
}

/* Reading from an address, and writing to it, by each call there is. Those that would wait are only made where all is refused. */
static void reads(uint64_t address)
{
    try(IUM_SYSCALL_LOG, address, 16, 0);
    try(IUM_SYSCALL_DERIVE_KEY, address, 16, (uint64_t)own);
    try(IUM_SYSCALL_SET_FRESHNESS, address, UINT64_MAX, 0);
}

static void writes(uint64_t address)
{
    try(IUM_SYSCALL_GET_IDENTITY, address, 0, 0);
    try(IUM_SYSCALL_GET_PLATFORM, address, 0, 0);
    try(IUM_SYSCALL_GET_FRESHNESS, address, 0, 0);
    try(IUM_SYSCALL_DERIVE_KEY, (uint64_t)own, 16, address);
}

static void threads(uint64_t address)
{
    try(IUM_SYSCALL_CREATE_THREAD, address, (uint64_t)trustlet_text, 0);
    try(IUM_SYSCALL_CREATE_THREAD, (uint64_t)own, address, 0);
    try(IUM_SYSCALL_NORMAL_CALL, address, 0, 0);
    try(IUM_SYSCALL_WAIT_CALL, address, 0, 0);
}

static void everything(uint64_t address)
{
    reads(address);
    writes(address);
    threads(address);
}

static void kernel(void)
{
    static const uint64_t addresses[] = { VTL1_DIRECT_MAP, VTL1_DIRECT_MAP + 0x2000, UINT64_C(0xFFFFA00000001000),
                                          UINT64_C(0xFFFFA10000000000), VTL1_KERNEL_BASE, UINT64_C(0xFFFF800000000000) };

    for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        everything(addresses[i]);
    }
}

static void no_address(void)
{
    everything(UINT64_C(0x0000800000000000));
    everything(UINT64_C(0xFFFF7FFFFFFFFFFF));
    everything(UINT64_C(0x0000900000002000));
    everything((uint64_t)own | UINT64_C(1) << 63);
    everything((uint64_t)own | UINT64_C(1) << 47);
    everything(UINT64_MAX);
    everything(UINT64_MAX - 7);
    everything(0);
}

/* The last byte is not there any more: behind the data, behind the heap, and where ring 3's addresses end. */
static void crossing(void)
{
    size_t size;
    uint64_t heap = (uint64_t)assailant_heap(&size);
    uint64_t data_end = ((uint64_t)trustlet_end + PAGE - 1) & ~(PAGE - 1);

    everything(heap + size - 8);
    everything(data_end - 8);
    everything(UINT64_C(0x00007FFFFFFFF000) - 8);
    reads((uint64_t)trustlet_rodata - 8);
    writes((uint64_t)trustlet_rodata - 8);
}

static void unmapped(void)
{
    everything(IUM_LOADER_TEXT);
    everything(IUM_LOADER_RODATA);
    everything(IUM_LOADER_STACK_TOP - 64);
    everything((uint64_t)trustlet_text - PAGE);
    everything(UINT64_C(0x100000));
}

static void read_only(void)
{
    writes((uint64_t)trustlet_text);
    writes((uint64_t)trustlet_rodata);
    try(IUM_SYSCALL_WAIT_CALL, (uint64_t)trustlet_text, 0, 0);
    try(IUM_SYSCALL_NORMAL_CALL, (uint64_t)trustlet_rodata, 0, 0);
    try(IUM_SYSCALL_CREATE_THREAD, (uint64_t)own, (uint64_t)trustlet_rodata, 0);
    try(IUM_SYSCALL_CREATE_THREAD, (uint64_t)own, (uint64_t)own, 0);
}

static void lengths(void)
{
    static const uint64_t sizes[] = { IUM_MAX_LOG + 1, UINT64_C(1) << 32, (UINT64_C(1) << 32) + 16, UINT64_C(1) << 63, UINT64_MAX,
                                      UINT64_MAX - 15 };

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        try(IUM_SYSCALL_LOG, (uint64_t)own, sizes[i], 0);
        try(IUM_SYSCALL_DERIVE_KEY, (uint64_t)own, sizes[i], (uint64_t)own);
        try(IUM_SYSCALL_LOG, (uint64_t)own, 0 - (uint64_t)own + i, 0);
    }
}

static void hostile(uint64_t number, struct assailant_report *report)
{
    static void (*const kinds[])(void) = { [KIND_KERNEL] = kernel, [KIND_NO_ADDRESS] = no_address, [KIND_CROSSING] = crossing,
                                           [KIND_UNMAPPED] = unmapped, [KIND_READ_ONLY] = read_only, [KIND_LENGTH] = lengths };

    answered = 0;
    if (number == KIND_OWN) {
        reads((uint64_t)own);
        writes((uint64_t)own);
    } else {
        kinds[number]();
    }
    assailant_say(report, answered != 0 ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, answered, "calls-answered");
}

TRUSTLET_ATTACKS(trustlet_hostile_pointers, { "hostile-pointers", hostile });
