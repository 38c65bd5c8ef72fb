/* A call of START_TRUSTLET from its launch on: to its end, or until VTL0 has to have the processor. Under kernel_lock. */
#pragma once

#include <abi/secure_call.h>

#include <sk/secure_call.h>

/* Goes on with the launch that was begun, and with the process that comes of it. */
enum secure_status start_run(struct secure_reply *reply);
