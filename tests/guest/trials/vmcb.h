/* The virtual machine control block (AMD64 Architecture Programmer's Manual 2, "Layout of VMCB"). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define INTERCEPT1_INTR (1u << 0)
#define INTERCEPT1_NMI (1u << 1)
#define INTERCEPT1_INIT (1u << 3)
#define INTERCEPT1_HLT (1u << 24)
#define INTERCEPT1_SHUTDOWN (1u << 31)
#define INTERCEPT2_VMRUN (1u << 0)
#define INTERCEPT2_VMMCALL (1u << 1)
#define INTERCEPT2_XSETBV (1u << 13)

#define EXIT_EXCEPTION_UD 0x46u
#define EXIT_INTR 0x60u
#define EXIT_NMI 0x61u
#define EXIT_INIT 0x63u
#define EXIT_HLT 0x78u
#define EXIT_SHUTDOWN 0x7Fu
#define EXIT_VMMCALL 0x81u
#define EXIT_XSETBV 0x8Du
#define EXIT_NPF 0x400u
#define EXIT_INVALID 0xFFFFFFFFu

#define V_IRQ (1ull << 8)
#define V_INTR_PRIO(priority) ((uint64_t)(priority) << 16)
#define V_IGN_TPR (1ull << 20)
#define V_INTR_MASKING (1ull << 24)
#define V_INTR_VECTOR(vector) ((uint64_t)(vector) << 32)

#define EVENT_VALID (1ull << 31)
#define EVENT_ERROR_VALID (1ull << 11)
#define EVENT_NMI (2ull << 8)
#define EVENT_EXCEPTION (3ull << 8)

#define NPF_PRESENT (1ull << 0)
#define NPF_WRITE (1ull << 1)
#define NPF_USER (1ull << 2)
#define NPF_FINAL (1ull << 32)
#define NPF_TABLE_WALK (1ull << 33)

struct vmcb_segment {
    uint16_t selector;
    uint16_t attributes;
    uint32_t limit;
    uint64_t base;
};

struct vmcb {
    uint32_t intercept_cr;
    uint32_t intercept_dr;
    uint32_t intercept_exceptions;
    uint32_t intercept1;
    uint32_t intercept2;
    uint8_t reserved0[0x58 - 0x14];
    uint32_t asid;
    uint32_t tlb_control;
    uint64_t vintr;
    uint64_t int_state;
    uint64_t exit_code;
    uint64_t exit_info1;
    uint64_t exit_info2;
    uint64_t exit_int_info;
    uint64_t np_enable;
    uint8_t reserved1[0xA8 - 0x98];
    uint64_t event_inj;
    uint64_t n_cr3;
    uint8_t reserved2[0xC0 - 0xB8];
    uint64_t clean;
    uint64_t next_rip;
    uint8_t reserved3[0x400 - 0xD0];
    struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint8_t reserved4[0x4CB - 0x4A0];
    uint8_t cpl;
    uint8_t reserved5[4];
    uint64_t efer;
    uint8_t reserved6[0x548 - 0x4D8];
    uint64_t cr4;
    uint64_t cr3;
    uint64_t cr0;
    uint64_t dr7;
    uint64_t dr6;
    uint64_t rflags;
    uint64_t rip;
    uint8_t reserved7[0x5D8 - 0x580];
    uint64_t rsp;
    uint8_t reserved8[0x5F8 - 0x5E0];
    uint64_t rax;
    uint8_t reserved9[0x640 - 0x600];
    uint64_t cr2;
    uint8_t reserved10[0x668 - 0x648];
    uint64_t g_pat;
    uint8_t reserved11[0x1000 - 0x670];
};

_Static_assert(offsetof(struct vmcb, vintr) == 0x60, "VMCB layout");
_Static_assert(offsetof(struct vmcb, event_inj) == 0xA8, "VMCB layout");
_Static_assert(offsetof(struct vmcb, next_rip) == 0xC8, "VMCB layout");
_Static_assert(offsetof(struct vmcb, efer) == 0x4D0, "VMCB layout");
_Static_assert(offsetof(struct vmcb, rip) == 0x578, "VMCB layout");
_Static_assert(offsetof(struct vmcb, g_pat) == 0x668, "VMCB layout");
_Static_assert(sizeof(struct vmcb) == 4096, "VMCB layout");
