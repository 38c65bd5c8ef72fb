/* The host bridges' memory windows above 4 GiB, as the firmware allotted them. */
#pragma once

#include "ranges.h"

/* Adds them to windows. Firmware without PCI root bridges has none. False: one error line was printed. */
bool pci_windows_read(struct range_list *windows);
