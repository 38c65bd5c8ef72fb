/* What one row of the attack table is, and what the rows share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/secure_call.h>

#include <vtl0/attack.h>
#include <vtl0/boot_info.h>
#include <vtl0/probe.h>

#define ATTACK_DETAIL_SIZE 96u
#define ATTACK_MAX_RANGES  8u
#define ATTACK_APIC_PAGE   UINT64_C(0xFEE00000)

enum attack_target { TARGET_CONTROL, TARGET_VAULT, TARGET_SECUREKERNEL, TARGET_HYPERVISOR, TARGET_HOLE,
                     TARGET_PROCESSOR, TARGET_TRUSTLET };
enum attack_access {
    ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE, ACCESS_WALK, ACCESS_HYPERCALL, ACCESS_INSTRUCTION, ACCESS_MSR,
    ACCESS_PORT, ACCESS_PCI, ACCESS_DMA, ACCESS_FRAME, ACCESS_IPI, ACCESS_END, ACCESS_TRUSTLET,
};
enum attack_via { VIA_DIRECT, VIA_ALIAS_4K, VIA_ALIAS_2M, VIA_USER };

/* Where a memory attack goes. */
enum attack_place {
    PLACE_CONTROL, PLACE_VTL1_FIRST, PLACE_VTL1_MIDDLE, PLACE_VTL1_LAST, PLACE_HYPERVISOR_FIRST,
    PLACE_HYPERVISOR_MIDDLE,
    PLACE_HYPERVISOR_LAST, PLACE_HOLE, PLACE_COUNT,
};

enum attack_outcome {
    OUTCOME_OK,       /* the attack, or the control, did what it wanted */
    OUTCOME_GP,       /* #GP(0) */
    OUTCOME_UD,       /* #UD */
    OUTCOME_REFUSED,  /* a documented status, or no effect */
    OUTCOME_KILLED,   /* the trustlet that did it was ended */
    OUTCOME_LEAK,     /* an exception, but a register had changed */
    OUTCOME_WRONG,    /* anything else; the detail says what */
    OUTCOME_ABSENT,   /* nothing to attack was found */
    OUTCOME_SKIPPED,  /* needs more processors than there are */
};

/* Sets of outcomes. */
#define EXPECT(outcome) (1u << (outcome))
#define EXPECT_OK       EXPECT(OUTCOME_OK)
#define EXPECT_GP       EXPECT(OUTCOME_GP)
#define EXPECT_UD       EXPECT(OUTCOME_UD)
#define EXPECT_REFUSED  EXPECT(OUTCOME_REFUSED)
#define EXPECT_KILLED   EXPECT(OUTCOME_KILLED)

/* What a function's MSI capability is told, and which way. */
enum attack_message_way { BY_PORT, BY_ECAM, BY_LATCH };
enum attack_message { MESSAGE_FIXED, MESSAGE_SMI, MESSAGE_NMI, MESSAGE_INIT, MESSAGE_ADDRESS };

struct attack_result {
    enum attack_outcome outcome;
    bool rip_advanced;
    char detail[ATTACK_DETAIL_SIZE]; /* without spaces */
};

struct attack;
typedef void attack_function(const struct attack *attack, struct attack_result *result);

struct attack {
    const char *id;
    attack_function *run;
    enum attack_target target;
    enum attack_access access;
    enum attack_via via;
    enum attack_place place;
    uint64_t number;   /* what the function makes of it */
    uint32_t expected; /* set of outcomes */
    const char *trustlet; /* attack_trustlet.h: what it is asked for, */
    uint32_t killed_by;   /* and the set of what may end it */
    bool control;      /* the positive control: succeeds, and most need no hypervisor */
    bool starts;       /* not ACCESS_TRUSTLET, but needs a trustlet that the build's owner signed */
    bool alone;        /* too long for the boot that all share, or ends the machine: only runs when asked for */
};

/* One folder of tests/attacks/. */
struct attack_folder {
    const char *id;
    const struct attack *rows;
    unsigned count;
};

/* What ends tests/attacks/ID/attack.c: its rows. The linker script gathers the folders, so that there is no list to keep. */
#define ATTACK(folder_id, ...) \
    static const struct attack attack_rows[] = { __VA_ARGS__ }; \
    static const struct attack_folder attack_this_folder = { (folder_id), attack_rows, sizeof(attack_rows) / sizeof(attack_rows[0]) }; \
    static const struct attack_folder *const attack_folder_entry __attribute__((used, section(".attacks"))) = &attack_this_folder

