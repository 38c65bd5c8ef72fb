#include "tests.h"

#include <stddef.h>

#include <lib/string.h>

#include <abi/credvault.h>
#include <abi/image.h>
#include <abi/ium.h>
#include <abi/normal_call.h>

#include <crypto/signed_image.h>

#include <sk/cpu.h>
#include <sk/kernel_space.h>
#include <sk/process.h>

#include "audit.h"
#include "console.h"
#include "hypervisor.h"
#include "machine.h"
#include "misbehave.h"
#include "world.h"

#define HELLO_IDENTITY \
    { 0x2f, 0x5c, 0x9d, 0x0e, 0x61, 0xb4, 0x4d, 0x27, 0xb3, 0xa8, 0x70, 0xc1, 0xe9, 0xf4, 0xd8, 0x52 }

extern const uint8_t image_hello[], image_hello_end[], image_misbehave[], image_misbehave_end[];
extern const uint8_t image_credvault[], image_credvault_end[];
extern const uint8_t image_not_pie[], image_not_pie_end[];
extern const uint8_t image_other_note[], image_other_note_end[], image_no_note[], image_no_note_end[];
extern const uint8_t image_p256[], image_p256_end[];
extern const uint8_t image_signed_kernel[], image_signed_kernel_end[];

static const uint8_t hello[16] = HELLO_IDENTITY, misbehave[16] = MISBEHAVE_IDENTITY, credvault[16] = CREDVAULT_IDENTITY;
static const struct image hello_image[] = { { image_hello, image_hello_end } };
static const struct image vault_image[] = { { image_credvault, image_credvault_end } };
static const struct image both_images[] = { { image_misbehave, image_misbehave_end }, { image_hello, image_hello_end } };

static uint8_t *data(void)
{
    return machine.frame->data;
}

static uint64_t open_session(const uint8_t identity[16])
{
    uint64_t handle = 0;

    memcpy(data(), identity, 16);
    if (machine_service(SECURE_SERVICE_OPEN_SESSION, 0, 16, 8) == SECURE_STATUS_SUCCESS) {
        memcpy(&handle, data(), sizeof(handle));
    }
    CHECK_THAT(handle != 0);
    return handle;
}

static uint64_t invoke(uint64_t session, uint32_t command, uint32_t size, uint32_t capacity)
{
    const struct secure_invoke header = { .command = command };

    memcpy(data(), &header, sizeof(header));
    return machine_service(SECURE_SERVICE_INVOKE, session, size + (uint32_t)sizeof(header), capacity);
}

/* One echo through the hello trustlet: the proof that VTL1 still serves. */
static void echo(uint64_t session, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        data()[8 + i] = (uint8_t)(i * 7 + size);
    }
    CHECK_THAT(invoke(session, 1, size, size + 8) == SECURE_STATUS_SUCCESS);
    CHECK_THAT(machine.frame->status == SECURE_STATUS_SUCCESS && machine.frame->output_size == size + 8);
    for (uint32_t i = 0; i < size; i++) {
        if (data()[8 + i] != (uint8_t)(i * 7 + size)) {
            CHECK_THAT(!"echo differs");
            return;
        }
    }
}

static void boots(void)
{
    test_begins("VTL1 boots, takes its region and starts a trustlet");
    CHECK_THAT(machine_boot(hello_image, 1) == VTL1_BOOT_READY);
    CHECK_THAT(hypercalls.protected_pages == REGION_SIZE / 4096);
    CHECK_THAT(hypercalls.wrong_pages == 0 && hypercalls.unknown == 0);
    CHECK_THAT(hypercalls.partition_config == 0x3F);
    CHECK_THAT(hypercalls.enabled_processors == 1 && hypercalls.enabled_index == 1);
}

static void second_processor(void)
{
    test_begins("a further processor starts from the context VTL1 gave");
    CHECK_THAT(machine_boot_second() == VTL1_BOOT_PROCESSOR_READY);
    echo(open_session(hello), 16);
}

