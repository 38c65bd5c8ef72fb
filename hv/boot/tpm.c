#include "tpm.h"

#include "firmware.h"
#include "hv_image.h"
#include "log.h"
#include "tcg2.h"
#include "tpm_root.h"

#include <boot_mutant.h>
#include <lib/format.h>
#include <lib/string.h>

#define CONFIG_MEASURED_SIZE (2 * CONFIG_TEXT_SIZE + 128)
_Static_assert(CONFIG_MEASURED_SIZE <= TCG2_EVENT_ROOM, "the configuration is its own event");

#define PAUSE_MICROSECONDS 20000u

static EFI_GUID tcg2_guid = TCG2_GUID;

/* NULL: no TPM 2.0, or one that cannot be used; the reason has been said. */
static struct tcg2 *find_tpm(uint32_t *banks)
{
    struct tcg2_capability capability = { .size = sizeof(capability) };
    struct tcg2 *tcg2 = firmware_protocol(&tcg2_guid);

    if (tcg2 == NULL || EFI_ERROR(tcg2->get_capability(tcg2, &capability)) || !capability.tpm_present) {
        log_info("TPM 2.0: none, nothing is measured into PCRs");
        return NULL;
    }
    if ((capability.active_banks & TCG2_BANK_SHA256) == 0) {
        log_info("TPM 2.0: not used, its SHA-256 bank is off");
        return NULL;
    }
    *banks = capability.active_banks;
    return tcg2;
}

/* The firmware hashes the data for each bank. words, size: what the event log says of it. */
static EFI_STATUS try_extend(struct tcg2 *tcg2, uint32_t pcr, uint32_t type, const void *data, size_t data_size, const void *words,
                             size_t size)
{
    static struct tcg2_event event;

    event = (struct tcg2_event){
        .size = (uint32_t)(offsetof(struct tcg2_event, event) + size),
        .header_size = TCG2_EVENT_HEADER_SIZE,
        .header_version = TCG2_EVENT_HEADER_VERSION,
        .pcr = pcr,
        .type = type,
    };
    memcpy(event.event, words, size);
    return tcg2->hash_log_extend_event(tcg2, 0, (uintptr_t)data, data_size, &event);
}

static bool extended(uint32_t pcr, EFI_STATUS status)
{
    if (EFI_ERROR(status)) {
        log_error("TPM 2.0: PCR %u is not extended, status %lx", pcr, (uint64_t)status);
        return false;
    }
    return true;
}

static bool extend(struct tcg2 *tcg2, uint32_t pcr, uint32_t type, const void *data, size_t data_size, const void *words, size_t size)
{
    return extended(pcr, try_extend(tcg2, pcr, type, data, data_size, words, size));
}

static bool measure(struct tcg2 *tcg2, uint32_t pcr, const void *data, size_t size, const char *words)
{
    return extend(tcg2, pcr, TCG_EV_IPL, data, size, words, strlen(words) + 1);
}

/* A signed image by header and payload, so that its digest is the image's measurement. */
static bool measure_image(struct tcg2 *tcg2, uint32_t pcr, const struct esp_file *file, const char *words)
{
    const size_t before = sizeof(struct signed_image_signature);

    return file->size == 0 || measure(tcg2, pcr, file->data + before, file->size - before, words);
}

/* What VTL0's program is and how much is logged decides nothing about VTL1. */
static bool measure_config(struct tcg2 *tcg2, const struct config *config)
{
    static char text[CONFIG_MEASURED_SIZE];
    size_t size = format(text, sizeof(text), "vtl1.securekernel = %s\nvtl1.trustlet = %s\nvtl1.memory = %u\nmutant = %u\n",
                         config->vtl1_securekernel, config->vtl1_trustlet, config->vtl1_memory, config->mutant);

    return boot_mutant_is(BOOT_MUTANT_CONFIG_UNMEASURED) || extend(tcg2, MEASURED_PCR_CHOICES, TCG_EV_IPL, text, size, text, size);
}

/* As the firmware closes its own PCRs: from here on VTL0 can only go forward to values that no boot ends with. */
static bool close_pcr(struct tcg2 *tcg2, uint32_t pcr)
{
    static const uint32_t separator = 0;

    return boot_mutant_is(BOOT_MUTANT_PCRS_OPEN) ||
           extend(tcg2, pcr, TCG_EV_SEPARATOR, &separator, sizeof(separator), &separator, sizeof(separator));
}

