/* The parts of the payload. */
#pragma once

/* Each status of HvCallModifyVtlProtectionMask; the first one before protection is on. */
void test_before_enable(void);
void test_statuses(void);
