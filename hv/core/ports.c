/*
 * I/O ports: an allow-list of what each VTL uses without an exit, a table of
 * guarded ports with their filters, and for all the rest the answer of an
 * empty bus: reads all ones, writes go nowhere.
 */
#include <hv/exit_counts.h>
#include <hv/guarded.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/intercept_message.h>
#include <hv/io_intercepts.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/pci.h>
#include <hv/policy.h>
#include <hv/ports.h>
#include <hv/reset.h>
#include <hv/vendor.h>
#include <hv/x86.h>

struct port_range {
    uint16_t first, last;
};

/* Never trapped: the PM timer, 61h, 42h/43h and 80h are read millions of times in a boot (F12). */
static const struct port_range vtl0_open[] = {
    { 0x20, 0x21 }, { 0x40, 0x43 }, { 0x61, 0x61 }, { 0x70, 0x77 }, { 0x80, 0x80 }, { 0xA0, 0xA1 },
    { 0x170, 0x177 }, { 0x1F0, 0x1F7 }, { 0x376, 0x376 }, { 0x3F6, 0x3F6 },   /* IDE */
    { 0x3B0, 0x3DF },                                                        /* VGA */
    { 0x3F8, 0x3FF },                                                        /* COM1 */
    { 0x4D0, 0x4D1 }, { 0x510, 0x513 }, { 0xCC0, 0xCD7 },
};

static bool in_pm_block(uint16_t port)
{
    uint16_t base = partition.boot.pm_block;

    return base != 0 && port >= base && port < base + 0x80;
}

/* PM1 status and enable, the timer, GPE0; not PM1_CNT (+4), SMI_EN (+30h) and what follows. */
static bool pm_port_is_open(uint16_t port)
{
    uint16_t offset = (uint16_t)(port - partition.boot.pm_block);

    return offset < 4 || (offset >= 8 && offset < 0xC) || (offset >= 0x20 && offset < 0x30);
}

static bool is_pm_control(uint16_t port)
{
    uint16_t a = partition.boot.pm1a_control_port;
    uint16_t b = partition.boot.pm1b_control_port;

    return (a != 0 && (port == a || port == a + 1)) || (b != 0 && (port == b || port == b + 1));
}

bool port_is_open(enum vtl vtl, uint16_t port)
{
    if (vtl == VTL1) {
        return port >= 0x2F8 && port <= 0x2FF; /* COM2 is VTL1's (F21) */
    }
    if (is_pm_control(port)) {
        return false;
    }
    if (in_pm_block(port)) {
        return pm_port_is_open(port);
    }
    for (size_t i = 0; i < sizeof(vtl0_open) / sizeof(vtl0_open[0]); i++) {
        if (port >= vtl0_open[i].first && port <= vtl0_open[i].last) {
            return true;
        }
    }
    return port >= 0x1000 || mutant_is(MUTANT_PORTS_OPEN);
}

/* Each byte of it: the back ends' maps are looked at byte by byte. */
static bool is_open(enum vtl vtl, const struct exit_io *io)
{
    for (uint32_t i = 0; i < io->size; i++) {
        if (io->port + i > UINT16_MAX || !port_is_open(vtl, (uint16_t)(io->port + i))) {
            return false;
        }
    }
    return true;
}

uint32_t port_in(uint16_t port, uint8_t size)
{
    switch (size) {
    case 1: return in8(port);
    case 2: return in16(port);
    default: return in32(port);
    }
}

void port_out(uint16_t port, uint8_t size, uint32_t value)
{
    switch (size) {
    case 1: out8(port, (uint8_t)value); break;
    case 2: out16(port, (uint16_t)value); break;
    default: out32(port, value); break;
    }
}

/* Port CF9h lies inside CF8h..CFBh: "Reset Control Register", bit 2 resets. */
static void write_reset_control(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    (void)port;
    if (size == 1 && (value & 4) != 0) {
        machine_reset(cpu, "port CF9h");
    }
}

static void write_config_or_reset(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    if (port == 0xCF9) {
        write_reset_control(cpu, port, size, value);
    } else {
        pci_port_write(cpu, port, size, value);
    }
}

/* Bit 0 resets, bit 1 is A20 (attacks.md MEM-11): it stays on. */
static void write_fast_a20(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    if (size != 1) {
        return;
    }
    if (mutant_is(MUTANT_A20_OPEN)) {
        out8(port, (uint8_t)value);
        return;
    }
    if ((value & 1) != 0) {
        machine_reset(cpu, "port 92h");
    }
    out8(port, (uint8_t)(value | 2));
}

#define KBC_WRITE_OUTPUT_PORT 0xD1
#define KBC_DISABLE_A20       0xDD
#define KBC_PULSE_FIRST       0xF0

/*
 * Keyboard controller: pulsing output bit 0 resets, output bit 1 is A20. The
 * command that writes the output port never reaches the controller, which
 * would keep it through other commands and take the data from any processor.
 */
static struct spinlock kbc_lock = SPINLOCK_INIT;
static bool kbc_output_port_follows;

static void write_kbc_command(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    if (size != 1) {
        return;
    }
    if (value >= KBC_PULSE_FIRST && (value & 1) == 0) {
        machine_reset(cpu, "keyboard controller");
    }
    spin_lock(&kbc_lock);
    kbc_output_port_follows = value == KBC_WRITE_OUTPUT_PORT;
    if (value != KBC_WRITE_OUTPUT_PORT && value != KBC_DISABLE_A20 && value < KBC_PULSE_FIRST) {
        out8(port, (uint8_t)value);
    }
    spin_unlock(&kbc_lock);
}