static void control_registers(void)
{
    uint64_t cr0, cr4;

    test_begins("WP, SMEP, SMAP, UMIP are on; x87 and vector registers trap");
    __asm__ volatile("mov %%cr0, %0; mov %%cr4, %1" : "=r"(cr0), "=r"(cr4));
    CHECK_THAT((cr0 & (UINT64_C(1) << 16)) != 0);
    CHECK_THAT((cr0 & 0xC) == 0xC);
    CHECK_THAT((cr4 & (UINT64_C(1) << 20)) != 0);
    CHECK_THAT((cr4 & (UINT64_C(1) << 21)) != 0);
    CHECK_THAT((cr4 & (UINT64_C(1) << 11)) != 0);
}

static void kernel_tables(void)
{
    struct audit audit;

    test_begins("the kernel's tables: W^X in every alias, nothing for ring 3");
    audit_tables(&machine.region, world_vtl1_cr3, &audit);
    CHECK_THAT(audit.leaves > REGION_SIZE / 4096 && audit.large == 0);
    CHECK_THAT(audit.user_leaves == 0 && audit.mixed_privilege == 0);
    CHECK_THAT(audit.writable_and_executable == 0 && audit.frames_written_and_run == 0);
}

static void process_tables(void)
{
    struct audit audit;

    test_begins("a process's tables: W^X, each half for its own ring only");
    CHECK_THAT(machine_process_root(0) != 0);
    audit_tables(&machine.region, machine_process_root(0), &audit);
    CHECK_THAT(audit.user_leaves > 4 && audit.mixed_privilege == 0);
    CHECK_THAT(audit.writable_and_executable == 0 && audit.frames_written_and_run == 0);
    CHECK_THAT(!audit_present(machine_process_root(0), IUM_LOADER_TEXT));
    CHECK_THAT(!audit_present(machine_process_root(0), IUM_LOADER_STACK_TOP - 4096));
    CHECK_THAT(audit_present(machine_process_root(0), machine_process(0)->stack_top - 4096));
    CHECK_THAT(!audit_present(machine_process_root(0), machine_process(0)->stack_top));
    CHECK_THAT(!audit_present(machine_process_root(0), machine_process(0)->stack_top - (machine_process(0)->image.stack_pages + 1) * 4096));
}

static void guard_pages(void)
{
    const struct cpu *second = machine_cpu(1);

    test_begins("below every stack is a hole");
    CHECK_THAT(!audit_present(world_vtl1_cr3, kernel_symbol("boot_stack_guard")));
    CHECK_THAT(audit_present(world_vtl1_cr3, kernel_symbol("boot_stack")));
    CHECK_THAT(audit_present(world_vtl1_cr3, second->stack_top - KERNEL_STACK_PAGES * 4096));
    CHECK_THAT(!audit_present(world_vtl1_cr3, second->stack_top - KERNEL_STACK_PAGES * 4096 - 1));
    for (unsigned i = 0; i < IST_COUNT; i++) {
        CHECK_THAT(audit_present(world_vtl1_cr3, second->tss.ist[i] - KERNEL_IST_PAGES * 4096));
        CHECK_THAT(!audit_present(world_vtl1_cr3, second->tss.ist[i] - KERNEL_IST_PAGES * 4096 - 1));
    }
    CHECK_THAT(!audit_present(world_vtl1_cr3, machine_cpu(0)->window));
}

static void canary(void)
{
    const uint64_t *words = kernel_pointer(&machine.region, kernel_symbol("canary_page"));
    unsigned wrong = 0;

    test_begins("the canary page holds the published pattern");
    for (unsigned i = 0; i < 512; i++) {
        wrong += words[i] != UINT64_C(0x4F56534D43414E41) + i;
    }
    CHECK_THAT(wrong == 0);
}

static void info(void)
{
    struct secure_info got;

    test_begins("GET_INFO");
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(got)) == SECURE_STATUS_SUCCESS);
    memcpy(&got, data(), sizeof(got));
    CHECK_THAT(machine.frame->output_size == sizeof(got) && got.version == SECURE_CALL_VERSION);
    CHECK_THAT(got.region_base == (uint64_t)machine.region.base && got.region_size == REGION_SIZE);
    CHECK_THAT(got.trustlet_count == 1 && got.intercept_count == 0 && got.calls >= 1);
    CHECK_THAT(memcmp(got.owner_key_hash, region_owner.key_hash, sizeof(got.owner_key_hash)) == 0);
    CHECK_THAT(memcmp(&got.measured, &region_measured, sizeof(got.measured)) == 0);
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(got) - 1) == SECURE_STATUS_OUTPUT_TOO_SMALL);
}

