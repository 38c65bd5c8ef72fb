/*
 * openvsm-sign: makes keys, turns manifests into notes, signs images for VTL1,
 * checks and shows them, and writes the owner's key hash into BOOTX64.EFI.
 * Works offline. Checking is done by the very files the loader uses.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "image.h"
#include "inspect.h"
#include "manifest.h"
#include "note.h"
#include "owner_section.h"
#include "words.h"

#define BOOT_IMAGE_MAX (64u << 20)

struct sign_options {
    const char *key_path;
    const char *public_path;
    const char *manifest_path;
    struct signed_image_header header; /* of a secure kernel */
    struct image_owner floors;         /* set-owner: its floors alone */
    uint32_t algorithm;
    bool keep; /* keygen: an existing key stays, its public half is written again */
    bool debug, json;
};

static void keygen(const struct sign_options *options, char **paths)
{
    struct private_key key;

    if (access(paths[0], F_OK) == 0) {
        if (!options->keep) {
            fail("%s: exists; a key is never overwritten", paths[0]);
        }
        key = key_read_private(paths[0]);
    } else {
        key = key_generate(options->algorithm);
        key_write_private(paths[0], &key);
    }
    key_write_public(paths[1], &key.public_key);
    sodium_memzero(&key, sizeof(key));
}

static void write_header(const struct sign_options *options, char **paths)
{
    struct public_key key = key_read_public(paths[0]);
    struct image_owner owner = key_owner(&key);
    char text[1024];
    int size;

    (void)options;
    size = snprintf(text, sizeof(text), "/* Generated: the hash of the public key that signs everything VTL1 runs. */\n"
                                        "#pragma once\n\n#define OWNER_KEY_HASH { \\\n   ");
    for (unsigned i = 0; i < sizeof(owner.key_hash); i++) {
        size += snprintf(text + size, sizeof(text) - (size_t)size, " 0x%02x,%s", owner.key_hash[i],
                         i % 8 == 7 ? " \\\n   " : "");
    }
    size += snprintf(text + size, sizeof(text) - (size_t)size, " }\n");
    write_file(paths[1], text, (size_t)size, 0644);
}

static struct signed_image_header read_manifest(const char *path, bool debug)
{
    struct buffer text = read_file(path, MANIFEST_MAX_SIZE);
    struct signed_image_header header;
    struct manifest_problem problem;

    if (!manifest_parse((char *)text.data, text.size, debug, &header, &problem)) {
        fail("%s:%u: %s", path, problem.line, problem.text);
    }
    free(text.data);
    return header;
}

static void note(const struct sign_options *options, char **paths)
{
    struct signed_image_header header = read_manifest(paths[0], options->debug);
    char text[NOTE_TEXT_SIZE];

    write_file(paths[1], text, note_print(&header, text), 0644);
}

/* A secure kernel's header is the command line's; a trustlet's is its note's, or a manifest's for a file without one. */
static struct signed_image_header header_for(const struct sign_options *options, const char *path, const struct buffer *payload)
{
    struct signed_image_header header = options->header;

    if (options->manifest_path != NULL) {
        return read_manifest(options->manifest_path, options->debug);
    }
    if (header.kind != SIGNED_IMAGE_SECURE_KERNEL) {
        return image_note(path, payload);
    }
    if (header.name[0] == '\0' || sodium_is_zero(header.identity, sizeof(header.identity)) || header.security_version == 0) {
        fail("a secure kernel needs --identity, --name and --security-version");
    }
    header.magic = SIGNED_IMAGE_MAGIC;
    header.header_size = sizeof(header);
    header.flags = options->debug ? SIGNED_IMAGE_DEBUG : 0;
    return header;
}

static void sign(const struct sign_options *options, char **paths)
{
    struct buffer payload = read_file(paths[0], SIGNED_IMAGE_MAX_SIZE - SIGNED_IMAGE_PAYLOAD_OFFSET);
    struct signed_image_header header = header_for(options, paths[0], &payload);
    struct private_key key;
    struct image_owner owner;
    struct buffer file;
    enum signed_image_result result;

    if (options->key_path == NULL) {
        fail("sign needs --key");
    }
    key = key_read_private(options->key_path);
    file = image_make(&key, &header, &payload);
    owner = key_owner(&key.public_key);
    sodium_memzero(&key, sizeof(key));
    result = image_check(&file, &owner);
    if (result != SIGNED_IMAGE_OK) {
        fail("%s: what was asked for would be refused: %s", paths[0], signed_image_result_text(result));
    }
    write_file(paths[1], file.data, file.size, 0644);
    free(payload.data);
    free(file.data);
}

static void verify(const struct sign_options *options, char **paths)
{
    struct public_key key;
    struct image_owner owner;
    struct buffer file;
    enum signed_image_result result;

    if (options->public_path == NULL) {
        fail("verify needs --public");
    }
    key = key_read_public(options->public_path);
    owner = key_owner(&key);
    file = read_file(paths[0], SIGNED_IMAGE_MAX_SIZE);
    result = image_check(&file, &owner);
    if (result != SIGNED_IMAGE_OK) {
        fail("%s: %s", paths[0], signed_image_result_text(result));
    }
    printf("%s: %s\n", paths[0], signed_image_result_text(result));
    free(file.data);
}

static void inspect(const struct sign_options *options, char **paths)
{
    struct buffer file = read_file(paths[0], SIGNED_IMAGE_MAX_SIZE);

    inspect_image(paths[0], &file, options->json);
    free(file.data);
}

