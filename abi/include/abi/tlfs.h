/*
 * Layouts of the Hyper-V Top Level Functional Specification that OpenVSM
 * implements: synthetic MSRs, CPUID leaves, hypercall inputs, the VP assist
 * page and intercept messages. Names are the TLFS's. All values are
 * little-endian; every layout asserts its own size and offsets.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/hypercalls.h>

#define HV_VP_REGISTER(number, name) HV_REGISTER_##name = (number),
enum hv_register_name {
#include <abi/vp_registers.def>
};
#undef HV_VP_REGISTER

/* Synthetic MSRs (TLFS, "Synthetic MSRs"). */
enum hv_synthetic_msr {
    HV_MSR_GUEST_OS_ID = 0x40000000,
    HV_MSR_HYPERCALL = 0x40000001,
    HV_MSR_VP_INDEX = 0x40000002,
    HV_MSR_VP_RUNTIME = 0x40000010,
    HV_MSR_TIME_REF_COUNT = 0x40000020,
    HV_MSR_REFERENCE_TSC = 0x40000021,
    HV_MSR_TSC_FREQUENCY = 0x40000022,
    HV_MSR_APIC_FREQUENCY = 0x40000023,
    HV_MSR_EOI = 0x40000070,
    HV_MSR_ICR = 0x40000071,
    HV_MSR_TPR = 0x40000072,
    HV_MSR_VP_ASSIST_PAGE = 0x40000073,
    HV_MSR_SCONTROL = 0x40000080,
    HV_MSR_SVERSION = 0x40000081,
    HV_MSR_SIEFP = 0x40000082,
    HV_MSR_SIMP = 0x40000083,
    HV_MSR_EOM = 0x40000084,
    HV_MSR_SINT0 = 0x40000090,
    HV_MSR_SINT15 = 0x4000009F,
    HV_MSR_STIMER0_CONFIG = 0x400000B0,
    HV_MSR_STIMER3_COUNT = 0x400000B7,
};

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
 * index, reference TSC, frequency MSRs; PostMessages, SignalEvents, AccessVsm, AccessVpRegisters, StartVirtualProcessor.
 * Features: XMM registers for hypercall input and output, frequency MSRs, SINT polling, direct timers. Hints: flush other
 * processors and send IPIs by hypercall, HV_VP_SET calls.
 */
#define HV_FEATURES_EAX 0x00000A7Fu
#define HV_FEATURES_EBX 0x00230030u
#define HV_FEATURES_EDX 0x000A8110u
#define HV_HINTS_EAX    0x00000C04u

/* Of HV_FEATURES_EBX: absent where the owner wants no VTL1. */
#define HV_FEATURE_ACCESS_VSM (1u << 16)

/* The reference TSC page: time in units of 100 ns = ((TSC * scale) >> 64) + offset. Sequence 0: use the MSR. */
struct hv_reference_tsc_page {
    uint32_t sequence;
    uint32_t reserved;
    uint64_t scale;
    int64_t offset;
};
_Static_assert(sizeof(struct hv_reference_tsc_page) == 24, "TLFS HV_REFERENCE_TSC_PAGE");
_Static_assert(offsetof(struct hv_reference_tsc_page, scale) == 8, "TLFS HV_REFERENCE_TSC_PAGE");

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

