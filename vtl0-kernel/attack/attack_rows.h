/* Short forms of rows, by what they attack. attack_internal.h says what each field is. */
#pragma once

#include "attack_internal.h"

#define TOUCH(name, in, at, what, how, expect, is_control) \
    { .id = (name), .run = attack_memory, .target = (in), .place = (at), .access = (what), .via = (how), .expected = (expect), \
      .control = (is_control) }

/* One access through each kind of mapping. */
#define TOUCH_VIA_ALL(name, in, at, what, expect, is_control) \
    TOUCH(name, in, at, what, VIA_DIRECT, expect, is_control), \
    TOUCH(name "-alias-4k", in, at, what, VIA_ALIAS_4K, expect, is_control), \
    TOUCH(name "-alias-2m", in, at, what, VIA_ALIAS_2M, expect, is_control), \
    TOUCH(name "-user", in, at, what, VIA_USER, expect, is_control)

#define REFUSED_TOUCH(name, in, at, what) TOUCH_VIA_ALL(name, in, at, what, EXPECT_GP, false)

/* The same access to a page that nothing protects. */
#define CONTROL_TOUCH(name, what) TOUCH_VIA_ALL(name, TARGET_CONTROL, PLACE_CONTROL, what, EXPECT_OK, true)

#define SWEEP(name, in, what) \
    { .id = name, .run = attack_sweep, .target = (in), .access = (what), .via = VIA_ALIAS_2M, .expected = EXPECT_GP }

#define CONTROL_SWEEP(name, what) \
    { .id = name, .run = attack_sweep, .target = TARGET_CONTROL, .access = (what), .via = VIA_ALIAS_2M, .expected = EXPECT_OK, \
      .control = true }

#define WALK(name, in, at, entry_level, expect, is_control) \
    { .id = name, .run = attack_walk, .target = (in), .place = (at), .access = ACCESS_WALK, .number = (entry_level), \
      .expected = (expect), .control = (is_control) }

#define HYPERCALL(name, function, in, at, value) \
    { .id = name, .run = (function), .target = (in), .place = (at), .access = ACCESS_HYPERCALL, .number = (value), \
      .expected = EXPECT_REFUSED }

#define BUFFER(name, in, at, what, expect) \
    { .id = name, .run = attack_buffer, .target = (in), .place = (at), .access = ACCESS_HYPERCALL, .number = (what), \
      .expected = (expect), .control = (in) == TARGET_CONTROL }

#define OVERLAY(name, in, at, msr, expect) \
    { .id = name, .run = attack_overlay, .target = (in), .place = (at), .access = ACCESS_MSR, .number = (msr), \
      .expected = (expect), .control = (in) == TARGET_CONTROL }

#define INSTRUCTION(name, function, value) \
    { .id = name, .run = (function), .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, .number = (value), \
      .expected = EXPECT_UD }

#define ROUTINE(code) ((uint64_t)(uintptr_t)(code))

#define MSR(name, value) \
    { .id = name, .run = attack_msr, .target = TARGET_HYPERVISOR, .access = ACCESS_MSR, .number = (value), \
      .expected = EXPECT_GP | EXPECT_REFUSED }

/* What a processor itself refuses to have written: here reading must be refused as well. */
#define HIDDEN_MSR(name, value) \
    { .id = name, .run = attack_hidden_msr, .target = TARGET_HYPERVISOR, .access = ACCESS_MSR, .number = (value), \
      .expected = EXPECT_GP }

#define FRAME(name, function, at, value) \
    { .id = name, .run = (function), .target = TARGET_SECUREKERNEL, .place = (at), .access = ACCESS_FRAME, \
      .number = (value), .expected = EXPECT_REFUSED }

/* A frame that nothing is wrong with: attack_frame.c's last one. */
#define FRAME_WELL_FORMED 13
#define CONTROL_FRAME(name) \
    { .id = name, .run = attack_frame_field, .target = TARGET_CONTROL, .access = ACCESS_FRAME, .number = FRAME_WELL_FORMED, \
      .expected = EXPECT_OK, .control = true }

/* The same with a trustlet that the function starts. */
#define STARTING_FRAME(name, function, value) \
    { .id = name, .run = (function), .target = TARGET_SECUREKERNEL, .access = ACCESS_FRAME, .number = (value), \
      .expected = EXPECT_REFUSED, .starts = true }

#define IPI(name, function) \
    { .id = name, .run = (function), .target = TARGET_PROCESSOR, .access = ACCESS_IPI, \
      .expected = EXPECT_OK | EXPECT(OUTCOME_SKIPPED) }

#define PORT(name, function, value) \
    { .id = name, .run = (function), .target = TARGET_HYPERVISOR, .access = ACCESS_PORT, .number = (value), \
      .expected = EXPECT_REFUSED | EXPECT(OUTCOME_SKIPPED) }

#define DMA(name, in, at) \
    { .id = name, .run = attack_dma, .target = (in), .place = (at), .access = ACCESS_DMA, .expected = EXPECT_REFUSED }

#define PCI(name, device, function, offset, bits) \
    { .id = name, .run = attack_pci, .target = TARGET_HYPERVISOR, .access = ACCESS_PCI, \
      .number = ((uint64_t)(bits) << 32) | ((device) << 11) | ((function) << 8) | (offset), \
      .expected = EXPECT_REFUSED | EXPECT(OUTCOME_SKIPPED) }

#define MESSAGE(name, in, message, way, expect) \
    { .id = name, .run = attack_message, .target = (in), .place = PLACE_VTL1_FIRST, .access = ACCESS_PCI, \
      .number = ((uint64_t)(way) << 32) | (message), .expected = (expect) | EXPECT(OUTCOME_SKIPPED), \
      .control = (in) == TARGET_CONTROL }

#define RESET(port, value) (((uint64_t)(value) << 32) | (port))

/* No outcome is right: that the machine has ended is seen outside. */
#define END(name, function, in, at, value) \
    { .id = name, .run = (function), .target = (in), .place = (at), .access = ACCESS_END, .number = (value), .alone = true }

#define VTL1_INPUT 0x11u

/* A fault of the caller and a refusal that changes nothing are equally good. */
#define EXPECT_DENIED (EXPECT_REFUSED | EXPECT_GP)

/* A register of an interrupt controller or a timer, and what it is told. */
#define DEVICE_REGISTER(name, function, offset, value, expect) \
    { .id = name, .run = (function), .target = TARGET_PROCESSOR, .access = ACCESS_IPI, \
      .number = (uint64_t)(value) << 32 | (offset), .expected = (expect), .control = (expect) == EXPECT_OK }

/* A feature that must not show: leaf, word (0 to 3: EAX to EDX) and bit of CPUID. */
#define HIDDEN_FEATURE(name, leaf, word, bit) \
    { .id = name, .run = attack_feature, .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, \
      .number = (uint64_t)((word) << 8 | (bit)) << 32 | (leaf), .expected = EXPECT_REFUSED }

/* A value that a register must not take, and as the control one that it takes. */
#define VALUE(name, function, value, expect) \
    { .id = name, .run = (function), .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, .number = (value), \
      .expected = (expect), .control = (expect) == EXPECT_OK }
