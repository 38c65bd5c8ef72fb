#include <hv/apic.h>

#include <hv/apic_timer.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>

/* xAPIC registers (APM vol. 2, "Advanced Programmable Interrupt Controller"). */
enum {
    APIC_ID = 0x20, APIC_TPR = 0x80, APIC_EOI = 0xB0, APIC_LDR = 0xD0, APIC_DFR = 0xE0, APIC_SVR = 0xF0, APIC_ESR = 0x280,
    APIC_TIMER_COUNT = 0x380, APIC_TIMER_DIVIDE = 0x3E0, APIC_ICR_LOW = 0x300, APIC_ICR_HIGH = 0x310,
    APIC_ISR = 0x100, APIC_LVT_CMCI = 0x2F0, APIC_LVT_TIMER = 0x320, APIC_LVT_LINT0 = 0x350, APIC_LVT_ERROR = 0x370,
};

#define LVT_MASKED       (1u << 16)
#define SVR_ENABLED      (1u << 8)
#define VECTOR_WORDS     8u /* registers of 32 vectors each */

#define ICR_MODE(v)      ((v) >> 8 & 7u)
#define ICR_LOGICAL      (1u << 11)
#define ICR_BUSY         (1u << 12)
#define ICR_ASSERT       (1u << 14)
#define ICR_LEVEL        (1u << 15)
#define ICR_SHORTHAND(v) ((v) >> 18 & 3u)

enum icr_mode { MODE_FIXED = 0, MODE_LOWEST = 1, MODE_SMI = 2, MODE_NMI = 4, MODE_INIT = 5, MODE_STARTUP = 6, MODE_EXTINT = 7 };
enum icr_shorthand { TO_DESTINATION = 0, TO_SELF = 1, TO_ALL = 2, TO_OTHERS = 3 };

static volatile uint32_t *apic_register(uint32_t offset)
{
    return (volatile uint32_t *)(HV_VA_APIC + offset);
}

uint32_t apic_read(uint32_t offset)
{
    return *apic_register(offset);
}

/* SDM vol. 3A, "Spurious Interrupt"; the in-service bits stand 32 to a register. */
bool apic_is_spurious(uint8_t vector)
{
    return vector == (apic_read(APIC_SVR) & 0xFF) && (apic_read(APIC_ISR + vector / 32 * 0x10) >> vector % 32 & 1) == 0;
}

void apic_put(uint32_t offset, uint32_t value)
{
    *apic_register(offset) = value;
}

void apic_init(struct cpu *cpu)
{
    cpu->icr_high = apic_read(APIC_ICR_HIGH);
    atomic_store(&cpu->public.ldr, apic_read(APIC_LDR));
    atomic_store(&cpu->public.dfr, apic_read(APIC_DFR));
}

static void wait_idle(void)
{
    while ((apic_read(APIC_ICR_LOW) & ICR_BUSY) != 0) {
        __builtin_ia32_pause();
    }
}

static void send(struct cpu *self, uint32_t apic_id, uint32_t low)
{
    wait_idle();
    *apic_register(APIC_ICR_HIGH) = apic_id << 24;
    *apic_register(APIC_ICR_LOW) = low | ICR_ASSERT;
    wait_idle();
    *apic_register(APIC_ICR_HIGH) = self->icr_high;
}

void apic_send_nmi(struct cpu *self, uint32_t apic_id) { send(self, apic_id, MODE_NMI << 8); }
void apic_send_fixed(struct cpu *self, uint32_t apic_id, uint8_t vector) { send(self, apic_id, MODE_FIXED << 8 | vector); }

/* Vectors below 16 no APIC delivers. The shorthand leaves ICR2 alone. */
void apic_send_self(uint8_t vector)
{
    wait_idle();
    if (vector >= 16) {
        *apic_register(APIC_ICR_LOW) = (uint32_t)TO_SELF << 18 | ICR_ASSERT | vector;
    }
}

/* APM vol. 2, "Logical Destination Mode": flat and cluster model. */
bool apic_matches_logical(uint32_t ldr, uint32_t dfr, uint8_t destination)
{
    uint8_t id = (uint8_t)(ldr >> 24);

    if (dfr >> 28 == 0xF) {
        return (id & destination) != 0;
    }
    return (id >> 4 == destination >> 4 || destination >> 4 == 0xF) && (id & destination & 0xF) != 0;
}

static bool is_destination(const struct cpu *self, const struct cpu *target, uint32_t icr)
{
    uint8_t destination = (uint8_t)(self->icr_high >> 24);

    switch (ICR_SHORTHAND(icr)) {
    case TO_SELF: return target == self;
    case TO_ALL: return true;
    case TO_OTHERS: return target != self;
    default: break;
    }
    if ((icr & ICR_LOGICAL) != 0) {
        return apic_matches_logical(atomic_load(&target->public.ldr), atomic_load(&target->public.dfr), destination);
    }
    return destination == 0xFF || destination == target->public.apic_id;
}

static void request_all(struct cpu *self, uint32_t icr, uint32_t request)
{
    if (request != REQUEST_NMI && partition_denies_startup()) {
        return;
    }
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        if (cpus[i] == NULL || !is_destination(self, cpus[i], icr)) {
            continue;
        }
        if (request == REQUEST_INIT) {
            atomic_fetch_and(&cpus[i]->public.requests, ~REQUEST_SIPI); /* a start-up that came before it is void */
        } else if (request == REQUEST_SIPI) {
            atomic_store(&cpus[i]->public.sipi_vector, icr & 0xFF);
        }
        cpu_request(cpus[i], request);
    }
}

