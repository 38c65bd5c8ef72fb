/*
 * openvsm-sign: makes the owner's key, signs images for VTL1, checks and shows them.
 *
 * A key file is one line of 64 hex digits, the Ed25519 seed, mode 0600. A
 * public key file is one line of 64 hex digits. The container is that of
 * abi/image.h. Checking is done by the very file the loader uses.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <abi/image.h>
#include <crypto/signed_image.h>

#define KEY_SIZE 32u
#define PAYLOAD_OFFSET SIGNED_IMAGE_PAYLOAD_OFFSET
#define HEADER_OFFSET  sizeof(struct signed_image_signature)

struct sign_options {
    const char *key_path;
    const char *public_path;
    struct signed_image_header header;
    bool keep; /* keygen: an existing key stays, its public half is written again */
};

struct buffer {
    uint8_t *data;
    size_t size;
};

static void fail(const char *text, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    fputs("error: ", stderr);
    vfprintf(stderr, text, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* --- files --- */

static struct buffer read_file(const char *path, size_t limit)
{
    struct buffer file = { .data = malloc(limit + 1) };
    FILE *stream = fopen(path, "rb");

    if (file.data == NULL || stream == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    file.size = fread(file.data, 1, limit + 1, stream);
    if (ferror(stream)) {
        fail("%s: %s", path, strerror(errno));
    }
    if (file.size > limit) {
        fail("%s: larger than %zu bytes", path, limit);
    }
    fclose(stream);
    return file;
}

/* Written beside its place and renamed: nobody ever reads half a file. */
static void write_file(const char *path, const void *data, size_t size, mode_t mode)
{
    char temporary[4096];
    int file;

    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid()) >= sizeof(temporary)) {
        fail("%s: path too long", path);
    }
    file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 || write(file, data, size) != (ssize_t)size || fchmod(file, mode) != 0 || close(file) != 0 ||
        rename(temporary, path) != 0) {
        int reason = errno;

        unlink(temporary);
        fail("%s: %s", path, strerror(reason));
    }
}

/* --- keys --- */

static void read_hex_key(const char *path, uint8_t key[KEY_SIZE])
{
    struct buffer text = read_file(path, 2 * KEY_SIZE + 1);
    size_t size = 0;

    if (text.size != 2 * KEY_SIZE + 1 || text.data[2 * KEY_SIZE] != '\n' ||
        sodium_hex2bin(key, KEY_SIZE, (char *)text.data, 2 * KEY_SIZE, NULL, &size, NULL) != 0 || size != KEY_SIZE) {
        fail("%s: not a key file (one line of %u hex digits)", path, 2 * KEY_SIZE);
    }
    sodium_memzero(text.data, text.size);
    free(text.data);
}

static void write_hex_key(const char *path, const uint8_t key[KEY_SIZE], mode_t mode)
{
    char text[2 * KEY_SIZE + 2];

    sodium_bin2hex(text, 2 * KEY_SIZE + 1, key, KEY_SIZE);
    text[2 * KEY_SIZE] = '\n';
    write_file(path, text, 2 * KEY_SIZE + 1, mode);
    sodium_memzero(text, sizeof(text));
}

