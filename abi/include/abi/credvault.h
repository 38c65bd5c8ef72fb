/*
 * Commands of the credential vault (trustlets/credvault), version 2. docs/vault.md says what each does and what
 * its answers are made of. All integers are little-endian; text is UTF-8 without a terminator; what follows a
 * structure follows without gaps. Reserved fields are zero, and whatever else is there is CREDVAULT_BAD_REQUEST.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define CREDVAULT_VERSION 2u

/* f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90 */
#define CREDVAULT_IDENTITY \
    { 0xf6, 0xa2, 0xc1, 0xe4, 0x7d, 0x3b, 0x4c, 0x58, 0x9a, 0x0e, 0x5b, 0x1d, 0x8c, 0x2e, 0x7f, 0x90 }

enum credvault_command {
    /* The vault itself. */
    CREDVAULT_INFO = 1,        /* nothing -> struct credvault_info */
    CREDVAULT_RESET = 2,       /* uint32_t CREDVAULT_RESET_WORD -> nothing: every credential is gone, the vault is empty */
    CREDVAULT_LIST = 3,        /* uint32_t: those above this number -> struct credvault_entry[], as many as the reply takes */
    CREDVAULT_PUBLIC_KEY = 4,  /* uint32_t credential -> its public key */
    CREDVAULT_AUDIT = 5,       /* struct credvault_audit_read -> struct credvault_audit and entries */

    /* Credentials come, change and go. */
    CREDVAULT_ADD = 16,        /* struct credvault_new + label + PIN + secret -> struct credvault_added + public key */
    CREDVAULT_GENERATE = 17,   /* struct credvault_new + label + PIN -> struct credvault_added + public key */
    CREDVAULT_IMPORT = 18,     /* struct credvault_new + label + PIN + wrapped secret -> struct credvault_added + public key */
    CREDVAULT_REMOVE = 19,     /* uint32_t credential -> nothing */
    CREDVAULT_RESTRICT = 20,   /* struct credvault_restrict -> nothing: a policy can only become tighter */
    CREDVAULT_UNLOCK = 21,     /* struct credvault_unlock + PIN -> nothing: one use, by this session */
    CREDVAULT_CONFIRM = 22,    /* uint32_t code -> nothing: the request that asked for it may be sent again, as it was */

    /* Uses. Each begins with the credential's number (the session keys' calls: with the key's). */
    CREDVAULT_NTLMV2 = 32,             /* struct credvault_ntlmv2 + client blob -> struct credvault_ntlmv2_reply */
    CREDVAULT_KERBEROS_PREAUTH = 33,   /* struct credvault_kerberos_preauth -> EncryptedData.cipher of PA-ENC-TIMESTAMP */
    CREDVAULT_KERBEROS_AS_REP = 34,    /* struct credvault_kerberos_rep + cipher -> struct credvault_kerberos_reply + DER */
    CREDVAULT_KERBEROS_TGS_REP = 35,   /* the same, under a session key */
    CREDVAULT_KERBEROS_AUTHENTICATOR = 36, /* struct credvault_kerberos_data + Authenticator in DER -> cipher */
    CREDVAULT_KERBEROS_CHECKSUM = 37,  /* struct credvault_kerberos_data + bytes -> checksum */
    CREDVAULT_HMAC_SHA256 = 40,        /* struct credvault_use + message -> tag[32] */
    CREDVAULT_HOTP = 41,               /* struct credvault_use -> struct credvault_otp_reply */
    CREDVAULT_TOTP = 42,               /* struct credvault_use -> struct credvault_otp_reply */
    CREDVAULT_SIGN = 48,               /* struct credvault_sign + message -> signature */
    CREDVAULT_AGREE = 49,              /* struct credvault_agree + peer's public key + info -> derived key */
    CREDVAULT_WRAP = 50,               /* struct credvault_wrap -> the other's secret, wrapped (RFC 5649); always needs CONFIRM */

    /* Weak by construction: known, and refused with CREDVAULT_WEAK whatever the input is. */
    CREDVAULT_NTLMV1 = 64,
    CREDVAULT_MSCHAPV2 = 65,
    CREDVAULT_RSA_RAW = 66,
};

