/* How identities, kinds, algorithms and system calls are written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_TEXT_SIZE 37u

/* "f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90" to 16 bytes. False: text is no UUID. */
bool uuid_parse(const char *text, uint8_t uuid[16]);

/* The other way, in lower case. */
void uuid_print(const uint8_t uuid[16], char text[UUID_TEXT_SIZE]);

/* Decimal or 0x..., nothing else around it, at most limit. False: it is not that. */
bool number_parse(const char *text, uint64_t limit, uint64_t *number);

/* "ed25519", "ecdsa-p256"; "unknown" for other numbers. */
const char *algorithm_name(uint32_t algorithm);

/* 0 for an unknown name. */
uint32_t algorithm_by_name(const char *name);

/* "securekernel", "trustlet"; "unknown" for other numbers. */
const char *kind_name(uint32_t kind);

/* The name of abi/ium_syscalls.def, or NULL. */
const char *syscall_name(unsigned number);

/* Its number, or -1; *loader tells that only the IUM loader may make it. */
int syscall_by_name(const char *name, bool *loader);

/* size bytes in lower-case hexadecimal: 2 * size digits and a zero. */
void hex_print(const uint8_t *bytes, size_t size, char *text);