/* HvX64RegisterCrInterceptControl: what VTL1 is told of before VTL0 does it. The odd bits up to 13 are read intercepts. */
enum hv_cr_intercept {
    HV_CR_INTERCEPT_CR0_WRITE = 1u << 0, HV_CR_INTERCEPT_CR4_WRITE = 1u << 1, HV_CR_INTERCEPT_XCR0_WRITE = 1u << 2,
    HV_CR_INTERCEPT_MISC_ENABLE_WRITE = 1u << 4, HV_CR_INTERCEPT_LSTAR_WRITE = 1u << 6, HV_CR_INTERCEPT_STAR_WRITE = 1u << 8,
    HV_CR_INTERCEPT_CSTAR_WRITE = 1u << 10, HV_CR_INTERCEPT_APIC_BASE_WRITE = 1u << 12, HV_CR_INTERCEPT_EFER_WRITE = 1u << 14,
    HV_CR_INTERCEPT_GDTR_WRITE = 1u << 15, HV_CR_INTERCEPT_IDTR_WRITE = 1u << 16, HV_CR_INTERCEPT_LDTR_WRITE = 1u << 17,
    HV_CR_INTERCEPT_TR_WRITE = 1u << 18, HV_CR_INTERCEPT_SYSENTER_CS_WRITE = 1u << 19,
    HV_CR_INTERCEPT_SYSENTER_EIP_WRITE = 1u << 20, HV_CR_INTERCEPT_SYSENTER_ESP_WRITE = 1u << 21,
    HV_CR_INTERCEPT_SFMASK_WRITE = 1u << 22, HV_CR_INTERCEPT_TSC_AUX_WRITE = 1u << 23,
};

struct hv_x64_segment_register {
    uint64_t base;
    uint32_t limit; /* expanded, in bytes */
    uint16_t selector;
    uint16_t attributes; /* 3:0 type, 4 S, 6:5 DPL, 7 P, 12 AVL, 13 L, 14 D/B, 15 G */
};
_Static_assert(sizeof(struct hv_x64_segment_register) == 16, "TLFS HV_X64_SEGMENT_REGISTER");

struct hv_x64_table_register {
    uint16_t pad[3];
    uint16_t limit;
    uint64_t base;
};
_Static_assert(sizeof(struct hv_x64_table_register) == 16, "TLFS HV_X64_TABLE_REGISTER");

struct hv_initial_vp_context {
    uint64_t rip;
    uint64_t rsp;
    uint64_t rflags;
    struct hv_x64_segment_register cs, ds, es, fs, gs, ss, tr, ldtr;
    struct hv_x64_table_register idtr, gdtr;
    uint64_t efer;
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t msr_cr_pat;
};
_Static_assert(sizeof(struct hv_initial_vp_context) == 224, "TLFS HV_INITIAL_VP_CONTEXT");
_Static_assert(offsetof(struct hv_initial_vp_context, tr) == 120, "TLFS HV_INITIAL_VP_CONTEXT");
_Static_assert(offsetof(struct hv_initial_vp_context, efer) == 184, "TLFS HV_INITIAL_VP_CONTEXT");

#define HV_ENABLE_MBEC 0x1u /* hv_input_enable_partition_vtl.flags */

struct hv_input_enable_partition_vtl {
    uint64_t partition_id;
    uint8_t target_vtl;
    uint8_t flags; /* bit 0 EnableMbec */
    uint8_t reserved[6];
};
_Static_assert(sizeof(struct hv_input_enable_partition_vtl) == 16, "HvCallEnablePartitionVtl");

/* Also HvCallStartVirtualProcessor's. */
struct hv_input_enable_vp_vtl {
    uint64_t partition_id;
    uint32_t vp_index;
    uint8_t target_vtl;
    uint8_t reserved[3];
    struct hv_initial_vp_context context;
};
_Static_assert(sizeof(struct hv_input_enable_vp_vtl) == 240, "HvCallEnableVpVtl, HvCallStartVirtualProcessor");

struct hv_input_modify_vtl_protection_mask {
    uint64_t partition_id;
    uint32_t map_flags;
    uint8_t input_vtl;
    uint8_t reserved[3];
    /* uint64_t gpa_page_list[] follows */
};
_Static_assert(sizeof(struct hv_input_modify_vtl_protection_mask) == 16, "HvCallModifyVtlProtectionMask");

struct hv_input_vp_registers {
    uint64_t partition_id;
    uint32_t vp_index;
    uint8_t input_vtl;
    uint8_t reserved[3];
    /* Get: uint32_t names[] follows.  Set: struct hv_register_assoc[] follows. */
};
_Static_assert(sizeof(struct hv_input_vp_registers) == 16, "HvCallGetVpRegisters");

