"""The text of a condition as a syntax tree of Python, or the first mistake in it with its columns.

Nothing of it is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..errors import Diagnostic, quotable
from .base import ReadingError, clean_text, lookalike_in
from .cures import cure_of, cure_of_amount

__all__ = [
    "EXAMPLE",
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_PARTS",
    "RESERVED",
    "ConditionError",
    "columns_of",
    "conditions_about",
    "foreign_sign",
    "in_one_line",
    "is_number",
    "kind_of_each",
    "names_outside",
    "nested_truths",
    "places_needed",
    "read_tree",
    "too_deep",
    "too_large",
]

FUNCTIONS = {
    "overlaps": "overlaps(set, list)",
    "includes": "includes(set, item)",
    "within": "within(fact, list)",
    "size": "size(set)",
    "has": "has(safeguard)",
    "known": "known(fact or criterion)",
    "score": "score(criterion)",
    "count": "count(condition, ...)",
    "any_party": "any_party(condition)",
    "every_party": "every_party(condition)",
    "parties_where": "parties_where(condition)",
    "any_partner": "any_partner(condition)",
    "every_partner": "every_partner(condition)",
    "partners_where": "partners_where(condition)",
}
_KINDS_OF_EACH = {
    "any_party": "party",
    "every_party": "party",
    "parties_where": "party",
    "any_partner": "partner",
    "every_partner": "partner",
    "partners_where": "partner",
}
"""Functions in which a name that exists for each party, or each partner, means that of one."""
RESERVED = tuple(name for name in FUNCTIONS if name != "size")
"""Functions that cannot be ids of anything; `size` is one only before brackets."""

MAX_LENGTH = 10_000
"""Letters of a condition."""
MAX_DEPTH = 100
"""Levels of a condition, those of the conditions it names included: each is a step of recursion."""
MAX_PARTS = 10_000
"""Parts of a condition, those of the conditions it names counted each time they are named."""
EXAMPLE = (
    "write comparisons joined by `and`, `or`, `not`: "
    "for example `stage >= applied and not open_data`"
)
_OPEN_BRACKET = "add a `)`; inside `{...}`, put a condition with commas in quotes"

_COMPOUND = (ast.Call, ast.BinOp, ast.UnaryOp)


class ConditionError(ValueError):
    """A condition cannot be read.

    Parameters
    ----------
    diagnostic : Diagnostic
        The mistake, and its columns in the text.
    elsewhere : bool
        Whether the mistake is in a named condition, and is reported where that is defined.
    circle : tuple of str
        Named conditions that name each other in a circle, if that is the mistake.
    """

    def __init__(
        self, diagnostic: Diagnostic, elsewhere: bool = False, circle: tuple[str, ...] = ()
    ) -> None:
        super().__init__(diagnostic, elsewhere, circle)  # as given: it is pickled by its arguments
        self.diagnostic = diagnostic
        self.elsewhere = elsewhere
        self.circle = circle

    def __str__(self) -> str:
        return self.diagnostic.message


def in_one_line(text: str) -> str:
    """Return a clean text with line breaks as white space; columns stay as they are."""
    try:
        return clean_text(text).replace("\n", " ")
    except ReadingError as error:
        raise ConditionError(error.diagnostic) from None


def read_tree(text: str, units: Mapping[str, str] | None = None) -> ast.expr:
    """Return the syntax tree of a condition; units of names are for the help of mistakes."""
    text = in_one_line(text)
    if len(text) > MAX_LENGTH:
        message = f"a condition has at most {MAX_LENGTH:,} characters; this one has {len(text):,}"
        help = (
            "write its parts as entries of `conditions` at the top level, such as "
            "`early: {when: stage < applied}`, and use their names here"
        )
        raise too_large(text, "condition-too-long", message, help)
    try:
        with warnings.catch_warnings(action="ignore"):  # Python remarks on `5and`
            tree = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as error:
        if "nested" in error.msg:
            raise too_deep(text) from None
        raise ConditionError(_syntax_mistake(text, error, units or {})) from None
    except (RecursionError, MemoryError):
        raise too_deep(text) from None
    for node in ast.walk(tree):
        match node:
            case ast.Name() if not text.isascii():  # Python has changed its letters (NFKC)
                node.id = text[slice(*columns_of(text, node))]
            case ast.Call(args=[ast.Constant(str() as name) as quoted, *others]):
                node.args = [ast.copy_location(ast.Name(name), quoted), *others]
    return tree


def columns_of(text: str, node: ast.expr) -> tuple[int, int]:
    """Return the columns of a node in a text, in characters; Python counts bytes of UTF-8."""
    line = f"({text}".encode()
    start = len(line[: node.col_offset].decode()) - 1
    end = len(text)
    if node.end_lineno == 1:
        end = len(line[: node.end_col_offset].decode()) - 1
    return max(start, 0), max(end, start + 1)


def conditions_about(kind: str, names: Collection[str], conditions: Mapping[str, str]) -> list[str]:
    """Return the named conditions that use some names outside the functions for each of a kind.

    Parameters
    ----------
    kind : {"party", "partner"}
    names : collection of str
        Facts and criteria that exist for each.
    conditions : mapping of id to text
        A condition that names such a condition is one, too.
    """
    outside: dict[str, set[str]] = {}
    for key, text in conditions.items() if names else ():
        with suppress(ConditionError):
            outside[key] = {name.id for name in names_outside(read_tree(text), kind)}
    found: list[str] = []
    known, count = {*names}, -1
    while count < len(found):
        count = len(found)
        found += [key for key in outside if key not in known and outside[key] & known]
        known.update(found)
    return found


def places_needed(conditions: Iterable[str]) -> int:
    """Return of how many partners conditions can tell that there are so many, at least 1.

    Of a candidate whose partners are unknown, so many may be told apart.
    """
    calls, least = 0, 1
    for text in conditions:
        with suppress(ConditionError):
            for node in ast.walk(read_tree(text)):
                calls += kind_of_each(node) == "partner"
                match node:
                    case ast.Constant(int() as number) if "partners_where" in text:
                        least = max(least, number + 1)
    # two questions may be about two partners; more than three seldom matter
    return max(min(calls, 3), min(least, _MOST_PLACES_COUNTED))


_MOST_PLACES_COUNTED = 100


def names_outside(tree: ast.expr, kind: str) -> Iterator[ast.Name]:
    """Yield the names in a condition that are outside the functions for each of a kind."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node
        elif kind_of_each(node) != kind:
            waiting += ast.iter_child_nodes(node)


