"""The language of conditions: text in, a typed expression out, or the mistakes with their columns.

Python's grammar is used to read the text, and nothing of it is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn, TypeAlias

import numpy as np

from ..errors import Diagnostic, KeyPath, choose_from, did_you_mean
from ..kernels.logic import compare
from .expressions import (
    And,
    Answers,
    Compare,
    Constant,
    Count,
    Expression,
    Has,
    Known,
    Named,
    Not,
    NumberOf,
    Or,
    Overlaps,
    Points,
    Quantity,
    RatingOf,
)
from .facts import Fact, FlagFact, NumberFact, SetFact

__all__ = ["FUNCTIONS", "ConditionError", "Symbols", "parse"]

FUNCTIONS = {
    "overlaps": "overlaps(set, list)",
    "includes": "includes(set, item)",
    "has": "has(safeguard)",
    "known": "known(fact or criterion)",
    "score": "score(criterion)",
    "count": "count(condition, ...)",
}

MAX_LENGTH = 10_000
_EXAMPLE = (
    "write comparisons joined by `and`, `or`, `not`: "
    "for example `stage >= applied and not open_data`"
)
_OPEN_BRACKET = "close the bracket; inside `{...}`, put a condition with commas in quotes"

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_WRITTEN_LISTS = (ast.List, ast.Tuple, ast.Set)
_MIRROR = str.maketrans("<>", "><")


@dataclass(frozen=True)
class Symbols:
    """The names that a condition may use.

    Parameters
    ----------
    facts : mapping of id to Fact
    ratings : mapping of leaf id to the named points of its scale
    groups : ids of the groups of criteria
    lists : mapping of list id to its items
    safeguards : ids
    conditions : mapping of id to text
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    ratings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    safeguards: frozenset[str] = frozenset()
    conditions: Mapping[str, str] = field(default_factory=dict)
    _parsed: dict[str, Expression] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def sets(self) -> Mapping[str, SetFact]:
        """Facts whose answers are sets."""
        return {name: fact for name, fact in self.facts.items() if isinstance(fact, SetFact)}

    def named_condition(self, name: str, chain: tuple[str, ...] = ()) -> Expression:
        """Return a named condition, read once; see `parse`."""
        if name not in self._parsed:
            self._parsed[name] = parse(self.conditions[name], self, (*chain, name))
        return self._parsed[name]


class ConditionError(ValueError):
    """A condition cannot be read.

    Parameters
    ----------
    diagnostic : Diagnostic
        The mistake, and its columns in the text.
    elsewhere : bool
        Whether the mistake is in a named condition, and is reported where that is defined.
    """

    def __init__(self, diagnostic: Diagnostic, elsewhere: bool = False) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
        self.elsewhere = elsewhere


def parse(text: str, symbols: Symbols, chain: tuple[str, ...] = ()) -> Expression:
    """Read a condition.

    Parameters
    ----------
    text : str
        For example ``overlaps(fields, critical_and_emerging) and stage >= applied``.
    symbols : Symbols
        The names it may use.
    chain : tuple of str
        Ids of the named conditions in which it stands, the outermost first: using one of them is
        a circle.

    Returns
    -------
    Expression

    Raises
    ------
    ConditionError
        At the first mistake, with its columns.

    Examples
    --------
    >>> from collabscore.models.facts import LevelFact
    >>> stage = LevelFact(kind="level", levels={"basic": None, "applied": None})
    >>> parse("stage >= applied", Symbols(facts={"stage": stage}))
    Answers(fact='stage', truth=(False, True))
    """
    # line breaks are white space here, and columns stay as they are
    text = text.replace("\n", " ").replace("\r", " ")
    if len(text) > MAX_LENGTH:
        message = f"a condition has at most {MAX_LENGTH:,} characters"
        raise ConditionError(Diagnostic("condition-too-long", message, within=(0, 1)))
    try:
        tree = ast.parse(f"({text}\n)", mode="eval")
        return _Reader(symbols, text, chain).truth(tree.body)
    except SyntaxError as error:
        raise ConditionError(_syntax_mistake(text, error)) from None
    except (RecursionError, MemoryError):
        message = "this condition is nested too deeply"
        whole = (0, len(text))
        raise ConditionError(Diagnostic("condition-too-deep", message, within=whole)) from None


def _syntax_mistake(text: str, error: SyntaxError) -> Diagnostic:
    start = len(text) - 1
    if error.lineno == 1:
        # the text stands behind one bracket of ours, and Python counts columns from 1
        start = min((error.offset or 2) - 2, start)
    start = max(start, 0)
    help = _EXAMPLE
    if text.count("(") > text.count(")"):
        help = _OPEN_BRACKET
    message = "this condition cannot be read here"
    return Diagnostic("condition-syntax", message, help=help, within=(start, start + 1))


