/* The one table of attacks. Rows run in this order; each puts back what it changed. */
#include "attack_internal.h"

#include <abi/hypercalls.h>
#include <abi/secure_call.h>
#include <abi/tlfs.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

/* The twelve ways to one page: three accesses, four mappings. */
#define TOUCH(prefix, suffix, in, at, what, how, expect, is_control) \
    { .id = prefix suffix, .run = attack_memory, .target = (in), .place = (at), .access = (what), .via = (how), \
      .expected = (expect), .control = (is_control) }

#define TOUCH_VIA(prefix, suffix, in, at, how, expect, is_control) \
    TOUCH(prefix, "-read" suffix, in, at, ACCESS_READ, how, expect, is_control), \
    TOUCH(prefix, "-write" suffix, in, at, ACCESS_WRITE, how, expect, is_control), \
    TOUCH(prefix, "-execute" suffix, in, at, ACCESS_EXECUTE, how, expect, is_control)

#define TOUCH_PAGE(prefix, in, at, expect, is_control) \
    TOUCH_VIA(prefix, "", in, at, VIA_DIRECT, expect, is_control), \
    TOUCH_VIA(prefix, "-alias-4k", in, at, VIA_ALIAS_4K, expect, is_control), \
    TOUCH_VIA(prefix, "-alias-2m", in, at, VIA_ALIAS_2M, expect, is_control), \
    TOUCH_VIA(prefix, "-user", in, at, VIA_USER, expect, is_control)

#define SWEEP(name, in, what) \
    { .id = name, .run = attack_sweep, .target = (in), .access = (what), .via = VIA_ALIAS_2M, .expected = EXPECT_GP }

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
    { .id = name, .run = (function), .target = (in), .place = (at), .access = ACCESS_END, .number = (value), .ends = true }

#define VTL1_INPUT 0x11u

/* A fault of the caller and a refusal that changes nothing are equally good. */
#define EXPECT_DENIED (EXPECT_REFUSED | EXPECT_GP)

