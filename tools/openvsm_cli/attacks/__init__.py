"""The attack suite: tests/attacks/<id>/ and what is made of it."""


class Succeeded(Exception):
    """Raised by an attack that worked, with what the attacker got. That is a failure of the wall, and of a mutant's run the
    only good end."""
