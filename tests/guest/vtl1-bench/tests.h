/* What the bench checks. */
#pragma once

/* Runs every test; verdicts go to the console. */
void run_tests(void);

/* Those of iumbase and of trustlets/notes (tests_iumbase.c); run_tests ends with them. */
void run_iumbase_tests(void);
