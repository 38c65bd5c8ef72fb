/*
 * mode=vault, and afterwards a search for what the host's requests had to keep secret. Each secure call is watched: no register may
 * come back other than it was. Then the host says what to look for, masked: "OVSM-SCAN <hex>" for each secret, "OVSM-SCAN end";
 * and every page of RAM that VTL0 can read is looked through.
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/hex.h>
#include <vtl0/lsass_process.h>
#include <vtl0/memory_search.h>
#include <vtl0/pages.h>
#include <vtl0/pattern_search.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define LINE_SIZE   256u
#define HITS_TOLD   32u
#define CONTROL_AT  3u /* in its page: a copy need not be aligned */

static struct pattern_search search;
static uint8_t *control; /* a page with a copy of the first secret */
static uint64_t hits, controls;

static void found(uint64_t at, uint32_t pattern)
{
    if (at / PAGE_SIZE == (uint64_t)(uintptr_t)control / PAGE_SIZE) {
        controls++;
        return;
    }
    if (hits++ < HITS_TOLD) {
        console_printf("@openvsm vault-scan-hit pattern=%u address=%lx\n", pattern, at);
    }
}

static void visit(void *context, uint64_t page)
{
    (void)context;
    pattern_look(&search, page, PAGE_SIZE, found);
}

/* Byte by byte into memory: no register and no stack gets more of the secret than that. */
static void plant_control(const uint8_t *masked, size_t size)
{
    volatile uint8_t *to;

    control = pages_alloc(1, PAGE_SIZE);
    to = control + CONTROL_AT;
    for (size_t i = 0; i < size; i++) {
        to[i] = masked[i] ^ PATTERN_MASK;
    }
}

/* 1: another one was taken; 0: that was all; -1: no such line. */
static int take_line(const char *line)
{
    static const char mark[] = "OVSM-SCAN ";
    uint8_t masked[PATTERN_MAX];
    size_t length = strlen(line), head = sizeof(mark) - 1, size;

    if (strcmp(line, "OVSM-SCAN end") == 0) {
        return 0;
    }
    if (length < head || memcmp(line, mark, head) != 0 || !hex_decode(line + head, length - head, masked, sizeof(masked), &size) ||
        !pattern_add(&search, masked, size)) {
        return -1;
    }
    if (control == NULL) {
        plant_control(masked, size);
    }
    return 1;
}

static bool take_patterns(void)
{
    static char line[LINE_SIZE];
    int taken;

    console_printf("@openvsm scan ready\n");
    do {
        console_read_line(line, sizeof(line), false);
        taken = take_line(line);
    } while (taken > 0);
    if (taken < 0 || control == NULL) {
        console_printf("error: vault-scan: that line is not a secret to look for\n");
    }
    return taken == 0 && control != NULL;
}

static bool tell_registers(void)
{
    const struct vsm_watch watch = vsm_watch_end();

    console_printf("@openvsm vault-registers calls=%lu general=%lu vector=%lu debug=%lu avx=%u\n", watch.calls, watch.general, watch.vector,
                   watch.debug, watch.avx);
    return watch.calls > 0 && watch.general + watch.vector + watch.debug == 0;
}

static bool scan(const struct boot_info *boot)
{
    struct memory_walk walk = { .visit = visit };
    struct secure_info info;

    if (!secure_get_info(&info)) {
        return false;
    }
    memory_walk(boot, info.region_base, info.region_size, &walk);
    console_printf("@openvsm vault-scan pages=%lu unreadable=%lu patterns=%u hits=%lu controls=%lu\n", walk.pages, walk.unreadable,
                   search.pattern_count, hits, controls);
    return hits == 0 && controls > 0;
}

int mode_vault_scan(const struct mode_context *context)
{
    bool good;

    if (vsm_state() != VSM_READY) {
        console_printf("error: no vault: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    vsm_watch_begin();
    good = lsass_command("serve");
    good = tell_registers() && good;
    return take_patterns() && scan(context->boot) && good ? 0 : 1;
}
