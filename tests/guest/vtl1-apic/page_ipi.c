/* Interrupts from VTL1 to VTL1 by the page: physical and logical destinations, flat and cluster model. */
#include "vtl1_apic.h"

#define VECTOR   0x36u
#define FENCE    0x35u
#define FLAT     UINT32_MAX
#define CLUSTER  0x0FFFFFFFu
#define PATIENCE UINT64_C(2000000) /* 200 ms of reference time */

/* Both processors' APICs on and in one model, the first as id 1, the second as 2; in the cluster model of cluster 1. */
static void prepare(void *argument)
{
    uint32_t model = *(const uint32_t *)argument, self = processor_self();

    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 3, VECTOR | HV_SINT_AUTO_EOI, 0);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 4, FENCE | HV_SINT_AUTO_EOI, 0);
    vtl1(COMMAND_APIC_PAGE, PAGE_STORE_32, PAGE_SVR, 0x1FF);
    vtl1(COMMAND_APIC_PAGE, PAGE_STORE_32, PAGE_DFR, model);
    vtl1(COMMAND_APIC_PAGE, PAGE_STORE_32, PAGE_LDR, (model == CLUSTER ? 0x10000000u : 0) | 0x01000000u << self);
}

static bool count_is(uint32_t processor, uint64_t wanted)
{
    uint64_t end = read_msr(HV_MSR_TIME_REF_COUNT) + PATIENCE;

    while (taken(processor, COUNT) < wanted && read_msr(HV_MSR_TIME_REF_COUNT) < end) {
        pause();
    }
    return taken(processor, COUNT) == wanted;
}

static void send(uint32_t low, uint32_t vector, uint8_t destination)
{
    page_write(PAGE_ICR_HIGH, (uint32_t)destination << 24);
    page_write(PAGE_ICR, low | vector);
}

/*
 * Behind it one of lower priority to the second processor, as a fence: when that one has come, so has what else was to come
 * there, and what is more than wanted is counted.
 */
static void sent(const char *model, uint32_t low, uint8_t destination, uint64_t first, uint64_t second)
{
    uint64_t before[2] = { taken(0, COUNT), taken(1, COUNT) };

    send(low, VECTOR, destination);
    send(0, FENCE, 1);
    note(count_is(1, before[1] + second + 1) && taken(1, before[1] + second) == FENCE, "%s-0x%x-0x%x:second", model, low, destination);
    note(count_is(0, before[0] + first), "%s-0x%x-0x%x:first", model, low, destination);
}

static void with_model(const char *name, uint32_t model)
{
    note(processor_start(1, prepare, &model) && processor_wait(1), "processor-1");
    prepare(&model);
    if (model == FLAT) {
        sent(name, ICR_LOGICAL, 1, 1, 0);
        sent(name, ICR_LOGICAL, 2, 0, 1);
        sent(name, ICR_LOGICAL, 3, 1, 1);
        sent(name, ICR_LOGICAL, 4, 0, 0);
    } else {
        sent(name, ICR_LOGICAL, 0x11, 1, 0);
        sent(name, ICR_LOGICAL, 0x13, 1, 1);
        sent(name, ICR_LOGICAL, 0xF2, 0, 1);
        sent(name, ICR_LOGICAL, 0x23, 0, 0);
    }
    sent(name, ICR_LOGICAL, 0xFF, 1, 1);
}

/* Off and on again: the APIC is as the tests behind this one expect it. */
static void forget(void *argument)
{
    uint64_t base = vtl1_value(COMMAND_READ_MSR, MSR_APIC_BASE, 0, 0);

    (void)argument;
    vtl1(COMMAND_WRITE_MSR, MSR_APIC_BASE, base & ~UINT64_C(0x800), 0);
    vtl1(COMMAND_WRITE_MSR, MSR_APIC_BASE, base, 0);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 3, HV_SINT_RESET, 0);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 4, HV_SINT_RESET, 0);
}

void test_page_ipi(void)
{
    if (processor_count < 2) {
        return;
    }
    with_model("flat", FLAT);
    with_model("cluster", CLUSTER);
    sent("physical", 0, 1, 0, 1);
    sent("physical", 0, 0, 1, 0);
    sent("physical", 0, 0xFF, 1, 1);
    sent("physical", ICR_OTHERS, 0, 0, 1);
    sent("physical", ICR_ALL, 5, 1, 1);
    sent("physical", ICR_INIT, 1, 0, 0); /* nobody initialises a VTL1 */
    note(processor_start(1, forget, NULL) && processor_wait(1), "processor-1");
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 3, HV_SINT_RESET, 0);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 4, HV_SINT_RESET, 0);
    report_notes("vtl1-apic-page-ipi");
}
