/*
 * VTL0's kernel at the TPM: what it reads of each locality ("@openvsm tpm-locality ..."), and a command that it pushes into
 * locality 0 whatever the registers say: PCR_Extend of PCR 23. Whether that worked, the TPM knows, and is asked from outside.
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <lib/tis.h>
#include <vtl0/console.h>

#define ACCESS_REQUEST    0x02u
#define STS_COMMAND_READY 0x40u
#define STS_GO            0x20u
#define STS_DATA          0x10u
#define POLLS             1000000u
#define DIGEST_BYTE       0xA5u

/* TPM 2.0 Library, part 3, "TPM2_PCR_Extend": with the empty password, one SHA-256 digest. The digest follows. */
static const uint8_t extend_pcr_23[] = {
    0x80, 0x02, 0, 0, 0, 65, 0, 0, 0x01, 0x82, /* TPM_ST_SESSIONS, size, TPM_CC_PCR_Extend */
    0, 0, 0, 23,                               /* the PCR */
    0, 0, 0, 9, 0x40, 0, 0, 0x09, 0, 0, 0, 0, 0, /* TPM_RS_PW */
    0, 0, 0, 1, 0, 0x0B,                       /* one digest, TPM_ALG_SHA256 */
};
_Static_assert(sizeof(extend_pcr_23) + 32 == 65, "the size in the header");

static volatile uint8_t *locality(unsigned number)
{
    return (volatile uint8_t *)(uintptr_t)(TIS_ADDRESS + number * UINT64_C(0x1000));
}

/* By loads of 8, 16 and 32 bits. */
static void tell(unsigned number)
{
    volatile uint8_t *registers = locality(number);
    uint32_t id = *(volatile uint32_t *)(registers + TIS_DID_VID);
    uint16_t vendor = *(volatile uint16_t *)(registers + TIS_DID_VID);

    console_printf("@openvsm tpm-locality number=%u id=%x vendor=%x access=%x\n", number, id, vendor, registers[TIS_ACCESS]);
}

static void push_command(volatile uint8_t *registers)
{
    volatile uint32_t *sts = (volatile uint32_t *)(registers + TIS_STS);

    registers[TIS_ACCESS] = ACCESS_REQUEST;
    *sts = STS_COMMAND_READY;
    for (size_t i = 0; i < sizeof(extend_pcr_23); i++) {
        registers[TIS_FIFO] = extend_pcr_23[i];
    }
    for (size_t i = 0; i < 32; i++) {
        registers[TIS_FIFO] = DIGEST_BYTE;
    }
    *sts = STS_GO;
    for (unsigned i = 0; i < POLLS && (*sts & STS_DATA) == 0; i++) {
    }
}

int mode_tpm(const struct mode_context *context)
{
    (void)context;
    for (unsigned i = 0; i < TIS_LOCALITIES; i++) {
        tell(i);
    }
    push_command(locality(0));
    tell(0); /* the machine still runs */
    return 0;
}
