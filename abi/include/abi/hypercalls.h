/*
 * Hypercall numbers and status codes, as abi/vsm.list has them, and the
 * encoding of the hypercall input and result values. Source: TLFS, "Hypercall
 * Interface".
 */
#pragma once

#include <stdint.h>

#define HV_HYPERCALL(code, name, ...) HVCALL_##name = (code),
enum hv_hypercall_code {
#include <abi/hypercalls.def>
};
#undef HV_HYPERCALL

#define HV_STATUS(value, name) HV_STATUS_##name = (value),
enum hv_status {
#include <abi/statuses.def>
};
#undef HV_STATUS

/* Hypercall input value (RCX). */
#define HV_INPUT_CODE(v)        ((uint16_t)(v))
#define HV_INPUT_FAST           (UINT64_C(1) << 16)
#define HV_INPUT_VAR_HEADER(v)  ((uint32_t)((v) >> 17) & 0x3FFu)
#define HV_INPUT_REP_COUNT(v)   ((uint32_t)((v) >> 32) & 0xFFFu)
#define HV_INPUT_REP_START(v)   ((uint32_t)((v) >> 48) & 0xFFFu)
/* Bits 30:27, 31 (nested), 47:44 and 63:60 must be zero. */
#define HV_INPUT_RESERVED       UINT64_C(0xF000F000F8000000)
#define HV_INPUT_REPS(n)        ((uint64_t)(n) << 32)

/* Result value (RAX): status in 15:0, reps completed (total) in 43:32. */
#define HV_RESULT(status, reps) ((uint64_t)(uint16_t)(status) | ((uint64_t)(reps) << 32))
#define HV_RESULT_STATUS(v)     ((uint16_t)(v))
#define HV_RESULT_REPS(v)       ((uint32_t)((v) >> 32) & 0xFFFu)

#define HV_PARTITION_ID_SELF UINT64_C(0xFFFFFFFFFFFFFFFF)
#define HV_VP_INDEX_SELF     0xFFFFFFFEu

/* HV_INPUT_VTL: bit 4 clear means "the caller's own VTL". */
#define HV_INPUT_VTL_USE_TARGET 0x10u
#define HV_INPUT_VTL_RESERVED   0xE0u
#define HV_INPUT_VTL_TARGET(v)  ((v) & 0x0Fu)

/* Access rights of HvCallModifyVtlProtectionMask (map flags). */
#define HV_MAP_GPA_READABLE        0x1u
#define HV_MAP_GPA_WRITABLE        0x2u
#define HV_MAP_GPA_KERNEL_EXECUTE  0x4u
#define HV_MAP_GPA_USER_EXECUTE    0x8u
#define HV_MAP_GPA_ALL             0xFu

/* VTL return control value (RAX on the switch): bit 0 is a fast return. */
#define HV_VTL_RETURN_FAST 0x1u
