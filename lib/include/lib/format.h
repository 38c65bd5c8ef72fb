/*
 * A small formatter for logs. Conversions: %s %c %d %u %x %lx %lu %ld %llx
 * %llu %lld %%, with an optional 0 flag and width. Writes at most size bytes
 * including the terminator; returns the length that was written without it.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

size_t format_v(char *to, size_t size, const char *format, va_list arguments);
size_t format(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
