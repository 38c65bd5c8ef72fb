/* Intercepts of I/O ports: what is installed, what VTL1 is told, and accesses that exit although nobody asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/io_intercepts.h>
#include <hv/partition.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define SIMP   UINT64_C(0x20000)
#define BUFFER UINT64_C(0x30000)
#define PORT   0x2E03u
#define READ   HV_INTERCEPT_ACCESS_READ
#define WRITE  HV_INTERCEPT_ACCESS_WRITE
#define OF_VTL0 0x10u

static struct cpu *cpu;
static struct bench_vtl *vtl0;

static int start(void **state)
{
    (void)state;
    memset(bench_port_exits, 0, sizeof(bench_port_exits));
    bench_start(2);
    cpu = cpus[0];
    vtl0 = &bench_vtl[0][VTL0];
    bench_enable_vtl1(cpu);
    cpu->vtl[VTL1].simp = SIMP | HV_MSR_PAGE_ENABLE;
    bench_serve(cpus[1]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_serve_stop();
    bench_stop();
    return 0;
}

static uint16_t install_as(uint32_t access, uint32_t type, uint64_t parameter)
{
    const struct hv_input_install_intercept input = {
        .partition_id = HV_PARTITION_ID_SELF, .access = access, .type = type, .parameter = parameter,
    };

    return call_install_intercept(cpu, &input);
}

static void install(uint16_t port, uint32_t access)
{
    assert_int_equal(install_as(access, HV_INTERCEPT_TYPE_IO_PORT, port), HV_STATUS_SUCCESS);
}

enum outcome { RETIRED, TOLD, FAULT, NOTHING };
static struct hv_message told;

/* An instruction at RIP, as the back end reports it. */
static enum outcome run_io(struct exit_io io, const char *bytes, size_t length)
{
    static const struct hv_message none;
    uint64_t rip;

    bench_instruction(cpu, EXIT_IO, INSN_OTHER, bytes, length);
    io.next_rip = BENCH_CODE + length;
    cpu->exit.io = io;
    bench_access_count = 0;
    handle_io(cpu);
    rip = vtl0->reg[VREG_RIP];
    if (cpu->active == VTL1) {
        bench_peek(SIMP, &told, sizeof(told));
        bench_poke(SIMP, &none, sizeof(none));
        cpu->active = VTL0;
        assert_int_equal(rip, BENCH_CODE);
        return TOLD;
    }
    if (bench_exception(cpu) >= 0) {
        assert_int_equal(rip, BENCH_CODE);
        return FAULT;
    }
    assert_true(rip == BENCH_CODE || rip == BENCH_CODE + length);
    return rip == BENCH_CODE ? NOTHING : RETIRED;
}

static enum outcome access_port(uint16_t port, uint8_t size, bool in)
{
    return run_io((struct exit_io){ .port = port, .size = size, .in = in }, in ? "\xEC" : "\xEE", 1);
}

static void test_refusals(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        assert_int_equal(install_as(READ, 1u << bit, PORT), HV_STATUS_INVALID_PARAMETER);
    }
    for (unsigned bit = 2; bit < 32; bit++) {
        assert_int_equal(install_as(READ | 1u << bit, 0, PORT), HV_STATUS_INVALID_PARAMETER);
    }
    for (unsigned bit = 16; bit < 64; bit++) {
        assert_int_equal(install_as(READ, 0, PORT | UINT64_C(1) << bit), HV_STATUS_INVALID_PARAMETER);
    }
    assert_false(bench_port_exits[PORT]);
    assert_int_equal(access_port(PORT, 1, true), RETIRED);
}

/* The port exits while something is asked for; afterwards only if it did before. */
static void test_the_map(void **state)
{
    (void)state;
    install(PORT, READ);
    assert_true(bench_port_exits[PORT]);
    install(PORT, WRITE);
    assert_true(bench_port_exits[PORT]);
    install(PORT, 0);
    assert_false(bench_port_exits[PORT]);
    install(0xCFC, READ);
    install(0xCFC, 0);
    assert_true(bench_port_exits[0xCFC]);
    install(0xE9, 0);
    assert_true(bench_port_exits[0xE9]);
}

