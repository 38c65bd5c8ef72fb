/*
 * What a test's VTL0 payload asks of its VTL1 payload, by VTL call: command in
 * RDX, arguments in R8-R11, answer in RAX and, where noted, R9. Every command
 * acts on the processor that makes the call.
 */
#pragma once

enum guest_command {
    COMMAND_PING = 1,       /* -> GUEST_PING + VP index */
    COMMAND_BOOT_BLOCK,     /* (n) -> the n-th 8 bytes of the loader's boot block */
    COMMAND_POKE,           /* (n, value): the n-th 8 bytes of the two scratch pages */
    COMMAND_PEEK,           /* (n) -> */
    COMMAND_HYPERCALL,      /* (control, input offset, output offset in the scratch pages) -> result */
    COMMAND_HYPERCALL_RAW,  /* (control, RDX, R8) -> result */
    COMMAND_PROTECT,        /* (map flags, first page number, count) -> result */
    COMMAND_READ_MSR,       /* (msr) -> value; R9 = 0 or the exception's vector with bit 8 set */
    COMMAND_WRITE_MSR,      /* (msr, value); R9 as above */
    COMMAND_READ_STATE,     /* (enum guest_state) -> */
    COMMAND_WRITE_STATE,    /* (enum guest_state, value) */
    COMMAND_SEEN,           /* (enum guest_seen) -> what VTL1 saw at the entry before this one */
    COMMAND_TURN,           /* every shared register but RAX, RCX and RSP comes back complemented */
    COMMAND_POLICY,         /* (enum guest_policy): what happens at intercepts from now on */
    COMMAND_MESSAGE,        /* (n) -> the n-th 8 bytes of the last message; n = 32 + 32 * s + n: of slot s as it is now */
    COMMAND_RELEASE_SLOT,   /* frees slot 0 and writes EOM -> the flags that were in it */
    COMMAND_COUNT,          /* (enum guest_count) -> */
    COMMAND_RETURN_STYLE,   /* (GUEST_RETURN_* bits): from this command's own return on */
    COMMAND_SET_RETURN,     /* (RAX, RCX): what this command's return leaves in the assist page */
    COMMAND_SWITCH_RAW,     /* (RAX, RCX): VMMCALL in VTL1 -> vector with bit 8, R9 = 1 if RIP stayed on it */
    COMMAND_STAY,           /* stays in VTL1 until COMMAND_LET_GO on another processor -> 1, or 0 after its time */
    COMMAND_LET_GO,         /* -> 1 */
    COMMAND_STAYING,        /* -> 1 while another processor is inside COMMAND_STAY */
    COMMAND_SPIN,           /* (rounds, open): a loop in VTL1, with IF = 1 if open -> rounds */
    COMMAND_SPINNING,       /* -> 1 while another processor is inside COMMAND_SPIN */
    COMMAND_HOLD_FLUSHES,   /* (enum guest_hold, n, loops): TLB lock until n flushes began -> completed; 63:32: after it; R9 begun */
    COMMAND_FLUSH_STEP,     /* (0: waits for that lock, then one begins; 1: one has completed) */
    COMMAND_RELEASE_SINT,   /* (n): frees slot n and writes EOM -> the flags that were in it */
    COMMAND_TICKS,          /* -> address of timer interrupts taken and, 8 bytes on, reference time of the last */
    COMMAND_WAIT_TICKS,     /* (at least, 100 ns): with IF = 1, until so many have been taken or the time is over -> taken */
    COMMAND_ENABLE_VP,      /* (VP index, enum guest_bad_context, target VTL) -> result of HvCallEnableVpVtl */
    COMMAND_VECTORS,        /* (processor, n) -> the n-th of the vectors of vectors.h that its VTL1 has taken; n = all ones: how many */
    COMMAND_VECTOR_RESET,   /* forgets them */
    COMMAND_OPEN,           /* IF = 1 for a moment */
    COMMAND_VINA,           /* (value): VinaStatus in the assist page -> what it was */
    COMMAND_REGISTER_OF,    /* (VP index, name): HvCallGetVpRegisters of its VTL1 -> status, R9 = value */
    COMMAND_SET_REGISTER,   /* (name, value, input VTL) -> status */
    COMMAND_GET_REGISTER,   /* (name, input VTL) -> value; R9 = status */
    COMMAND_TURN_EXTENDED,  /* (entry reason, XCR0): at the next entry for it, XSAVE's state goes to the scratch pages and is turned
                               (extended.h); XCR0, if not 0, is written */
    COMMAND_APIC_PAGE,      /* (enum guest_page_form, offset, RAX before) -> RAX behind the access; R9 as above */
    COMMAND_FUZZ_SET,       /* (enum guest_fuzz_setting, value, count) -> WINDOW: page number of VTL1's own pages */
    COMMAND_FUZZ_SCATTER,   /* VTL1's memory is closed, each page under test gets a mask by chance -> how many calls failed */
    COMMAND_FUZZ_RUN,       /* (calls, last): no answer; the return is of any style */
    COMMAND_FUZZ_COUNT,     /* (enum fuzz_count) -> */
    COMMAND_FUZZ_RIGHTS,    /* (n) -> the masks of eight pages from the n-th on: first the window's, then VTL1's own */
    COMMAND_FUZZ_OWN_CHANGED, /* -> VTL1's own pages that have changed without VTL0's right to write them */
};

