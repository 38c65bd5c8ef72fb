/* fuzz-seeds TARGET FOLDER: what a target starts from. Hypercalls come from the lists of abi/, as the guest's fuzzer makes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fuzz/fuzz.h>

#include <abi/credvault.h>
#include <abi/secure_call.h>

#include <elf_note.h>

#include "record.h"

#define CALLS  12u /* in one seed */
#define SEEDS  64u
#define INPUT  UINT64_C(0x20000)
#define OUTPUT UINT64_C(0x21000) /* its guard page; calls write to the page behind it */

static const char *folder;
static unsigned written;

static void write_seed(const void *bytes, size_t size)
{
    char name[4096];
    FILE *file;

    snprintf(name, sizeof(name), "%s/seed-%03u", folder, written++);
    file = fopen(name, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(name);
        exit(1);
    }
}

static uint64_t value_near(struct fuzzer *fuzzer, uint32_t name)
{
    (void)name;
    return fuzz_value(fuzzer);
}

static size_t make_record(struct fuzzer *fuzzer, uint8_t *to)
{
    struct fuzz_call_made call;
    struct record record = { .flags = fuzzer->vtl != 0 ? RECORD_FROM_VTL1 : 0 };
    uint64_t at;

    fuzz_generate(fuzzer, &call);
    at = call.before.rdx % FUZZ_PAGE;
    record.rcx = call.before.rcx;
    record.rdx = call.before.rdx;
    record.r8 = call.before.r8;
    record.size = (uint16_t)(FUZZ_INPUT_PAGES * FUZZ_PAGE - at < 128 ? FUZZ_INPUT_PAGES * FUZZ_PAGE - at : 128);
    if ((call.before.rcx & HV_INPUT_FAST) != 0 || call.input == NULL) {
        record.flags |= RECORD_INPUT_ANYWHERE | RECORD_OUTPUT_ANYWHERE;
        at = 0;
    }
    memcpy(to, &record, sizeof(record));
    memcpy(to + sizeof(record), fuzzer->input.bytes + at, record.size);
    return sizeof(record) + record.size;
}

static void hypercall_seeds(void)
{
    static uint8_t input[FUZZ_INPUT_PAGES * FUZZ_PAGE], seed[CALLS * (sizeof(struct record) + 128)];
    struct fuzzer fuzzer = {
        .random = 1, .input = { input, INPUT }, .output = { NULL, OUTPUT }, .overlay = { NULL, 0x24000 }, .window = { 0x30, 4 },
        .own = { 0x34, 4 }, .foreign = { { 0x800, 512 }, { 0x2000, 16 } }, .foreign_count = 2, .value_near = value_near,
    };

    for (unsigned i = 0; i < SEEDS; i++) {
        size_t size = 0;

        for (unsigned n = 0; n < CALLS; n++) {
            fuzzer.vtl = (uint8_t)fuzz_below(&fuzzer, 2);
            size += make_record(&fuzzer, seed + size);
        }
        write_seed(seed, size);
    }
}

static void decode_seeds(void)
{
    static const char *const instructions[] = {
        "\x89\x08", "\xC7\x00\x78\x56\x34\x12", "\x87\x08", "\x0F\x01\xD9", "\x0F\x01\xC1", "\x0F\x30", "\x0F\x32", "\x0F\xA2", "\xF4",
        "\x66\x89\x88\x10\x20\x30\x40", "\x48\x89\x44\x24\x08", "\xF0\x87\x0B", "\xA3\x11\x22\x33\x44",
    };

    for (unsigned i = 0; i < 3 * sizeof(instructions) / sizeof(instructions[0]); i++) {
        char seed[16] = { (char)(i % 3) };
        const char *instruction = instructions[i / 3];

        strcpy(seed + 1, instruction);
        write_seed(seed, 1 + strlen(instruction));
    }
}

/* Long mode, PAE, 32-bit and real mode, each with tables that lead somewhere. */
static void walk_seeds(void)
{
    static const uint64_t modes[][3] = { { 0x80000001, 0x20, 0xD00 }, { 0x80000001, 0x1020, 0xD00 }, { 0x80000001, 0x20, 0 },
                                         { 0x80000001, 0x10, 0 }, { 0, 0, 0 }, { 0x80010001, 0x300020, 0xD00 } };

    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        for (uint64_t flags = 0; flags < 32; flags += 7) {
            uint64_t seed[] = { modes[i][0], 0x2000, modes[i][1], modes[i][2], 0x12345678, flags, 0x3007, 0x4007, 0x5007, 0x6007, 0x87 };

            write_seed(seed, sizeof(seed));
        }
    }
}

