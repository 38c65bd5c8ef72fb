/* The parts of the payload. */
#pragma once

void test_private(void);
void test_illegal(void);
void test_extended(void);
