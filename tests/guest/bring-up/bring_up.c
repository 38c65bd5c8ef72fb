#include "bring_up.h"

#include <lib/string.h>

const char client_name[] = "bring-up";
const struct pending_step pending_steps[] = { { NULL, NULL } };

static struct vp *vps[MAX_PROCESSORS];
static void (*volatile thunks[MAX_PROCESSORS])(struct vp *vp);

struct vp *plain_vp(uint32_t index)
{
    return vps[index];
}

struct hv_initial_vp_context plain_context(const struct vp *vp)
{
    struct table_pointer gdt = read_gdt(), idt = read_idt();
    struct hv_x64_segment_register data = segment((uint16_t)read_ds(), 0xFFFFFFFF, 0xC093);

    return (struct hv_initial_vp_context){
        .rip = in_copy(vtl1_first, 0), .rsp = (uint64_t)(uintptr_t)vp + VP_SIZE, .rflags = 2,
        .cs = segment((uint16_t)read_cs(), 0xFFFFFFFF, 0xA09B), .ds = data, .es = data, .ss = data,
        .tr = segment(0, 0xFFFF, 0x8B), .ldtr = segment(0, 0xFFFF, 0x82),
        .gdtr = { .limit = gdt.limit, .base = gdt.base }, .idtr = { .limit = idt.limit, .base = idt.base },
        .efer = 0xD00, .cr0 = read_cr0(), .cr3 = read_cr3(), .cr4 = read_cr4(), .msr_cr_pat = UINT64_C(0x0007040600070406),
    };
}

static void run_thunks(struct vp *vp)
{
    for (;;) {
        thunks[vp->index](vp);
        leave_by_instruction(vp, 0);
    }
}

void prepare_vps(void)
{
    uint8_t *blocks = pages_take(processor_count * VP_SIZE / PAGE_SIZE, VP_SIZE);

    vtl0_prepare();
    vtl0_hypercall_page(0x8100000000000001);
    for (uint32_t i = 0; i < processor_count; i++) {
        vps[i] = vp_make(blocks + i * VP_SIZE, i, in_copy(run_thunks, 0));
        vps[i]->caller.page = vtl0[0].page; /* its code is the same, and VTL1 may run it */
    }
}

void bring_up_here(uint32_t self)
{
    struct hv_initial_vp_context context = plain_context(vps[self]);

    if (enable_partition_vtl(&vtl0[self], PARTITION, 1, 0, false) != 0
        || enable_vp_vtl(&vtl0[self], PARTITION, SELF, 1, &context) != 0) {
        give_up("VTL1 is not there");
    }
}

void in_vtl1(void (*thunk)(struct vp *vp))
{
    struct vtl_registers registers = { .rcx = 0x11 };

    thunks[processor_self()] = thunk;
    call_vtl1(&registers, 0);
}

uint32_t try_vtl_call(void)
{
    static const uint64_t registers[2] = { 0, 0x11 };

    return try_code(uses_vmcall ? probe_vmcall : probe_vmmcall, registers);
}

/* The program's options are 16-bit characters. */
static bool options_are(const char *text)
{
    static EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_LOADED_IMAGE *loaded;
    const CHAR16 *options;
    size_t i = 0;

    if (EFI_ERROR(firmware->HandleProtocol(program_handle, &guid, (void **)&loaded)) || loaded->LoadOptions == NULL) {
        give_up("no options");
    }
    options = loaded->LoadOptions;
    while (text[i] != '\0' && options[i] == (CHAR16)(unsigned char)text[i]) {
        i++;
    }
    return text[i] == '\0' && options[i] == 0;
}

void guest_test(void)
{
    static const char *const ends[] = { "triple-fault", "bad-cr3", "bad-rip", "bad-stack" };
    static const char *const protected[] = { "protected-off", "protected-32", "protected-pae", "protected-bad-pointer" };

    prepare_vps();
    for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (options_are(ends[i])) {
            test_ends(ends[i]);
        }
    }
    for (unsigned i = 0; i < sizeof(protected) / sizeof(protected[0]); i++) {
        if (options_are(protected[i])) {
            test_protected(protected[i]);
            steps_say();
            return;
        }
    }
    if (options_are("not-offered")) {
        test_not_offered();
    } else if (options_are("stays")) {
        test_stays();
    } else if (options_are("refusals")) {
        test_refusals();
    } else {
        give_up("unknown options");
    }
    steps_say();
}
