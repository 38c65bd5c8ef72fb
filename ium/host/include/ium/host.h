/*
 * A trustlet as a program of the build machine: the same sources and iumbase,
 * with functions in the place of system calls (ium/host). For unit tests and
 * fuzzing under ASan and UBSan; openvsm_add_trustlet_host_test builds it.
 *
 *   log           lines on stdout, "NAME: text"
 *   identity      the manifest's, from the same note that is signed
 *   derive_key    under a fixed root: the same in each run, good for nothing else
 *   platform      a machine without a TPM; the test may set another (trustlet_platform)
 *   heap          malloc behind ium_malloc, within heap_pages
 *   freshness     one record on memory, kept over stops and starts (trustlet_fresh); GET_TIME is what the test says (trustlet_time)
 *   asking VTL0   the test answers (trustlet_vtl0); without that, every question is refused, as it is while VTL1 boots
 *   system calls  those the manifest allows; others answer IUM_UNKNOWN_SYSCALL
 *
 * Without a manifest's note in the program (a fuzzer): identity zero, every
 * system call of a trustlet, 64 pages, 8 sessions.
 *
 * A call runs to its end before the next begins, so a test sees one order of
 * things, always the same. Threads of CREATE_THREAD are threads here too; the newest
 * that waits gets the next call, as in the secure kernel, and only the first
 * one gets large calls. While a thread asks VTL0, the answering function may
 * make other calls, which other threads serve. It may run on any of them, so it
 * does not assert.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>
#include <abi/normal_call.h>

/* What a call came to, beside the trustlet's own status. */
enum trustlet_outcome {
    TRUSTLET_ANSWERED = 0,
    TRUSTLET_ENDED = 1,       /* it made EXIT in this call: trustlet_exit_code says why. Its sessions are gone */
    TRUSTLET_NOT_RUNNING = 2, /* not started, or ended before */
    TRUSTLET_NO_SESSION = 3,  /* not open */
    TRUSTLET_TOO_LONG = 4,    /* more input than large_size; without one, input or capacity above 4024 bytes */
    TRUSTLET_BUSY = 5,        /* every thread serves a call */
};

/* Bytes out and what the trustlet said. */
struct trustlet_answer {
    enum trustlet_outcome outcome;
    uint32_t status; /* the trustlet's own; 0 unless TRUSTLET_ANSWERED */
    uint32_t size;   /* bytes in the caller's buffer */
};

/*
 * Starts the trustlet: heap, PSA if linked, its start(). False: it ended by
 * EXIT. Static variables keep what they hold from one start to the next, as
 * they do not in a process; sessions, heap and PSA are new.
 */
bool trustlet_start(void);

/* Closes what is open and ends the trustlet; its heap and PSA's keys are gone. */
void trustlet_stop(void);

/* A new session, never 0. 0: refused (trustlet_last_status says by what), max_sessions are open, or it does not run. */
uint64_t trustlet_open(void);
void trustlet_close(uint64_t session);

/*
 * One command. in[0..in_size) is copied, out has capacity bytes: exactly
 * answer.size are written. A trustlet that reads behind its input or writes
 * behind its reply is stopped by ASan: both are allocations of that size.
 */
struct trustlet_answer trustlet_call(uint64_t session, uint32_t command, const void *in, uint32_t in_size, void *out,
                                     uint32_t capacity);

/* The status of the last open or command; the code of the last EXIT. */
uint32_t trustlet_last_status(void);
uint32_t trustlet_exit_code(void);

/* Every block of the trustlet's heap that is in use, PSA's own heap among them, for a test that searches memory. */
typedef void (*trustlet_heap_function)(const void *block, size_t size, void *context);
void trustlet_heap(trustlet_heap_function look, void *context);

/* The last line that was logged, as VTL1's console shows it, without the name. Empty: none was. */
const char *trustlet_last_line(void);

/* The manifest in this program, or the default. */
const struct signed_image_header *trustlet_manifest(void);

