/*
 * The registers of VTL1's local APIC in xAPIC mode, where IA32_APIC_BASE says
 * (SDM vol. 3A, "The Local APIC Block Diagram"). The page is in VTL1's
 * second-level table no more than the machine's APIC is: each access exits.
 */
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/local_apic.h>
#include <hv/partition.h>

static bool is_page(const struct cpu *cpu, gpa_t address)
{
    return atomic_load(&cpu->vtl[VTL1].apic.mode) == LOCAL_APIC_XAPIC && gpa_page(address).value == partition.boot.apic_base;
}

static uint32_t load(const struct cpu *cpu, uint32_t offset)
{
    uint64_t value = 0;

    return local_apic_read(cpu, offset, &value) ? (uint32_t)value : 0;
}

/* Only aligned accesses of 32 bits are defined: others read zero and write nothing. */
static void complete(struct cpu *cpu, const struct insn *insn, uint32_t offset)
{
    bool is_register = insn->size == 4 && (offset & 0xF) == 0;
    uint32_t before = is_register && insn->kind != INSN_STORE ? load(cpu, offset) : 0;

    if (is_register && insn->kind != INSN_LOAD) {
        local_apic_store(cpu, offset, (uint32_t)instruction_source(cpu, insn));
    }
    if (insn->kind != INSN_STORE) {
        instruction_give(cpu, insn, before);
    }
    instruction_advance(cpu, insn->length);
}

bool local_apic_page_access(struct cpu *cpu, gpa_t address)
{
    struct insn insn;

    /* What delivers an event is not the instruction at RIP. */
    if (!is_page(cpu, address) || cpu->exit.interrupted.type != EVENT_NONE) {
        return false;
    }
    if (!instruction_decode(cpu, &insn)) {
        return true; /* the bytes changed since the exit: enter again */
    }
    if (insn.kind == INSN_LOAD || insn.kind == INSN_STORE || insn.kind == INSN_EXCHANGE) {
        complete(cpu, &insn, (uint32_t)(address.value & PAGE_MASK));
    } else {
        inject_gp(cpu);
    }
    return true;
}
