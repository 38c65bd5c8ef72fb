/* Only the attacks, with a random key in the vault so that there is something to protect. */
#include <vtl0/modes.h>

#include <vtl0/attack.h>
#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/vsm.h>

int mode_attack(const struct mode_context *context)
{
    bool filled = false;
    bool held;

    if (vsm_state() == VSM_READY) {
        filled = lsass_command("random") && lsass_command("check-before");
    } else {
        console_printf("error: no vault to attack: %s\n", vsm_state_text(vsm_state()));
    }
    held = attack_run(context->boot, context->options->only, true);
    return filled && attack_vault_after() && held ? 0 : 1;
}
