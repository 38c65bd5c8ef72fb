/* The bench's own console, COM1, and its verdicts. */
#pragma once

#include <stdbool.h>

void console_init(void);
void say(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* One line a check that failed; what passed is only counted. */
void check_that(bool condition, const char *what, const char *file, int line);
#define CHECK_THAT(condition) check_that((condition), #condition, __FILE_NAME__, __LINE__)

/* Begins a named test; its line comes when the next begins or at the end. */
void test_begins(const char *name);

/* The closing line; true if every check of every test held and there was at least one. */
bool tests_end(void);
