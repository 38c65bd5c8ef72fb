/* What the files of the client library share: a request is put together, sent, and its reply taken apart. */
#pragma once

#include "vault_client.h"

/* A new request. */
void request_begin(struct vault_client *client);
void request_put(struct vault_client *client, const void *bytes, size_t size);
void request_put_bytes(struct vault_client *client, struct vault_bytes bytes);

/* Sends it and wipes it. Unless it succeeds the reply is empty. */
struct vault_result request_send(struct vault_client *client, uint32_t command);

/* The reply is one structure and nothing else: copied. False: it is not. */
bool reply_is(const struct vault_client *client, void *to, size_t size);

/* The reply is min bytes at least, and all of it fits: copied. */
bool reply_take(const struct vault_client *client, struct vault_room *room, size_t min);

/* The end of every function: the reply is wiped; a successful call with a reply that is not good is VAULT_REPLY_BAD. */
struct vault_result reply_end(struct vault_client *client, struct vault_result result, bool good);

/* Sends a request that is answered by nothing. */
struct vault_result request_send_for_nothing(struct vault_client *client, uint32_t command);