enum credvault_status {
    CREDVAULT_SUCCESS = 0,
    CREDVAULT_UNKNOWN_COMMAND = 1,
    CREDVAULT_BAD_REQUEST = 2,          /* sizes, reserved fields, text, or a structure inside that is not what it has to be */
    CREDVAULT_NO_SUCH_CREDENTIAL = 3,
    CREDVAULT_NO_SUCH_KEY = 4,          /* this session has no session key of that number */
    CREDVAULT_WRONG_TYPE = 5,           /* this type of credential cannot do that */
    CREDVAULT_NOT_ALLOWED = 6,          /* its policy does not allow that operation, or no policy may say that */
    CREDVAULT_EXPIRED = 7,
    CREDVAULT_USED_UP = 8,              /* max_uses */
    CREDVAULT_TOO_OFTEN = 9,            /* rate_uses in rate_seconds */
    CREDVAULT_PIN_REQUIRED = 10,        /* UNLOCK first; each use needs its own */
    CREDVAULT_PIN_WRONG = 11,           /* one try less */
    CREDVAULT_PIN_LOCKED = 12,          /* for good */
    CREDVAULT_CONFIRM_REQUIRED = 13,    /* VTL1's console shows a code: CONFIRM it, then send the same request again */
    CREDVAULT_CONFIRM_WRONG = 14,       /* another code, or nothing to confirm */
    CREDVAULT_WEAK = 15,                /* this is never done */
    CREDVAULT_REFUSED = 16,             /* a ciphertext, wrapped key or peer's key that is not good: one answer for every reason */
    CREDVAULT_FULL = 17,                /* no room for another credential or session key */
    CREDVAULT_STORAGE_FAILED = 18,      /* VTL0 does not keep what it is asked to keep, or does not bring it; nothing changed */
    CREDVAULT_BLOB_REFUSED = 19,        /* the blob VTL0 brings is not the one that belongs here; nothing changed */
    CREDVAULT_CLOSED = 20,              /* the vault could not open its state: INFO says why; only INFO and RESET work */
    CREDVAULT_FRESHNESS_FAILED = 21,    /* the TPM failed; nothing was answered */
    CREDVAULT_LOOSER = 22,              /* RESTRICT with something looser than it is */
    CREDVAULT_INTERNAL = 23,
};

#define CREDVAULT_CREDENTIALS   32u
#define CREDVAULT_SESSION_KEYS  16u   /* of all sessions */
#define CREDVAULT_RESET_WORD    UINT32_C(0x54455352) /* "RSET" */
#define CREDVAULT_MAX_LABEL     64u
#define CREDVAULT_MIN_PIN       4u
#define CREDVAULT_MAX_PIN       32u
#define CREDVAULT_MAX_PIN_TRIES 16u
#define CREDVAULT_MAX_USER      104u
#define CREDVAULT_MAX_DOMAIN    104u
#define CREDVAULT_MAX_PASSWORD  512u
#define CREDVAULT_MAX_SALT      208u
#define CREDVAULT_MAX_CLIENT_BLOB 2048u
#define CREDVAULT_MAX_MESSAGE   3584u /* HMAC, SIGN, KERBEROS: message, cipher, data */
#define CREDVAULT_MAX_INFO      256u
#define CREDVAULT_MAX_PUBLIC    512u  /* bytes of any public key */
#define CREDVAULT_MAX_SECRET    2048u /* bytes of any secret, unwrapped */

/* Types. What a public key is: P-256 and P-384: uncompressed point (65, 97 bytes); Ed25519: 32 bytes; RSA: RSAPublicKey in DER. */
enum credvault_type {
    CREDVAULT_PASSWORD = 1,  /* keys made from user, domain and password; the password itself is not kept */
    CREDVAULT_SYMMETRIC = 2, /* 16 to 64 bytes, for exactly one of HMAC, HOTP, TOTP, or WRAP and UNWRAP (16, 24 or 32 bytes) */
    CREDVAULT_P256 = 3,
    CREDVAULT_P384 = 4,
    CREDVAULT_ED25519 = 5,
    CREDVAULT_RSA_2048 = 6,
    CREDVAULT_RSA_3072 = 7,
    CREDVAULT_TYPE_COUNT
};

/* Bits of policy.operations. */
enum credvault_operation {
    CREDVAULT_ALLOW_NTLMV2 = 1u << 0,   /* PASSWORD */
    CREDVAULT_ALLOW_KERBEROS = 1u << 1, /* PASSWORD */
    CREDVAULT_ALLOW_HMAC = 1u << 2,     /* PASSWORD, SYMMETRIC */
    CREDVAULT_ALLOW_HOTP = 1u << 3,     /* SYMMETRIC */
    CREDVAULT_ALLOW_TOTP = 1u << 4,     /* SYMMETRIC */
    CREDVAULT_ALLOW_SIGN = 1u << 5,     /* the key pairs */
    CREDVAULT_ALLOW_AGREE = 1u << 6,    /* P-256, P-384 */
    CREDVAULT_ALLOW_WRAP = 1u << 7,     /* SYMMETRIC: it wraps others */
    CREDVAULT_ALLOW_UNWRAP = 1u << 8,   /* SYMMETRIC: it opens what IMPORT brings */
    CREDVAULT_ALLOW_EXPORT = 1u << 9,   /* all but PASSWORD: it may be wrapped, each time with CONFIRM */
};

