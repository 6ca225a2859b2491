"""Options that commands share, and the result in the form and place that they name."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import click
from click.core import ParameterSource

from ..api import score
from ..documents.loading import PlainDocument, date_given, read_document
from ..errors import UsageError
from ..models.candidates import Candidates
from ..output import Detail, Result, Table
from ..output.excel import to_excel
from ..output.frames import parquet_of
from ..output.table import Readable
from ..scoring.ranking import Ranking
from .terminal import draws_shapes, is_coloured, say, say_reading, settings, terminal_width, write

__all__ = [
    "FRAMEWORK_FORM",
    "PAGE_WIDTH",
    "RESULT_FORMS",
    "ROW_FORMS",
    "AtLeast",
    "Target",
    "as_of_option",
    "candidates_argument",
    "draw_options",
    "emit",
    "framework_option",
    "frameworks_option",
    "given_options",
    "ignore_option",
    "list_without",
    "named_as_option",
    "note_reading",
    "output_option",
    "ranking_inputs",
    "read_weights",
    "refuse_two_inputs",
    "result_options",
    "scored",
    "selection_options",
    "weight_option",
    "weights_option",
]

FRAMEWORK_FORM = "a shipped id or a file"
"""The forms in which an option names a framework."""

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

ROW_FORMS = ("csv", "tsv", "xlsx", "parquet", "jsonl")
"""Forms that hold the rows of a result; the others are the whole of it."""
RESULT_FORMS = ("table", "json", "md", "html", *ROW_FORMS)
PAGE_WIDTH = 100
"""Width of prose where no terminal says how wide."""

_SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".txt": "table",
    ".xml": "junit",
    ".yaml": "yaml",
    ".yml": "yaml",
}
"""The form that the suffix of a file stands for; `table` is any form of plain text."""


# options


class AtLeast(click.ParamType[int]):
    """A whole number, and the least that it may be."""

    name = "number"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that a text is."""
        number: int = click.INT.convert(value, param, ctx)
        if number < self.least:
            self.fail(f"{number} is too small; the least is {self.least}", param, ctx)
        return number


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
    "-f",
    "--framework",
    metavar="FRAMEWORK",
    help=f"Judge by this framework: {FRAMEWORK_FORM}. [default: the one that the list names]",
)

output_option = click.option(
    "-o", "--output", metavar="FILE", help="Write to a file instead of standard output."
)

weight_option = click.option(
    "--weight",
    "given_weights",
    multiple=True,
    metavar="NAME=SHARE%",
    help="Set the share of a criterion or group within its group; the others share the rest. "
    "A number without % is a weight as in the framework. Repeatable.",
)
"""Other weights for one call; not `--weights`, which names the space of a drawn weight."""


as_of_option = click.option(
    "--as-of",
    metavar="DATE",
    callback=lambda _, __, text: None if text is None else _date_of_option(text),
    help="Date by which ratings, facts and safeguards expire (`until`). [default: the list's]",
)


def _date_of_option(text: str) -> str:
    with named_as_option("as_of", "--as-of"):
        return date_given(text)


ignore_option = click.option(
    "--ignore-columns",
    "ignore_columns",
    multiple=True,
    metavar="COLUMN",
    help="Leave out this column of a table; repeatable.",
)


def ranking_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add a list, its framework, other weights and a date; the command calls `scored` on them."""
    options: dict[str, Decorator] = {
        "candidates": candidates_argument,
        "framework": framework_option,
        "given_weights": weight_option,
        "as_of": as_of_option,
        "ignore_columns": ignore_option,
    }
    return _options_as("scored", partial(partial, scored), options)(command)


def frameworks_option(help: str) -> Decorator:
    """Return the option -f of commands that take several frameworks."""
    return click.option(
        "-f", "--framework", "frameworks", multiple=True, metavar="FRAMEWORK", help=help
    )


def weights_option(help: str, **options: Any) -> Decorator:
    """Return the option --weights: a space of weights, or one for a group as GROUP=SPACE."""
    return click.option(
        "--weights",
        multiple=True,
        metavar="SPACE",
        help=help,
        callback=_refuse_shares,
        **options,
    )


def _refuse_shares(
    context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse a share where a space of weights belongs: --weight sets a weight."""
    for text in texts:
        if "%" in text and "within" not in text:
            raise UsageError(
                f"--weights: `{text}` is not a space of weights; to set a weight: --weight {text}"
            )
    return texts


