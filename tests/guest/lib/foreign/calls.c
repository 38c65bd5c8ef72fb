#include "foreign.h"

#include <lib/string.h>

#define REPS(n)      ((uint64_t)(n) << 32)
#define REP_START(n) ((uint64_t)(n) << 48)
#define FAST         (UINT64_C(1) << 16)
#define PAGES_A_CALL 510u

uint64_t call_page(const struct caller *caller, uint64_t control, uint64_t rdx, uint64_t r8)
{
    uint64_t result;

    __asm__ volatile("movq %[output], %%r8\n\tcall *%[page]"
                     : "=a"(result), "+c"(control), "+d"(rdx)
                     : [page] "r"(caller->page), [output] "r"(r8)
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    return result;
}

uint16_t call_memory(const struct caller *caller, uint64_t control)
{
    return (uint16_t)call_page(caller, control, (uint64_t)(uintptr_t)caller->input, (uint64_t)(uintptr_t)caller->output);
}

static void put_header(uint8_t *input, uint32_t vp, uint8_t input_vtl)
{
    put_quad(input, 0, PARTITION);
    put_quad(input, 8, vp | (uint64_t)input_vtl << 32);
}

uint16_t get_vp_registers(const struct caller *caller, uint8_t input_vtl, const uint32_t *names, uint32_t count, uint64_t *values)
{
    uint16_t status;

    put_header(caller->input, SELF, input_vtl);
    memcpy(caller->input + 16, names, count * sizeof(*names));
    memset(caller->output, 0, count * 16);
    status = call_memory(caller, 0x50 | REPS(count));
    for (uint32_t i = 0; i < count; i++) {
        values[i] = quad_at(caller->output, i * 16);
    }
    return status;
}

uint16_t get_vp_register(const struct caller *caller, uint32_t vp, uint8_t input_vtl, uint32_t name, uint64_t *value)
{
    uint16_t status;

    put_header(caller->input, vp, input_vtl);
    put_word(caller->input, 16, name);
    put_quad(caller->output, 0, 0);
    status = call_memory(caller, 0x50 | REPS(1));
    *value = quad_at(caller->output, 0);
    return status;
}

uint16_t set_vp_register(const struct caller *caller, uint32_t vp, uint8_t input_vtl, uint32_t name, uint64_t value)
{
    memset(caller->input, 0, 48);
    put_header(caller->input, vp, input_vtl);
    put_word(caller->input, 16, name);
    put_quad(caller->input, 32, value);
    return call_memory(caller, 0x51 | REPS(1));
}

uint16_t enable_partition_vtl(const struct caller *caller, uint64_t partition, uint8_t vtl, uint8_t flags, bool fast)
{
    uint64_t second = vtl | (uint64_t)flags << 8;

    if (fast) {
        return (uint16_t)call_page(caller, 0x0D | FAST, partition, second);
    }
    put_quad(caller->input, 0, partition);
    put_quad(caller->input, 8, second);
    return call_memory(caller, 0x0D);
}

uint16_t enable_vp_vtl(const struct caller *caller, uint64_t partition, uint32_t vp, uint8_t vtl,
                       const struct hv_initial_vp_context *context)
{
    put_quad(caller->input, 0, partition);
    put_quad(caller->input, 8, vp | (uint64_t)vtl << 32);
    memcpy(caller->input + 16, context, sizeof(*context));
    return call_memory(caller, 0x0F);
}

/* A client that sees fewer reps done than asked for, and success, goes on behind them. */
static uint16_t modify_list(const struct caller *caller, uint64_t count)
{
    uint64_t done = 0, result;

    do {
        result = call_page(caller, 0x0C | REPS(count) | REP_START(done), (uint64_t)(uintptr_t)caller->input, 0);
        done = result >> 32 & 0xFFF;
    } while ((uint16_t)result == 0 && done < count);
    return (uint16_t)result;
}

uint16_t modify_protection(const struct caller *caller, uint8_t input_vtl, uint32_t flags, uint64_t first, uint64_t count)
{
    uint16_t status = 0;

    while (count > 0 && status == 0) {
        uint64_t now = count < PAGES_A_CALL ? count : PAGES_A_CALL;

        put_quad(caller->input, 0, PARTITION);
        put_quad(caller->input, 8, flags | (uint64_t)input_vtl << 32);
        for (uint64_t i = 0; i < now; i++) {
            put_quad(caller->input, 16 + 8 * i, first + i);
        }
        status = modify_list(caller, now);
        first += now;
        count -= now;
    }
    return status;
}