/* Bits of policy.flags. */
enum credvault_policy_flag {
    CREDVAULT_POLICY_PIN = 1u << 0,     /* each use needs UNLOCK */
    CREDVAULT_POLICY_CONFIRM = 1u << 1, /* each use needs CONFIRM */
};

struct credvault_policy {
    uint32_t operations;   /* of enum credvault_operation, at least one, none the type cannot do */
    uint32_t flags;        /* of enum credvault_policy_flag */
    uint64_t max_uses;     /* 0: no limit */
    uint32_t rate_uses;    /* at most so many uses in any period of rate_seconds; both 0: no limit */
    uint32_t rate_seconds;
    uint64_t expires;      /* 100 ns since 1601-01-01 UTC; 0: never. docs/vault.md says what time is to a vault without a clock */
    uint32_t pin_tries;    /* wrong PINs in a row before it locks for good: 1 to CREDVAULT_MAX_PIN_TRIES with PIN, else 0 */
    uint32_t reserved;
};
_Static_assert(sizeof(struct credvault_policy) == 40, "policy");

enum credvault_hash { CREDVAULT_SHA1 = 1, CREDVAULT_SHA256 = 2, CREDVAULT_SHA512 = 3 };

/* What a SYMMETRIC credential is for, besides its policy; all zero for the other types. */
struct credvault_symmetric {
    uint32_t size;         /* GENERATE: bytes of key; ADD, IMPORT: 0 */
    uint32_t hash;         /* HOTP, TOTP: enum credvault_hash; else 0 */
    uint32_t digits;       /* HOTP, TOTP: 6 to 8; else 0 */
    uint32_t step;         /* TOTP: seconds, 1 to 3600; else 0 */
    uint64_t counter;      /* HOTP: the first one; else 0 */
};
_Static_assert(sizeof(struct credvault_symmetric) == 24, "symmetric");

/* How IMPORT's secret is wrapped. */
enum credvault_wrapping { CREDVAULT_RFC5649 = 0, CREDVAULT_RFC3394 = 1 };

/*
 * ADD: PASSWORD (struct credvault_password and its text) or SYMMETRIC (the key's bytes) in the clear: VTL0 sees it this once.
 * GENERATE: every type but PASSWORD; no secret. IMPORT: every type but PASSWORD, wrapped for the credential `wrapped_by`
 * by its holder: SYMMETRIC: the bytes; P-256, P-384: the scalar, big-endian, 32 or 48 bytes; Ed25519: RFC 8032's private key;
 * RSA: RSAPrivateKey in DER, public exponent 65537.
 */
struct credvault_new {
    uint32_t type;         /* enum credvault_type */
    uint16_t label_size;   /* 1 to CREDVAULT_MAX_LABEL: text for people */
    uint16_t pin_size;     /* with CREDVAULT_POLICY_PIN CREDVAULT_MIN_PIN to CREDVAULT_MAX_PIN, else 0 */
    uint32_t secret_size;
    uint32_t wrapped_by;   /* IMPORT: the credential that unwraps; else 0 */
    uint32_t wrapping;     /* IMPORT: enum credvault_wrapping; else 0 */
    uint32_t reserved;
    struct credvault_policy policy;
    struct credvault_symmetric symmetric;
};
_Static_assert(sizeof(struct credvault_new) == 88, "new");

/* user, domain, password and salt follow. */
struct credvault_password {
    uint16_t user_size;      /* 1 to CREDVAULT_MAX_USER, ASCII */
    uint16_t domain_size;    /* 0 to CREDVAULT_MAX_DOMAIN */
    uint16_t password_size;  /* 0 to CREDVAULT_MAX_PASSWORD */
    uint16_t salt_size;      /* Kerberos; 0: domain || user, RFC 4120's default for a realm named like the domain */
    uint32_t iterations_sha1; /* RFC 3962's, 1 to 100000; 0: 4096 */
    uint32_t iterations_sha2; /* RFC 8009's, 1 to 100000; 0: 32768 */
};
_Static_assert(sizeof(struct credvault_password) == 16, "password");

