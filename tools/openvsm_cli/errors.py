"""Failures that one line explains, with what to do about them."""


class OpenVSMError(Exception):
    """Shown as one line on standard error; ends the command with exit status 1."""

    status = 1


class UsageError(OpenVSMError):
    """The command was asked for something it cannot mean."""

    status = 2


class MissingError(OpenVSMError):
    """A component or package that the verb needs does not exist (yet)."""

    status = 3


class FetchError(OpenVSMError):
    """A package could not be had, or was not what we pinned."""

    status = 4