#define GUEST_PING 0x50494E4700u
#define GUEST_FAULT 0x100u /* in a vector that came from an exception */

/* VTL return: fast instead of from the assist page; by an own VMMCALL instead of the hypercall page's entry. */
#define GUEST_RETURN_FAST   1u
#define GUEST_RETURN_DIRECT 2u

/* Interrupts of VTL1 that COMMAND_TICKS counts: for its timers and SINTs. */
#define GUEST_VECTOR_TICK 0x31u

enum guest_state {
    STATE_CR0, STATE_CR2, STATE_CR3, STATE_CR4, STATE_DR0, STATE_DR1, STATE_DR2, STATE_DR3, STATE_DR7, STATE_RFLAGS,
    STATE_RSP, STATE_CS, STATE_SS, STATE_DS, STATE_ES, STATE_FS, STATE_GS, STATE_TR, STATE_GDT, STATE_IDT, STATE_COUNT,
};

/* What VTL1 keeps of an entry, in the order of struct vtl_registers (guest/registers.h). */
enum guest_seen {
    SEEN_CR2, SEEN_R15, SEEN_R14, SEEN_R13, SEEN_R12, SEEN_R11, SEEN_R10, SEEN_R9, SEEN_R8, SEEN_RBP, SEEN_RDI, SEEN_RSI,
    SEEN_RDX, SEEN_RCX, SEEN_RBX, SEEN_RAX, SEEN_REASON, SEEN_ASSIST_RAX, SEEN_ASSIST_RCX,
    SEEN_XMM0_LOW, SEEN_XMM15_HIGH = SEEN_XMM0_LOW + 31, SEEN_COUNT,
};

enum guest_policy {
    POLICY_INJECT_GP, /* #GP(0) by PendingEvent0 */
    POLICY_ALLOW,     /* the page gets every right back, VTL0's instruction runs again */
    POLICY_HOLD,      /* as ALLOW, but slot 0 stays occupied */
    POLICY_COMPLETE,  /* the write that the message tells of is done (an OUT is dropped), RIP moved behind the instruction */
    POLICY_DISARM,    /* no register intercepts, or none of that port, any more; VTL0's instruction runs again */
    POLICY_ADVANCE,   /* RIP is moved behind the instruction, which must be 3 bytes long */
};

/* What VTL1 answers to a read that it completes: RDX and RAX of an RDMSR, the low bytes of RAX of an IN. */
#define GUEST_READ_ANSWER UINT64_C(0x1A2B3C4D95A6B7C8)

/* How the TLB lock is taken; HOLD_UNLOCK also gives it back, and waits for the n to complete. */
enum guest_hold { HOLD_REGISTER, HOLD_TRANSLATE, HOLD_UNLOCK };

enum guest_page_form {
    PAGE_LOAD_32, PAGE_STORE_32, PAGE_EXCHANGE_32, PAGE_LOAD_8, PAGE_LOAD_16, PAGE_LOAD_64, PAGE_STORE_8, PAGE_STORE_64, PAGE_OR_32,
    PAGE_STORE_IMMEDIATE, /* of PAGE_IMMEDIATE */
};
#define PAGE_IMMEDIATE 0x1C3 /* an SVR; raw.S has it, too */

enum guest_count { COUNT_INTERCEPTS, COUNT_SINT0, COUNT_CALLS, COUNT_PENDING_FLAG, COUNT_REFUSED /* statuses of what the policy did */ };

/* Of COMMAND_FUZZ_SET; WINDOW first. The window is VTL0's memory, around one whole large page. */
enum guest_fuzz_setting { GUEST_FUZZ_WINDOW, GUEST_FUZZ_FOREIGN, GUEST_FUZZ_SEED };
#define GUEST_FUZZ_EDGE         16u
#define GUEST_FUZZ_WINDOW_PAGES (512u + 2 * GUEST_FUZZ_EDGE)
#define GUEST_FUZZ_OWN_PAGES    32u

enum guest_bad_context { CONTEXT_GOOD, CONTEXT_NO_PAGING, CONTEXT_NO_LONG_MODE, CONTEXT_BAD_RIP, CONTEXT_BAD_EFER, CONTEXT_BAD_CR4 };

/* From here in VP 0's scratch pages: what HvCallEnableVpVtl answered to each bad context, while the last VP had no VTL1. */
#define GUEST_CONTEXT_STATUSES 1000u