struct credvault_added {
    uint32_t credential;     /* its number: never 0, never used twice until RESET */
    uint32_t public_key_size; /* bytes that follow: 0 without one */
};

enum credvault_entry_state {
    CREDVAULT_ENTRY_LOCKED = 1u << 0,
    CREDVAULT_ENTRY_USED_UP = 1u << 1,
    CREDVAULT_ENTRY_EXPIRED = 1u << 2,
};

/* Identity and policy; nothing of the secret. */
struct credvault_entry {
    uint32_t credential;
    uint32_t type;
    struct credvault_policy policy;
    uint64_t uses;           /* so far */
    uint32_t pin_failures;   /* in a row */
    uint32_t state;          /* of enum credvault_entry_state */
    uint32_t label_size;
    uint32_t public_key_size; /* PUBLIC_KEY brings it */
    uint8_t label[CREDVAULT_MAX_LABEL];
};
_Static_assert(sizeof(struct credvault_entry) == 136, "entry");

struct credvault_restrict {
    uint32_t credential;
    uint32_t reserved;
    struct credvault_policy policy; /* nothing in it looser than it is; pin_tries and CREDVAULT_POLICY_PIN stay as they are */
};

struct credvault_unlock {
    uint32_t credential;
    uint32_t pin_size;       /* the PIN follows */
};

enum credvault_state { CREDVAULT_OPEN = 0, CREDVAULT_STATE_REFUSED = 1 };

/* Why the state was refused. docs/vault.md, "Recovery", has what to do. */
enum credvault_reason {
    CREDVAULT_REASON_NONE = 0,
    CREDVAULT_OLD_STATE = 1,       /* VTL0 brings this vault's state, but not the newest */
    CREDVAULT_STATE_MISSING = 2,   /* VTL0 brings none, and there was one */
    CREDVAULT_STATE_DAMAGED = 3,   /* what VTL0 brings is no state of this vault */
    CREDVAULT_OTHER_CODE = 4,      /* it was sealed under another hypervisor or secure kernel (PCR 11) */
    CREDVAULT_OTHER_OWNER = 5,     /* under another owner block or configuration of VTL1 (PCR 12) */
    CREDVAULT_OTHER_TRUSTLETS = 6, /* with another vault image (PCR 13) */
    CREDVAULT_OTHER_VERSION = 7,   /* by a vault of another security version */
    CREDVAULT_OTHER_ROOT = 8,      /* same measurements, another root: another machine, other firmware, a cleared TPM, or no TPM */
    CREDVAULT_RECORD_FOREIGN = 9,  /* the TPM's record is not this root's */
    CREDVAULT_RECORD_ROLLED_BACK = 10, /* the TPM's record and its counter contradict each other */
    CREDVAULT_RECORD_LOST = 11,    /* VTL0 brings a state of this root, and the TPM remembers none */
    CREDVAULT_RECORD_FAILED = 12,  /* the TPM does not answer */
};

struct credvault_info {
    uint32_t version;        /* CREDVAULT_VERSION */
    uint32_t security_version;
    uint32_t root;           /* enum ium_root of abi/ium.h: 1: from the TPM, 0: random, for this boot */
    uint32_t lasting;        /* 1: freshness is kept by a TPM, 0: for this boot only */
    uint32_t state;          /* enum credvault_state */
    uint32_t reason;         /* enum credvault_reason */
    uint64_t generation;     /* of the state: one more with each change */
    uint32_t credentials;
    uint32_t reserved;
    uint64_t audit_next;     /* the next audit entry's number */
    uint64_t now;            /* the vault's time, 100 ns since 1601-01-01 UTC */
    uint8_t audit_public_key[32]; /* Ed25519: what audit heads are signed with */
};
_Static_assert(sizeof(struct credvault_info) == 88, "info");

/* One use, or one refusal that was counted. */
struct credvault_audit_entry {
    uint64_t sequence;       /* 1, 2, ... without a gap, from RESET on */
    uint64_t time;           /* the vault's */
    uint32_t command;
    uint32_t credential;     /* 0: none */
    uint32_t status;         /* enum credvault_status as it was decided; SUCCESS stands for "was carried out from here on" */
    uint32_t session;        /* the low half of VTL0's handle: VTL0's word, for people */
    uint8_t chain[32];       /* SHA-256(chain of the entry before, zeros for the first || the 32 bytes above) */
};
_Static_assert(sizeof(struct credvault_audit_entry) == 64, "audit entry");

