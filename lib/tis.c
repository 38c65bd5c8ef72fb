#include <lib/tis.h>

#define ACCESS_VALID          0x80u
#define ACCESS_ACTIVE         0x20u
#define ACCESS_REQUEST        0x02u
#define ACCESS_NONE           0xFFu /* a bus without a device */
#define STS_VALID             0x80u
#define STS_COMMAND_READY     0x40u
#define STS_GO                0x20u
#define STS_DATA              0x10u
#define STS_EXPECT            0x08u
#define STS_BURST(sts)        ((sts) >> 8 & 0xFFFFu)

enum step { TAKE_LOCALITY, BECOME_READY, SEND, EXECUTE, RECEIVE, OVER, BROKEN };

static uint32_t status(const struct tpm_exchange *exchange)
{
    return *(volatile uint32_t *)(exchange->registers + TIS_STS);
}

static void set_status(const struct tpm_exchange *exchange, uint32_t bits)
{
    *(volatile uint32_t *)(exchange->registers + TIS_STS) = bits;
}

/* Whatever happened: the command is over. */
static void end(struct tpm_exchange *exchange, enum step how)
{
    set_status(exchange, STS_COMMAND_READY);
    exchange->step = how;
}

void tis_start(struct tpm_exchange *exchange)
{
    exchange->done = exchange->received = 0;
    exchange->step = BROKEN;
    if (exchange->registers[TIS_ACCESS] != ACCESS_NONE) {
        exchange->registers[TIS_ACCESS] = ACCESS_REQUEST;
        exchange->step = TAKE_LOCALITY;
    }
}

static bool take_locality(struct tpm_exchange *exchange)
{
    const uint8_t active = ACCESS_VALID | ACCESS_ACTIVE;

    if ((exchange->registers[TIS_ACCESS] & active) != active) {
        return false;
    }
    set_status(exchange, STS_COMMAND_READY);
    exchange->step = BECOME_READY;
    return true;
}

static bool become_ready(struct tpm_exchange *exchange)
{
    if ((status(exchange) & STS_COMMAND_READY) == 0) {
        return false;
    }
    exchange->step = SEND;
    return true;
}

static bool send(struct tpm_exchange *exchange)
{
    if (STS_BURST(status(exchange)) == 0) {
        return false;
    }
    exchange->registers[TIS_FIFO] = exchange->command[exchange->done++];
    if (exchange->done == exchange->size) {
        exchange->step = EXECUTE;
    }
    return true;
}

/* It has taken everything, and expects no more. */
static bool execute(struct tpm_exchange *exchange)
{
    if ((status(exchange) & (STS_VALID | STS_EXPECT)) != STS_VALID) {
        return false;
    }
    set_status(exchange, STS_GO);
    exchange->done = 0;
    exchange->received = TPM_HEADER_SIZE;
    exchange->step = RECEIVE;
    return true;
}

/* The header says how long it is. */
static bool receive(struct tpm_exchange *exchange)
{
    uint32_t sts = status(exchange);

    if ((sts & (STS_VALID | STS_DATA)) != (STS_VALID | STS_DATA) || STS_BURST(sts) == 0) {
        return false;
    }
    if (exchange->done >= exchange->received) { /* never: response ends there */
        end(exchange, BROKEN);
        return true;
    }
    exchange->response[exchange->done++] = exchange->registers[TIS_FIFO];
    if (exchange->done == TPM_HEADER_SIZE) {
        exchange->received = tpm_response_size(exchange);
    }
    if (exchange->received == 0) {
        end(exchange, BROKEN);
    } else if (exchange->done == exchange->received) {
        end(exchange, OVER);
    }
    return true;
}

/* False: the TPM has to come first, or nothing is left to do. */
static bool move(struct tpm_exchange *exchange)
{
    switch ((enum step)exchange->step) {
    case TAKE_LOCALITY:
        return take_locality(exchange);
    case BECOME_READY:
        return become_ready(exchange);
    case SEND:
        return send(exchange);
    case EXECUTE:
        return execute(exchange);
    case RECEIVE:
        return receive(exchange);
    default:
        return false;
    }
}

enum tpm_progress tis_poll(struct tpm_exchange *exchange)
{
    while (move(exchange)) {
    }
    return exchange->step == OVER ? TPM_ANSWERED : exchange->step == BROKEN ? TPM_FAILED : TPM_BUSY;
}

/* While a command is executed this ends it ("STS: commandReady"); the next one waits until the TPM says it is ready. */
void tis_cancel(struct tpm_exchange *exchange)
{
    end(exchange, BROKEN);
}
