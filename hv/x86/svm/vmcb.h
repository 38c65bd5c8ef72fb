/*
 * The virtual machine control block (APM vol. 2, appendix "Layout of VMCB").
 * Reserved space is sized by offsets; every field used is asserted.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct vmcb_segment {
    uint16_t selector;
    uint16_t attributes; /* 3:0 type, 4 S, 6:5 DPL, 7 P, 8 AVL, 9 L, 10 D/B, 11 G */
    uint32_t limit;
    uint64_t base;
};

struct vmcb {
    /* Control area */
    uint16_t cr_read, cr_write;
    uint16_t dr_read, dr_write;
    uint32_t exceptions;
    uint32_t intercepts1;
    uint32_t intercepts2;
    uint32_t intercepts3;
    uint8_t reserved018[0x040 - 0x018];
    uint64_t iopm_base;
    uint64_t msrpm_base;
    uint64_t tsc_offset;
    uint32_t asid;
    uint8_t tlb_control;
    uint8_t reserved05d[3];
    uint64_t virtual_interrupt;
    uint64_t interrupt_state;
    uint64_t exit_code;
    uint64_t exit_info1;
    uint64_t exit_info2;
    uint64_t exit_int_info;
    uint64_t nested_control;
    uint8_t reserved098[0x0A8 - 0x098];
    uint64_t event_injection;
    uint64_t nested_cr3;
    uint64_t lbr_control;
    uint64_t clean;
    uint64_t next_rip;
    uint8_t fetched_count;
    uint8_t fetched_bytes[15];
    uint8_t reserved0e0[0x400 - 0x0E0];
    /* State save area */
    struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint8_t reserved4a0[0x4CB - 0x4A0];
    uint8_t cpl;
    uint32_t reserved4cc;
    uint64_t efer;
    uint8_t reserved4d8[0x548 - 0x4D8];
    uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
    uint8_t reserved580[0x5D8 - 0x580];
    uint64_t rsp;
    uint8_t reserved5e0[0x5F8 - 0x5E0];
    uint64_t rax, star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip, cr2;
    uint8_t reserved648[0x668 - 0x648];
    uint64_t pat;
    uint8_t reserved670[0x1000 - 0x670];
};

#define VMCB_AT(field, offset) _Static_assert(offsetof(struct vmcb, field) == (offset), "VMCB " #field)
VMCB_AT(exceptions, 0x008);
VMCB_AT(intercepts1, 0x00C);
VMCB_AT(iopm_base, 0x040);
VMCB_AT(msrpm_base, 0x048);
VMCB_AT(asid, 0x058);
VMCB_AT(tlb_control, 0x05C);
VMCB_AT(virtual_interrupt, 0x060);
VMCB_AT(exit_code, 0x070);
VMCB_AT(exit_int_info, 0x088);
VMCB_AT(nested_control, 0x090);
VMCB_AT(event_injection, 0x0A8);
VMCB_AT(nested_cr3, 0x0B0);
VMCB_AT(next_rip, 0x0C8);
VMCB_AT(es, 0x400);
VMCB_AT(gdtr, 0x460);
VMCB_AT(tr, 0x490);
VMCB_AT(cpl, 0x4CB);
VMCB_AT(efer, 0x4D0);
VMCB_AT(cr4, 0x548);
VMCB_AT(rip, 0x578);
VMCB_AT(rsp, 0x5D8);
VMCB_AT(rax, 0x5F8);
VMCB_AT(kernel_gs_base, 0x620);
VMCB_AT(cr2, 0x640);
VMCB_AT(pat, 0x668);
_Static_assert(sizeof(struct vmcb) == 4096, "a VMCB is one page");