/* HvCallTranslateVirtualAddress: control flags, of which 63:56 are HV_INPUT_VTL, and result codes. */
enum hv_translate_flag {
    HV_TRANSLATE_READ = 1u << 0, HV_TRANSLATE_WRITE = 1u << 1, HV_TRANSLATE_EXECUTE = 1u << 2, HV_TRANSLATE_EXEMPT = 1u << 3,
    HV_TRANSLATE_TLB_FLUSH_INHIBIT = 1u << 5,
    HV_TRANSLATE_SUPERVISOR = 1u << 6, HV_TRANSLATE_USER = 1u << 7, HV_TRANSLATE_ENFORCE_SMAP = 1u << 8,
    HV_TRANSLATE_OVERRIDE_SMAP = 1u << 9,
};
#define HV_TRANSLATE_VTL_SHIFT 56
#define HV_CACHE_WRITE_BACK    6u
enum hv_translate_result {
    HV_TRANSLATE_SUCCESS = 0, HV_TRANSLATE_NOT_PRESENT = 1, HV_TRANSLATE_PRIVILEGE_VIOLATION = 2, HV_TRANSLATE_INVALID_FLAGS = 3,
    HV_TRANSLATE_GPA_UNMAPPED = 4, HV_TRANSLATE_NO_READ = 5, HV_TRANSLATE_NO_WRITE = 6, HV_TRANSLATE_INTERCEPT = 8,
};

struct hv_input_translate_virtual_address {
    uint64_t partition_id;
    uint32_t vp_index;
    uint32_t reserved;
    uint64_t control_flags;
    uint64_t gva_page;
};
_Static_assert(sizeof(struct hv_input_translate_virtual_address) == 32, "HvCallTranslateVirtualAddress");

struct hv_output_translate_virtual_address {
    uint32_t result;
    uint8_t cache_type;
    uint8_t overlay_page; /* bit 0 */
    uint16_t reserved;
    uint64_t gpa_page;
};
_Static_assert(sizeof(struct hv_output_translate_virtual_address) == 16, "HvCallTranslateVirtualAddress");

struct hv_input_get_vp_index_from_apic_id {
    uint64_t partition_id;
    uint8_t target_vtl;
    uint8_t reserved[7];
    /* uint32_t apic_ids[] follows; out: uint32_t vp_indexes[] */
};
_Static_assert(sizeof(struct hv_input_get_vp_index_from_apic_id) == 16, "HvCallGetVpIndexFromApicId");

/* HV_VP_SET; one 64-bit bank for each bit of valid_banks follows. */
#define HV_VP_SET_SPARSE UINT64_C(0)
#define HV_VP_SET_ALL    UINT64_C(1)
#define HV_VP_SET_BANK   64u /* processors a bank */
struct hv_vp_set {
    uint64_t format;
    uint64_t valid_banks;
};
_Static_assert(sizeof(struct hv_vp_set) == 16, "TLFS HV_VP_SET");

/* HvCallSendSyntheticClusterIpi; the Ex form has the set in the mask's place. */
struct hv_input_send_ipi {
    uint32_t vector;
    uint8_t input_vtl;
    uint8_t reserved[3];
    uint64_t processors;
};
_Static_assert(sizeof(struct hv_input_send_ipi) == 16, "HvCallSendSyntheticClusterIpi");

struct hv_input_send_ipi_ex {
    uint32_t vector;
    uint8_t input_vtl;
    uint8_t reserved[3];
    struct hv_vp_set processors;
};
_Static_assert(sizeof(struct hv_input_send_ipi_ex) == 24, "HvCallSendSyntheticClusterIpiEx");

/* HvCallAssertVirtualInterrupt: control 31:0 the type, 32 level, 33 logical destination. */
#define HV_INTERRUPT_FIXED   0u
#define HV_INTERRUPT_NMI     4u
#define HV_INTERRUPT_LOGICAL (UINT64_C(1) << 33)

struct hv_input_assert_interrupt {
    uint64_t partition_id;
    uint64_t control;
    uint64_t destination; /* APIC id, or logical id */
    uint32_t vector;
    uint8_t target_vtl;
    uint8_t reserved[3];
};
_Static_assert(sizeof(struct hv_input_assert_interrupt) == 32, "HvCallAssertVirtualInterrupt");

