/* The parts of the payload. */
#pragma once

#include <stdint.h>

extern uint8_t *intercept_page;

/* Page tables of our own in a page that VTL1 protects; the table the processor walks. */
void test_page_walk(void);
/* An interrupt, an NMI and exceptions whose delivery needs a protected page. */
void test_delivery(void);