static void send_as_written(struct cpu *self, uint32_t value)
{
    *apic_register(APIC_ICR_HIGH) = self->icr_high;
    *apic_register(APIC_ICR_LOW) = value;
}

/* INIT, SIPI and NMI never reach the hardware; SMI, ExtINT and reserved modes reach nobody. */
static void write_icr(struct cpu *self, uint32_t value)
{
    if (mutant_is(MUTANT_ICR_OPEN) && atomic_load(&partition.vtl1_on_any_vp)) { /* the loader starts processors before */
        send_as_written(self, value);
        return;
    }
    switch (ICR_MODE(value)) {
    case MODE_FIXED:
    case MODE_LOWEST:
        send_as_written(self, value);
        break;
    case MODE_NMI:
        request_all(self, value, REQUEST_NMI);
        break;
    case MODE_INIT:
        /* The level de-assert form only synchronises arbitration ids of old bus APICs. */
        if ((value & (ICR_LEVEL | ICR_ASSERT)) != ICR_LEVEL) {
            request_all(self, value, REQUEST_INIT);
        }
        break;
    case MODE_STARTUP:
        request_all(self, value, REQUEST_SIPI);
        break;
    default:
        break;
    }
}

/*
 * A local source may raise interrupts, NMI or, LINT0 alone, ExtINT: no priority
 * holds that off while VTL1 runs, but a mask at LINT0 does. With SMI or INIT it
 * stays masked.
 */
static uint32_t filter_lvt(uint32_t offset, uint32_t value)
{
    uint32_t mode = ICR_MODE(value);
    bool harmless = mode == MODE_FIXED || mode == MODE_NMI || (mode == MODE_EXTINT && offset == APIC_LVT_LINT0);

    return harmless || mutant_is(MUTANT_LVT_OPEN) ? value : value | LVT_MASKED;
}

static bool is_lvt(uint32_t offset)
{
    return offset == APIC_LVT_CMCI || (offset >= APIC_LVT_TIMER && offset <= APIC_LVT_ERROR);
}

/*
 * What a write of VTL0 reaches. The rest is read-only, reserved or an extended
 * interrupt source; at offset 0 QEMU takes a store for an MSI of any mode.
 */
static bool is_plain(uint32_t offset)
{
    static const uint32_t plain[] = {
        APIC_TPR, APIC_EOI, APIC_LDR, APIC_DFR, APIC_SVR, APIC_ESR, APIC_TIMER_COUNT, APIC_TIMER_DIVIDE,
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (plain[i] == offset) {
            return true;
        }
    }
    return false;
}

bool apic_write(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    if (apic_timer_write(cpu, offset, value)) {
        return true;
    }
    switch (offset) {
    case APIC_ID:
        if (mutant_is(MUTANT_APIC_ID_OPEN)) {
            *apic_register(offset) = value;
        }
        return true; /* ids are fixed: the hypervisor finds processors by them */
    case APIC_ICR_LOW:
        write_icr(cpu, value);
        return true;
    case APIC_ICR_HIGH:
        cpu->icr_high = value & 0xFF000000u;
        *apic_register(offset) = cpu->icr_high;
        return true;
    case APIC_LDR:
        atomic_store(&cpu->public.ldr, value);
        break;
    case APIC_DFR:
        atomic_store(&cpu->public.dfr, value);
        break;
    default:
        break;
    }
    if (is_lvt(offset)) {
        *apic_register(offset) = filter_lvt(offset, value);
    } else if (is_plain(offset)) {
        *apic_register(offset) = value;
    }
    if (offset == APIC_SVR) {
        apic_timer_refresh(cpu, (value & SVR_ENABLED) != 0);
    }
    return true;
}

uint32_t apic_vtl0_read(struct cpu *cpu, uint32_t offset)
{
    uint32_t value;

    return apic_timer_read(cpu, offset, &value) ? value : apic_read(offset);
}

static bool anything_in_service(void)
{
    uint32_t bits = 0;

    for (uint32_t n = 0; n < VECTOR_WORDS; n++) {
        bits |= apic_read(APIC_ISR + n * 0x10);
    }
    return bits != 0;
}

/* INIT clears the in-service bits; for software each costs an EOI. What is left unended would block its class for ever. */
static void end_all(void)
{
    for (unsigned vector = 0; vector < VECTOR_WORDS * 32 && anything_in_service(); vector++) {
        *apic_register(APIC_EOI) = 0;
    }
}

/* APM vol. 2, "Local APIC State after Initialization": what the processor's own INIT would have done. */
void apic_reset(struct cpu *cpu)
{
    static const uint32_t zeroed[] = { APIC_TPR, APIC_LDR, APIC_TIMER_COUNT, APIC_TIMER_DIVIDE, APIC_ICR_HIGH };

    end_all();
    for (uint32_t offset = APIC_LVT_TIMER; offset <= APIC_LVT_ERROR; offset += 0x10) {
        *apic_register(offset) = LVT_MASKED;
    }
    for (size_t i = 0; i < sizeof(zeroed) / sizeof(zeroed[0]); i++) {
        *apic_register(zeroed[i]) = 0;
    }
    *apic_register(APIC_DFR) = UINT32_MAX;
    *apic_register(APIC_SVR) = 0xFF;
    cpu->icr_high = 0;
    atomic_store(&cpu->public.ldr, 0);
    atomic_store(&cpu->public.dfr, UINT32_MAX);
    apic_timer_reset(cpu);
}
