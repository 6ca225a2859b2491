"""The language of conditions: text in, a typed expression out, or the mistakes with their columns.

Python's grammar is used to read the text, and nothing of it is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from ..errors import Diagnostic, KeyPath, choose_from, did_you_mean
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

__all__ = ["FUNCTIONS", "ConditionError", "Symbols", "is_elsewhere", "parse"]

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
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


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

    def names(self) -> list[str]:
        """Return every name that may stand in a condition."""
        return [*self.facts, *self.ratings, *self.groups, *self.lists, *self.conditions]

    def named_condition(self, name: str, chain: tuple[str, ...] = ()) -> Expression:
        """Return a named condition, read once; see `parse`."""
        if name not in self._parsed:
            self._parsed[name] = parse(self.conditions[name], self, (*chain, name))
        return self._parsed[name]


class ConditionError(ValueError):
    """A condition cannot be read; `diagnostic` says what and where in its text."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _ElsewhereError(ConditionError):
    """A mistake in a named condition, which is reported where that condition stands."""


def is_elsewhere(error: ConditionError) -> bool:
    """Return whether the mistake stands in another condition than the one that was read."""
    return isinstance(error, _ElsewhereError)


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
    return _Reader(symbols, text, chain).read()


@dataclass(frozen=True)
class _WordedFact:
    """A side of a comparison: a fact whose answers are words."""

    name: str
    fact: Fact


_Side: TypeAlias = Quantity | _WordedFact | str
"""A side of a comparison; a bare word has a meaning only beside the other side."""


