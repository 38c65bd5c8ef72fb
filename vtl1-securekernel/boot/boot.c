#include <sk/vtl_entry.h>

#include <lib/string.h>

#include <abi/boot_block.h>
#include <abi/tlfs.h>

#include <sk/boot_block.h>
#include <sk/cpu.h>
#include <sk/guard.h>
#include <sk/hypercall.h>
#include <sk/kernel_space.h>
#include <sk/key_root.h>
#include <sk/lock.h>
#include <sk/log.h>
#include <sk/page_alloc.h>
#include <sk/processors.h>
#include <sk/secure_call.h>
#include <sk/synic.h>
#include <sk/system_process.h>
#include <sk/tpm.h>
#include <sk/trap.h>
#include <sk/trustlets.h>
#include <sk/x86.h>

/* HvRegisterVsmPartitionConfig: protection on, everything allowed to VTL0 that is not taken away, no secret outlives a reset. */
#define PARTITION_CONFIG (HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | UINT64_C(0xF) << 1 | HV_VSM_CONFIG_ZERO_MEMORY_ON_RESET)

/* The part of the region's free pages that is kept for the tables of memory VTL0 will give: one for each 2 MiB of it. */
#define RESERVED_PART 8u

#define CPUID_VENDOR_INTEL 0x756E6547u /* EBX of leaf 0: "Genu" */

/* The canary's n-th word: a published pattern, so that a watcher outside the machine can tell whether it changed. */
#define CANARY_WORD UINT64_C(0x4F56534D43414E41)

extern const char image_start[], rodata_end[], image_end[]; /* securekernel.lds */
extern uint64_t canary_page[];

static struct vtl1_boot_block boot_block;
bool uses_vmcall; /* entry.S: the hypercall instruction is Intel's; without a hypercall page nobody else says */

static void fill_canary(void)
{
    for (uint64_t i = 0; i < PAGE_SIZE / sizeof(uint64_t); i++) {
        canary_page[i] = CANARY_WORD + i;
    }
}

/* From the loader's address space to our own, on tables that hold nothing of the loader's. */
static bool take_over(void)
{
    page_alloc_init(gpa(boot_block.region_base), boot_block.region_size, gpa(boot_block.free_base));
    if (!kernel_space_build(&boot_block) || !cpu_prepare(0) || !system_process_init()) {
        log_line("error: no memory for the kernel's own tables");
        return false;
    }
    kernel_space_enter();
    /* The loader's translations may have been global: clearing PGE drops those as well. */
    write_cr4(read_cr4() & ~CR4_PGE);
    trap_table_init();
    cpu_load(cpu_by_index(0));
    return true;
}

static bool enable_synic(struct cpu *cpu)
{
    if (!synic_enable(cpu)) {
        log_line("error: the hypervisor does not say where VTL return is, or has no VINA");
        return false;
    }
    return true;
}

static bool protect_region(void)
{
    uint16_t status = hypercall_set_register(0, HV_REGISTER_VSM_PARTITION_CONFIG, PARTITION_CONFIG);

    if (status == HV_STATUS_SUCCESS) {
        status = hypercall_protect(gpa(boot_block.region_base), boot_block.region_size >> PAGE_SHIFT, 0);
    }
    if (status != HV_STATUS_SUCCESS) {
        log_line("error: region not protected, hypercall status 0x%x", status);
        return false;
    }
    log_line("region base=0x%lx size=0x%lx protected", boot_block.region_base, boot_block.region_size);
    log_line("canary page gpa=0x%lx", image_gpa(canary_page).value);
    log_line("constant pages gpa=0x%lx size=0x%lx", image_gpa(image_start).value, (uint64_t)(rodata_end - image_start));
    return true;
}

/* Everything that happens behind VTL0's back: the region is VTL1's alone before the first secret exists. */
static enum vtl1_boot_status bring_up(void)
{
    enum vtl1_boot_status status;

    if (!protect_region()) {
        return VTL1_BOOT_HYPERCALL_FAILED;
    }
    if (!tpm_take(&boot_block.measured)) {
        return VTL1_BOOT_TPM_FAILED;
    }
    if (!guard_is_drawn() || !key_root_init(&boot_block.root)) {
        log_line("error: no entropy for canary and key root");
        return VTL1_BOOT_NO_ENTROPY;
    }
    log_line("key root: %s", boot_block.root.from_tpm != 0 ? "from the TPM, bound to this measured boot"
                                                           : "random, for this boot only (no TPM)");
    kernel_lock_acquire(); /* nobody else is there; threads give it up while they run */
    status = trustlets_start(&boot_block);
    kernel_lock_release();
    if (status == VTL1_BOOT_READY && !processors_enable(boot_block.processor_count)) {
        status = VTL1_BOOT_HYPERCALL_FAILED;
    }
    return status;
}

/* RDX names the block, but page 0 of the region is where the loader maps it for us. */
static void take_block(void)
{
    struct vtl1_boot_block *loaded = (struct vtl1_boot_block *)VTL1_DIRECT_MAP;

    boot_block = *loaded;
    secure_zero(&loaded->root, sizeof(loaded->root));
}

/* False: VTL1 has no way yet to return a status of its choice. */
static bool start(void)
{
    enum vtl1_boot_status status;

    if (!boot_block_check(&boot_block, (uint64_t)(image_end - image_start))) {
        log_line("error: boot block refused");
        return false;
    }
    kernel_space_locate(&boot_block);
    fill_canary();
    if (!take_over()) {
        return false;
    }
    hypercall_page_enable();
    if (!enable_synic(this_cpu())) {
        return false;
    }
    secure_call_init(&boot_block);
    status = bring_up();
    if (status != VTL1_BOOT_READY) {
        kernel_lock_poison(); /* half a secure kernel serves nobody */
    }
    page_alloc_reserve(page_count_free() / RESERVED_PART);
    log_line("boot status %u, %lu pages free", (unsigned)status, page_count_free());
    vtl_set_return((uint64_t)status, 0);
    return true;
}

bool boot_first_processor(struct vtl_registers *registers)
{
    bool started;

    (void)registers;
    uses_vmcall = cpuid(0, 0).ebx == CPUID_VENDOR_INTEL;
    take_block();
    log_init();
    started = start();
    secure_zero(boot_block.root.secret, sizeof(boot_block.root.secret)); /* gone already, unless the start came not so far */
    return started;
}

bool boot_further_processor(struct vtl_registers *registers, struct cpu *cpu)
{
    (void)registers;
    cpu_load(cpu);
    if (!enable_synic(cpu)) {
        return false;
    }
    vtl_set_return(VTL1_BOOT_PROCESSOR_READY, 0);
    return true;
}
