"""The machine is reset by HV_X64_MSR_RESET."""

from openvsm_cli.attacks.resets import Ends

attack = Ends("reset-msr").attack
