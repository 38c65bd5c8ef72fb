/* VTL0's kernel: a Linux that finds VSM, loads VTL1's image into memory it set aside, and starts it on every processor. */
#include "lvbs.h"

#include <lib/string.h>

#define MSR_LSTAR 0xC0000082u
#define CR0_WP    UINT64_C(0x10000)

static uint64_t call_entry, memory, memory_size;
static uint8_t *mask_page, *signal_page, *pages[MAX_PROCESSORS];

static bool gate(void)
{
    uint32_t interface[4], features[4];

    cpuid(0x40000001, interface);
    cpuid(0x40000003, features);
    return step("vsm-advertised", interface[0] == 0x31237648 && (features[0] & 1u << 2) != 0 && (features[1] >> 16 & 3) == 3, features[1]);
}

/* As every processor of a Linux under Hyper-V. */
static void online(void *argument)
{
    uint64_t page = (uint64_t)(uintptr_t)pages[processor_self()] | 1;

    (void)argument;
    write_msr(HV_MSR_VP_ASSIST_PAGE, page);
    step("vtl0-assist-page", read_msr(HV_MSR_VP_ASSIST_PAGE) == page, read_msr(HV_MSR_VP_ASSIST_PAGE));
}

static void look(void)
{
    uint64_t offsets = 0, status = 0, here = 0;

    step("vtl0-hypercall-page", vtl0_hypercall_page(OS_ID), read_msr(HV_MSR_HYPERCALL));
    online(NULL);
    on_others(online);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_CODE_PAGE_OFFSETS, &offsets);
    call_entry = vtl0[0].page + (offsets & 0xFFF);
    step("vtl0-code-offsets", (offsets & 0xFFF) != 0, offsets);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_PARTITION_STATUS, &status);
    step("highest-vtl", (status >> 16 & 0xF) > 0 && (status & 0xFFFF) == 1, status);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_VP_STATUS, &here);
    step("vp-without-vtl1", (here >> 16 & 2) == 0, here);
}

/* LVBS wants mode-based execution and stops without it; where no processor has it, the refusal is the step, and we go on. */
static void enable_partition(void)
{
    bool offered = mbec_offered();
    uint16_t status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 1, false);
    uint64_t value = 0;

    if (!offered) {
        step("enable-partition-mbec-refused", status == 0x05, status);
        status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);
    }
    step("enable-partition", status == 0, status);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_PARTITION_STATUS, &value);
    step("partition-status", (value & 2) != 0 && ((value >> 20 & 0xFFFF) != 0) == offered, value);
}

static void put_descriptors(uint64_t *descriptors)
{
    uint64_t task = (uint64_t)(uintptr_t)descriptors + AT_TASK;

    descriptors[1] = UINT64_C(0x00209B0000000000);
    descriptors[2] = UINT64_C(0x00CF93000000FFFF);
    descriptors[3] = 0x67 | (task & 0xFFFFFF) << 16 | UINT64_C(0x8B) << 40 | (task >> 24 & 0xFF) << 56;
    descriptors[4] = task >> 32;
}

/* The image, and what VTL1 finds around it. */
static void load(void)
{
    uint64_t copy;

    memory_size = SIZE_FOR(processor_count);
    memory = (uint64_t)(uintptr_t)pages_take(memory_size / PAGE_SIZE, LARGE_PAGE);
    copy = memory + AT_IMAGE;
    put_descriptors((uint64_t *)(uintptr_t)(memory + AT_DESCRIPTORS));
    make_tables((uint8_t *)(uintptr_t)(memory + AT_TABLES), 0x1E3);
    for (uint32_t i = 0; i < processor_count; i++) {
        struct vp *vp = vp_make((void *)(uintptr_t)(memory + i * VP_SIZE), i, in_copy(i == 0 ? secure_main : secure_ap_main, copy));

        vp->memory = memory;
        vp->memory_size = memory_size;
        vp->words[0] = in_copy(vtl1_first, copy);
    }
    if (program_size() > memory_size - AT_IMAGE) {
        give_up("the image is too large");
    }
    program_copy(copy);
}

static struct vtl_registers call(uint64_t rdi, uint64_t rsi, uint64_t rdx, uint64_t r8)
{
    struct vtl_registers registers = { .rdi = rdi, .rsi = rsi, .rdx = rdx, .r8 = r8, .rcx = 0 };
    uint64_t flags = read_rflags();

    __asm__ volatile("cli" : : : "memory");
    call_vtl1(&registers, call_entry);
    write_rflags(flags);
    return registers;
}

static void start(void)
{
    struct hv_initial_vp_context context = secure_context((const struct vp *)(uintptr_t)memory, memory);
    uint64_t value = 0;
    uint16_t status = enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, &context);
    struct vtl_registers registers;

    if (!step("enable-vp-self", status == 0, status)) {
        steps_say();
        give_up("VTL1 is not there");
    }
    registers = call(processor_count, memory, memory + memory_size, UINT64_C(0x100000000));
    step("boot-returns", registers.r8 == 0, registers.r8);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_VP_STATUS, &value);
    step("vp-status", (value >> 16 & 3) == 3 && ((value & 0x10) != 0) == mbec_offered(), value);
    steps_say();
}