static void set_owner(const struct sign_options *options, char **paths)
{
    struct buffer file = read_file(paths[0], BOOT_IMAGE_MAX);
    size_t at = owner_section_find(paths[0], &file);
    struct public_key key = key_read_public(paths[1]);
    struct image_owner owner = key_owner(&key);

    owner.floor_count = options->floors.floor_count;
    memcpy(owner.floors, options->floors.floors, sizeof(owner.floors));
    if (!image_owner_ok(&owner)) {
        fail("--floor: an identity is zero or named twice");
    }
    owner_section_write(&file, at, &owner);
    write_file(paths[0], file.data, file.size, 0644);
    free(file.data);
}

/* --- command line --- */

static uint32_t parse_number(const char *option, const char *text)
{
    uint64_t number;

    if (!number_parse(text, UINT32_MAX, &number)) {
        fail("--%s: '%s' is not a 32-bit number", option, text);
    }
    return (uint32_t)number;
}

static void parse_identity(const char *text, uint8_t identity[16])
{
    if (!uuid_parse(text, identity)) {
        fail("--identity: '%s' is not a UUID", text);
    }
}

static void parse_name(const char *text, char name[32])
{
    if (strlen(text) >= 32) {
        fail("--name: longer than 31 characters");
    }
    strcpy(name, text);
}

/* UUID=N */
static void parse_floor(const char *text, struct image_owner *owner)
{
    struct image_floor *floor = &owner->floors[owner->floor_count];
    char identity[UUID_TEXT_SIZE] = { 0 };

    if (owner->floor_count == IMAGE_OWNER_MAX_FLOORS) {
        fail("--floor: more than %u", IMAGE_OWNER_MAX_FLOORS);
    }
    if (strlen(text) < UUID_TEXT_SIZE || text[UUID_TEXT_SIZE - 1] != '=') {
        fail("--floor: '%s' is not UUID=N", text);
    }
    memcpy(identity, text, UUID_TEXT_SIZE - 1);
    parse_identity(identity, floor->identity);
    floor->security_version = parse_number("floor", text + UUID_TEXT_SIZE);
    owner->floor_count++;
}

static uint32_t parse_algorithm(const char *text)
{
    uint32_t algorithm = algorithm_by_name(text);

    if (algorithm == 0) {
        fail("--algorithm: '%s' is neither ed25519 nor ecdsa-p256", text);
    }
    return algorithm;
}

static uint32_t parse_kind(const char *text)
{
    if (strcmp(text, kind_name(SIGNED_IMAGE_SECURE_KERNEL)) != 0) {
        fail("--kind: '%s' is not securekernel; a trustlet's kind is in its manifest", text);
    }
    return SIGNED_IMAGE_SECURE_KERNEL;
}

enum sign_option { KEY, PUBLIC, MANIFEST, KIND, IDENTITY, NAME, SECURITY_VERSION, ALGORITHM, FLOOR, KEEP, DEBUG, JSON };

static const struct option long_options[] = {
    [KEY] = { "key", required_argument, NULL, KEY },
    [PUBLIC] = { "public", required_argument, NULL, PUBLIC },
    [MANIFEST] = { "manifest", required_argument, NULL, MANIFEST },
    [KIND] = { "kind", required_argument, NULL, KIND },
    [IDENTITY] = { "identity", required_argument, NULL, IDENTITY },
    [NAME] = { "name", required_argument, NULL, NAME },
    [SECURITY_VERSION] = { "security-version", required_argument, NULL, SECURITY_VERSION },
    [ALGORITHM] = { "algorithm", required_argument, NULL, ALGORITHM },
    [FLOOR] = { "floor", required_argument, NULL, FLOOR },
    [KEEP] = { "keep", no_argument, NULL, KEEP },
    [DEBUG] = { "debug", no_argument, NULL, DEBUG },
    [JSON] = { "json", no_argument, NULL, JSON },
    { 0 },
};

static void take_option(struct sign_options *options, int option)
{
    const char **const paths[] = {
        [KEY] = &options->key_path, [PUBLIC] = &options->public_path, [MANIFEST] = &options->manifest_path,
    };
    bool *const flags[] = { [KEEP] = &options->keep, [DEBUG] = &options->debug, [JSON] = &options->json };

    switch (option) {
    case KIND:
        options->header.kind = parse_kind(optarg);
        break;
    case IDENTITY:
        parse_identity(optarg, options->header.identity);
        break;
    case NAME:
        parse_name(optarg, options->header.name);
        break;
    case SECURITY_VERSION:
        options->header.security_version = parse_number("security-version", optarg);
        break;
    case ALGORITHM:
        options->algorithm = parse_algorithm(optarg);
        break;
    case FLOOR:
        parse_floor(optarg, &options->floors);
        break;
    case KEY:
    case PUBLIC:
    case MANIFEST:
        *paths[option] = optarg;
        break;
    default:
        *flags[option] = true;
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
    { "keygen", 2, keygen, "keygen [--algorithm ed25519|ecdsa-p256] [--keep] KEYFILE PUBFILE" },
    { "note", 2, note, "note [--debug] IN.manifest OUT.S" },
    { "sign", 2, sign, "sign --key KEYFILE IN.elf OUT.img                       a trustlet, by its note\n"
                       "  openvsm-sign sign --key KEYFILE --manifest FILE [--debug] IN OUT.img  without a note: no loader accepts it\n"
                       "  openvsm-sign sign --key KEYFILE --kind securekernel --identity UUID --name NAME\n"
                       "               --security-version N [--debug] IN.elf OUT.img" },
    { "verify", 1, verify, "verify --public PUBFILE FILE" },
    { "inspect", 1, inspect, "inspect [--json] FILE" },
    { "header", 2, write_header, "header PUBFILE OUT.h" },
    { "set-owner", 2, set_owner, "set-owner [--floor UUID=N]... BOOTX64.EFI PUBFILE" },
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
    struct sign_options options = { .algorithm = SIGNED_IMAGE_ED25519 };
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
