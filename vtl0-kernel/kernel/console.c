#include <vtl0/console.h>

#include <lib/format.h>
#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/spinlock.h>
#include <vtl0/x86.h>

/* 16550 registers, relative to the port. */
#define COM1             0x3F8u
#define UART_DATA        0u
#define UART_INTERRUPTS  1u
#define UART_FIFO        2u
#define UART_LINE        3u
#define UART_MODEM       4u
#define UART_STATUS      5u
#define UART_LINE_8N1    0x03u
#define UART_LINE_DLAB   0x80u
#define UART_FIFO_ON     0xC7u
#define UART_DTR_RTS     0x03u
#define UART_RECEIVED    0x01u
#define UART_CAN_SEND    0x20u

#define CONSOLE_TEXT      1024u
#define NEXT_CHARACTER_US 2000u

static struct spinlock lock;

void console_init(void)
{
    outb(COM1 + UART_INTERRUPTS, 0);
    outb(COM1 + UART_LINE, UART_LINE_DLAB);
    outb(COM1 + UART_DATA, 1); /* divisor 1: 115200 */
    outb(COM1 + UART_INTERRUPTS, 0);
    outb(COM1 + UART_LINE, UART_LINE_8N1);
    outb(COM1 + UART_FIFO, UART_FIFO_ON);
    outb(COM1 + UART_MODEM, UART_DTR_RTS);
}

static void put(char c)
{
    while ((inb(COM1 + UART_STATUS) & UART_CAN_SEND) == 0) {
        cpu_relax();
    }
    outb(COM1 + UART_DATA, (uint8_t)c);
}

static void put_all(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        put(text[i]);
    }
}

void console_write(const char *text, size_t size)
{
    bool on = spin_lock(&lock);

    put_all(text, size);
    spin_unlock(&lock, on);
}

void console_printf(const char *text, ...)
{
    char out[CONSOLE_TEXT];
    va_list arguments;

    va_start(arguments, text);
    console_write(out, format_v(out, sizeof(out), text, arguments));
    va_end(arguments);
}

void console_panic_printf(const char *text, ...)
{
    char out[CONSOLE_TEXT];
    va_list arguments;

    va_start(arguments, text);
    put_all(out, format_v(out, sizeof(out), text, arguments));
    va_end(arguments);
}

/* Inside a line the next character is near: long lines would crawl at a FIFO's length for each tick of the timer. */
static void spin_for_more(void)
{
    uint64_t end = clock_microseconds() + NEXT_CHARACTER_US;

    while ((inb(COM1 + UART_STATUS) & UART_RECEIVED) == 0 && clock_microseconds() < end) {
        cpu_relax();
    }
}

static char get(bool inside_line)
{
    if (inside_line) {
        spin_for_more();
    }
    for (;;) {
        interrupts_off();
        if ((inb(COM1 + UART_STATUS) & UART_RECEIVED) != 0) {
            interrupts_on();
            return (char)inb(COM1 + UART_DATA);
        }
        wait_for_interrupt();
    }
}

static void echo_char(char c, bool echo)
{
    if (echo) {
        console_write(&c, 1);
    }
}

static size_t erase(size_t length, bool echo)
{
    if (length == 0) {
        return 0;
    }
    if (echo) {
        console_write("\b \b", 3);
    }
    return length - 1;
}

size_t console_read_line(char *line, size_t size, bool echo)
{
    size_t length = 0;

    for (;;) {
        char c = get(length > 0);

        if (c == '\r' || c == '\n') {
            echo_char('\n', echo);
            line[length] = '\0';
            return length;
        }
        if (c == '\b' || c == 0x7F) {
            length = erase(length, echo);
        } else if (length + 1 < size) {
            line[length++] = c;
            echo_char(c, echo);
        }
    }
}
