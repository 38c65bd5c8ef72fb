/*
 * Commands to a TPM 2.0 and its answers, as they are on the wire: packed, big
 * endian. Layouts are of the TPM 2.0 Library, part 3, the sections named after the
 * commands; constants of part 2. Only the forms that tpm_root.c uses, so each
 * has one size.
 */
#pragma once

#include <stdint.h>

struct be16 {
    uint8_t bytes[2];
};

struct be32 {
    uint8_t bytes[4];
};

static inline uint32_t be16_get(struct be16 value)
{
    return (uint32_t)value.bytes[0] << 8 | value.bytes[1];
}

static inline uint32_t be32_get(struct be32 value)
{
    return (uint32_t)value.bytes[0] << 24 | (uint32_t)value.bytes[1] << 16 | (uint32_t)value.bytes[2] << 8 | value.bytes[3];
}

static inline struct be32 be32_of(uint32_t value)
{
    return (struct be32){ { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value } };
}

/* For initializers of static objects. */
#define BE16(value) { { (uint8_t)((value) >> 8), (uint8_t)((value) & 0xFF) } }
#define BE32(value) \
    { { (uint8_t)((uint32_t)(value) >> 24), (uint8_t)((uint32_t)(value) >> 16 & 0xFF), (uint8_t)((uint32_t)(value) >> 8 & 0xFF), \
        (uint8_t)((uint32_t)(value) & 0xFF) } }

#define TPM_DIGEST_SIZE 32u /* SHA-256's; every nonce has this size too */

enum tpm_tag { TPM_ST_NO_SESSIONS = 0x8001, TPM_ST_SESSIONS = 0x8002, TPM_ST_CREATION = 0x8021 };

enum tpm_command_code {
    TPM_CC_CREATE_PRIMARY = 0x131,
    TPM_CC_HMAC = 0x155,
    TPM_CC_FLUSH_CONTEXT = 0x165,
    TPM_CC_START_AUTH_SESSION = 0x176,
    TPM_CC_PCR_READ = 0x17E,
    TPM_CC_POLICY_PCR = 0x17F,
    TPM_CC_POLICY_GET_DIGEST = 0x189,
};

enum tpm_algorithm { TPM_ALG_HMAC = 0x5, TPM_ALG_KEYEDHASH = 0x8, TPM_ALG_SHA256 = 0xB, TPM_ALG_NULL = 0x10 };

#define TPM_RH_OWNER UINT32_C(0x40000001)
#define TPM_RH_NULL  UINT32_C(0x40000007)
#define TPM_RS_PW    UINT32_C(0x40000009) /* a password session: here with the empty password */

#define TPM_HANDLE_TYPE      UINT32_C(0xFF000000)
#define TPM_HANDLE_POLICY    UINT32_C(0x03000000)
#define TPM_HANDLE_TRANSIENT UINT32_C(0x80000000)

#define TPM_SE_POLICY             1u
#define TPM_SESSION_CONTINUE      1u /* TPMA_SESSION: it is not gone after the command */

/* TPMA_OBJECT */
#define TPM_FIXED_TPM             (UINT32_C(1) << 1)
#define TPM_FIXED_PARENT          (UINT32_C(1) << 4)
#define TPM_SENSITIVE_DATA_ORIGIN (UINT32_C(1) << 5)
#define TPM_ADMIN_WITH_POLICY     (UINT32_C(1) << 7)
#define TPM_NO_DA                 (UINT32_C(1) << 10)
#define TPM_SIGN                  (UINT32_C(1) << 18)

struct tpm_header {
    struct be16 tag;
    struct be32 size;
    struct be32 code; /* the command, or what came of it: TPM_RC_* */
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_header) == 10, "TPM 2.0 Library, part 1, Command/Response Header");

struct tpm_digest {
    struct be16 size;
    uint8_t bytes[TPM_DIGEST_SIZE];
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_digest) == 34, "TPM2B_DIGEST, TPM2B_NONCE");

/* One bank's PCRs 0 to 23. */
struct tpm_pcrs {
    struct be32 count; /* of selections: 1 */
    struct be16 bank;
    uint8_t select_size;
    uint8_t select[3]; /* bit n % 8 of byte n / 8: PCR n */
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_pcrs) == 10, "TPML_PCR_SELECTION");

struct tpm_password {
    struct be32 size; /* of what follows: 9 */
    struct be32 session;
    struct be16 nonce_size;
    uint8_t attributes;
    struct be16 password_size;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_password) == 13, "authorization area of an empty password");