static void secure_call_seeds(void)
{
#define SECURE_CALL(number, name, handler, in_session, min, max) { (number), (min) }, { (number), (max) },
    static const uint32_t services[][2] = {
#include <abi/secure_calls.def>
    };
#undef SECURE_CALL

    for (unsigned i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        struct secure_call_frame frame = { .version = SECURE_CALL_VERSION, .service = services[i][0], .input_size = services[i][1],
                                           .session = services[i][0] > SECURE_SERVICE_OPEN_SESSION, .output_capacity = 64 };

        write_seed(&frame, offsetof(struct secure_call_frame, data) + 32);
    }
}

static void boot_config_seeds(void)
{
    static const char *const texts[] = {
        "# comment\nvtl0.program = \\EFI\\openvsm\\vtl0.efi\nvtl0.options = mode=demo\n",
        "vtl1.securekernel = \\EFI\\openvsm\\securekernel.img\nvtl1.memory = 16\nlog.level = info\n",
        "vtl0.program = a\r\nlog.level = debug\r\nvtl1.trustlet = \\x\n",
    };

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_seed(texts[i], strlen(texts[i]));
    }
}

static void manifest_seeds(void)
{
    static const char *const texts[] = {
        "identity = 2f5c9d0e-61b4-4d27-b3a8-70c1e9f4d852\nname = hello\nsecurity_version = 1\nheap_pages = 0\nstack_pages = 4\n"
        "max_sessions = 4\nmax_instances = 1\nsyscalls = EXIT LOG WAIT_CALL\n",
        "# all\r\nfamily = 00000000-0000-0000-0000-000000000001\npage_quota = 0x40 # pages\nhandle_quota = 9\ncall_time = 77\n"
        "syscalls = DERIVE_KEY GET_IDENTITY 63\npolicy = 00ff\n",
        "syscalls = IMAGE_READ\n", "name = \n", "heap_pages = 4097\n",
    };

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_seed(texts[i], strlen(texts[i]));
    }
}

/* Header, and a whole trustlet in few bytes: code, constants with note, dynamic section and relocations, data. */
struct small_image {
    struct signed_image_header header;
    struct elf_header elf;
    struct elf_program_header programs[6];
    struct elf_note note;
    uint8_t gap[4];
    struct elf_dynamic dynamic[4];
    struct elf_rela rela[2];
    uint64_t data[4];
};

#define IN_FILE(field) (offsetof(struct small_image, field) - offsetof(struct small_image, elf))

static void image_seeds(void)
{
    struct small_image image = {
        .header = { SIGNED_IMAGE_MAGIC, sizeof(image.header), SIGNED_IMAGE_TRUSTLET, .identity = { 1 }, .name = "seed",
                    .security_version = 1, .stack_pages = 1, .max_sessions = 1, .max_instances = 1, .syscalls = 0x83 },
        .elf = { { 0x7F, 'E', 'L', 'F', 2, 1, 1 }, ELF_TYPE_DYN, ELF_MACHINE_AMD64, 1, 0x10, IN_FILE(programs), 0, 0, 64, 56, 6, 0, 0, 0 },
        .programs = {
            { ELF_PT_LOAD, ELF_PF_R | ELF_PF_X, 0, 0, 0, 64, 64, 4096 },
            { ELF_PT_LOAD, ELF_PF_R, IN_FILE(note), 0x1000, 0, IN_FILE(data) - IN_FILE(note), IN_FILE(data) - IN_FILE(note), 4096 },
            { ELF_PT_LOAD, ELF_PF_R | ELF_PF_W, IN_FILE(data), 0x2000, 0, 32, 0x1800, 4096 },
            { ELF_PT_DYNAMIC, ELF_PF_R, IN_FILE(dynamic), 0x1000 + IN_FILE(dynamic) - IN_FILE(note), 0, sizeof(image.dynamic),
              sizeof(image.dynamic), 8 },
            { ELF_PT_GNU_STACK, ELF_PF_R | ELF_PF_W, 0, 0, 0, 0, 0, 8 },
            { ELF_PT_NOTE, ELF_PF_R, IN_FILE(note), 0x1000, 0, sizeof(image.note), sizeof(image.note), 4 },
        },
        .note = { 8, sizeof(image.header), SIGNED_IMAGE_NOTE_TYPE, SIGNED_IMAGE_NOTE_NAME, { 0 } },
        .dynamic = { { ELF_DT_RELA, 0x1000 + IN_FILE(rela) - IN_FILE(note) }, { ELF_DT_RELASZ, sizeof(image.rela) },
                     { ELF_DT_RELAENT, sizeof(image.rela[0]) } },
        .rela = { { 0x2000, ELF_R_AMD64_RELATIVE, 0x10 }, { 0x2008, ELF_R_AMD64_RELATIVE, 0x2010 } },
    };

    memcpy(image.note.description, &image.header, sizeof(image.header));
    image.header.payload_size = sizeof(image) - sizeof(image.header);
    write_seed(&image, sizeof(image));
    image.programs[2].type = ELF_PT_INTERP;
    write_seed(&image, sizeof(image));
}