extern const struct attack_folder *const attack_folders_start[], *const attack_folders_end[]; /* vtl0.lds */

/* attack_places.c: where everything is. */
struct attack_places {
    uint64_t vtl1_base, vtl1_size;
    struct {
        uint64_t base, size;
    } hypervisor[ATTACK_MAX_RANGES];
    unsigned hypervisor_count;
    uint64_t page[PLACE_COUNT]; /* physical; 0 = not found */
    const struct boot_info *boot;
};

extern struct attack_places attack_places;

/* Finds what the machine has; the rest stays 0. */
void attack_places_find(const struct boot_info *boot);

/* Puts the control page's content back: an instruction, then a value. */
#define CONTROL_VALUE UINT64_C(0x1122334455667788)
#define CONTROL_VALUE_OFFSET 64u
void attack_control_reset(void);

/*
 * What every register holds when foreign memory is executed: the address of a
 * page of VTL0's own. Should the page be executable after all, most of what it
 * may contain (above all zeros, which are additions to memory) then runs and
 * cannot be taken for a refusal.
 */
uint64_t attack_scratch(void);

/* Which vendor's hypercall instruction this processor has: the other's is #UD by itself. */
bool attack_on_intel(void);
uint64_t attack_hypercall_code(void); /* the routine with it */

/* attack_pci.c: a function and register as port CF8h wants them; and whether the chipset is QEMU's q35. */
uint32_t attack_config_read(uint32_t at);
void attack_config_write(uint32_t at, uint32_t value);
bool attack_on_q35(void);

/* Formats the detail of a result. */
void attack_detail(struct attack_result *result, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Turns what a probe saw into outcome, rip_advanced and detail. caught false means OUTCOME_OK. */
void attack_judge(const struct probe *probe, bool register_kept, struct attack_result *result);

/* One access to one physical page; the whole of a memory row except its counting. */
void attack_touch(uint64_t physical, enum attack_access access, enum attack_via via, struct attack_result *result);

/* Secure intercepts VTL1 has counted so far; 0 when it does not say. */
uint64_t attack_intercepts(void);

attack_function attack_memory, attack_sweep;                       /* attack_memory.c, attack_sweep.c */
attack_function attack_walk;                                       /* attack_walk.c */
attack_function attack_protect, attack_enable_vp, attack_enable_partition, attack_registers_get, attack_registers_set,
    attack_partition_config, attack_buffer, attack_unknown_call;   /* attack_hypercall.c */
attack_function attack_overlay;                                    /* attack_overlay.c */
/* attack_instruction.c */
attack_function attack_instruction, attack_cr4, attack_vtl_switch, attack_return_entry, attack_user_instruction;
attack_function attack_msr, attack_hidden_msr;                     /* attack_msr.c */
attack_function attack_a20, attack_hidden_port, attack_sleep;      /* attack_port.c */
attack_function attack_dma;                                        /* attack_dma.c */
attack_function attack_pci, attack_message;                        /* attack_pci.c, attack_message.c */
attack_function attack_reset, attack_reset_msr, attack_triple_fault, attack_cr3; /* attack_end.c */
/* Whether a call ended by this status; SUCCESS where another was expected is the attack's success. */
void attack_judge_status(uint64_t status, enum secure_status expected, struct attack_result *result);

attack_function attack_frame_address, attack_frame_field, attack_session; /* attack_frame.c */
attack_function attack_local_vector, attack_redirection, attack_apic_register, attack_hpet_register, attack_command,
    attack_message_store;                                          /* attack_device_register.c */
attack_function attack_feature, attack_pat, attack_xcr0, attack_cr0; /* attack_features.c */
attack_function attack_init, attack_init_all, attack_init_busy, attack_stray_startup, attack_nmi; /* attack_ipi.c */

/*
 * Ring 3 with one page of code, the scratch page and one foreign page; what
 * its exception was. Caught 0 means it came to its end.
 */
enum user_probe { USER_PROBE_READ, USER_PROBE_WRITE, USER_PROBE_VMMCALL, USER_PROBE_VMCALL, USER_PROBE_EXECUTE };
#define USER_SCRATCH_AT UINT64_C(0x400020000000)
void attack_user_run(enum user_probe kind, uint64_t physical, struct probe *probe);
