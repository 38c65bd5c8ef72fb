#include "foreign.h"

#include <lib/string.h>

#define LARGE_ENTRIES 2048u

void foreign_first(const struct vtl_registers *registers);

static struct vp *this_vp(void)
{
    return (struct vp *)(uintptr_t)(read_rsp() & ~(uint64_t)(VP_SIZE - 1));
}

void foreign_first(const struct vtl_registers *registers)
{
    struct vp *vp = this_vp();

    vp->shared = *registers;
    vp->main(vp);
}

struct vp *vp_make(void *block, uint32_t index, uint64_t main)
{
    struct vp *vp = block;

    memset(vp, 0, sizeof(*vp));
    vp->index = index;
    vp->processors = processor_count;
    vp->main = (void (*)(struct vp *))main;
    vp->log = &step_log;
    vp->caller = (struct caller){ .input = vp->input, .output = vp->output };
    return vp;
}

static void leave(struct vp *vp, uint64_t entry)
{
    uint64_t rcx;

    vtl_call_full(&vp->shared, entry, &rcx);
    vp->shared.rcx = rcx;
}

void leave_by_stub(struct vp *vp, uint64_t control)
{
    vp->shared.rcx = control;
    leave(vp, vp->return_entry);
}

void leave_direct(struct vp *vp, uint64_t control)
{
    vp->shared.rcx = 0x12;
    vp->shared.rax = control;
    leave(vp, vp->caller.page);
}

void leave_by_instruction(struct vp *vp, uint64_t control)
{
    vp->shared.rcx = 0x12;
    vp->shared.rax = control;
    leave(vp, 0);
}

bool vp_step(struct vp *vp, const char *id, bool ok, uint64_t value)
{
    return step_in(vp->log, vp->index, id, ok, value);
}

bool vp_is_due(struct vp *vp, const char *id)
{
    return step_is_due(vp->log, vp->index, id);
}

uint16_t inject_gp(struct vp *vp)
{
    return set_vp_register(&vp->caller, SELF, OTHER_VTL0, REGISTER_PENDING_EVENT0, 1 | 1u << 8 | (uint64_t)VECTOR_GP << 16);
}

uint64_t make_tables(uint8_t *pages, uint64_t flags)
{
    uint64_t *top = (uint64_t *)(void *)pages, *third = top + 512, *second = top + 1024;
    uint64_t at = (uint64_t)(uintptr_t)pages;

    top[0] = (at + PAGE_SIZE) | 7;
    for (uint64_t i = 0; i < 4; i++) {
        third[i] = (at + (2 + i) * PAGE_SIZE) | 7;
    }
    for (uint64_t i = 0; i < LARGE_ENTRIES; i++) {
        second[i] = i * LARGE_PAGE | flags;
    }
    return at;
}

struct hv_x64_segment_register segment(uint16_t selector, uint32_t limit, uint16_t attributes)
{
    return (struct hv_x64_segment_register){ .limit = limit, .selector = selector, .attributes = attributes };
}

static const EFI_LOADED_IMAGE *program(void)
{
    static EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    static EFI_LOADED_IMAGE *loaded;

    if (loaded == NULL && EFI_ERROR(firmware->HandleProtocol(program_handle, &guid, (void **)&loaded))) {
        give_up("the firmware does not know this program");
    }
    return loaded;
}

uint64_t in_copy(const void *address, uint64_t copy)
{
    return (uint64_t)(uintptr_t)address - (copy == 0 ? 0 : (uint64_t)(uintptr_t)program()->ImageBase - copy);
}

uint64_t program_size(void)
{
    return program()->ImageSize;
}

void program_copy(uint64_t copy)
{
    memcpy((void *)(uintptr_t)copy, program()->ImageBase, program()->ImageSize);
}
