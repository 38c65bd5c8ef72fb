/* The vault for a tool on the host: lines of requests on COM1, an answer to each. user/lsass_serve.c does it. */
#include <vtl0/modes.h>

#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/vsm.h>

int mode_vault(const struct mode_context *context)
{
    (void)context;
    if (vsm_state() != VSM_READY) {
        console_printf("error: no vault: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    return lsass_command("serve") ? 0 : 1;
}
