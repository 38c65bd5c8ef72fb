#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/vsm.h>

static const char *target_text(enum attack_target target)
{
    static const char *const text[] = {
        [TARGET_CONTROL] = "control",       [TARGET_VAULT] = "vault", [TARGET_SECUREKERNEL] = "securekernel",
        [TARGET_HYPERVISOR] = "hypervisor", [TARGET_HOLE] = "hole",   [TARGET_PROCESSOR] = "processor",
        [TARGET_TRUSTLET] = "trustlet",
    };

    return text[target];
}

static const char *access_text(enum attack_access access)
{
    static const char *const text[] = {
        [ACCESS_READ] = "read",         [ACCESS_WRITE] = "write",           [ACCESS_EXECUTE] = "execute",
        [ACCESS_WALK] = "walk",         [ACCESS_HYPERCALL] = "hypercall",   [ACCESS_INSTRUCTION] = "instruction",
        [ACCESS_MSR] = "msr",           [ACCESS_PORT] = "port",             [ACCESS_PCI] = "pci",
        [ACCESS_DMA] = "dma",           [ACCESS_FRAME] = "frame",           [ACCESS_IPI] = "ipi",
        [ACCESS_END] = "end",           [ACCESS_TRUSTLET] = "trustlet",
    };

    return text[access];
}

static const char *via_text(enum attack_via via)
{
    static const char *const text[] = {
        [VIA_DIRECT] = "direct", [VIA_ALIAS_4K] = "alias-4k", [VIA_ALIAS_2M] = "alias-2m", [VIA_USER] = "user",
    };

    return text[via];
}

static const char *outcome_text(enum attack_outcome outcome)
{
    static const char *const text[] = {
        [OUTCOME_OK] = "ok",
        [OUTCOME_GP] = "gp",
        [OUTCOME_UD] = "ud",
        [OUTCOME_REFUSED] = "refused",
        [OUTCOME_KILLED] = "killed",
        [OUTCOME_LEAK] = "leak",
        [OUTCOME_WRONG] = "wrong",
        [OUTCOME_ABSENT] = "absent",
        [OUTCOME_SKIPPED] = "skipped",
    };

    return text[outcome];
}

/* Ended as the table says, and an exception came before the instruction took effect. */
static bool as_expected(const struct attack *attack, const struct attack_result *result)
{
    bool exception = result->outcome == OUTCOME_UD || (result->outcome == OUTCOME_GP && attack->access != ACCESS_MSR);

    /* What was skipped says so; whether it may be is for whoever reads it. */
    return result->outcome == OUTCOME_SKIPPED
        || ((attack->expected & EXPECT(result->outcome)) != 0 && !(exception && result->rip_advanced));
}

/* Where one access went; 0: not one access to one page. */
static uint64_t page_of(const struct attack *attack)
{
    if (attack->run == attack_message_store) {
        return ATTACK_APIC_PAGE + attack->number;
    }
    return attack->run == attack_memory || attack->run == attack_walk ? attack_places.page[attack->place] : 0;
}

static void tell(const struct attack_folder *folder, const struct attack *attack, const struct attack_result *result, bool good)
{
    console_printf("@openvsm attack folder=%s id=%s control=%s target=%s access=%s via=%s", folder->id, attack->id,
                   attack->control ? "yes" : "no", target_text(attack->target), access_text(attack->access), via_text(attack->via));
    console_printf(" outcome=%s rip_advanced=%d page=0x%lx detail=%s expected=%s\n", outcome_text(result->outcome),
                   result->rip_advanced, page_of(attack), result->detail[0] != '\0' ? result->detail : "none", good ? "yes" : "no");
}

/* asked: by name, so that whoever watches is told of it before a machine that may not survive it. */
static bool run_one(const struct attack_folder *folder, const struct attack *attack, bool asked)
{
    struct attack_result result = { .outcome = OUTCOME_WRONG };
    bool good;

    if (asked) {
        console_printf("@openvsm attempt folder=%s id=%s control=%s\n", folder->id, attack->id, attack->control ? "yes" : "no");
    }
    attack->run(attack, &result);
    good = as_expected(attack, &result);
    tell(folder, attack, &result, good);
    return good;
}

/* What must be there for the row to mean anything; a machine has what its VSM state says. */
static bool present(const struct attack *attack)
{
    switch (attack->target) {
    case TARGET_VAULT:
    case TARGET_SECUREKERNEL:
    case TARGET_TRUSTLET:
        return vsm_state() == VSM_READY;
    case TARGET_CONTROL:
        if (attack->access <= ACCESS_WALK) {
            return true;
        }
        /* fall through */
    default:
        return vsm_state() == VSM_READY || vsm_state() == VSM_NO_VTL1;
    }
}

/* By id, these run on a bare machine too, to see what the hypervisor's refusal is worth. */
static bool bare_machine_shows(const struct attack *attack)
{
    switch (attack->access) {
    case ACCESS_MSR:
        return attack->run == attack_msr;
    case ACCESS_PORT:
    case ACCESS_PCI:
    case ACCESS_DMA:
    case ACCESS_END:
        return vsm_state() == VSM_NO_HYPERVISOR;
    default:
        return false;
    }
}

static bool asked_for(const struct attack_folder *folder, const struct attack *attack, const char *only)
{
    return strcmp(folder->id, only) == 0 || strcmp(attack->id, only) == 0;
}

static bool starts_trustlets(const struct attack *attack)
{
    return attack->starts || attack->access == ACCESS_TRUSTLET;
}

static bool selected(const struct attack_folder *folder, const struct attack *attack, const char *only, bool trustlets)
{
    if (only[0] == '\0') {
        return !attack->alone && (trustlets || !starts_trustlets(attack)) && present(attack);
    }
    return asked_for(folder, attack, only) && (present(attack) || bare_machine_shows(attack));
}

struct tally {
    unsigned run, good;
};

static void run_folder(const struct attack_folder *folder, const char *only, bool trustlets, struct tally *tally)
{
    for (unsigned i = 0; i < folder->count; i++) {
        if (selected(folder, &folder->rows[i], only, trustlets)) {
            tally->run++;
            tally->good += run_one(folder, &folder->rows[i], only[0] != '\0');
        }
    }
}

bool attack_run(const struct boot_info *boot, const char *only, bool trustlets)
{
    struct tally tally = { 0 };

    attack_places_find(boot);
    for (const struct attack_folder *const *at = attack_folders_start; at < attack_folders_end; at++) {
        run_folder(*at, only, trustlets, &tally);
    }
    console_printf("%u attacks and controls, %u ended as they must\n", tally.run, tally.good);
    if (tally.run == 0) {
        console_printf("error: vtl0 kernel: no attack that can run here has the name \"%s\"\n", only);
    }
    return tally.run > 0 && tally.good == tally.run;
}

void attack_list(void)
{
    for (const struct attack_folder *const *at = attack_folders_start; at < attack_folders_end; at++) {
        for (unsigned i = 0; i < (*at)->count; i++) {
            console_printf("%s: %s\n", (*at)->id, (*at)->rows[i].id);
        }
    }
}

bool attack_vault_after(void)
{
    bool good = lsass_command("check-after");

    console_printf("@openvsm vault-after outcome=%s\n", good ? "ok" : "failed");
    return good;
}
