#pragma once

#include "foreign.h"

/* touch.S */
extern const char touch_read[], touch_write[], touch_read_counted[], touch_wrmsr[];
/* Where a started processor's VTL0 stays. */
extern const char tmk_parked[];
