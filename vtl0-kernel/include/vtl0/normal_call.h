/* What VTL0 does for trustlets that ask (abi/normal_call.h): blobs (vtl0/blob_store.h), the time, its console, memory. */
#pragma once

#include <stddef.h>

#include <abi/normal_call.h>

/*
 * Serves one request. data: request->size bytes in; the reply's bytes out, at
 * most NORMAL_CALL_DATA_SIZE. Any processor.
 */
struct normal_reply normal_call_serve(const struct normal_request *request, uint8_t *data);
