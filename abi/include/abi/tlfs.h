/*
 * What OpenVSM implements of the Hyper-V Top Level Functional Specification:
 * the lists and layouts of abi/vsm.list, and the values that their fields
 * take. Names are the TLFS's. All values are little-endian; every layout
 * asserts its own size and offsets.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/hypercalls.h>
#include <abi/layouts.h>

#define HV_VP_REGISTER(number, name, ...) HV_REGISTER_##name = (number),
enum hv_register_name {
#include <abi/vp_registers.def>
};
#undef HV_VP_REGISTER

#define HV_SYNTHETIC_MSR(number, name) HV_MSR_##name = (number),
enum hv_synthetic_msr {
#include <abi/synthetic_msrs.def>
};
#undef HV_SYNTHETIC_MSR

/* Enable bit and page number common to HYPERCALL, REFERENCE_TSC, VP_ASSIST_PAGE, SIMP, SIEFP. */
#define HV_MSR_PAGE_ENABLE   UINT64_C(0x1)
#define HV_MSR_PAGE_LOCKED   UINT64_C(0x2) /* HYPERCALL only */
#define HV_MSR_PAGE_GPA(v)   ((v) & ~UINT64_C(0xFFF))

#define HV_SINT_VECTOR(v)    ((uint8_t)(v))
#define HV_SINT_MASKED       (UINT64_C(1) << 16)
#define HV_SINT_AUTO_EOI     (UINT64_C(1) << 17)
#define HV_SINT_POLLING      (UINT64_C(1) << 18)
#define HV_SINT_RESET        HV_SINT_MASKED

/* STIMERn_CONFIG; COUNT follows each. */
#define HV_STIMERS            4u
#define HV_STIMER_ENABLED     UINT64_C(0x1)
#define HV_STIMER_PERIODIC    UINT64_C(0x2)
#define HV_STIMER_LAZY        UINT64_C(0x4)
#define HV_STIMER_AUTO_ENABLE UINT64_C(0x8)
#define HV_STIMER_DIRECT      UINT64_C(0x1000)
#define HV_STIMER_VECTOR(v)   ((uint8_t)((v) >> 4))
#define HV_STIMER_SINT(v)     ((unsigned)((v) >> 16 & 0xF))
#define HV_STIMER_RESERVED    (~UINT64_C(0xF1FFF))

/* CRASH_CTL: the first two are supported; no dump, and what crashed before the system ran, are taken and mean nothing here. */
#define HV_CRASH_NOTIFY       (UINT64_C(1) << 63)
#define HV_CRASH_MESSAGE      (UINT64_C(1) << 62) /* at P3, P4 bytes */
#define HV_CRASH_NO_DUMP      (UINT64_C(1) << 61)
#define HV_CRASH_PRE_OS       (UINT64_C(7) << 58)
#define HV_CRASH_SUPPORTED    (HV_CRASH_NOTIFY | HV_CRASH_MESSAGE)
#define HV_CRASH_KNOWN        (HV_CRASH_SUPPORTED | HV_CRASH_NO_DUMP | HV_CRASH_PRE_OS)

/* CPUID leaves (TLFS, "Feature and Interface Discovery"). */
#define HV_CPUID_VENDOR_AND_MAX 0x40000000u
#define HV_CPUID_INTERFACE      0x40000001u
#define HV_CPUID_VERSION        0x40000002u
#define HV_CPUID_FEATURES       0x40000003u
#define HV_CPUID_ENLIGHTENMENT  0x40000004u
#define HV_CPUID_LIMITS         0x40000005u
#define HV_CPUID_HARDWARE       0x40000006u
#define HV_CPUID_INTERFACE_HV1  0x31237648u /* "Hv#1" */

/*
 * Privileges advertised (F3): VP runtime, reference counter, AccessSynicRegs, synthetic timers, APIC MSRs, hypercall MSRs, VP
 * index, reset, reference TSC, guest idle, frequency MSRs; PostMessages, SignalEvents, AccessVsm, AccessVpRegisters, extended
 * hypercalls, StartVirtualProcessor. Features: XMM registers for hypercall input and output, guest idle, frequency MSRs, crash
 * MSRs, SINT polling, direct timers. Hints: flush other processors and send IPIs by hypercall, HV_VP_SET calls.
 */
#define HV_FEATURES_EAX 0x00000EFFu
#define HV_FEATURES_EBX 0x00330030u
#define HV_FEATURES_EDX 0x000A8530u
#define HV_HINTS_EAX    0x00000C04u

/* Beside HV_FEATURES_EAX, where the time stamp counters are invariant and in step: see hv/clock.h. */
#define HV_FEATURE_TSC_INVARIANT (1u << 15)

