/* Ring 3 of the machine of vtl1-machine.h, as a fuzzer's input wants it; and the input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From here on the input's bytes decide. */
void play_input(const uint8_t *data, size_t size);

/* The next byte; 0 when there is none left. */
uint8_t play_byte(void);

/* A number below limit, by as many bytes as that takes. */
uint64_t play_below(uint64_t limit);

bool play_over(void);

/* What VTL0 does on the other processor while ring 3 runs on the first. vtl1.c has it. */
void play_meanwhile(void);