static struct secure_protections protections(void)
{
    struct secure_protections got;

    CHECK_THAT(machine_service(SECURE_SERVICE_GET_PROTECTIONS, 0, 0, sizeof(got)) == SECURE_STATUS_SUCCESS);
    memcpy(&got, data(), sizeof(got));
    return got;
}

/* Bare firmware has no synthetic interrupt controller: intercepts would not arrive, and that is what is said. */
static void told_protections(void)
{
    const uint32_t on = SECURE_PROTECTION_WRITE_PROTECT | SECURE_PROTECTION_NO_EXECUTE | SECURE_PROTECTION_SMEP | SECURE_PROTECTION_SMAP |
                        SECURE_PROTECTION_UMIP | SECURE_PROTECTION_VECTOR_TRAPS | SECURE_PROTECTION_VTL_PROTECTION |
                        SECURE_PROTECTION_VINA | SECURE_PROTECTION_ZERO_MEMORY_ON_RESET;
    uint64_t cr4;

    test_begins("GET_PROTECTIONS tells the registers' state of now");
    CHECK_THAT(protections().enabled == on && protections().default_rights == 0xF);
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 & ~(UINT64_C(1) << 20)) : "memory");
    CHECK_THAT(protections().enabled == (on & ~(uint32_t)SECURE_PROTECTION_SMEP));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4) : "memory");
    hypercalls.partition_config = 0x06;
    CHECK_THAT(protections().default_rights == 0x3 && (protections().enabled & SECURE_PROTECTION_VTL_PROTECTION) == 0);
    hypercalls.partition_config = 0x3F;
    CHECK_THAT(protections().enabled == on);
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_PROTECTIONS, 0, 0, sizeof(struct secure_protections) - 1) ==
               SECURE_STATUS_OUTPUT_TOO_SMALL);
}

static void bad_frame_addresses(void)
{
    const uint64_t page = (uint64_t)machine.frame;
    const uint64_t addresses[] = {
        0, 1, page + 1, page + 0x800, page - 0x1000, page + 0x1000, (uint64_t)machine.region.base,
        (uint64_t)machine.region.base + REGION_SIZE - 4096, 0xFEE00000, UINT64_C(1) << 51, UINT64_C(1) << 52,
        UINT64_C(1) << 63, UINT64_MAX, UINT64_MAX - 0xFFF, VTL1_KERNEL_BASE, VTL1_DIRECT_MAP,
    };

    test_begins("frames outside VTL0's memory are refused");
    machine.frame->status = 0xAAAAAAAA;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        CHECK_THAT(machine_call(addresses[i]) == SECURE_STATUS_BAD_FRAME_ADDRESS);
    }
    CHECK_THAT(machine.frame->status == 0xAAAAAAAA);
}

static void unreadable_frame(void)
{
    test_begins("a frame that cannot be read is refused, not fatal");
    CHECK_THAT(machine_call(REGION_UNREADABLE) == SECURE_STATUS_BAD_FRAME_ADDRESS);
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(struct secure_info)) == SECURE_STATUS_SUCCESS);
}

static void bad_frames(void)
{
    test_begins("bad frames get their status, in RAX and in the frame");
    machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(struct secure_info));
    machine.frame->version = 2;
    CHECK_THAT(machine_call((uint64_t)machine.frame) == SECURE_STATUS_BAD_VERSION);
    CHECK_THAT(machine.frame->status == SECURE_STATUS_BAD_VERSION && machine.frame->output_size == 0);
    CHECK_THAT(machine_service(99, 0, 0, 0) == SECURE_STATUS_UNKNOWN_SERVICE);
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 1, 64) == SECURE_STATUS_BAD_SIZE);
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 0, 4033) == SECURE_STATUS_BAD_SIZE);
    CHECK_THAT(machine_service(SECURE_SERVICE_INVOKE, 12345, 8, 64) == SECURE_STATUS_NO_SUCH_SESSION);
    CHECK_THAT(machine_service(SECURE_SERVICE_CLOSE_SESSION, 12345, 0, 0) == SECURE_STATUS_NO_SUCH_SESSION);
    memset(data(), 0x5A, 16);
    CHECK_THAT(machine_service(SECURE_SERVICE_OPEN_SESSION, 0, 16, 8) == SECURE_STATUS_NO_SUCH_TRUSTLET);
    machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(struct secure_info));
    machine.frame->reserved[23] = 1;
    CHECK_THAT(machine_call((uint64_t)machine.frame) == SECURE_STATUS_RESERVED_NOT_ZERO);
}

