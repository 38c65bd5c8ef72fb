/* VTL1's console (COM2), which VTL0's owner can read: nothing secret, ever. Needs the system call LOG, else does nothing. */
#pragma once

/* A line, cut at IUM_MAX_LOG (256) bytes. The secure kernel puts the trustlet's name in front and '?' for what is not printable ASCII. */
void ium_print(const char *text);

/* The same by format() of text.h. */
void ium_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
