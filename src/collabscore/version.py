"""The version of the package: the one place that says it."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