static void sessions(void)
{
    uint64_t handles[4], first;

    test_begins("sessions: as many as signed for, closed ones are gone");
    machine_boot(hello_image, 1);
    for (unsigned i = 0; i < 4; i++) {
        handles[i] = open_session(hello);
    }
    memcpy(data(), hello, 16);
    CHECK_THAT(machine_service(SECURE_SERVICE_OPEN_SESSION, 0, 16, 8) == SECURE_STATUS_NO_RESOURCES);
    first = handles[0];
    CHECK_THAT(machine_service(SECURE_SERVICE_CLOSE_SESSION, first, 0, 0) == SECURE_STATUS_SUCCESS);
    CHECK_THAT(machine_service(SECURE_SERVICE_CLOSE_SESSION, first, 0, 0) == SECURE_STATUS_NO_SUCH_SESSION);
    CHECK_THAT(invoke(first, 1, 0, 64) == SECURE_STATUS_NO_SUCH_SESSION);
    handles[0] = open_session(hello);
    CHECK_THAT(handles[0] != first);
    echo(handles[0], 0);
    echo(handles[3], 1);
    echo(handles[2], 4024);
}

static void invoke_limits(void)
{
    uint64_t session;

    test_begins("INVOKE: replies and their limits");
    machine_boot(hello_image, 1);
    session = open_session(hello);
    CHECK_THAT(invoke(session, 77, 0, 64) == SECURE_STATUS_SUCCESS);
    CHECK_THAT(machine.frame->output_size == 8 && data()[0] == 1);
    CHECK_THAT(invoke(session, 1, 100, 8) == SECURE_STATUS_SUCCESS);
    CHECK_THAT(machine.frame->output_size == 8 && data()[0] == 2);
    CHECK_THAT(invoke(session, 1, 0, 7) == SECURE_STATUS_OUTPUT_TOO_SMALL);
    data()[4] = 1;
    machine.frame->session = session;
    CHECK_THAT(machine_service(SECURE_SERVICE_INVOKE, session, 8, 64) == SECURE_STATUS_RESERVED_NOT_ZERO);
}

static void intercepts(void)
{
    struct hv_message message = { .type = HV_MESSAGE_GPA_INTERCEPT, .payload_size = 0x50 };

    test_begins("a secure intercept becomes #GP(0) and leaves no trace");
    message.gpa.gpa = (uint64_t)machine.region.base;
    message.gpa.header.access = HV_INTERCEPT_WRITE;
    message.gpa.header.rip = 0x12345678;
    CHECK_THAT(machine_intercept(&message));
    CHECK_THAT(hypercalls.pending_events == 1 && hypercalls.pending_event == (UINT64_C(1) | 1 << 8 | 13 << 16));
    CHECK_THAT(machine_slot()->type == HV_MESSAGE_NONE);
    CHECK_THAT(machine_intercept(&message) && hypercalls.pending_events == 2);
    message.type = HV_MESSAGE_NONE;
    CHECK_THAT(machine_intercept(&message) && hypercalls.pending_events == 2);
    message.type = 0x80010000;
    CHECK_THAT(machine_intercept(&message) && hypercalls.pending_events == 2);
    CHECK_THAT(machine_slot()->type == HV_MESSAGE_NONE && hypercalls.unknown == 0);
}

static bool region_contains(const char *text, size_t size)
{
    for (size_t at = 0; at + size <= REGION_SIZE; at++) {
        if (machine.region.base[at] == (uint8_t)text[0] && memcmp(machine.region.base + at, text, size) == 0) {
            return true;
        }
    }
    return false;
}

