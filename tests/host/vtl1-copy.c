/* Copies that may fault: what is copied, what is said to be left, and how many steps a page takes while VTL0's interrupts wait. */
#define _GNU_SOURCE /* REG_RIP */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cmocka.h>

#include <sk/copy.h>

#define PAGE       4096u
#define UNTOUCHED  0x5Au
#define MOST_STEPS 700u /* 512 words, and what turns counting on and off */
#define TRAP_FLAG  0x100u

struct exception_row {
    uint64_t fault_rip, resume_rip;
};

extern const struct exception_row exception_table[], exception_table_end[];

static uint8_t *page; /* behind it there is nothing */
static uint8_t other[2 * PAGE];
static volatile unsigned long steps, faults;

/* As cpu/trap.c does it. */
static void fault(int signal_number, siginfo_t *info, void *context)
{
    greg_t *rip = &((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

    (void)info;
    faults++;
    for (const struct exception_row *row = exception_table; row < exception_table_end; row++) {
        if (row->fault_rip == (uint64_t)*rip) {
            *rip = (greg_t)row->resume_rip;
            return;
        }
    }
    signal(signal_number, SIG_DFL);
}

/* A repeated move traps after each of its rounds. */
static void step(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    (void)context;
    steps++;
}

static int prepare(void **state)
{
    struct sigaction on_step = { .sa_sigaction = step, .sa_flags = SA_SIGINFO };

    (void)state;
    page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || mprotect(page + PAGE, PAGE, PROT_NONE) != 0) {
        return -1;
    }
    return sigaction(SIGTRAP, &on_step, NULL);
}

static void fill(void)
{
    for (unsigned i = 0; i < PAGE; i++) {
        page[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(other, UNTOUCHED, sizeof(other));
}

/* A word that is not there as a whole is not copied. */
static uint64_t left_of(uint64_t size, uint64_t there)
{
    if (there >= size) {
        return 0;
    }
    return there < size / 8 * 8 ? size - there / 8 * 8 : size - there;
}

static void read_from(uint64_t size, uint64_t there, unsigned shift)
{
    uint64_t left = left_of(size, there);

    fill();
    faults = 0;
    assert_int_equal(copy_fallible(other + shift, page + PAGE - there, size), left);
    assert_int_equal(faults, left != 0);
    assert_memory_equal(other + shift, page + PAGE - there, size - left);
    for (unsigned i = 0; i < sizeof(other); i++) {
        assert_true((i >= shift && i < shift + size - left) || other[i] == UNTOUCHED);
    }
}

static void write_to(uint64_t size, uint64_t there, unsigned shift)
{
    uint64_t left = left_of(size, there);

    fill();
    memcpy(other + shift, page, PAGE - shift);
    memset(page, UNTOUCHED, PAGE);
    assert_int_equal(copy_fallible(page + PAGE - there, other + shift, size), left);
    assert_memory_equal(page + PAGE - there, other + shift, size - left);
    for (unsigned i = 0; i < PAGE - there; i++) {
        assert_int_equal(page[i], UNTOUCHED);
    }
}

/* cmocka takes the signal before each test, and takes it back afterwards. */
static void every_end(void **state)
{
    struct sigaction on_fault = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };

    (void)state;
    assert_int_equal(sigaction(SIGSEGV, &on_fault, NULL), 0);
    for (uint64_t size = 0; size <= 40; size++) {
        for (uint64_t there = 0; there <= 41; there++) {
            read_from(size, there, (unsigned)(there % 8));
            write_to(size, there, (unsigned)(size % 8));
        }
    }
    read_from(PAGE, PAGE, 0);
    read_from(PAGE, PAGE - 1, 3);
    write_to(PAGE - 5, PAGE, 5);
    write_to(PAGE - 5, 8, 5);
}

static void flip_trap_flag(void)
{
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\t" /* the red zone */
                     "pushfq\n\t"
                     "xorl %0, (%%rsp)\n\t"
                     "popfq\n\t"
                     "lea 128(%%rsp), %%rsp"
                     :
                     : "i"(TRAP_FLAG)
                     : "cc", "memory");
}

static void a_page_is_copied_by_words(void **state)
{
    (void)state;
    fill();
    steps = 0;
    flip_trap_flag();
    copy_fallible(other, page, PAGE);
    flip_trap_flag();
    assert_in_range(steps, PAGE / 8, MOST_STEPS);
    assert_memory_equal(other, page, PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_end),
        cmocka_unit_test(a_page_is_copied_by_words),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
