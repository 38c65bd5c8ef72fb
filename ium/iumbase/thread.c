#include <ium/thread.h>

#include <ium/exit.h>
#include <ium/syscalls.h>

_Static_assert(offsetof(struct ium_thread, call) == 0, "a call's address is its thread's");

/* The kernel has put a call there before it lets the thread begin. */
static void thread_main(struct ium_call *call)
{
    const struct ium_thread *thread = (const struct ium_thread *)call;

    do {
        thread->serve(call);
    } while (ium_wait_call(call) == IUM_SUCCESS);
    ium_exit(IUM_EXIT_WAIT_REFUSED);
}

enum ium_status ium_thread_create(struct ium_thread *thread, void (*serve)(struct ium_call *call))
{
    thread->serve = serve;
    return (enum ium_status)ium_create_thread(&thread->call, thread_main, NULL);
}