def read_weights(texts: Iterable[str]) -> dict[str, object]:
    """Return the weights that --weight gives: shares as texts, weights as numbers.

    Raises
    ------
    UsageError
        If one is of another form, or a name is given twice.

    Examples
    --------
    >>> read_weights(["mutual_interest=50%", "complementarity = 2"])
    {'mutual_interest': '50%', 'complementarity': 2.0}
    """
    weights: dict[str, object] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name in weights:
            raise UsageError(f"`{name}` is given twice", "given_weights")
        weights[name] = value if value.endswith("%") else _number_of(value)
        if not name or weights[name] is None:
            form = f"`{text}` is not of the form NAME=SHARE%"
            raise UsageError(f"{form}, as in mutual_interest=50%", "given_weights")
    return weights


def _number_of(text: str) -> float | None:
    """Return a weight, which is above 0; None for any other text."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


def draw_options(draws: int) -> Decorator:
    """Return the options --draws and --seed."""
    whole = partial(click.option, type=int, show_default=True, metavar="N")
    seed = whole("--seed", default=0, help="Seed; the same seed gives the same result.")
    return lambda command: whole("--draws", default=draws, help="Number of draws.")(seed(command))


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
        help="Show only candidates that certainly meet this condition, such as 'stage >= applied'.",
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
    top = click.option(first, "first", type=AtLeast(1), metavar="N", help=first_help)
    return _options_as("selection", _selection, {**_FILTERS, "first": top})


def _selection(first: int | None, **filters: Any) -> dict[str, Any]:
    return {**filters, "top": first}


_DATA_FORMS = ("json", "html", "junit", "github", "yaml", *ROW_FORMS)


class Target(NamedTuple):
    """Where a result goes, and in which form.

    Parameters
    ----------
    form : str
    output : str, optional
        A file; `-` and None are stdout.
    width : int, optional
        Of plain text, in characters.
    brief, full : bool
        Whether pages of results show the answer alone, or everything.
    excel : bool
        Whether CSV is for Excel; see `Table.to_csv`.
    """

    form: str
    output: str | None = None
    width: int | None = None
    brief: bool = False
    full: bool = False
    excel: bool = False

    @property
    def detail(self) -> Detail:
        """How much pages of results show: -v is more than --brief."""
        if self.full or settings().verbosity > 1:
            return "verbose"
        return "brief" if self.brief else "default"

    @property
    def is_screen(self) -> bool:
        """Whether it goes to stdout."""
        return self.output is None or self.output == "-"

    @property
    def text_width(self) -> int:
        """Width of plain text: of the options, else of the terminal, else `PAGE_WIDTH`."""
        width = self.width
        if width is None and self.is_screen:
            width = terminal_width()
        return width or PAGE_WIDTH

    def write(self, content: str | bytes) -> None:
        """Write what has the form already."""
        write(content, self.output, is_data=self.form in _DATA_FORMS)


def result_options(
    forms: Sequence[str] = RESULT_FORMS,
    *,
    form_help: str = "Format of the result",
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
    named = f"{', '.join(forms[:-1])} or {forms[-1]}"
    by_default = f"[default: from the suffix of -o, else {forms[0]}]"
    form = click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        metavar="FORM",
        help=f"{form_help}: {named}. {by_default}",
    )
    options: dict[str, Decorator] = {"form": form, "output": output_option}
    if width_help is not None:
        width = AtLeast(20)
        options["width"] = click.option("--width", type=width, metavar="N", help=width_help)

    if brief:
        options["brief"] = click.option("--brief", is_flag=True, help="Show only the answer.")
    if "csv" in forms:
        help = "Write CSV for Excel: with a byte-order mark, and numbers as shown."
        options["excel"] = click.option("--excel", is_flag=True, help=help)

    def target(form: str | None, output: str | None, excel: bool = False, **more: Any) -> Target:
        _refuse_other_suffix(form, output, forms)
        form = form or _form_of(output, forms)
        if excel and form != "csv":
            help = "leave it out" if form == "xlsx" else "add --format csv"
            raise UsageError(f"--excel is for CSV, and this is {form}", help=help)
        if form in _FILE_FORMS and output in (None, "-"):
            help = f"name a file: -o result.{form}"
            raise UsageError(f"--format {form} gives a file, which no terminal can show", help=help)
        return Target(form, output, excel=excel, **more)

    return _options_as("target", target, options)


_FILE_FORMS = ("xlsx", "parquet")
"""Forms that are no text."""


def _refuse_other_suffix(form: str | None, output: str | None, forms: Sequence[str]) -> None:
    """Refuse a file whose suffix names another form of the command; `.txt` is any text."""
    suffix = Path(output or "").suffix.lower()
    named = _SUFFIXES.get(suffix, form)
    is_text = named == "table" and form not in _FILE_FORMS
    if form is None or named == form or is_text or named not in ("table", *forms):
        return
    message = f"--format {form} and the name `{output}` contradict each other"
    help = f"leave --format out, or give the file another suffix than `{suffix}`"
    raise UsageError(message, help=help)


def _form_of(output: str | None, forms: Sequence[str]) -> str:
    """Return the form that the suffix of a file stands for."""
    if output is None or output == "-":
        return forms[0]
    form = _SUFFIXES.get(Path(output).suffix.lower(), "")
    if form == "table":
        return forms[0]
    if form not in forms:
        known = "|".join(forms)
        raise UsageError(f"the name `{output}` does not show a format: add --format {known}")
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
        raise UsageError(f"standard input can be read only once: {cure}")


@contextmanager
def named_as_option(keyword: str, option: str) -> Iterator[None]:
    """Say what is wrong with a keyword of a call of the option that gives it."""
    try:
        yield
    except UsageError as error:
        if error.keyword == keyword:
            raise UsageError(error.message, option, error.help) from None
        raise


def scored(
    candidates: str,
    framework: str | None,
    given_weights: Iterable[str] = (),
    as_of: str | None = None,
    ignore_columns: Sequence[str] = (),
) -> Ranking:
    """Return the ranking of a list by the framework that is named, else by the list's own."""
    cure = "give either the candidates or the framework as a file"
    refuse_two_inputs([candidates, framework], cure)
    with named_as_option("weights", "given_weights"):
        weights = read_weights(given_weights)
        source = list_without(candidates, ignore_columns)
        ranking = score(source, framework, weights=weights, as_of=as_of)
    note_reading(ranking.problem.document)
    judge = ranking.framework
    version = f" {judge.version}" if judge.version else ""
    say(f"read {len(ranking):,} candidates; judged by `{judge.id}`{version}, {judge.digest}", at=2)
    return ranking


