"""Whether KVM can nest here: asked of the kernel module, never of the presence of /dev/kvm."""

from pathlib import Path

from openvsm_cli.errors import UsageError


INSTRUCTIONS = {"amd": "AMD SVM", "intel": "Intel VMX"}


def nested_vendor():
    """'amd', 'intel' or None."""
    for vendor in ("amd", "intel"):
        parameter = Path(f"/sys/module/kvm_{vendor}/parameters/nested")
        if parameter.is_file() and parameter.read_text().strip() in ("1", "Y", "y"):
            return vendor
    return None


def require_nested():
    if nested_vendor() is None:
        raise UsageError("--accel kvm: no KVM module here reports nested virtualization "
                         "(/sys/module/kvm_{amd,intel}/parameters/nested); leave the option out to use the emulator")
