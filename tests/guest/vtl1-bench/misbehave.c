/* A correctly signed trustlet that attacks what is above it. Each command is one attempt. */
#include "misbehave.h"

#include <abi/boot_block.h>

#include <ium/raw.h>
#include <ium/syscalls.h>

#include <lib/string.h>

static uint8_t *heap;
static size_t heap_size;
static uint8_t code_in_data[16] = { 0xC3 };
static const uint8_t constant[16] = { 1 };

static volatile uint8_t sink;

static void read_byte(uint64_t address)
{
    sink = *(const volatile uint8_t *)address;
}

static void write_byte(uint64_t address)
{
    *(volatile uint8_t *)address = 0x90;
}

static void jump_to(uint64_t address)
{
    ((void (*)(void))address)();
}

static void touch_memory(uint32_t command)
{
    switch (command) {
    case MISBEHAVE_READ_NULL:
        read_byte(0);
        break;
    case MISBEHAVE_WRITE_TEXT:
        write_byte((uint64_t)ium_main);
        break;
    case MISBEHAVE_WRITE_RODATA:
        write_byte((uint64_t)constant);
        break;
    case MISBEHAVE_READ_KERNEL:
        read_byte(VTL1_KERNEL_BASE);
        break;
    case MISBEHAVE_READ_DIRECT_MAP:
        read_byte(VTL1_DIRECT_MAP);
        break;
    case MISBEHAVE_READ_NONCANONICAL:
        read_byte(UINT64_C(0x0000800000000000));
        break;
    case MISBEHAVE_WRITE_PAST_HEAP:
        write_byte((uint64_t)heap + heap_size);
        break;
    default:
        break;
    }
}

static void run_elsewhere(uint32_t command)
{
    switch (command) {
    case MISBEHAVE_RUN_DATA:
        jump_to((uint64_t)code_in_data);
        break;
    case MISBEHAVE_RUN_HEAP:
        heap[0] = 0xC3;
        jump_to((uint64_t)heap);
        break;
    case MISBEHAVE_JUMP_NULL:
        jump_to(0);
        break;
    case MISBEHAVE_OVERFLOW_STACK:
        __asm__ volatile("1: push %rax; jmp 1b");
        break;
    case MISBEHAVE_EXIT:
        ium_exit(MISBEHAVE_EXIT_CODE);
    default:
        break;
    }
}

static void use_privilege(uint32_t command)
{
    uint8_t table[10];

    switch (command) {
    case MISBEHAVE_CLI:
        __asm__ volatile("cli");
        break;
    case MISBEHAVE_HLT:
        __asm__ volatile("hlt");
        break;
    case MISBEHAVE_READ_MSR:
        __asm__ volatile("rdmsr" : : "c"(0xC0000080) : "eax", "edx");
        break;
    case MISBEHAVE_READ_CR3:
        __asm__ volatile("mov %%cr3, %%rax" : : : "rax");
        break;
    case MISBEHAVE_IN_PORT:
        __asm__ volatile("inb $0x64, %%al" : : : "rax");
        break;
    case MISBEHAVE_SGDT:
        __asm__ volatile("sgdt %0" : "=m"(table));
        break;
    case MISBEHAVE_VMMCALL:
        __asm__ volatile("vmmcall" : : "a"(0), "c"(0x12));
        break;
    default:
        break;
    }
}

static void raise(uint32_t command)
{
    switch (command) {
    case MISBEHAVE_SSE:
        __asm__ volatile(".byte 0x0F, 0x57, 0xC0"); /* xorps %xmm0, %xmm0 */
        break;
    case MISBEHAVE_X87:
        __asm__ volatile("fldz");
        break;
    case MISBEHAVE_UD2:
        __asm__ volatile("ud2");
        break;
    case MISBEHAVE_DIVIDE:
        __asm__ volatile("xor %%ecx, %%ecx; xor %%edx, %%edx; div %%ecx" : : : "rax", "rcx", "rdx");
        break;
    case MISBEHAVE_INT3:
        __asm__ volatile("int3");
        break;
    case MISBEHAVE_INT_SINT0:
        __asm__ volatile("int $0xF3");
        break;
    case MISBEHAVE_SINGLE_STEP:
        __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop" : : : "cc", "memory");
        break;
    default:
        break;
    }
}

static uint32_t expect(int64_t got, int64_t wanted)
{
    return got != wanted;
}

