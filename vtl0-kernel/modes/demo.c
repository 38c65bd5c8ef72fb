/* The demo: a credential goes into the vault, challenges are answered from it, damaged blobs are not, attacks fail. */
#include <vtl0/modes.h>

#include <vtl0/attack.h>
#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/vsm.h>

static bool step(const char *text, const char *command)
{
    console_printf("\n%s\n", text);
    return lsass_command(command);
}

static bool run_vault(void)
{
    return step("A credential is enrolled: it passes VTL0 this once.", "provision") &&
           step("The sealed blob goes back to the vault.", "load") &&
           step("The vault answers an NTLMv2 challenge.", "ntlm") &&
           step("The vault answers an HMAC-SHA-256 challenge.", "hmac") &&
           step("Damaged blobs are offered to the vault.", "tamper");
}

int mode_demo(const struct mode_context *context)
{
    bool held;

    if (vsm_state() != VSM_READY) {
        console_printf("error: the demo needs a secure kernel in VTL1: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    if (!run_vault() || !lsass_command("check-before")) {
        return 1;
    }
    console_printf("\nRing 0 of VTL0 attacks VTL1 and the hypervisor.\n");
    held = attack_run(context->boot, context->options->only);
    return attack_vault_after() && held ? 0 : 1;
}