static bool measure_all(struct tcg2 *tcg2, const struct config *config, const struct image_owner *owner,
                        const struct vtl1_files *files)
{
    return measure(tcg2, MEASURED_PCR_CODE, hv_image_start, hv_image_size(), "OpenVSM hypervisor") &&
           measure_image(tcg2, MEASURED_PCR_CODE, &files->securekernel, "OpenVSM secure kernel") &&
           (!config_has_securekernel(config) || boot_mutant_is(BOOT_MUTANT_OWNER_UNMEASURED) ||
            measure(tcg2, MEASURED_PCR_CHOICES, owner, sizeof(*owner), "OpenVSM owner block")) &&
           measure_config(tcg2, config) && measure_image(tcg2, MEASURED_PCR_TRUSTLETS, &files->trustlet, "OpenVSM trustlet") &&
           close_pcr(tcg2, MEASURED_PCR_CODE) && close_pcr(tcg2, MEASURED_PCR_CHOICES) && close_pcr(tcg2, MEASURED_PCR_TRUSTLETS);
}

static bool submit(void *self, const void *command, uint32_t size, void *answer, uint32_t capacity)
{
    struct tcg2 *tcg2 = self;

    return !EFI_ERROR(tcg2->submit_command(tcg2, size, command, capacity, answer));
}

static void pause_for_tpm(void *self)
{
    (void)self;
    firmware.services->Stall(PAUSE_MICROSECONDS);
}

/* Part 2, "TPM_RC (Response Codes)": without the bits that say which handle, session or parameter is meant. */
static const char *remedy(uint32_t code)
{
    switch (code & 0xBF) {
    case 0x8E: /* TPM_RC_AUTH_FAIL */
    case 0xA2: /* TPM_RC_BAD_AUTH */
        return "the owner hierarchy has a password: set it to the empty one, or clear the TPM";
    case 0x85: /* TPM_RC_HIERARCHY */
        return "the owner hierarchy is off: turn it on in the firmware's setup";
    default:
        return "switch the machine off and on, or turn the TPM off in the firmware's setup";
    }
}

static bool take_root(struct tcg2 *tcg2, struct vtl1_boot_root *root)
{
    const struct tpm_link link = { submit, pause_for_tpm, tcg2 };
    struct tpm_refusal refusal;

    if (!tpm_root_take(&link, root, &refusal)) {
        log_error("TPM 2.0: no key root, %s answers 0x%x: %s", refusal.command, refusal.code, remedy(refusal.code));
        return false;
    }
    return true;
}

/* After this nobody gets the root's secret in this boot, nor in one without VTL1, nor after a start that failed half-way. */
static EFI_STATUS cap(struct tcg2 *tcg2)
{
    static const char words[] = MEASURED_CAP;

    if (boot_mutant_is(BOOT_MUTANT_ROOT_UNCAPPED)) {
        return EFI_SUCCESS;
    }
    return try_extend(tcg2, MEASURED_PCR_CODE, TCG_EV_IPL, words, sizeof(words), words, sizeof(words));
}

bool tpm_measure(const struct config *config, const struct image_owner *owner, struct vtl1_files *files, struct vtl1_boot_root *root)
{
    uint32_t banks;
    struct tcg2 *tcg2 = find_tpm(&banks);

    if (tcg2 == NULL) {
        return true;
    }
    if (!measure_all(tcg2, config, owner, files) || (config_has_securekernel(config) && !take_root(tcg2, root))) {
        cap(tcg2); /* the error has been said */
        return false;
    }
    if (!extended(MEASURED_PCR_CODE, cap(tcg2))) {
        return false;
    }
    files->measured.tpm_pcrs = 1u << MEASURED_PCR_CODE | 1u << MEASURED_PCR_CHOICES | 1u << MEASURED_PCR_TRUSTLETS;
    files->measured.tpm_banks = banks;
    log_info("TPM 2.0: measured into PCRs %u, %u and %u, banks 0x%x", MEASURED_PCR_CODE, MEASURED_PCR_CHOICES,
             MEASURED_PCR_TRUSTLETS, banks);
    return true;
}
