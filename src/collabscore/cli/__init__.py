"""The command line: commands parse, call and print, and do nothing else."""

from __future__ import annotations

import gc
import os
import signal
import sys

__all__ = ["run"]


def run() -> None:
    """Run the command; the entry point of the installed script."""
    # A command makes few cycles, and its process is short: it needs no collector of garbage, which
    # would also walk through all that is imported. Nor does it use plugins of pydantic, for which
    # all installed packages would be searched.
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from .main import cli

    # what is begun is tidied up, as after an interruption
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    cli.main(prog_name="collabscore")
