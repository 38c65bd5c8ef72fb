/* What VTL1 finds at its first entry, walked and read as VTL1 would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <page_map.h>
#include <vtl1_region.h>

#include <cmocka.h>

#define REGION_SIZE (UINT64_C(4) << 20)
#define CODE_BYTE   0xC1
#define OWNER_BYTE  0x5A

static uint8_t code[0x1800];
static uint8_t trustlet[0x2345];
static struct image_owner owner;
static const struct vtl1_boot_root root = { .secret = { 1 }, .pcrs = { { 2 }, { 3 }, { 4 } }, .from_tpm = 1 };

static uint64_t region_base;

static struct vtl1_files files(void)
{
    return (struct vtl1_files){
        .image = { .file = code,
                   .base = VTL1_KERNEL_BASE,
                   .size = 0x5000,
                   .entry = VTL1_KERNEL_BASE + 0x40,
                   .segment_count = 3,
                   .segments = { { .address = VTL1_KERNEL_BASE, .file_size = 0x1800, .memory_size = 0x1800, .executable = true },
                                 { .address = VTL1_KERNEL_BASE + 0x2000, .file_size = 0x10, .memory_size = 0x10 },
                                 { .address = VTL1_KERNEL_BASE + 0x3000, .memory_size = 0x2000, .writable = true } } },
        .trustlet = { trustlet, sizeof(trustlet) },
        .measured = { .hypervisor = { 1 }, .secure_kernel = { 2 }, .secure_kernel_version = 3, .secure_kernel_flags = 4,
                      .tpm_pcrs = 5, .tpm_banks = 6 },
    };
}

static int setup(void **state)
{
    (void)state;
    memset(code, CODE_BYTE, sizeof(code));
    memset(&owner, OWNER_BYTE, sizeof(owner));
    for (size_t i = 0; i < sizeof(trustlet); i++) {
        trustlet[i] = (uint8_t)(i * 7);
    }
    region_base = (uint64_t)(uintptr_t)aligned_alloc(SIZE_2M, REGION_SIZE);
    memset((void *)(uintptr_t)region_base, 0, REGION_SIZE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free((void *)(uintptr_t)region_base);
    return 0;
}

static struct region region_of(uint64_t size)
{
    return (struct region){ region_base, size, region_base };
}

static struct range_list around(struct hv_range ranges[3])
{
    ranges[0] = (struct hv_range){ 0, 0xA0000 };
    ranges[1] = (struct hv_range){ 0x100000, region_base + REGION_SIZE + 0x5000 - 0x100000 };
    ranges[2] = (struct hv_range){ region_base + 2 * REGION_SIZE, 0x1000 };
    return (struct range_list){ ranges, 3, 3 };
}

static uint64_t walk(uint64_t root, uint64_t va)
{
    uint64_t entry = root;

    for (int level = 4; level >= 1; level--) {
        entry = ((const uint64_t *)(uintptr_t)(entry & MAP_ADDRESS))[(va >> (12 + 9 * (level - 1))) & 0x1FF];
        if ((entry & MAP_PRESENT) == 0) {
            return 0;
        }
        if (level == 2 && (entry & MAP_LARGE) != 0) {
            return (entry & ~(MAP_LARGE | MAP_ACCESSED | MAP_DIRTY)) + (va & (SIZE_2M - 1) & ~PAGE_MASK);
        }
    }
    return entry & ~(MAP_ACCESSED | MAP_DIRTY);
}

static void test_boot_block(void **state)
{
    struct hv_range ranges[3];
    struct range_list ram = around(ranges);
    struct region region = region_of(REGION_SIZE);
    struct vtl1_files f = files();
    struct vtl1_entry entry;
    const struct vtl1_boot_block *block = (const struct vtl1_boot_block *)(uintptr_t)region_base;

    (void)state;
    assert_null(vtl1_region_fill(&region, &f, &ram, 4, &owner, &root, &entry));
    assert_int_equal(entry.boot_block.value, region_base);
    assert_true(block->magic == VTL1_BOOT_MAGIC && block->region_base == region_base && block->region_size == REGION_SIZE);
    assert_int_equal(block->processor_count, 4);
    assert_memory_equal(&block->owner, &owner, sizeof(owner));
    assert_memory_equal(&block->measured, &f.measured, sizeof(f.measured));
    assert_memory_equal(&block->root, &root, sizeof(root));
    assert_true(block->kernel_base >= region_base + PAGE_SIZE && block->kernel_size == 0x5000);
    assert_memory_equal((void *)(uintptr_t)block->kernel_base, code, sizeof(code));
    assert_int_equal(block->trustlet_count, 1);
    assert_int_equal(block->trustlets[0].size, sizeof(trustlet));
    assert_memory_equal((void *)(uintptr_t)block->trustlets[0].base, trustlet, sizeof(trustlet));
    assert_true(block->free_base % PAGE_SIZE == 0 && block->free_base >= block->trustlets[0].base + sizeof(trustlet));
    for (const uint8_t *at = (uint8_t *)(uintptr_t)block->free_base; at < (uint8_t *)(uintptr_t)(region_base + REGION_SIZE); at++) {
        assert_int_equal(*at, 0);
    }
    assert_int_equal(block->ram_range_count, 4); /* the region splits the range around it */
    assert_true(block->ram[1].base == 0x100000 && block->ram[1].base + block->ram[1].size == region_base);
    assert_true(block->ram[2].base == region_base + REGION_SIZE && block->ram[2].size == 0x5000);
    assert_true(block->ram[3].base == ranges[2].base && block->ram[3].size == ranges[2].size);
}

