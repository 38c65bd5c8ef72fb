#include <hv/guest_memory.h>

#include <hv/check.h>
#include <hv/partition.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/walk.h>
#include <hv/x86.h>

#include <lib/string.h>

#define ENTRY_PRESENT_RW_NX (UINT64_C(0x8000000000000003))
#define ENTRY_UNCACHED      UINT64_C(0x18)
#define WINDOW_GUEST  0u
#define WINDOW_DEVICE 1u

static uint64_t window_address(const struct cpu *cpu, unsigned slot)
{
    return HV_VA_WINDOWS + (cpu->vp_index * HV_WINDOWS + slot) * PAGE_SIZE;
}

static void *window_open(struct cpu *cpu, unsigned slot, hpa_t page)
{
    cpu->window_entries[slot] = page.value | ENTRY_PRESENT_RW_NX;
    invlpg(window_address(cpu, slot));
    return (void *)window_address(cpu, slot);
}

static void window_close(struct cpu *cpu, unsigned slot)
{
    cpu->window_entries[slot] = 0;
    invlpg(window_address(cpu, slot));
}

static volatile void *device_open(struct cpu *cpu, gpa_t address)
{
    uint8_t *page = window_open(cpu, WINDOW_DEVICE, hpa(gpa_page(address).value | ENTRY_UNCACHED));

    return page + (address.value & PAGE_MASK);
}

uint32_t device_read(struct cpu *cpu, gpa_t address)
{
    uint32_t value = *(volatile uint32_t *)device_open(cpu, address);

    window_close(cpu, WINDOW_DEVICE);
    return value;
}

void device_write(struct cpu *cpu, gpa_t address, unsigned size, uint64_t value)
{
    volatile void *at = device_open(cpu, address);

    switch (size) {
    case 1: *(volatile uint8_t *)at = (uint8_t)value; break;
    case 2: *(volatile uint16_t *)at = (uint16_t)value; break;
    case 4: *(volatile uint32_t *)at = (uint32_t)value; break;
    default: *(volatile uint64_t *)at = value; break;
    }
    window_close(cpu, WINDOW_DEVICE);
}

static bool inside_one_page(gpa_t address, size_t size)
{
    return size > 0 && (address.value & PAGE_MASK) + size <= PAGE_SIZE;
}

/*
 * The rights are asked under the lock that changes them, and the copy is done
 * under it too: a page cannot become VTL1's between the question and the use.
 */
static bool copy(struct cpu *cpu, enum vtl vtl, gpa_t address, void *buffer, size_t size, unsigned right)
{
    uint8_t *at;
    bool allowed;

    if (!inside_one_page(address, size) || !partition_is_ram(address)) {
        return false;
    }
    spin_lock(&partition.slat_lock);
    allowed = (slat_get_rights(&partition.slat[vtl], address) & right) != 0;
    if (allowed) {
        at = window_open(cpu, WINDOW_GUEST, hpa_from_gpa(gpa_page(address)));
        at += address.value & PAGE_MASK;
        if (right == SLAT_W) {
            memcpy(at, buffer, size);
        } else {
            memcpy(buffer, at, size);
        }
        window_close(cpu, WINDOW_GUEST);
    }
    spin_unlock(&partition.slat_lock);
    return allowed;
}

bool guest_read(struct cpu *cpu, enum vtl vtl, gpa_t from, void *to, size_t size)
{
    return copy(cpu, vtl, from, to, size, SLAT_R);
}

bool guest_write(struct cpu *cpu, enum vtl vtl, gpa_t to, const void *from, size_t size)
{
    return copy(cpu, vtl, to, (void *)from, size, SLAT_W);
}

static void exchange(void *at, size_t size, uint64_t *expected, uint64_t desired)
{
    uint32_t narrow = (uint32_t)*expected;

    if (size == 8) {
        __atomic_compare_exchange_n((uint64_t *)at, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    } else {
        __atomic_compare_exchange_n((uint32_t *)at, &narrow, (uint32_t)desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        *expected = narrow;
    }
}

bool guest_exchange(struct cpu *cpu, enum vtl vtl, gpa_t at, size_t size, uint64_t *expected, uint64_t desired)
{
    bool allowed;

    if (!inside_one_page(at, size) || !partition_is_ram(at)) {
        return false;
    }
    spin_lock(&partition.slat_lock);
    allowed = (slat_get_rights(&partition.slat[vtl], at) & SLAT_RW) == SLAT_RW;
    if (allowed) {
        uint8_t *page = window_open(cpu, WINDOW_GUEST, hpa_from_gpa(gpa_page(at)));

        exchange(page + (at.value & PAGE_MASK), size, expected, desired);
        window_close(cpu, WINDOW_GUEST);
    }
    spin_unlock(&partition.slat_lock);
    return allowed;
}

void guest_zero_page(struct cpu *cpu, gpa_t page)
{
    CHECK(partition_is_ram(page));
    memset(window_open(cpu, WINDOW_GUEST, hpa_from_gpa(gpa_page(page))), 0, PAGE_SIZE);
    window_close(cpu, WINDOW_GUEST);
}

struct table_reader {
    struct cpu *cpu;
    enum vtl vtl;
};

static bool read_table_entry(void *self, gpa_t address, void *to, size_t size)
{
    struct table_reader *reader = self;

    return guest_read(reader->cpu, reader->vtl, address, to, size);
}

struct walk_context guest_walk_context(const struct cpu *cpu, enum vtl vtl)
{
    return (struct walk_context){
        .cr0 = vendor->get(cpu, vtl, VREG_CR0),
        .cr3 = vendor->get(cpu, vtl, VREG_CR3),
        .cr4 = vendor->get(cpu, vtl, VREG_CR4),
        .efer = vendor->get(cpu, vtl, VREG_EFER),
        .user = vendor->privilege(cpu, vtl) == 3,
    };
}

enum walk_result guest_translate(struct cpu *cpu, enum vtl vtl, const struct walk_context *context, gva_t address, gpa_t *out)
{
    struct table_reader self = { cpu, vtl };
    struct walk_reader reader = { .read = read_table_entry, .self = &self };

    return walk_translate(context, &reader, address, out);
}

static gva_t instruction_address(const struct cpu *cpu)
{
    struct hv_x64_segment_register cs;
    uint64_t rip = vendor->get(cpu, cpu->active, VREG_RIP);

    if (in_64_bit_code(cpu, cpu->active)) {
        return gva(rip);
    }
    vendor->get_segment(cpu, cpu->active, VSEG_CS, &cs);
    return gva((uint32_t)(cs.base + rip));
}

size_t guest_fetch(struct cpu *cpu, uint8_t *to, size_t size)
{
    struct walk_context context = guest_walk_context(cpu, cpu->active);
    gva_t at = instruction_address(cpu);
    size_t done = 0;

    context.fetch = true;
    while (done < size) {
        size_t left = PAGE_SIZE - (at.value & PAGE_MASK);
        size_t part = size - done < left ? size - done : left;
        gpa_t physical;

        if (guest_translate(cpu, cpu->active, &context, at, &physical) != WALK_OK
            || !guest_read(cpu, cpu->active, physical, to + done, part)) {
            break;
        }
        done += part;
        at.value += part;
    }
    return done;
}
