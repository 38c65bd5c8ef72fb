/* The message of a forbidden access, byte by byte (TLFS, "HV_X64_MEMORY_INTERCEPT_MESSAGE"). */
#include "intercept.h"

#include "guest.h"

#include <lib/string.h>

#define AT         0x740u
#define RET        0xC3u

uint8_t *intercept_page;

/* What the processor held at the probed instruction. The probes touch no other register. */
struct expected {
    uint8_t access;
    uint64_t rip, gpa, rdi;
    const uint8_t *bytes;
};

static void fetch_message(struct hv_message *message)
{
    for (unsigned i = 0; i < sizeof(*message) / 8; i++) {
        ((uint64_t *)message)[i] = vtl1_value(COMMAND_MESSAGE, i, 0, 0);
    }
}

static uint16_t attributes_of(uint64_t selector)
{
    uint32_t rights = 0;

    __asm__("lar %1, %0" : "+r"(rights) : "r"((uint32_t)selector));
    return (uint16_t)(rights >> 8 & 0xF0FF);
}

static void check_segment(const char *id, const char *name, const struct hv_x64_segment_register *segment, uint64_t selector)
{
    note(segment->selector == (uint16_t)selector, "%s:%s-selector-0x%x", id, name, segment->selector);
    note(segment->attributes == attributes_of(selector), "%s:%s-attributes-0x%x", id, name, segment->attributes);
    note(segment->base == 0, "%s:%s-base", id, name);
    note(segment->limit == 0xFFFFFFFF, "%s:%s-limit-0x%x", id, name, segment->limit);
}

static void check_header(const char *id, const struct hv_message *m, const struct expected *e)
{
    const struct hv_x64_intercept_header *header = &m->gpa.header;
    uint16_t state = 1u << 2 | (read_cr0() >> 18 & 1) << 3 | 1u << 4; /* CPL 0, PE, AM, LMA, VTL 0 */

    note(m->type == HV_MESSAGE_GPA_INTERCEPT, "%s:type-0x%x", id, m->type);
    note(m->payload_size == sizeof(m->gpa), "%s:size-0x%x", id, m->payload_size);
    note(m->flags == 0 && m->reserved == 0 && m->origin == 0, "%s:message-header", id);
    note(header->vp_index == processor_self(), "%s:vp-%u", id, header->vp_index);
    note((header->instruction_length_cr8 & 0xF0) == 0, "%s:cr8", id);
    note(header->access == e->access, "%s:access-%u", id, header->access);
    note(header->execution_state == state, "%s:execution-state-0x%x", id, header->execution_state);
    note(header->rip == e->rip, "%s:rip-0x%lx", id, header->rip);
    note((header->rflags & 2) != 0 && (header->rflags & 0x28000) == 0, "%s:rflags-0x%lx", id, header->rflags);
    note((header->rflags & 0x200) == (read_rflags() & 0x200), "%s:if-0x%lx", id, header->rflags);
    check_segment(id, "cs", &header->cs, read_cs());
}

static void check_instruction(const char *id, const struct hv_x64_gpa_intercept *body, const struct expected *e)
{
    static const uint8_t nothing[16];
    unsigned count = body->instruction_byte_count;

    note(body->header.instruction_length_cr8 == count && count < 16 && (count != 0) == (e->bytes != NULL), "%s:byte-count-%u", id, count);
    note(count == 0 || memcmp(body->instruction_bytes, e->bytes, count) == 0, "%s:bytes", id);
    note(count > 15 || memcmp(body->instruction_bytes + count, nothing, 16 - count) == 0, "%s:bytes-behind", id);
}

static void check_body(const char *id, const struct hv_message *m, const struct expected *e)
{
    const struct hv_x64_gpa_intercept *body = &m->gpa;

    note(body->cache_type == 6, "%s:cache-type-%u", id, body->cache_type);
    note(body->gpa == e->gpa, "%s:gpa-0x%lx", id, body->gpa);
    note((body->access_info & 0xFC) == 0 && body->tpr_priority == 0 && body->reserved == 0, "%s:info", id);
    /* Where the linear address is not known it is not claimed. */
    note((body->access_info & 1) != 0 ? body->gva == e->gpa : body->gva == 0, "%s:gva-0x%lx", id, body->gva);
    check_instruction(id, body, e);
    check_segment(id, "ds", &body->ds, read_ds());
    check_segment(id, "ss", &body->ss, read_ss());
    note(body->gpr[7] == e->rdi, "%s:rdi-0x%lx", id, body->gpr[7]);
    note(body->gpr[4] - read_rsp() + 0x4000 < 0x8000, "%s:rsp-0x%lx", id, body->gpr[4]); /* of this stack */
}

static void one_access(const char *id, const void *code, const void *argument, uint8_t access, uint64_t gpa)
{
    struct hv_message message;
    struct probe probe;
    struct expected expected = { access, (uint64_t)(uintptr_t)code, gpa, (uint64_t)(uintptr_t)argument,
                                 access == HV_INTERCEPT_EXECUTE ? NULL : code };

    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    probe_run(&probe, code, argument);
    note(probe.vector == GUEST_FAULT + VECTOR_GP && probe.rip == expected.rip, "%s:vector-0x%x", id, probe.vector);
    fetch_message(&message);
    check_header(id, &message, &expected);
    check_body(id, &message, &expected);
    report_notes(id);
}

