/* The boot block's check: one good block, and one change at a time that must be noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/boot_block.h>

#define BASE       UINT64_C(0x3C000000)
#define SIZE       UINT64_C(0x1000000)
#define IMAGE_SIZE UINT64_C(0x33000)

static struct vtl1_boot_block good(void)
{
    return (struct vtl1_boot_block){
        .magic = VTL1_BOOT_MAGIC,
        .region_base = BASE,
        .region_size = SIZE,
        .free_base = BASE + 0x100000,
        .kernel_base = BASE + 0x20000,
        .kernel_size = IMAGE_SIZE,
        .processor_count = 2,
        .trustlet_count = 1,
        .trustlets = { { BASE + 0x60000, 0x50123 } },
        .ram_range_count = 2,
        .owner = { .magic = IMAGE_OWNER_MAGIC, .version = IMAGE_OWNER_VERSION, .key_hash = { 1 } },
        .ram = { { 0x1000, 0x9E000 }, { 0x100000, BASE - 0x100000 } },
    };
}

static void expect_refused(const struct vtl1_boot_block *block)
{
    assert_false(boot_block_check(block, IMAGE_SIZE));
}

static void a_good_block_is_accepted(void **state)
{
    struct vtl1_boot_block block = good();

    (void)state;
    assert_true(boot_block_check(&block, IMAGE_SIZE));
    block.trustlet_count = 0;
    block.ram_range_count = 0;
    block.processor_count = VTL1_MAX_PROCESSORS;
    assert_true(boot_block_check(&block, IMAGE_SIZE));
}

#define EXPECT_REFUSED_WITH(field, value)     \
    do {                                      \
        struct vtl1_boot_block block = good(); \
                                              \
        block.field = (value);                \
        expect_refused(&block);               \
    } while (0)

static void each_header_field_is_checked(void **state)
{
    (void)state;
    EXPECT_REFUSED_WITH(magic, 0);
    EXPECT_REFUSED_WITH(magic, VTL1_BOOT_MAGIC + 1);
    EXPECT_REFUSED_WITH(region_base, BASE + 0x1000);
    EXPECT_REFUSED_WITH(region_size, 0);
    EXPECT_REFUSED_WITH(region_size, SIZE + 1);
    EXPECT_REFUSED_WITH(region_size, UINT64_C(0x200000));
    EXPECT_REFUSED_WITH(region_size, UINT64_C(65) << 20);
    EXPECT_REFUSED_WITH(region_size, UINT64_MAX & ~UINT64_C(0xFFF));
    EXPECT_REFUSED_WITH(free_base, BASE + 0x100001);
    EXPECT_REFUSED_WITH(free_base, BASE - 0x1000);
    EXPECT_REFUSED_WITH(free_base, BASE + SIZE);
    EXPECT_REFUSED_WITH(free_base, UINT64_MAX & ~UINT64_C(0xFFF));
    EXPECT_REFUSED_WITH(kernel_base, BASE + 0x20800);
    EXPECT_REFUSED_WITH(kernel_base, BASE - 0x1000);
    EXPECT_REFUSED_WITH(kernel_base, BASE + 0x100000);
    EXPECT_REFUSED_WITH(kernel_size, IMAGE_SIZE - 1);
    EXPECT_REFUSED_WITH(kernel_size, UINT64_MAX);
    EXPECT_REFUSED_WITH(processor_count, 0);
    EXPECT_REFUSED_WITH(processor_count, VTL1_MAX_PROCESSORS + 1);
    EXPECT_REFUSED_WITH(trustlet_count, VTL1_MAX_TRUSTLETS + 1);
    EXPECT_REFUSED_WITH(ram_range_count, VTL1_MAX_RAM_RANGES + 1);
}

static void a_tpm_gives_a_secret_and_nothing_else_does(void **state)
{
    struct vtl1_boot_block block = good();

    (void)state;
    block.measured.tpm_pcrs = 1u << MEASURED_PCR_CODE;
    expect_refused(&block);
    block.root.from_tpm = 1;
    assert_true(boot_block_check(&block, IMAGE_SIZE));
    EXPECT_REFUSED_WITH(root.from_tpm, 1);
    block.root.from_tpm = 2;
    expect_refused(&block);
    EXPECT_REFUSED_WITH(root.reserved, 1);
}

static void trustlets_must_be_inside_and_below_free_memory(void **state)
{
    (void)state;
    EXPECT_REFUSED_WITH(trustlets[0].size, 0);
    EXPECT_REFUSED_WITH(trustlets[0].size, 0xA0001);
    EXPECT_REFUSED_WITH(trustlets[0].size, UINT64_MAX);
    EXPECT_REFUSED_WITH(trustlets[0].base, BASE - 1);
    EXPECT_REFUSED_WITH(trustlets[0].base, BASE + 0x100000);
    EXPECT_REFUSED_WITH(trustlet_count, 2); /* the second one is empty */
}

static void ranges_must_ascend_and_leave_the_region_out(void **state)
{
    (void)state;
    EXPECT_REFUSED_WITH(ram[0].size, 0);
    EXPECT_REFUSED_WITH(ram[0].base, 0x100000);
    EXPECT_REFUSED_WITH(ram[0].size, 0x100000);
    EXPECT_REFUSED_WITH(ram[1].size, BASE - 0x100000 + 1);
    EXPECT_REFUSED_WITH(ram[1].size, UINT64_MAX);
    EXPECT_REFUSED_WITH(ram[1].base, BASE + SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_block_is_accepted),
        cmocka_unit_test(each_header_field_is_checked),
        cmocka_unit_test(a_tpm_gives_a_secret_and_nothing_else_does),
        cmocka_unit_test(trustlets_must_be_inside_and_below_free_memory),
        cmocka_unit_test(ranges_must_ascend_and_leave_the_region_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
