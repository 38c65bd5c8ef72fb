#include "tpm_command.h"

#include <lib/string.h>

#define TRIES 250u

/* Part 2, "TPM_RC (Response Codes)": the TPM did nothing yet, and the same command may be sent again. */
enum again { TPM_RC_YIELDED = 0x908, TPM_RC_TESTING = 0x90A, TPM_RC_RETRY = 0x922 };

static bool is_busy(uint32_t code)
{
    return code == TPM_RC_YIELDED || code == TPM_RC_TESTING || code == TPM_RC_RETRY;
}

/* What the header says; *code is valid when it says something at all. An error has no sessions and nothing behind the header. */
static bool read_header(const struct tpm_header *command, const struct tpm_header *answer, uint32_t capacity, uint32_t *code)
{
    uint32_t tag = be16_get(answer->tag), size = be32_get(answer->size);

    *code = be32_get(answer->code);
    if (*code != 0) {
        return tag == TPM_ST_NO_SESSIONS && size == sizeof(*answer);
    }
    return tag == be16_get(command->tag) && size >= sizeof(*answer) && size <= capacity;
}

uint32_t tpm_run(const struct tpm_link *link, const char *name, const void *command, void *answer, uint32_t capacity,
                 struct tpm_refusal *refusal)
{
    const struct tpm_header *sent = command, *got = answer;
    uint32_t code = TPM_RC_RETRY;

    for (uint32_t i = 0; i < TRIES && is_busy(code); i++) {
        if (i != 0) {
            link->pause(link->self);
        }
        memset(answer, 0, capacity);
        if (!link->submit(link->self, command, be32_get(sent->size), answer, capacity) ||
            !read_header(sent, got, capacity, &code)) {
            *refusal = (struct tpm_refusal){ name, 0 };
            return 0;
        }
    }
    if (code != 0) {
        *refusal = (struct tpm_refusal){ name, code };
        return 0;
    }
    return be32_get(got->size);
}
