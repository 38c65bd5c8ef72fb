/*
 * \EFI\BOOT\BOOTX64.EFI: brings the hypervisor up under the running firmware,
 * then VTL1, then VTL0's program. docs/boot.md tells the steps.
 */
#include "clock.h"
#include "config_file.h"
#include "gate_run.h"
#include "log.h"
#include "marker.h"
#include "owner.h"
#include "resident.h"
#include "serial.h"
#include "stop.h"
#include "takeover.h"
#include "tpm.h"
#include "vtl0_start.h"
#include "vtl1_start.h"

#include <boot_mutant.h>
#include <lib/string.h>

#ifndef OPENVSM_VERSION
#error the build names the version
#endif

struct boot {
    struct config config;
    struct image_owner owner;
    struct processors processors;
    struct acpi_facts acpi;
    struct resident resident;
    struct vtl1_files vtl1_files;
    struct vtl1_boot_root root; /* between the TPM and VTL1's region only */
    struct region vtl1;
    struct vtl1_entry vtl1_entry;
    struct vtl0_program vtl0;
};

static struct boot boot;

static bool find_platform(struct boot *b)
{
    if (!processors_find(&b->processors) || !gate_run(&b->processors) || !acpi_read(&b->processors, &b->acpi)) {
        return false;
    }
    log_info("platform: %u processors, ECAM 0x%lx for %u buses, PM block 0x%x", b->processors.count,
             b->acpi.ecam_base, b->acpi.ecam_buses, b->acpi.pm_block);
    return true;
}

static bool reserve(struct boot *b)
{
    if (config_has_securekernel(&b->config) && !region_reserve(&b->vtl1, (uint64_t)b->config.vtl1_memory << 20, "VTL1")) {
        return false;
    }
    if (!resident_reserve(&b->resident)) {
        return false;
    }
    log_info("reserve: hypervisor 0x%lx + %lu KiB, VTL1 0x%lx + %lu KiB", b->resident.region.base,
             b->resident.region.size / 1024, b->vtl1.base, b->vtl1.size / 1024);
    return true;
}

static bool map(struct boot *b)
{
    if (!resident_build(&b->resident, &b->processors) || !clock_measure(b->resident.handoff) ||
        !resident_fill_handoff(&b->resident, &b->processors, &b->acpi, &b->vtl1, b->config.log_level, b->config.mutant)) {
        return false;
    }
    b->resident.handoff->vsm_offered = config_offers_vsm(&b->config);
    log_info("map: %lu KiB in use, %u ranges of RAM, %u windows above 4 GiB, CR3 0x%lx",
             (b->resident.region.next - b->resident.region.base) / 1024, b->resident.handoff->ram_count,
             b->resident.handoff->window_count, b->resident.map.root);
    return true;
}

/* The files' buffers are given back here: what VTL1 gets is in its region. */
static bool fill_vtl1(struct boot *b)
{
    struct range_list ram = { b->resident.handoff->ram, b->resident.handoff->ram_count, HV_MAX_RAM_RANGES };
    const char *problem;

    if (!config_has_securekernel(&b->config)) {
        return true;
    }
    problem = vtl1_region_fill(&b->vtl1, &b->vtl1_files, &ram, b->processors.count, &b->owner, &b->root, &b->vtl1_entry);
    secure_zero(&b->root, sizeof(b->root));
    vtl1_files_release(&b->vtl1_files);
    if (problem != NULL) {
        log_error("VTL1: %s", problem);
        return false;
    }
    return true;
}

static bool prepare(struct boot *b)
{
    if (!config_load(&b->config)) {
        return false;
    }
    boot_mutant_choose(b->config.mutant);
    log_info("configuration: VTL0 %s, VTL1 %s", b->config.vtl0_program, b->config.vtl1_securekernel);
    if (config_has_securekernel(&b->config) && !owner_load(&b->owner)) {
        return false;
    }
    if (config_has_securekernel(&b->config) && !vtl1_files_load(&b->config, &b->owner, &b->vtl1_files)) {
        return false;
    }
    /* Loading VTL0's program extends PCR 4, on which the TPM's secret depends: that comes last. */
    return find_platform(b) && reserve(b) && map(b) && tpm_measure(&b->config, &b->owner, &b->vtl1_files, &b->root) &&
           fill_vtl1(b) && vtl0_load(&b->config, &b->vtl0);
}

/* A start that ends before the launch leaves the firmware's memory as it was. */
static void undo(struct boot *b)
{
    vtl1_files_release(&b->vtl1_files);
    secure_zero(&b->root, sizeof(b->root));
    vtl0_unload(&b->vtl0);
    resident_forget_launch_page(&b->resident);
    region_give_back(&b->resident.region);
    region_give_back(&b->vtl1);
}

static bool launch(struct boot *b)
{
    log_info("launch: taking over %u processors", b->processors.count);
    serial_release_com2();
    if (!takeover_run(&b->resident, &b->processors)) {
        return false;
    }
    resident_forget_launch_page(&b->resident);
    if (!marker_install()) {
        log_error("launch: the firmware refuses the mark of a running OpenVSM");
        return false;
    }
    log_info("launch: %u processors run under the hypervisor", b->processors.count);
    return true;
}

static bool start_vtl1(struct boot *b)
{
    if (!config_has_securekernel(&b->config)) {
        log_info("VTL1: no secure kernel (vtl1.securekernel = %s)%s", b->config.vtl1_securekernel,
                 config_offers_vsm(&b->config) ? ": VTL0's program may bring up a VTL1 of its own" : "");
        return true;
    }
    if (!vtl1_start(&b->processors, &b->vtl1_entry)) {
        return false;
    }
    log_info("VTL1: the secure kernel is ready on %u processors", b->processors.count);
    return true;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    bool volume_known = firmware_init(image, table);

    log_info("OpenVSM %s", OPENVSM_VERSION);
    if (takeover_seen() && marker_present()) {
        log_error("OpenVSM is already running: not started a second time");
        return EFI_ALREADY_STARTED;
    }
    if (!volume_known) {
        log_error("the volume this program came from is unknown");
        return stop_before_launch();
    }
    if (!prepare(&boot)) {
        undo(&boot);
        return stop_before_launch();
    }
    if (!launch(&boot) || !start_vtl1(&boot)) {
        stop_after_launch();
    }
    return vtl0_run(&boot.vtl0);
}
