"""What the build produces for the machine, and where it goes on the ESP."""

from dataclasses import dataclass

from openvsm_cli.errors import MissingError
from openvsm_cli.paths import BUILD, shown


@dataclass(frozen=True)
class Artefact:
    key: str
    esp: str      # path on the EFI system partition
    built: str    # path under the build folder
    what: str     # for people


ARTEFACTS = {a.key: a for a in (
    Artefact("hypervisor", "EFI/BOOT/BOOTX64.EFI", "hv/boot/BOOTX64.efi", "the hypervisor and its loader (hv/)"),
    Artefact("securekernel", "EFI/openvsm/securekernel.img", "vtl1-securekernel/securekernel.img",
             "the signed secure kernel (vtl1-securekernel/)"),
    Artefact("credvault", "EFI/openvsm/trustlets/credvault.img", "trustlets/credvault/credvault.img",
             "the signed credential vault (trustlets/credvault/)"),
    Artefact("vtl0", "EFI/openvsm/vtl0.efi", "vtl0-kernel/vtl0.efi", "VTL0's normal kernel (vtl0-kernel/)"),
)}

MUTANTS = Artefact("mutants", "EFI/BOOT/BOOTX64.EFI", "hv/boot/BOOTX64-mutants.efi", "the mutants image of the hypervisor (hv/)")


def locate(artefact):
    path = BUILD / artefact.built
    return path if path.is_file() else None


def require(keys, mutants=False):
    """-> {key: path}; names everything that is missing, in one line."""
    wanted = {key: MUTANTS if mutants and key == "hypervisor" else ARTEFACTS[key] for key in keys}
    found = {key: locate(artefact) for key, artefact in wanted.items()}
    missing = [wanted[key] for key, path in found.items() if path is None]
    if missing:
        raise MissingError("the build does not make these yet: "
                           + "; ".join(f"{a.what}, expected at {shown(BUILD / a.built)}" for a in missing))
    return found
