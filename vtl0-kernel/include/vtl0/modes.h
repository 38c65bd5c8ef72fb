/* What the kernel does once it runs: one function for each mode. Each returns the status of "@openvsm done". */
#pragma once

#include <vtl0/boot_info.h>
#include <vtl0/options.h>

struct mode_context {
    const struct boot_info *boot;
    const struct kernel_options *options;
};

typedef int mode_function(const struct mode_context *context);

mode_function mode_demo, mode_attack, mode_call, mode_console, mode_delay, mode_fuzz, mode_fuzz_syscalls, mode_images, mode_normal_calls;
mode_function mode_test, mode_secure_processes, mode_threads, mode_tpm, mode_trustlets, mode_vault, mode_vault_scan;
mode_function mode_vectors, mode_vsm_info;
