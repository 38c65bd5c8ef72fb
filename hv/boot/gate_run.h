/* Pass 1: the feature gate on every processor. False: one error line was printed. */
#pragma once

#include "processors.h"

bool gate_run(const struct processors *processors);
