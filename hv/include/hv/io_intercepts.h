/*
 * Ports of VTL0 that VTL1 intercepts (TLFS, "HvCallInstallIntercept"), for all
 * processors alike. An intercepted port exits; one bit of a back end's map is
 * for reads and writes, so that accesses exit that nobody asked for.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/* Whether VTL1 wants to hear of the access: of a byte of it, in its direction. */
bool io_intercepted(const struct exit_io *io);

uint16_t call_install_intercept(struct cpu *cpu, const struct hv_input_install_intercept *input);
uint16_t call_check_io_intercept(const struct cpu *cpu, const struct hv_input_check_io_intercept *input,
                                 struct hv_output_check_io_intercept *out);