/* Every port, in both directions, alone. */
static void test_every_port(void **state)
{
    (void)state;
    for (uint32_t port = 0; port <= UINT16_MAX; port += 0x101) {
        const struct exit_io in = { .port = (uint16_t)port, .size = 1, .in = true }, out = { .port = (uint16_t)port, .size = 1 };
        const struct exit_io next = { .port = (uint16_t)(port + 1), .size = 4, .in = true };

        install((uint16_t)port, READ);
        assert_true(io_intercepted(&in) && !io_intercepted(&out) && !io_intercepted(&next));
        install((uint16_t)port, WRITE);
        assert_true(!io_intercepted(&in) && io_intercepted(&out));
        install((uint16_t)port, READ | WRITE);
        assert_true(io_intercepted(&in) && io_intercepted(&out));
        install((uint16_t)port, 0);
        assert_true(!io_intercepted(&in) && !io_intercepted(&out));
    }
}

static void test_the_message(void **state)
{
    (void)state;
    const struct exit_io io = { .port = PORT, .size = 2, .string = true, .rep = true };

    for (unsigned reg = RAX; reg < GPR_COUNT; reg++) {
        cpu->gpr[reg] = UINT64_C(0x1111111111111111) * reg + 1;
    }
    vtl0->segment[VSEG_DS].selector = 0x30;
    vtl0->segment[VSEG_ES].selector = 0x38;
    vtl0->shadow = true;
    install(PORT, WRITE);
    assert_int_equal(run_io(io, "\xF3\x66\x6F\xCC", 3), TOLD);
    assert_int_equal(bench_access_count, 0);
    assert_int_equal(told.type, 0x80010000);
    assert_int_equal(told.payload_size, 0x80);
    assert_int_equal(told.io_port.header.access, HV_INTERCEPT_WRITE);
    assert_int_equal(told.io_port.header.instruction_length_cr8, 3);
    assert_int_equal(told.io_port.header.execution_state >> 12, 1);
    assert_int_equal(told.io_port.header.rip, BENCH_CODE);
    assert_int_equal(told.io_port.port, PORT);
    assert_int_equal(told.io_port.access_info, 2 | 8 | 0x10);
    assert_int_equal(told.io_port.instruction_byte_count, 3);
    assert_memory_equal(told.io_port.instruction_bytes, "\xF3\x66\x6F\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_int_equal(told.io_port.ds.selector, 0x30);
    assert_int_equal(told.io_port.es.selector, 0x38);
    assert_int_equal(told.io_port.rax, cpu->gpr[RAX]);
    assert_int_equal(told.io_port.rcx, cpu->gpr[RCX]);
    assert_int_equal(told.io_port.rsi, cpu->gpr[RSI]);
    assert_int_equal(told.io_port.rdi, cpu->gpr[RDI]);
    assert_int_equal(run_io((struct exit_io){ .port = PORT, .size = 2, .in = true }, "\x66\xED", 2), RETIRED);
    vtl0->shadow = false;
    assert_int_equal(access_port(PORT, 1, false), TOLD);
    assert_int_equal(told.io_port.header.execution_state >> 12, 0);
    assert_int_equal(told.io_port.access_info, 1);
}

/* One bit of the map for both directions: the other one is done here, as the processor would have. */
static void test_the_other_direction(void **state)
{
    (void)state;
    install(PORT, WRITE);
    bench_port_value = 0x12345678;
    cpu->gpr[RAX] = UINT64_MAX;
    assert_int_equal(access_port(PORT, 1, true), RETIRED);
    assert_int_equal(cpu->gpr[RAX], 0xFFFFFFFFFFFFFF78);
    install(PORT, READ);
    cpu->gpr[RAX] = 0xAB;
    assert_int_equal(access_port(PORT, 1, false), RETIRED);
    assert_int_equal(bench_access_count, 1);
    assert_true(bench_accesses[0].write && bench_accesses[0].where == PORT && bench_accesses[0].value == 0xAB);
}

static void test_who_is_not_told(void **state)
{
    (void)state;
    static const uint16_t unreachable[] = { 0x2F8, 0xE9, 0x514, 0xB2, 0x604 + 0x40 };

    for (unsigned i = 0; i < sizeof(unreachable) / sizeof(unreachable[0]); i++) {
        install(unreachable[i], READ | WRITE);
        assert_int_equal(access_port(unreachable[i], 1, true), RETIRED);
        assert_int_equal((uint8_t)cpu->gpr[RAX], 0xFF);
        assert_int_equal(access_port(unreachable[i], 1, false), RETIRED);
        assert_int_equal(bench_access_count, 0);
    }
    install(0x22, READ); /* behind a port that is open */
    assert_int_equal(access_port(0x21, 2, true), RETIRED);
    install(0x2F8, READ);
    cpu->active = VTL1; /* COM2 is VTL1's */
    bench_vtl[0][VTL1].reg[VREG_RIP] = BENCH_CODE;
    cpu->exit.io = (struct exit_io){ .port = 0x2F8, .size = 1, .in = true, .next_rip = BENCH_CODE + 1 };
    handle_io(cpu);
    assert_int_equal(cpu->active, VTL1);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_RIP], BENCH_CODE + 1);
}

