/*
 * What a vendor's decoder makes of a world exit. Vendors decode, common code
 * decides: nothing behind this header knows exit codes.
 */
#pragma once

#include <hv/decode.h>
#include <hv/types.h>

enum exit_kind {
    EXIT_RETRY = 0,      /* nothing to do: enter again */
    EXIT_INTERRUPT,      /* a physical interrupt is pending that the active VTL must not take itself */
    EXIT_PRIORITY,       /* MOV to CR8 */
    EXIT_DEADLINE,       /* what set_deadline asked for */
    EXIT_NMI,            /* a physical NMI is pending on this processor */
    EXIT_INIT,           /* a physical INIT reached this processor */
    EXIT_CPUID,
    EXIT_RDMSR,
    EXIT_WRMSR,
    EXIT_IO,
    EXIT_HYPERCALL,
    EXIT_MEMORY,         /* second-level fault */
    EXIT_EXCEPTION,      /* the guest's own: exit.raised */
    EXIT_INVD,
    EXIT_CONTROL_REGISTER, /* a write to CR0 or CR4: exit.control_register */
    EXIT_TABLE_REGISTER, /* LGDT, LIDT, LLDT, LTR or a store of one of them */
    EXIT_XSETBV,
    EXIT_UNDEFINED,      /* an instruction that does not exist in a VTL: #UD */
    EXIT_FAULT_GP,       /* the processor refused the guest's state: #GP(0) */
    EXIT_SHUTDOWN,       /* triple fault */
    EXIT_UNKNOWN,
    EXIT_KIND_COUNT,
};

enum memory_access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE };

struct exit_memory {
    gpa_t address;
    enum memory_access access;
    bool in_walk;        /* the guest's own table walk, not the final access */
    bool mode_based;     /* KX and UX are told apart where the access was made */
};

struct exit_io {
    uint16_t port;
    uint8_t size;        /* 1, 2 or 4 */
    bool in;
    bool string;         /* INS, OUTS, or a prefix of theirs */
    bool rep;
    uint64_t next_rip;
};

/* An event whose delivery the exit interrupted, or that is to be delivered. */
enum event_type { EVENT_NONE = 0, EVENT_INTERRUPT, EVENT_NMI, EVENT_EXCEPTION, EVENT_SOFTWARE };

struct event {
    enum event_type type;
    uint8_t vector;
    bool has_error_code;
    bool broken_off;         /* its delivery had begun when the exit happened */
    uint32_t error_code;
    bool sets_cr2;           /* a page fault that no processor raised: CR2 is loaded as it is delivered, the VTLs share it */
    uint64_t cr2;
};

struct exit {
    enum exit_kind kind;
    enum insn_kind instruction;  /* what the exit says was executed; INSN_OTHER: nothing to skip */
    uint8_t length;              /* instruction length where the processor tells it, else 0 */
    uint8_t control_register;    /* 0 or 4 */
    struct exit_memory memory;
    struct exit_io io;
    struct event interrupted;
    struct event raised;
    uint64_t code, info1, info2; /* raw, for the dump of unknown exits */
};
