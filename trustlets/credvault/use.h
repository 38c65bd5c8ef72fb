/* Uses of credentials and session keys: the commands of operations[]. */
#pragma once

#include <ium/trustlet.h>

#include "session.h"

enum credvault_status use_serve(struct session *session, struct trustlet_call *call);
