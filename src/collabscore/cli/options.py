"""Options that commands share, and the result in the form and place that they name."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import click
from click.core import ParameterSource

from ..api import score
from ..errors import UsageError
from ..output import Detail, Result
from ..output.table import Readable
from ..scoring.ranking import Ranking
from .terminal import draws_shapes, is_coloured, say, settings, terminal_width, write

__all__ = [
    "PAGE_WIDTH",
    "RESULT_FORMS",
    "Target",
    "candidates_argument",
    "draw_options",
    "emit",
    "framework_option",
    "frameworks_option",
    "given_options",
    "output_option",
    "refuse_two_inputs",
    "result_options",
    "scored",
    "selection_options",
    "weights_option",
]

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

RESULT_FORMS = ("table", "json", "csv", "md", "html")
PAGE_WIDTH = 100
"""Width of prose where no terminal says how wide."""

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


# options


def _options_as(name: str, make: Callable[..., Any], options: dict[str, Decorator]) -> Decorator:
    """Return options of which the command gets what `make` makes of them, as one argument."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            made = make(**{key: given.pop(key) for key in options})
            return command(**{name: made}, **given)

        decorated: Callable[..., Any] = functools.wraps(command)(call)
        for option in reversed(options.values()):  # the first one is shown first
            decorated = option(decorated)
        return decorated

    return add


candidates_argument = click.argument("candidates", metavar="CANDIDATES")

framework_option = click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)

output_option = click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)


def frameworks_option(help: str) -> Decorator:
    """Return the option -f of commands that take several frameworks."""
    return click.option(
        "-f", "--framework", "frameworks", multiple=True, metavar="FRAMEWORK", help=help
    )


def weights_option(help: str, **options: Any) -> Decorator:
    """Return the option --weights: a space of weights, or one for a group as GROUP=SPACE."""
    return click.option("--weights", multiple=True, metavar="SPACE", help=help, **options)


def draw_options(draws: int) -> Decorator:
    """Return the options --draws and --seed."""
    whole = partial(click.option, type=int, show_default=True, metavar="N")
    seed = whole("--seed", default=0, help="The same seed, the same result.")
    return lambda command: whole("--draws", default=draws, help="How many draws.")(seed(command))


_FILTERS = {
    "verdict": click.option(
        "--only",
        "verdict",
        multiple=True,
        metavar="VERDICT",
        help="Show only candidates with this verdict; repeatable.",
    ),
    "tag": click.option(
        "--tag",
        multiple=True,
        metavar="TAG",
        help="Show only candidates with this tag; repeatable.",
    ),
    "where": click.option(
        "--where",
        metavar="CONDITION",
        help="Show only candidates that certainly meet this condition of the framework's language.",
    ),
}
"""Options that narrow what is shown, by their names in `Ranking.select`."""


def selection_options(first: str, first_help: str) -> Decorator:
    """Return the options that narrow what is shown; the command gets them as one `selection`.

    Parameters
    ----------
    first : str
        The option that shows the first N: `--top`, unless the command uses that for something
        else.
    first_help : str
    """
    top = click.option(first, "first", type=click.IntRange(min=1), metavar="N", help=first_help)
    return _options_as("selection", _selection, {**_FILTERS, "first": top})


def _selection(first: int | None, **filters: Any) -> dict[str, Any]:
    return {**filters, "top": first}


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
    brief : bool
        Whether pages of results are brief.
    """

    form: str
    output: str | None = None
    width: int | None = None
    brief: bool = False

    @property
    def detail(self) -> Detail:
        """How much pages of results show: -v is more than --brief."""
        if settings().verbosity > 1:
            return "verbose"
        return "brief" if self.brief else "default"

    @property
    def is_screen(self) -> bool:
        """Whether it goes to stdout."""
        return self.output is None or self.output == "-"

    def write(self, text: str) -> None:
        """Write a text that has the form already."""
        write(text, self.output, utf8=self.form in ("json", "csv", "html", "junit"))


def result_options(
    forms: Sequence[str] = RESULT_FORMS,
    *,
    form_help: str = "Form of the result.",
    width_help: str | None = "Width in characters. [default: the terminal's, else 100]",
    brief: bool = False,
) -> Decorator:
    """Return the options --format, -o, --width, --brief; the command gets them as one `target`.

    Parameters
    ----------
    forms : sequence of str
        The forms that the command has; the first one is plain text, and the default.
    form_help, width_help : str
        No option --width without a help.
    brief : bool
        Whether the command has brief pages: the option --brief.
    """
    by_default = f" [default: by -o, else {forms[0]}]"
    form = click.option("--format", "form", type=click.Choice(forms), help=form_help + by_default)
    options: dict[str, Decorator] = {"form": form, "output": output_option}
    if width_help is not None:
        width = click.IntRange(min=20)
        options["width"] = click.option("--width", type=width, metavar="N", help=width_help)

    if brief:
        options["brief"] = click.option("--brief", is_flag=True, help="Show the answer alone.")

    def target(form: str | None, output: str | None, **more: Any) -> Target:
        return Target(form or _form_of(output, forms), output, **more)

    return _options_as("target", target, options)


def _form_of(output: str | None, forms: Sequence[str]) -> str:
    """Return the form that the suffix of a file stands for."""
    if output is None or output == "-":
        return forms[0]
    form = _SUFFIXES.get(Path(output).suffix.lower(), "")
    if form == "table":
        return forms[0]
    if form not in forms:
        known = "|".join(forms)
        raise UsageError(f"cannot tell a format from the name `{output}`: add --format {known}")
    return form


# what commands do with them


def given_options() -> list[str]:
    """Return the options of the running command that the user gave, in that order."""
    context = click.get_current_context()
    options = {option.name: option.opts[0] for option in context.command.params}
    given = []
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            given.append(options[name])
    return given


def refuse_two_inputs(names: Iterable[str | None], cure: str) -> None:
    """Refuse that two documents are to be read from standard input."""
    if list(names).count("-") > 1:
        raise UsageError(f"standard input is read once: {cure}")


def scored(candidates: str, framework: str | None) -> Ranking:
    """Return the ranking of a list by the framework that is named, else by the list's own."""
    cure = "give either the candidates or the framework as a file"
    refuse_two_inputs([candidates, framework], cure)
    ranking = score(candidates, framework)
    judge = ranking.framework
    version = f" {judge.version}" if judge.version else ""
    say(f"read {len(ranking):,} candidates; judged by `{judge.id}`{version}, {judge.digest}", 2)
    return ranking


def emit(result: Readable, target: Target) -> None:
    """Write a result in the form and to the place that the options name.

    Plain text that goes to no terminal is `PAGE_WIDTH` wide, unless an option says otherwise.

    Parameters
    ----------
    result : Result, Table or Page
        A page has no JSON and no CSV.
    target : Target
    """
    width = target.width
    if isinstance(result, Result) and target.form not in ("json", "csv"):
        result = result.page(detail=target.detail)
    match target.form:
        case "json" | "csv" as form:
            text = getattr(result, f"to_{form}")()
        case "md":
            text = result.to_markdown()
        case "html":
            text = result.to_html(whole=True)
        case _ if target.is_screen:
            text = result.to_text(
                width or terminal_width() or PAGE_WIDTH,
                color=is_coloured(sys.stdout),
                ascii_only=not draws_shapes(sys.stdout),
            )
        case _:
            text = result.to_text(width or PAGE_WIDTH)
    target.write(text)
