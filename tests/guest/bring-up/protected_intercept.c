/*
 * An intercept takes VTL0 out of 64-bit code at any instruction and into a
 * VTL1 that can neither see nor keep half of its registers (TLFS, "VTL Entry").
 */
#include "protected.h"

#include <lib/string.h>

#define SET_REGISTERS   0x51u
#define MODIFY          0x0Cu
#define REGISTER_ASSIST 0x00090013u
#define REGISTER_SIMP   0x000A0013u
#define CONFIG          0x1Fu /* protection on, everything allowed */
#define GS_BASE         0xC0000101u
#define HIGH            UINT64_C(0xABCD000000000000)
#define XMM_WORDS       32u

extern const char protected_touch[];
void fill_xmm(const uint64_t from[XMM_WORDS]);
void read_xmm(uint64_t to[XMM_WORDS]);

static uint8_t *page, *slots, *assist, *input;

static uint32_t low(const volatile void *object)
{
    return (uint32_t)(uintptr_t)object;
}

/* The next hypercall of VTL1, of which nothing is left in its registers. */
static void prepare(volatile struct area *area, uint32_t code, uint32_t elements)
{
    area->eax = code;
    area->edx = elements;
    area->ebx = 0;
    area->ecx = low(input);
    area->esi = 0x51515151;
    area->edi = 0x61616161;
    area->rounds = 0;
}

static void put_protection(uint32_t flags)
{
    put_quad(input, 0, PARTITION);
    put_quad(input, 8, flags);
    put_quad(input, 16, (uint64_t)(uintptr_t)page / PAGE_SIZE);
}

/* Assist and message pages, protection, and no right to the page. */
static uint32_t set_up(volatile struct area *area)
{
    const uint64_t values[3][2] = {
        { REGISTER_ASSIST, low(assist) | 1 }, { REGISTER_SIMP, low(slots) | 1 }, { REGISTER_PARTITION_CONFIG, CONFIG },
    };
    uint32_t status;

    put_quad(input, 0, PARTITION);
    put_quad(input, 8, SELF);
    for (unsigned i = 0; i < 3; i++) {
        put_quad(input, 16 + 32 * i, values[i][0]);
        put_quad(input, 32 + 32 * i, values[i][1]);
    }
    prepare(area, SET_REGISTERS, 3);
    protected_enter(area, 1);
    status = area->eax;
    put_protection(0);
    prepare(area, MODIFY, 1);
    protected_enter(area, 1);
    return status | area->eax;
}

/* RBP's lower half is VTL1's, too. */
static struct vtl_registers pattern(const volatile struct area *area)
{
    return (struct vtl_registers){
        .rax = HIGH | 0x1000000A1, .rcx = HIGH | 0x2000000A2, .rdx = HIGH | 0x3000000A3, .rbx = HIGH | 0x4000000A4,
        .rsi = HIGH | 0x5000000A5, .rdi = HIGH | 0x6000000A6, .rbp = HIGH | UINT64_C(0x700000000) | low(area),
        .r8 = HIGH | 0x8000000A8, .r9 = HIGH | 0x9000000A9, .r10 = HIGH | 0xA000000AA, .r11 = HIGH | 0xB000000AB,
        .r12 = HIGH | 0xC000000AC, .r13 = HIGH | 0xD000000AD, .r14 = HIGH | 0xE000000AE, .r15 = HIGH | 0xF000000AF,
        .cr2 = HIGH | 0x10000000B0,
    };
}

static void check_message(const struct vtl_registers *sent)
{
    const uint64_t general[16] = {
        sent->rax, sent->rcx, sent->rdx, sent->rbx, 0, sent->rbp, sent->rsi, sent->rdi,
        sent->r8, sent->r9, sent->r10, sent->r11, sent->r12, sent->r13, sent->r14, sent->r15,
    };

    note(word_at(slots, 0) == MESSAGE_GPA && quad_at(slots, PAYLOAD + 56) == low(page), "type-or-gpa");
    note(quad_at(slots, PAYLOAD + 24) == (uint64_t)(uintptr_t)protected_touch, "rip-0x%lx", quad_at(slots, PAYLOAD + 24));
    for (unsigned i = 0; i < 16; i++) {
        uint64_t told = quad_at(slots, PAYLOAD + 0x70 + 8 * i);

        note(i == 4 || told == general[i], "register-%u-0x%lx", i, told);
    }
    note(word_at(assist, ASSIST_REASON) == REASON_INTERRUPT, "reason-%u", word_at(assist, ASSIST_REASON));
    for (unsigned i = 0; i < 3; i++) {
        note(word_at(assist, 16 + 4 * i) == (uint32_t)general[i], "assist-%u-0x%x", i, word_at(assist, 16 + 4 * i));
    }
    report_notes("bring-up-protected-intercept-told");
}

