"""Text for readers: results to stdout or a file, everything else to stderr; colour."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

import click

from ..errors import Diagnostic, UsageError, printable
from ..output.text import plural

__all__ = [
    "Settings",
    "c_output_discarded",
    "draws_shapes",
    "fail",
    "fail_file",
    "is_coloured",
    "progress_bar",
    "say",
    "settings",
    "show_diagnostics",
    "summaries_of",
    "terminal_width",
    "write",
]

ColourChoice = Literal["auto", "always", "never"]

_PATIENCE_S = 0.5
"""Time before a progress bar appears."""


@dataclass
class Settings:
    """Options that every command takes.

    Parameters
    ----------
    quiet, verbose : int
        How often each was given; `verbosity` is 1 + verbose - quiet.
    debug : bool
        Whether an internal error shows its traceback.
    colour : {"auto", "always", "never"}
    """

    quiet: int = 0
    verbose: int = 0
    debug: bool = False
    colour: ColourChoice = "auto"

    @property
    def verbosity(self) -> int:
        """0 or less: errors only; 1: hints too; 2 or more: what was read."""
        return 1 + self.verbose - self.quiet


def settings() -> Settings:
    """Return the settings of the running command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return Settings()
    return context.ensure_object(Settings)


def is_coloured(stream: TextIO) -> bool:
    """Return whether a stream takes colour: each is judged alone, and an explicit choice wins."""
    choice = settings().colour
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def draws_shapes(stream: TextIO) -> bool:
    """Return whether a stream can show rules, bars and shapes."""
    try:
        "─█●◆▲✕".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def terminal_width() -> int | None:
    """Return the width of the terminal, at least 20; None if stdout is no terminal."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdecimal():
        return None
    return max(20, shutil.get_terminal_size().columns)


# messages


def _echo(text: str, stream: TextIO) -> None:
    with suppress(BrokenPipeError):
        click.echo(text, file=stream, color=is_coloured(stream))


def say(message: str, at: int = 1) -> None:
    """Print a message for the reader on stderr, if the verbosity is `at` or more."""
    if settings().verbosity >= at:
        _echo(message, sys.stderr)


def fail(message: str) -> None:
    """Print an error on stderr, in one line; never silenced."""
    label = click.style("error", fg="red", bold=True)
    _echo(f"{label}: {printable(' '.join(message.split()))}", sys.stderr)


def fail_file(name: str, error: UsageError) -> None:
    """Print that one of several files cannot be used; the others are gone through all the same."""
    message = str(error)
    if name not in message:
        message = f"{name}: {message}"
    fail(message)


def show_diagnostics(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """Print diagnostics in full, each followed by an empty line."""
    for diagnostic in diagnostics:
        _echo(diagnostic.to_text(_styled) + "\n", stream)


_COLOURS = {"error": "red", "warning": "yellow", "note": "blue", "help": "green", "message": None}


def _styled(text: str, role: str) -> str:
    """Return a part of a diagnostic, in colour but for plain text, control characters replaced."""
    shown = printable(text)
    return shown if role == "plain" else click.style(shown, fg=_COLOURS[role], bold=True)


def summaries_of(diagnostics: Iterable[Diagnostic], source: str) -> list[str]:
    """Return the number of findings of each kind in each text, in words.

    Parameters
    ----------
    diagnostics : iterable of Diagnostic
    source : str
        The name of the text for findings without a place.

    Examples
    --------
    >>> summaries_of([Diagnostic("unknown-key", "unknown key `wieght`")], "projects.yaml")
    ['1 error in projects.yaml']
    """
    counts: dict[str, Counter[str]] = {}
    for diagnostic in diagnostics:
        where = diagnostic.span.source if diagnostic.span is not None else source
        counts.setdefault(where, Counter())[diagnostic.severity] += 1
    summaries = []
    for where, count in counts.items():
        kinds = [plural(count[kind], kind) for kind in ("error", "warning") if count[kind]]
        summaries.append(f"{' and '.join(kinds)} in {printable(where)}")
    return summaries


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show progress on a terminal, after half a second.

    Yields
    ------
    callable or None
        Called with (done, total); None if stderr is no terminal.
    """
    if settings().verbosity < 1 or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    started, shown = time.monotonic(), 0

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if time.monotonic() - started > _PATIENCE_S:
            full = 30 * done // total
            line = f"{label} [{'#' * full}{'-' * (30 - full)}] {done:,} of {total:,}"
            click.echo("\r" + line.ljust(shown), file=sys.stderr, nl=False)
            shown = len(line)

    try:
        yield progress
    finally:
        if shown:
            click.echo("\r" + " " * shown + "\r", file=sys.stderr, nl=False)


@contextmanager
def c_output_discarded() -> Iterator[None]:
    """Discard lines that libraries in C print to stdout, where results go.

    HiGHS 1.12, which scipy 1.17 contains, prints a line for its developers whenever it repairs a
    solution, whatever its options: https://github.com/ERGO-Code/HiGHS/issues/2783. Only a command
    may do this: the standard output belongs to the whole process.
    """
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    _flush_c_output()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    try:
        yield
    finally:
        _flush_c_output()
        os.dup2(kept, 1)
        os.close(kept)


def _flush_c_output() -> None:
    """Write the buffers of C, which are not those of Python."""
    ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)


# results


def write(text: str, target: str | None = None, *, utf8: bool = False) -> None:
    """Write a result to stdout, or to a file, which is complete or not written at all.

    Parameters
    ----------
    text : str
    target : str, optional
        A file; `-` and None are stdout. A reader that closes the pipe early is no error.
    utf8 : bool
        Whether stdout gets UTF-8 whatever the terminal can show: JSON, CSV and HTML.
    """
    if not text.endswith("\n"):
        text += "\n"
    if target is not None and target != "-":
        _write_file(Path(target), text)
        return
    if hasattr(sys.stdout, "reconfigure"):
        if utf8:
            sys.stdout.reconfigure(encoding="utf-8")
        else:
            sys.stdout.reconfigure(errors="replace")
    try:
        click.echo(text, nl=False, color=is_coloured(sys.stdout))
        sys.stdout.flush()
    except BrokenPipeError:
        # the interpreter flushes stdout once more at its end, and would complain
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


def _write_file(path: Path, text: str) -> None:
    try:
        path = path.resolve()
        if path.is_dir():
            raise UsageError(f"cannot write `{path}`: it is a folder")
        if not path.parent.is_dir():
            raise UsageError(f"cannot write `{path}`: there is no folder `{path.parent}`")
        if path.exists() and not path.is_file():
            # a device or a pipe: nothing to replace
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            _replace_file(path, text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write `{path}`: {reason}") from None


def _replace_file(path: Path, text: str) -> None:
    """Write a temporary file beside the target, which takes its place once it is complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
