"""The command line: commands parse, call and print, and do nothing else."""

from __future__ import annotations

import gc
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace

__all__ = ["run"]


def run() -> None:
    """Run the command; the entry point of the installed script."""
    # A command makes few cycles, and its process is short: it needs no collector of garbage, which
    # would also walk through all that is imported. Nor does it use plugins of pydantic: their
    # loader would import a tenth of all modules, and search all installed packages for none.
    gc.disable()
    no_plugins = SimpleNamespace(entry_points=lambda **_: ())
    sys.modules["importlib.metadata"] = no_plugins  # type: ignore[assignment]
    with suppress(ImportError):
        import_module("pydantic.plugin._loader")
    del sys.modules["importlib.metadata"]
    from .main import cli

    # what is begun is tidied up, as after an interruption
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    cli.main(prog_name="collabscore")