enum hv_flush_flag {
    HV_FLUSH_ALL_PROCESSORS = 1u << 0, HV_FLUSH_ALL_SPACES = 1u << 1, HV_FLUSH_NON_GLOBAL_ONLY = 1u << 2,
    HV_FLUSH_EXTENDED_RANGES = 1u << 3, HV_FLUSH_USE_TARGET_VTL = 1u << 4,
    HV_FLUSH_TARGET_VTL0 = 1u << 8, HV_FLUSH_TARGET_VTL1 = 1u << 9,
};

/* HvCallFlushVirtualAddressSpace; ...List with uint64_t ranges[] behind it. */
struct hv_input_flush {
    uint64_t address_space; /* CR3 */
    uint64_t flags;
    uint64_t processors; /* VP indexes 0 to 63 */
};
_Static_assert(sizeof(struct hv_input_flush) == 24, "HvCallFlushVirtualAddressSpace");

/* HvCallFlushVirtualAddressSpaceEx; ...ListEx with uint64_t ranges[] behind the banks. */
struct hv_input_flush_ex {
    uint64_t address_space;
    uint64_t flags;
    struct hv_vp_set processors;
};
_Static_assert(sizeof(struct hv_input_flush_ex) == 32, "HvCallFlushVirtualAddressSpaceEx");
_Static_assert(offsetof(struct hv_input_flush_ex, flags) == offsetof(struct hv_input_flush, flags), "the same beginning");

#define HV_MESSAGE_TYPE_GUEST_MAX 0x7FFFFFFFu
struct hv_input_post_message {
    uint32_t connection_id;
    uint32_t reserved;
    uint32_t type;
    uint32_t size;
    uint8_t payload[240];
};
_Static_assert(sizeof(struct hv_input_post_message) == 256, "HvCallPostMessage");

struct hv_input_signal_event {
    uint32_t connection_id;
    uint16_t flag;
    uint16_t reserved;
};
_Static_assert(sizeof(struct hv_input_signal_event) == 8, "HvCallSignalEvent");

/* Output: 7:0 result, 15:8 what is denied, 19:16 the VTL that denies it. */
#define HV_CHECK_ACCESS_SUCCESS   0u
#define HV_CHECK_ACCESS_INTERCEPT 1u
struct hv_input_check_access {
    uint64_t partition_id;
    uint8_t input_vtl;
    uint8_t access; /* HV_MAP_GPA_* */
    uint8_t reserved[6];
    /* uint64_t gpa_page_list[] follows; out: uint64_t[] */
};
_Static_assert(sizeof(struct hv_input_check_access) == 16, "HvCallCheckSparseGpaPageVtlAccess");

struct hv_register_value {
    uint64_t low;
    uint64_t high;
};

struct hv_register_assoc {
    uint32_t name;
    uint32_t pad[3];
    struct hv_register_value value;
};
_Static_assert(sizeof(struct hv_register_assoc) == 32, "TLFS HV_REGISTER_ASSOC");

/* VP assist page (TLFS, "HV_VP_ASSIST_PAGE", "HV_VP_VTL_CONTROL"). */
enum hv_vtl_entry_reason {
    HV_VTL_ENTRY_RESERVED = 0,
    HV_VTL_ENTRY_VTL_CALL = 1,
    HV_VTL_ENTRY_INTERRUPT = 2,
};

struct hv_vp_assist_page {
    uint32_t apic_assist;
    uint32_t reserved0;
    uint32_t entry_reason;
    uint8_t vina_status;
    uint8_t reserved1[3];
    uint64_t vtl_return_rax;
    uint64_t vtl_return_rcx;
    uint8_t reserved2[4096 - 32];
};
_Static_assert(sizeof(struct hv_vp_assist_page) == 4096, "TLFS HV_VP_ASSIST_PAGE");
_Static_assert(offsetof(struct hv_vp_assist_page, entry_reason) == 8, "TLFS HV_VP_VTL_CONTROL");
_Static_assert(offsetof(struct hv_vp_assist_page, vtl_return_rax) == 16, "TLFS HV_VP_VTL_CONTROL");

