/* What the files of the VSM client share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/vsm.h>

struct vsm_client {
    enum vsm_state state;
    uint64_t page;       /* the hypercall page: guest-physical and virtual */
    uint64_t vtl_call;   /* entry points inside it */
    uint64_t vtl_return;
};

extern struct vsm_client vsm_client;

/* vsm_watch.c: the VTL call of a processor that is watched. */
bool vsm_is_watched(void);
uint64_t vsm_watched_call(uint64_t frame_gpa);

/* vsm_entry.S */
uint64_t vsm_enter_hypercall(uint64_t entry, uint64_t input, uint64_t input_gpa, uint64_t output_gpa);
uint64_t vsm_enter_vtl_call(uint64_t entry, uint64_t frame_gpa);
uint64_t vsm_enter_vtl_call_observed(uint64_t entry, uint64_t frame_gpa, struct vsm_registers *registers);