def list_without(source: str, columns: Sequence[str]) -> str | PlainDocument:
    """Return a list, which is read if columns of it are left out."""
    return read_document(source).ignoring(columns) if columns else source


def note_reading(document: Candidates | None) -> None:
    """Say how a table was read, and whether a list is judged by another date than its own.

    Not every form of a result says so.
    """
    if document is not None:
        say_reading(document.origin.source, document.remarks)
    if document is not None and document.date_in_words not in (
        document.as_of,
        document.given_as_of,
    ):
        say(f"note: judged as of {document.date_in_words}")


def emit(result: Readable, target: Target) -> None:
    """Write a result in the form and to the place that the options name.

    Parameters
    ----------
    result : Result, Table or Page
        A page has no JSON; only a result has rows.
    target : Target
    """
    if isinstance(result, Result):
        if target.form in ROW_FORMS:
            target.write(_content_of_rows(result, target))
            return
        if target.form != "json":
            result = result.page(detail=target.detail)
    match target.form:
        case "json" if isinstance(result, Result | Table):
            text = result.to_json()
        case "md":
            text = result.to_markdown()
        case "html":
            text = result.to_html(whole=True)
        case _:
            text = result.to_text(
                target.text_width,
                color=target.is_screen and is_coloured(sys.stdout),
                ascii_only=target.is_screen and not draws_shapes(sys.stdout),
            )
    target.write(text)


def _content_of_rows(result: Result, target: Target) -> str | bytes:
    """Return the rows of a result in a form for spreadsheets and programs."""
    match target.form:
        case "csv":
            return result.to_csv(excel=target.excel)
        case "tsv":
            return result.to_csv(separator="\t")
        case "jsonl":
            return result.to_jsonl()
        case "parquet":
            return parquet_of(result)
    return to_excel(result)
