/* VTL0's own debug exceptions. */
#pragma once

void test_debug(void);
