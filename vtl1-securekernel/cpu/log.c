#include <sk/log.h>

#include <stdarg.h>
#include <stdint.h>

#include <lib/format.h>

#include <sk/lock.h>
#include <sk/x86.h>

#define COM2 0x2F8u

#define LINE_SIZE 304u /* a trustlet's name and IUM_MAX_LOG characters of its text */

/* 16550 registers and bits (PC16550D data sheet, "Registers"). */
#define UART_DATA 0u
#define UART_IER  1u
#define UART_FCR  2u
#define UART_LCR  3u
#define UART_MCR  4u
#define UART_LSR  5u
#define UART_LSR_THRE 0x20u
#define UART_LCR_8N1  0x03u
#define UART_LCR_DLAB 0x80u

/* A port that never becomes ready must not stop VTL1: after this many looks the byte is dropped. */
#define UART_PATIENCE 100000u

static struct lock log_lock;

void log_init(void)
{
    out8(COM2 + UART_IER, 0);
    out8(COM2 + UART_LCR, UART_LCR_DLAB);
    out8(COM2 + UART_DATA, 1); /* 115200 baud */
    out8(COM2 + UART_IER, 0);
    out8(COM2 + UART_LCR, UART_LCR_8N1);
    out8(COM2 + UART_FCR, 0x07);
    out8(COM2 + UART_MCR, 0x03);
}

static void put_byte(char c)
{
    for (uint32_t i = 0; i < UART_PATIENCE; i++) {
        if ((in8(COM2 + UART_LSR) & UART_LSR_THRE) != 0) {
            out8(COM2 + UART_DATA, (uint8_t)c);
            return;
        }
    }
}

static void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        put_byte(*text);
    }
}

static void put_line(const char *text)
{
    put_text("vtl1: ");
    put_text(text);
    put_text("\r\n");
}

void log_line(const char *text, ...)
{
    char line[LINE_SIZE];
    va_list arguments;

    va_start(arguments, text);
    format_v(line, sizeof(line), text, arguments);
    va_end(arguments);
    lock_acquire(&log_lock);
    put_line(line);
    lock_release(&log_lock);
}

void log_line_after_fault(const char *text, ...)
{
    char line[LINE_SIZE];
    va_list arguments;

    va_start(arguments, text);
    format_v(line, sizeof(line), text, arguments);
    va_end(arguments);
    put_line(line);
}
