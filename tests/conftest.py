"""What holds for every session of tests."""

from __future__ import annotations

import gc
import os

# each of some sixty commands in processes of their own would compile the package anew
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection() -> None:
    """Collect thousands of tests without looking for garbage among them again and again."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what lives as long as the session, which is all there is now, out of later searches."""
    gc.freeze()
    gc.set_threshold(20_000)  # hypothesis is called at each search, and 700 new objects are few
    gc.enable()
