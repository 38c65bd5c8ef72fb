/* The guest walk: a context, an address, and memory that is whatever the rest of the input says. */
#include <stdlib.h>
#include <string.h>

#include <hv/walk.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())
#define LEVELS    5u
#define ADDRESSES (UINT64_C(1) << 52)

struct input {
    uint64_t cr0, cr3, cr4, efer, address;
    uint64_t flags; /* bits 4:0 of the context, then a bit for each read that fails */
};

struct memory {
    const uint8_t *bytes;
    size_t size;
    uint64_t failing;
    unsigned reads;
};

static bool read_entry(void *self, gpa_t address, void *to, size_t size)
{
    struct memory *memory = self;
    size_t at = memory->reads * 8u;

    HOLDS(++memory->reads <= LEVELS && (size == 4 || size == 8) && address.value % size == 0 && address.value < ADDRESSES);
    memset(to, 0, size);
    if (at + size <= memory->size) {
        memcpy(to, memory->bytes + at, size);
    }
    return (memory->failing >> memory->reads & 1) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;
    struct memory memory;
    struct walk_reader reader = { .read = read_entry, .self = &memory };
    struct walk_context context;
    gpa_t out = { 0 };

    if (size < sizeof(input)) {
        return -1;
    }
    memcpy(&input, data, sizeof(input));
    memory = (struct memory){ data + sizeof(input), size - sizeof(input), input.flags >> 8, 0 };
    context = (struct walk_context){
        .cr0 = input.cr0, .cr3 = input.cr3, .cr4 = input.cr4, .efer = input.efer, .user = (input.flags & 1) != 0,
        .fetch = (input.flags & 2) != 0, .write = (input.flags & 4) != 0, .smap = (input.flags & 8) != 0,
        .exempt = (input.flags & 16) != 0,
    };
    if (walk_translate(&context, &reader, gva(input.address), &out) == WALK_OK) {
        HOLDS((out.value ^ input.address) % 4096 == 0 && out.value < ADDRESSES);
    }
    return 0;
}
