/*
 * EFI_TCG2_PROTOCOL, as the TCG EFI Protocol Specification, family 2.0, section
 * "EFI TCG2 Protocol", defines it; GNU-EFI's headers lack it. Functions that
 * boot never calls are placeholders of the right size.
 */
#pragma once

#include <efi.h>
#include <stddef.h>
#include <stdint.h>

#define TCG2_GUID { 0x607f766c, 0x7455, 0x42be, { 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f } }

#define TCG2_BANK_SHA256 (1u << 1) /* EFI_TCG2_BOOT_HASH_ALG_SHA256 */

/* Of the TCG PC Client Platform Firmware Profile, "Event Types". */
#define TCG_EV_SEPARATOR UINT32_C(0x4)
#define TCG_EV_IPL       UINT32_C(0xD) /* what a boot loader measured; the event says what in words */

struct tcg2_capability {
    uint8_t size; /* in: what the caller has room for */
    uint8_t structure_version[2];
    uint8_t protocol_version[2];
    uint32_t hash_algorithms;
    uint32_t event_logs;
    uint8_t tpm_present;
    uint16_t max_command_size;
    uint16_t max_response_size;
    uint32_t manufacturer;
    uint32_t bank_count;
    uint32_t active_banks; /* TCG2_BANK_* */
};
_Static_assert(offsetof(struct tcg2_capability, tpm_present) == 16 && offsetof(struct tcg2_capability, active_banks) == 32 &&
               sizeof(struct tcg2_capability) == 36, "EFI_TCG2_BOOT_SERVICE_CAPABILITY");

#define TCG2_EVENT_ROOM 2048u

/* EFI_TCG2_EVENT with its header, which is packed. */
struct tcg2_event {
    uint32_t size;        /* of all of it up to the event's last byte */
    uint32_t header_size; /* from here to the event: 14 */
    uint16_t header_version;
    uint32_t pcr;
    uint32_t type;        /* TCG_EV_* */
    uint8_t event[TCG2_EVENT_ROOM];
} __attribute__((packed));
#define TCG2_EVENT_HEADER_SIZE    14u
#define TCG2_EVENT_HEADER_VERSION 1u
_Static_assert(offsetof(struct tcg2_event, event) - offsetof(struct tcg2_event, header_size) == TCG2_EVENT_HEADER_SIZE,
               "EFI_TCG2_EVENT_HEADER");

struct tcg2 {
    EFI_STATUS(EFIAPI *get_capability)(struct tcg2 *self, struct tcg2_capability *capability);
    VOID *get_event_log;
    EFI_STATUS(EFIAPI *hash_log_extend_event)(struct tcg2 *self, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 data_size,
                                              struct tcg2_event *event);
    /* answer_size: what the caller has room for; the answer's own header says how long it is. */
    EFI_STATUS(EFIAPI *submit_command)(struct tcg2 *self, UINT32 command_size, const void *command, UINT32 answer_size, void *answer);
    VOID *get_active_pcr_banks;
    VOID *set_active_pcr_banks;
    VOID *get_result_of_set_active_pcr_banks;
};