/* The vector each attempt has to end with. */
static const struct {
    uint32_t command, vector, other_vector;
    const char *name;
} faults[] = {
    { MISBEHAVE_READ_NULL, 14, 14, "a trustlet reads address zero" },
    { MISBEHAVE_WRITE_TEXT, 14, 14, "a trustlet writes its code" },
    { MISBEHAVE_WRITE_RODATA, 14, 14, "a trustlet writes its constants" },
    { MISBEHAVE_RUN_DATA, 14, 14, "a trustlet runs its data" },
    { MISBEHAVE_RUN_HEAP, 14, 14, "a trustlet runs its heap" },
    { MISBEHAVE_READ_KERNEL, 14, 14, "a trustlet reads the kernel's image" },
    { MISBEHAVE_READ_DIRECT_MAP, 14, 14, "a trustlet reads the direct map" },
    { MISBEHAVE_READ_NONCANONICAL, 13, 13, "a trustlet reads a non-canonical address" },
    { MISBEHAVE_CLI, 13, 13, "a trustlet uses CLI" },
    { MISBEHAVE_HLT, 13, 13, "a trustlet uses HLT" },
    { MISBEHAVE_READ_MSR, 13, 13, "a trustlet uses RDMSR" },
    { MISBEHAVE_READ_CR3, 13, 13, "a trustlet reads CR3" },
    { MISBEHAVE_IN_PORT, 13, 13, "a trustlet reads a port" },
    { MISBEHAVE_SSE, 6, 7, "a trustlet uses a vector register" },
    { MISBEHAVE_X87, 7, 6, "a trustlet uses x87" },
    { MISBEHAVE_UD2, 6, 6, "a trustlet uses UD2" },
    { MISBEHAVE_DIVIDE, 0, 0, "a trustlet divides by zero" },
    { MISBEHAVE_INT3, 13, 13, "a trustlet uses INT3" },
    { MISBEHAVE_INT_SINT0, 13, 13, "a trustlet raises SINT0's vector" },
    { MISBEHAVE_SINGLE_STEP, 1, 1, "a trustlet single-steps itself" },
    { MISBEHAVE_SGDT, 13, 13, "a trustlet uses SGDT (UMIP)" },
    { MISBEHAVE_VMMCALL, 6, 6, "a trustlet makes a hypercall" },
    { MISBEHAVE_OVERFLOW_STACK, 14, 14, "a trustlet overflows its stack" },
    { MISBEHAVE_JUMP_NULL, 14, 14, "a trustlet jumps to address zero" },
    { MISBEHAVE_WRITE_PAST_HEAP, 14, 14, "a trustlet writes past its heap" },
    { MISBEHAVE_EXIT, 0xFFFFFFFF, 0xFFFFFFFF, "a trustlet exits" },
};

/* Where RIP was then is the trustlet's data, or tells where that is: it must not be told. */
static bool runs_no_code(uint32_t command)
{
    return command == MISBEHAVE_JUMP_NULL || command == MISBEHAVE_RUN_HEAP || command == MISBEHAVE_RUN_DATA;
}

static void check_fault(uint64_t session, size_t row)
{
    struct secure_fault_info fault;

    CHECK_THAT(invoke(session, faults[row].command, 0, 64) == SECURE_STATUS_TRUSTLET_FAULT);
    CHECK_THAT(machine.frame->output_size == sizeof(fault));
    memcpy(&fault, data(), sizeof(fault));
    CHECK_THAT(fault.vector == faults[row].vector || fault.vector == faults[row].other_vector);
    CHECK_THAT(fault.exit_code == (faults[row].command == MISBEHAVE_EXIT ? MISBEHAVE_EXIT_CODE : 0));
    CHECK_THAT(runs_no_code(faults[row].command) ? fault.rip_offset == SECURE_FAULT_NOWHERE : fault.rip_offset < IUM_IMAGE_MAX_SIZE);
}

/* Each in a VTL1 of its own: the process ends, only it, and takes its memory's contents along. */
static void one_fault(size_t row)
{
    uint64_t session, other;

    test_begins(faults[row].name);
    CHECK_THAT(machine_boot(both_images, 2) == VTL1_BOOT_READY);
    session = open_session(misbehave);
    other = open_session(hello);
    CHECK_THAT(invoke(session, MISBEHAVE_KEEP_SECRET, 0, 64) == SECURE_STATUS_SUCCESS);
    check_fault(session, row);
    CHECK_THAT(invoke(session, MISBEHAVE_KEEP_SECRET, 0, 64) == SECURE_STATUS_TRUSTLET_EXITED);
    memcpy(data(), misbehave, 16);
    CHECK_THAT(machine_service(SECURE_SERVICE_OPEN_SESSION, 0, 16, 8) == SECURE_STATUS_TRUSTLET_EXITED);
    CHECK_THAT(machine_service(SECURE_SERVICE_CLOSE_SESSION, session, 0, 0) == SECURE_STATUS_SUCCESS);
    echo(other, 333);
}

