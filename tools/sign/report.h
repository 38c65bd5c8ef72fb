/* What people and programs are told: the same fields as text or as one JSON object. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* One report on standard output. Begin, fields, end; text and JSON differ in nothing but the form. */
void report_begin(bool json);
void report_text(const char *name, const char *value);
void report_number(const char *name, uint64_t value);
void report_flag(const char *name, bool value);

/* A list of texts: begin, items, end. */
void report_list_begin(const char *name);
void report_item(const char *value);
void report_list_end(void);
void report_end(void);
