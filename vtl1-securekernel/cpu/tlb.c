#include <sk/tlb.h>

#include <sk/x86.h>

void tlb_forget(uint64_t address)
{
    invlpg(address);
}
