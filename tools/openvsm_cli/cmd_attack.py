"""./openvsm attack"""

from openvsm_cli import build as building
from openvsm_cli import emulators, machine_options
from openvsm_cli.attacks import catalogue, story
from openvsm_cli.errors import UsageError
from openvsm_cli.terminal import Phases, paint, say

HELP = "list the attacks of the isolation suite, or run one and tell its story"


def add_arguments(parser):
    parser.add_argument("id", nargs="?", metavar="ID", help="the attack to run; without it they are listed")
    parser.add_argument("--class", dest="kind", choices=catalogue.CLASSES, help="list only these")
    parser.add_argument("--mutant", metavar="NAME", help="with this protection switched off; 'first' for the attack's own first one")
    parser.add_argument("--cpus", type=int, metavar="N", help="processors (default: the attack's own)")
    parser.add_argument("--emulator", choices=emulators.NAMES, default=None, help="default: the first one that the attack names")
    parser.add_argument("--accel", choices=("tcg", "kvm"), default="tcg", help="kvm only where nested virtualization is reported")


def tell_list(kind):
    attacks = [attack for attack in catalogue.load() if kind in (None, attack.kind)]
    width = max((len(attack.id) for attack in attacks), default=0)
    for name in dict.fromkeys(attack.kind for attack in attacks):
        say(paint(name, "bold"))
        for attack in (attack for attack in attacks if attack.kind == name):
            marks = " (needs hardware)" if attack.needs_hardware else ""
            say(f"  {attack.id:<{width}}  {attack.title}{marks}")
    say(f"{len(attacks)} attacks; ./openvsm attack ID runs one and tells its story")


def checked(options):
    attack = catalogue.by_id(options.id)
    if options.mutant == "first" and not attack.mutants:
        raise UsageError(f"{attack.id} has no mutant: {attack.texts['no-mutant']}")
    if options.cpus is not None and not 1 <= options.cpus <= machine_options.MAX_CPUS:
        raise UsageError(f"--cpus {options.cpus}: from 1 to {machine_options.MAX_CPUS}")
    return attack


def run(options):
    if options.id is None:
        tell_list(options.kind)
        return 0
    attack = checked(options)
    mutant = attack.mutants[0] if options.mutant == "first" else options.mutant
    building.configure_and_build(Phases())
    emulator = options.emulator or attack.emulators[0]
    return story.tell(attack, emulator, options.accel, options.cpus or attack.processors[0], mutant)
