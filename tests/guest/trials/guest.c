#include "guest.h"

#include <lib/string.h>

#include <stddef.h>

#include "bench.h"
#include "cpu.h"

#define STACK_SIZE 32768

_Static_assert(offsetof(struct guest, rdi) == 8 && offsetof(struct guest, r15) == 14 * 8,
               "svm_enter.S knows the layout");

struct guest vtl0;
struct guest vtl1;

static struct vmcb vmcb[2] __attribute__((aligned(4096)));
static char host_save[2][4096] __attribute__((aligned(4096)));
static char stacks[2][STACK_SIZE] __attribute__((aligned(4096)));
static uint64_t nested_pml4[512] __attribute__((aligned(4096)));
static uint64_t nested_pdpt[512] __attribute__((aligned(4096)));
static uint64_t nested_pd[4][512] __attribute__((aligned(4096)));
static uint64_t nested_pt[16][512] __attribute__((aligned(4096)));
static unsigned nested_pt_used;

static uint64_t address_of(const volatile void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static void nested_build(void)
{
    nested_pml4[0] = address_of(nested_pdpt) | 7;
    for (uint64_t i = 0; i < 4; i++) {
        nested_pdpt[i] = address_of(nested_pd[i]) | 7;
        for (uint64_t j = 0; j < 512; j++) {
            nested_pd[i][j] = (i * 512 + j) << 21 | 0x87;
        }
    }
}

bool svm_enable(unsigned processor)
{
    uint32_t a = 0x80000001;
    uint32_t b;
    uint32_t c = 0;
    uint32_t d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if ((c & 4) == 0) {
        return false;
    }
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
    wrmsr(MSR_VM_HSAVE_PA, address_of(host_save[processor]));
    if (processor == 0) {
        nested_build();
    }
    return true;
}

uint64_t *nested_entry(uint64_t gpa)
{
    uint64_t *large = &nested_pd[gpa >> 30][gpa >> 21 & 511];

    if ((*large & 0x80) != 0) {
        uint64_t *table = nested_pt[nested_pt_used++];

        if (nested_pt_used > 16) {
            bench_end("nested tables exhausted");
        }
        for (uint64_t i = 0; i < 512; i++) {
            table[i] = (*large & ~0x1FFFFFull) | i << 12 | 7;
        }
        *large = address_of(table) | 7;
    }
    return &((uint64_t *)(uintptr_t)(*large & ~0xFFFull))[gpa >> 12 & 511];
}

void nested_set(uint64_t gpa, uint64_t rights)
{
    *nested_entry(gpa) = (gpa & ~0xFFFull) | rights;
}

static void reset_segments(struct vmcb *v, const struct idt_gate *idt)
{
    struct vmcb_segment data = { .selector = 0x10, .attributes = 0xC93, .limit = 0xFFFFFFFF };
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) gdtr;

    __asm__ volatile("sgdt %0" : "=m"(gdtr));
    v->es = v->ss = v->ds = v->fs = v->gs = data;
    v->cs = (struct vmcb_segment){ .selector = 0x08, .attributes = 0xA9B, .limit = 0xFFFFFFFF };
    v->gdtr = (struct vmcb_segment){ .limit = gdtr.limit, .base = gdtr.base };
    v->idtr = (struct vmcb_segment){ .limit = 4095, .base = address_of(idt) };
}

void guest_reset(struct guest *guest, void (*code)(void), uint64_t argument, bool interrupts)
{
    unsigned index = guest == &vtl1;
    struct vmcb *v = &vmcb[index];

    memset(guest, 0, sizeof(*guest));
    memset(v, 0, sizeof(*v));
    guest->vmcb = v;
    guest->vmcb_address = address_of(v);
    guest->rdi = argument;
    reset_segments(v, index ? vtl1_idt : vtl0_idt);
    v->intercept1 = INTERCEPT1_NMI | INTERCEPT1_SHUTDOWN;
    v->intercept2 = INTERCEPT2_VMRUN | INTERCEPT2_VMMCALL;
    v->asid = index + 1;
    v->np_enable = 1;
    v->n_cr3 = address_of(nested_pml4);
    v->efer = rdmsr(MSR_EFER);
    v->cr0 = read_cr0();
    v->cr3 = read_cr3();
    v->cr4 = read_cr4();
    v->dr6 = 0xFFFF0FF0;
    v->dr7 = 0x400;
    v->g_pat = 0x0007040600070406;
    v->rflags = 2 | (interrupts ? RFLAGS_IF : 0);
    v->rip = address_of((void *)code);
    v->rsp = address_of(stacks[index] + STACK_SIZE);
    guest_progress = 0;
    guest_stop = 0;
    traps_clear(index ? &vtl1_traps : &vtl0_traps);
}

uint32_t guest_run(struct guest *guest)
{
    guest->vmcb->tlb_control = 1;
    guest->vmcb->clean = 0;
    svm_enter(guest);
    return (uint32_t)guest->vmcb->exit_code;
}
