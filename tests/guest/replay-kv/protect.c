/* Masks on one page, and what VTL1's handler of SINT0 is told. It gives every right back, and VTL0 tries again. */
#include "kv.h"

#include <lib/string.h>

#define READ  1u
#define WRITE 2u

struct access {
    uint64_t page, registers[16];
};

static uint8_t *page;
static uint32_t mask;
static struct access noted;

static void revoke(struct vp *vp)
{
    uint16_t status = modify_protection(&vp->caller, OTHER_VTL0, mask, (uint64_t)(uintptr_t)page / PAGE_SIZE, 1);

    vp_step(vp, mask == 0 ? "mask-nothing" : mask == READ ? "mask-read" : "mask-read-write", status == 0, status);
}

static void default_mask(struct vp *vp)
{
    uint64_t value = 0;
    uint16_t status = get_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, &value);

    vp_step(vp, "default-mask", status == 0 && value == ENTRY_CONFIG, value);
    /* The suite wants this to be taken and ignored; as OpenHCL, we refuse (vsm-abi.md C5). Neither changes anything. */
    status = set_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, 1);
    vp_step(vp, "default-mask-refused", status == 0x50, status);
    get_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, &value);
    vp_step(vp, "default-mask-stays", value == ENTRY_CONFIG, value);
}

static bool header_fits(uint8_t access, uint64_t rip, uint64_t gpa)
{
    return word_at(kv_message, 0) == 0 && kv_message[5] == access && quad_at(kv_message, 24) == rip && quad_at(kv_message, 56) == gpa
        && (word_at(kv_message, 4) >> 16 & 0x1F) == (1u << 4 | 1u << 2 | (read_cr0() >> 18 & 1) << 3) /* LMA, PE, AM, CPL 0 */
        && (uint16_t)word_at(kv_message, 20) == read_cs();
}

static bool payload_fits(const char *code)
{
    return word_at(kv_message, 40) == 6 && (kv_message[45] & 1) == 0 && quad_at(kv_message, 48) == 0
        && (code == NULL ? kv_message[44] == 0 : memcmp(kv_message + 64, code, 3) == 0 && kv_message[44] >= 3)
        && (uint16_t)word_at(kv_message, 0x50 + 12) == read_ds() && (uint16_t)word_at(kv_message, 0x60 + 12) == read_ss();
}

/* The suite compares all 240 bytes, instruction length and count and RF among them. */
static bool exactly(uint8_t length, const char *code)
{
    return (kv_message[4] & 0xF) == length && kv_message[44] == (code == NULL ? 0 : 3) && (quad_at(kv_message, 32) & 0x10000) != 0;
}

static bool registers_fit(uint64_t rsp)
{
    uint64_t expected[16];

    memcpy(expected, noted.registers, sizeof(expected));
    expected[4] = rsp;
    return memcmp(kv_message + 0x70, expected, sizeof(expected)) == 0;
}

static void one(const char *const ids[3], const void *code, uint8_t access, uint64_t rip, const char *bytes)
{
    uint64_t before = kv_intercepts;
    uint64_t rsp;
    uint32_t vector;

    noted.page = (uint64_t)(uintptr_t)page;
    vector = try_code(code, &noted);
    rsp = noted.registers[4] - (bytes == NULL ? 8 : 0);
    step(ids[0], vector == 0 && kv_intercepts == before + 1, kv_intercepts - before);
    step(ids[1], header_fits(access, rip, noted.page) && payload_fits(bytes) && registers_fit(rsp), quad_at(kv_message, 24));
    if (is_due(ids[2])) {
        step(ids[2], exactly(bytes == NULL ? 2 : 3, bytes), kv_message[4]);
    }
}

void kv_protections(void)
{
    static const char *const on_read[3] = { "read-intercepted", "read-message", "read-message-exact" };
    static const char *const on_write[3] = { "write-intercepted", "write-message", "write-message-exact" };
    static const char *const on_execute[3] = { "execute-intercepted", "execute-message", "execute-message-exact" };

    run_in_vtl1(default_mask);
    page = pages_take(1, PAGE_SIZE);
    step("read-before", try_code(probe_read, page) == 0, 0);
    mask = 0;
    run_in_vtl1(revoke);
    one(on_read, kv_read, 0, (uint64_t)(uintptr_t)kv_read_at, "\x48\x8B\x00");
    mask = READ;
    run_in_vtl1(revoke);
    one(on_write, kv_write, 1, (uint64_t)(uintptr_t)kv_write_at, "\x48\x89\x00");
    page[0] = 0xC3; /* RET */
    mask = READ | WRITE;
    run_in_vtl1(revoke);
    one(on_execute, kv_execute, 2, (uint64_t)(uintptr_t)page, NULL);
}
