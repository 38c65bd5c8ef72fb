/*
 * Chipset registers that move memory or devices under the second-level
 * tables, through PCI configuration space. Each is written with another value
 * and read back; what changed is put back at once.
 */
#include "attack_internal.h"

#include <vtl0/x86.h>

#define CONFIG_ADDRESS 0xCF8u
#define CONFIG_DATA    0xCFCu
#define CONFIG_ENABLE  (1u << 31)
#define Q35_HOST       0x29C08086u

uint32_t attack_config_read(uint32_t at)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | at);
    return inl(CONFIG_DATA);
}

void attack_config_write(uint32_t at, uint32_t value)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | at);
    outl(CONFIG_DATA, value);
}

bool attack_on_q35(void)
{
    return attack_config_read(0) == Q35_HOST;
}

/* attack->number: function and register as port CF8h wants them; the bits to flip in the high half. */
void attack_pci(const struct attack *attack, struct attack_result *result)
{
    uint32_t at = (uint32_t)attack->number;
    uint32_t before = attack_config_read(at);
    uint32_t after;
    bool on;

    result->rip_advanced = true;
    if (!attack_on_q35()) {
        result->outcome = OUTCOME_SKIPPED;
        attack_detail(result, "another-chipset");
        return;
    }
    on = interrupts_save();
    attack_config_write(at, before ^ (uint32_t)(attack->number >> 32));
    after = attack_config_read(at);
    if (after != before) {
        attack_config_write(at, before);
    }
    interrupts_restore(on);
    result->outcome = after == before ? OUTCOME_REFUSED : OUTCOME_OK;
    attack_detail(result, "before=%x,after=%x", before, after);
}