static void hostile_calls(void)
{
    uint64_t session;
    uint32_t wrong;

    test_begins("system calls with bad numbers, rights and pointers are refused");
    machine_boot(both_images, 2);
    session = open_session(misbehave);
    CHECK_THAT(invoke(session, MISBEHAVE_SYSCALLS, 0, 64) == SECURE_STATUS_SUCCESS);
    memcpy(&wrong, data() + 8, sizeof(wrong));
    CHECK_THAT(machine.frame->output_size == 12 && wrong == 0);
    CHECK_THAT(invoke(session, MISBEHAVE_REPLY_TOO_LONG, 0, 64) == SECURE_STATUS_OUTPUT_TOO_SMALL);
    CHECK_THAT(machine.frame->output_size == 0);
    echo(open_session(hello), 64);
}

static void derived_keys(void)
{
    uint8_t first[3 * IUM_KEY_SIZE];
    uint64_t session;

    test_begins("derived keys: equal for a purpose, different between purposes and boots");
    machine_boot(both_images, 2);
    session = open_session(misbehave);
    CHECK_THAT(invoke(session, MISBEHAVE_KEYS, 0, 256) == SECURE_STATUS_SUCCESS);
    memcpy(first, data() + 8, sizeof(first));
    CHECK_THAT(memcmp(first, first + IUM_KEY_SIZE, IUM_KEY_SIZE) == 0);
    CHECK_THAT(memcmp(first, first + 2 * IUM_KEY_SIZE, IUM_KEY_SIZE) != 0);
    machine_boot(both_images, 2);
    session = open_session(misbehave);
    CHECK_THAT(invoke(session, MISBEHAVE_KEYS, 0, 256) == SECURE_STATUS_SUCCESS);
    CHECK_THAT(memcmp(first, data() + 8, IUM_KEY_SIZE) != 0);
}

static void wiped_memory(void)
{
    static const char secret[] = MISBEHAVE_SECRET;
    static char searched[2 * sizeof(secret)];
    uint64_t session;

    test_begins("a process that ends leaves nothing in memory");
    memcpy(searched, secret, sizeof(secret));
    memcpy(searched + sizeof(secret), secret, sizeof(secret));
    machine_boot(both_images, 2);
    session = open_session(misbehave);
    CHECK_THAT(!region_contains(searched, sizeof(searched)));
    CHECK_THAT(invoke(session, MISBEHAVE_KEEP_SECRET, 0, 64) == SECURE_STATUS_SUCCESS);
    CHECK_THAT(region_contains(searched, sizeof(searched)));
    invoke(session, MISBEHAVE_UD2, 0, 64);
    CHECK_THAT(!region_contains(searched, sizeof(searched)));
}

static void refused_images(void)
{
    static uint8_t changed[65536];
    const size_t size = (size_t)(image_hello_end - image_hello);
    const struct image bad[] = { { changed, changed + size } };

    test_begins("a changed trustlet is refused at boot, and nothing is served then");
    for (size_t at = offsetof(struct signed_image_signature, public_key); at < size; at += size / 7) {
        memcpy(changed, image_hello, size);
        changed[at] ^= 0x10;
        CHECK_THAT(machine_boot(bad, 1) == VTL1_BOOT_BAD_TRUSTLET_SIGNATURE);
        CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(struct secure_info)) == SECURE_STATUS_NO_RESOURCES);
    }
}

static void unfit_images(void)
{
    static const struct image not_pie[] = { { image_not_pie, image_not_pie_end } };
    static const struct image kernel[] = { { image_signed_kernel, image_signed_kernel_end } };
    static const struct image twice[] = { { image_hello, image_hello_end }, { image_hello, image_hello_end } };

    static const struct image other_note[] = { { image_other_note, image_other_note_end } };
    static const struct image no_note[] = { { image_no_note, image_no_note_end } };

    test_begins("signed, but no trustlet: refused by the loader, by its kind, by its identity");
    CHECK_THAT(machine_boot(other_note, 1) == VTL1_BOOT_BAD_TRUSTLET_IMAGE);
    CHECK_THAT(machine_boot(no_note, 1) == VTL1_BOOT_BAD_TRUSTLET_IMAGE);
    CHECK_THAT(machine_boot(not_pie, 1) == VTL1_BOOT_BAD_TRUSTLET_IMAGE);
    CHECK_THAT(machine_boot(kernel, 1) == VTL1_BOOT_BAD_TRUSTLET_IMAGE);
    CHECK_THAT(machine_boot(twice, 2) == VTL1_BOOT_BAD_TRUSTLET_IMAGE);
}