static void test_address_space(void **state)
{
    struct hv_range ranges[3];
    struct range_list ram = around(ranges);
    struct region region = region_of(REGION_SIZE);
    struct vtl1_files f = files();
    struct vtl1_entry entry;
    const struct vtl1_boot_block *block = (const struct vtl1_boot_block *)(uintptr_t)region_base;
    uint64_t top;

    (void)state;
    assert_null(vtl1_region_fill(&region, &f, &ram, 1, &owner, &root, &entry));
    top = entry.context.cr3;
    assert_true(top >= region_base && top < region_base + REGION_SIZE);
    assert_int_equal(walk(top, VTL1_KERNEL_BASE), block->kernel_base | MAP_RX);
    assert_int_equal(walk(top, VTL1_KERNEL_BASE + 0x1000), (block->kernel_base + 0x1000) | MAP_RX);
    assert_int_equal(walk(top, VTL1_KERNEL_BASE + 0x2000), (block->kernel_base + 0x2000) | MAP_R);
    assert_int_equal(walk(top, VTL1_KERNEL_BASE + 0x4000), (block->kernel_base + 0x4000) | MAP_RW);
    assert_int_equal(walk(top, VTL1_KERNEL_BASE + 0x5000), 0);
    for (uint64_t offset = 0; offset < REGION_SIZE; offset += PAGE_SIZE) {
        assert_int_equal(walk(top, VTL1_DIRECT_MAP + offset), (region_base + offset) | MAP_RW);
    }
    assert_int_equal(walk(top, VTL1_DIRECT_MAP + REGION_SIZE), 0);
    assert_int_equal(walk(top, region_base), 0);
}

static void test_context(void **state)
{
    struct hv_range ranges[3];
    struct range_list ram = around(ranges);
    struct region region = region_of(REGION_SIZE);
    struct vtl1_files f = files();
    struct vtl1_entry entry;
    const struct vtl1_boot_block *block = (const struct vtl1_boot_block *)(uintptr_t)region_base;
    uint64_t stack;

    (void)state;
    assert_null(vtl1_region_fill(&region, &f, &ram, 1, &owner, &root, &entry));
    assert_int_equal(entry.context.rip, VTL1_KERNEL_BASE + 0x40);
    assert_true(entry.context.cs.attributes == 0xA09B && entry.context.ss.attributes == 0xC093 && entry.context.tr.attributes == 0x8B);
    assert_true(entry.context.efer == 0xD01 && entry.context.cr0 == 0x80010033 && entry.context.cr4 == 0xA0);
    stack = entry.context.rsp - PAGE_SIZE - VTL1_DIRECT_MAP + region_base;
    assert_true(stack % PAGE_SIZE == 0 && stack >= block->trustlets[0].base + sizeof(trustlet) && stack < block->free_base);
}

static void test_no_trustlet(void **state)
{
    struct hv_range ranges[3];
    struct range_list ram = around(ranges);
    struct region region = region_of(REGION_SIZE);
    struct vtl1_files f = files();
    struct vtl1_entry entry;

    (void)state;
    f.trustlet = (struct esp_file){ 0 };
    assert_null(vtl1_region_fill(&region, &f, &ram, 1, &owner, &root, &entry));
    assert_int_equal(((const struct vtl1_boot_block *)(uintptr_t)region_base)->trustlet_count, 0);
}

/* Every size that is too small is refused, and nothing is written behind it (ASan). */
static void test_too_small(void **state)
{
    struct hv_range ranges[3];
    struct range_list ram = around(ranges);
    struct vtl1_files f = files();
    struct vtl1_entry entry;
    unsigned refused = 0;

    (void)state;
    for (uint64_t size = PAGE_SIZE; size < 40 * PAGE_SIZE; size += PAGE_SIZE) {
        struct region region;
        const char *problem;

        memset((void *)(uintptr_t)region_base, 0, REGION_SIZE);
        region = region_of(size);
        problem = vtl1_region_fill(&region, &f, &ram, 1, &owner, &root, &entry);
        assert_true(problem != NULL || size > 18 * PAGE_SIZE);
        assert_int_equal(*(uint8_t *)(uintptr_t)(region_base + size), 0);
        refused += problem != NULL;
    }
    assert_true(refused >= 18 && refused < 39);
}

static void test_too_many_pieces(void **state)
{
    struct hv_range ranges[VTL1_MAX_RAM_RANGES + 1];
    struct range_list ram = { ranges, VTL1_MAX_RAM_RANGES, VTL1_MAX_RAM_RANGES };
    struct vtl1_files f = files();
    struct region region = region_of(REGION_SIZE);
    struct vtl1_entry entry;

    (void)state;
    for (uint32_t i = 0; i <= VTL1_MAX_RAM_RANGES; i++) {
        ranges[i] = (struct hv_range){ (i + 1) * 0x10000, 0x1000 };
    }
    assert_null(vtl1_region_fill(&region, &f, &ram, 1, &owner, &root, &entry));
    memset((void *)(uintptr_t)region_base, 0, REGION_SIZE);
    region = region_of(REGION_SIZE);
    ram.count = VTL1_MAX_RAM_RANGES + 1;
    assert_string_equal(vtl1_region_fill(&region, &f, &ram, 1, &owner, &root, &entry), "RAM is in too many pieces for VTL1's boot block");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_boot_block, setup, teardown),
        cmocka_unit_test_setup_teardown(test_address_space, setup, teardown),
        cmocka_unit_test_setup_teardown(test_context, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_trustlet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_small, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_pieces, setup, teardown),
    };

    return cmocka_run_group_tests_name("boot-vtl1-region", tests, NULL, NULL);
}
