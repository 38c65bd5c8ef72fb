#include "bring_up.h"

#include <lib/string.h>

#define DENIED    0x06u
#define VTL_STATE 0x51u
#define ALREADY   0x86u

static volatile uint64_t gate, arrived, statuses[MAX_PROCESSORS];
static volatile uint64_t entered;
static uint8_t *page;

static void before_anything(void)
{
    struct hv_initial_vp_context context = plain_context(plain_vp(0));
    uint16_t status;

    step("call-before-partition", try_vtl_call() == GUEST_FAULT + VECTOR_UD, 0);
    status = enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, &context);
    step("vp-before-partition", status == VTL_STATE, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0xFE, false);
    step("partition-unknown-flags", status == 0x05, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);
    step("partition", status == 0, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);
    step("partition-again", status == VTL_STATE, status);
    step("call-before-vp", try_vtl_call() == GUEST_FAULT + VECTOR_UD, 0);
    status = modify_protection(&vtl0[0], 0, 0xF, (uint64_t)(uintptr_t)page / PAGE_SIZE, 1);
    step("protect-from-vtl0", status == DENIED, status);
}

/* Each processor enables its own VTL1 at the same moment. */
static void race_here(void *argument)
{
    uint32_t self = processor_self();
    struct hv_initial_vp_context context = plain_context(plain_vp(self));

    (void)argument;
    __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    while (gate == 0) {
        pause();
    }
    statuses[self] = enable_vp_vtl(&vtl0[self], PARTITION, SELF, 1, &context);
}

static uint32_t race(void)
{
    uint32_t winners = 0, winner = 0, denied = 0;

    for (uint32_t i = 1; i < processor_count; i++) {
        processor_start(i, race_here, NULL);
    }
    wait_for(&arrived, processor_count - 1);
    gate = 1;
    race_here(NULL);
    for (uint32_t i = 1; i < processor_count; i++) {
        processor_wait(i);
    }
    for (uint32_t i = 0; i < processor_count; i++) {
        winners += statuses[i] == 0;
        denied += statuses[i] == DENIED;
        winner = statuses[i] == 0 ? i : winner;
    }
    step("one-processor-is-first", winners == 1 && denied == processor_count - 1, winners);
    return winner;
}

/* --- on the processor that has VTL1 --- */

static void enable_itself(struct vp *vp)
{
    struct hv_initial_vp_context context = plain_context(vp);
    uint16_t status = enable_vp_vtl(&vp->caller, PARTITION, SELF, 1, &context);

    vp_step(vp, "vp-again-from-vtl1", status == ALREADY, status);
    status = enable_partition_vtl(&vp->caller, PARTITION, 1, 0, false);
    vp_step(vp, "partition-again-from-vtl1", status == VTL_STATE, status);
    entered++;
}

static void protect_without_pages(struct vp *vp)
{
    uint16_t status = set_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, 0x1F);

    status |= modify_protection(&vp->caller, 0, 0, (uint64_t)(uintptr_t)page / PAGE_SIZE, 1);
    vp_step(vp, "protect", status == 0, status);
    entered++;
}

/* What no VTL may reach, and what only VTL0 has. */
static void reach(struct vp *vp)
{
    uint64_t value;
    uint32_t apic = try_code(probe_read, (const void *)(uintptr_t)0xFEE00000);

    vp_step(vp, "vtl1-reads-its-apic", apic == 0, apic);
    vp_step(vp, "vtl1-reads-vm-hsave", try_read_msr(0xC0010117, &value) == GUEST_FAULT + VECTOR_GP, 0);
    vp_step(vp, "vtl1-com1-is-nothing", in8(0x3F8 + 5) == 0xFF, in8(0x3F8 + 5));
    entered++;
}

static void on_the_first(void *argument)
{
    uint32_t self = processor_self();
    struct hv_initial_vp_context context = plain_context(plain_vp(self));
    uint16_t status = enable_vp_vtl(&vtl0[self], PARTITION, SELF, 1, &context);
    uint32_t vector;

    (void)argument;
    step("vp-again-from-vtl0", status == DENIED, status);
    in_vtl1(enable_itself);
    in_vtl1(reach);
    in_vtl1(protect_without_pages);
    entered = 0;
    vector = try_code(probe_read, page);
    step("protected-without-message-page", vector == GUEST_FAULT + VECTOR_GP && entered == 0, vector);
    in_vtl1(enable_itself);
    step("vtl1-still-answers", entered == 1, entered);
}

/* --- two processors of VTL1, one target --- */

static void enable_last(struct vp *vp)
{
    uint32_t last = vp->processors - 1;
    struct hv_initial_vp_context context = plain_context(plain_vp(last));

    __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    while (arrived < 2) {
        pause();
    }
    statuses[vp->index] = enable_vp_vtl(&vp->caller, PARTITION, last, 1, &context);
}

static void enable_last_here(void *argument)
{
    (void)argument;
    in_vtl1(enable_last);
}

static uint32_t helper;

static void enable_helper(struct vp *vp)
{
    struct hv_initial_vp_context context = plain_context(plain_vp(helper));
    uint16_t status = enable_vp_vtl(&vp->caller, PARTITION, helper, 1, &context);

    vp_step(vp, "enable-another", status == 0, status);
}

static void two_on_one(void)
{
    uint64_t one, other;

    helper = 1;
    in_vtl1(enable_helper);
    arrived = 0;
    processor_start(helper, enable_last_here, NULL);
    in_vtl1(enable_last);
    processor_wait(helper);
    one = statuses[0];
    other = statuses[helper];
    step("two-enable-a-third", (one == 0 && other == ALREADY) || (one == ALREADY && other == 0), one | other << 16);
}

void test_refusals(void)
{
    uint32_t first;

    page = pages_take(1, PAGE_SIZE);
    before_anything();
    test_contexts();
    first = race();
    if (first == 0) {
        on_the_first(NULL);
    } else {
        processor_start(first, on_the_first, NULL);
        processor_wait(first);
    }
    if (first == 0 && processor_count > 2) {
        two_on_one();
    }
}

void test_not_offered(void)
{
    struct hv_initial_vp_context context = plain_context(plain_vp(0));
    uint32_t features[4];
    uint64_t value = 0;
    uint16_t status;

    cpuid(0x40000003, features);
    step("none-not-advertised", (features[1] & 1u << 16) == 0, features[1]);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_PARTITION_STATUS, &value);
    step("none-highest-vtl", value == 1, value);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);
    step("none-partition", status == DENIED, status);
    status = enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, &context);
    step("none-vp", status == VTL_STATE, status);
    step("none-call", try_vtl_call() == GUEST_FAULT + VECTOR_UD, 0);
}