/* As tests/host/fuzz/trustlet.c reads them: command, session, size, capacity, bytes. */
static size_t put_record(uint8_t *at, uint8_t command, uint16_t capacity, const void *data, uint16_t size)
{
    at[0] = command;
    at[1] = 0;
    memcpy(at + 2, &size, sizeof(size));
    memcpy(at + 4, &capacity, sizeof(capacity));
    memcpy(at + 6, data, size);
    return 6u + size;
}

static void trustlet_notes_seeds(void)
{
    uint8_t seed[256];
    size_t size = put_record(seed, 1, 0, "\x03\0\x02\0key" "ab", 9);

    size += put_record(seed + size, 2, 128, "key", 3);
    write_seed(seed, size);
    size += put_record(seed + size, 4, 2656, "", 0);
    size += put_record(seed + size, 3, 0, "key", 3);
    size += put_record(seed + size, 0x85, 0, "", 0);
    size += put_record(seed + size, 0x85, 0, "\x40\0\x01", 3);
    write_seed(seed, size);
}

/* A symmetric credential for one operation, drawn by the vault. */
static size_t put_generate(uint8_t *at, uint32_t operation)
{
    const struct {
        struct credvault_new header;
        char label[1];
    } request = {
        .header = {
            .type = CREDVAULT_SYMMETRIC,
            .label_size = 1,
            .policy = { .operations = operation },
            .symmetric = { .size = 32 },
        },
        .label = "k",
    };

    return put_record(at, CREDVAULT_GENERATE, 4024, &request, sizeof(request.header) + sizeof(request.label));
}

/* Three credentials, uses of them, a list; then a restart with whole blobs, and one with a damaged one. */
static void trustlet_vault_seeds(void)
{
    static uint8_t seed[1024];
    const struct credvault_use use = { .credential = 1 };
    const struct credvault_wrap wrap = { .credential = 2, .target = 3 };
    size_t size = put_generate(seed, CREDVAULT_ALLOW_HMAC);

    write_seed(seed, size);
    size += put_generate(seed + size, CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP);
    size += put_generate(seed + size, CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_EXPORT);
    size += put_record(seed + size, CREDVAULT_HMAC_SHA256, 32, &use, sizeof(use));
    size += put_record(seed + size, CREDVAULT_WRAP, 4024, &wrap, sizeof(wrap));
    size += put_record(seed + size, CREDVAULT_LIST, 4024, "\0\0\0\0", 4);
    write_seed(seed, size);
    size += put_record(seed + size, 0x7E, 0, "", 0);
    size += put_record(seed + size, CREDVAULT_INFO, 4024, "", 0);
    size += put_record(seed + size, 0x7D, 0, "\0\x40\0\x01", 4);
    size += put_record(seed + size, CREDVAULT_HMAC_SHA256, 32, &use, sizeof(use));
    write_seed(seed, size);
}