/* One thread a processor, which waits for its signal. */
static void start_here(void *argument)
{
    uint32_t self = processor_self();
    struct vtl_registers registers;

    (void)argument;
    step("ap-signal", signal_page[self] == AP_SIGNAL, signal_page[self]);
    registers = call(0, 0, 0, 0);
    step("ap-returns", registers.r8 == 0, registers.r8);
}

static void start_others(void)
{
    mask_page[0] = (uint8_t)((1u << processor_count) - 1);
    step("enable-aps", call(ENABLE_APS, (uint64_t)(uintptr_t)mask_page, 0, 0).r8 == 0, 0);
    step("boot-aps", call(BOOT_APS, (uint64_t)(uintptr_t)mask_page, (uint64_t)(uintptr_t)signal_page, 0).r8 == 0, 0);
    on_others(start_here);
}

/* What VTL0 has in RAX and RCX behind a call is what the stub put there: nobody has changed it. */
static void lock_here(void *argument)
{
    struct vtl_registers registers = call(LOCK_REGS, read_cr0(), read_msr(MSR_LSTAR), 0);

    (void)argument;
    step("lock-regs", registers.r8 == 0, registers.r8);
    step("rax-and-rcx-come-back", registers.rax == 0 && registers.rcx == 0x11, registers.rcx);
    if (is_due("lock-refuses-lstar")) {
        uint32_t vector = try_write_msr(MSR_LSTAR, read_msr(MSR_LSTAR) ^ 0x1000);

        step("lock-refuses-lstar", vector == GUEST_FAULT + VECTOR_GP, vector);
    }
    if (is_due("lock-refuses-cr0-wp")) {
        uint32_t vector = try_code(lvbs_write_cr0, (const void *)(uintptr_t)(read_cr0() & ~CR0_WP));

        step("lock-refuses-cr0-wp", vector == GUEST_FAULT + VECTOR_GP, vector);
    }
    call(UNLOCK, 0, 0, 0);
}

/* One page of VTL0's, by every mask that LVBS uses. */
static void protect_one(uint8_t *page, uint32_t mask, const char *id)
{
    static const uint32_t refused = GUEST_FAULT + VECTOR_GP;
    uint64_t status = call(PROTECT, (uint64_t)(uintptr_t)page, PAGE_SIZE, mask).r8;
    uint32_t read = try_code(probe_read, page), write = try_code(probe_write, page), run;

    page = (mask & 2) != 0 ? memset(page, 0xC3, PAGE_SIZE) : page;
    run = try_code(page, NULL);
    step(id, status == 0 && read == ((mask & 1) != 0 ? 0 : refused) && write == ((mask & 2) != 0 ? 0 : refused)
         && run == ((mask & 4) != 0 ? 0 : refused), status | (uint64_t)read << 16 | (uint64_t)write << 32 | (uint64_t)run << 48);
}

static void protections(void)
{
    uint8_t *page = memset(pages_take(1, PAGE_SIZE), 0xC3, PAGE_SIZE);
    uint64_t status;

    protect_one(page, 0xF, "mask-all");
    protect_one(page, 0xD, "mask-text");
    protect_one(page, 0x1, "mask-read");
    protect_one(page, 0x0, "mask-nothing");
    protect_one(page, 0x3, "mask-data");
    protect_one(page, 0xF, "mask-all-again");
    status = call(PROTECT, (uint64_t)(uintptr_t)page, PAGE_SIZE, 0x9).r8;
    step("mask-user-execute", status == (mbec_offered() ? 0 : 0x50), status);
    call(PROTECT, (uint64_t)(uintptr_t)page, PAGE_SIZE, 0xF);
}

static void own_memory(void)
{
    uint8_t *inside = (uint8_t *)(uintptr_t)(memory + AT_IMAGE + PAGE_SIZE);
    uint32_t read = try_code(probe_read, inside), write = try_code(probe_write, inside);

    step("vtl1-memory-read", (read == 0) == ((secure_memory_mask & 1) != 0), read);
    step("vtl1-memory-write", write == GUEST_FAULT + VECTOR_GP, write);
}

void guest_test(void)
{
    vtl0_prepare();
    mask_page = pages_take(2, PAGE_SIZE);
    signal_page = mask_page + PAGE_SIZE;
    for (uint32_t i = 0; i < processor_count; i++) {
        pages[i] = pages_take(1, PAGE_SIZE);
    }
    if (gate()) {
        look();
        enable_partition();
        load();
        start();
        start_others();
        lock_here(NULL);
        on_others(lock_here);
        step("end-of-boot", call(END_OF_BOOT, 0, 0, 0).r8 == 0, 0);
        protections();
        own_memory();
    }
    steps_say();
}