static void read_private_key(const char *path, uint8_t secret[crypto_sign_SECRETKEYBYTES], uint8_t public_key[KEY_SIZE])
{
    uint8_t seed[KEY_SIZE];
    struct stat status;

    if (stat(path, &status) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    if ((status.st_mode & 077) != 0) {
        fail("%s: readable by others (mode %04o, must be 0600)", path, (unsigned)status.st_mode & 07777);
    }
    read_hex_key(path, seed);
    crypto_sign_seed_keypair(public_key, secret, seed);
    sodium_memzero(seed, sizeof(seed));
}

static void keygen(const struct sign_options *options, char **paths)
{
    uint8_t seed[KEY_SIZE];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t public_key[KEY_SIZE];

    if (access(paths[0], F_OK) == 0) {
        if (!options->keep) {
            fail("%s: exists; a key is never overwritten", paths[0]);
        }
        read_private_key(paths[0], secret, public_key);
    } else {
        randombytes_buf(seed, sizeof(seed));
        crypto_sign_seed_keypair(public_key, secret, seed);
        write_hex_key(paths[0], seed, 0600);
        sodium_memzero(seed, sizeof(seed));
    }
    sodium_memzero(secret, sizeof(secret));
    write_hex_key(paths[1], public_key, 0644);
}

/* The owner whose key that is, without floors. */
static struct image_owner owner_of(const uint8_t key[KEY_SIZE])
{
    struct image_owner owner = { .magic = IMAGE_OWNER_MAGIC, .version = IMAGE_OWNER_VERSION };

    crypto_hash_sha256(owner.key_hash, key, KEY_SIZE);
    return owner;
}

static void write_header(const struct sign_options *options, char **paths)
{
    struct image_owner owner;
    uint8_t key[KEY_SIZE];
    char text[1024];
    int size;

    (void)options;
    read_hex_key(paths[0], key);
    owner = owner_of(key);
    size = snprintf(text, sizeof(text), "/* Generated: the hash of the public key that signs everything VTL1 runs. */\n"
                                        "#pragma once\n\n"
                                        "#define OWNER_KEY_HASH { \\\n   ");
    for (unsigned i = 0; i < sizeof(owner.key_hash); i++) {
        size += snprintf(text + size, sizeof(text) - (size_t)size, " 0x%02x,%s", owner.key_hash[i],
                         i % 8 == 7 ? " \\\n   " : "");
    }
    size += snprintf(text + size, sizeof(text) - (size_t)size, " }\n");
    write_file(paths[1], text, (size_t)size, 0644);
}

/* --- images --- */

static enum signed_image_kind kind_of(const void *file)
{
    struct signed_image_header header;

    memcpy(&header, (const uint8_t *)file + HEADER_OFFSET, sizeof(header));
    return (enum signed_image_kind)header.kind;
}

static const char *kind_name(uint32_t kind)
{
    return kind == SIGNED_IMAGE_SECURE_KERNEL ? "securekernel" : kind == SIGNED_IMAGE_TRUSTLET ? "trustlet" : "unknown";
}

/* Any kind is accepted: which one it must be only its user can say. */
static enum signed_image_result check(const struct buffer *file, const uint8_t key[KEY_SIZE])
{
    struct image_owner owner = owner_of(key);
    struct signed_image_header header;
    const void *payload;
    size_t payload_size;

    if (file->size <= PAYLOAD_OFFSET) {
        return SIGNED_IMAGE_BAD_SIZE;
    }
    return signed_image_check(file->data, file->size, kind_of(file->data), &owner, &header, &payload, &payload_size);
}

static void require_options(const struct sign_options *options)
{
    if (options->key_path == NULL || options->header.kind == 0 || options->header.name[0] == '\0' ||
        sodium_is_zero(options->header.identity, sizeof(options->header.identity)) || options->header.security_version == 0) {
        fail("sign needs --kind, --key, --identity, --name and --security-version");
    }
    if (options->header.kind == SIGNED_IMAGE_TRUSTLET &&
        (options->header.stack_pages == 0 || options->header.max_sessions == 0 || options->header.max_instances == 0)) {
        fail("a trustlet needs --stack-pages, --max-sessions and --max-instances");
    }
}

static void sign(const struct sign_options *options, char **paths)
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t public_key[KEY_SIZE];
    struct buffer payload;
    struct buffer file;
    struct signed_image_signature block = { .algorithm = SIGNED_IMAGE_ED25519 };
    struct signed_image_header header = options->header;
    enum signed_image_result result;

    require_options(options);
    payload = read_file(paths[0], SIGNED_IMAGE_MAX_SIZE - PAYLOAD_OFFSET);
    file = (struct buffer){ .data = malloc(PAYLOAD_OFFSET + payload.size), .size = PAYLOAD_OFFSET + payload.size };
    if (file.data == NULL) {
        fail("%s: no memory", paths[0]);
    }
    header.magic = SIGNED_IMAGE_MAGIC;
    header.header_size = sizeof(header);
    header.payload_size = payload.size;
    memcpy(file.data + HEADER_OFFSET, &header, sizeof(header));
    memcpy(file.data + PAYLOAD_OFFSET, payload.data, payload.size);
    read_private_key(options->key_path, secret, public_key);
    memcpy(block.public_key, public_key, KEY_SIZE);
    crypto_sign_detached(block.signature, NULL, file.data + HEADER_OFFSET, file.size - HEADER_OFFSET, secret);
    memcpy(file.data, &block, sizeof(block));
    sodium_memzero(secret, sizeof(secret));
    result = check(&file, public_key);
    if (result != SIGNED_IMAGE_OK) {
        fail("%s: what these options ask for would be refused: %s", paths[0], signed_image_result_text(result));
    }
    write_file(paths[1], file.data, file.size, 0644);
    free(payload.data);
    free(file.data);
}

