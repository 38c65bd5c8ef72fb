"""Finds tests/<suite>/test_*.py and makes one Case of every test function and parameter value."""

import importlib.util
import inspect
import itertools
import sys
from dataclasses import dataclass, field, replace

from openvsm_cli import emulators
from openvsm_cli.paths import TESTS

SUITES = ("style", "tools", "system", "attacks")


@dataclass(frozen=True)
class Case:
    name: str                     # suite/module/function[parameter=value]
    function: object
    arguments: dict = field(default_factory=dict)
    emulator: str = None          # None: a plain check

    @property
    def needs_emulator(self):
        return self.emulator is not None

    @property
    def processors(self):
        """Host cores it keeps busy; an emulator with several processors counts for two, if it runs them on several threads."""
        if self.emulator and not emulators.is_threaded(self.emulator):
            return 1
        marked = getattr(self.function, "openvsm_processors", 1)
        return min(2, max(marked, self.arguments.get("cpus", 1)))


def load(path, suite):
    name = f"openvsm_tests.{suite}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def combinations(parameters):
    names = list(parameters)
    for values in itertools.product(*(parameters[name] for name in names)):
        yield dict(zip(names, values))


def named(base, emulator, arguments):
    values = dict(arguments) if emulator in (None, emulators.DEFAULT) else {"emulator": emulator, **arguments}
    suffix = ",".join(f"{key}={value}" for key, value in values.items())
    return f"{base}[{suffix}]" if suffix else base


def cases_of_function(base, function):
    """One for each emulator and combination of parameters."""
    parameters = getattr(function, "openvsm_each", {})
    places = {None: {}}
    if "bench" in inspect.signature(function).parameters:
        first = getattr(function, "openvsm_only_on", emulators.DEFAULT)
        places = {first: {}, **getattr(function, "openvsm_also_on", {})}
    for emulator, narrowed in places.items():
        for arguments in combinations({**parameters, **narrowed}):
            yield Case(named(base, emulator, arguments), function, arguments, emulator)


def for_kvm(cases, instructions):
    """The machine tests that mean something on this processor: QEMU's, and those that only an emulator with its instruction
    set has otherwise."""
    chosen = []
    for case in cases:
        if not case.needs_emulator or getattr(case.function, "openvsm_tcg_only", False):
            continue
        only = getattr(case.function, "openvsm_only_on", None)
        if only and emulators.instructions(only) == instructions:
            chosen.append(replace(case, emulator=emulators.DEFAULT))
        elif case.emulator == emulators.DEFAULT:
            chosen.append(case)
    return chosen


def cases_of(module, suite):
    stem = module.__name__.rsplit(".", 1)[1].removeprefix("test_").replace("_", "-")
    for name, function in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(function) or function.__module__ != module.__name__:
            continue
        yield from cases_of_function(f"{suite}/{stem}/{name.removeprefix('test_').replace('_', '-')}", function)


def python_cases():
    cases = []
    for suite in SUITES:
        folder = TESTS / suite
        sys.path.insert(0, str(folder))     # a suite's modules may share helpers
        for path in sorted(folder.rglob("test_*.py")):
            cases += cases_of(load(path, suite), suite)
    return cases