/* EAX, ECX and EDX are the assist page's, which VTL1 has left alone; EBX, ESI and EDI are what it loaded for its call. */
static void check_general(const struct vtl_registers *sent, const struct vtl_registers *found, const volatile struct area *area)
{
    struct vtl_registers expected = *sent;
    uint64_t words[2][sizeof(expected) / 8];

    expected.rbx = sent->rbx & ~UINT64_C(0xFFFFFFFF);
    expected.rsi = (sent->rsi & ~UINT64_C(0xFFFFFFFF)) | area->esi;
    expected.rdi = (sent->rdi & ~UINT64_C(0xFFFFFFFF)) | area->edi;
    memcpy(words[0], &expected, sizeof(expected));
    memcpy(words[1], found, sizeof(expected));
    for (unsigned i = 0; i < sizeof(expected) / 8; i++) {
        note(words[0][i] == words[1][i], "word-%u-0x%lx", i, words[1][i]);
    }
    report_notes("bring-up-protected-intercept-registers");
}

enum { SHARED_DR = 4, SHARED = SHARED_DR + XMM_WORDS, PRIVATE = 15 };

static void read_shared(uint64_t to[SHARED])
{
    to[0] = read_dr0();
    to[1] = read_dr1();
    to[2] = read_dr2();
    to[3] = read_dr3();
    read_xmm(to + SHARED_DR);
}

static void write_shared(const uint64_t from[SHARED])
{
    write_dr0(from[0]);
    write_dr1(from[1]);
    write_dr2(from[2]);
    write_dr3(from[3]);
    fill_xmm(from + SHARED_DR);
}

static void read_private(uint64_t to[PRIVATE])
{
    static const uint32_t msrs[] = { 0xC0000080, 0xC0000081, 0xC0000082, 0xC0000084, 0x277, 0xC0000100, 0xC0000102 };
    const uint64_t others[] = { read_cr0(), read_cr3(), read_cr4(), read_dr7(), read_cs(), read_ss(), read_ds(), read_tr() };

    memcpy(to, others, sizeof(others));
    for (unsigned i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
        to[8 + i] = read_msr(msrs[i]);
    }
}

/* The page is reached by GS alone, so that each general register has all its bits. */
static void touch(struct vtl_registers *registers, const uint64_t shared[SHARED], uint64_t found[SHARED])
{
    uint64_t gs = read_msr(GS_BASE), before[SHARED];

    read_shared(before);
    write_msr(GS_BASE, (uint64_t)(uintptr_t)page);
    write_shared(shared);
    vtl_call_full(registers, (uint64_t)(uintptr_t)protected_touch, &registers->rcx);
    read_shared(found);
    write_shared(before);
    write_msr(GS_BASE, gs);
}

void test_protected_intercept(volatile struct area *area)
{
    struct vtl_registers sent = pattern(area), found = sent;
    uint64_t shared[SHARED], shared_found[SHARED], private[PRIVATE], private_found[PRIVATE];
    uint32_t status;

    page = pages_take(4, PAGE_SIZE);
    slots = page + PAGE_SIZE;
    assist = slots + PAGE_SIZE;
    input = assist + PAGE_SIZE;
    memset(page, 0, 4 * PAGE_SIZE);
    for (unsigned i = 0; i < SHARED; i++) {
        shared[i] = UINT64_C(0x00007BCD00000000) * (i < SHARED_DR ? 1 : 3) + i;
    }
    status = set_up(area);
    step("protected-intercept-set-up", status == 0, status);
    put_protection(0xF);
    prepare(area, MODIFY, 1);
    area->control = 0;
    read_private(private);
    touch(&found, shared, shared_found);
    read_private(private_found);
    step("protected-intercept", area->rounds == 1 && area->eax == 0 && page[0] == 1, area->rounds);
    check_message(&sent);
    check_general(&sent, &found, area);
    step("protected-intercept-shared", memcmp(shared, shared_found, sizeof(shared)) == 0, shared_found[0]);
    step("protected-intercept-private", memcmp(private, private_found, sizeof(private)) == 0, private_found[0]);
}