class _Reader:
    """Reads one condition; the chain of names being read guards against circles."""

    def __init__(self, symbols: Symbols, text: str, chain: tuple[str, ...]) -> None:
        self.symbols = symbols
        # line breaks are white space here, and columns stay as they are
        self.text = text.replace("\n", " ").replace("\r", " ")
        self.chain = chain

    def read(self) -> Expression:
        if len(self.text) > MAX_LENGTH:
            message = f"a condition has at most {MAX_LENGTH:,} characters"
            raise ConditionError(Diagnostic("condition-too-long", message, within=(0, 1)))
        try:
            tree = ast.parse(f"({self.text}\n)", mode="eval")
            return self.truth(tree.body)
        except SyntaxError as error:
            raise ConditionError(self.syntax_mistake(error)) from None
        except (RecursionError, MemoryError):
            message = "this condition is nested too deeply"
            whole = (0, len(self.text))
            raise ConditionError(Diagnostic("condition-too-deep", message, within=whole)) from None

    def syntax_mistake(self, error: SyntaxError) -> Diagnostic:
        start = len(self.text) - 1
        if error.lineno == 1:
            # the text stands behind one bracket of ours, and Python counts columns from 1
            start = min((error.offset or 2) - 2, start)
        start = max(start, 0)
        unclosed = self.text.count("(") > self.text.count(")")
        return Diagnostic(
            "condition-syntax",
            "this condition cannot be read here",
            help=_OPEN_BRACKET if unclosed else _EXAMPLE,
            within=(start, start + 1),
        )

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
        self.fail(
            node,
            "unknown-name",
            f"`{name}` is not a fact, criterion, list or condition here",
            did_you_mean(name, self.symbols.names()),
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

        def column(offset: int) -> int:
            return len(line[:offset].decode(errors="replace")) - 1

        start = column(node.col_offset)
        end = column(node.end_col_offset or 0) if node.end_lineno == 1 else len(self.text)
        return max(start, 0), max(end, start + 1)

    def source(self, node: ast.expr) -> str:
        start, end = self.columns(node)
        return self.text[start:end]

    # expressions that are true, false or unknown

    def truth(self, node: ast.expr) -> Expression:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return And(tuple(self.truth(value) for value in values))
            case ast.BoolOp(values=values):
                return Or(tuple(self.truth(value) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.truth(operand))
            case ast.Compare():
                return self.comparisons(node)
            case ast.Call():
                return self.call(node)
            case ast.Name(id=name):
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
            raise _ElsewhereError(found) from None

    # comparisons

    def comparisons(self, node: ast.Compare) -> Expression:
        """Read a comparison, or a chain of them: each with the next."""
        sides = [node.left, *node.comparators]
        parts = [
            self.comparison(node, left, sign, right)
            for left, sign, right in zip(sides, node.ops, node.comparators, strict=False)
        ]
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
            return self.answers(right, second, _MIRRORED[symbol], left, first)
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
            case ast.Constant(value=bool() as flag):
                return "yes" if flag else "no"
            case ast.Constant(value=str() as word):
                return word
            case ast.Name(id=name):
                return self.named_side(node, name)
            case ast.Call():
                return self.counted_side(node)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.List():
                self.fail_type(node, f"`{self.source(node)}` cannot be compared")
        self.refuse(node)

    def counted_side(self, node: ast.Call) -> Quantity:
        match node.func:
            case ast.Name(id="score"):
                self.check_arguments(node, "score")
                known = [*self.symbols.ratings, *self.symbols.groups]
                return Points(self.word(node.args[0], known, "criterion", ("criteria", "**")))
            case ast.Name(id="count"):
                self.check_arguments(node, "count")
                return Count(tuple(self.truth(argument) for argument in node.args))
        self.call(node)  # an unknown function is the better message
        self.fail_type(node, f"`{self.source(node)}` is true or false and cannot be compared")

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
        position = self.answer(worded, node, other)
        holds = _COMPARE[sign]
        return Answers(name, tuple(holds(k, position) for k in range(len(fact.answers))))

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
                tuple(("facts", name, answers, word) for answers in ("levels", "options")),
            )
        return fact.answers.index(word)

    def membership(self, left: ast.expr, right: ast.expr) -> Expression:
        if isinstance(right, ast.Name):
            fact = self.symbols.facts.get(right.id)
            if isinstance(fact, SetFact):
                return Overlaps(right.id, self.item(left, right.id, fact))
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            message = f"`in` needs a list written out or a set, not `{self.source(right)}`"
            self.fail_type(right, message, "for example `stage in [basic, applied]`")
        side = self.side(left)
        if isinstance(side, str):
            self.fail_unknown(left, side)
        if isinstance(side, _WordedFact):
            return self.one_of_answers(side, right.elts)
        equal = tuple(self.equality(side, element) for element in right.elts)
        return equal[0] if len(equal) == 1 else Or(equal)

    def one_of_answers(self, worded: _WordedFact, elements: list[ast.expr]) -> Answers:
        wanted = [self.answer(worded, element, self.side(element)) for element in elements]
        truth = (position in wanted for position in range(len(worded.fact.answers)))
        return Answers(worded.name, tuple(truth))

    def equality(self, side: Quantity, element: ast.expr) -> Compare:
        other = self.side(element)
        if isinstance(other, _WordedFact):
            self.fail_type(element, f"`{self.source(element)}` cannot be compared")
        return Compare("==", side, self.quantity(element, other, side))

    # functions

    def call(self, node: ast.Call) -> Expression:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            message = f"`{self.source(node.func)}` is no function of conditions"
            self.fail(node.func, "unknown-function", message, did_you_mean(name, FUNCTIONS))
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            message, help = f"`{name}` takes plain arguments only", f"write `{FUNCTIONS[name]}`"
            self.fail(node, "condition-not-allowed", message, help)
        self.check_arguments(node, name)
        symbols, first = self.symbols, node.args[0]
        match name:
            case "score" | "count":
                message = f"`{name}` gives a number, not true or false"
                self.fail_type(node, message, f"compare it: `{self.source(node)} >= 2`")
            case "known":
                known = [*symbols.facts, *symbols.ratings]
                kind = "fact or leaf criterion"
                return Known(self.word(first, known, kind, ("facts",), ("criteria", "**")))
            case "has":
                return Has(self.word(first, symbols.safeguards, "safeguard", ("safeguards",)))
        return self.set_question(name, *node.args)

    def check_arguments(self, node: ast.Call, name: str) -> None:
        wanted = {"overlaps": 2, "includes": 2, "count": len(node.args) or 1}.get(name, 1)
        if node.keywords or len(node.args) != wanted:
            self.fail_type(node, f"`{name}` is written `{FUNCTIONS[name]}`")

    def set_question(self, function: str, of: ast.expr, about: ast.expr) -> Overlaps:
        facts, lists = self.symbols.facts, self.symbols.lists
        sets = {key: fact for key, fact in facts.items() if isinstance(fact, SetFact)}
        set_name = self.word(of, list(sets), "fact of the kind set", ("facts",))
        fact = sets[set_name]
        if function == "includes":
            return Overlaps(set_name, self.item(about, set_name, fact))
        if isinstance(about, ast.List | ast.Tuple | ast.Set):
            items = [self.item(element, set_name, fact) for element in about.elts]
            return Overlaps(set_name, frozenset().union(*items))
        name = self.word(about, lists, "list", ("lists",))
        listed, universe = lists[name], lists.get(fact.of)
        if listed and universe and listed.isdisjoint(universe):
            message = f"`{name}` and `{set_name}` are about different things"
            self.fail_type(about, message, "take a list among the items of the set")
        return Overlaps(set_name, listed, name)

    def word(self, node: ast.expr, choices: Collection[str], kind: str, *sections: KeyPath) -> str:
        """Read a name among `choices`, which is defined in one of these sections of a document."""
        match node:
            case ast.Name(id=name) | ast.Constant(value=str() as name):
                if name in choices:
                    return name
                self.fail(
                    node,
                    "unknown-name",
                    f"`{name}` is not a {kind}",
                    did_you_mean(name, choices),
                    tuple((*section, name) for section in sections),
                )
        message = f"`{self.source(node)}` is not the name of a {kind}"
        self.fail_type(node, message, choose_from(sorted(choices)))

    def item(self, node: ast.expr, set_name: str, fact: SetFact) -> frozenset[str]:
        known = sorted(self.symbols.lists.get(fact.of, ()))
        section: KeyPath = ("lists", fact.of, "items", "**")
        return frozenset({self.word(node, known, f"item of `{set_name}`", section)})


def _number_in(node: ast.expr) -> float | None:
    """Return the finite number that is written, with or without a minus; None: another thing."""
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1.0, node.operand
    number = node.value if isinstance(node, ast.Constant) else None
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    if abs(number) >= 10**300 and (isinstance(number, int) or math.isinf(number)):
        return None
    return sign * float(number)