static void verify(const struct sign_options *options, char **paths)
{
    uint8_t key[KEY_SIZE];
    struct buffer file;
    enum signed_image_result result;

    if (options->public_path == NULL) {
        fail("verify needs --public");
    }
    read_hex_key(options->public_path, key);
    file = read_file(paths[0], SIGNED_IMAGE_MAX_SIZE);
    result = check(&file, key);
    if (result != SIGNED_IMAGE_OK) {
        fail("%s: %s", paths[0], signed_image_result_text(result));
    }
    printf("%s: %s\n", paths[0], signed_image_result_text(result));
    free(file.data);
}

static void print_identity(const uint8_t identity[16])
{
    printf("identity          ");
    for (unsigned i = 0; i < 16; i++) {
        printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", identity[i]);
    }
    printf("\n");
}

static void inspect(const struct sign_options *options, char **paths)
{
    struct buffer file = read_file(paths[0], SIGNED_IMAGE_MAX_SIZE);
    struct signed_image_header header;

    (void)options;
    if (file.size <= PAYLOAD_OFFSET) {
        fail("%s: too short for a signed image", paths[0]);
    }
    memcpy(&header, file.data + HEADER_OFFSET, sizeof(header));
    if (header.magic != SIGNED_IMAGE_MAGIC) {
        fail("%s: not a signed image", paths[0]);
    }
    printf("kind              %s\nname              %.32s\n", kind_name(header.kind), header.name);
    print_identity(header.identity);
    printf("security version  %" PRIu32 "\npayload           %" PRIu64 " bytes\n", header.security_version,
           header.payload_size);
    if (header.kind == SIGNED_IMAGE_TRUSTLET) {
        printf("heap pages        %" PRIu32 "\nstack pages       %" PRIu32 "\nmax sessions      %" PRIu32
               "\nmax instances     %" PRIu32 "\nsystem calls      0x%016" PRIx64 "\n",
               header.heap_pages, header.stack_pages, header.max_sessions, header.max_instances, header.syscalls);
    }
    printf("signature         not checked by inspect\n");
    free(file.data);
}

/* --- command line --- */

static uint32_t parse_number(const char *option, const char *text)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || value > UINT32_MAX) {
        fail("--%s: '%s' is not a 32-bit number", option, text);
    }
    return (uint32_t)value;
}