/* A filter stays behind the intercept; string forms there fault as without. */
static void test_guarded_ports(void **state)
{
    (void)state;
    install(0xCF8, READ | WRITE);
    install(0x92, WRITE);
    assert_int_equal(access_port(0xCF8, 4, false), TOLD);
    assert_int_equal(access_port(0xCF8, 4, true), TOLD);
    assert_int_equal(access_port(0x92, 1, false), TOLD);
    assert_int_equal(run_io((struct exit_io){ .port = 0xCF8, .size = 4, .string = true }, "\x6F", 1), FAULT);
    install(0x92, 0);
    cpu->gpr[RAX] = 0;
    assert_int_equal(access_port(0x92, 1, false), RETIRED);
    assert_int_equal(bench_accesses[0].value, 2); /* A20 stays on */
}

static void test_nobody_to_ask(void **state)
{
    (void)state;
    install(PORT, READ);
    cpu->vtl[VTL1].simp = 0;
    assert_int_equal(access_port(PORT, 1, true), FAULT);
    assert_int_equal(bench_access_count, 0);
}

static enum outcome string_io(bool in, uint8_t size, bool rep, const char *bytes, size_t length)
{
    return run_io((struct exit_io){ .port = PORT, .size = size, .in = in, .string = true, .rep = rep }, bytes, length);
}

static void test_outs(void **state)
{
    (void)state;
    install(PORT, READ);
    bench_poke(BUFFER, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    cpu->gpr[RSI] = BUFFER;
    cpu->gpr[RDI] = 5;
    cpu->gpr[RCX] = 2;
    assert_int_equal(string_io(false, 2, true, "\xF3\x66\x6F", 3), NOTHING); /* the same instruction again */
    assert_int_equal(bench_accesses[0].value, 0x0201);
    assert_true(cpu->gpr[RSI] == BUFFER + 2 && cpu->gpr[RCX] == 1);
    assert_int_equal(string_io(false, 2, true, "\xF3\x66\x6F", 3), RETIRED);
    assert_int_equal(bench_accesses[0].value, 0x0403);
    assert_true(cpu->gpr[RSI] == BUFFER + 4 && cpu->gpr[RCX] == 0 && cpu->gpr[RDI] == 5);
    assert_int_equal(string_io(false, 2, true, "\xF3\x66\x6F", 3), RETIRED); /* none left */
    assert_int_equal(bench_access_count, 0);
    cpu->gpr[RCX] = 7;
    vtl0->reg[VREG_RFLAGS] |= RFLAGS_DF;
    assert_int_equal(string_io(false, 4, false, "\x6F", 1), RETIRED);
    assert_int_equal(bench_accesses[0].value, 0x08070605);
    assert_true(cpu->gpr[RSI] == BUFFER && cpu->gpr[RCX] == 7);
    vtl0->segment[VSEG_GS].base = BUFFER - 0x100;
    cpu->gpr[RSI] = 0x102;
    assert_int_equal(string_io(false, 1, false, "\x65\x6E", 2), RETIRED);
    assert_int_equal(bench_accesses[0].value, 3);
}

static void test_ins(void **state)
{
    (void)state;
    uint8_t seen[4];

    install(PORT, WRITE);
    bench_port_value = 0xD4C3B2A1;
    cpu->gpr[RDI] = UINT64_C(0xABCD000000000000) | BUFFER;
    cpu->gpr[RSI] = 5;
    assert_int_equal(string_io(true, 4, false, "\x67\x6D", 2), RETIRED); /* 32 bits of RDI, the rest cleared */
    bench_peek(BUFFER, seen, 4);
    assert_memory_equal(seen, "\xA1\xB2\xC3\xD4", 4);
    assert_true(cpu->gpr[RDI] == BUFFER + 4 && cpu->gpr[RSI] == 5);
    assert_int_equal(bench_access_count, 1);
}

/* Memory that does not take it: the port is not asked. */
static void test_string_faults(void **state)
{
    (void)state;
    install(PORT, WRITE);
    cpu->gpr[RDI] = UINT64_C(1) << 62;
    assert_int_equal(string_io(true, 1, false, "\x6C", 1), FAULT);
    assert_int_equal(cpu->vtl[VTL0].pending.vector, VECTOR_GP);
    assert_int_equal(bench_access_count, 0);
    bench_protect(BUFFER, SLAT_R);
    cpu->gpr[RDI] = BUFFER;
    assert_int_equal(string_io(true, 1, false, "\x6C", 1), TOLD);
    assert_int_equal(told.type, HV_MESSAGE_GPA_INTERCEPT);
    assert_int_equal(told.gpa.gpa, BUFFER);
    assert_int_equal(bench_access_count, 0);
    assert_int_equal(cpu->gpr[RDI], BUFFER);
    assert_int_equal(string_io(true, 1, false, "\x90", 1), NOTHING); /* another processor changed the bytes */
    assert_int_equal(string_io(true, 1, false, "\x6E", 1), NOTHING);
    assert_int_equal(bench_access_count, 0);
}

static uint16_t check_access(uint32_t vp, uint8_t vtl, struct exit_io io, uint8_t *out)
{
    const struct hv_input_check_io_intercept input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = vp, .input_vtl = vtl, .port = io.port, .size = io.size,
        .write = io.in ? 0 : 1,
    };

    struct hv_output_check_io_intercept output;
    uint16_t status;

    cpu->active = VTL1;
    status = call_check_io_intercept(cpu, &input, &output);
    *out = output.intercepted;
    return status;
}