/* Of HV_FEATURES_EBX: absent where the owner wants no VTL1. */
#define HV_FEATURE_ACCESS_VSM (1u << 16)

/* HvRegisterVsmPartitionConfig. */
#define HV_VSM_CONFIG_ENABLE_VTL_PROTECTION UINT64_C(0x1)
#define HV_VSM_CONFIG_DEFAULT_MASK_BITS     UINT64_C(0x1E)
#define HV_VSM_CONFIG_DEFAULT_MASK(v)       (((v) >> 1) & 0xFu)
#define HV_VSM_CONFIG_ZERO_MEMORY_ON_RESET  (UINT64_C(1) << 5)
#define HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP (UINT64_C(1) << 6)

/* HvRegisterVsmVpStatus, HvRegisterVsmPartitionStatus, HvRegisterVsmCapabilities, HvRegisterVsmVpSecureConfigVtl0. */
#define HV_VSM_VP_STATUS_ACTIVE_MBEC        (UINT64_C(1) << 4)
#define HV_VSM_PARTITION_STATUS_MBEC        (UINT64_C(3) << 20)
#define HV_VSM_CAPABILITIES_MBEC            (UINT64_C(3) << 1)
#define HV_VSM_CAPABILITIES_DENY_STARTUP    (UINT64_C(1) << 17)
#define HV_VSM_SECURE_CONFIG_MBEC           UINT64_C(0x1)
#define HV_VSM_SECURE_CONFIG_TLB_LOCKED     UINT64_C(0x2)

/* HvRegisterPendingEvent0, exception form. */
#define HV_PENDING_EVENT_PENDING            UINT64_C(0x1)
#define HV_PENDING_EVENT_DELIVER_ERROR_CODE (UINT64_C(1) << 8)
#define HV_PENDING_EVENT_VECTOR(v)          ((uint16_t)((v) >> 16))
#define HV_PENDING_EVENT_ERROR_CODE(v)      ((uint32_t)((v) >> 32))

/* HvX64RegisterCrInterceptControl: what VTL1 is told of before VTL0 does it. */
enum hv_cr_intercept {
    HV_CR_INTERCEPT_CR0_WRITE = 1u << 0, HV_CR_INTERCEPT_CR4_WRITE = 1u << 1, HV_CR_INTERCEPT_XCR0_WRITE = 1u << 2,
    HV_CR_INTERCEPT_MISC_ENABLE_WRITE = 1u << 4, HV_CR_INTERCEPT_LSTAR_WRITE = 1u << 6, HV_CR_INTERCEPT_STAR_WRITE = 1u << 8,
    HV_CR_INTERCEPT_CSTAR_WRITE = 1u << 10, HV_CR_INTERCEPT_APIC_BASE_WRITE = 1u << 12, HV_CR_INTERCEPT_EFER_WRITE = 1u << 14,
    HV_CR_INTERCEPT_GDTR_WRITE = 1u << 15, HV_CR_INTERCEPT_IDTR_WRITE = 1u << 16, HV_CR_INTERCEPT_LDTR_WRITE = 1u << 17,
    HV_CR_INTERCEPT_TR_WRITE = 1u << 18, HV_CR_INTERCEPT_SYSENTER_CS_WRITE = 1u << 19,
    HV_CR_INTERCEPT_SYSENTER_EIP_WRITE = 1u << 20, HV_CR_INTERCEPT_SYSENTER_ESP_WRITE = 1u << 21,
    HV_CR_INTERCEPT_SFMASK_WRITE = 1u << 22, HV_CR_INTERCEPT_TSC_AUX_WRITE = 1u << 23,
    HV_CR_INTERCEPT_MISC_ENABLE_READ = 1u << 3, HV_CR_INTERCEPT_LSTAR_READ = 1u << 5, HV_CR_INTERCEPT_STAR_READ = 1u << 7,
    HV_CR_INTERCEPT_CSTAR_READ = 1u << 9, HV_CR_INTERCEPT_APIC_BASE_READ = 1u << 11, HV_CR_INTERCEPT_EFER_READ = 1u << 13,
};

#define HV_ENABLE_MBEC 0x1u /* hv_input_enable_partition_vtl.flags */

