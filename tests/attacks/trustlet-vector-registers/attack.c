/* What VTL0 has in its x87, MMX and vector registers, asked for by a trustlet. Without the protection it is simply there. */
#include "attack_trustlet.h"

#define KILLED_BY_NM KILLED_BY(7)
#define SECRET       UINT64_C(0x4F56534D5EC2E700)

/* VTL0 has a word in MM0 when it calls. */
static void with_secret(const struct attack *attack, struct attack_result *result)
{
    uint64_t secret = SECRET;

    __asm__ volatile("movq %0, %%mm0" : : "r"(secret));
    attack_trustlet(attack, result);
    __asm__ volatile("emms");
}

/* The same instruction in a ring that may. */
static void by_ring0(const struct attack *attack, struct attack_result *result)
{
    uint64_t found = 0;

    (void)attack;
    __asm__ volatile("movq %1, %%mm0\n\tmovq %%mm0, %0\n\temms" : "=r"(found) : "r"(SECRET));
    result->outcome = found == SECRET ? OUTCOME_OK : OUTCOME_WRONG;
    attack_detail(result, "mm0=0x%lx", found);
}

#define VECTOR(name, what) \
    { .id = "trustlet-" name, .run = with_secret, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = "vector-" what, \
      .killed_by = KILLED_BY_UD | KILLED_BY_NM, .expected = EXPECT_KILLED }

ATTACK("trustlet-vector-registers",
    TRUSTLET_ROW("trustlet-mmx-by-ring0", by_ring0, NULL, 0, EXPECT_OK),
    TRUSTLET_CONTROL("trustlet-general-register", "vector-general", 0),
    VECTOR("mmx", "mmx"), VECTOR("fnstenv", "fnstenv"), VECTOR("fninit", "fninit"), VECTOR("xmm", "xmm"), VECTOR("write-xmm", "write_xmm"),
    VECTOR("ldmxcsr", "ldmxcsr"), VECTOR("fxsave", "fxsave"), VECTOR("xsave", "xsave"), VECTOR("vzeroall", "vzeroall"),
);
