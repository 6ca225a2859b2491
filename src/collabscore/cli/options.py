"""Options that commands share, and the result in the form and place that they name."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from ..api import score
from ..errors import UsageError
from ..output import Result, Table
from ..output.table import Readable
from ..scoring.ranking import Ranking
from .group import add_options
from .terminal import draws_shapes, is_coloured, say, terminal_width, write

__all__ = [
    "RESULT_FORMS",
    "Target",
    "candidates_argument",
    "draw_options",
    "emit",
    "framework_option",
    "frameworks_option",
    "output_option",
    "result_options",
    "scored",
    "selection_options",
    "weights_option",
]

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

RESULT_FORMS = ("table", "json", "csv", "md", "html")

_SUFFIXES = {
    ".json": "json",
    ".csv": "csv",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".txt": "table",
    ".xml": "junit",
}
"""The form that the suffix of a file stands for; `table` is any form of plain text."""

_MACHINE_FORMS = ("json", "csv", "html", "junit")


# options


candidates_argument = click.argument("candidates", metavar="CANDIDATES")

framework_option = click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)

output_option = click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)


def frameworks_option(help: str) -> Callable[[CommandT], CommandT]:
    """Return the option -f of commands that take several frameworks."""
    return click.option(
        "-f", "--framework", "frameworks", multiple=True, metavar="FRAMEWORK", help=help
    )


def weights_option(help: str, **options: Any) -> Callable[[CommandT], CommandT]:
    """Return the option --weights, which names a space of weights, or one for a group as GROUP=SPACE."""
    return click.option("--weights", multiple=True, metavar="SPACE", help=help, **options)


def draw_options(draws: int) -> Callable[[CommandT], CommandT]:
    """Return the options --draws and --seed."""
    shown: dict[str, Any] = {"show_default": True, "metavar": "N"}
    return add_options(
        click.option("--draws", type=int, default=draws, help="How many draws.", **shown),
        click.option(
            "--seed", type=int, default=0, help="The same seed, the same result.", **shown
        ),
    )


def selection_options(first: str, first_help: str) -> Callable[[CommandT], CommandT]:
    """Return the options that narrow what is shown; the command gets them as `selection`, for `Ranking.select`.

    Parameters
    ----------
    first : str
        The option that shows the first N: `--top`, unless the command uses that for something else.
    first_help : str
    """
    options = add_options(
        click.option(
            "--only",
            multiple=True,
            metavar="VERDICT",
            help="Show only candidates with this verdict; repeatable.",
        ),
        click.option(
            "--tag",
            multiple=True,
            metavar="TAG",
            help="Show only candidates with this tag; repeatable.",
        ),
        click.option(
            "--where",
            metavar="CONDITION",
            help="Show only candidates that certainly meet this condition of the framework's language.",
        ),
        click.option(first, "first", type=click.IntRange(min=1), metavar="N", help=first_help),
    )

    def add(command: CommandT) -> CommandT:
        @functools.wraps(command)
        def with_selection(
            *args: Any,
            only: tuple[str, ...],
            tag: tuple[str, ...],
            where: str | None,
            first: int | None,
            **kwargs: Any,
        ) -> Any:
            selection = {"verdict": only, "tag": tag, "where": where, "top": first}
            return command(*args, selection=selection, **kwargs)

        return options(with_selection)  # type: ignore[return-value]

    return add


@dataclass(frozen=True)
class Target:
    """Where a result goes, and in which form.

    Parameters
    ----------
    form : str
    output : str, optional
        A file; `-` and None are stdout.
    width : int, optional
        Of plain text, in characters.
    """

    form: str
    output: str | None
    width: int | None

    @property
    def is_screen(self) -> bool:
        """Whether it goes to stdout."""
        return self.output is None or self.output == "-"

    def write(self, text: str) -> None:
        """Write a text that has the form already."""
        write(text, self.output, utf8=self.form in _MACHINE_FORMS)


def result_options(
    forms: Sequence[str] = RESULT_FORMS,
    *,
    form_help: str = "Form of the result.",
    width_help: str | None = "Letters in a line of the table.",
) -> Callable[[CommandT], CommandT]:
    """Return the options --format, -o and --width; the command gets them as one `target`.

    Parameters
    ----------
    forms : sequence of str
        The forms that the command has; the first one is plain text, and the default.
    form_help, width_help : str
        No option --width without a help.
    """
    by_default = f" [default: by -o, else {forms[0]}]"
    options = [
        click.option("--format", "form", type=click.Choice(forms), help=form_help + by_default),
        output_option,
    ]
    if width_help is not None:
        width = click.IntRange(min=20)
        options.append(click.option("--width", type=width, metavar="N", help=width_help))

    def add(command: CommandT) -> CommandT:
        @functools.wraps(command)
        def with_target(
            *args: Any,
            form: str | None,
            output: str | None,
            width: int | None = None,
            **kwargs: Any,
        ) -> Any:
            target = Target(form or _form_of(output, forms), output, width)
            return command(*args, target=target, **kwargs)

        return add_options(*options)(with_target)  # type: ignore[return-value]

    return add


def _form_of(output: str | None, forms: Sequence[str]) -> str:
    """Return the form that the suffix of a file stands for."""
    if output is None or output == "-":
        return forms[0]
    form = _SUFFIXES.get(Path(output).suffix.lower())
    if form == "table":
        return forms[0]
    if form is None or form not in forms:
        known = "|".join(forms)
        raise UsageError(f"cannot tell a format from the name `{output}`: add --format {known}")
    return form


# what commands do with them


def scored(candidates: str, framework: str | None) -> Ranking:
    """Return the ranking of a list by the framework that is named, else by the list's own."""
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    ranking = score(candidates, framework)
    judge = ranking.framework
    version = f" {judge.version}" if judge.version else ""
    say(f"read {len(ranking):,} candidates; judged by `{judge.id}`{version}, {judge.digest}", 2)
    return ranking


def emit(result: Result | Table | Readable, target: Target, piped_width: int | None = None) -> None:
    """Write a result in the form and to the place that the options name.

    Parameters
    ----------
    result : Result, Table or Page
    target : Target
    piped_width : int, optional
        Width of plain text that goes to no terminal; as wide as it takes, if left out.
    """
    target.write(_rendered(result, target, piped_width))


def _rendered(result: Result | Table | Readable, target: Target, piped_width: int | None) -> str:
    match target.form:
        case "json" if isinstance(result, Result | Table):
            return result.to_json()
        case "csv" if isinstance(result, Result | Table):
            return result.to_csv()
        case "md":
            return result.to_markdown()
        case "html":
            return result.to_html(whole=True)
    width = target.width
    if not target.is_screen:
        return result.to_text(width or piped_width)
    return result.to_text(
        width or terminal_width() or piped_width,
        color=is_coloured(sys.stdout),
        ascii_only=not draws_shapes(sys.stdout),
    )