static void parse_identity(const char *text, uint8_t identity[16])
{
    size_t size = 0;

    if (strlen(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' ||
        sodium_hex2bin(identity, 16, text, 36, "-", &size, NULL) != 0 || size != 16) {
        fail("--identity: '%s' is not a UUID", text);
    }
}

static uint32_t parse_kind(const char *text)
{
    if (strcmp(text, "securekernel") == 0) {
        return SIGNED_IMAGE_SECURE_KERNEL;
    }
    if (strcmp(text, "trustlet") == 0) {
        return SIGNED_IMAGE_TRUSTLET;
    }
    fail("--kind: '%s' is neither securekernel nor trustlet", text);
}

static void parse_name(const char *text, char name[32])
{
    if (strlen(text) >= 32) {
        fail("--name: longer than 31 characters");
    }
    strcpy(name, text);
}

enum sign_option {
    KEY, PUBLIC, KIND, IDENTITY, NAME, SECURITY_VERSION, HEAP_PAGES, STACK_PAGES, MAX_SESSIONS, MAX_INSTANCES, SYSCALLS, KEEP
};

static const struct option long_options[] = {
    [KEY] = { "key", required_argument, NULL, KEY },
    [PUBLIC] = { "public", required_argument, NULL, PUBLIC },
    [KIND] = { "kind", required_argument, NULL, KIND },
    [IDENTITY] = { "identity", required_argument, NULL, IDENTITY },
    [NAME] = { "name", required_argument, NULL, NAME },
    [SECURITY_VERSION] = { "security-version", required_argument, NULL, SECURITY_VERSION },
    [HEAP_PAGES] = { "heap-pages", required_argument, NULL, HEAP_PAGES },
    [STACK_PAGES] = { "stack-pages", required_argument, NULL, STACK_PAGES },
    [MAX_SESSIONS] = { "max-sessions", required_argument, NULL, MAX_SESSIONS },
    [MAX_INSTANCES] = { "max-instances", required_argument, NULL, MAX_INSTANCES },
    [SYSCALLS] = { "syscalls", required_argument, NULL, SYSCALLS },
    [KEEP] = { "keep", no_argument, NULL, KEEP },
    { 0 },
};

static void take_option(struct sign_options *options, int option)
{
    struct signed_image_header *header = &options->header;
    uint32_t *const numbers[] = {
        [SECURITY_VERSION] = &header->security_version, [HEAP_PAGES] = &header->heap_pages,
        [STACK_PAGES] = &header->stack_pages, [MAX_SESSIONS] = &header->max_sessions,
        [MAX_INSTANCES] = &header->max_instances,
    };

    switch (option) {
    case KEY:
        options->key_path = optarg;
        break;
    case PUBLIC:
        options->public_path = optarg;
        break;
    case KIND:
        header->kind = parse_kind(optarg);
        break;
    case IDENTITY:
        parse_identity(optarg, header->identity);
        break;
    case NAME:
        parse_name(optarg, header->name);
        break;
    case SYSCALLS:
        header->syscalls = parse_number("syscalls", optarg);
        break;
    case KEEP:
        options->keep = true;
        break;
    default:
        *numbers[option] = parse_number(long_options[option].name, optarg);
        break;
    }
}

struct command {
    const char *name;
    int paths;
    void (*run)(const struct sign_options *options, char **paths);
    const char *usage;
};

static const struct command commands[] = {
    { "keygen", 2, keygen, "keygen [--keep] KEYFILE PUBFILE" },
    { "sign", 2, sign, "sign --kind securekernel|trustlet --key KEYFILE --identity UUID --name NAME --security-version N\n"
                       "             [--heap-pages N] [--stack-pages N] [--max-sessions N] [--max-instances N]\n"
                       "             [--syscalls MASK] IN.elf OUT.img" },
    { "verify", 1, verify, "verify --public PUBFILE FILE" },
    { "inspect", 1, inspect, "inspect FILE" },
    { "header", 2, write_header, "header PUBFILE OUT.h" },
};

static void usage(FILE *to)
{
    fputs("usage:\n", to);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        fprintf(to, "  openvsm-sign %s\n", commands[i].usage);
    }
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct sign_options options = { 0 };
    const struct command *command = argc >= 2 ? find_command(argv[1]) : NULL;
    int option;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        return 0;
    }
    if (command == NULL || sodium_init() < 0) {
        usage(stderr);
        return 2;
    }
    while ((option = getopt_long(argc - 1, argv + 1, "", long_options, NULL)) != -1) {
        if (option == '?') {
            usage(stderr);
            return 2;
        }
        take_option(&options, option);
    }
    if (argc - 1 - optind != command->paths) {
        usage(stderr);
        return 2;
    }
    command->run(&options, argv + 1 + optind);
    return 0;
}
