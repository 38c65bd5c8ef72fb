/* The commands about the vault itself and about credentials that are there. Each is a row of credvault.c's. */
#pragma once

#include <ium/trustlet.h>

#include "session.h"

enum credvault_status manage_info(struct session *session, struct trustlet_call *call);
enum credvault_status manage_reset(struct session *session, struct trustlet_call *call);
enum credvault_status manage_list(struct session *session, struct trustlet_call *call);
enum credvault_status manage_public_key(struct session *session, struct trustlet_call *call);
enum credvault_status manage_audit(struct session *session, struct trustlet_call *call);
enum credvault_status manage_remove(struct session *session, struct trustlet_call *call);
enum credvault_status manage_restrict(struct session *session, struct trustlet_call *call);