/* Messages (TLFS, "SynIC Message Page"). Slot n of the SIMP is SINTn's. */
#define HV_MESSAGE_NONE          0x00000000u
#define HV_MESSAGE_GPA_INTERCEPT 0x80000001u
#define HV_MESSAGE_MSR_INTERCEPT 0x80010001u
#define HV_MESSAGE_REGISTER_INTERCEPT 0x80010006u
#define HV_MESSAGE_TIMER_EXPIRED 0x80000010u
#define HV_MESSAGE_SIZE          256u
#define HV_MESSAGE_FLAG_PENDING  0x1u

enum hv_intercept_access { HV_INTERCEPT_READ = 0, HV_INTERCEPT_WRITE = 1, HV_INTERCEPT_EXECUTE = 2 };

struct hv_x64_intercept_header {
    uint32_t vp_index;
    uint8_t instruction_length_cr8; /* 3:0 length, 7:4 CR8 */
    uint8_t access;                 /* enum hv_intercept_access */
    uint16_t execution_state;       /* 1:0 CPL, 2 CR0.PE, 3 CR0.AM, 4 EFER.LMA, 5 debug active, 6 event pending, 10:7 VTL */
    struct hv_x64_segment_register cs;
    uint64_t rip;
    uint64_t rflags;
};
_Static_assert(sizeof(struct hv_x64_intercept_header) == 40, "TLFS HV_X64_INTERCEPT_MESSAGE_HEADER");

struct hv_x64_gpa_intercept {
    struct hv_x64_intercept_header header;
    uint32_t cache_type;
    uint8_t instruction_byte_count;
    uint8_t access_info; /* bit 0 GvaValid, bit 1 GvaGpaValid */
    uint8_t tpr_priority;
    uint8_t reserved;
    uint64_t gva;
    uint64_t gpa;
    uint8_t instruction_bytes[16];
    struct hv_x64_segment_register ds, ss;
    uint64_t gpr[16]; /* RAX RCX RDX RBX RSP RBP RSI RDI R8-R15 */
};
_Static_assert(sizeof(struct hv_x64_gpa_intercept) == 0xF0, "GPA intercept, long form");
_Static_assert(offsetof(struct hv_x64_gpa_intercept, ds) == 0x50, "TLFS HV_X64_MEMORY_INTERCEPT_MESSAGE");

struct hv_x64_msr_intercept {
    struct hv_x64_intercept_header header;
    uint32_t msr;
    uint32_t reserved;
    uint64_t rdx, rax;
};
_Static_assert(sizeof(struct hv_x64_msr_intercept) == 0x40, "TLFS HV_X64_MSR_INTERCEPT_MESSAGE");

struct hv_x64_register_intercept {
    struct hv_x64_intercept_header header;
    uint8_t flags; /* bit 0: a memory operand, whose address stands in value */
    uint8_t reserved0;
    uint16_t reserved1;
    uint32_t name;
    struct hv_register_value value;
};
_Static_assert(sizeof(struct hv_x64_register_intercept) == 0x40, "HV_X64_REGISTER_INTERCEPT_MESSAGE");
_Static_assert(offsetof(struct hv_x64_register_intercept, value) == 48, "HV_X64_REGISTER_INTERCEPT_MESSAGE");
struct hv_timer_message {
    uint32_t timer_index;
    uint32_t reserved;
    uint64_t expiration_time;
    uint64_t delivery_time;
};
_Static_assert(sizeof(struct hv_timer_message) == 24, "TLFS HV_TIMER_MESSAGE_PAYLOAD");

struct hv_message {
    uint32_t type;
    uint8_t payload_size;
    uint8_t flags;
    uint16_t reserved;
    uint64_t origin;
    union {
        uint8_t payload[240];
        struct hv_x64_gpa_intercept gpa;
        struct hv_x64_msr_intercept msr;
        struct hv_x64_register_intercept reg;
        struct hv_timer_message timer;
    };
};
_Static_assert(sizeof(struct hv_message) == HV_MESSAGE_SIZE, "TLFS HV_MESSAGE");
