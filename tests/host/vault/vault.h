/* What the tests of the whole credential vault begin with: a VTL0 that keeps its blobs, and requests. */
#pragma once

#include "../trustlet.h"

#include <stdbool.h>
#include <string.h>

#include <abi/credvault.h>
#include <crypto/sealed_blob.h>

/* VTL0's memory of blobs. */
#define STORE_BLOBS 96u

struct store_blob {
    char name[NORMAL_CALL_NAME_SIZE]; /* empty: free */
    uint32_t size;
    uint8_t data[NORMAL_CALL_DATA_SIZE];
};

/* What VTL0 does when it is asked. */
struct vtl0 {
    struct store_blob blobs[STORE_BLOBS];
    uint64_t time;           /* its clock; 0: it does not say */
    uint32_t asked;          /* questions about blobs so far */
    uint32_t writes;         /* of those, to write */
    uint32_t refuse_writes;  /* so many of the next writes are refused */
    bool refuse_reads;
    bool refuse_deletes;
    uint32_t cut_at;         /* the power goes at that question about blobs; 0: never */
    bool cut_after;          /* after it is done, not before */
};
extern struct vtl0 vtl0;

uint32_t vtl0_answer(const struct trustlet_question *question, uint8_t *to, uint32_t capacity, uint32_t *size);

struct store_blob *store_find(const char *name); /* NULL: none */
struct store_blob *store_get(const char *name);  /* there is one */
void store_put(const struct store_blob *blob);
void store_remove(const char *name);
const char *store_name_of_credential(uint32_t credential); /* of the newest blob of it that VTL0 has */

/* A new machine with an empty store and a new vault, one session open. */
int vault_setup(void **state);
int vault_teardown(void **state);

/* The vault's process ends and another begins, as after a reboot; the store and what the machine remembers stay. */
void vault_reboot(void);

/* After a power cut: the same, without the process having ended by itself. */
void vault_power_on(void);

extern uint64_t session;
extern uint8_t reply[TRUSTLET_MAX_REPLY];
extern uint32_t reply_size;

/* A command in `session`, with all the room for a reply there is. The status; the answer is in reply. */
enum credvault_status vault_call(uint32_t command, const void *input, size_t size);

/* The same, which may end by a power cut: false then. */
bool vault_try(uint32_t command, const void *input, size_t size, enum credvault_status *status);

struct credvault_info vault_info(void);

/* Asserts that the vault is open, or closed for that reason. */
void assert_open(void);
void assert_closed(enum credvault_reason reason);

/* A request of ADD, GENERATE or IMPORT. */
struct new_parts {
    struct credvault_new header; /* sizes are filled in */
    const char *label, *pin;     /* NULL: "label"; no PIN */
    const void *secret;
    uint32_t secret_size;
};
uint32_t new_build(const struct new_parts *parts, uint8_t *request); /* bytes */
enum credvault_status new_call(uint32_t command, const struct new_parts *parts);

/* Credentials that are there afterwards: their numbers. */
uint32_t add_hmac(const struct credvault_policy *policy, const char *pin); /* operations are filled in; NULL: no limits */
uint32_t add_hotp(void);
uint32_t add_password(void);
uint32_t add_wrapper(uint32_t operations, const uint8_t key[32]);
extern const uint8_t test_key[32];

/* Uses. */
enum credvault_status use_hmac(uint32_t credential); /* of "message" */
enum credvault_status use_hotp(uint32_t credential, uint64_t *counter);
enum credvault_status unlock(uint32_t credential, const char *pin);
enum credvault_status remove_credential(uint32_t credential);
enum credvault_status restrict_to(uint32_t credential, const struct credvault_policy *policy);
enum credvault_status reset_vault(void);

/* The code that VTL1's console showed last; CONFIRM with one. */
uint32_t shown_code(void);
enum credvault_status confirm(uint32_t code);

/* A request that needs a confirmation, with somebody who reads VTL1's console and agrees. */
enum credvault_status vault_agreed(uint32_t command, const void *request, uint32_t size);

#define SECOND UINT64_C(10000000)
#define YEAR   (UINT64_C(31556952) * SECOND)

/* By the hypervisor's clock. */
void time_passes(uint64_t seconds);

/* The credential as LIST tells of it. False: it does not. */
bool entry_of(uint32_t credential, struct credvault_entry *entry);
uint64_t uses_of(uint32_t credential);
