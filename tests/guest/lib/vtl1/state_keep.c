/* What VTL1 reads of itself and of VTL0 before a run, and puts back behind it: by the lists alone, not by what exists here. */
#include "fuzz.h"

#include <lib/string.h>

#define MAX_REGISTERS 512u
#define MAX_MSRS      128u
#define TARGETS       2u
#define PASSES        2u /* a register may be settable only when another is right again */

struct kept {
    uint16_t status;
    struct hv_register_value value;
};

static struct kept registers[TARGETS][MAX_REGISTERS];
static struct {
    uint32_t number;
    uint64_t value;
} msrs[MAX_MSRS];
static uint32_t msr_count;

/* VTL0 runs as well with any value of these: they stay for an entry now and then, so that the processor takes it. */
static const uint32_t lived_with[] = {
    HV_REGISTER_KERNEL_GS_BASE, HV_REGISTER_PAT, HV_REGISTER_SYSENTER_CS, HV_REGISTER_SYSENTER_EIP, HV_REGISTER_SYSENTER_ESP,
    HV_REGISTER_STAR, HV_REGISTER_LSTAR, HV_REGISTER_CSTAR, HV_REGISTER_SFMASK, HV_REGISTER_TSC_AUX,
};

/* VTL0 cannot run with any value of these, but fetch an instruction that it may not have. */
static const uint32_t disturbing[] = { HV_REGISTER_RFLAGS, HV_REGISTER_CR0, HV_REGISTER_CR4, HV_REGISTER_DR7 };
#define DISTURBANCES 6u
#define RFLAGS_IF    UINT64_C(0x200)
#define EXCEPTIONS_WITH_CODE UINT32_C(0x00227D00) /* 8, 10 to 14, 17, 21 */

/* Long enough for one element; on the stack of an area, so in one piece of physical memory. */
union register_call {
    struct {
        struct hv_input_vp_registers header;
        uint32_t name;
    } get;
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc element;
    } set;
    uint8_t bytes[64];
} __attribute__((aligned(64)));

static struct hv_input_vp_registers header(unsigned target)
{
    return (struct hv_input_vp_registers){
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF,
        .input_vtl = (uint8_t)(target == 0 ? HV_INPUT_VTL_USE_TARGET : 0),
    };
}

static struct kept get(unsigned target, uint32_t name)
{
    union register_call call = { .get = { header(target), name } };
    struct hv_register_value out __attribute__((aligned(16))) = { 0, 0 };
    uint64_t result = hypercall(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), address_of(&call), address_of(&out));

    return (struct kept){ HV_RESULT_STATUS(result), *(volatile struct hv_register_value *)&out };
}

static void put(unsigned target, uint32_t name, struct hv_register_value value)
{
    union register_call call = { .set = { header(target), { .name = name, .value = value } } };

    hypercall(HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), address_of(&call), 0);
}

static uint32_t known_registers(void)
{
    return fuzz_register_count < MAX_REGISTERS ? fuzz_register_count : MAX_REGISTERS;
}

/* The registers that this very code uses: the switch restores them. */
static bool is_in_use(uint32_t name)
{
    return (name >= HV_REGISTER_RAX && name <= HV_REGISTER_R15 && name != HV_REGISTER_RSP) || name >> 16 == 3;
}

static void keep_msr(uint32_t number)
{
    uint64_t value;

    if (!fuzz_msr_is_deadly(number, true) && msr_count < MAX_MSRS && try_read_msr(number, &value) == 0) {
        msrs[msr_count].number = number;
        msrs[msr_count++].value = value;
    }
}

/* Once: nothing but a run changes them. */
static void keep_msrs(void)
{
    if (msr_count != 0) {
        return;
    }
    for (uint32_t i = 0; i < fuzz_msr_count; i++) {
        keep_msr(fuzz_msrs[i]);
    }
}

void state_keep(void)
{
    keep_msrs();
    for (unsigned target = 0; target < TARGETS; target++) {
        for (uint32_t i = 0; i < known_registers(); i++) {
            registers[target][i] = get(target, fuzz_registers[i]);
        }
    }
}

