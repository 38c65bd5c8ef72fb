/* What this machine was started with, and so how long this trustlet's keys stay the same. */
#pragma once

#include <stdbool.h>

#include <abi/ium.h>

/*
 * Fills *platform. IUM_ROOT_TPM: what is sealed is opened in later boots too, as long as nothing changes that docs/boot.md
 * lists; IUM_ROOT_RANDOM: in this boot only. False, and *platform zeroed: the manifest does not allow GET_PLATFORM.
 */
bool ium_platform(struct ium_platform *platform);