/* Signed with ECDSA, which a kernel stack must be large enough for, and accepted by the owner of that key alone. */
static void other_owner(void)
{
    static const struct image p256[] = { { image_p256, image_p256_end } };
    const struct image_owner built = region_owner;
    struct signed_image_signature block;

    test_begins("the owner's key decides: another's images are refused, and the other way round");
    CHECK_THAT(machine_boot(p256, 1) == VTL1_BOOT_BAD_TRUSTLET_SIGNATURE);
    memcpy(&block, image_p256, sizeof(block));
    signed_image_key_hash(&block, region_owner.key_hash);
    CHECK_THAT(machine_boot(hello_image, 1) == VTL1_BOOT_BAD_TRUSTLET_SIGNATURE);
    CHECK_THAT(machine_boot(p256, 1) == VTL1_BOOT_READY);
    echo(open_session(hello), 16);
    region_owner = built;
}

static void version_floor(void)
{
    const struct image_owner built = region_owner;

    test_begins("an image below the owner's floor is refused, one at the floor is not");
    region_owner.floor_count = 1;
    region_owner.floors[0] = (struct image_floor){ .identity = HELLO_IDENTITY, .security_version = 2 };
    CHECK_THAT(machine_boot(hello_image, 1) == VTL1_BOOT_TRUSTLET_BELOW_FLOOR);
    CHECK_THAT(machine_service(SECURE_SERVICE_GET_INFO, 0, 0, sizeof(struct secure_info)) == SECURE_STATUS_NO_RESOURCES);
    region_owner.floors[0].security_version = 1;
    CHECK_THAT(machine_boot(hello_image, 1) == VTL1_BOOT_READY);
    region_owner = built;
}

/* Nobody here keeps blobs or tells the time: every question of the vault's is refused, and a new vault is open all the same. */
static uint64_t refuse_question(void)
{
    const uint64_t call = machine.frame->call;
    const struct normal_reply refused = { .status = NORMAL_STATUS_REFUSED };

    memcpy(data(), &call, sizeof(call));
    memcpy(data() + sizeof(call), &refused, sizeof(refused));
    return machine_service(SECURE_SERVICE_RESUME_CALL, 0, sizeof(call) + sizeof(refused), 4032);
}

static void vault(void)
{
    struct credvault_info info;
    uint64_t session, status;
    uint32_t questions = 0;

    test_begins("the vault refuses what is weak, asks VTL0, and is open and empty without an answer");
    CHECK_THAT(machine_boot(vault_image, 1) == VTL1_BOOT_READY);
    session = open_session(credvault);
    CHECK_THAT(invoke(session, CREDVAULT_NTLMV1, 0, 64) == SECURE_STATUS_SUCCESS && data()[0] == CREDVAULT_WEAK);
    status = invoke(session, CREDVAULT_INFO, 0, 4032);
    for (; status == SECURE_STATUS_NORMAL_CALL && questions < 16; questions++) {
        status = refuse_question();
    }
    CHECK_THAT(status == SECURE_STATUS_SUCCESS && data()[0] == CREDVAULT_SUCCESS && questions > 0);
    memcpy(&info, data() + 8, sizeof(info));
    CHECK_THAT(info.version == CREDVAULT_VERSION && info.state == CREDVAULT_OPEN && info.credentials == 0 && info.lasting == 0);
}

void run_tests(void)
{
    boots();
    second_processor();
    control_registers();
    kernel_tables();
    process_tables();
    guard_pages();
    canary();
    info();
    told_protections();
    bad_frame_addresses();
    unreadable_frame();
    bad_frames();
    sessions();
    invoke_limits();
    intercepts();
    hostile_calls();
    derived_keys();
    wiped_memory();
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        one_fault(i);
    }
    refused_images();
    unfit_images();
    other_owner();
    version_floor();
    vault();
    run_iumbase_tests();
}
