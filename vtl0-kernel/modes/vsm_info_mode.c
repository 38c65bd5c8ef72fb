/*
 * What VTL0 can know of virtualization-based security on this machine, for
 * ./openvsm vsm-info: "@openvsm vsm ..." once, then "@openvsm trustlet ..." for each.
 */
#include <vtl0/modes.h>

#include <abi/image.h>
#include <abi/tlfs.h>
#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/secure_call.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define LISTED_AT_ONCE 4u

#define CPUID_7_EBX_SMEP (1u << 7)
#define CPUID_7_EBX_SMAP (1u << 20)
#define CPUID_7_ECX_UMIP (1u << 2)

static const char *vendor(void)
{
    return cpuid(0, 0).ebx == 0x756E6547 ? "intel" : "amd"; /* "Genu": else it would not have started */
}

static void tell_machine(void)
{
    const struct cpuid features = cpuid(7, 0);
    uint64_t status = 0;
    bool ready = vsm_state() == VSM_READY;

    if (vsm_state() >= VSM_NO_VTL1) {
        vsm_get_register(HV_REGISTER_VSM_PARTITION_STATUS, &status);
    }
    console_printf("@openvsm vsm hypervisor=%u running=%u vtls=%lx vendor=%s smep=%u smap=%u umip=%u\n",
                   vsm_state() != VSM_NO_HYPERVISOR, ready, status & 0xFFFF, vendor(), (features.ebx & CPUID_7_EBX_SMEP) != 0,
                   (features.ebx & CPUID_7_EBX_SMAP) != 0, (features.ecx & CPUID_7_ECX_UMIP) != 0);
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
}

static void tell_bytes(const char *key, const uint8_t *bytes, size_t size)
{
    console_printf(" %s=", key);
    for (size_t i = 0; i < size; i++) {
        console_printf("%02x", bytes[i]);
    }
}

static void tell_trustlet(const struct secure_trustlet *trustlet)
{
    console_printf("@openvsm trustlet instance=%lu version=%u debug=%u state=%s sessions=%u pages=%lu", trustlet->instance,
                   trustlet->security_version, (trustlet->flags & SIGNED_IMAGE_DEBUG) != 0,
                   trustlet->state == SECURE_TRUSTLET_RUNNING ? "running" : "ended", trustlet->sessions, trustlet->pages);
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
    (void)context;
    tell_machine();
    if (vsm_state() == VSM_READY) {
        tell_secure_kernel();
        tell_trustlets();
    }
    return 0;
}