def kind_of_each(node: ast.AST) -> str | None:
    """Return for each of what a function is called; None for all else."""
    name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
    return _KINDS_OF_EACH.get(name)


def too_deep(text: str) -> ConditionError:
    """Return the error that a condition has too many levels."""
    message = f"a condition has at most {MAX_DEPTH} levels, those of named conditions included"
    help = "`and` and `or` can join many parts on one level"
    return too_large(text, "condition-too-deep", message, help)


def too_large(text: str, code: str, message: str, help: str) -> ConditionError:
    """Return an error about the whole of a condition."""
    return ConditionError(Diagnostic(code, message, help=help, within=(0, len(text))))


def nested_truths(tree: ast.expr) -> Iterator[tuple[ast.expr, int]]:
    """Yield the parts of a condition that are true or false, each with its depth, from 1."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        if isinstance(node, ast.BinOp):
            waiting.append((node.left, depth))  # parts of a long sum stand one beside the other
        waiting += [(part, depth + 1) for part in reversed(_inner_parts(node))]


def _inner_parts(node: ast.expr) -> Sequence[ast.expr]:
    """Return the parts of a part that are one level below it."""
    match node:
        case ast.BoolOp(_, values):
            return values
        case ast.UnaryOp(_, operand) | ast.BinOp(_, _, operand):
            return [operand]
        case ast.Compare(left, _, others):
            return [side for side in (left, *others) if isinstance(side, _COMPOUND)]
        case ast.Call(ast.Name("count"), conditions):
            return conditions
        case ast.Call(args=[condition]) if kind_of_each(node) is not None:
            return [condition]
    return []


def _syntax_mistake(text: str, error: SyntaxError, units: Mapping[str, str]) -> Diagnostic:
    unquoted = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text)
    found = lookalike_in(unquoted)
    if found is not None:
        message = f"the character {found.name} cannot stand in a condition"
        help = found.cure.replace("`:`", "`==`")  # conditions have no colon
        within = (found.place, found.place + 1)
        return Diagnostic("condition-syntax", message, help=help, within=within)
    foreign = foreign_sign(text, 0, len(text), units)
    if foreign is not None:
        message = f"`{text[slice(*foreign.within)]}` cannot stand in a condition"
        return Diagnostic("condition-syntax", message, help=foreign.help, within=foreign.within)
    start = len(text) - 1
    if error.lineno == 1:
        # the text stands behind one bracket of ours, and Python counts columns from 1
        start = min((error.offset or 2) - 2, start)
    start = max(start, 0)
    message, help = f"this condition cannot be read from `{quotable(text[start:])}` on", EXAMPLE
    if unquoted.count("(") > unquoted.count(")"):
        start, help = unquoted.index("("), _OPEN_BRACKET
        message = "a bracket is not closed"
    return Diagnostic("condition-syntax", message, help=help, within=(start, start + 1))


class _Foreign(NamedTuple):
    """A sign or a word of another language: its columns, and what to write instead."""

    within: tuple[int, int]
    help: str


_FOREIGN = {
    r"\b(?:AND|And)\b|&&?": "write `and`",
    r"\b(?:OR|Or)\b|\|\|?": "write `or`",
    r"\b(?:NOT|Not)\b|!(?!=)|~": "write `not`",
    r"\b(?:IN|In)\b": "write `in`",
    r"=>": "write `>=`",
    r"=<": "write `<=`",
    r"<>|=!|=/=": "write `!=`",
    r"(?<![<>=!])=(?![=<>!/])|===|\beq\b": "write `==`",
    r"\b(?:if|then|when|xor)\b|->": "join comparisons with `and`, `or` and `not` alone",
    r"\bcontains\b": "write `includes(set, item)`",
    r"\bplus\b": "write `+`",
    r"\bminus\b": "write `-`",
    r"\bafter\b": "write `>`",
    r"\bbefore\b": "write `<`",
    r"\b\d+ (?:years?|months?|weeks?)\b": "write a number of days, such as `365` for a year",
    r"\b\d{4}-\d\d(?:-\d\d)?\b": "put dates in quotes, such as `'2026-01-31'`",
    r"\bbetween\b": "write two comparisons: `budget >= 3 and budget <= 5`",
    r";": "write `and` or `or`",
    r"['\"]": "close the quotation mark",
    r"//.*|#.*": "put remarks under `note`",
    rf"\b(?:{'|'.join(RESERVED)}) +\w+": "put brackets around the name, as in `has(review)`",
    r"(?:[$€£¥] ?)?\d[\d.,_']*(?: \d{3})*(?: ?(?:[%$€£¥]|(?!and|or|in)[A-Za-z]+\b\.?))?": "",
}
"""Signs of other languages, and what conditions have for them; a number has a cure of its own."""
_NO_JOIN = r"(?!(?:and|or|not|in|is)\b)[^\W\d][\w.]*"
_TWO_NAMES = {
    rf"\b{_NO_JOIN} +{_NO_JOIN}": "join names with `and` or `or`; put an answer of several words "
    "in quotes",
}


def foreign_sign(text: str, start: int, end: int, units: Mapping[str, str]) -> _Foreign | None:
    """Return the first sign between two columns that conditions do not have."""
    unquoted = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text[start:end])
    for signs in (_FOREIGN, _TWO_NAMES):
        found = []
        for pattern, help in signs.items():
            for match in re.finditer(pattern, unquoted):
                place = start + match.start()
                cure = help or _cure_of_number(match[0], text, place, units)
                if cure is not None:
                    found.append(_Foreign((start + match.start(), start + match.end()), cure))
                    break
        if found:
            return min(found)
    return None


def _cure_of_number(written: str, text: str, place: int, units: Mapping[str, str]) -> str | None:
    """Return the cure for a number at a place in a text, written with a unit or with commas."""
    written = written.strip()
    if re.fullmatch(r"\d+(\.\d*)?([eE]\d+)?", written):
        return None
    name = _compared_at(place, place + len(written), text, units)
    amount = cure_of_amount(written, name, units.get(name, ""))
    return amount or cure_of(written, is_number) or "write a plain number, such as `0.5`"


def _compared_at(start: int, end: int, text: str, units: Mapping[str, str]) -> str:
    """Return the name with a unit beside a number, in the same comparison; empty if there is none.

    The name before the number is nearer than one behind it.
    """
    before = re.split(r"\b(?:and|or|not)\b", text[:start])[-1]
    after = re.split(r"\b(?:and|or|not)\b", text[end:])[0]
    names = [*re.findall(r"[^\W\d]\w*", before)[::-1], *re.findall(r"[^\W\d]\w*", after)]
    return next(filter(units.__contains__, names), "")


def is_number(value: object) -> bool:
    """Return whether something read from YAML is a number, or a truth value."""
    return isinstance(value, int | float)


_QUOTED = re.compile("'[^']*'|\"[^\"]*\"")
