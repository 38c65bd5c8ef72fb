/* The commands of guest/commands.h. */
#include <guest/x86.h>

#include "cpu.h"
#include "fuzz.h"
#include "intercept.h"
#include "vectors.h"

#define STAY_CYCLES (UINT64_C(10) << 30) /* some seconds: a test that hangs must end by itself */

static uint32_t staying, let_go, spinning;

static uint64_t read_guarded(struct vtl_registers *registers)
{
    uint64_t value = 0;

    registers->r9 = try_read_msr((uint32_t)registers->r8, &value);
    return value;
}

static uint64_t turn(struct vtl_registers *registers)
{
    uint64_t *each = &registers->cr2;

    for (unsigned i = SEEN_CR2; i <= SEEN_RBX; i++) {
        each[i] = ~each[i];
    }
    write_dr0(~read_dr0());
    write_dr1(~read_dr1());
    write_dr2(~read_dr2());
    write_dr3(~read_dr3());
    complement_xmm();
    return 0;
}

static uint64_t message_word(const struct cpu *cpu, uint64_t n)
{
    const struct hv_message *message = n < 32 ? &cpu->last : &cpu->slots[(n / 32 - 1) % 16];

    return ((const uint64_t *)message)[n % 32];
}

static uint64_t switch_raw(struct vtl_registers *registers)
{
    uint64_t fault = try_vmmcall(registers->r8, registers->r9);

    registers->r9 = fault != 0; /* the exception table knows only the VMMCALL's own address */
    return fault;
}

static uint64_t stay(void)
{
    uint64_t end = read_tsc() + STAY_CYCLES;
    bool done = false;

    __atomic_store_n(&staying, 1, __ATOMIC_SEQ_CST);
    while (!done && read_tsc() < end) {
        done = __atomic_exchange_n(&let_go, 0, __ATOMIC_SEQ_CST) != 0;
        pause();
    }
    __atomic_store_n(&staying, 0, __ATOMIC_SEQ_CST);
    return done;
}

static uint64_t spin(uint64_t rounds, bool open)
{
    uint64_t done = 0;

    __atomic_store_n(&spinning, 1, __ATOMIC_SEQ_CST);
    if (open) {
        __asm__ volatile("sti" : : : "memory");
    }
    while (done < rounds) {
        done++;
        pause();
    }
    __asm__ volatile("cli" : : : "memory");
    __atomic_store_n(&spinning, 0, __ATOMIC_SEQ_CST);
    return done;
}

static uint64_t let_others_go(void)
{
    __atomic_store_n(&let_go, 1, __ATOMIC_SEQ_CST);
    return 1;
}

static uint64_t set_policy(struct cpu *cpu, uint64_t policy)
{
    cpu->policy = (uint32_t)policy;
    cpu->last = (struct hv_message){ 0 };
    return 0;
}

static uint64_t release_sint(struct cpu *cpu, uint64_t n)
{
    volatile struct hv_message *slot = &cpu->slots[n % 16];
    uint64_t flags = slot->flags;

    slot->flags = 0;
    slot->type = HV_MESSAGE_NONE;
    write_msr(HV_MSR_EOM, 0);
    return flags;
}

static uint64_t wait_ticks(const volatile struct cpu *cpu, uint64_t at_least, uint64_t limit)
{
    uint64_t end = read_msr(HV_MSR_TIME_REF_COUNT) + limit;

    while (cpu->ticks < at_least && read_msr(HV_MSR_TIME_REF_COUNT) < end) {
        __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
    }
    return cpu->ticks;
}

