"""The boot that the attacks share, seen from outside; and what the mutants image is worth. The attacks are in tests/attacks/."""

import subprocess

from openvsm_cli import artefacts, mutants
from openvsm_cli.attacks import boots, catalogue
from openvsm_cli.errors import UsageError
from openvsm_cli.testing import also_on, each, processors


def attacks(outcome):
    return [event.values for event in outcome.all("attack")]


@processors(2)
@also_on("bochs")
@also_on("bochs-amd")
def test_all_end_as_they_must(bench):
    """Every row of every folder, each ends as it must, the machine goes on and the vault still answers."""
    outcome = bench.expect_success(boots.of_all(bench, 2))
    wrong = [values for values in attacks(outcome) if values.get("expected") != "yes"]
    assert not wrong, wrong
    assert outcome.one("vault-after").values == {"outcome": "ok"}, bench.story(outcome)


@processors(2)
def test_pages_below_are_unchanged(bench):
    """The pages that the attacks' writes aim at, read from outside before and after."""
    boots.of_all(bench, 2)
    watch = boots.shared(bench.emulator, bench.accel, 2).watch
    assert watch.before and watch.after, "the pages were not read"
    assert watch.before == watch.after, [place for place in watch.before if watch.before[place] != watch.after[place]]


def test_a_write_would_be_seen_from_outside(bench):
    """The control of the unchanged pages: where VTL0 may write, the same look finds the page changed."""
    watch = boots.Watch()
    image = bench.attack_esp("vtl1-writable", vtl0__options="mode=attack only=securekernel-last-write")
    bench.boot(image, on_event=watch.on_event, at_end=watch.at_end)
    assert watch.before["vtl1, last page"] != watch.after["vtl1, last page"]


def test_mutants_image_without_a_mutant(bench):
    """The control of the mutants: the same image with every protection on refuses the same attacks."""
    outcome = bench.boot(bench.esp(mutants=True, vtl0__options="mode=attack", mutant="none"), seconds=240)
    bench.expect_success(outcome)
    assert len(attacks(outcome)) > 100, bench.story(outcome)


def test_normal_image_holds_no_mutant():
    """No name of a switch is in the normal image, and every one is in the mutants image."""
    normal = artefacts.require(["hypervisor"])["hypervisor"].read_bytes()
    image = artefacts.require(["hypervisor"], mutants=True)["hypervisor"].read_bytes()
    names = [name for some in mutants.LISTS if some.by_key for name in some.names]
    assert len(names) >= 15, names
    for name in names:
        assert name.encode() not in normal, f"{name} is in the normal image"
        assert name.encode() in image, f"{name} is not in the mutants image: this test looks for the wrong thing"


def symbols(path):
    """Of an image before it is stripped and signed."""
    return subprocess.run(["nm", path.with_suffix(".elf")], check=True, capture_output=True, text=True).stdout


@each(artefact=("securekernel", "credvault"))
def test_normal_image_of_vtl1_holds_no_mutant(artefact):
    """Each mutant is an image of its own, which has the number that its code asks for; the normal image has none and does not ask."""
    normal = artefacts.require([artefact])[artefact]
    names = [name for some in mutants.LISTS if some.artefact == artefact for name in some.names]
    assert names and "linked_mutant" not in symbols(normal)
    images = [mutants.image_of(name) for name in names]
    assert all("linked_mutant" in symbols(image) for image in images), "this test looks for the wrong thing"
    assert len({image.read_bytes() for image in [normal, *images]}) == 1 + len(names), "two images are the same"


def test_a_mutant_that_nobody_knows_is_an_error(bench):
    """A name names one protection of one image."""
    names = [name for some in mutants.LISTS for name in some.names]
    assert len(set(names)) == len(names), sorted(name for name in set(names) if names.count(name) > 1)
    try:
        bench.attack_esp("no-such-thing")
    except UsageError as error:
        assert "no mutant is called 'no-such-thing'" in str(error), error
    else:
        raise AssertionError("it was accepted")


def test_mutants_of_attacks_exist():
    """What an attack.toml names is in a list."""
    for attack in catalogue.load():
        for name in attack.mutants:
            mutants.list_of(name)


def test_every_row_has_a_description():
    """A folder's attack.c has the folder's name in its table, and its attack.toml."""
    for path in sorted(catalogue.FOLDER.glob("*/attack.c")):
        assert f'ATTACK("{path.parent.name}",' in path.read_text(), f"{path}: its table has another name"
        assert (path.parent / "attack.toml").is_file(), f"{path.parent} says nowhere what it is"


@each(kind=catalogue.CLASSES)
def test_one_mutant_of_each_class_runs_in_ci(kind):
    """The first one of exactly one folder (`ci = true`); all of them run by ./openvsm test --mutants."""
    mine = [attack for attack in catalogue.load() if attack.kind == kind]
    chosen = [attack.id for attack in mine if attack.ci and attack.mutants]
    assert len(chosen) == (1 if any(attack.mutants for attack in mine) else 0), chosen
