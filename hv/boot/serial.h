/* The firmware's hold on the second serial port. */
#pragma once

/*
 * Takes COM2 away from the firmware's console. It is VTL1's from the launch on
 * (F21): VTL0 reads all ones there, which a console driver that is already
 * bound would take for input without end. Before launch only.
 */
void serial_release_com2(void);
