/*
 * Between the secure kernel and its page allocator (linked with --wrap): any
 * allocation can be made to fail, each page is somebody's or nobody's, and
 * nobody's page of the region is zero.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FAULTS_NONE UINT64_MAX

/* The allocation with that number, counted from here on, fails; the others do not. Counts begin anew. */
void faults_at(uint64_t number);

/* Has it failed? */
bool faults_happened(void);

/* Allocations asked for since faults_at. */
uint64_t faults_asked(void);

/* Pages for tables of the kernel's half that were made since faults_at; those stay. */
uint64_t faults_tables(void);

/* Pages that somebody has. */
uint64_t faults_owned(void);

/* All memory is free again: a new boot. */
void faults_forget(void);

/* Every page of the region that nobody has is zero. */
void faults_check_wiped(void);