#define CREDVAULT_AUDIT_PAGE 12u /* entries; each full page goes to VTL0 as the blob "audit-%08x", numbered from 0 */

struct credvault_audit_read {
    uint8_t challenge[32];   /* goes into the signature: what is signed now was not signed before */
};

/* The entries of the page that is not full follow, and with them the chain ends at head. */
struct credvault_audit {
    uint64_t next;           /* the next entry's number */
    uint8_t head[32];        /* the newest entry's chain */
    uint8_t signature[64];   /* Ed25519 over "OpenVSM credvault audit v1" || 0x00 || challenge || next (8 bytes) || head */
    uint32_t count;          /* entries that follow */
    uint32_t reserved;
};
_Static_assert(sizeof(struct credvault_audit) == 112, "audit");

/* Uses. */

struct credvault_use {
    uint32_t credential;
    uint32_t reserved;
};

struct credvault_ntlmv2 {
    uint32_t credential;
    uint32_t client_blob_size;
    uint8_t server_challenge[8];
    /* client blob ("temp" of MS-NLMP) follows */
};

struct credvault_ntlmv2_reply {
    uint8_t nt_proof_str[16];
    uint8_t session_base_key[16];
};

/* etype of all Kerberos calls: 17, 18 (RFC 3962), 19, 20 (RFC 8009). */
struct credvault_kerberos_preauth {
    uint32_t credential;
    uint32_t etype;
    uint64_t time;           /* KerberosTime: seconds since 1970-01-01 UTC, before the year 10000 */
    uint32_t microseconds;   /* below 1,000,000 */
    uint32_t reserved;
};

struct credvault_kerberos_rep {
    uint32_t credential;     /* AS_REP: a credential; TGS_REP: a session key */
    uint32_t etype;          /* of the cipher: AS_REP one of the credential's keys, TGS_REP the session key's own */
    uint32_t cipher_size;    /* the cipher of the KDC-REP's enc-part follows */
    uint32_t reserved;
};

/* The decrypted EncKDCRepPart, its session key's bytes zeroed: they stay in the vault, as session key `key`, until the session ends. */
struct credvault_kerberos_reply {
    uint32_t key;
    uint32_t etype;          /* the session key's */
    uint32_t size;           /* bytes of DER that follow */
    uint32_t key_offset;     /* in them: where the zeroed key is */
};

struct credvault_kerberos_data {
    uint32_t key;            /* a session key */
    uint32_t usage;          /* AUTHENTICATOR: 7 (TGS-REQ, no subkey) or 11 (AP-REQ); CHECKSUM: 6 (TGS-REQ's body) or 10 (AP-REQ) */
    uint32_t size;           /* bytes that follow */
    uint32_t reserved;
};

struct credvault_otp_reply {
    uint32_t code;           /* to be shown with leading zeros */
    uint32_t digits;
    uint64_t counter;        /* HOTP: the one it was made of; TOTP: the time step */
};

enum credvault_algorithm {
    CREDVAULT_ECDSA_SHA256 = 1,     /* P-256: r || s */
    CREDVAULT_ECDSA_SHA384 = 2,     /* P-384: r || s */
    CREDVAULT_ED25519_PURE = 3,     /* Ed25519; no hash can be given */
    CREDVAULT_RSA_PSS_SHA256 = 4,   /* salt of 32 bytes */
    CREDVAULT_RSA_PKCS1_SHA256 = 5,
};

enum credvault_sign_flag { CREDVAULT_SIGN_HASHED = 1u << 0 /* the message is the hash already */ };

struct credvault_sign {
    uint32_t credential;
    uint32_t algorithm;      /* enum credvault_algorithm */
    uint32_t flags;          /* of enum credvault_sign_flag */
    uint32_t size;           /* the message follows: 0 to CREDVAULT_MAX_MESSAGE bytes */
};

/* HKDF-SHA-256(salt "OpenVSM credvault agree v1", ECDH(credential, peer), info): the shared secret itself is told to nobody. */
struct credvault_agree {
    uint32_t credential;
    uint32_t peer_size;      /* 65 or 97: an uncompressed point */
    uint32_t info_size;      /* 0 to CREDVAULT_MAX_INFO */
    uint32_t out_size;       /* 16 to 64 */
};

struct credvault_wrap {
    uint32_t credential;     /* the key that wraps: CREDVAULT_ALLOW_WRAP */
    uint32_t target;         /* what is wrapped: CREDVAULT_ALLOW_EXPORT; its policy is asked and counted too */
};
