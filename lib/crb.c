#include <lib/crb.h>

#include <stdbool.h>

#define LOC_CTRL     0x08u
#define LOC_REQUEST  0x1u
#define LOC_STS      0x0Cu
#define LOC_GRANTED  0x1u
#define CTRL_REQ     0x40u
#define REQ_READY    0x1u
#define REQ_IDLE     0x2u
#define CTRL_START   0x4Cu
#define START        0x1u
#define CMD_SIZE     0x58u
#define CMD_LADDR    0x5Cu
#define CMD_HADDR    0x60u
#define RSP_SIZE     0x64u
#define RSP_LADDR    0x68u
#define RSP_HADDR    0x6Cu
#define PAGE         0x1000u
#define HEADER_SIZE  10u
#define SIZE_FIELD   2u
#define POLLS        2000000u /* a read of a register takes about a microsecond */

static uint32_t get(volatile uint8_t *registers, unsigned offset)
{
    return *(volatile uint32_t *)(registers + offset);
}

static void put(volatile uint8_t *registers, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(registers + offset) = value;
}

static bool wait_for(volatile uint8_t *registers, unsigned offset, uint32_t mask, uint32_t bits)
{
    for (unsigned i = 0; i < POLLS; i++) {
        if ((get(registers, offset) & mask) == bits) {
            return true;
        }
    }
    return false;
}

/* Asks for something that the register shows as long as it is under way. */
static bool request(volatile uint8_t *registers, unsigned offset, uint32_t bit)
{
    put(registers, offset, bit);
    return wait_for(registers, offset, bit, 0);
}

/* A buffer of the TPM's that holds wanted bytes and is in the mapped page; NULL for any other. */
static volatile uint8_t *buffer(volatile uint8_t *registers, uint64_t base, uint64_t address, uint32_t size, size_t wanted)
{
    uint64_t offset = address - base;

    return offset < PAGE && wanted <= size && wanted <= PAGE - offset ? registers + offset : NULL;
}

static bool send(volatile uint8_t *registers, uint64_t base, const uint8_t *command, size_t size)
{
    uint64_t address = (uint64_t)get(registers, CMD_HADDR) << 32 | get(registers, CMD_LADDR);
    volatile uint8_t *to = buffer(registers, base, address, get(registers, CMD_SIZE), size);

    for (size_t i = 0; to != NULL && i < size; i++) {
        to[i] = command[i];
    }
    return to != NULL && request(registers, CTRL_START, START);
}

/* Each byte is read once: the header says how many there are. */
static size_t receive(volatile uint8_t *registers, uint64_t base, uint8_t *response, size_t capacity)
{
    uint64_t address = (uint64_t)get(registers, RSP_HADDR) << 32 | get(registers, RSP_LADDR);
    volatile uint8_t *from = buffer(registers, base, address, get(registers, RSP_SIZE), capacity);
    size_t size = HEADER_SIZE;

    if (from == NULL || capacity < HEADER_SIZE) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        response[i] = from[i];
        if (i == HEADER_SIZE - 1) {
            size = (size_t)response[SIZE_FIELD] << 24 | (size_t)response[SIZE_FIELD + 1] << 16 |
                   (size_t)response[SIZE_FIELD + 2] << 8 | response[SIZE_FIELD + 3];
            if (size < HEADER_SIZE || size > capacity) {
                return 0;
            }
        }
    }
    return size;
}

size_t crb_transmit(volatile uint8_t *registers, uint64_t base, const uint8_t *command, size_t size, uint8_t *response, size_t capacity)
{
    size_t received = 0;

    put(registers, LOC_CTRL, LOC_REQUEST);
    if (wait_for(registers, LOC_STS, LOC_GRANTED, LOC_GRANTED) && request(registers, CTRL_REQ, REQ_READY) &&
        send(registers, base, command, size)) {
        received = receive(registers, base, response, capacity);
    }
    request(registers, CTRL_REQ, REQ_IDLE); /* whatever happened: the command is over */
    return received;
}