/* Another identity and security version from now on: what another trustlet, or another version, would be given. NULL: its own again. */
void trustlet_pretend(const uint8_t identity[16], uint32_t security_version);

/* What GET_PLATFORM answers from now on. NULL, and before the first call: a machine without a TPM. */
void trustlet_platform(const struct ium_platform *platform);

/* The next command is cancelled by its caller: IS_CANCELLED answers 0 to the first so many questions, then 1. One command only. */
void trustlet_cancel(uint32_t questions);

/* What a trustlet asks: request[0..size), of the service's sizes. */
struct trustlet_question {
    uint32_t number; /* enum normal_call_number */
    uint32_t size;
    const uint8_t *request;
};

/*
 * VTL0, played by the test: reply[0..*size) and a status. capacity: what the
 * trustlet takes. What the secure kernel would refuse as BAD_REPLY (an unknown
 * status, more than capacity, data with a failure) is counted, and the question
 * asked again: it is still open. reply has room for NORMAL_CALL_DATA_SIZE bytes.
 */
typedef uint32_t (*trustlet_vtl0_function)(const struct trustlet_question *question, uint8_t *reply, uint32_t capacity,
                                           uint32_t *size);

/* Who answers from now on. NULL: nobody; every question is refused. */
void trustlet_vtl0(trustlet_vtl0_function answers);

/*
 * For the answering function: the power goes while VTL0 is at work, before or after it did what it was asked. Does not return: the call is
 * TRUSTLET_ENDED with TRUSTLET_POWER_CUT, and trustlet_start is the reboot.
 */
_Noreturn void trustlet_power_cut(void);

/* How many answers were refused as BAD_REPLY so far. */
uint32_t trustlet_bad_replies(void);

/*
 * What GET_FRESHNESS answers from now on, whatever was set before; kept over trustlet_stop and trustlet_start, as a TPM
 * keeps it over reboots, and for whoever trustlet_pretend says this is. At first: state NONE, lasting, clock 0. Whatever is
 * in it is told as it is: a test that has the TPM cleared gives NONE, one that has another's record FOREIGN, one whose
 * TPM was tampered with ROLLED_BACK, and one that
 * has an old state accepted gives back what trustlet_fresh_now said before. The clock goes on from there as trustlet_time says.
 * The generation after NONE is 42 at first, and never one that was there before.
 *
 * Each of the three system calls is told IUM_AGAIN once before it is answered.
 */
void trustlet_fresh(const struct ium_freshness *freshness);

/* What GET_FRESHNESS would answer now. Not counted as a call. */
struct ium_freshness trustlet_fresh_now(void);

/* What becomes of one of these system calls. */
enum trustlet_fault {
    TRUSTLET_FAULT_NONE = 0,
    TRUSTLET_FAULT_FAILS,           /* IUM_DEVICE_FAILED, and nothing has changed */
    TRUSTLET_FAULT_FAILS_COMMITTED, /* IUM_DEVICE_FAILED, but what was to be changed is */
    TRUSTLET_FAULT_CUT,             /* the power goes before the commit: TRUSTLET_ENDED, exit code TRUSTLET_POWER_CUT */
    TRUSTLET_FAULT_CUT_COMMITTED,   /* the power goes right after the commit, before the trustlet hears of it */
    TRUSTLET_FAULT_DEAD,            /* every call of the three fails from now on, until another fault or NONE is asked for */
};

#define TRUSTLET_POWER_CUT UINT32_C(0xFFFFFFFF)

/*
 * The next call of that number (IUM_SYSCALL_GET_FRESHNESS, SET_ or RESET_) has that fault, after as many without as
 * skip says. Once; DEAD whatever the number. After a power cut trustlet_start is the reboot: the record is what it was
 * before the commit or after it. Static variables keep what they hold, as trustlet_start says.
 */
void trustlet_fresh_fault(enum ium_syscall call, uint32_t skip, enum trustlet_fault fault);

/* What GET_TIME answers from now on, in units of 100 ns; 0 at first. A time below the last one is ignored: it never goes back. */
void trustlet_time(uint64_t time);
