/* Secure intercepts of I/O ports (TLFS, "HvCallInstallIntercept"): the message, who is told and who is not. */
#include "io_intercept.h"

#include <lib/string.h>

#define OUTPUT_WORD 512u

uint64_t vtl1_calls(uint64_t control, const void *input, size_t size, uint64_t *output)
{
    uint64_t words[8] = { 0 }, result;

    memcpy(words, input, size);
    for (unsigned i = 0; i < (size + 7) / 8; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    vtl1(COMMAND_POKE, OUTPUT_WORD, UINT64_C(0xEEEEEEEEEEEEEEEE), 0);
    result = vtl1_value(COMMAND_HYPERCALL, control, 0, 8 * OUTPUT_WORD);
    if (output != NULL) {
        *output = vtl1_value(COMMAND_PEEK, OUTPUT_WORD, 0, 0);
    }
    return result;
}

uint16_t install(uint16_t port, uint32_t access)
{
    const struct hv_input_install_intercept input = {
        .partition_id = HV_PARTITION_ID_SELF, .access = access, .type = HV_INTERCEPT_TYPE_IO_PORT, .parameter = port,
    };

    return (uint16_t)vtl1_calls(HVCALL_INSTALL_INTERCEPT, &input, sizeof(input), NULL);
}

void set_policy(enum guest_policy policy) { vtl1(COMMAND_POLICY, policy, 0, 0); }
uint64_t intercepts(void) { return vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0); }

static uint16_t attributes_of(uint64_t selector)
{
    uint32_t rights = 0;

    __asm__("lar %1, %0" : "+r"(rights) : "r"((uint32_t)selector));
    return (uint16_t)(rights >> 8 & 0xF0FF);
}

static void check_header(const struct io_form *form, const struct hv_x64_intercept_header *h)
{
    uint16_t state = 1u << 2 | 1u << 4; /* CPL 0, PE, LMA, VTL 0; AM is the firmware's */

    note(h->vp_index == processor_self(), "%s:vp-%u", form->name, h->vp_index);
    note(h->instruction_length_cr8 == form->length, "%s:length-0x%x", form->name, h->instruction_length_cr8);
    note(h->access == form->access, "%s:access-%u", form->name, h->access);
    note((h->execution_state & ~(8u | HV_EXECUTION_STATE_SHADOW)) == state, "%s:execution-state-0x%x", form->name,
         h->execution_state);
    note(h->cs.selector == read_cs() && h->cs.attributes == attributes_of(read_cs()), "%s:cs-0x%x", form->name, h->cs.selector);
    note(h->rip == (uint64_t)(uintptr_t)form->at, "%s:rip-0x%lx", form->name, h->rip);
    note((h->rflags & 0x28002) == 2, "%s:rflags-0x%lx", form->name, h->rflags);
}

static void check_segment(const char *name, const struct hv_x64_segment_register *segment, uint64_t selector)
{
    note(segment->selector == selector && segment->base == 0 && segment->attributes == attributes_of(selector),
         "%s:segment-0x%x-0x%x", name, segment->selector, segment->attributes);
}

/* Byte by byte: what is not looked at here is compared with zero. */
static void check_message(const struct io_form *form, const struct io_run *run)
{
    struct hv_message m, zero = { 0 };
    const struct hv_x64_io_port_intercept *io = &m.io_port;

    for (unsigned i = 0; i < sizeof(m) / 8; i++) {
        ((uint64_t *)&m)[i] = message_word(8 * i);
    }
    note(m.type == 0x80010000 && m.payload_size == 0x80 && m.flags == 0 && m.reserved == 0 && m.origin == 0, "%s:type-0x%x-0x%x",
         form->name, m.type, m.payload_size);
    check_header(form, &io->header);
    note(io->port == (form->port != 0 ? form->port : (uint16_t)run->before.rdx), "%s:port-0x%x", form->name, io->port);
    note(io->access_info == (form->size | form->info) && io->reserved == 0, "%s:access-info-0x%x", form->name, io->access_info);
    note(io->instruction_byte_count == form->length && memcmp(io->instruction_bytes, form->at, form->length) == 0
         && memcmp(io->instruction_bytes + form->length, zero.payload, sizeof(io->instruction_bytes) - form->length) == 0,
         "%s:bytes-%u-0x%x", form->name, io->instruction_byte_count, io->instruction_bytes[0]);
    check_segment(form->name, &io->ds, read_ds());
    check_segment(form->name, &io->es, read_es());
    note(io->rax == run->before.rax && io->rcx == run->before.rcx, "%s:rax-0x%lx-rcx-0x%lx", form->name, io->rax, io->rcx);
    note(io->rsi == run->before.rsi && io->rdi == run->before.rdi, "%s:rsi-0x%lx-rdi-0x%lx", form->name, io->rsi, io->rdi);
    note(memcmp(m.payload + 0x80, zero.payload, sizeof(m.payload) - 0x80) == 0, "%s:rest", form->name);
}

void expect(const struct io_form *form, enum guest_policy policy, struct io_run *run, bool told, uint32_t vector)
{
    uint64_t before = intercepts(), refused = vtl1_value(COMMAND_COUNT, COUNT_REFUSED, 0, 0);
    struct probe probe;

    set_policy(policy);
    run->after = (struct io_registers){ 0 };
    probe_run(&probe, form->code, run);
    note(probe.vector == vector, "%s:vector-0x%x-not-0x%x", form->name, probe.vector, vector);
    note(vector == 0 || probe.rip == (uint64_t)(uintptr_t)form->at, "%s:rip-0x%lx", form->name, probe.rip);
    note(intercepts() == before + told, "%s:intercepts-%lu", form->name, intercepts() - before);
    note(vtl1_value(COMMAND_COUNT, COUNT_REFUSED, 0, 0) == refused, "%s:vtl1-was-refused", form->name);
    if (told && intercepts() == before + 1) {
        check_message(form, run);
    }
}

void guest_test(void)
{
    test_statuses();
    test_check();
    test_forms();
    test_directions();
    test_guarded();
    test_shadows();
    test_processors();
}
