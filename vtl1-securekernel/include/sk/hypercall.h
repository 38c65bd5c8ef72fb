/*
 * The hypercalls VTL1 makes, by the stubs of abi/vsm.list. Each uses this
 * processor's own input and output page, so none needs a lock.
 * Statuses are enum hv_status.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/tlfs.h>

#include <sk/gpa.h>

/* Puts the hypercall page in place for VTL1. First processor only. */
void hypercall_page_enable(void);

/* Reads one register of this processor in VTL1. */
uint16_t hypercall_get_register(uint32_t name, struct hv_register_value *value);

/* Writes one register of this processor: vtl is an HV_INPUT_VTL (0 = VTL1 itself). */
uint16_t hypercall_set_register(uint8_t vtl, uint32_t name, uint64_t value);

/* Sets what VTL0 may do with count pages from base: rights are HV_MAP_GPA_*. Stops at the first error. */
uint16_t hypercall_protect(gpa_t base, uint64_t count, uint32_t rights);

/* The same for count pages anywhere, by their page numbers. */
uint16_t hypercall_protect_pages(const uint64_t *pages, uint32_t count, uint32_t rights);

/* Enables VTL1 on another processor, to start from context. */
uint16_t hypercall_enable_vp(uint32_t vp_index, const struct hv_initial_vp_context *context);
