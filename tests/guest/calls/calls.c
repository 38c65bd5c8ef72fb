/* Every form of a hypercall and every refusal of one (TLFS, "Hypercall Interface"). */
#include "forms.h"

void guest_test(void)
{
    report("calls-enable", protection_on() == HV_STATUS_SUCCESS, "-");
    test_memory();
    test_fast();
    test_32_bit();
    test_longest();
}
