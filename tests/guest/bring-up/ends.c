/* VTL1 that ends the machine, and one that never comes back. */
#include "bring_up.h"

#include <lib/string.h>

#define SECRET_PAGES 3u

static uint8_t *secret;
static volatile uint64_t staying;

static void keep_secret(struct vp *vp)
{
    set_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, 0x1F);
    memset(secret, 0x5A, SECRET_PAGES * PAGE_SIZE);
    modify_protection(&vp->caller, 0, 0, (uint64_t)(uintptr_t)secret / PAGE_SIZE, SECRET_PAGES);
}

/* No table to deliver an exception by. */
static void triple_fault(struct vp *vp)
{
    const struct table_pointer none = { 0, 0 };

    (void)vp;
    write_idt(&none);
    __asm__ volatile("ud2");
}

static void enter_with(struct hv_initial_vp_context context)
{
    struct vtl_registers registers = { .rcx = 0x11 };
    uint16_t status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);

    status |= enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, &context);
    say("@openvsm enabled status=%u", status);
    call_vtl1(&registers, 0);
    give_up("VTL1 came back");
}

void test_ends(const char *how)
{
    struct hv_initial_vp_context context = plain_context(plain_vp(0));

    context.idtr.limit = 0; /* the first exception is the last */
    if (strcmp(how, "triple-fault") == 0) {
        secret = pages_take(SECRET_PAGES, PAGE_SIZE);
        bring_up_here(0);
        in_vtl1(keep_secret);
        say("@openvsm secret address=%lu pages=%u", (uint64_t)(uintptr_t)secret, SECRET_PAGES);
        in_vtl1(triple_fault);
    } else if (strcmp(how, "bad-cr3") == 0) {
        context.cr3 = (uint64_t)(uintptr_t)pages_take(1, PAGE_SIZE); /* nothing is mapped */
        enter_with(context);
    } else if (strcmp(how, "bad-rip") == 0) {
        context.rip = UINT64_C(0xFFFFFFFFFFFFF000);
        enter_with(context);
    } else {
        context.rsp = UINT64_C(0xFFFFFFFF00000000);
        enter_with(context);
    }
    give_up("VTL1 came back");
}

static void stay(struct vp *vp)
{
    (void)vp;
    staying = 1;
    for (;;) {
        __asm__ volatile("pause");
    }
}

static void stay_here(void *argument)
{
    (void)argument;
    in_vtl1(stay);
}

static void enable_next(struct vp *vp)
{
    struct hv_initial_vp_context context = plain_context(plain_vp(1));
    uint16_t status = enable_vp_vtl(&vp->caller, PARTITION, 1, 1, &context);

    vp_step(vp, "enable-another", status == 0, status);
}

static void protect_secret(struct vp *vp)
{
    uint16_t status = modify_protection(&vp->caller, 0, 0x1, (uint64_t)(uintptr_t)secret / PAGE_SIZE, SECRET_PAGES);

    vp_step(vp, "rights-go-away-meanwhile", status == 0, status);
}

/* A right that goes away needs nothing of a processor that stays in VTL1; nor does the end of the machine. */
void test_stays(void)
{
    secret = pages_take(SECRET_PAGES, PAGE_SIZE);
    bring_up_here(0);
    in_vtl1(keep_secret);
    in_vtl1(enable_next);
    processor_start(1, stay_here, NULL);
    step("another-stays-in-vtl1", wait_for(&staying, 1), staying);
    in_vtl1(protect_secret);
    step("vtl0-goes-on", try_code(probe_read, secret) == 0, 0);
    step("and-is-refused", try_code(probe_write, secret) == GUEST_FAULT + VECTOR_GP, 0);
}