static void write_kbc_data(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    bool output_port;

    if (size != 1) {
        return;
    }
    spin_lock(&kbc_lock);
    output_port = kbc_output_port_follows;
    kbc_output_port_follows = false;
    if (!output_port) {
        out8(port, (uint8_t)value);
    }
    spin_unlock(&kbc_lock);
    if (output_port && (value & 1) == 0) {
        machine_reset(cpu, "keyboard controller output port");
    }
}

#define PM1_SLEEP_ENABLE 0x2000u
#define PM1_SLEEP_TYPE(v) ((v) >> 10 & 7u)

/* ACPI, "PM1 Control Registers": soft off passes; every other sleep state is refused (F21). */
static void write_pm_control(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    (void)cpu;
    static atomic_flag counts_logged = ATOMIC_FLAG_INIT;
    bool low = port == partition.boot.pm1a_control_port || port == partition.boot.pm1b_control_port;
    uint32_t shifted = low ? value : value << 8;

    if ((shifted & PM1_SLEEP_ENABLE) != 0 && PM1_SLEEP_TYPE(shifted) != 0 && PM1_SLEEP_TYPE(shifted) != 7
        && !mutant_is(MUTANT_SLEEP_OPEN)) {
        return;
    }
    if ((shifted & PM1_SLEEP_ENABLE) != 0 && !atomic_flag_test_and_set(&counts_logged)) {
        exit_counts_log();
    }
    port_out(port, size > 2 ? 2 : size, value);
}

#define HOTPLUG_FLAGS 0xCDC
#define HOTPLUG_EJECT 0x08u

/* ACPI CPU hot-plug of the emulated chipset: a processor taken away would never leave its guest again. */
static void write_cpu_hotplug(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    (void)cpu;
    if (port != HOTPLUG_FLAGS || (value & HOTPLUG_EJECT) == 0) {
        port_out(port, size, value);
    }
}

/* fw_cfg's DMA writes memory past the second-level tables (attacks.md DMA-03). */
static void write_fw_cfg_dma(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    (void)cpu;
    if (mutant_is(MUTANT_FW_CFG_DMA_OPEN)) {
        port_out(port, size, value);
    }
}

static uint32_t read_device(struct cpu *cpu, uint16_t port, uint8_t size)
{
    (void)cpu;
    return port_in(port, size);
}

/* Guarded ports of VTL0. Those without a function for it read as an empty bus. */
static const struct guarded_port {
    struct port_range ports;
    uint32_t (*read)(struct cpu *cpu, uint16_t port, uint8_t size);
    void (*write)(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value);
} guarded[] = {
    { { 0x60, 0x60 }, read_device, write_kbc_data },
    { { 0x64, 0x64 }, read_device, write_kbc_command },
    { { 0x92, 0x92 }, read_device, write_fast_a20 },
    { { 0xCD8, 0xCE3 }, read_device, write_cpu_hotplug },
    { { 0xCF8, 0xCFF }, pci_port_read, write_config_or_reset },
    { { 0x514, 0x51B }, NULL, write_fw_cfg_dma },
};

static const struct guarded_port *find_guarded(enum vtl vtl, uint16_t port)
{
    static const struct guarded_port pm_control = { { 0, 0 }, read_device, write_pm_control };

    if (vtl != VTL0) {
        return NULL;
    }
    if (is_pm_control(port)) {
        return &pm_control;
    }
    for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
        if (port >= guarded[i].ports.first && port <= guarded[i].ports.last) {
            return &guarded[i];
        }
    }
    return NULL;
}

bool port_access_reaches(const struct exit_io *io)
{
    const struct guarded_port *row = find_guarded(VTL0, io->port);

    return is_open(VTL0, io) || (row != NULL && !io->string && (io->in ? row->read != NULL : row->write != write_fw_cfg_dma));
}

static uint32_t read_port(struct cpu *cpu, const struct exit_io *io, bool open, const struct guarded_port *row)
{
    if (open) {
        return port_in(io->port, io->size);
    }
    return row != NULL && row->read != NULL ? row->read(cpu, io->port, io->size) : UINT32_MAX;
}

static void io_in(struct cpu *cpu, const struct exit_io *io, bool open, const struct guarded_port *row)
{
    uint32_t value = read_port(cpu, io, open, row);
    uint64_t mask = io->size == 1 ? 0xFF : 0xFFFF;

    if (io->size == 4) {
        cpu->gpr[RAX] = value;
    } else {
        cpu->gpr[RAX] = (cpu->gpr[RAX] & ~mask) | (value & mask);
    }
}

static void io_out(struct cpu *cpu, const struct exit_io *io, bool open, const struct guarded_port *row)
{
    uint32_t value = (uint32_t)(cpu->gpr[RAX] & (UINT64_MAX >> (64 - 8 * io->size)));

    if (open) {
        port_out(io->port, io->size, value);
    } else if (row != NULL) {
        row->write(cpu, io->port, io->size, value);
    }
}

void handle_io(struct cpu *cpu)
{
    const struct exit_io *io = &cpu->exit.io;
    const struct guarded_port *row = find_guarded(cpu->active, io->port);
    bool open = is_open(cpu->active, io); /* it exits for VTL1's sake */

    if (io->size != 1 && io->size != 2 && io->size != 4) {
        inject_gp(cpu);
    } else if (cpu->active == VTL0 && io_intercepted(io) && port_access_reaches(io)) {
        intercept_io(cpu);
    } else if (io->string && open) {
        port_string(cpu);
    } else if (io->string) {
        inject_gp(cpu);
    } else {
        vendor->set(cpu, cpu->active, VREG_RIP, io->next_rip);
        if (io->in) {
            io_in(cpu, io, open, row);
        } else {
            io_out(cpu, io, open, row);
        }
    }
}
