/* The demo: credentials go into the vault, it answers from them, refuses what it must, and attacks fail. */
#include <vtl0/modes.h>

#include <vtl0/attack.h>
#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/vsm.h>

static const struct {
    const char *text, *command;
} steps[] = {
    { "VTL0 asks the vault what it is.", "demo-info" },
    { "A password is enrolled: it passes VTL0 this once.", "demo-provision" },
    { "The vault makes two keys of its own; only their public halves leave it.", "demo-keys" },
    { "A second factor with a PIN and two uses: no PIN, a wrong PIN, the right PIN.", "demo-totp" },
    { "What the vault says it holds.", "demo-list" },
    { "The vault answers an NTLMv2 challenge.", "demo-ntlmv2" },
    { "The vault answers an HMAC-SHA-256 challenge.", "demo-hmac" },
    { "The vault signs with each of its keys.", "demo-sign" },
    { "The vault makes Kerberos pre-authentication data.", "demo-preauth" },
    { "What is weak is never done, whoever asks.", "demo-weak" },
    { "The second factor is used once more, and then its budget is used up.", "demo-used-up" },
    { "VTL0 keeps the vault's blobs, and brings wrong ones.", "demo-blobs" },
    { "VTL0 reads the audit log, and tries to change it.", "demo-audit" },
};

static bool run_vault(void)
{
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        console_printf("\n%s\n", steps[i].text);
        if (!lsass_command(steps[i].command)) {
            return false;
        }
    }
    return lsass_command("check-before");
}

int mode_demo(const struct mode_context *context)
{
    bool held;

    if (vsm_state() != VSM_READY) {
        console_printf("error: the demo needs a secure kernel in VTL1: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    if (!run_vault()) {
        return 1;
    }
    console_printf("\nRing 0 of VTL0 attacks VTL1 and the hypervisor.\n");
    held = attack_run(context->boot, context->options->only, false);
    return attack_vault_after() && held ? 0 : 1;
}