/* An EncKDCRepPart with a key of type 17 and one element of pre-authentication data; an Authenticator. */
static const char reply_part[] =
    "\x79\x81\x91\x30\x81\x8e\xa0\x1b\x30\x19\xa0\x03\x02\x01\x11\xa1\x12\x04\x10" "0123456789abcdef"
    "\xa1\x02\x30\x00\xa2\x03\x02\x01\x01\xa4\x07\x03\x05\x00\x00\x00\x00\x00"
    "\xa5\x11\x18\x0f" "20260102030405Z" "\xa7\x11\x18\x0f" "20260102030405Z" "\xa9\x07\x1b\x05" "REALM"
    "\xaa\x1a\x30\x18\xa0\x03\x02\x01\x02\xa1\x11\x30\x0f\x1b\x06" "krbtgt" "\x1b\x05" "REALM"
    "\xac\x12\x30\x10\x30\x0e\xa1\x04\x02\x02\x00\xa2\xa2\x06\x04\x04" "abcd";
static const char authenticator[] =
    "\x62\x44\x30\x42\xa0\x03\x02\x01\x05\xa1\x07\x1b\x05" "REALM"
    "\xa2\x12\x30\x10\xa0\x03\x02\x01\x01\xa1\x09\x30\x07\x1b\x05"
    "alice" "\xa4\x03\x02\x01\x07\xa5\x11\x18\x0f" "20260102030405Z" "\xa7\x06\x02\x04\x12\x34\x56\x78";

/* As tests/host/fuzz/vault-operations.c reads it: what to decode, room for a reply, bytes. */
static void vault_operations_seed(uint8_t what, const void *bytes, size_t size)
{
    uint8_t seed[512] = { what, 0xff };

    memcpy(seed + 2, bytes, size);
    write_seed(seed, 2 + size);
}

static void vault_operations_seeds(void)
{
    static const uint8_t header[64] = { 1, 0, 0, 0, 18 };
    char tgs_reply_part[sizeof(reply_part)];

    for (uint8_t what = 0; what < 12; what++) {
        vault_operations_seed(what, header, 8 + 8u * (what % 4));
    }
    vault_operations_seed(12, reply_part, sizeof(reply_part) - 1);
    memcpy(tgs_reply_part, reply_part, sizeof(reply_part));
    tgs_reply_part[0] = 0x7a;
    vault_operations_seed(13, tgs_reply_part, sizeof(tgs_reply_part) - 1);
    vault_operations_seed(14, authenticator, sizeof(authenticator) - 1);
    vault_operations_seed(15, "\x30\x1b\x02\x01\x00\x02\x01\x0f\x02\x03\x01\x00\x01\x02\x01\x01\x02\x01\x05"
                          "\x02\x01\x03\x02\x01\x01\x02\x01\x01\x02\x01\x02", 29);
    vault_operations_seed(16, "\x05\0\x02\0\x03\0\0\0\0\0\0\0\0\0\0\0" "aliceEXpwd", 26);
}

/* Each byte is a choice, so any will do. */
static void vtl1_seeds(void)
{
    struct fuzzer fuzzer = { .random = 7 };
    uint8_t seed[768];

    for (unsigned i = 0; i < SEEDS; i++) {
        for (unsigned n = 0; n < sizeof(seed); n++) {
            seed[n] = (uint8_t)fuzz_below(&fuzzer, 256);
        }
        write_seed(seed, sizeof(seed));
    }
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*make)(void);
    } targets[] = { { "hypercall", hypercall_seeds }, { "decode", decode_seeds }, { "walk", walk_seeds },
                    { "secure-call", secure_call_seeds }, { "boot-config", boot_config_seeds },
                    { "manifest", manifest_seeds }, { "image", image_seeds },
                    { "trustlet-notes", trustlet_notes_seeds }, { "trustlet-vault", trustlet_vault_seeds },
                    { "vault-operations", vault_operations_seeds }, { "vtl1", vtl1_seeds } };

    for (unsigned i = 0; count == 3 && i < sizeof(targets) / sizeof(targets[0]); i++) {
        if (strcmp(arguments[1], targets[i].name) == 0) {
            folder = arguments[2];
            targets[i].make();
            return 0;
        }
    }
    fprintf(stderr, "usage: fuzz-seeds TARGET FOLDER\n");
    return 2;
}
