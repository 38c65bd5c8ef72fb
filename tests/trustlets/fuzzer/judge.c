#include "judge.h"

#include <stddef.h>

#include <ium/text.h>

#include <abi/ium.h>

#include "call.h"
#include "chance.h"
#include "pads.h"

#define REACH      96u  /* bytes around each argument that are looked at after each call */
#define SWEEP      64u  /* calls after which all pads are */
#define HASH_PRIME UINT64_C(0x100000001B3)

/* Flags ring 3 may set and keep: status, DF, AC, ID (abi: an interrupted thread finds every register as it was). */
#define KEPT_FLAGS  UINT64_C(0x240CD5)
#define NESTED_TASK UINT64_C(0x4000) /* ring 3 may set it; it is lost on the way, and earlier if an interrupt comes */
#define FIXED_FLAGS UINT64_C(0x202)  /* bit 1, and IF: ring 3 can be interrupted */

static const uint8_t identity[16] = FUZZER_IDENTITY;

static void fill_registers(struct chance *chance, const struct attempt *attempt, struct registers *registers)
{
    uint64_t *words = (uint64_t *)registers;

    for (unsigned i = 0; i < sizeof(*registers) / sizeof(*words); i++) {
        words[i] = chance_word(chance);
    }
    registers->rax = attempt->number;
    registers->rdi = attempt->arguments[0];
    registers->rsi = attempt->arguments[1];
    registers->rdx = attempt->arguments[2];
    registers->flags = (chance_next(chance) & (KEPT_FLAGS | NESTED_TASK)) | FIXED_FLAGS;
}

/* All but the result, and what SYSCALL itself takes: RCX for the return address, R11 for the flags. */
static bool registers_kept(const struct registers *before, const struct registers *after)
{
    struct registers wanted = *before;

    wanted.rax = after->rax;
    wanted.rcx = (uint64_t)call_behind;
    wanted.flags = (before->flags & KEPT_FLAGS) | FIXED_FLAGS;
    wanted.r11 = wanted.flags | (after->r11 & before->flags & NESTED_TASK);
    return memcmp(&wanted, after, sizeof(wanted)) == 0;
}

static struct range header_of(const struct attempt *attempt)
{
    return (struct range){ attempt->arguments[0] + model_header_offset(attempt->number), model_header_size(attempt->number) };
}

static void put_header(const struct world *world, const struct attempt *attempt)
{
    struct range header = header_of(attempt);

    if (header.size != 0 && model_in_pad(world, header.base, header.size)) {
        memcpy((void *)header.base, attempt->header, header.size);
    }
}

/* What a question reads, a call must not change. */
static bool take_header(const struct world *world, const struct attempt *attempt)
{
    struct range header = header_of(attempt);
    bool good = true;

    if (header.size != 0 && model_in_pad(world, header.base, header.size)) {
        good = memcmp((const void *)header.base, attempt->header, header.size) == 0;
        pads_repair(world, header);
    }
    return good;
}

static bool identity_right(uint64_t address)
{
    struct ium_identity got;

    memcpy(&got, (const void *)address, sizeof(got));
    return memcmp(got.identity, identity, sizeof(identity)) == 0 && got.security_version == FUZZER_VERSION && got.reserved == 0;
}

/* The machines that the fuzzer runs on have no TPM, so all of it is zero. */
static bool platform_right(uint64_t address)
{
    static const struct ium_platform none = { .root = IUM_ROOT_RANDOM };

    return memcmp((const void *)address, &none, sizeof(none)) == 0;
}

/* Nobody sets anything, and the machine has no TPM. */
static bool freshness_right(uint64_t address)
{
    struct ium_freshness got, wanted = { .state = IUM_FRESHNESS_NONE };

    memcpy(&got, (const void *)address, sizeof(got));
    wanted.clock = got.clock;
    return memcmp(&got, &wanted, sizeof(got)) == 0;
}

/* VTL0's answer is what VTL0 likes, but of the form that abi/normal_call.h says. *written: the reply's bytes. */
static bool answer_right(uint64_t address, struct range *written)
{
    struct ium_normal_call *call = (struct ium_normal_call *)address;
    bool good = call->status < NORMAL_STATUS_COUNT && call->reply_size <= written->size &&
                (call->status == NORMAL_STATUS_SUCCESS || call->reply_size == 0);

    written->size = call->reply_size <= written->size ? call->reply_size : 0;
    return good;
}

/* Is what a call wrote what it should? Leaves the pattern where the call was allowed to write, so that any other change shows. */
static bool take_output(const struct world *world, const struct attempt *attempt, struct verdict *verdict)
{
    bool good = true;

    if (verdict->writes[0].size != 0 && attempt->number == IUM_SYSCALL_GET_IDENTITY) {
        good = identity_right(attempt->arguments[0]);
    } else if (verdict->writes[0].size != 0 && attempt->number == IUM_SYSCALL_GET_PLATFORM) {
        good = platform_right(attempt->arguments[0]);
    } else if (verdict->writes[0].size != 0 && attempt->number == IUM_SYSCALL_GET_FRESHNESS) {
        good = freshness_right(attempt->arguments[0]);
    } else if (verdict->writes[0].size != 0 && attempt->number == IUM_SYSCALL_NORMAL_CALL) {
        good = answer_right(attempt->arguments[0], &verdict->writes[1]);
    } else if (verdict->writes[0].size != 0) {
        good = !pads_intact_around(world, attempt->arguments[2] + IUM_KEY_SIZE / 2, IUM_KEY_SIZE / 2); /* a key was written */
    }
    pads_repair(world, verdict->writes[0]);
    pads_repair(world, verdict->writes[1]);
    return take_header(world, attempt) && good;
}

