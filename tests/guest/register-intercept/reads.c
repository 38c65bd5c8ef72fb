/* RDMSR: each MSR's bit alone, VTL1 denying it and answering in RAX and RDX; its neighbours, and writes, are VTL0's. */
#include "register_intercept.h"

#define RAX_BEFORE UINT64_C(0x5555555566666666)
#define RDX_BEFORE UINT64_C(0x7777777788888888)

static const struct {
    uint32_t bit, msr;
} reads[] = {
    { 1u << 3, 0x1A0 }, { 1u << 5, 0xC0000082 }, { 1u << 7, 0xC0000081 }, { 1u << 9, 0xC0000083 }, { 1u << 11, 0x1B },
    { 1u << 13, 0xC0000080 },
};
/* Those and others that have an exit only while one of these is asked for. */
static const uint32_t all[] = {
    0x1A0, 0x1B, 0xC0000080, 0xC0000081, 0xC0000082, 0xC0000083, 0xC0000084, 0x174, 0x175, 0x176, 0xC0000100,
    0xC0000101, 0xC0000102, 0x277,
};
#define COUNT (sizeof(reads) / sizeof(reads[0]))
#define ALL   (sizeof(all) / sizeof(all[0]))

static void one_read(unsigned n)
{
    uint64_t before = read_msr(reads[n].msr), arguments[3] = { reads[n].msr, RAX_BEFORE, RDX_BEFORE };
    const struct expected_write read = { RDMSR, reads[n].msr, RAX_BEFORE, RDX_BEFORE, 2 };

    ask(reads[n].bit);
    expect("read-denied", POLICY_INJECT_GP, code_rdmsr, arguments, &read, GUEST_FAULT + VECTOR_GP);
    note(arguments[1] == RAX_BEFORE, "0x%x:denied", reads[n].msr);
    expect("read", POLICY_COMPLETE, code_rdmsr, arguments, &read, 0);
    note(arguments[1] == (uint32_t)GUEST_READ_ANSWER && arguments[2] == GUEST_READ_ANSWER >> 32, "0x%x:0x%lx-0x%lx", reads[n].msr,
         arguments[1], arguments[2]);
    ask(0);
    note(read_msr(reads[n].msr) == before, "0x%x:0x%lx-not-0x%lx", reads[n].msr, read_msr(reads[n].msr), before);
}

static void neighbours(unsigned n, const uint64_t *values)
{
    uint64_t write[2] = { reads[n].msr, read_msr(reads[n].msr) };

    ask(reads[n].bit);
    for (unsigned i = 0; i < ALL; i++) {
        uint64_t arguments[3] = { all[i], RAX_BEFORE, RDX_BEFORE };

        if (all[i] != reads[n].msr) {
            expect("neighbour-read", POLICY_INJECT_GP, code_rdmsr, arguments, NULL, 0);
            note(arguments[1] == (uint32_t)values[i] && arguments[2] == values[i] >> 32, "0x%x-beside-0x%x:0x%lx", all[i],
                 reads[n].msr, arguments[1]);
        }
    }
    expect("write-of-it", POLICY_INJECT_GP, code_wrmsr, write, NULL, 0);
    ask(0);
}

/* VTL1 takes its demand back and lets VTL0 run on. */
static void disarmed(void)
{
    uint64_t arguments[3] = { reads[1].msr, RAX_BEFORE, RDX_BEFORE }, value = read_msr(reads[1].msr);
    const struct expected_write read = { RDMSR, reads[1].msr, RAX_BEFORE, RDX_BEFORE, 2 };

    ask(reads[1].bit);
    expect("read-disarm", POLICY_DISARM, code_rdmsr, arguments, &read, 0);
    note(arguments[1] == (uint32_t)value && arguments[2] == value >> 32, "disarm:0x%lx", arguments[1]);
}

void test_reads(void)
{
    uint64_t values[ALL], flags = read_rflags();

    __asm__ volatile("cli" : : : "memory"); /* the firmware's handlers read APIC_BASE */
    for (unsigned i = 0; i < ALL; i++) {
        values[i] = read_msr(all[i]);
    }
    for (unsigned n = 0; n < COUNT; n++) {
        one_read(n);
    }
    disarmed();
    report_notes("register-intercept-reads");
    for (unsigned n = 0; n < COUNT; n++) {
        neighbours(n, values);
    }
    write_rflags(flags);
    report_notes("register-intercept-read-neighbours");
}
