/* The variant of hv/layout.h for host tests: windows and APIC page lie where a process may map memory. */
#pragma once

#include_next <hv/layout.h>

#undef HV_VA_WINDOWS
#define HV_VA_WINDOWS UINT64_C(0x200000000000)
