"""Loaded by gdb (the script that './openvsm gdb' writes): the right symbols wherever the machine stops.

The hypervisor and the secure kernel are linked at the same addresses of two
address spaces, so which of them runs is told by the bytes at the program
counter, compared with each component's ELF file. VTL0's kernel is loaded where
the firmware likes; its base comes from its own first line on COM1.
"""

import os
import re
import struct

import gdb

PROBE = 16


class Component:
    """name, ELF file with symbols, and (for what is not linked where it runs) the log that tells its base."""

    def __init__(self, name, path, log=None, base_pattern=None):
        self.name, self.path, self.log, self.base_pattern = name, path, log, base_pattern
        self.segments = read_segments(path) if os.path.exists(path) else []

    def base(self):
        """What is added to the linked addresses; None while not known."""
        if self.log is None:
            return 0
        if not os.path.exists(self.log):
            return None
        with open(self.log, errors="replace") as file:
            found = re.findall(self.base_pattern, file.read())
        return int(found[-1], 16) if found else None

    def bytes_at(self, address, size):
        base = self.base()
        if base is None:
            return None
        for start, data in self.segments:
            offset = address - base - start
            if 0 <= offset and offset + size <= len(data):
                return data[offset:offset + size]
        return None


def read_segments(path):
    """[(virtual address, bytes)] of the loadable segments of an ELF64 file."""
    with open(path, "rb") as file:
        data = file.read()
    table, entry_size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    segments = []
    for index in range(count):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", data, table + index * entry_size)
        if kind == 1 and size:
            segments.append((address, data[offset:offset + size]))
    return segments


class Machine:
    """The components, and whose symbols gdb has now."""

    def __init__(self, components):
        self.components = components
        self.current = None

    def running(self):
        """The component whose code is at the program counter, or None."""
        try:
            pc = int(gdb.parse_and_eval("(unsigned long)$pc"))
            here = bytes(gdb.selected_inferior().read_memory(pc, PROBE))
        except gdb.error:
            return None
        found = [component for component in self.components if component.bytes_at(pc, PROBE) == here]
        return found[0] if len(found) == 1 else None

    def use(self, component):
        base = component.base()
        if base is None:
            raise gdb.GdbError(f"{component.name} has not said yet where it was loaded")
        if self.current is not component:
            gdb.execute("symbol-file", to_string=True)
            gdb.execute(f"add-symbol-file {component.path} -o {base:#x}", to_string=True)
            self.current = component

    def stopped(self, _):
        component = self.running()
        if component and component is not self.current:
            self.use(component)
            gdb.write(f"[openvsm] in {component.name}: symbols of {component.path}\n")


class OpenVSM(gdb.Command):
    """openvsm: whose code runs.  openvsm NAME: use the symbols of hv, securekernel or vtl0."""

    def __init__(self, machine):
        super().__init__("openvsm", gdb.COMMAND_DATA)
        self.machine = machine

    def invoke(self, argument, _):
        if argument:
            self.choose(argument)
        running = self.machine.running()
        current = self.machine.current
        gdb.write(f"running: {running.name if running else 'something else (firmware, a trustlet, VTL0 user space)'}; "
                  f"symbols: {current.name if current else 'none'}\n")

    def choose(self, name):
        for component in self.machine.components:
            if component.name == name:
                self.machine.use(component)
                return
        raise gdb.GdbError("components: " + ", ".join(c.name for c in self.machine.components))

    def complete(self, text, _):
        return [c.name for c in self.machine.components if c.name.startswith(text)]


def set_up(components):
    machine = Machine([Component(*component) for component in components])
    OpenVSM(machine)
    gdb.events.stop.connect(machine.stopped)
    return machine
