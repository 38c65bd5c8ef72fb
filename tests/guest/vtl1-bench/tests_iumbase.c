/* iumbase in ring 3 of VTL1: what ends a trustlet, what its canary is, and the notebook's blob on its way out and back. */
#include "tests.h"

#include <stdbool.h>
#include <stddef.h>

#include <lib/string.h>

#include <ium/exit.h>
#include <ium/trustlet.h>

#include "console.h"
#include "kit.h"
#include "machine.h"
#include "notes.h"

#define EXITED 0xFFFFFFFFu /* the vector of an end by EXIT */

extern const uint8_t image_kit[], image_kit_end[], image_notes[], image_notes_end[];

static const uint8_t kit[16] = KIT_IDENTITY, notes[16] = NOTES_IDENTITY;
static const struct image images[] = { { image_kit, image_kit_end }, { image_notes, image_notes_end } };

static uint64_t session;
static uint8_t blob[NOTES_BLOB_SIZE], old_blob[NOTES_BLOB_SIZE];

static uint8_t *data(void)
{
    return machine.frame->data;
}

/* A VTL1 of its own with both trustlets, and a session of one. */
static void begin(const uint8_t identity[16])
{
    CHECK_THAT(machine_boot(images, 2) == VTL1_BOOT_READY);
    memcpy(data(), identity, 16);
    CHECK_THAT(machine_service(SECURE_SERVICE_OPEN_SESSION, 0, 16, 8) == SECURE_STATUS_SUCCESS);
    memcpy(&session, data(), sizeof(session));
}

/* The trustlet's status; its reply is behind the first eight bytes of data(). */
static uint32_t command(uint32_t number, const void *input, uint32_t size, uint32_t capacity)
{
    const struct secure_invoke header = { .command = number };
    struct secure_invoke_reply reply = { .trustlet_status = UINT32_MAX };

    memcpy(data(), &header, sizeof(header));
    memcpy(data() + sizeof(header), input, size);
    if (machine_service(SECURE_SERVICE_INVOKE, session, size + (uint32_t)sizeof(header), capacity + 8) == SECURE_STATUS_SUCCESS) {
        memcpy(&reply, data(), sizeof(reply));
    }
    return reply.trustlet_status;
}

static uint64_t number_of(uint32_t kit_command)
{
    uint64_t number = 0;

    CHECK_THAT(command(kit_command, "", 0, 8) == TRUSTLET_SUCCESS);
    memcpy(&number, data() + 8, sizeof(number));
    return number;
}

static void ends(uint32_t number, uint32_t reason)
{
    struct secure_fault_info fault;

    begin(kit);
    memcpy(data(), &(struct secure_invoke){ .command = number }, sizeof(struct secure_invoke));
    CHECK_THAT(machine_service(SECURE_SERVICE_INVOKE, session, 8, 64) == SECURE_STATUS_TRUSTLET_FAULT);
    memcpy(&fault, data(), sizeof(fault));
    CHECK_THAT(fault.vector == EXITED && fault.exit_code == reason);
}

static void misuse(void)
{
    test_begins("iumbase ends a trustlet: stack smashed, block freed twice, block overrun, reply too long");
    ends(KIT_SMASH_STACK, IUM_EXIT_STACK_SMASHED);
    ends(KIT_FREE_TWICE, IUM_EXIT_HEAP_MISUSED);
    ends(KIT_OVERRUN_BLOCK, IUM_EXIT_HEAP_MISUSED);
    ends(KIT_REPLY_TOO_LONG, IUM_EXIT_REPLY_TOO_LONG);
}

static void canary(void)
{
    uint64_t first, second;

    test_begins("each start of a trustlet draws a canary of its own");
    begin(kit);
    first = number_of(KIT_CANARY);
    CHECK_THAT(first == number_of(KIT_CANARY));
    begin(kit);
    second = number_of(KIT_CANARY);
    CHECK_THAT(first >> 8 != 0 && second >> 8 != 0 && first != second);
    CHECK_THAT((first & 0xFF) == 0 && (second & 0xFF) == 0);
}

static void table(void)
{
    uint64_t blocks;

    test_begins("iumbase answers unknown commands and wrong sizes; the heap is two pages; ticks pass");
    begin(kit);
    CHECK_THAT(command(99, "", 0, 8) == TRUSTLET_UNKNOWN_COMMAND);
    CHECK_THAT(command(KIT_TICKS, "x", 1, 8) == TRUSTLET_BAD_SIZE);
    CHECK_THAT(command(KIT_TICKS, "", 0, 7) == TRUSTLET_BAD_SIZE);
    blocks = number_of(KIT_FILL_HEAP);
    CHECK_THAT(blocks == 2 * 4096 / (64 + 32));
    CHECK_THAT(number_of(KIT_FILL_HEAP) == blocks);
    CHECK_THAT(number_of(KIT_TICKS) != 0);
}

static uint32_t put(char value)
{
    const uint8_t request[] = { 3, 0, 2, 0, 'k', 'e', 'y', (uint8_t)value, '!' };

    return command(NOTES_PUT, request, sizeof(request), 0);
}

static bool holds(char value)
{
    return command(NOTES_GET, "key", 3, NOTES_MAX_VALUE) == TRUSTLET_SUCCESS && machine.frame->output_size == 8 + 2 &&
           data()[8] == (uint8_t)value && data()[9] == '!';
}

static void save(uint8_t *to)
{
    CHECK_THAT(command(NOTES_SAVE, "", 0, NOTES_BLOB_SIZE) == TRUSTLET_SUCCESS);
    CHECK_THAT(machine.frame->output_size == 8 + NOTES_BLOB_SIZE);
    memcpy(to, data() + 8, NOTES_BLOB_SIZE);
}

static void notebook(void)
{
    test_begins("the notebook's blob goes to VTL0 and comes back; an old, a changed and another boot's are refused");
    begin(notes);
    CHECK_THAT(put('a') == TRUSTLET_SUCCESS && holds('a'));
    save(old_blob);
    CHECK_THAT(put('b') == TRUSTLET_SUCCESS);
    save(blob);
    CHECK_THAT(command(NOTES_REMOVE, "key", 3, 0) == TRUSTLET_SUCCESS && !holds('b'));
    CHECK_THAT(command(NOTES_RESTORE, old_blob, sizeof(old_blob), 0) == NOTES_BLOB_REFUSED && !holds('a'));
    CHECK_THAT(command(NOTES_RESTORE, blob, sizeof(blob), 0) == TRUSTLET_SUCCESS && holds('b'));
    blob[100] ^= 1;
    CHECK_THAT(command(NOTES_RESTORE, blob, sizeof(blob), 0) == NOTES_BLOB_REFUSED && holds('b'));
    blob[100] ^= 1;
    begin(notes);
    CHECK_THAT(command(NOTES_RESTORE, blob, sizeof(blob), 0) == NOTES_BLOB_REFUSED && !holds('b'));
}

void run_iumbase_tests(void)
{
    misuse();
    canary();
    table();
    notebook();
}