static void messages(void)
{
    uint64_t page = (uint64_t)(uintptr_t)intercept_page;

    intercept_page[AT] = RET;
    protect(intercept_page, 1, 0);
    one_access("intercept-read", probe_read, intercept_page + AT, HV_INTERCEPT_READ, page + AT);
    protect(intercept_page, 1, HV_MAP_GPA_READABLE);
    one_access("intercept-write", probe_write, intercept_page + AT, HV_INTERCEPT_WRITE, page + AT);
    one_access("intercept-write-immediate", probe_write_long, intercept_page + AT, HV_INTERCEPT_WRITE, page + AT + 0x40);
    one_access("intercept-execute", intercept_page + AT, NULL, HV_INTERCEPT_EXECUTE, page + AT);
    protect(intercept_page, 1, HV_MAP_GPA_ALL);
}

/* VTL1 moves VTL0's RIP on: the access is skipped, nothing is written. */
static void moved_on(void)
{
    volatile uint64_t *word = (volatile uint64_t *)(intercept_page + AT);
    struct probe probe;

    *word = 5;
    protect(intercept_page, 1, HV_MAP_GPA_READABLE);
    vtl1(COMMAND_POLICY, POLICY_ADVANCE, 0, 0);
    probe_run(&probe, probe_write, intercept_page + AT);
    note(probe.vector == 0 && *word == 5, "vector-0x%x,word-0x%lx", probe.vector, *word);
    protect(intercept_page, 1, HV_MAP_GPA_ALL);
    report_notes("intercept-advanced");
}

static void held_slot(void)
{
    uint8_t *other = intercept_page + PAGE_SIZE;
    uint64_t before = vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0), flagged = vtl1_value(COMMAND_COUNT, COUNT_PENDING_FLAG, 0, 0);
    struct hv_message message;
    struct probe probe;

    protect(intercept_page, 2, 0);
    vtl1(COMMAND_POLICY, POLICY_HOLD, 0, 0);
    probe_run(&probe, probe_read, intercept_page + AT);
    note(probe.vector == 0, "first-access:0x%x", probe.vector);
    note((uint32_t)vtl1_value(COMMAND_MESSAGE, 32, 0, 0) == HV_MESSAGE_GPA_INTERCEPT, "slot-not-held");
    probe_run(&probe, probe_read, other + AT);
    note(probe.vector == 0, "second-access:0x%x", probe.vector);
    note(vtl1_value(COMMAND_COUNT, COUNT_PENDING_FLAG, 0, 0) == flagged + 1, "no-pending-flag");
    /* The one that held the slot, the one that found it held, and the same again into a free slot. */
    note(vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0) == before + 3, "intercepts");
    fetch_message(&message);
    note(message.gpa.gpa == (uint64_t)(uintptr_t)other + AT && message.flags == 0, "second-message:0x%lx", message.gpa.gpa);
    note((uint32_t)vtl1_value(COMMAND_MESSAGE, 32, 0, 0) == HV_MESSAGE_NONE, "slot-not-free");
    report_notes("intercept-slot-occupied");
}

/* Each intercept so far has raised SINT0, and nothing else has; masked, it is not raised. */
static void sint0(void)
{
    uint64_t intercepts = vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0), raised = vtl1_value(COMMAND_COUNT, COUNT_SINT0, 0, 0);
    uint64_t sint = vtl1_value(COMMAND_READ_MSR, HV_MSR_SINT0, 0, 0);
    struct probe probe;

    note(intercepts > 0 && intercepts == raised, "intercepts-%lu,interrupts-%lu", intercepts, raised);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0, sint | HV_SINT_MASKED, 0);
    protect(intercept_page, 1, 0);
    vtl1(COMMAND_POLICY, POLICY_ALLOW, 0, 0);
    probe_run(&probe, probe_read, intercept_page + AT);
    note(probe.vector == 0 && vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0) == intercepts + 1, "masked:no-message");
    note(vtl1_value(COMMAND_COUNT, COUNT_SINT0, 0, 0) == raised, "masked:raised");
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0, sint, 0);
    report_notes("intercept-sint0");
}

/* A VTL1 without a message page cannot be told: the access is #GP all the same, and VTL1 does not run. */
static void no_message_page(void)
{
    uint64_t simp = vtl1_value(COMMAND_READ_MSR, HV_MSR_SIMP, 0, 0), before = vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0);
    struct probe probe;

    protect(intercept_page, 1, 0);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SIMP, 0, 0);
    probe_run(&probe, probe_read, intercept_page + AT);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SIMP, simp, 0);
    note(probe.vector == GUEST_FAULT + VECTOR_GP && probe.rip == (uint64_t)(uintptr_t)probe_read, "vector-0x%x", probe.vector);
    note(vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0) == before, "vtl1-entered");
    protect(intercept_page, 1, HV_MAP_GPA_ALL);
    report_notes("intercept-no-message-page");
}

void guest_test(void)
{
    intercept_page = pages_take(2, PAGE_SIZE);
    report("intercept-enable", protection_on() == HV_STATUS_SUCCESS, "-");
    messages();
    moved_on();
    held_slot();
    sint0();
    no_message_page();
    test_page_walk();
    test_delivery();
}