/* HvCallTranslateVirtualAddress, ...Ex: control flags, of which 63:56 are HV_INPUT_VTL, and result codes. */
enum hv_translate_flag {
    HV_TRANSLATE_READ = 1u << 0, HV_TRANSLATE_WRITE = 1u << 1, HV_TRANSLATE_EXECUTE = 1u << 2, HV_TRANSLATE_EXEMPT = 1u << 3,
    HV_TRANSLATE_SET_PAGE_TABLE_BITS = 1u << 4, HV_TRANSLATE_TLB_FLUSH_INHIBIT = 1u << 5,
    HV_TRANSLATE_SUPERVISOR = 1u << 6, HV_TRANSLATE_USER = 1u << 7, HV_TRANSLATE_ENFORCE_SMAP = 1u << 8,
    HV_TRANSLATE_OVERRIDE_SMAP = 1u << 9,
};
#define HV_TRANSLATE_VTL_SHIFT 56
#define HV_CACHE_WRITE_BACK    6u
enum hv_translate_result {
    HV_TRANSLATE_SUCCESS = 0, HV_TRANSLATE_NOT_PRESENT = 1, HV_TRANSLATE_PRIVILEGE_VIOLATION = 2, HV_TRANSLATE_INVALID_FLAGS = 3,
    HV_TRANSLATE_GPA_UNMAPPED = 4, HV_TRANSLATE_NO_READ = 5, HV_TRANSLATE_NO_WRITE = 6, HV_TRANSLATE_INTERCEPT = 8,
};

/* HV_VP_SET. */
#define HV_VP_SET_SPARSE UINT64_C(0)
#define HV_VP_SET_ALL    UINT64_C(1)
#define HV_VP_SET_BANK   64u /* processors a bank */

/* HvCallAssertVirtualInterrupt: control 31:0 the type, 32 level, 33 logical destination. */
#define HV_INTERRUPT_FIXED   0u
#define HV_INTERRUPT_NMI     4u
#define HV_INTERRUPT_LOGICAL (UINT64_C(1) << 33)

/* The flags of the flush calls. */
enum hv_flush_flag {
    HV_FLUSH_ALL_PROCESSORS = 1u << 0, HV_FLUSH_ALL_SPACES = 1u << 1, HV_FLUSH_NON_GLOBAL_ONLY = 1u << 2,
    HV_FLUSH_EXTENDED_RANGES = 1u << 3, HV_FLUSH_USE_TARGET_VTL = 1u << 4,
    HV_FLUSH_TARGET_VTL0 = 1u << 8, HV_FLUSH_TARGET_VTL1 = 1u << 9,
};

/* HvCallPostMessage. */
#define HV_MESSAGE_TYPE_GUEST_MAX 0x7FFFFFFFu

/* HvCallCheckSparseGpaPageVtlAccess: bits 7:0 of its output. */
#define HV_CHECK_ACCESS_SUCCESS   0u
#define HV_CHECK_ACCESS_INTERCEPT 1u

/* HvCallInstallIntercept: HV_INTERCEPT_TYPE, HV_INTERCEPT_ACCESS_MASK; the parameter of an I/O port is its number. */
#define HV_INTERCEPT_TYPE_IO_PORT    0u
#define HV_INTERCEPT_ACCESS_READ     0x1u
#define HV_INTERCEPT_ACCESS_WRITE    0x2u

/* VP assist page (TLFS, "HV_VP_ASSIST_PAGE", "HV_VP_VTL_CONTROL"). */
enum hv_vtl_entry_reason {
    HV_VTL_ENTRY_RESERVED = 0,
    HV_VTL_ENTRY_VTL_CALL = 1,
    HV_VTL_ENTRY_INTERRUPT = 2,
};

/* Messages (TLFS, "SynIC Message Page"). Slot n of the SIMP is SINTn's. */
#define HV_MESSAGE_NONE          0x00000000u
#define HV_MESSAGE_GPA_INTERCEPT 0x80000001u
#define HV_MESSAGE_IO_PORT_INTERCEPT 0x80010000u
#define HV_MESSAGE_MSR_INTERCEPT 0x80010001u
#define HV_MESSAGE_REGISTER_INTERCEPT 0x80010006u
#define HV_MESSAGE_TIMER_EXPIRED 0x80000010u
#define HV_MESSAGE_SIZE          256u
#define HV_MESSAGE_FLAG_PENDING  0x1u

enum hv_intercept_access { HV_INTERCEPT_READ = 0, HV_INTERCEPT_WRITE = 1, HV_INTERCEPT_EXECUTE = 2 };

#define HV_EXECUTION_STATE_SHADOW (1u << 12) /* of STI or of a load of SS */
#define HV_IO_ACCESS_STRING 0x08u /* access_info of an I/O port intercept; 2:0 the size */
#define HV_IO_ACCESS_REP    0x10u

struct hv_message {
    uint32_t type;
    uint8_t payload_size;
    uint8_t flags;
    uint16_t reserved;
    uint64_t origin;
    union {
        uint8_t payload[240];
        struct hv_x64_gpa_intercept gpa;
        struct hv_x64_io_port_intercept io_port;
        struct hv_x64_msr_intercept msr;
        struct hv_x64_register_intercept reg;
        struct hv_timer_message timer;
    };
};
_Static_assert(sizeof(struct hv_message) == HV_MESSAGE_SIZE, "TLFS HV_MESSAGE");
