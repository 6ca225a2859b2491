"""Text for readers: results to stdout or a file, everything else to stderr; colour."""

from __future__ import annotations

import ctypes
import io
import os
import re
import shutil
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TextIO

import click

from ..documents.loading import files_read, replace_file
from ..errors import (
    MOST_SHOWN,
    Diagnostic,
    UsageError,
    more_of,
    printable,
    refusal_of_system,
)
from ..output.text import plural

__all__ = [
    "Settings",
    "c_output_discarded",
    "diagnostics_text",
    "discard_output",
    "draws_shapes",
    "fail",
    "is_coloured",
    "progress_bar",
    "say",
    "say_diagnostics",
    "say_reading",
    "settings",
    "summaries_of",
    "terminal_width",
    "write",
]

ColourChoice = Literal["auto", "always", "never"]

_PATIENCE_S = 0.5
"""Time before a progress bar appears."""


class Settings:
    """Options that every command takes.

    Parameters
    ----------
    quiet, verbose : int
        How often each was given; `quiet` wins.
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
        """0: errors only; 1: hints too; 2 or more: what was read."""
        return 0 if self.quiet else 1 + self.verbose


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


def say(*lines: str, at: int = 1) -> None:
    """Print lines for the reader on stderr, if the verbosity is `at` or more.

    A text from outside starts no line of its own, and cannot steer a terminal.
    """
    if lines and settings().verbosity >= at:
        _say_text("\n".join(map(printable, lines)))


def say_reading(source: str, remarks: Sequence[str]) -> None:
    """Say how a table was read, if it is one."""
    if remarks:
        first, *others = remarks
        say(f"read {source}: {first}", *(f"note: {one}" for one in others))


def fail(message: str) -> None:
    """Print an error on stderr, in one line; never silenced."""
    label = click.style("error", fg="red", bold=True)
    _say_text(f"{label}: {printable(' '.join(message.split()))}")


def say_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics in full on stderr; never silenced."""
    text = diagnostics_text(diagnostics)
    if text:
        _say_text(text)


def _say_text(text: str) -> None:
    # nobody can be told that stderr is full or closed
    with suppress(OSError, ValueError):
        _print_text(f"{text}\n", sys.stderr)


def diagnostics_text(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the first diagnostics in full and in colour, each followed by an empty line."""
    listed = list(diagnostics)
    texts = [diagnostic.to_text(_styled) for diagnostic in listed[:MOST_SHOWN]]
    return "\n".join(f"{text}\n" for text in filter(None, (*texts, more_of(listed))))


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
        summaries.append(f"{' and '.join(kinds)} in {where}")
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
            _print_text("\r" + line.ljust(shown), sys.stderr)
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


def write(content: str | bytes, output: str | None = None, *, is_data: bool = False) -> None:
    """Write a result to stdout, or to a file, which is complete or not written at all.

    Parameters
    ----------
    content : str or bytes
        A text; bytes go to a file alone.
    output : str, optional
        A file; `-` and None are stdout. A reader that closes the pipe early is no error.
    is_data : bool
        Whether stdout gets the very text in UTF-8, whatever the terminal can show: JSON, CSV, HTML,
        annotations of workflows.

    Raises
    ------
    UsageError
        If the place cannot be written to, or is an input of the running command.
    """
    if isinstance(content, str) and content and not content.endswith("\n"):
        content += "\n"
    is_screen = output is None or output == "-"
    try:
        if isinstance(content, bytes):
            _write_file(output or "", content)
        elif is_screen:
            with suppress(io.UnsupportedOperation):  # a stream without a file
                _refuse_input(os.fstat(sys.stdout.fileno()), "standard output")
            _print_text(content, sys.stdout, is_data=is_data)
        else:
            _write_file(output or "", content.encode("utf-8", errors="replace"))
    except BrokenPipeError:
        return
    except (OSError, ValueError) as error:
        place = "to standard output" if is_screen else f"`{output}`"
        raise refusal_of_system(f"cannot write {place}", error) from None


def _print_text(text: str, stream: TextIO, *, is_data: bool = False) -> None:
    """Print a text at once; a stream that fails gets no more."""
    if is_data and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
    elif getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    if not is_data:
        text = _WORKFLOW_COMMAND.sub(r"\1: :", text)
    try:
        click.echo(text, file=stream, nl=False, color=is_data or is_coloured(stream))
        stream.flush()
    except (OSError, ValueError):
        discard_output(stream)
        raise


_WORKFLOW_COMMAND = re.compile(r"^([ \t]*)::", re.MULTILINE)
"""The beginning of a line that a workflow of GitHub runs as a command: a title may have it."""


def discard_output(stream: TextIO) -> None:
    """Discard what a stream still holds: the interpreter flushes it at its end, and complains."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _write_file(output: str, data: bytes) -> None:
    """Write a file: a link is followed, and only a file that may be written is replaced."""
    folder = Path(output).parent
    if not folder.is_dir():
        raise UsageError(f"cannot write `{output}`: there is no folder `{folder}`; create it first")
    # resolve() raises an error of its own for a circle of links; stat() says it in words
    target = Path(os.path.realpath(output))
    found = None
    with suppress(FileNotFoundError):
        found = target.stat()
    if output.endswith(("/", os.sep)) or (found is not None and stat.S_ISDIR(found.st_mode)):
        raise UsageError(f"cannot write `{output}`: it is a folder; add the name of a file")
    if found is None:
        replace_file(target, data)
        return
    _refuse_input(found, f"`{output}`")
    if not (found.st_mode & _WRITABLE and os.access(target, os.W_OK)):
        raise UsageError(f"cannot write `{output}`: it is read-only; choose another file")
    if stat.S_ISREG(found.st_mode):
        replace_file(target, data)
    else:
        target.write_bytes(data)  # a device or a pipe: nothing to replace


def _refuse_input(found: os.stat_result, name: str) -> None:
    """Refuse to write to a file that the command read; a terminal may be both."""
    if stat.S_ISREG(found.st_mode) and (found.st_dev, found.st_ino) in files_read.get(set()):
        raise UsageError(f"{name} is an input of this command: choose another file")


_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