const struct attack attack_table[] = {
    TOUCH_PAGE("control", TARGET_CONTROL, PLACE_CONTROL, EXPECT_OK, true),
    WALK("control-walk-page-table", TARGET_CONTROL, PLACE_CONTROL, PAGE_2M, EXPECT_OK, true),
    BUFFER("control-hypercall-input", TARGET_CONTROL, PLACE_CONTROL, ACCESS_READ, EXPECT_OK),
    BUFFER("control-hypercall-output", TARGET_CONTROL, PLACE_CONTROL, ACCESS_WRITE, EXPECT_OK),
    OVERLAY("control-overlay-assist", TARGET_CONTROL, PLACE_CONTROL, HV_MSR_VP_ASSIST_PAGE, EXPECT_OK),
    OVERLAY("control-overlay-simp", TARGET_CONTROL, PLACE_CONTROL, HV_MSR_SIMP, EXPECT_OK),
    MESSAGE("control-msi", TARGET_CONTROL, MESSAGE_FIXED, BY_PORT, EXPECT_OK),
    MESSAGE("control-msi-ecam", TARGET_CONTROL, MESSAGE_FIXED, BY_ECAM, EXPECT_OK),

    TOUCH_PAGE("securekernel-first", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, EXPECT_GP, false),
    TOUCH_PAGE("securekernel-middle", TARGET_SECUREKERNEL, PLACE_VTL1_MIDDLE, EXPECT_GP, false),
    TOUCH_PAGE("securekernel-last", TARGET_SECUREKERNEL, PLACE_VTL1_LAST, EXPECT_GP, false),
    SWEEP("vault-every-page-read", TARGET_VAULT, ACCESS_READ),
    SWEEP("vault-every-page-write", TARGET_VAULT, ACCESS_WRITE),
    SWEEP("vault-every-page-execute", TARGET_VAULT, ACCESS_EXECUTE),
    TOUCH_PAGE("hypervisor-first", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, EXPECT_GP, false),
    TOUCH_PAGE("hypervisor-middle", TARGET_HYPERVISOR, PLACE_HYPERVISOR_MIDDLE, EXPECT_GP, false),
    TOUCH_PAGE("hypervisor-last", TARGET_HYPERVISOR, PLACE_HYPERVISOR_LAST, EXPECT_GP, false),
    SWEEP("hypervisor-every-page-read", TARGET_HYPERVISOR, ACCESS_READ),
    SWEEP("hypervisor-every-page-write", TARGET_HYPERVISOR, ACCESS_WRITE),
    SWEEP("hypervisor-every-page-execute", TARGET_HYPERVISOR, ACCESS_EXECUTE),
    TOUCH_PAGE("hole", TARGET_HOLE, PLACE_HOLE, EXPECT_GP, false),

    WALK("walk-page-table-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, PAGE_2M, EXPECT_GP, false),
    WALK("walk-directory-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, PAGE_1G, EXPECT_GP, false),
    WALK("walk-page-table-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, PAGE_2M, EXPECT_GP, false),
    WALK("walk-page-table-hole", TARGET_HOLE, PLACE_HOLE, PAGE_2M, EXPECT_GP, false),

    HYPERCALL("protect-securekernel", attack_protect, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    HYPERCALL("protect-securekernel-as-vtl1", attack_protect, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, VTL1_INPUT),
    HYPERCALL("protect-hypervisor", attack_protect, TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, 0),
    HYPERCALL("enable-vp-vtl-again", attack_enable_vp, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    HYPERCALL("enable-partition-vtl-again", attack_enable_partition, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 1),
    HYPERCALL("enable-partition-vtl2", attack_enable_partition, TARGET_HYPERVISOR, PLACE_VTL1_FIRST, 2),
    HYPERCALL("get-vtl1-rip", attack_registers_get, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_REGISTER_RIP),
    HYPERCALL("get-vtl1-cr3", attack_registers_get, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_REGISTER_CR3),
    HYPERCALL("set-vtl1-rip", attack_registers_set, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_REGISTER_RIP),
    HYPERCALL("partition-config-off", attack_partition_config, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    HYPERCALL("partition-config-off-as-vtl1", attack_partition_config, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST,
              VTL1_INPUT),
    HYPERCALL("hypercall-unknown", attack_unknown_call, TARGET_HYPERVISOR, PLACE_VTL1_FIRST, 0),
    BUFFER("hypercall-input-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_READ, EXPECT_DENIED),
    BUFFER("hypercall-output-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_WRITE, EXPECT_DENIED),
    BUFFER("hypercall-input-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, ACCESS_READ, EXPECT_DENIED),
    BUFFER("hypercall-output-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, ACCESS_WRITE, EXPECT_DENIED),
    OVERLAY("overlay-hypercall-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_MSR_HYPERCALL, EXPECT_DENIED),
    OVERLAY("overlay-assist-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_MSR_VP_ASSIST_PAGE, EXPECT_DENIED),
    OVERLAY("overlay-simp-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_MSR_SIMP, EXPECT_DENIED),
    OVERLAY("overlay-siefp-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_MSR_SIEFP, EXPECT_DENIED),
    OVERLAY("overlay-hypercall-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, HV_MSR_HYPERCALL, EXPECT_DENIED),
    OVERLAY("overlay-assist-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, HV_MSR_VP_ASSIST_PAGE,
            EXPECT_DENIED),
    OVERLAY("overlay-simp-hole", TARGET_HOLE, PLACE_HOLE, HV_MSR_SIMP, EXPECT_DENIED),

    INSTRUCTION("vmrun", attack_instruction, ROUTINE(probe_vmrun)),
    INSTRUCTION("vmload", attack_instruction, ROUTINE(probe_vmload)),
    INSTRUCTION("vmsave", attack_instruction, ROUTINE(probe_vmsave)),
    INSTRUCTION("stgi", attack_instruction, ROUTINE(probe_stgi)),
    INSTRUCTION("clgi", attack_instruction, ROUTINE(probe_clgi)),
    INSTRUCTION("skinit", attack_instruction, ROUTINE(probe_skinit)),
    INSTRUCTION("invlpga", attack_instruction, ROUTINE(probe_invlpga)),
    INSTRUCTION("vmxon", attack_instruction, ROUTINE(probe_vmxon)),
    INSTRUCTION("vmxoff", attack_instruction, ROUTINE(probe_vmxoff)),
    INSTRUCTION("vmclear", attack_instruction, ROUTINE(probe_vmclear)),
    INSTRUCTION("vmptrld", attack_instruction, ROUTINE(probe_vmptrld)),
    INSTRUCTION("vmptrst", attack_instruction, ROUTINE(probe_vmptrst)),
    INSTRUCTION("vmlaunch", attack_instruction, ROUTINE(probe_vmlaunch)),
    INSTRUCTION("vmresume", attack_instruction, ROUTINE(probe_vmresume)),
    INSTRUCTION("vmread", attack_instruction, ROUTINE(probe_vmread)),
    INSTRUCTION("vmwrite", attack_instruction, ROUTINE(probe_vmwrite)),
    INSTRUCTION("vmfunc", attack_instruction, ROUTINE(probe_vmfunc)),
    INSTRUCTION("invept", attack_instruction, ROUTINE(probe_invept)),
    INSTRUCTION("invvpid", attack_instruction, ROUTINE(probe_invvpid)),
    INSTRUCTION("getsec", attack_instruction, ROUTINE(probe_getsec)),
    { .id = "cr4-vmxe", .run = attack_cr4, .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, .number = UINT64_C(1) << 13,
      .expected = EXPECT_GP },
    INSTRUCTION("vmmcall-ring3", attack_user_instruction, HVCALL_GET_VP_REGISTERS),
    INSTRUCTION("vtl-call-ring3", attack_user_instruction, HVCALL_VTL_CALL),
    INSTRUCTION("vtl-return-from-vtl0", attack_vtl_switch, HVCALL_VTL_RETURN),
    INSTRUCTION("vtl-return-entry", attack_return_entry, 0),
    INSTRUCTION("vtl-call-bad-control", attack_vtl_switch, HVCALL_VTL_CALL | (UINT64_C(1) << 32)),
    INSTRUCTION("vtl-call-bad-input", attack_vtl_switch, HVCALL_VTL_CALL | HV_INPUT_FAST),

    MSR("msr-efer-svme", MSR_EFER),
    MSR("msr-hsave", MSR_VM_HSAVE_PA),
    MSR("msr-vm-cr", MSR_VM_CR),
    MSR("msr-apic-base-move", MSR_APIC_BASE),
    MSR("msr-apic-base-x2apic", MSR_APIC_BASE | (UINT64_C(1) << 32)),
    HIDDEN_MSR("msr-feature-control", 0x3A),
    HIDDEN_MSR("msr-smm-monitor", 0x9B),
    HIDDEN_MSR("msr-vmx-basic", 0x480),
    HIDDEN_MSR("msr-vmx-ept-vpid", 0x48C),
    HIDDEN_MSR("msr-vmx-functions", 0x491),
    MSR("msr-top-mem", 0xC001001A),
    MSR("msr-smm-base", 0xC0010111),
    PORT("port-a20", attack_a20, 0),
    PORT("port-com2", attack_hidden_port, 0x2FD),
    PORT("port-debug-log", attack_hidden_port, 0xE9),
    PORT("port-sleep-s3", attack_sleep, 0),
    DMA("dma-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST),
    DMA("dma-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST),
    PCI("pci-pciexbar", 0, 0, 0x60, 0x10000000),
    PCI("pci-pam", 0, 0, 0x90, 0x00110000),
    PCI("pci-tolud", 0, 0, 0xB0, 0x00100000),
    PCI("pci-rcba", 0x1F, 0, 0xF0, 0x00100000),
    PCI("pci-pmbase", 0x1F, 0, 0x40, 0x00000080),
    MESSAGE("msi-smi", TARGET_HYPERVISOR, MESSAGE_SMI, BY_PORT, EXPECT_REFUSED),
    MESSAGE("msi-nmi", TARGET_HYPERVISOR, MESSAGE_NMI, BY_PORT, EXPECT_REFUSED),
    MESSAGE("msi-init", TARGET_HYPERVISOR, MESSAGE_INIT, BY_PORT, EXPECT_REFUSED),
    MESSAGE("msi-init-latch", TARGET_HYPERVISOR, MESSAGE_INIT, BY_LATCH, EXPECT_REFUSED),
    MESSAGE("msi-init-ecam", TARGET_HYPERVISOR, MESSAGE_INIT, BY_ECAM, EXPECT_REFUSED),
    MESSAGE("msi-into-securekernel", TARGET_SECUREKERNEL, MESSAGE_ADDRESS, BY_PORT, EXPECT_REFUSED),
    MESSAGE("msi-into-securekernel-ecam", TARGET_SECUREKERNEL, MESSAGE_ADDRESS, BY_ECAM, EXPECT_REFUSED),

    FRAME("frame-in-vtl1", attack_frame_address, PLACE_VTL1_FIRST, 0),
    FRAME("frame-in-vtl1-last", attack_frame_address, PLACE_VTL1_LAST, 0),
    FRAME("frame-in-hypervisor", attack_frame_address, PLACE_HYPERVISOR_FIRST, 0),
    FRAME("frame-in-hole", attack_frame_address, PLACE_HOLE, 0),
    FRAME("frame-unaligned", attack_frame_address, PLACE_CONTROL, 1),
    FRAME("frame-in-apic", attack_frame_address, PLACE_CONTROL, 2),
    FRAME("frame-all-ones", attack_frame_address, PLACE_CONTROL, 3),
    FRAME("frame-version-0", attack_frame_field, PLACE_CONTROL, 0),
    FRAME("frame-version-2", attack_frame_field, PLACE_CONTROL, 1),
    FRAME("frame-service-0", attack_frame_field, PLACE_CONTROL, 2),
    FRAME("frame-service-unknown", attack_frame_field, PLACE_CONTROL, 3),
    FRAME("frame-input-too-large", attack_frame_field, PLACE_CONTROL, 4),
    FRAME("frame-input-too-small", attack_frame_field, PLACE_CONTROL, 5),
    FRAME("frame-input-beyond-frame", attack_frame_field, PLACE_CONTROL, 6),
    FRAME("frame-input-all-ones", attack_frame_field, PLACE_CONTROL, 7),
    FRAME("frame-output-beyond-frame", attack_frame_field, PLACE_CONTROL, 8),
    FRAME("frame-output-all-ones", attack_frame_field, PLACE_CONTROL, 9),
    FRAME("frame-reserved", attack_frame_field, PLACE_CONTROL, 10),
    FRAME("frame-output-too-small", attack_frame_field, PLACE_CONTROL, 11),
    FRAME("open-unknown-trustlet", attack_frame_field, PLACE_CONTROL, 12),
    FRAME("invoke-unknown-session", attack_session, PLACE_CONTROL, SECURE_SERVICE_INVOKE),
    FRAME("close-unknown-session", attack_session, PLACE_CONTROL, SECURE_SERVICE_CLOSE_SESSION),

    IPI("ipi-stray-startup", attack_stray_startup),
    IPI("ipi-nmi", attack_nmi),
    IPI("ipi-init", attack_init),
    IPI("ipi-init-in-secure-call", attack_init_busy),
    IPI("ipi-init-all-others", attack_init_all),

    END("reset-cf9", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0xCF9, 0x06)),
    END("reset-cf9-full", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0xCF9, 0x0E)),
    END("reset-keyboard", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0x64, 0xFE)),
    END("reset-port92", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0x92, 0x03)),
    END("reset-msr", attack_reset_msr, TARGET_PROCESSOR, PLACE_CONTROL, 0x40000003),
    END("triple-fault", attack_triple_fault, TARGET_PROCESSOR, PLACE_CONTROL, 0),
    END("cr3-securekernel", attack_cr3, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    END("cr3-hypervisor", attack_cr3, TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, 0),
};

const unsigned attack_table_size = sizeof(attack_table) / sizeof(attack_table[0]);