/* Intercept vectors (same appendix, offsets 00Ch, 010h). */
enum vmcb_intercept1 {
    INTERCEPT_INTR = 1u << 0, INTERCEPT_NMI = 1u << 1, INTERCEPT_INIT = 1u << 3, INTERCEPT_VINTR = 1u << 4, INTERCEPT_RDPMC = 1u << 15,
    INTERCEPT_IDTR_WRITE = 1u << 10, INTERCEPT_GDTR_WRITE = 1u << 11, INTERCEPT_LDTR_WRITE = 1u << 12,
    INTERCEPT_TR_WRITE = 1u << 13,
    INTERCEPT_CPUID = 1u << 18, INTERCEPT_RSM = 1u << 19, INTERCEPT_INVD = 1u << 22, INTERCEPT_INVLPGA = 1u << 26,
    INTERCEPT_IO = 1u << 27, INTERCEPT_MSR = 1u << 28, INTERCEPT_SHUTDOWN = 1u << 31,
};
enum vmcb_intercept2 {
    INTERCEPT_VMRUN = 1u << 0, INTERCEPT_VMMCALL = 1u << 1, INTERCEPT_VMLOAD = 1u << 2, INTERCEPT_VMSAVE = 1u << 3,
    INTERCEPT_STGI = 1u << 4, INTERCEPT_CLGI = 1u << 5, INTERCEPT_SKINIT = 1u << 6, INTERCEPT_MONITOR = 1u << 10,
    INTERCEPT_MWAIT = 1u << 11, INTERCEPT_MWAIT_ARMED = 1u << 12,
};

#define INTERCEPT_CR8 (1u << 8) /* of cr_read, cr_write */

enum vmcb_exit {
    VMEXIT_CR0_WRITE = 0x10, VMEXIT_CR4_WRITE = 0x14, VMEXIT_CR8_WRITE = 0x18,
    VMEXIT_EXCEPTION = 0x40, VMEXIT_INTR = 0x60, VMEXIT_NMI = 0x61, VMEXIT_INIT = 0x63, VMEXIT_VINTR = 0x64,
    VMEXIT_IDTR_WRITE = 0x6A, VMEXIT_TR_WRITE = 0x6D, VMEXIT_RDPMC = 0x6F,
    VMEXIT_CPUID = 0x72, VMEXIT_RSM = 0x73, VMEXIT_INVD = 0x76, VMEXIT_INVLPGA = 0x7A, VMEXIT_IO = 0x7B, VMEXIT_MSR = 0x7C,
    VMEXIT_SHUTDOWN = 0x7F, VMEXIT_VMRUN = 0x80, VMEXIT_VMMCALL = 0x81, VMEXIT_VMLOAD = 0x82, VMEXIT_SKINIT = 0x86,
    VMEXIT_MONITOR = 0x8A, VMEXIT_MWAIT_ARMED = 0x8C, VMEXIT_NPF = 0x400,
};

/* Event injection and EXITINTINFO (APM vol. 2, "Event Injection"). */
#define VMCB_EVENT_VALID      (UINT64_C(1) << 31)
#define VMCB_EVENT_ERROR      (UINT64_C(1) << 11)
#define VMCB_EVENT_TYPE_SHIFT 8

/* EXITINFO1 of a nested page fault (APM vol. 2, "Nested versus Guest Page Faults, Fault Ordering"). */
#define NPF_WRITE   (UINT64_C(1) << 1)
#define NPF_EXECUTE (UINT64_C(1) << 4)
#define NPF_WALK    (UINT64_C(1) << 33)

#define VMCB_INTERRUPT_SHADOW UINT64_C(1) /* offset 068h */

/* Virtual interrupt control, offset 060h. */
#define VINTR_TPR        UINT64_C(0xF)
#define VINTR_IRQ        (UINT64_C(1) << 8)
#define VINTR_PRIORITY   (UINT64_C(15) << 16)
#define VINTR_IGNORE_TPR (UINT64_C(1) << 20)
#define VINTR_MASKING    (UINT64_C(1) << 24)
#define VINTR_VECTOR(v)  ((uint64_t)(v) << 32)

#define TLB_CONTROL_FLUSH_ALL 1u
