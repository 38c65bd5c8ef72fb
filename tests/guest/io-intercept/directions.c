/*
 * One direction is asked for: the other is VTL0's, as without, although the
 * processor's map has one bit for both. So are ports next to it, and what VTL0
 * could not reach anyway nobody hears of.
 */
#include "io_intercept.h"

#include <lib/string.h>

#define ABSENT     UINT64_C(0x0000600000000000) /* the firmware maps nothing there */
#define RW         (HV_INTERCEPT_ACCESS_READ | HV_INTERCEPT_ACCESS_WRITE)
#define CODE(name) #name, code_##name, code_##name##_at

#define REP_STRING (HV_IO_ACCESS_STRING | HV_IO_ACCESS_REP)

static const struct io_form in16_form = { CODE(in16), HV_INTERCEPT_READ, 2, 0, 2, 0 };
static const struct io_form in32_form = { CODE(in32), HV_INTERCEPT_READ, 4, 0, 1, 0 };
static const struct io_form out32_form = { CODE(out32), HV_INTERCEPT_WRITE, 4, 0, 1, 0 };
static const struct io_form rep_insb_form = { CODE(rep_insb), HV_INTERCEPT_READ, 1, REP_STRING, 2, 0 };
static const struct io_form rep_down_form = { CODE(rep_insb_down), HV_INTERCEPT_READ, 1, REP_STRING, 2, 0 };
static const struct io_form rep_insw_form = { CODE(rep_insw), HV_INTERCEPT_READ, 2, REP_STRING, 3, 0 };
static const struct io_form insb_32_form = { CODE(insb_32), HV_INTERCEPT_READ, 1, HV_IO_ACCESS_STRING, 2, 0 };
static const struct io_form rep_outsb_form = { CODE(rep_outsb), HV_INTERCEPT_WRITE, 1, REP_STRING, 2, 0 };
static const struct io_form outsb_form = { CODE(outsb), HV_INTERCEPT_WRITE, 1, HV_IO_ACCESS_STRING, 1, 0 };

static void quietly(const struct io_form *form, struct io_run *run) { expect(form, POLICY_INJECT_GP, run, false, 0); }

static void reads_under_a_write_intercept(void)
{
    struct io_run run = { .before = { .rax = UINT64_C(0xAAAAAAAAAAAAAAAA), .rdx = SCRATCH } };

    out8(SCRATCH, 0x6B);
    install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE);
    quietly(&in8_form, &run);
    note(run.after.rax == UINT64_C(0xAAAAAAAAAAAAAA6B), "in8:0x%lx", run.after.rax);
    install(SCRATCH, 0);
    install(NOTHING, HV_INTERCEPT_ACCESS_WRITE);
    run.before.rdx = NOTHING;
    quietly(&in16_form, &run);
    note(run.after.rax == UINT64_C(0xAAAAAAAAAAAAFFFF), "in16:0x%lx", run.after.rax);
    quietly(&in32_form, &run);
    note(run.after.rax == 0xFFFFFFFF, "in32:0x%lx", run.after.rax);
    install(NOTHING, 0);
}

static void writes_under_a_read_intercept(void)
{
    struct io_run run = { .before = { .rax = 0xC3, .rdx = SCRATCH } };

    install(SCRATCH, HV_INTERCEPT_ACCESS_READ);
    quietly(&out8_form, &run);
    expect(&in8_form, POLICY_COMPLETE, &run, true, 0);
    note(run.after.rax == (GUEST_READ_ANSWER & 0xFF), "told-0x%lx", run.after.rax);
    install(SCRATCH, 0);
    note(in8(SCRATCH) == 0xC3, "out8:0x%x", in8(SCRATCH));
}

