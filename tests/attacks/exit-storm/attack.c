/* Whatever exits to the hypervisor, by chance, thousands of times: it goes on, and VTL1 answers in between. */
#include "attack_rows.h"

#include <vtl0/exceptions.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define ROUNDS     20000u
#define CHECK_EACH 500u
#define SEED       UINT64_C(0x45584954)
#define MULTIPLIER UINT64_C(6364136223846793005)

static void exit_once(uint64_t random)
{
    uint32_t word = (uint32_t)(random >> 16);
    struct attack_result ignored = { 0 };
    uint64_t value;

    switch (random >> 61) {
    case 0: (void)cpuid(word, (uint32_t)random); break;
    case 1: rdmsr_safe(word, &value); break;
    case 2: wrmsr_safe(0x40000200 + word % 0x1000, random); break;
    case 3: (void)inb((uint16_t)(0x81 + word % 0xF)); break;
    case 4: outb((uint16_t)(0xE0 + word % 0x10), (uint8_t)random); break;
    case 5: vsm_hypercall(0x7000 + word % 0x1000, random, random); break;
    case 6: vsm_vtl_call(random & ~UINT64_C(0xFFF)); break;
    default: attack_touch(attack_places.vtl1_base + (word & 0xF) * PAGE_SIZE, ACCESS_READ, VIA_ALIAS_4K, &ignored); break;
    }
}

static void storm(const struct attack *attack, struct attack_result *result)
{
    uint64_t random = SEED;
    unsigned unanswered = 0;
    struct secure_info info;

    for (unsigned i = 0; i < ROUNDS; i++) {
        random = random * MULTIPLIER + 1;
        if (!attack->control) {
            exit_once(random);
        }
        if (i % CHECK_EACH == 0) {
            unanswered += !(secure_get_info(&info) && info.region_base == attack_places.vtl1_base);
        }
    }
    result->rip_advanced = true;
    result->outcome = unanswered == 0 && !attack->control ? OUTCOME_REFUSED : OUTCOME_OK;
    attack_detail(result, "seed=%lx,rounds=%u,unanswered=%u", SEED, ROUNDS, unanswered);
}

ATTACK("exit-storm",
    { .id = "exit-storm-control", .run = storm, .target = TARGET_CONTROL, .access = ACCESS_INSTRUCTION, .expected = EXPECT_OK,
      .control = true, .alone = true },
    { .id = "exit-storm-all", .run = storm, .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, .expected = EXPECT_REFUSED,
      .alone = true },
);
