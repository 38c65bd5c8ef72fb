#include <sk/intercept.h>

#include <stdbool.h>

#include <abi/tlfs.h>

#include <sk/cpu.h>
#include <sk/hypercall.h>
#include <sk/log.h>
#include <sk/x86.h>

#define VECTOR_GP 13u

/* HvRegisterPendingEvent0 (TLFS): an exception with error code 0. */
#define PENDING_GP (HV_PENDING_EVENT_PENDING | HV_PENDING_EVENT_DELIVER_ERROR_CODE | (uint64_t)VECTOR_GP << 16)

static uint64_t count;

static const char *access_name(uint8_t access)
{
    switch (access) {
    case HV_INTERCEPT_READ:
        return "read";
    case HV_INTERCEPT_WRITE:
        return "write";
    case HV_INTERCEPT_EXECUTE:
        return "execute";
    default:
        return "unknown";
    }
}

/* An attacker can intercept at will: the log must not become VTL0's way to slow VTL1 down or to fill a disk. */
static void log_intercept(const struct hv_x64_gpa_intercept *intercept, uint16_t status)
{
    uint64_t number = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);

    if (number <= INTERCEPT_LOG_LIMIT) {
        log_line("intercept %lu vp=%u %s gpa=0x%lx rip=0x%lx: #GP(0)", number, this_cpu()->index,
                 access_name(intercept->header.access), intercept->gpa, intercept->header.rip);
        if (status != HV_STATUS_SUCCESS) {
            log_line("error: no #GP for VTL0, hypercall status 0x%x", status);
        }
    }
    if (number == INTERCEPT_LOG_LIMIT) {
        log_line("intercepts are counted, but no longer logged");
    }
}

static void refuse_access(const struct hv_message *message)
{
    log_intercept(&message->gpa, hypercall_set_register(HV_INPUT_VTL_USE_TARGET, HV_REGISTER_PENDING_EVENT0, PENDING_GP));
}

void intercept_handle(void)
{
    struct hv_message *slot = &this_cpu()->messages[0];
    uint32_t type = __atomic_load_n(&slot->type, __ATOMIC_ACQUIRE);

    if (type == HV_MESSAGE_NONE) {
        return;
    }
    if (type == HV_MESSAGE_GPA_INTERCEPT) {
        refuse_access(slot);
    } else {
        log_line("error: message of unknown type 0x%x dropped", type);
    }
    __atomic_store_n(&slot->type, HV_MESSAGE_NONE, __ATOMIC_RELEASE);
    /* The flag is read after the slot is free: the hypervisor may set it until then (TLFS, "Message Buffers"). */
    if ((__atomic_load_n(&slot->flags, __ATOMIC_SEQ_CST) & HV_MESSAGE_FLAG_PENDING) != 0) {
        wrmsr(HV_MSR_EOM, 0);
    }
}

uint64_t intercept_count(void)
{
    return __atomic_load_n(&count, __ATOMIC_RELAXED);
}
