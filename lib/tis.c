#include <lib/tis.h>

#include <stdbool.h>

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
#define HEADER_SIZE           10u
#define HEADER_SIZE_FIELD     2u
#define POLLS                 2000000u /* a read of a register takes about a microsecond */

static uint32_t status(volatile uint8_t *registers)
{
    return *(volatile uint32_t *)(registers + TIS_STS);
}

static void set_status(volatile uint8_t *registers, uint32_t bits)
{
    *(volatile uint32_t *)(registers + TIS_STS) = bits;
}

static bool wait_for(volatile uint8_t *registers, uint32_t mask, uint32_t bits)
{
    for (unsigned i = 0; i < POLLS; i++) {
        if ((status(registers) & mask) == bits) {
            return true;
        }
    }
    return false;
}

static bool wait_for_burst(volatile uint8_t *registers)
{
    for (unsigned i = 0; i < POLLS; i++) {
        if (STS_BURST(status(registers)) != 0) {
            return true;
        }
    }
    return false;
}

static bool take_locality(volatile uint8_t *registers)
{
    const uint8_t active = ACCESS_VALID | ACCESS_ACTIVE;

    if (registers[TIS_ACCESS] == ACCESS_NONE) {
        return false;
    }
    registers[TIS_ACCESS] = ACCESS_REQUEST;
    for (unsigned i = 0; i < POLLS; i++) {
        if ((registers[TIS_ACCESS] & active) == active) {
            return true;
        }
    }
    return false;
}

static bool send(volatile uint8_t *registers, const uint8_t *command, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!wait_for_burst(registers)) {
            return false;
        }
        registers[TIS_FIFO] = command[i];
    }
    return wait_for(registers, STS_VALID | STS_EXPECT, STS_VALID);
}

static bool take(volatile uint8_t *registers, uint8_t *to, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!wait_for(registers, STS_VALID | STS_DATA, STS_VALID | STS_DATA) || !wait_for_burst(registers)) {
            return false;
        }
        to[i] = registers[TIS_FIFO];
    }
    return true;
}

/* The header says how long it is. */
static size_t receive(volatile uint8_t *registers, uint8_t *response, size_t capacity)
{
    size_t size;

    if (capacity < HEADER_SIZE || !take(registers, response, HEADER_SIZE)) {
        return 0;
    }
    size = (size_t)response[HEADER_SIZE_FIELD] << 24 | (size_t)response[HEADER_SIZE_FIELD + 1] << 16 |
           (size_t)response[HEADER_SIZE_FIELD + 2] << 8 | response[HEADER_SIZE_FIELD + 3];
    if (size < HEADER_SIZE || size > capacity || !take(registers, response + HEADER_SIZE, size - HEADER_SIZE)) {
        return 0;
    }
    return size;
}

size_t tis_transmit(volatile uint8_t *registers, const uint8_t *command, size_t size, uint8_t *response, size_t capacity)
{
    size_t received = 0;

    if (!take_locality(registers)) {
        return 0;
    }
    set_status(registers, STS_COMMAND_READY);
    if (wait_for(registers, STS_COMMAND_READY, STS_COMMAND_READY) && send(registers, command, size)) {
        set_status(registers, STS_GO);
        received = receive(registers, response, capacity);
    }
    set_status(registers, STS_COMMAND_READY); /* whatever happened: the command is over */
    return received;
}
