/* System calls (see <vtl0/user_call.h>) and the few things every program here needs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vtl0/nt.h>
#include <vtl0/user_call.h>

int64_t user_main(void);

int64_t user_write(const char *text, size_t size);
int64_t user_wait(int64_t result, char *command, size_t size);
int64_t user_read_line(char *line, size_t size);
int64_t user_vault(struct user_vault_call *call);
uint64_t user_time(void);
int64_t user_blob(struct user_blob_call *call);
int64_t user_nt(struct user_nt_call *call);
_Noreturn void user_end_work(void);

void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_hex(const void *bytes, size_t size);

/* Fills with bytes of RDRAND; false when the processor gives none. */
bool random_bytes(void *to, size_t size);
