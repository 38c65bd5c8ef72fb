"""The NT hash's MD4, by OpenSSL's legacy provider: an implementation that shares nothing with crypto/."""

import subprocess

from openvsm_cli.errors import OpenVSMError


def md4(data):
    """data goes through a pipe, never over a command line."""
    done = subprocess.run(["openssl", "dgst", "-provider", "legacy", "-provider", "default", "-md4", "-binary"],
                          input=data, capture_output=True)
    if done.returncode or len(done.stdout) != 16:
        raise OpenVSMError("openssl cannot do MD4 (legacy provider missing?): " + done.stderr.decode(errors="replace").strip())
    return done.stdout
