/* The instruction decoder: mode, then at most fifteen bytes. */
#include <stdlib.h>
#include <string.h>

#include <hv/decode.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

static void check_fields(const struct insn *insn, size_t size)
{
    bool has_size = insn->kind == INSN_STORE || insn->kind == INSN_LOAD || insn->kind == INSN_EXCHANGE || insn->kind >= INSN_LMSW;

    HOLDS(insn->length >= 1 && insn->length <= size);
    HOLDS(has_size ? insn->size == 1 || insn->size == 2 || insn->size == 4 || insn->size == 8 : insn->size == 0);
    HOLDS(insn->reg <= (insn->high_byte ? 3 : 15) && (!insn->high_byte || insn->size == 1));
    HOLDS(insn->has_immediate ? insn->kind == INSN_STORE : insn->immediate == 0);
    HOLDS(insn->size == 8 || insn->immediate >> (insn->size * 8) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct insn insn, shorter;
    uint8_t *exact;

    if (size < 2 || size > 1 + INSN_MAX_LENGTH) {
        return -1;
    }
    exact = malloc(size - 1);
    memcpy(exact, data + 1, size - 1);
    if (insn_decode(exact, size - 1, (enum insn_mode)(data[0] % 3), &insn)) {
        check_fields(&insn, size - 1);
        HOLDS(!insn_decode(exact, insn.length - 1u, (enum insn_mode)(data[0] % 3), &shorter));
    }
    free(exact);
    return 0;
}
