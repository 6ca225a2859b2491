"""What the commands print, and where: results on stdout or in a file, all else on stderr.

Imports click, `errors` and `table`.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TextIO

import click

from ..errors import Diagnostic, UsageError, printable
from ..output import Result, Table

__all__ = [
    "Settings",
    "bar",
    "coloured",
    "format_of",
    "rendered",
    "room",
    "say",
    "settings",
    "show_diagnostics",
    "summaries_of",
    "write",
    "write_whole",
]

ColourChoice = Literal["auto", "always", "never"]

FORMATS = {
    ".json": "json",
    ".csv": "csv",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".txt": "table",
}
"""The format that the suffix of a file stands for."""

_PATIENCE_S = 0.5
"""How long nothing is shown of what takes a while."""

_MACHINE = {"json", "csv", "html"}


@dataclass
class Settings:
    """What was asked of all commands alike.

    Parameters
    ----------
    quiet, verbose : int
        How often each was said; `verbosity` is 1 + verbose - quiet.
    debug : bool
        Whether a fault shows its traceback.
    colour : {"auto", "always", "never"}
    """

    quiet: int = 0
    verbose: int = 0
    debug: bool = False
    colour: ColourChoice = "auto"

    @property
    def verbosity(self) -> int:
        """0 or less: errors alone; 1: hints too; 2 or more: what was read."""
        return 1 + self.verbose - self.quiet


def settings() -> Settings:
    """Return the settings of the running command."""
    context = click.get_current_context(silent=True)
    return context.ensure_object(Settings) if context is not None else Settings()


def coloured(stream: TextIO, choice: ColourChoice = "auto") -> bool:
    """Return whether a stream takes colour: each is judged alone, and an explicit choice wins."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def say(message: str, at: int = 1) -> None:
    """Print a message for the reader on stderr, unless it is more than was asked for."""
    if settings().verbosity >= at:
        _echo(message, sys.stderr, settings().colour)


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show how far something is, on a terminal alone, once it has taken a while.

    Yields
    ------
    callable or None
        To be told how much is done, and of how much; None where nobody looks.
    """
    choice = settings()
    if choice.verbosity < 1 or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    started, shown = time.monotonic(), 0

    def progress(done: int, of: int) -> None:
        nonlocal shown
        if time.monotonic() - started > _PATIENCE_S:
            full = 30 * done // of
            line = f"{label} [{'#' * full}{'-' * (30 - full)}] {done:,} of {of:,}"
            click.echo("\r" + line.ljust(shown), file=sys.stderr, nl=False)
            shown = len(line)

    try:
        yield progress
    finally:
        if shown:
            click.echo("\r" + " " * shown + "\r", file=sys.stderr, nl=False)


def _echo(text: str, stream: TextIO, choice: ColourChoice) -> None:
    with suppress(BrokenPipeError):
        click.echo(text, file=stream, color=coloured(stream, choice))


def write(text: str, target: str | None = None, format: str = "table") -> None:
    """Write a result to stdout, or whole to a file.

    A reader that closes the pipe early has what it wanted: that is no error.
    """
    text = text if text.endswith("\n") else text + "\n"
    if target is not None and target != "-":
        write_whole(Path(target), text)
        return
    if hasattr(sys.stdout, "reconfigure"):
        # JSON, CSV and HTML are UTF-8 wherever they are written; text keeps to what the terminal can show
        sys.stdout.reconfigure(
            **({"encoding": "utf-8"} if format in _MACHINE else {"errors": "replace"})
        )
    try:
        click.echo(text, nl=False, color=coloured(sys.stdout, settings().colour))
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)


def _give_up(stream: TextIO) -> None:
    """Point a broken pipe at nothing, so that the interpreter does not complain when it flushes it at the end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all: a temporary one beside it takes its place once it is complete.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    try:
        path = path.resolve()
        mode = path.stat().st_mode if path.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            if stat.S_ISDIR(mode):
                raise UsageError(f"cannot write `{path}`: it is a folder")
            path.write_text(
                text, encoding="utf-8", newline="\n"
            )  # a device or a pipe: nothing to replace
            return
        _replace(path, text, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
    except OSError as error:
        raise UsageError(
            f"cannot write `{path}`: {(error.strerror or str(error)).lower()}"
        ) from None


def _replace(path: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def format_of(format: str | None, target: str | None, known: Sequence[str]) -> str:
    """Return the format asked for: as said, else that of the file's suffix, else a table.

    Raises
    ------
    UsageError
        If the suffix says nothing, or a format that the command does not have.
    """
    if format is not None:
        return format
    if target is None or target == "-":
        return "table"
    suffix = Path(target).suffix.lower()
    found = FORMATS.get(suffix)
    if found is None or found not in known:
        raise UsageError(
            f"cannot tell a format from the name `{target}`: add --format {'|'.join(known)}"
        )
    return found


def rendered(
    table: Table | Result, format: str, target: str | None = None, width: int | None = None
) -> str:
    """Return a table in a format; as text, it fits the terminal and its colours, if it goes to one."""
    if format == "table":
        to_screen = target is None or target == "-"
        return table.to_text(
            width if width is not None else room() if to_screen else None,
            color=to_screen and coloured(sys.stdout, settings().colour),
            ascii_only=to_screen and not _draws(sys.stdout),
        )
    forms: dict[str, Callable[[], str]] = {
        "json": table.to_json,
        "csv": table.to_csv,
        "md": table.to_markdown,
        "html": partial(table.to_html, whole=True),
    }
    return forms[format]()


def room() -> int | None:
    """Return the width of the terminal; None where stdout is none, so that no pipe loses a column."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return max(20, int(os.environ["COLUMNS"]))
    return max(20, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


def _draws(stream: TextIO) -> bool:
    """Whether a stream can show rules, bars and shapes."""
    try:
        "─█●◆▲✕".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_LEVELS = {"error": "red", "warning": "yellow", "note": "blue", "help": "green"}
_HEAD = re.compile(r"^(error|warning)(\[[^\]]*\])?: (.*)$")
_TAIL = re.compile(r"^(\s*= )(note|help): ")
_CARET = re.compile(r"^(\s*\| \s*)(\^+)$")


def painted(diagnostic: Diagnostic) -> str:
    """Return a diagnostic as text with colour, control characters from the document made harmless."""
    return "\n".join(
        _painted_line(printable(line), diagnostic.severity) for line in str(diagnostic).split("\n")
    )


def _painted_line(line: str, severity: str) -> str:
    colour = _LEVELS[severity]
    if head := _HEAD.match(line):
        label = click.style(head[1] + (head[2] or ""), fg=colour, bold=True)
        return f"{label}: {click.style(head[3], bold=True)}"
    if tail := _TAIL.match(line):
        return (
            f"{tail[1]}{click.style(tail[2], fg=_LEVELS[tail[2]], bold=True)}: {line[tail.end() :]}"
        )
    if caret := _CARET.match(line):
        return caret[1] + click.style(caret[2], fg=colour, bold=True)
    return line


def show_diagnostics(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """Print diagnostics in full, each followed by an empty line."""
    choice = settings().colour
    for diagnostic in diagnostics:
        _echo(painted(diagnostic) + "\n", stream, choice)


def summaries_of(diagnostics: Iterable[Diagnostic], source: str) -> list[str]:
    """Return how many findings of each kind there are in each text, in words.

    Parameters
    ----------
    diagnostics : iterable of Diagnostic
    source : str
        Where those are that have no place in a text.

    Examples
    --------
    >>> summaries_of([Diagnostic("unknown-key", "unknown key `wieght`")], "projects.yaml")
    ['1 error in projects.yaml']
    """
    counts: dict[str, Counter[str]] = {}
    for diagnostic in diagnostics:
        where = diagnostic.span.source if diagnostic.span is not None else source
        counts.setdefault(where, Counter())[diagnostic.severity] += 1
    return [f"{_counted(count)} in {printable(where)}" for where, count in counts.items()]


def _counted(counts: Counter[str]) -> str:
    said = [
        f"{n} {kind}{'s' if n != 1 else ''}" for kind in ("error", "warning") if (n := counts[kind])
    ]
    return " and ".join(said)
