/* The IUM loader's system calls, made when it is gone: memory with other rights than were signed, and the image itself. */
#include <assailant/attack.h>

#include <abi/image.h>
#include <abi/ium.h>

#define PAGE       UINT64_C(4096)
#define IMAGE_ROOM UINT64_C(0x2000000) /* from the image's base: behind it all, and inside IUM_IMAGE_MAX_SIZE */

static uint8_t buffer[4096];

static void loader_call(uint64_t number, struct assailant_report *report)
{
    uint64_t code = (uint64_t)trustlet_text, constants = (uint64_t)trustlet_rodata;
    const uint64_t arguments[][4] = {
        { IUM_SYSCALL_IMAGE_SIZE, 0, 0, 0 },
        { IUM_SYSCALL_IMAGE_READ, 0, (uint64_t)buffer, 16 },
        { IUM_SYSCALL_IMAGE_HEADER, (uint64_t)buffer, 0, 0 },
        { IUM_SYSCALL_MAP, code + IMAGE_ROOM, PAGE, IUM_READ | IUM_WRITE },
        { IUM_SYSCALL_PROTECT, code, constants - code, IUM_READ | IUM_EXECUTE },
        { IUM_SYSCALL_PROTECT, code, constants - code, IUM_READ | IUM_WRITE | IUM_EXECUTE },
        { IUM_SYSCALL_START, code, 0, 0 },
        { IUM_SYSCALL_LOG, (uint64_t)"a call that is allowed", 22, 0 },
    };
    const uint64_t *a = arguments[number % (sizeof(arguments) / sizeof(arguments[0]))];
    int64_t result = assailant_syscall(a[0], a[1], a[2], a[3]);

    assailant_say(report, result == IUM_UNKNOWN_SYSCALL ? ASSAILANT_REFUSED : ASSAILANT_SUCCEEDED, (uint64_t)result, "status");
}

TRUSTLET_ATTACKS(trustlet_loader_calls, { "loader-call", loader_call });
