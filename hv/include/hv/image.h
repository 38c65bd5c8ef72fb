/* The resident image's own addresses. */
#pragma once

#include <hv/types.h>

/* System-physical address of an object of the image (its data or bss). */
hpa_t image_address(const void *object);

/* Linear address of a page of the region outside the image. */
void *region_pointer(hpa_t address);
