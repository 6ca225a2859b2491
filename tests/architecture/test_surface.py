from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import collabscore as cs

ROOT = Path(__file__).parents[2]


def test_public_names_are_sorted_and_exist() -> None:
    assert list(cs.__all__) == sorted(cs.__all__)
    assert all(hasattr(cs, name) for name in cs.__all__)


def test_import_brings_no_library_of_the_terminal_or_of_extras() -> None:
    code = "import sys, collabscore; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"click", "rich", "pandas", "polars", "scipy", "jinja2", "altair"}.isdisjoint(loaded)


def test_every_public_name_has_a_docstring() -> None:
    assert [name for name in cs.__all__ if not getattr(cs, name).__doc__] == []


def test_no_module_is_named_like_a_public_function() -> None:
    # importing a module binds its name in its package: right below the top it would hide the function
    modules = {path.stem for path in (ROOT / "src" / "collabscore").iterdir()}
    functions = {name for name in cs.__all__ if name.islower()}
    assert modules & functions == set()


def test_kernels_have_no_loop_over_candidates() -> None:
    for path in (ROOT / "src" / "collabscore" / "kernels").glob("*.py"):
        assert "for row in range(n)" not in path.read_text(encoding="utf-8")
