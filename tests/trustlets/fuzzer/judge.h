/* A run of calls by chance, each compared with the model. */
#pragma once

#include "model.h"

void judge_run(struct world *world, const struct fuzzer_run *run, struct fuzzer_report *report);
