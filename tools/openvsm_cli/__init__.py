"""The Python part of ./openvsm: standard library only."""