@dataclass(frozen=True)
class _WordedFact:
    """A side of a comparison: a fact whose answers are words."""

    name: str
    fact: Fact


_Side: TypeAlias = Quantity | _WordedFact | str
"""A side of a comparison; a bare word has a meaning only beside the other side."""


@dataclass(frozen=True)
class _Reader:
    """Reads one condition; the chain of names being read guards against circles."""

    symbols: Symbols
    text: str
    chain: tuple[str, ...]

    # mistakes

    def fail(
        self,
        node: ast.expr,
        code: str,
        message: str,
        help: str | None = None,
        absent: tuple[KeyPath, ...] = (),
    ) -> NoReturn:
        within = self.columns(node)
        raise ConditionError(Diagnostic(code, message, help=help, within=within, absent=absent))

    def fail_type(self, node: ast.expr, message: str, help: str | None = None) -> NoReturn:
        self.fail(node, "condition-type", message, help)

    def fail_unknown(self, node: ast.expr, name: str) -> NoReturn:
        known = self.symbols
        names = [*known.facts, *known.ratings, *known.groups, *known.lists, *known.conditions]
        self.fail(
            node,
            "unknown-name",
            f"`{name}` is not a fact, criterion, list or condition here",
            did_you_mean(name, names),
            (("facts", name), ("criteria", "**", name), ("lists", name), ("conditions", name)),
        )

    def refuse(self, node: ast.expr) -> NoReturn:
        if isinstance(node, ast.Constant | ast.List | ast.UnaryOp):
            self.fail_type(node, f"`{self.source(node)}` is neither true nor false")
        functions = ", ".join(f"`{name}()`" for name in FUNCTIONS)
        self.fail(
            node,
            "condition-not-allowed",
            f"`{self.source(node)}` is not part of the language of conditions",
            f"use names, comparisons, `and`, `or`, `not`, `in` and {functions}",
        )

    def columns(self, node: ast.expr) -> tuple[int, int]:
        """Return the columns of a node in the text, in characters; Python counts bytes of UTF-8."""
        line = f"({self.text}".encode()
        start = len(line[: node.col_offset].decode()) - 1
        end = len(self.text)
        if node.end_lineno == 1:
            end = len(line[: node.end_col_offset].decode()) - 1
        return max(start, 0), max(end, start + 1)

    def source(self, node: ast.expr) -> str:
        start, end = self.columns(node)
        return self.text[start:end]

    # expressions that are true, false or unknown

    def truth(self, node: ast.expr) -> Expression:
        match node:
            case ast.BoolOp(ast.And(), values):
                return And(tuple(map(self.truth, values)))
            case ast.BoolOp(_, values):
                return Or(tuple(map(self.truth, values)))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.truth(operand))
            case ast.Compare():
                return self.comparisons(node)
            case ast.Call():
                return self.call(node)
            case ast.Name(name):
                return self.name(node, name)
        self.refuse(node)

    def name(self, node: ast.Name, name: str) -> Expression:
        symbols = self.symbols
        if name in symbols.conditions:
            return Named(name, self.condition(node, name))
        fact = symbols.facts.get(name)
        if isinstance(fact, FlagFact):
            return Answers(name, (False, True))
        if fact is not None:
            kind, help = str(fact.kind), f"compare it: {fact.comparison_example(name)}"
        elif name in symbols.ratings or name in symbols.groups:
            kind, help = "criterion", f"compare it: `score({name}) >= 60`"
        elif name in symbols.lists:
            kind, help = "list", "use `overlaps(set, list)`"
        elif name in symbols.safeguards:
            self.fail_type(node, f"`{name}` is a safeguard", f"write `has({name})`")
        else:
            self.fail_unknown(node, name)
        self.fail_type(node, f"`{name}` is a {kind}, not true or false by itself", help)

    def condition(self, node: ast.Name, name: str) -> Expression:
        if name in self.chain:
            circle = " -> ".join((*self.chain[self.chain.index(name) :], name))
            self.fail(node, "circular-condition", f"this condition rests on itself: {circle}")
        try:
            return self.symbols.named_condition(name, self.chain)
        except ConditionError as error:
            found = error.diagnostic
            if found.code == "circular-condition":
                self.fail(node, found.code, found.message)
            raise ConditionError(found, elsewhere=True) from None

    # comparisons

    def comparisons(self, node: ast.Compare) -> Expression:
        """Read a comparison, or a chain of them: each with the next."""
        parts = []
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self.comparison(node, left, sign, right))
            left = right
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def comparison(
        self, node: ast.Compare, left: ast.expr, sign: ast.cmpop, right: ast.expr
    ) -> Expression:
        if isinstance(sign, ast.In):
            return self.membership(left, right)
        if isinstance(sign, ast.NotIn):
            return Not(self.membership(left, right))
        if type(sign) not in _SIGNS:
            message = "`is` is not part of the language of conditions"
            self.fail(node, "condition-not-allowed", message, "use `==` or `!=`")
        symbol = _SIGNS[type(sign)]
        first, second = self.side(left), self.side(right)
        if isinstance(first, _WordedFact):
            return self.answers(left, first, symbol, right, second)
        if isinstance(second, _WordedFact):
            return self.answers(right, second, symbol.translate(_MIRROR), left, first)
        one, other = self.quantity(left, first, second), self.quantity(right, second, first)
        if isinstance(one, Constant) and isinstance(other, Constant):
            help = "compare a fact, a criterion or a score"
            self.fail_type(node, "this compares two constants", help)
        return Compare(symbol, one, other)

    def side(self, node: ast.expr) -> _Side:
        number = _number_in(node)
        if number is not None:
            return Constant(number)
        match node:
            case ast.Constant(bool() as flag):
                return ("no", "yes")[flag]
            case ast.Constant(str() as word):
                return word
            case ast.Name(name):
                return self.named_side(node, name)
            case ast.Call(ast.Name("score"), [criterion], []):
                known = [*self.symbols.ratings, *self.symbols.groups]
                return Points(self.word(criterion, known, "criterion", ("criteria", "**")))
            case ast.Call(ast.Name("count"), [_, *_] as conditions, []):
                return Count(tuple(map(self.truth, conditions)))
            case ast.Call(ast.Name("score" | "count" as name)):
                self.fail_arguments(node, name)
            case ast.Call():
                self.call(node)  # an unknown function is the better message
                message = f"`{self.source(node)}` is true or false and cannot be compared"
                self.fail_type(node, message)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(ast.Not()) | ast.List():
                self.fail_type(node, f"`{self.source(node)}` cannot be compared")
        self.refuse(node)

    def named_side(self, node: ast.Name, name: str) -> _Side:
        symbols = self.symbols
        fact = symbols.facts.get(name)
        if isinstance(fact, NumberFact):
            return NumberOf(name)
        if fact is not None and fact.answers:
            return _WordedFact(name, fact)
        if name in symbols.ratings:
            return RatingOf(name)
        if fact is not None:
            kind, help = "set", f"use `overlaps({name}, list)` or `includes({name}, item)`"
        elif name in symbols.groups:
            kind, help = "group of criteria", f"use `score({name})`"
        elif name in symbols.lists:
            kind, help = "list", "use `overlaps(set, list)`"
        elif name in symbols.conditions:
            kind, help = "condition", "use it by itself"
        else:
            return name  # a level, an option or an item: known only beside its fact
        self.fail_type(node, f"`{name}` is a {kind} and cannot be compared", help)

    def quantity(self, node: ast.expr, side: Quantity | str, other: Quantity | str) -> Quantity:
        """Read a bare word as a named point of the scale of the rating beside it."""
        if not isinstance(side, str):
            return side
        if isinstance(other, RatingOf):
            levels = self.symbols.ratings[other.criterion]
            if side in levels:
                return Constant(levels[side])
            self.fail(
                node,
                "unknown-level",
                f"`{side}` is not a level of `{other.criterion}`",
                did_you_mean(side, levels),
                (("criteria", "**", other.criterion, "scale", "levels", "*"),),
            )
        if isinstance(other, str) or isinstance(node, ast.Name):
            self.fail_unknown(node, side)
        self.fail_type(node, f"`{side}` is a word, and a number is compared with it")

    def answers(
        self, at: ast.expr, worded: _WordedFact, sign: str, node: ast.expr, other: _Side
    ) -> Expression:
        """Compare a fact with one of its answers."""
        name, fact = worded.name, worded.fact
        if sign not in ("==", "!=") and not fact.ordered:
            message = f"`{name}` is a {fact.kind} without order"
            self.fail_type(at, message, "use `==`, `!=` or `in`")
        wanted = np.array(float(self.answer(worded, node, other)))
        positions = np.arange(len(fact.answers), dtype=np.float64)
        truth = compare(sign, (positions, positions), (wanted, wanted))
        return Answers(name, tuple(truth.certain.tolist()))

    def answer(self, worded: _WordedFact, node: ast.expr, word: _Side) -> int:
        """Return the position of an answer to a fact."""
        name, fact = worded.name, worded.fact
        if not isinstance(word, str):
            message = f"`{name}` is a {fact.kind}: compare it with one of its answers"
            self.fail_type(node, message, choose_from(fact.answers))
        if isinstance(fact, FlagFact):
            word = {"true": "yes", "false": "no"}.get(word, word)
        if word not in fact.answers:
            self.fail(
                node,
                "unknown-level",
                f"`{word}` is not an answer to `{name}`",
                did_you_mean(word, fact.answers),
                (("facts", name, "levels", word), ("facts", name, "options", word)),
            )
        return fact.answers.index(word)

    def membership(self, left: ast.expr, right: ast.expr) -> Expression:
        set_name = getattr(right, "id", "")
        if set_name in self.symbols.sets:
            return Overlaps(set_name, frozenset({self.item(left, set_name)}))
        if not isinstance(right, _WRITTEN_LISTS) or not right.elts:
            message = f"`in` needs a list written out or a set, not `{self.source(right)}`"
            self.fail_type(right, message, "for example `stage in [basic, applied]`")
        side = self.side(left)
        if isinstance(side, str):
            self.fail_unknown(left, side)
        if isinstance(side, _WordedFact):
            return self.one_of(side, right.elts)
        equal = []
        for element in right.elts:
            other = self.side(element)
            if isinstance(other, _WordedFact):
                self.fail_type(element, f"`{self.source(element)}` cannot be compared")
            equal.append(Compare("==", side, self.quantity(element, other, side)))
        return equal[0] if len(equal) == 1 else Or(tuple(equal))

    def one_of(self, worded: _WordedFact, elements: list[ast.expr]) -> Answers:
        wanted = [self.answer(worded, element, self.side(element)) for element in elements]
        truth = np.isin(range(len(worded.fact.answers)), wanted)
        return Answers(worded.name, tuple(truth.tolist()))

    # functions

    def call(self, node: ast.Call) -> Expression:
        name = getattr(node.func, "id", "")
        if name not in FUNCTIONS:
            message = f"`{self.source(node.func)}` is no function of conditions"
            self.fail(node.func, "unknown-function", message, did_you_mean(name, FUNCTIONS))
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            message, help = f"`{name}` takes plain arguments only", f"write `{FUNCTIONS[name]}`"
            self.fail(node, "condition-not-allowed", message, help)
        symbols = self.symbols
        match name, node.args:
            case ("score", [_]) | ("count", [_, *_]):
                message = f"`{name}` gives a number, not true or false"
                self.fail_type(node, message, f"compare it: `{self.source(node)} >= 2`")
            case "known", [of]:
                known = [*symbols.facts, *symbols.ratings]
                kind = "fact or leaf criterion"
                return Known(self.word(of, known, kind, ("facts",), ("criteria", "**")))
            case "has", [of]:
                return Has(self.word(of, symbols.safeguards, "safeguard", ("safeguards",)))
            case "includes" | "overlaps", [of, about]:
                set_name = self.word(of, symbols.sets, "fact of the kind set", ("facts",))
                if name == "overlaps":
                    return self.overlap(set_name, about)
                return Overlaps(set_name, frozenset({self.item(about, set_name)}))
        self.fail_arguments(node, name)

    def fail_arguments(self, node: ast.Call, name: str) -> NoReturn:
        self.fail_type(node, f"`{name}` is written `{FUNCTIONS[name]}`")

    def overlap(self, set_name: str, about: ast.expr) -> Overlaps:
        if isinstance(about, _WRITTEN_LISTS):
            items = frozenset(self.item(element, set_name) for element in about.elts)
            return Overlaps(set_name, items)
        lists = self.symbols.lists
        name = self.word(about, lists, "list", ("lists",))
        listed, universe = lists[name], lists.get(self.symbols.sets[set_name].of)
        if listed and universe and listed.isdisjoint(universe):
            message = f"`{name}` and `{set_name}` are about different things"
            self.fail_type(about, message, "take a list among the items of the set")
        return Overlaps(set_name, listed, name)

    def word(self, node: ast.expr, choices: Collection[str], kind: str, *sections: KeyPath) -> str:
        """Read a name among `choices`, which is defined in one of these sections of a document."""
        match node:
            case ast.Name(name) | ast.Constant(str() as name):
                if name in choices:
                    return name
                message, help = f"`{name}` is not a {kind}", did_you_mean(name, choices)
                absent = tuple((*section, name) for section in sections)
                self.fail(node, "unknown-name", message, help, absent)
        message = f"`{self.source(node)}` is not the name of a {kind}"
        self.fail_type(node, message, choose_from(sorted(choices)))

    def item(self, node: ast.expr, set_name: str) -> str:
        universe = self.symbols.sets[set_name].of
        known = sorted(self.symbols.lists.get(universe, ()))
        return self.word(node, known, f"item of `{set_name}`", ("lists", universe, "items", "**"))


def _number_in(node: ast.expr) -> float | None:
    """Return the finite number that is written, with or without a minus; None: another thing."""
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1.0, node.operand
    number: Any = getattr(node, "value", None)
    if type(number) in (int, float) and abs(number) <= sys.float_info.max:
        return sign * float(number)
    return None