static uint64_t memory_command(struct cpu *cpu, struct vtl_registers *r)
{
    uint64_t scratch = address_of(cpu->scratch);

    switch (r->rdx) {
    case COMMAND_BOOT_BLOCK: return r->r8 < sizeof(boot_block) / 8 ? ((uint64_t *)&boot_block)[r->r8] : 0;
    case COMMAND_POKE: cpu->scratch[r->r8 % SCRATCH_WORDS] = r->r9; return 0;
    case COMMAND_PEEK: return cpu->scratch[r->r8 % SCRATCH_WORDS];
    case COMMAND_HYPERCALL: return hypercall(r->r8, scratch + r->r9, scratch + r->r10);
    case COMMAND_HYPERCALL_RAW: return hypercall(r->r8, r->r9, r->r10);
    case COMMAND_PROTECT: return protect((uint32_t)r->r8, r->r9, r->r10);
    case COMMAND_VECTORS: return vectors_taken(r->r8, r->r9);
    case COMMAND_VECTOR_RESET: return vectors_reset(cpu);
    case COMMAND_OPEN: return open_interrupts();
    case COMMAND_VINA: return vina_status(cpu, r->r8);
    case COMMAND_REGISTER_OF: return get_register_of((uint32_t)r->r8, (uint32_t)r->r9, &r->r9);
    case COMMAND_HOLD_FLUSHES: return flushes_hold(r->r8, r->r9, r->r10, &r->r9);
    case COMMAND_FLUSH_STEP: return flushes_step(r->r8);
    case COMMAND_SET_REGISTER: return set_register((uint8_t)r->r10, (uint32_t)r->r8, r->r9);
    case COMMAND_ENABLE_VP: return enable_vp((uint32_t)r->r8, (uint32_t)r->r9, (uint8_t)r->r10);
    default: return UINT64_MAX;
    }
}

static uint64_t read_register(struct vtl_registers *r)
{
    uint64_t value = 0;

    r->r9 = get_register((uint8_t)r->r9, (uint32_t)r->r8, &value);
    return value;
}

static uint64_t processor_command(struct cpu *cpu, struct vtl_registers *r)
{
    switch (r->rdx) {
    case COMMAND_READ_MSR: return read_guarded(r);
    case COMMAND_WRITE_MSR: r->r9 = try_write_msr((uint32_t)r->r8, r->r9); return 0;
    case COMMAND_GET_REGISTER: return read_register(r);
    case COMMAND_READ_STATE: return state_read(r->r8);
    case COMMAND_WRITE_STATE: state_write(r->r8, r->r9); return 0;
    case COMMAND_SEEN: return r->r8 < SEEN_COUNT ? cpu->seen_before[r->r8] : 0;
    case COMMAND_TURN: return turn(r);
    case COMMAND_APIC_PAGE: return apic_page(r->r8, r->r9, r->r10, &r->r9);
    case COMMAND_TURN_EXTENDED: return extended_turn_at(cpu, r->r8, r->r9);
    case COMMAND_RETURN_STYLE: cpu->return_style = (uint32_t)r->r8; return 0;
    case COMMAND_SWITCH_RAW: return switch_raw(r);
    case COMMAND_RELEASE_SINT: return release_sint(cpu, r->r8);
    case COMMAND_TICKS: return address_of(&cpu->ticks);
    case COMMAND_WAIT_TICKS: return wait_ticks(cpu, r->r8, r->r9);
    case COMMAND_STAY: return stay();
    case COMMAND_SPIN: return spin(r->r8, r->r9 != 0);
    case COMMAND_SPINNING: return __atomic_load_n(&spinning, __ATOMIC_SEQ_CST);
    case COMMAND_LET_GO: return let_others_go();
    case COMMAND_STAYING: return __atomic_load_n(&staying, __ATOMIC_SEQ_CST);
    default: return memory_command(cpu, r);
    }
}

uint64_t command_run(struct cpu *cpu, struct vtl_registers *r)
{
    uint64_t answer;

    if (fuzz_command(cpu, r, &answer)) {
        return answer;
    }
    switch (r->rdx) {
    case COMMAND_PING: return GUEST_PING + cpu->index;
    case COMMAND_POLICY: return set_policy(cpu, r->r8);
    case COMMAND_MESSAGE: return message_word(cpu, r->r8);
    case COMMAND_RELEASE_SLOT: return intercept_release(cpu);
    case COMMAND_COUNT: return r->r8 <= COUNT_REFUSED ? cpu->counts[r->r8] : 0;
    default: return processor_command(cpu, r);
    }
}
