/* Launch of a processor, and its run loop's start. From here on the processor never leaves the hypervisor. */
#include <hv/apic.h>
#include <hv/check.h>
#include <hv/clock.h>
#include <hv/cpu.h>
#include <hv/descriptors.h>
#include <hv/image.h>
#include <hv/log.h>
#include <hv/mtrr.h>
#include <hv/partition.h>
#include <hv/run.h>
#include <hv/vendor.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include <lib/string.h>

void hv_main(const struct hv_launch *launch, const struct hv_handoff *handoff) __attribute__((noreturn));

const struct vendor *vendor;
struct cpu *cpus[HV_MAX_PROCESSORS];
uint32_t cpu_count;

static struct spinlock launch_lock = SPINLOCK_INIT;

#define CPU_PAGES ((sizeof(struct cpu) + PAGE_SIZE - 1) / PAGE_SIZE)
_Static_assert(CPU_PAGES == 1, "struct cpu fits the page it is given");

static struct cpu *cpu_create(const struct hv_launch *launch)
{
    struct cpu *cpu;
    uint64_t *windows = region_pointer(hpa(partition.boot.window_table));

    spin_lock(&partition.slat_lock);
    cpu = page_pool_get(&partition.pool);
    spin_unlock(&partition.slat_lock);
    CHECK(cpu != NULL && launch->vp_index < partition.boot.processor_count);
    cpu->vp_index = launch->vp_index;
    cpu->public.apic_id = partition.boot.apic_ids[launch->vp_index];
    cpu->window_entries = windows + launch->vp_index * HV_WINDOWS;
    vtl_state_reset(&cpu->vtl[VTL0]);
    cpu->vtl[VTL0].enabled = true;
    return cpu;
}

/* The system-call registers and segment bases that the firmware's context does not carry. */
static void adopt_msrs(struct cpu *cpu)
{
    static const struct { uint32_t msr; enum vreg reg; } adopted[] = {
        { MSR_STAR, VREG_STAR }, { MSR_LSTAR, VREG_LSTAR }, { MSR_CSTAR, VREG_CSTAR }, { MSR_SFMASK, VREG_SFMASK },
        { MSR_KERNEL_GS_BASE, VREG_KERNEL_GS_BASE }, { MSR_SYSENTER_CS, VREG_SYSENTER_CS },
        { MSR_SYSENTER_ESP, VREG_SYSENTER_ESP }, { MSR_SYSENTER_EIP, VREG_SYSENTER_EIP },
    };

    for (size_t i = 0; i < sizeof(adopted) / sizeof(adopted[0]); i++) {
        vendor->set(cpu, VTL0, adopted[i].reg, rdmsr(adopted[i].msr));
    }
}

/* Own control registers: W^X holds in ring 0 (WP), no user page exists to be touched (SMEP, SMAP); XMM for xmm.S alone. */
static void load_control_registers(void)
{
    write_cr0((read_cr0() | CR0_WP | CR0_NE) & ~(CR0_AM | CR0_EM | CR0_TS));
    write_cr4(CR4_PAE | CR4_OSFXSR | CR4_SMEP | CR4_SMAP);
}

/*
 * The page that carried the processors here is VTL0's again: its identity
 * mapping goes when the last one is in. Other processors drop what they have
 * cached of it at the first shoot-down (run.c).
 */
static void forget_launch_page(void)
{
    uint64_t at = partition.boot.launch_page;
    uint64_t *table = region_pointer(hpa(partition.boot.hv_cr3));

    for (unsigned shift = 39; shift > 12; shift -= 9) {
        table = region_pointer(hpa(table[at >> shift & 511] & UINT64_C(0x000FFFFFFFFFF000)));
    }
    table[at >> 12 & 511] = 0;
    invlpg(at);
}

/* CPUID leaf 0, EBX: "Genu" of GenuineIntel; the gate let no third vendor in. */
static const struct vendor *vendor_here(void)
{
    return cpuid(0, 0).ebx == 0x756E6547 ? &vendor_vmx : &vendor_svm;
}

static struct cpu *launch_processor(const struct hv_launch *launch, const struct hv_handoff *handoff)
{
    struct cpu *cpu;

    if (cpu_count == 0) {
        /* region_pointer and the log need to know the region before anything else does. */
        partition.boot.region_base = handoff->region_base;
        partition.boot.region_size = handoff->region_size;
        vendor = vendor_here();
        partition_init(handoff);
    }
    cpu = cpu_create(launch);
    clock_check(cpu);
    cpu->started = clock_now();
    cpu->microcode_level = rdmsr(MSR_MICROCODE);
    cpu->vtl[VTL0].tsc_aux = rdmsr(MSR_TSC_AUX); /* the gate has seen RDTSCP */
    mtrr_read(&cpu->mtrr);
    descriptors_load(cpu);
    vendor->processor_on(cpu);
    vendor->vtl_start(cpu, VTL0, &launch->context);
    vendor->set(cpu, VTL0, VREG_DR7, launch->dr7);
    apic_init(cpu);
    cpus[cpu->vp_index] = cpu;
    cpu_count++;
    if (cpu_count == partition.boot.processor_count) {
        forget_launch_page();
    }
    return cpu;
}

void hv_main(const struct hv_launch *launch, const struct hv_handoff *handoff)
{
    struct cpu *cpu;

    load_control_registers();
    spin_lock(&launch_lock);
    cpu = launch_processor(launch, handoff);
    adopt_msrs(cpu);
    hv_log(LOG_INFO, "processor %u of %u (APIC id %u) is in VTL0, %s", cpu->vp_index, partition.boot.processor_count,
           cpu->public.apic_id, vendor->name);
    spin_unlock(&launch_lock);
    run(cpu);
}
