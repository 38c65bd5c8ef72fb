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

/* Loader: copies [offset, offset + length) of the file. The range must be inside it. */
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

/* Trustlet: this image's key for a purpose of 1..IUM_MAX_PURPOSE bytes. The same key all boot long, and no longer. */
int64_t ium_derive_key(const void *purpose, size_t length, uint8_t key[IUM_KEY_SIZE]);

/* Trustlet: who this is, as the signed header says. */
int64_t ium_get_identity(struct ium_identity *identity);
