/*
 * The IUM system calls as C functions (iumdll). Which of them a process may
 * make: abi/ium_syscalls.def; the others answer IUM_UNKNOWN_SYSCALL.
 * Results are enum ium_status unless said otherwise.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>

/* Ends the process; its memory is wiped, and callers learn code. */
_Noreturn void ium_exit(uint32_t code);

/* One line on VTL1's console: length at most IUM_MAX_LOG; bytes outside printable ASCII appear as '?'. */
int64_t ium_log(const char *text, size_t length);

/* Loader: bytes of the image's ELF file. */
int64_t ium_image_size(void);

/* Loader: copies [offset, offset + length) of the file, at most IUM_MAX_IMAGE_READ bytes. The range must be inside it. */
int64_t ium_image_read(uint64_t offset, void *buffer, size_t length);

/* Loader: the header that was signed with the file. */
int64_t ium_image_header(struct signed_image_header *header);

/* Loader: zeroed private pages, readable and writable until ium_protect. Page aligned, inside the image's addresses. */
int64_t ium_map(uint64_t address, uint64_t bytes, uint32_t rights);

/* Loader: the final rights of exactly one range of ium_map; IUM_WRITE and IUM_EXECUTE exclude each other. */
int64_t ium_protect(uint64_t address, uint64_t bytes, uint32_t rights);

/* Loader: goes on at entry, on a fresh stack, as the image; the loader's own pages are gone. Returns only if refused. */
int64_t ium_start(uint64_t entry);

/* Trustlet: replies to the call being served with what is in *call, if there is one, and waits for the next, which is in *call then. */
int64_t ium_wait_call(struct ium_call *call);

/* Trustlet: this image's key for a purpose of 1..IUM_MAX_PURPOSE bytes. How long the key is the same: ium_get_platform. */
int64_t ium_derive_key(const void *purpose, size_t length, uint8_t key[IUM_KEY_SIZE]);

/* Trustlet: who this is, as the signed header says. */
int64_t ium_get_identity(struct ium_identity *identity);

/*
 * Trustlet: one thread more, at most as many as max_sessions. It begins at
 * entry(call) when a call is there for it, which is in *call then; it must
 * answer it by ium_wait_call(call) and never return. stack_top NULL: on a stack
 * of its own of stack_pages, with unmapped pages below it. Else on whatever ends
 * there: 8 below a multiple of 16, as behind a call instruction.
 */
int64_t ium_create_thread(struct ium_call *call, void (*entry)(struct ium_call *call), void *stack_top);

/* Trustlet: 1 if the call that this thread serves was cancelled by its caller, else 0. */
int64_t ium_is_cancelled(void);

/*
 * Trustlet: asks VTL0 for a service and waits for the answer, which is VTL0's
 * word and nothing more. IUM_BAD_ARGUMENT: no such service, or a size out of its
 * range; VTL0 does not hear of it then. IUM_SUCCESS: call->status says what
 * VTL0 made of it, and call->reply_size bytes of call->data are its reply.
 */
int64_t ium_normal_call(struct ium_normal_call *call);

/*
 * Trustlet: what the machine remembers for this identity (abi/ium.h). Like the next two, which change it, it may
 * answer IUM_AGAIN: a TPM is at work, and the same call made again by this thread goes on with it or waits for its turn. Another of the
 * three given in between gives the first one up, whether it was done or not. IUM_DEVICE_FAILED: the TPM refuses or
 * does not answer; then what was to be changed is changed or not, as the next GET_FRESHNESS says. ium/fresh.h has the loops.
 */
int64_t ium_freshness_get(struct ium_freshness *freshness);

/*
 * Trustlet: remembers digest[IUM_FRESHNESS_DIGEST_SIZE] from now on. generation is what the last GET_FRESHNESS
 * said, or one more than the last SET_FRESHNESS was given; 0 where the state is NONE. IUM_BAD_ARGUMENT: it is another
 * one, or the state is neither NONE nor SET. IUM_SUCCESS: no power cut undoes it. IUM_NO_MEMORY: no TPM, and no room.
 */
int64_t ium_freshness_set(const uint8_t *digest, uint64_t generation);

/* Trustlet: forgets, whatever the state was. It is NONE then. */
int64_t ium_freshness_reset(void);

/* Trustlet: units of 100 ns since this boot, by the hypervisor's clock. Never goes back. */
int64_t ium_get_time(void);

/* Trustlet: where the keys' root comes from, and the PCRs that VTL1 was measured into. */
int64_t ium_get_platform(struct ium_platform *platform);
