/* I/O ports of a VTL: what an access that exited means, and what it would reach (F12). */
#pragma once

#include <hv/cpu.h>

/*
 * Whether VTL0's access reaches a device, be it through a filter. What does not
 * is an empty bus or a fault, whoever else is interested.
 */
bool port_access_reaches(const struct exit_io *io);

uint32_t port_in(uint16_t port, uint8_t size);
void port_out(uint16_t port, uint8_t size, uint32_t value);

/* INS or OUTS of cpu->exit on ports that the active VTL uses itself: one element, as the processor would have. */
void port_string(struct cpu *cpu);