struct tpm_policy {
    struct be32 size; /* of what follows: 41 */
    struct be32 session;
    struct tpm_digest nonce;
    uint8_t attributes;
    struct be16 hmac_size;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_policy) == 45, "authorization area of a policy session without a key");

struct tpm_public {
    struct be16 size; /* of what follows */
    struct be16 type;
    struct be16 name_algorithm;
    struct be32 attributes;
    struct tpm_digest policy;
    struct be16 scheme;
    struct be16 hash;
    struct be16 unique_size;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_public) == 50, "TPM2B_PUBLIC of a keyed hash, up to the bytes of unique");

#define TPM_ROOT_UNIQUE "OpenVSM root"
#define TPM_ROOT_LABEL  "OpenVSM root secret v1"

struct tpm_start_auth_session {
    struct tpm_header header;
    struct be32 key, bind;
    struct tpm_digest nonce;
    struct be16 salt_size;
    uint8_t type;
    struct be16 symmetric;
    struct be16 hash;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_start_auth_session) == 59, "TPM2_StartAuthSession");

struct tpm_session_started {
    struct tpm_header header;
    struct be32 session;
    struct tpm_digest nonce;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_session_started) == 48, "TPM2_StartAuthSession's answer");

struct tpm_policy_pcr {
    struct tpm_header header;
    struct be32 session;
    struct be16 digest_size; /* 0: what the PCRs hold now */
    struct tpm_pcrs pcrs;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_policy_pcr) == 26, "TPM2_PolicyPCR");

/* TPM2_PolicyGetDigest and TPM2_FlushContext. */
struct tpm_of_handle {
    struct tpm_header header;
    struct be32 handle;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_of_handle) == 14, "a command with one handle and nothing else");

struct tpm_policy_digest {
    struct tpm_header header;
    struct tpm_digest digest;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_policy_digest) == 44, "TPM2_PolicyGetDigest's answer");

struct tpm_create_primary {
    struct tpm_header header;
    struct be32 hierarchy;
    struct tpm_password owner;
    struct be16 sensitive_size; /* of the next two: 4 */
    struct be16 auth_size, data_size;
    struct tpm_public public_area;
    uint8_t unique[sizeof(TPM_ROOT_UNIQUE) - 1];
    struct be16 outside_size;
    struct be32 creation_pcr_count;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_create_primary) == 101, "TPM2_CreatePrimary");

/* What is behind it has no fixed size. */
struct tpm_primary_created {
    struct tpm_header header;
    struct be32 key;
    struct be32 parameters_size;
    struct tpm_public public_area;
    uint8_t unique[TPM_DIGEST_SIZE];
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_primary_created) == 100, "TPM2_CreatePrimary's answer");

struct tpm_creation_ticket {
    struct be16 tag;
    struct be32 hierarchy;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_creation_ticket) == 6, "TPMT_TK_CREATION up to its digest");

struct tpm_password_answer {
    struct be16 nonce_size;
    uint8_t attributes;
    struct be16 hmac_size;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_password_answer) == 5, "TPMS_AUTH_RESPONSE of a password");

struct tpm_hmac {
    struct tpm_header header;
    struct be32 key;
    struct tpm_policy policy;
    struct be16 size;
    uint8_t label[sizeof(TPM_ROOT_LABEL) - 1];
    struct be16 hash;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_hmac) == 85, "TPM2_HMAC");

struct tpm_hmac_done {
    struct tpm_header header;
    struct be32 parameters_size;
    struct tpm_digest result;
    struct tpm_digest nonce;
    uint8_t attributes;
    struct be16 hmac_size;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_hmac_done) == 85, "TPM2_HMAC's answer");

struct tpm_pcr_read {
    struct tpm_header header;
    struct tpm_pcrs pcrs;
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_pcr_read) == 20, "TPM2_PCR_Read");

#define TPM_ROOT_PCRS_READ 3u /* MEASURED_PCR_* */

struct tpm_pcrs_read {
    struct tpm_header header;
    struct be32 update_counter;
    struct tpm_pcrs pcrs;
    struct be32 count;
    struct tpm_digest values[TPM_ROOT_PCRS_READ];
} __attribute__((packed));
_Static_assert(sizeof(struct tpm_pcrs_read) == 130, "TPM2_PCR_Read's answer");
