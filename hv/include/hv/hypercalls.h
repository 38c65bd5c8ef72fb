/*
 * The hypercalls behind the dispatcher (hv/core/hypercall.c). Each gets input
 * that was copied once and has the right size; vp_registers and
 * protection are rep calls and handle one element at a time.
 */
#pragma once

#include <hv/cpu.h>

uint16_t call_enable_partition_vtl(struct cpu *cpu, const struct hv_input_enable_partition_vtl *input);
uint16_t call_enable_vp_vtl(struct cpu *cpu, const struct hv_input_enable_vp_vtl *input);
uint16_t call_start_vp(struct cpu *cpu, const struct hv_input_enable_vp_vtl *input);
uint16_t call_modify_protection(struct cpu *cpu, const struct hv_input_modify_vtl_protection_mask *input, uint64_t page);
uint16_t call_get_register(struct cpu *cpu, const struct hv_input_vp_registers *input, uint32_t name,
                           struct hv_register_value *out);
uint16_t call_translate(struct cpu *cpu, const struct hv_input_translate_virtual_address *input,
                        struct hv_output_translate_virtual_address_ex *out);
uint16_t call_get_vp_index(const struct cpu *cpu, const struct hv_input_get_vp_index_from_apic_id *input, uint32_t apic_id,
                           uint32_t *out);
uint16_t call_post_message(const struct hv_input_post_message *input);
uint16_t call_check_access(const struct cpu *cpu, const struct hv_input_check_access *input, uint64_t page, uint64_t *out);
uint16_t call_set_register(struct cpu *cpu, const struct hv_input_vp_registers *input, const struct hv_register_assoc *assoc);

/* The code the hypercall page holds, and where its VTL call and return entries are. */
#define HYPERCALL_PAGE_VTL_CALL   0x10u
#define HYPERCALL_PAGE_VTL_RETURN 0x20u
#define HYPERCALL_PAGE_VTL_CALL_32   0x30u /* for 32-bit callers */
#define HYPERCALL_PAGE_VTL_RETURN_32 0x40u
extern const uint8_t hypercall_page_vmmcall[];
extern const uint8_t hypercall_page_vmcall[];
#define HYPERCALL_PAGE_SIZE 0x50u /* of either */