/* The device gives one byte again and again, or nothing at all; interrupts could come with DF set. */
static void ins_under_a_write_intercept(void)
{
    uint8_t buffer[16];
    uint64_t at = (uint64_t)(uintptr_t)buffer, flags = read_rflags();
    struct io_run run = { .before = { .rdx = SCRATCH, .rcx = 5, .rsi = 7, .rdi = at + 4 } };

    memset(buffer, 0x11, sizeof(buffer));
    out8(SCRATCH, 0x9D);
    install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE);
    quietly(&rep_insb_form, &run);
    note(memcmp(buffer, "\x11\x11\x11\x11\x9D\x9D\x9D\x9D\x9D\x11\x11\x11\x11\x11\x11\x11", 16) == 0, "insb:0x%lx",
         *(uint64_t *)(buffer + 4));
    note(run.after.rcx == 0 && run.after.rdi == at + 9, "insb:rcx-0x%lx-rdi+0x%lx", run.after.rcx, run.after.rdi - at);
    note(run.after.rsi == 7, "insb:rsi-0x%lx", run.after.rsi);
    run.before.rcx = 0;
    quietly(&rep_insb_form, &run);
    note(run.after.rcx == 0 && run.after.rdi == at + 4, "insb-0:rdi+0x%lx", run.after.rdi - at);
    run.before.rcx = 2;
    run.before.rdi = at + 3;
    __asm__ volatile("cli" : : : "memory");
    quietly(&rep_down_form, &run);
    write_rflags(flags);
    note(run.after.rcx == 0 && run.after.rdi == at + 1, "down:rdi+0x%lx", run.after.rdi - at);
    note(memcmp(buffer, "\x11\x11\x9D\x9D", 4) == 0, "down:0x%lx", *(uint64_t *)buffer);
    buffer[15] = 0x11;
    run.before.rdi = (UINT64_C(0x12345678) << 32) | (at + 15); /* below 4 GiB: 32 bits of it count */
    quietly(&insb_32_form, &run);
    note(buffer[15] == 0x9D && run.after.rdi == at + 16 && run.after.rcx == 2, "insb-32:rdi-0x%lx", run.after.rdi);
    install(SCRATCH, 0);
    install(NOTHING, HV_INTERCEPT_ACCESS_WRITE);
    run.before = (struct io_registers){ .rdx = NOTHING, .rcx = 3, .rdi = at };
    quietly(&rep_insw_form, &run);
    note(run.after.rdi == at + 6, "insw:rdi+0x%lx", run.after.rdi - at);
    note(memcmp(buffer, "\xFF\xFF\xFF\xFF\xFF\xFF\x9D", 7) == 0, "insw:0x%lx", *(uint64_t *)buffer);
    install(NOTHING, 0);
}

static void outs_under_a_read_intercept(void)
{
    static const uint8_t bytes[] = { 0x01, 0x02, 0xE4 };
    uint64_t at = (uint64_t)(uintptr_t)bytes;
    struct io_run run = { .before = { .rdx = SCRATCH, .rcx = 3, .rsi = at, .rdi = 9 } };

    install(SCRATCH, HV_INTERCEPT_ACCESS_READ);
    quietly(&rep_outsb_form, &run);
    note(run.after.rcx == 0 && run.after.rsi == at + 3 && run.after.rdi == 9, "outsb:rcx-0x%lx", run.after.rcx);
    run.before.rsi = ABSENT;
    expect(&outsb_form, POLICY_INJECT_GP, &run, false, GUEST_FAULT + VECTOR_PF);
    install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE);
    note(in8(SCRATCH) == 0xE4, "outsb:0x%x", in8(SCRATCH));
    run.before.rdi = ABSENT;
    expect(&rep_insb_form, POLICY_INJECT_GP, &run, false, GUEST_FAULT + VECTOR_PF);
    run.before.rdi = UINT64_C(1) << 62;
    expect(&rep_insb_form, POLICY_INJECT_GP, &run, false, GUEST_FAULT + VECTOR_GP);
    install(SCRATCH, 0);
}

/* Each byte counts: an access that ends in the port touches it, one that ends before does not. */
static void neighbours(void)
{
    struct io_run run = { .before = { .rdx = NOTHING + 0x10 } };

    install(NOTHING + 0x13, RW);
    expect(&in32_form, POLICY_COMPLETE, &run, true, 0);
    quietly(&in16_form, &run);
    quietly(&in8_form, &run);
    run.before.rdx = NOTHING + 0x12;
    expect(&in16_form, POLICY_COMPLETE, &run, true, 0);
    quietly(&in8_form, &run);
    run.before.rdx = NOTHING + 0x14;
    quietly(&in32_form, &run);
    run.before.rdx = NOTHING + 0x13;
    expect(&in8_form, POLICY_COMPLETE, &run, true, 0);
    install(NOTHING + 0x12, RW);
    install(NOTHING + 0x13, 0);
    quietly(&in8_form, &run);
    run.before.rdx = NOTHING + 0x12;
    expect(&in8_form, POLICY_COMPLETE, &run, true, 0);
    install(NOTHING + 0x12, 0);
    quietly(&in8_form, &run);
}

