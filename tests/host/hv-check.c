/* A broken invariant ends the test, unless the test expects it (expect_assert_failure). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <hv/check.h>

#include <cmocka.h>

void check_failed(const char *expression, const char *file, int line)
{
    mock_assert(0, expression, file, line);
    abort();
}
