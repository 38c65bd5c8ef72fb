/* What the bench checks. */
#pragma once

/* Runs every test; verdicts go to the console. */
void run_tests(void);