void test_directions(void)
{
    reads_under_a_write_intercept();
    writes_under_a_read_intercept();
    report_notes("io-intercept-directions");
    ins_under_a_write_intercept();
    outs_under_a_read_intercept();
    report_notes("io-intercept-strings");
    neighbours();
    report_notes("io-intercept-neighbours");
}

/* What is not VTL0's stays an empty bus that nobody hears of: COM2, the hypervisor's log, fw_cfg's DMA. */
static void unreachable(uint16_t port)
{
    struct io_run run = { .before = { .rax = 0, .rdx = port } };

    install(port, RW);
    quietly(&in8_form, &run);
    note(run.after.rax == 0xFF, "0x%x:0x%lx", port, run.after.rax);
    quietly(&out8_form, &run);
    install(port, 0);
    quietly(&in8_form, &run);
    note(run.after.rax == 0xFF, "0x%x-off:0x%lx", port, run.after.rax);
}

/* A port with a filter is told before the filter, and the filter stays in force behind it. */
void test_guarded(void)
{
    struct io_run run = { .before = { .rax = UINT64_C(0x80001000), .rdx = 0xCF8 } };

    quietly(&out32_form, &run);
    quietly(&in32_form, &run);
    note(run.after.rax == 0x80001000, "cf8-0x%lx", run.after.rax);
    install(0xCF8, HV_INTERCEPT_ACCESS_WRITE);
    run.before.rax = UINT64_C(0x80001808);
    expect(&out32_form, POLICY_COMPLETE, &run, true, 0);
    quietly(&in32_form, &run);
    note(run.after.rax == 0x80001000, "cf8-dropped-0x%lx", run.after.rax);
    expect(&outsb_form, POLICY_COMPLETE, &run, false, GUEST_FAULT + VECTOR_GP); /* no string forms there, before as behind */
    expect(&out32_form, POLICY_DISARM, &run, true, 0);
    quietly(&in32_form, &run);
    note(run.after.rax == 0x80001808, "cf8-let-go-0x%lx", run.after.rax);
    report_notes("io-intercept-guarded");
    unreachable(0x2F8);
    unreachable(0xE9);
    unreachable(0x514);
    unreachable(0xB2);
    report_notes("io-intercept-unreachable");
}

static void shadow(const struct io_form *form, uint64_t flags, bool expected)
{
    struct io_run run = { .before = { .rax = 1, .rdx = NOTHING } };
    uint16_t state;

    expect(form, POLICY_COMPLETE, &run, true, 0);
    write_rflags(flags);
    state = (uint16_t)(message_word(offsetof(struct hv_message, io_port.header)) >> 48);
    note(((state & HV_EXECUTION_STATE_SHADOW) != 0) == expected, "%s:execution-state-0x%x", form->name, state);
}

/* The one behind STI, with IF clear before, and the one behind a load of SS. */
void test_shadows(void)
{
    const struct io_form sti = { CODE(out_behind_sti), HV_INTERCEPT_WRITE, 1, 0, 1, 0 };
    const struct io_form mov_ss = { CODE(out_behind_mov_ss), HV_INTERCEPT_WRITE, 1, 0, 1, 0 };
    uint64_t flags = read_rflags();

    install(NOTHING, HV_INTERCEPT_ACCESS_WRITE);
    shadow(&out8_form, flags, false);
    report_notes("io-intercept-no-shadow");
    __asm__ volatile("cli" : : : "memory");
    shadow(&sti, flags, true);
    report_notes("io-intercept-shadow-of-sti");
    shadow(&mov_ss, flags, true);
    report_notes("io-intercept-shadow-of-mov-ss");
    install(NOTHING, 0);
}