static bool memory_kept(const struct world *world, const struct attempt *attempt, bool all)
{
    bool good = true;

    for (unsigned i = 0; i < 3; i++) {
        good = pads_intact_around(world, attempt->arguments[i], REACH) && good;
    }
    return (!all || pads_intact(world)) && good;
}

/* Wrong on purpose: each of these has to be found. */
static void spoil(const struct world *world, uint32_t how, const struct verdict *verdict)
{
    struct range written = verdict->writes[0];

    switch (how) {
    case FUZZER_OTHER_STATUS:
        call_registers.rax = call_registers.rax == 0 ? (uint64_t)IUM_BAD_ADDRESS : 0;
        break;
    case FUZZER_OTHER_REGISTER:
        call_registers.r12 = UINT64_C(0xFFFF900000001000);
        break;
    case FUZZER_OTHER_FLAGS:
        call_registers.flags ^= 1;
        break;
    case FUZZER_BYTE_BEHIND:
        *(uint8_t *)(written.base + written.size) ^= 1;
        break;
    case FUZZER_BYTE_FAR:
        *(uint8_t *)world->places[PLACE_DATA].pad ^= 1;
        break;
    default:
        break;
    }
}

/* Once, in the run's second half, where there is something to spoil. */
static bool to_be_spoiled(const struct fuzzer_run *run, uint32_t index, const struct world *world, const struct verdict *verdict)
{
    struct range written = verdict->writes[0];

    if (run->sabotage == FUZZER_OTHER_STATUS) {
        return index >= run->calls / 2 && verdict->status == IUM_UNKNOWN_SYSCALL;
    }
    if (run->sabotage == FUZZER_BYTE_BEHIND) {
        return index >= run->calls / 2 && written.size != 0 && verdict->writes[1].size == 0 &&
               model_in_pad(world, written.base, written.size + 1);
    }
    return index >= run->calls / 2;
}

static void note(struct fuzzer_report *report, uint64_t index, const struct attempt *attempt, int64_t got, int64_t wanted)
{
    if (report->wrong_statuses + report->wrong_registers + report->wrong_memory == 1) {
        report->first = (struct fuzzer_finding){ .index = index, .number = attempt->number, .got = got, .wanted = wanted };
        memcpy(report->first.arguments, attempt->arguments, sizeof(attempt->arguments));
    }
}

static void count(struct fuzzer_report *report, const struct attempt *attempt, int64_t status)
{
    report->hash = (report->hash ^ (attempt->number << 8 ^ (uint64_t)status)) * HASH_PRIME;
    report->in_table += attempt->number < IUM_SYSCALL_COUNT;
    if (status <= 0 && status > -(int64_t)FUZZER_STATUSES) {
        report->by_status[-status]++;
    }
}

/* What is right whatever it is counts as a success. */
static int64_t result(const struct verdict *verdict)
{
    int64_t status = (int64_t)call_registers.rax;

    return verdict->any && status >= 0 ? verdict->status : status;
}

static void compare(const struct world *world, const struct attempt *attempt, struct verdict *verdict, const struct registers *before,
                    uint32_t index, struct fuzzer_report *report)
{
    int64_t status = result(verdict);
    bool output = status != verdict->status || take_output(world, attempt, verdict);
    bool memory = memory_kept(world, attempt, index % SWEEP == SWEEP - 1) && output;
    bool registers = registers_kept(before, &call_registers);

    count(report, attempt, status);
    report->wrong_statuses += status != verdict->status;
    report->wrong_registers += !registers;
    report->wrong_memory += !memory;
    if (status != verdict->status || !registers || !memory) {
        note(report, index, attempt, status, verdict->status);
        pads_fill(world); /* each finding counts once */
    }
}

void judge_run(struct world *world, const struct fuzzer_run *run, struct fuzzer_report *report)
{
    struct chance chance = chance_from(run->seed);
    uint32_t sabotage = run->sabotage;

    *report = (struct fuzzer_report){ 0 };
    pads_fill(world);
    for (uint32_t i = 0; i < run->calls; i++) {
        struct attempt attempt = chance_attempt(&chance, world);
        struct verdict verdict = model_judge(world, &attempt);
        struct registers before;

        put_header(world, &attempt);
        fill_registers(&chance, &attempt, &before);
        call_registers = before;
        call_make();
        if (sabotage != FUZZER_HONEST && to_be_spoiled(run, i, world, &verdict)) {
            spoil(world, sabotage, &verdict);
            sabotage = FUZZER_HONEST;
        }
        compare(world, &attempt, &verdict, &before, i, report);
        if (result(&verdict) == IUM_SUCCESS) {
            model_succeeded(world, &attempt);
        }
    }
}
