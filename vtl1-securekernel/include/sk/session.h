/* Sessions: VTL0's handles on processes. Under kernel_lock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sk/process.h>

#define SESSIONS 1024u

/* A new handle on process, never zero and not used before in this boot. 0: no slot, or the image's max_sessions reached. */
uint64_t session_open(struct process *process);

/* The process behind a handle, or NULL. handle comes from VTL0 and may be anything. */
struct process *session_find(uint64_t handle);

/* Forgets a handle that session_find knows. */
void session_close(uint64_t handle);

/* How many handles there are. */
uint64_t session_count(void);

/* Forgets the handles that process was about to give: VTL0 has not been told of them, so nobody could close them. */
void session_close_unopened(const struct process *process);

/* Forgets every handle on process. */
void session_close_all(const struct process *process);
