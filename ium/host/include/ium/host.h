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

/* How many answers were refused as BAD_REPLY so far. */
uint32_t trustlet_bad_replies(void);
