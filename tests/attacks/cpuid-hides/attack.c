#include "attack_rows.h"

ATTACK("cpuid-hides",
    { .id = "cpuid-control", .run = attack_feature, .target = TARGET_CONTROL, .access = ACCESS_INSTRUCTION,
      .number = UINT64_C(0x21F) << 32 | 1, .expected = EXPECT_OK, .control = true },
    HIDDEN_FEATURE("cpuid-svm", 0x80000001, 2, 2),
    HIDDEN_FEATURE("cpuid-skinit", 0x80000001, 2, 12),
    HIDDEN_FEATURE("cpuid-vmx", 1, 2, 5),
    HIDDEN_FEATURE("cpuid-smx", 1, 2, 6),
    HIDDEN_FEATURE("cpuid-monitor", 1, 2, 3),
    HIDDEN_FEATURE("cpuid-x2apic", 1, 2, 21),
    HIDDEN_FEATURE("cpuid-svm-leaf", 0x8000000A, 3, 0),
);
