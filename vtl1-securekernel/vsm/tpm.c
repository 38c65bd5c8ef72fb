#include <sk/tpm.h>

#include <lib/crb.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/tis.h>

#include <abi/tlfs.h>

#include <sk/hypercall.h>
#include <sk/kernel_space.h>
#include <sk/log.h>
#include <sk/page_table.h>

#define PCR_COUNT   24u
#define DIGEST_SIZE 32u

/* TPM 2.0 Library, part 3, "TPM2_PCR_Read": one selection, of the SHA-256 bank. Its three bytes of PCRs are at SELECT. */
#define SELECT 17u
static const uint8_t pcr_read[] = {
    0x80, 0x01, 0, 0, 0, 20, 0, 0, 0x01, 0x7E, /* TPM_ST_NO_SESSIONS, size, TPM_CC_PCR_Read */
    0, 0, 0, 1, 0, 0x0B, 3, 0, 0, 0,           /* one selection: TPM_ALG_SHA256, three bytes of it */
};

/* The answer: header, update counter, the selection, and a list of one digest. What is around the counter is known. */
#define ANSWER_COUNTER   10u
#define ANSWER_SELECTION 14u
#define ANSWER_DIGEST    30u
#define ANSWER_SIZE      (ANSWER_DIGEST + DIGEST_SIZE)
static const uint8_t answer_header[ANSWER_COUNTER] = { 0x80, 0x01, 0, 0, 0, ANSWER_SIZE, 0, 0, 0, 0 };
static const uint8_t answer_list[] = { 0, 0, 0, 1, 0, DIGEST_SIZE };

static volatile uint8_t *registers(void)
{
    return (volatile uint8_t *)KERNEL_TPM_BASE;
}

/* The TPM says which of the two interfaces it has now; a FIFO of before there was a choice says 0xF. */
static size_t transmit(const uint8_t *command, size_t size, uint8_t *response, size_t capacity)
{
    uint32_t id = *(volatile uint32_t *)(registers() + CRB_INTERFACE_ID);

    if ((id & CRB_INTERFACE_TYPE) == CRB_INTERFACE_CRB) {
        return crb_transmit(registers(), TIS_ADDRESS, command, size, response, capacity);
    }
    return tis_transmit(registers(), command, size, response, capacity);
}

bool tpm_pcr_read(uint32_t pcr, uint8_t digest[DIGEST_SIZE])
{
    uint8_t command[sizeof(pcr_read)], answer[ANSWER_SIZE];
    size_t selection = sizeof(pcr_read) - ANSWER_COUNTER;

    if (pcr >= PCR_COUNT) {
        return false;
    }
    memcpy(command, pcr_read, sizeof(command));
    command[SELECT + pcr / 8] = (uint8_t)(1u << pcr % 8);
    if (transmit(command, sizeof(command), answer, sizeof(answer)) != ANSWER_SIZE ||
        memcmp(answer, answer_header, sizeof(answer_header)) != 0 ||
        memcmp(answer + ANSWER_SELECTION, command + ANSWER_COUNTER, selection) != 0 ||
        memcmp(answer + ANSWER_SELECTION + selection, answer_list, sizeof(answer_list)) != 0) {
        return false;
    }
    memcpy(digest, answer + ANSWER_DIGEST, DIGEST_SIZE);
    return true;
}

static bool log_pcr(uint32_t pcr)
{
    uint8_t digest[DIGEST_SIZE];
    char text[2 * DIGEST_SIZE + 1];

    if (!tpm_pcr_read(pcr, digest)) {
        log_line("error: the TPM does not tell PCR %u", pcr);
        return false;
    }
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        format(text + 2 * i, 3, "%02x", digest[i]);
    }
    log_line("TPM PCR %u %s", pcr, text);
    return true;
}

bool tpm_take(const struct measured_boot *measured)
{
    uint16_t status;

    if (measured->tpm_pcrs == 0) {
        return true;
    }
    status = hypercall_protect(gpa(TIS_ADDRESS), TIS_LOCALITIES, 0);
    if (status != HV_STATUS_SUCCESS || !kernel_tpm_map(gpa(TIS_ADDRESS))) {
        log_line("error: TPM not taken, hypercall status 0x%x", status);
        return false;
    }
    log_line("TPM registers gpa=0x%lx taken", TIS_ADDRESS);
    for (uint32_t pcr = 0; pcr < PCR_COUNT; pcr++) {
        if ((measured->tpm_pcrs >> pcr & 1) != 0 && !log_pcr(pcr)) {
            return false;
        }
    }
    return true;
}
