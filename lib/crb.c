#include <lib/crb.h>

#define LOC_CTRL     0x08u
#define LOC_REQUEST  0x1u
#define LOC_STS      0x0Cu
#define LOC_GRANTED  0x1u
#define CTRL_REQ     0x40u
#define REQ_READY    0x1u
#define REQ_IDLE     0x2u
#define CTRL_CANCEL  0x48u
#define CANCEL       0x1u
#define CTRL_START   0x4Cu
#define START        0x1u
#define CMD_SIZE     0x58u
#define CMD_LADDR    0x5Cu
#define CMD_HADDR    0x60u
#define RSP_SIZE     0x64u
#define RSP_LADDR    0x68u
#define RSP_HADDR    0x6Cu
#define PAGE         0x1000u

enum step { SETTLE, TAKE_LOCALITY, BECOME_READY, EXECUTE, BECOME_IDLE, OVER, BROKEN };

static uint32_t get(const struct tpm_exchange *exchange, unsigned offset)
{
    return *(volatile uint32_t *)(exchange->registers + offset);
}

static void put(const struct tpm_exchange *exchange, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(exchange->registers + offset) = value;
}

/* A buffer of the TPM's that holds wanted bytes and is in the mapped page; NULL for any other. */
static volatile uint8_t *buffer(const struct tpm_exchange *exchange, unsigned high, unsigned low, unsigned size, size_t wanted)
{
    uint64_t offset = ((uint64_t)get(exchange, high) << 32 | get(exchange, low)) - exchange->base;
    bool holds = offset < PAGE && wanted <= get(exchange, size) && wanted <= PAGE - offset;

    return holds ? exchange->registers + offset : NULL;
}

static volatile uint8_t *command_buffer(const struct tpm_exchange *exchange)
{
    return buffer(exchange, CMD_HADDR, CMD_LADDR, CMD_SIZE, exchange->size);
}

void crb_start(struct tpm_exchange *exchange)
{
    exchange->done = exchange->received = 0;
    exchange->step = SETTLE;
}

/* One that was cancelled may still be on its way. */
static bool settle(struct tpm_exchange *exchange)
{
    if ((get(exchange, CTRL_START) & START) != 0) {
        return false;
    }
    put(exchange, CTRL_CANCEL, 0);
    put(exchange, LOC_CTRL, LOC_REQUEST);
    exchange->step = TAKE_LOCALITY;
    return true;
}

static bool take_locality(struct tpm_exchange *exchange)
{
    if ((get(exchange, LOC_STS) & LOC_GRANTED) == 0) {
        return false;
    }
    put(exchange, CTRL_REQ, REQ_READY);
    exchange->step = BECOME_READY;
    return true;
}

/* Bytes of the command's buffer from first to before end. None if it does not hold so many. */
static void wipe(const struct tpm_exchange *exchange, size_t first, size_t end)
{
    volatile uint8_t *at = buffer(exchange, CMD_HADDR, CMD_LADDR, CMD_SIZE, end);

    for (size_t i = first; at != NULL && i < end; i++) {
        at[i] = 0;
    }
}

static void send(struct tpm_exchange *exchange, volatile uint8_t *to)
{
    for (size_t i = 0; i < exchange->size; i++) {
        to[i] = exchange->command[i];
    }
    wipe(exchange, exchange->size, exchange->left);
    exchange->left = 0;
    put(exchange, CTRL_START, START);
    exchange->step = EXECUTE;
}

static void become_idle(struct tpm_exchange *exchange)
{
    put(exchange, CTRL_REQ, REQ_IDLE);
    exchange->step = BECOME_IDLE;
}

static bool become_ready(struct tpm_exchange *exchange)
{
    volatile uint8_t *to = command_buffer(exchange);

    if ((get(exchange, CTRL_REQ) & REQ_READY) != 0) {
        return false;
    }
    if (to != NULL) {
        send(exchange, to);
    } else {
        become_idle(exchange);
    }
    return true;
}

/* Each byte is read once: the header says how many there are. 0: no answer. */
static size_t receive(const struct tpm_exchange *exchange)
{
    const volatile uint8_t *from = buffer(exchange, RSP_HADDR, RSP_LADDR, RSP_SIZE, exchange->capacity);
    size_t size = from != NULL ? TPM_HEADER_SIZE : 0;

    for (size_t i = 0; i < size; i++) {
        exchange->response[i] = from[i];
        if (i == TPM_HEADER_SIZE - 1) {
            size = tpm_response_size(exchange);
        }
    }
    return size;
}

static bool execute(struct tpm_exchange *exchange)
{
    if ((get(exchange, CTRL_START) & START) != 0) {
        return false;
    }
    exchange->received = receive(exchange);
    wipe(exchange, 0, exchange->size);
    become_idle(exchange);
    return true;
}

/* Whatever happened: the command is over. */
static bool wait_for_idle(struct tpm_exchange *exchange)
{
    if ((get(exchange, CTRL_REQ) & REQ_IDLE) != 0) {
        return false;
    }
    exchange->step = exchange->received != 0 ? OVER : BROKEN;
    return true;
}

/* False: the TPM has to come first, or nothing is left to do. */
static bool move(struct tpm_exchange *exchange)
{
    switch ((enum step)exchange->step) {
    case SETTLE:
        return settle(exchange);
    case TAKE_LOCALITY:
        return take_locality(exchange);
    case BECOME_READY:
        return become_ready(exchange);
    case EXECUTE:
        return execute(exchange);
    case BECOME_IDLE:
        return wait_for_idle(exchange);
    default:
        return false;
    }
}

enum tpm_progress crb_poll(struct tpm_exchange *exchange)
{
    while (move(exchange)) {
    }
    return exchange->step == OVER ? TPM_ANSWERED : exchange->step == BROKEN ? TPM_FAILED : TPM_BUSY;
}

void crb_cancel(struct tpm_exchange *exchange)
{
    if ((get(exchange, CTRL_START) & START) != 0) {
        put(exchange, CTRL_CANCEL, CANCEL);
    }
    if (exchange->step == EXECUTE) {
        exchange->left = exchange->size;
    }
    exchange->step = BROKEN;
}
