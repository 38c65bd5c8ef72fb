/*
 * What VTL0 can know of virtualization-based security on this machine, for
 * ./openvsm vsm-info: "@openvsm vsm ..." and, of VTL1, "@openvsm secure-kernel ...", "measured ..." and "protections ..."
 * once each, then "@openvsm trustlet ..." for each.
 */
#include <vtl0/modes.h>

#include <abi/image.h>
#include <abi/tlfs.h>
#include <lib/string.h>
#include <vtl0/acpi.h>
#include <vtl0/console.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define LISTED_AT_ONCE 4u

#define CPUID_EXTENDED_1        0x80000001u
#define CPUID_EXTENDED_1_EDX_NX (1u << 20)

#define CPUID_7_EBX_SMEP (1u << 7)
#define CPUID_7_EBX_SMAP (1u << 20)
#define CPUID_7_ECX_UMIP (1u << 2)

static const char *vendor(void)
{
    return cpuid(0, 0).ebx == 0x756E6547 ? "intel" : "amd"; /* "Genu": else it would not have started */
}

static const char *secure_boot(enum secure_boot_state state)
{
    static const char *const words[] = { "unsupported", "off", "on" };

    return words[state];
}

static void tell_machine(const struct boot_info *boot)
{
    const struct cpuid features = cpuid(7, 0), extended = cpuid(CPUID_EXTENDED_1, 0);
    uint64_t status = 0, capabilities = 0;
    bool ready = vsm_state() == VSM_READY;

    if (vsm_state() >= VSM_NO_VTL1) {
        vsm_get_register(HV_REGISTER_VSM_PARTITION_STATUS, &status);
        vsm_get_register(HV_REGISTER_VSM_CAPABILITIES, &capabilities);
    }
    console_printf("@openvsm vsm hypervisor=%u running=%u vtls=%lx vendor=%s smep=%u smap=%u umip=%u",
                   vsm_state() != VSM_NO_HYPERVISOR, ready, status & 0xFFFF, vendor(), (features.ebx & CPUID_7_EBX_SMEP) != 0,
                   (features.ebx & CPUID_7_EBX_SMAP) != 0, (features.ecx & CPUID_7_ECX_UMIP) != 0);
    console_printf(" nx=%u mbec=%u secure_boot=%s tpm=%u\n", (extended.edx & CPUID_EXTENDED_1_EDX_NX) != 0,
                   (capabilities & HV_VSM_CAPABILITIES_MBEC) != 0, secure_boot(boot->secure_boot), acpi_has_tpm());
}

static void tell_bytes(const char *key, const uint8_t *bytes, size_t size)
{
    console_printf(" %s=", key);
    for (size_t i = 0; i < size; i++) {
        console_printf("%02x", bytes[i]);
    }
}

static void tell_measured(const struct secure_info *info)
{
    console_printf("@openvsm measured version=%u debug=%u tpm_pcrs=%x tpm_banks=%x", info->measured.secure_kernel_version,
                   (info->measured.secure_kernel_flags & SIGNED_IMAGE_DEBUG) != 0, info->measured.tpm_pcrs, info->measured.tpm_banks);
    tell_bytes("securekernel", info->measured.secure_kernel, sizeof(info->measured.secure_kernel));
    tell_bytes("hypervisor", info->measured.hypervisor, sizeof(info->measured.hypervisor));
    tell_bytes("owner_key", info->owner_key_hash, sizeof(info->owner_key_hash));
    console_printf("\n");
}

static void tell_secure_kernel(void)
{
    struct secure_info info;

    if (!secure_get_info(&info)) {
        return;
    }
    console_printf("@openvsm secure-kernel version=%u region=%lx size=%lx donated=%lu free=%lu", info.version, info.region_base,
                   info.region_size, info.donated_pages, info.free_pages);
    console_printf(" intercepts=%lu calls=%lu threads=%lu handles=%lu\n", info.intercept_count, info.calls, info.system_threads,
                   info.handles);
    tell_measured(&info);
}

static void and_protections(void *argument)
{
    struct secure_protections *all = argument;
    struct secure_protections own = { 0 };

    secure_get_protections(&own); /* a processor whose VTL1 does not answer has none */
    all->available &= own.available;
    all->enabled &= own.enabled;
    all->default_rights = own.default_rights;
}

/* On means: on every processor. */
static void tell_protections(void)
{
#define SECURE_PROTECTION(bit, name, text) { SECURE_PROTECTION_##name, #name },
    static const struct {
        uint32_t bit;
        const char *name;
    } rows[] = {
#include <abi/secure_protections.def>
    };
#undef SECURE_PROTECTION
    struct secure_protections all = { .available = UINT32_MAX, .enabled = UINT32_MAX };

    for (uint32_t i = 0; i < processor_count(); i++) {
        smp_call(i, and_protections, &all);
    }
    console_printf("@openvsm protections default_rights=%x", all.default_rights);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        console_printf(" %s=%s", rows[i].name, (all.enabled & rows[i].bit) != 0 ? "on"
                                               : (all.available & rows[i].bit) != 0 ? "off" : "not-available");
    }
    console_printf("\n");
}

static void tell_trustlet(const struct secure_trustlet *trustlet)
{
    console_printf("@openvsm trustlet instance=%lu version=%u debug=%u state=%s sessions=%u pages=%lu configured=%u", trustlet->instance,
                   trustlet->security_version, (trustlet->flags & SIGNED_IMAGE_DEBUG) != 0,
                   trustlet->state == SECURE_TRUSTLET_RUNNING ? "running" : "ended", trustlet->sessions, trustlet->pages,
                   trustlet->origin == SECURE_TRUSTLET_OF_OWNER);
    tell_bytes("name", (const uint8_t *)trustlet->name, strlen(trustlet->name));
    tell_bytes("identity", trustlet->identity, sizeof(trustlet->identity));
    tell_bytes("measurement", trustlet->measurement, sizeof(trustlet->measurement));
    console_printf("\n");
}

static void tell_trustlets(void)
{
    struct secure_trustlet found[LISTED_AT_ONCE];
    uint64_t after = 0;
    size_t count;

    while (trustlet_list(after, found, LISTED_AT_ONCE, &count) == SECURE_STATUS_SUCCESS && count > 0) {
        for (size_t i = 0; i < count; i++) {
            tell_trustlet(&found[i]);
        }
        after = found[count - 1].instance;
    }
}

int mode_vsm_info(const struct mode_context *context)
{
    tell_machine(context->boot);
    if (vsm_state() == VSM_READY) {
        tell_secure_kernel();
        tell_protections();
        tell_trustlets();
    }
    return 0;
}