static bool is_intercepted(uint8_t vtl, uint16_t port, uint8_t size, bool in)
{
    const struct exit_io io = { .port = port, .size = size, .in = in };
    uint8_t out = 7;

    assert_int_equal(check_access(HV_VP_INDEX_SELF, vtl, io, &out), HV_STATUS_SUCCESS);
    assert_in_range(out, 0, 1);
    return out != 0;
}

static void test_check(void **state)
{
    (void)state;
    const struct exit_io good = { .port = PORT, .size = 1 };
    uint8_t out;

    install(PORT, WRITE);
    assert_true(is_intercepted(OF_VTL0, PORT, 1, false) && !is_intercepted(OF_VTL0, PORT, 1, true));
    assert_true(is_intercepted(OF_VTL0, PORT - 3, 4, false) && !is_intercepted(OF_VTL0, PORT - 4, 4, false));
    assert_false(is_intercepted(0, PORT, 1, false) || is_intercepted(0x11, PORT, 1, false)); /* nobody is above VTL1 */
    install(0x2F8, WRITE);
    assert_false(is_intercepted(OF_VTL0, 0x2F8, 1, false));
    assert_int_equal(check_access(2, OF_VTL0, good, &out), HV_STATUS_INVALID_VP_INDEX);
    assert_int_equal(check_access(UINT32_MAX, OF_VTL0, good, &out), HV_STATUS_INVALID_VP_INDEX);
    assert_int_equal(check_access(0, 0x12, good, &out), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(check_access(0, 0x20, good, &out), HV_STATUS_INVALID_PARAMETER);
    for (unsigned size = 0; size < 256; size++) {
        const struct exit_io sized = { .port = PORT, .size = (uint8_t)size };
        uint16_t status = check_access(0, OF_VTL0, sized, &out);

        assert_int_equal(status, size == 1 || size == 2 || size == 4 ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
    }
    assert_int_equal(check_access(0, OF_VTL0, (struct exit_io){ .port = 0xFFFF, .size = 2 }, &out),
                     HV_STATUS_INVALID_PARAMETER);
    /* VTL1 of the other processor is not enabled. */
    assert_int_equal(check_access(1, 0x11, good, &out), HV_STATUS_INVALID_VTL_STATE);
    assert_int_equal(check_access(1, OF_VTL0, good, &out), HV_STATUS_SUCCESS);
    assert_int_equal(out, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refusals, start, stop),
        cmocka_unit_test_setup_teardown(test_the_map, start, stop),
        cmocka_unit_test_setup_teardown(test_every_port, start, stop),
        cmocka_unit_test_setup_teardown(test_the_message, start, stop),
        cmocka_unit_test_setup_teardown(test_the_other_direction, start, stop),
        cmocka_unit_test_setup_teardown(test_who_is_not_told, start, stop),
        cmocka_unit_test_setup_teardown(test_guarded_ports, start, stop),
        cmocka_unit_test_setup_teardown(test_nobody_to_ask, start, stop),
        cmocka_unit_test_setup_teardown(test_outs, start, stop),
        cmocka_unit_test_setup_teardown(test_ins, start, stop),
        cmocka_unit_test_setup_teardown(test_string_faults, start, stop),
        cmocka_unit_test_setup_teardown(test_check, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
