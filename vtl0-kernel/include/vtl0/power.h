/* The machine's ends. */
#pragma once

/* S5 through the FADT's PM1a control register; without ACPI, halts all that this processor can halt. */
_Noreturn void power_off(void);

/* Asks the chipset for a reset through port 0xCF9; returns when it was refused. */
void power_reset(void);
