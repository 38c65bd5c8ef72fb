"""The page tables' root lies in protected memory."""

from openvsm_cli.attacks.resets import Ends

attack = Ends("cr3-securekernel", "cr3-hypervisor").attack
