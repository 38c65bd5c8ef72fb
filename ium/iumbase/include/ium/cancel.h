/* VTL0 may cancel a call (CANCEL_CALL); whether anything comes of it is up to the trustlet. */
#pragma once

#include <stdbool.h>

/*
 * Was the call that this thread serves cancelled by its caller? A long command
 * asks now and then and answers early. False outside of a call, and always when
 * the manifest does not name IS_CANCELLED.
 */
bool ium_cancelled(void);
