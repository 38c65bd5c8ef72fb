/* Feeds the fuzzer's entry with a valid file, mutated by a fixed random sequence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char seed_text[] = "# comment\nvtl0.program = \\EFI\\openvsm\\vtl0.efi\nvtl0.options = mode=demo\n"
                                "vtl1.securekernel = \\EFI\\openvsm\\securekernel.img\nvtl1.memory = 16\nlog.level = info\n";

static uint64_t random_state = 0x9E3779B97F4A7C15u;

static uint32_t next_random(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

static size_t mutate(uint8_t *data, size_t size)
{
    for (uint32_t changes = 1 + next_random(4); changes > 0 && size > 1; changes--) {
        size_t at = next_random((uint32_t)size);

        switch (next_random(4)) {
        case 0:
            data[at] = (uint8_t)next_random(256);
            break;
        case 1:
            data[at] = (uint8_t)"=#\n\r\t \\"[next_random(7)];
            break;
        case 2:
            size = at + 1;
            break;
        default: /* repeat a piece over another place */
            memmove(data + at, data + next_random((uint32_t)size - (uint32_t)(size - at) + 1), (size - at) / 2);
            break;
        }
    }
    return size;
}

static void test_mutated_files(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t data[sizeof(seed_text)];
        size_t size = sizeof(seed_text) - 1;
        uint8_t *exact;

        memcpy(data, seed_text, sizeof(seed_text));
        size = mutate(data, size);
        exact = malloc(size);
        memcpy(exact, data, size);
        assert_int_equal(LLVMFuzzerTestOneInput(exact, size), 0);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_mutated_files) };

    return cmocka_run_group_tests_name("boot-config-random", tests, NULL, NULL);
}
