/* What the decoder's tests share. */
#pragma once

#include <hv/decode.h>

/* insn_decode on an allocation of exactly count bytes. */
bool decode_exactly(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out);

void assert_same_insn(const struct insn *a, const struct insn *b);

/* What holds for any bytes. */
void test_random_bytes(void **state);
