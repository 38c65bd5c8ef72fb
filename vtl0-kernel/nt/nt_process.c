#include <vtl0/nt_process.h>

#include <lib/string.h>
#include <vtl0/trustlet.h>

static struct nt_process table[NT_PROCESSES];
static uint32_t last_pid;

static struct nt_process *add(struct process *process, uint64_t instance)
{
    for (unsigned i = 0; i < NT_PROCESSES; i++) {
        if (table[i].pid == 0) {
            last_pid += 4;
            table[i] = (struct nt_process){ .pid = last_pid, .process = process, .instance = instance };
            return &table[i];
        }
    }
    return NULL;
}

struct nt_process *nt_process_add(struct process *process)
{
    return add(process, 0);
}

struct nt_process *nt_process_find(uint32_t pid)
{
    for (unsigned i = 0; i < NT_PROCESSES && pid != 0; i++) {
        if (table[i].pid == pid) {
            return &table[i];
        }
    }
    return NULL;
}

struct nt_process *nt_process_after(uint32_t pid)
{
    struct nt_process *next = NULL;

    for (unsigned i = 0; i < NT_PROCESSES; i++) {
        if (table[i].pid > pid && (next == NULL || table[i].pid < next->pid)) {
            next = &table[i];
        }
    }
    return next;
}

struct nt_process *nt_process_of(const struct process *process)
{
    for (unsigned i = 0; i < NT_PROCESSES; i++) {
        if (table[i].pid != 0 && table[i].process == process) {
            return &table[i];
        }
    }
    return NULL;
}

struct nt_process *nt_process_of_instance(uint64_t instance)
{
    for (unsigned i = 0; i < NT_PROCESSES; i++) {
        if (table[i].pid != 0 && instance != 0 && table[i].instance == instance) {
            return &table[i];
        }
    }
    return NULL;
}

static bool trustlet_runs(uint64_t instance)
{
    struct secure_trustlet found;
    size_t count;

    return trustlet_list(instance - 1, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1 && found.instance == instance &&
           found.state == SECURE_TRUSTLET_RUNNING;
}

static void remove_ended(void)
{
    for (unsigned i = 0; i < NT_PROCESSES; i++) {
        if (table[i].pid != 0 && nt_process_is_secure(&table[i]) && !trustlet_runs(table[i].instance)) {
            process_delete(table[i].process);
            table[i] = (struct nt_process){ 0 };
        }
    }
}

void nt_secure_processes_update(void)
{
    struct secure_trustlet found;
    uint64_t after = 0;
    size_t count;

    remove_ended();
    while (trustlet_list(after, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1) {
        after = found.instance;
        if (found.state == SECURE_TRUSTLET_RUNNING && nt_process_of_instance(found.instance) == NULL) {
            add(process_new(0, 0), found.instance);
        }
    }
}
