"""What tests/**/test_*.py import: marks for tests, and how they say that they cannot run.

A test is a function test_NAME. Without a parameter it is a plain check; with a
parameter 'bench' it gets a Bench and counts as an emulator test. It fails by an
exception. Its docstring's first line is what people read.
"""


class Skip(Exception):
    """Raised by a test that cannot run here, with the reason."""


class Hung(Exception):
    """An emulator gave no verdict in its time: the only failure that is tried again, once."""


def each(**parameters):
    """@each(cpus=(1, 2, 4)): one test per value, named NAME[cpus=1] and so on."""
    def mark(function):
        function.openvsm_each = parameters
        return function
    return mark


def also_on(emulator, **parameters):
    """@also_on("bochs", cpus=(1, 2)): the test runs on that emulator too, for these values of each's parameters."""
    def mark(function):
        function.openvsm_also_on = {**getattr(function, "openvsm_also_on", {}), emulator: parameters}
        return function
    return mark


def only_on(emulator):
    """@only_on("bochs"): the test is about what only this emulator has."""
    def mark(function):
        function.openvsm_only_on = emulator
        return function
    return mark


def tcg_only(function):
    """The test is about QEMU's own emulation, or starts ./openvsm itself: not under --accel kvm."""
    function.openvsm_tcg_only = True
    return function


def processors(count):
    """@processors(2): how many host cores the emulator of this test keeps busy."""
    def mark(function):
        function.openvsm_processors = count
        return function
    return mark
