#include <sk/mutant.h>
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
#include <sk/reference_time.h>
#include <sk/tpm_nv.h>

#define PCR_COUNT   24u
#define DIGEST_SIZE 32u
#define POLLS       10000000u /* of one command; each reads a register, which takes about a microsecond */
#define UNITS_A_MILLISECOND 10000u

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

static struct tpm_exchange exchange = { .registers = (volatile uint8_t *)KERNEL_TPM_BASE, .base = TIS_ADDRESS };
static bool taken, crb;
static uint64_t clock_at_boot; /* milliseconds */

bool tpm_is_taken(void)
{
    return taken;
}

uint64_t tpm_clock_at_boot(void)
{
    return clock_at_boot;
}

/*
 * The TPM says which of the two interfaces it has; a FIFO of before there was a choice says 0xF. Asked once: the two share the state of an
 * exchange, so none may go on with what the other has begun.
 */
static bool has_crb(void)
{
    uint32_t id = *(volatile uint32_t *)(exchange.registers + CRB_INTERFACE_ID);

    return (id & CRB_INTERFACE_TYPE) == CRB_INTERFACE_CRB;
}

void tpm_start(const uint8_t *command, size_t size, uint8_t *response, size_t capacity)
{
    exchange.command = command;
    exchange.size = size;
    exchange.response = response;
    exchange.capacity = capacity;
    if (crb) {
        crb_start(&exchange);
    } else {
        tis_start(&exchange);
    }
}

enum tpm_progress tpm_poll(size_t *size)
{
    enum tpm_progress progress = crb ? crb_poll(&exchange) : tis_poll(&exchange);

    *size = exchange.received;
    return progress;
}

void tpm_cancel(void)
{
    if (crb) {
        crb_cancel(&exchange);
    } else {
        tis_cancel(&exchange);
    }
}

/* At boot nobody waits for anything else. 0: no answer. */
static size_t transmit(const uint8_t *command, size_t size, uint8_t *response, size_t capacity)
{
    enum tpm_progress progress = TPM_BUSY;
    size_t received = 0;

    tpm_start(command, size, response, capacity);
    for (unsigned i = 0; i < POLLS && progress == TPM_BUSY; i++) {
        progress = tpm_poll(&received);
    }
    if (progress == TPM_BUSY) {
        tpm_cancel();
    }
    return progress == TPM_ANSWERED ? received : 0;
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

/* From here on the clock goes on by the hypervisor's, which is asked more easily. */
static bool read_clock(void)
{
    uint8_t answer[TPM_ANSWER_MAX];
    struct tpm_command command;
    uint64_t clock = 0, since = reference_time() / UNITS_A_MILLISECOND;

    tpm_encode_read_clock(&command);
    if (tpm_parse_read_clock(answer, transmit(command.bytes, command.size, answer, sizeof(answer)), &clock) != TPM_DONE) {
        log_line("error: the TPM does not tell its clock");
        return false;
    }
    clock_at_boot = clock > since ? clock - since : 0;
    return true;
}

bool tpm_take(const struct measured_boot *measured)
{
    uint16_t status;

    if (measured->tpm_pcrs == 0) {
        return true;
    }
    status = mutant_is(MUTANT_TPM_SHARED) ? HV_STATUS_SUCCESS : hypercall_protect(gpa(TIS_ADDRESS), TIS_LOCALITIES, 0);
    if (status != HV_STATUS_SUCCESS || !kernel_tpm_map(gpa(TIS_ADDRESS))) {
        log_line("error: TPM not taken, hypercall status 0x%x", status);
        return false;
    }
    crb = has_crb();
    log_line("TPM registers gpa=0x%lx taken", TIS_ADDRESS);
    for (uint32_t pcr = 0; pcr < PCR_COUNT; pcr++) {
        if ((measured->tpm_pcrs >> pcr & 1) != 0 && !log_pcr(pcr)) {
            return false;
        }
    }
    taken = read_clock();
    return taken;
}