static void put_back_msrs(void)
{
    for (uint32_t i = 0; i < msr_count; i++) {
        uint64_t now;

        if (try_read_msr(msrs[i].number, &now) == 0 && now != msrs[i].value) {
            try_write_msr(msrs[i].number, msrs[i].value);
        }
    }
}

static bool stays(struct fuzzer *fuzzer, uint32_t name)
{
    for (unsigned i = 0; i < sizeof(lived_with) / sizeof(lived_with[0]); i++) {
        if (lived_with[i] == name) {
            return fuzz_one_in(fuzzer, 2);
        }
    }
    return false;
}

/* What cannot be read is withdrawn by zero: a pending event. True: there was something to put back. */
static bool put_back(unsigned target, uint32_t i)
{
    const struct kept *kept = &registers[target][i];
    struct kept now;

    if (kept->status != HV_STATUS_SUCCESS) {
        put(target, fuzz_registers[i], (struct hv_register_value){ 0, 0 });
        return false;
    }
    now = get(target, fuzz_registers[i]);
    if (memcmp(&now.value, &kept->value, sizeof(now.value)) == 0) {
        return false;
    }
    put(target, fuzz_registers[i], kept->value);
    return true;
}

void state_put_back(struct fuzzer *fuzzer, bool everything)
{
    bool again = true;

    put_back_msrs();
    for (unsigned pass = 0; again && pass < PASSES; pass++) {
        again = false;
        for (uint32_t i = 0; i < known_registers() * TARGETS; i++) {
            uint32_t name = fuzz_registers[i / TARGETS];

            if (!is_in_use(name) && (everything || !stays(fuzzer, name))) {
                again = put_back(i % TARGETS, i / TARGETS) || again;
            }
        }
    }
}

static void put_any(struct fuzzer *fuzzer, uint32_t name)
{
    struct hv_register_value value = { .low = fuzz_register_value(fuzzer, name) };

    /* An interrupt would be delivered with what VTL0's handlers do not expect. */
    value.low &= name == HV_REGISTER_RFLAGS ? ~RFLAGS_IF : UINT64_MAX;
    put(0, name, value);
}

void state_disturb(struct fuzzer *fuzzer, uint64_t rip)
{
    put(0, HV_REGISTER_RFLAGS, (struct hv_register_value){ .low = 2 });
    for (unsigned n = 0; n < DISTURBANCES; n++) {
        put_any(fuzzer, disturbing[fuzz_below(fuzzer, sizeof(disturbing) / sizeof(disturbing[0]))]);
        put_any(fuzzer, lived_with[fuzz_below(fuzzer, sizeof(lived_with) / sizeof(lived_with[0]))]);
    }
    put(0, HV_REGISTER_RIP, (struct hv_register_value){ .low = rip });
}

void state_event(struct fuzzer *fuzzer)
{
    uint64_t vector = fuzz_below(fuzzer, 33), code = fuzz_one_in(fuzzer, 2) ? fuzz_value(fuzzer) : fuzz_below(fuzzer, 0x10000);
    uint64_t delivers = fuzz_one_in(fuzzer, 4) ? fuzz_below(fuzzer, 2) : EXCEPTIONS_WITH_CODE >> (vector % 32) & 1;

    put(0, HV_REGISTER_PENDING_EVENT0, (struct hv_register_value){
        .low = HV_PENDING_EVENT_PENDING | vector << 16 | (delivers != 0 ? HV_PENDING_EVENT_DELIVER_ERROR_CODE | code << 32 : 0),
        .high = fuzz_value(fuzzer),
    });
}

uint64_t state_value_near(struct fuzzer *fuzzer, uint32_t name)
{
    for (uint32_t i = 0; i < known_registers(); i++) {
        if (fuzz_registers[i] == name) {
            uint64_t value = registers[0][i].value.low;

            return fuzz_one_in(fuzzer, 4) ? value : value ^ UINT64_C(1) << fuzz_below(fuzzer, 64);
        }
    }
    return fuzz_value(fuzzer);
}
