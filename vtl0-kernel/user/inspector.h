/*
 * One program in two roles: the subject, an ordinary process that others act
 * upon, and the inspector, which makes the same calls on it and on a secure process. Both have
 * the same addresses.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/nt.h>

#define SUBJECT_READY  UINT64_C(0x59444145525F4D41) /* what subject.ready is once the subject waits */
#define SUBJECT_COPIES 64u

/* What the subject has, and what others change in it. */
struct subject {
    uint64_t ready;
    uint64_t written;                /* by NtWriteVirtualMemory */
    uint64_t by_thread, by_apc;      /* by the two functions below, run by others */
    uint64_t by_code, by_library;    /* by code that others put there */
    uint64_t kept[SUBJECT_COPIES];   /* the word that memory is searched for */
};
extern volatile struct subject subject;

/* A thread's start and an APC's routine: leave their argument in subject. Hidden: their addresses are taken without a table. */
void subject_thread(uint64_t argument) __attribute__((visibility("hidden")));
void subject_apc(uint64_t argument) __attribute__((visibility("hidden")));

int64_t subject_keep(uint64_t word);
int64_t subject_break(void);

/* Makes one service; what it gave is in out. Returns NTSTATUS. */
uint32_t nt(enum nt_service service, const uint64_t in[4], uint64_t out[3]);

/* One line for a test: good of wanted. Returns whether they are equal. */
bool report(const char *id, uint64_t good, uint64_t wanted);

/* A handle with that access, 0 if it is refused. */
uint64_t open_process(uint64_t pid, uint32_t access);
uint32_t nt_close(uint64_t handle);
uint32_t query_flags(uint64_t handle, uint64_t pid, uint32_t *flags);

/* All that a dump of the process's memory has: bytes that could be read, and SUBJECT_READY among them or not. */
struct dump {
    uint64_t bytes;
    bool found;
};
struct dump dump_memory(uint64_t handle);

/* "mov qword [rdi], value; mov eax, USER_CALL_END_WORK; syscall; ud2": code that runs wherever it is put. */
#define CODE_SIZE 16u
void code_that_writes(uint8_t code[CODE_SIZE], uint32_t value);

/* The roles' tests. 0: all good. */
int64_t inspect_ordinary(uint64_t pid);
int64_t inspect_ordinary_after(uint64_t pid);
int64_t inspect_faulted(uint64_t pid);
int64_t inspect_stop(uint64_t pid);
int64_t inspect_secure(uint64_t pid);
int64_t inspect_owners(uint64_t pid);
int64_t inspect_end(uint64_t pid);
