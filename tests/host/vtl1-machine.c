#include "vtl1-machine.h"

#include <asm/prctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <abi/boot_block.h>
#include <abi/tlfs.h>

#include <sk/copy.h>
#include <sk/cpu.h>
#include <sk/hypercall.h>
#include <sk/kernel_space.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/system_process.h>
#include <sk/tlb.h>
#include <sk/trap.h>
#include <sk/vtl0_memory.h>
#include <sk/x86.h>

#include "vtl1-ring3.h"

#define KERNEL_HALF  UINT64_C(0xFFFF800000000000)
#define REGION_BASE  (MACHINE_BASE + RAM_PAGES * PAGE_SIZE)
#define EVERY_RIGHT  0xFu

uint8_t machine_memory[MACHINE_PAGES * 4096] __attribute__((aligned(4096)));
struct secure_call_frame *const machine_frame = (struct secure_call_frame *)machine_memory;

static const struct vtl1_boot_block block = {
    .region_base = REGION_BASE,
    .region_size = REGION_PAGES * 4096,
    .free_base = REGION_BASE + REGION_TAKEN * 4096,
    .kernel_base = REGION_BASE,
    .ram_range_count = 1,
    .ram = { { MACHINE_BASE, RAM_PAGES * 4096 } },
    .trustlet_count = 1,
    .trustlets = { { REGION_BASE + 4096, FILE_BYTES } },
};

uint64_t machine_time;

static uint8_t rights[RAM_PAGES]; /* VTL0's */
static uint64_t tables[MACHINE_PROCESSORS]; /* CR3 of each */
static uint32_t running;

const char syscall_entry[1];

void write_cr3(uint64_t value)
{
    tables[running] = value;
}

/* Time passes with every look at it; the others are zero. */
uint64_t rdmsr(uint32_t msr)
{
    return msr == HV_MSR_TIME_REF_COUNT ? machine_time++ : 0;
}

uint64_t read_cr0(void)
{
    return 0;
}

uint64_t read_cr4(void)
{
    return 0;
}

struct cpuid_leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf;
    (void)subleaf;
    return (struct cpuid_leaf){ 0 };
}

uint16_t hypercall_get_register(uint32_t name, struct hv_register_value *value)
{
    (void)name;
    (void)value;
    return HV_STATUS_INVALID_PARAMETER;
}

void tlb_forget(uint64_t address)
{
    (void)address;
}

void trap_table_load(void)
{
}

uint8_t *machine_translate(uint64_t address, uint64_t wanted)
{
    const uint64_t *entry = page_table_find(gpa(tables[running]), address);

    if (entry == NULL || (*entry & PTE_PRESENT) == 0 || (*entry & wanted) != wanted) {
        return NULL;
    }
    return (uint8_t *)direct_map(gpa(*entry & PTE_GPA_MASK)) + address % PAGE_SIZE;
}

const uint8_t *machine_kernel_byte(const uint8_t *at)
{
    return (uint64_t)at >= KERNEL_HALF ? machine_translate((uint64_t)at, 0) : at;
}

static bool is_ring3(const void *address)
{
    return (uint64_t)address >= IUM_IMAGE_BASE && (uint64_t)address < RING3_END;
}

uint64_t copy_user_fallible(void *to, const void *from, uint64_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    assert_true(is_ring3(to) != is_ring3(from));
    while (size > 0) {
        uint8_t *target = is_ring3(out) ? machine_translate((uint64_t)out, PTE_USER | PTE_WRITE) : out;
        const uint8_t *source = is_ring3(in) ? machine_translate((uint64_t)in, PTE_USER) : machine_kernel_byte(in);

        if (target == NULL || source == NULL) {
            break;
        }
        *target = *source;
        out++;
        in++;
        size--;
    }
    return size;
}

void *direct_map(gpa_t page)
{
    assert_in_range(page.value, MACHINE_BASE, MACHINE_BASE + sizeof(machine_memory) - 1);
    return machine_memory + (page.value - MACHINE_BASE);
}

bool direct_map_reaches(gpa_t page)
{
    return page.value - MACHINE_BASE < sizeof(machine_memory);
}

gpa_t image_gpa(const void *address)
{
    (void)address;
    return gpa(REGION_BASE);
}

bool machine_vtl0_may(uint64_t number)
{
    return rights[number] == EVERY_RIGHT;
}

bool vtl0_read_page(gpa_t page, void *to)
{
    assert_true(machine_vtl0_may(machine_number(page)));
    memcpy(to, direct_map(page), PAGE_SIZE);
    return true;
}

bool vtl0_write(gpa_t page, uint64_t offset, const void *from, uint64_t size)
{
    assert_true(machine_vtl0_may(machine_number(page)));
    memcpy((uint8_t *)direct_map(page) + offset, from, size);
    return true;
}

uint16_t hypercall_protect_pages(const uint64_t *numbers, uint32_t count, uint32_t to)
{
    static const uint8_t zero[4096];

    for (uint32_t i = 0; i < count; i++) {
        gpa_t page = gpa(numbers[i] << PAGE_SHIFT);

        assert_in_range(machine_number(page), 0, RAM_PAGES - 1);
        if (to != 0) {
            assert_memory_equal(direct_map(page), zero, sizeof(zero)); /* wiped while VTL0 had no right to it */
        }
        rights[machine_number(page)] = (uint8_t)to;
    }
    return HV_STATUS_SUCCESS;
}

/* The kernel finds its processor by GS; nothing of the host's uses it. */
void machine_processor(uint32_t index)
{
    running = index;
    assert_int_equal(syscall(SYS_arch_prctl, ARCH_SET_GS, cpu_by_index(index)), 0);
}

bool machine_boot(void)
{
    memset(machine_memory, 0xEE, sizeof(machine_memory));
    memset(rights, EVERY_RIGHT, sizeof(rights));
    machine_fill_file(machine_memory + FILE_PAGE * PAGE_SIZE, BIG_FILE_BYTES);
    machine_fill_file(direct_map(gpa(block.trustlets[0].base)), FILE_BYTES);
    page_alloc_init(gpa(block.region_base), block.region_size, gpa(block.free_base));
    if (!kernel_space_build(&block)) {
        return false;
    }
    for (uint32_t i = 0; i < MACHINE_PROCESSORS; i++) {
        if (!cpu_prepare(i)) {
            return false;
        }
        tables[i] = kernel_space_root().value;
    }
    if (!system_process_init()) {
        return false;
    }
    machine_processor(0);
    page_alloc_reserve(page_count_free() / 8);
    secure_call_init(&block);
    return true;
}

enum secure_status machine_call(uint32_t service, uint64_t session, const void *input, uint32_t size)
{
    *machine_frame = (struct secure_call_frame){
        .version = SECURE_CALL_VERSION, .service = service, .session = session, .input_size = size,
        .output_capacity = SECURE_CALL_DATA_SIZE,
    };
    memcpy(machine_frame->data, input, size);
    return secure_call(MACHINE_BASE);
}

enum secure_status machine_start(uint64_t bytes)
{
    const struct {
        struct secure_start header;
        struct secure_range range;
    } input = { { bytes }, { MACHINE_BASE + FILE_PAGE * PAGE_SIZE, page_align_up(bytes) / PAGE_SIZE } };

    return machine_call(SECURE_SERVICE_START_TRUSTLET, 0, &input, sizeof(input));
}

uint64_t machine_answer(void)
{
    uint64_t value;

    memcpy(&value, machine_frame->data, sizeof(value));
    return value;
}
