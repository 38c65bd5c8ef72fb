#define _GNU_SOURCE
#include "vtl1-tis-model.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cmocka.h>

#include <lib/tis.h>

#define PAGE          4096u
#define FAULT_WRITE   0x2  /* of the page fault's error code */
#define TRAP_FLAG     0x100
#define VALID         0x80u
#define COMMAND_READY 0x40u
#define GO            0x20u
#define DATA          0x10u
#define EXPECT        0x08u

struct model_tis model;

static uint8_t *page;
static size_t at;       /* offset of the access that is under way */
static bool is_write;

static uint32_t command_wants(void)
{
    return model.command_size < 6 ? 6 : (uint32_t)model.command[4] << 8 | model.command[5];
}

static uint32_t status(void)
{
    uint32_t sts = VALID | model.burst << 8;

    switch (model.step) {
    case MODEL_READY:
        return sts | COMMAND_READY;
    case MODEL_COMMAND:
        return sts | (model.command_size < command_wants() ? EXPECT : 0);
    case MODEL_ANSWERING:
        return sts | (model.read < model.answer_size || model.endless ? DATA : 0);
    default:
        return sts;
    }
}

static uint8_t next_byte(void)
{
    size_t n = model.read++;

    return n < model.answer_size ? model.answer[n] : 0xDD;
}

static void give(void)
{
    uint32_t sts = status();

    if (at == TIS_ACCESS) {
        page[at] = model.absent ? 0xFF : model.locality ? 0xA0 : 0x80;
    } else if (at == TIS_STS) {
        memcpy(page + at, &sts, sizeof(sts));
    } else if (at == TIS_FIFO) {
        page[at] = next_byte();
    }
}

static void take_status(uint32_t bits)
{
    if ((bits & COMMAND_READY) != 0) {
        model.ends += model.step != MODEL_IDLE;
        model.step = model.step == MODEL_IDLE ? MODEL_READY : MODEL_IDLE;
    } else if ((bits & GO) != 0) {
        model.step = MODEL_ANSWERING;
    }
}

static void take(void)
{
    uint32_t sts;

    if (at == TIS_ACCESS) {
        model.locality = page[at] == 0x02;
    } else if (at == TIS_STS) {
        memcpy(&sts, page + at, sizeof(sts));
        take_status(sts);
    } else if (at == TIS_FIFO && model.command_size < MODEL_MOST) {
        model.step = MODEL_COMMAND;
        model.command[model.command_size++] = page[at];
    }
}

/* Before the access: the page opens for this one instruction. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    uintptr_t offset = (uintptr_t)info->si_addr - (uintptr_t)page;

    if (offset >= PAGE) { /* not ours: as without us */
        sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
        return;
    }
    at = offset;
    is_write = (registers[REG_ERR] & FAULT_WRITE) != 0;
    mprotect(page, PAGE, PROT_READ | PROT_WRITE);
    if (!is_write) {
        give();
    }
    registers[REG_EFL] |= TRAP_FLAG;
}

/* Behind it. */
static void on_step(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    if (is_write) {
        take();
    }
    mprotect(page, PAGE, PROT_NONE);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
}

volatile uint8_t *model_registers(void)
{
    if (page == NULL) {
        page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(page, MAP_FAILED);
    }
    /* Each time: cmocka has a handler of its own for each test. */
    sigaction(SIGSEGV, &(struct sigaction){ .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO }, NULL);
    sigaction(SIGTRAP, &(struct sigaction){ .sa_sigaction = on_step, .sa_flags = SA_SIGINFO }, NULL);
    model = (struct model_tis){ .burst = 1 };
    return page;
}