/* Addresses of the kernel's, unmapped ones, ranges that wrap: as pointers of system calls. */
static uint32_t bad_pointers(void)
{
    static const uint64_t addresses[] = {
        0, VTL1_KERNEL_BASE, VTL1_DIRECT_MAP, UINT64_C(0x00007FFFFFFFF000), UINT64_C(0x0000800000000000),
        UINT64_MAX, UINT64_MAX - 4095, IUM_LOADER_TEXT, IUM_STACK_TOP, 4096,
    };
    uint32_t wrong = 0;

    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        wrong += expect(ium_log((const char *)addresses[i], 16), IUM_BAD_ADDRESS);
        wrong += expect(ium_wait_call((struct ium_call *)addresses[i]), IUM_BAD_ADDRESS);
        wrong += expect(ium_get_identity((struct ium_identity *)addresses[i]), IUM_BAD_ADDRESS);
        wrong += expect(ium_derive_key("x", 1, (uint8_t *)addresses[i]), IUM_BAD_ADDRESS);
        wrong += expect(ium_derive_key((const void *)addresses[i], 1, heap), IUM_BAD_ADDRESS);
    }
    wrong += expect(ium_get_identity((struct ium_identity *)constant), IUM_BAD_ADDRESS);
    wrong += expect(ium_get_identity((struct ium_identity *)(heap + heap_size - 1)), IUM_BAD_ADDRESS);
    return wrong;
}

/* What only the loader may do, what nobody knows, and sizes out of range. */
static uint32_t bad_calls(void)
{
    int64_t result;
    uint32_t wrong = 0;

    wrong += expect(ium_image_size(), IUM_UNKNOWN_SYSCALL);
    wrong += expect(ium_image_read(0, heap, 16), IUM_UNKNOWN_SYSCALL);
    wrong += expect(ium_image_header((struct signed_image_header *)heap), IUM_UNKNOWN_SYSCALL);
    wrong += expect(ium_map(IUM_IMAGE_BASE + 0x100000, 4096, IUM_READ), IUM_UNKNOWN_SYSCALL);
    wrong += expect(ium_protect(IUM_HEAP_BASE, heap_size, IUM_READ | IUM_EXECUTE), IUM_UNKNOWN_SYSCALL);
    wrong += expect(ium_start(IUM_HEAP_BASE), IUM_UNKNOWN_SYSCALL);
    for (uint64_t number = IUM_SYSCALL_COUNT; number != 0; number <<= 1) {
        __asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
        wrong += expect(result, IUM_UNKNOWN_SYSCALL);
    }
    wrong += expect(ium_log("x", IUM_MAX_LOG + 1), IUM_BAD_ARGUMENT);
    wrong += expect(ium_log("x", SIZE_MAX), IUM_BAD_ARGUMENT);
    wrong += expect(ium_derive_key("x", 0, heap), IUM_BAD_ARGUMENT);
    wrong += expect(ium_derive_key("x", IUM_MAX_PURPOSE + 1, heap), IUM_BAD_ARGUMENT);
    return wrong;
}

/* Flags the kernel must not run with, whatever ring 3 had: direction, single step, alignment check. */
static uint32_t bad_flags(void)
{
    static const uint64_t flags[] = { UINT64_C(1) << 10, UINT64_C(1) << 8, UINT64_C(1) << 18 };
    struct ium_identity *identity = (struct ium_identity *)heap;
    uint32_t wrong = 0;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        int64_t result;

        memset(identity, 0, sizeof(*identity));
        __asm__ volatile("pushfq; orq %[flags], (%%rsp); popfq; syscall; pushfq; andq $~0x40500, (%%rsp); popfq"
                         : "=a"(result)
                         : "a"((uint64_t)IUM_SYSCALL_GET_IDENTITY), "D"(identity), [flags] "r"(flags[i])
                         : "rcx", "r11", "memory", "cc");
        wrong += expect(result, IUM_SUCCESS) + expect(identity->security_version, 1);
    }
    return wrong;
}

static void try_system_calls(struct trustlet_reply *reply)
{
    uint32_t wrong = bad_pointers() + bad_calls() + bad_flags();

    memcpy(reply->data, &wrong, sizeof(wrong));
    reply->size = sizeof(wrong);
}

static void keep_secret(void)
{
    for (size_t at = 0; at + sizeof(MISBEHAVE_SECRET) <= heap_size; at += sizeof(MISBEHAVE_SECRET)) {
        memcpy(heap + at, MISBEHAVE_SECRET, sizeof(MISBEHAVE_SECRET));
    }
}

static void derive_keys(struct trustlet_reply *reply)
{
    ium_derive_key("purpose one", 11, reply->data);
    ium_derive_key("purpose one", 11, reply->data + IUM_KEY_SIZE);
    ium_derive_key("purpose two", 11, reply->data + 2 * IUM_KEY_SIZE);
    reply->size = 3 * IUM_KEY_SIZE;
}

static bool start(void *memory, size_t size)
{
    heap = memory;
    heap_size = size;
    return true;
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return 0;
}

static void close(uint64_t session)
{
    (void)session;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    (void)session;
    (void)input;
    (void)input_size;
    touch_memory(command);
    run_elsewhere(command);
    use_privilege(command);
    raise(command);
    switch (command) {
    case MISBEHAVE_SYSCALLS:
        try_system_calls(reply);
        break;
    case MISBEHAVE_REPLY_TOO_LONG:
        reply->size = reply->capacity + 1;
        break;
    case MISBEHAVE_KEEP_SECRET:
        keep_secret();
        break;
    case MISBEHAVE_KEYS:
        derive_keys(reply);
        break;
    default:
        break;
    }
    return 0;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
