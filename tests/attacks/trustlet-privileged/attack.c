/* Every privileged instruction by a trustlet: each ends it, and changes nothing. */
#include "attack_trustlet.h"

#define GP(name, what) TRUSTLET_KILLED("trustlet-" name, "privileged-" what, 0, KILLED_BY_GP)
#define UD(name, what) TRUSTLET_KILLED("trustlet-" name, "privileged-" what, 0, KILLED_BY_UD)
#define EITHER(name, what) TRUSTLET_KILLED("trustlet-" name, "privileged-" what, 0, KILLED_BY_GP | KILLED_BY_UD)

/* EITHER: manuals and emulators differ in what comes first where the instruction is not switched on. */
ATTACK("trustlet-privileged",
    TRUSTLET_CONTROL("trustlet-nop", "privileged-nothing", 0),
    GP("cli", "cli"), GP("sti", "sti"), GP("hlt", "hlt"),
    GP("read-cr0", "read_cr0"), GP("read-cr3", "read_cr3"), GP("write-cr3", "write_cr3"), GP("read-cr4", "read_cr4"),
    GP("write-cr8", "write_cr8"), GP("read-dr7", "read_dr7"), GP("write-dr0", "write_dr0"),
    GP("lgdt", "lgdt"), GP("lidt", "lidt"), GP("lldt", "lldt"), GP("ltr", "ltr"), GP("lmsw", "lmsw"), GP("clts", "clts"),
    GP("invlpg", "invlpg"), GP("invd", "invd"), GP("wbinvd", "wbinvd"), GP("swapgs", "swapgs"), EITHER("sysret", "sysret"),
    EITHER("xsetbv", "xsetbv"), UD("stac", "stac"), UD("monitor", "monitor"),
    EITHER("vmrun", "vmrun"), EITHER("vmsave", "vmsave"), EITHER("stgi", "stgi"), EITHER("vmxon", "vmxon"),
);
