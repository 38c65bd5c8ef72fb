#include <vtl0/modes.h>

#include <vtl0/attack.h>
#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/vsm.h>

int mode_attack(const struct mode_context *context)
{
    bool held;

    if (vsm_state() != VSM_READY) {
        console_printf("error: no vault to attack: %s\n", vsm_state_text(vsm_state()));
        attack_run(context->boot, context->options->only);
        return 1;
    }
    if (!lsass_command("random") || !lsass_command("load") || !lsass_command("check-before")) {
        return 1;
    }
    held = attack_run(context->boot, context->options->only);
    return attack_vault_after() && held ? 0 : 1;
}
