"""The language of conditions: text in, a typed expression out, or the mistakes with their columns.

Python's grammar is used to read the text, and nothing of it is ever evaluated as Python. What an expression
is worth for a candidate is decided in `scoring.evaluation`, with the three-valued logic of `kernels.logic`.

Imports the models of facts and the expressions.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

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
from .facts import (
    FLAG_ANSWERS,
    ChoiceFact,
    Fact,
    FlagFact,
    LevelFact,
    NumberFact,
    SetFact,
    answers_of,
)

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
_EXAMPLE = "write comparisons joined by `and`, `or`, `not`: for example `stage >= applied and not open_data`"
_OPEN_BRACKET = "close the bracket; inside `{...}`, put a condition with commas in quotes"

_COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Symbols:
    """The words that a condition may use.

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
    """A condition cannot be read; `issue` says what and where in its text."""

    def __init__(self, issue: Diagnostic) -> None:
        super().__init__(issue.message)
        self.diagnostic = issue


def parse(text: str, symbols: Symbols, chain: tuple[str, ...] = ()) -> Expression:
    """Read a condition.

    Parameters
    ----------
    text : str
        For example ``overlaps(fields, critical_and_emerging) and stage >= applied``.
    symbols : Symbols
        The words it may use.
    chain : tuple of str
        Ids of the named conditions in which it stands, the outermost first: using one of them is a circle.

    Returns
    -------
    Expression

    Raises
    ------
    ConditionError
        At the first mistake, with its columns.

    Examples
    --------
    >>> stage = LevelFact(kind="level", levels={"basic": None, "applied": None})
    >>> parse("stage >= applied", Symbols(facts={"stage": stage}))
    Answers(fact='stage', truth=(False, True))
    """
    return _Reader(symbols, text, chain).read()


_Side = Quantity | tuple[str, Fact] | str  # a quantity, a fact with named answers, or a bare word


class _Reader:
    """Reads one condition; a chain of names being read guards against circles."""

    def __init__(self, symbols: Symbols, text: str, chain: tuple[str, ...] = ()) -> None:
        self.symbols = symbols
        # line breaks are white space here, and columns stay as they are
        self.text = text.replace("\n", " ").replace("\r", " ")
        self.chain = chain

    def read(self) -> Expression:
        if len(self.text) > MAX_LENGTH:
            raise ConditionError(
                Diagnostic(
                    "condition-too-long",
                    f"a condition has at most {MAX_LENGTH:,} characters",
                    within=(0, 1),
                )
            )
        try:
            tree = ast.parse(f"({self.text}\n)", mode="eval")
            return self.truth(tree.body)
        except SyntaxError as error:
            self.syntax(error)
        except (RecursionError, MemoryError):
            raise ConditionError(
                Diagnostic(
                    "condition-too-deep",
                    "this condition is nested too deeply",
                    within=(0, len(self.text)),
                )
            ) from None

    def syntax(self, error: SyntaxError) -> NoReturn:
        # the text stands behind one bracket of ours, and Python counts columns from 1
        start = (
            min(max((error.offset or 2) - 2, 0), max(len(self.text) - 1, 0))
            if error.lineno == 1
            else len(self.text) - 1
        )
        raise ConditionError(
            Diagnostic(
                "condition-syntax",
                "this condition cannot be read here",
                help=_OPEN_BRACKET if self.text.count("(") > self.text.count(")") else _EXAMPLE,
                within=(max(start, 0), max(start, 0) + 1),
            )
        ) from None

    def fail(
        self,
        node: ast.expr | ast.cmpop,
        code: str,
        message: str,
        help: str | None = None,
        absent: tuple[KeyPath, ...] = (),
    ) -> NoReturn:
        within = self.columns(node) if isinstance(node, ast.expr) else None
        raise ConditionError(Diagnostic(code, message, help=help, within=within, absent=absent))

    def columns(self, node: ast.expr) -> tuple[int, int]:
        """Columns of a node in the text, in characters; Python counts bytes of UTF-8."""
        line = f"({self.text}".encode()
        start = len(line[: node.col_offset].decode(errors="replace")) - 1
        end = (
            len(line[: node.end_col_offset or 0].decode(errors="replace")) - 1
            if node.end_lineno == 1
            else len(self.text)
        )
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
                return self.comparison(node)
            case ast.Call():
                return self.call(node)
            case ast.Name(id=name):
                return self.name(node, name)
        self.refuse(node)

    def refuse(self, node: ast.expr) -> NoReturn:
        if isinstance(node, ast.Constant | ast.List | ast.UnaryOp):
            self.fail(node, "condition-type", f"`{self.source(node)}` is neither true nor false")
        self.fail(
            node,
            "condition-not-allowed",
            f"`{self.source(node)}` is not part of the language of conditions",
            "use names, comparisons, `and`, `or`, `not`, `in` and "
            + ", ".join(f"`{name}()`" for name in FUNCTIONS),
        )

    def name(self, node: ast.Name, name: str) -> Expression:
        symbols = self.symbols
        if name in symbols.conditions:
            return Named(name, self.condition(node, name))
        fact = symbols.facts.get(name)
        if isinstance(fact, FlagFact):
            return Answers(name, (False, True))
        if fact is not None:
            example = (
                f"`{name} == {answers_of(fact)[-1]}`"
                if isinstance(fact, LevelFact | ChoiceFact)
                else None
            )
            example = (
                f"`overlaps({name}, ...)`"
                if isinstance(fact, SetFact)
                else example or f"`{name} >= 1`"
            )
            self.fail(
                node,
                "condition-type",
                f"`{name}` is a {_kind(fact)}, not true or false by itself",
                f"compare it: {example}",
            )
        if name in symbols.ratings or name in symbols.groups:
            self.fail(
                node,
                "condition-type",
                f"`{name}` is a criterion, not true or false by itself",
                f"compare it: `score({name}) >= 60`",
            )
        if name in symbols.lists:
            self.fail(
                node,
                "condition-type",
                f"`{name}` is a list, not true or false by itself",
                "use `overlaps(set, list)`",
            )
        if name in symbols.safeguards:
            self.fail(node, "condition-type", f"`{name}` is a safeguard", f"write `has({name})`")
        self.unknown(node, name, symbols.names())

    def unknown(self, node: ast.expr, name: str, choices: list[str]) -> NoReturn:
        self.fail(
            node,
            "unknown-name",
            f"`{name}` is not a fact, criterion, list or condition here",
            did_you_mean(name, choices),
            tuple((kind, name) for kind in ("facts", "criteria", "lists", "conditions")),
        )

    def condition(self, node: ast.Name, name: str) -> Expression:
        if name in self.chain:
            circle = " -> ".join((*self.chain[self.chain.index(name) :], name))
            self.fail(node, "circular-condition", f"this condition rests on itself: {circle}")
        try:
            return self.symbols.named_condition(name, self.chain)
        except ConditionError as error:
            if error.diagnostic.code == "circular-condition":
                raise ConditionError(
                    Diagnostic(
                        error.diagnostic.code, error.diagnostic.message, within=self.columns(node)
                    )
                ) from None
            # the mistake is reported where the condition stands
            raise _ElsewhereError(error.diagnostic) from None

    # comparisons

    def comparison(self, node: ast.Compare) -> Expression:
        parts: list[Expression] = []
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self.one_comparison(node, left, sign, right))
            left = right
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one_comparison(
        self, node: ast.Compare, left: ast.expr, sign: ast.cmpop, right: ast.expr
    ) -> Expression:
        if isinstance(sign, ast.In | ast.NotIn):
            found = self.membership(left, right)
            return Not(found) if isinstance(sign, ast.NotIn) else found
        if type(sign) not in _COMPARE:
            self.fail(
                node,
                "condition-not-allowed",
                "`is` is not part of the language of conditions",
                "use `==` or `!=`",
            )
        symbol = _COMPARE[type(sign)][0]
        first, second = self.side(left), self.side(right)
        if isinstance(first, tuple):
            return self.answers(left, first, symbol, right, second)
        if isinstance(second, tuple):
            return self.answers(right, second, _MIRRORED[symbol], left, first)
        number_left, number_right = (
            self.quantity(left, first, second),
            self.quantity(right, second, first),
        )
        if isinstance(number_left, Constant) and isinstance(number_right, Constant):
            self.fail(
                node,
                "condition-type",
                "this compares two constants",
                "compare a fact, a criterion or a score",
            )
        return Compare(symbol, number_left, number_right)

    def side(self, node: ast.expr) -> _Side:
        match node:
            case ast.Constant(value=bool() as flag):
                return FLAG_ANSWERS[flag]
            case ast.Constant(value=int() | float() as number) if _finite(number):
                return Constant(float(number))
            case ast.Constant(value=str() as word):
                return word
            case ast.UnaryOp(
                op=ast.USub(), operand=ast.Constant(value=int() | float() as number)
            ) if _finite(number):
                return Constant(-float(number))
            case ast.Name(id=name):
                return self.named_side(node, name)
            case ast.Call(func=ast.Name(id="score")):
                return Points(self.criterion(node))
            case ast.Call(func=ast.Name(id="count")):
                return self.count(node)
            case ast.Call():
                self.call(node)  # an unknown function is the better message
                self.fail(
                    node,
                    "condition-type",
                    f"`{self.source(node)}` is true or false and cannot be compared",
                )
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.List():
                self.fail(node, "condition-type", f"`{self.source(node)}` cannot be compared")
        self.refuse(node)

    def named_side(self, node: ast.Name, name: str) -> _Side:
        symbols = self.symbols
        fact = symbols.facts.get(name)
        if isinstance(fact, NumberFact):
            return NumberOf(name)
        if isinstance(fact, SetFact):
            self.fail(
                node,
                "condition-type",
                f"`{name}` is a set and cannot be compared",
                f"use `overlaps({name}, list)` or `includes({name}, item)`",
            )
        if fact is not None:
            return name, fact
        if name in symbols.ratings:
            return RatingOf(name)
        for words, kind, cure in (
            (symbols.groups, "group of criteria", f"use `score({name})`"),
            (symbols.lists, "list", "use `overlaps(set, list)`"),
            (symbols.conditions, "condition", "use it by itself"),
        ):
            if name in words:
                self.fail(
                    node, "condition-type", f"`{name}` is a {kind} and cannot be compared", cure
                )
        return name  # a level, an option or an item: known only beside its fact

    def quantity(self, node: ast.expr, side: _Side, other: _Side) -> Quantity:
        """Read a bare word as a named point of the scale of the rating beside it."""
        if not isinstance(side, str):
            assert not isinstance(side, tuple)
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
                (("criteria", other.criterion, "scale", "levels", "*"),),
            )
        if isinstance(other, str) or isinstance(node, ast.Name):
            self.unknown(node, side, self.symbols.names())
        self.fail(node, "condition-type", f"`{side}` is a word, and a number is compared with it")

    def answers(
        self, at: ast.expr, fact: tuple[str, Fact], sign: str, node: ast.expr, other: _Side
    ) -> Expression:
        """Compare a flag, level or choice with one of its answers."""
        name, definition = fact
        assert isinstance(definition, FlagFact | LevelFact | ChoiceFact)
        if sign not in ("==", "!=") and not isinstance(definition, LevelFact):
            self.fail(
                at,
                "condition-type",
                f"`{name}` is a {_kind(definition)} without order",
                "use `==`, `!=` or `in`",
            )
        number = self.answer(name, definition, node, other)
        compare = next(function for symbol, function in _COMPARE.values() if symbol == sign)
        return Answers(name, tuple(compare(k, number) for k in range(len(answers_of(definition)))))

    def answer(
        self, name: str, fact: FlagFact | LevelFact | ChoiceFact, node: ast.expr, word: _Side
    ) -> int:
        known = answers_of(fact)
        if isinstance(fact, FlagFact) and isinstance(word, str):
            word = {"true": "yes", "false": "no"}.get(word, word)
        if isinstance(word, str) and word in known:
            return known.index(word)
        if isinstance(word, str):
            self.fail(
                node,
                "unknown-level",
                f"`{word}` is not an answer to `{name}`",
                did_you_mean(word, known),
                tuple(("facts", name, answers, word) for answers in ("levels", "options")),
            )
        self.fail(
            node,
            "condition-type",
            f"`{name}` is a {_kind(fact)}: compare it with one of its answers",
            choose_from(known),
        )

    def membership(self, left: ast.expr, right: ast.expr) -> Expression:
        if isinstance(right, ast.Name) and isinstance(self.symbols.facts.get(right.id), SetFact):
            return Overlaps(right.id, self.item(left, right.id))
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            self.fail(
                right,
                "condition-type",
                f"`in` needs a list written out or a set, not `{self.source(right)}`",
                "for example `stage in [basic, applied]`",
            )
        side = self.side(left)
        if isinstance(side, tuple):
            name, fact = side
            assert isinstance(fact, FlagFact | LevelFact | ChoiceFact)
            wanted = {
                self.answer(name, fact, element, self.side(element)) for element in right.elts
            }
            return Answers(name, tuple(k in wanted for k in range(len(answers_of(fact)))))
        if isinstance(side, str):
            self.unknown(left, side, self.symbols.names())
        equal = tuple(
            Compare("==", side, self.quantity(element, self.side(element), side))
            for element in right.elts
        )
        return equal[0] if len(equal) == 1 else Or(equal)

    # functions

    def call(self, node: ast.Call) -> Expression:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name not in FUNCTIONS:
            self.fail(
                node.func,
                "unknown-function",
                f"`{self.source(node.func)}` is no function of conditions",
                did_you_mean(name or "", FUNCTIONS),
            )
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            self.fail(
                node,
                "condition-not-allowed",
                f"`{name}` takes plain arguments only",
                f"write `{FUNCTIONS[name]}`",
            )
        if name in ("score", "count"):
            self.check_arguments(node, name)
            self.fail(
                node,
                "condition-type",
                f"`{name}` gives a number, not true or false",
                f"compare it: `{self.source(node)} >= 2`",
            )
        self.check_arguments(node, name)
        if name == "known":
            return Known(self.known_name(node.args[0]))
        if name == "has":
            safeguards = self.symbols.safeguards
            return Has(self.word(node.args[0], safeguards, "safeguard", ("safeguards",)))
        sets = [key for key, fact in self.symbols.facts.items() if isinstance(fact, SetFact)]
        set_name = self.word(node.args[0], sets, "fact of the kind set", ("facts",))
        if name == "includes":
            return Overlaps(set_name, self.item(node.args[1], set_name))
        return self.overlaps(node.args[1], set_name)

    def check_arguments(self, node: ast.Call, name: str) -> None:
        wanted = {"overlaps": 2, "includes": 2, "has": 1, "known": 1, "score": 1}.get(name)
        if node.keywords or (wanted is not None and len(node.args) != wanted) or not node.args:
            self.fail(node, "condition-type", f"`{name}` is written `{FUNCTIONS[name]}`")

    def word(
        self,
        node: ast.expr,
        choices: Mapping[str, object] | frozenset[str] | list[str],
        kind: str,
        *sections: KeyPath,
    ) -> str:
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
        self.fail(
            node,
            "condition-type",
            f"`{self.source(node)}` is not the name of a {kind}",
            choose_from(sorted(choices)),
        )

    def known_name(self, node: ast.expr) -> str:
        known = [*self.symbols.facts, *self.symbols.ratings]
        return self.word(node, known, "fact or leaf criterion", ("facts",), ("criteria",))

    def criterion(self, node: ast.Call) -> str:
        self.check_arguments(node, "score")
        known = [*self.symbols.ratings, *self.symbols.groups]
        return self.word(node.args[0], known, "criterion", ("criteria",))

    def count(self, node: ast.Call) -> Count:
        self.check_arguments(node, "count")
        return Count(tuple(self.truth(argument) for argument in node.args))

    def universe(self, set_name: str) -> frozenset[str]:
        return self.symbols.lists.get(self.list_of(set_name), frozenset())

    def list_of(self, set_name: str) -> str:
        fact = self.symbols.facts[set_name]
        assert isinstance(fact, SetFact)
        return fact.of

    def item(self, node: ast.expr, set_name: str) -> frozenset[str]:
        known = sorted(self.universe(set_name))
        section: KeyPath = ("lists", self.list_of(set_name), "items", "*", "items")
        return frozenset({self.word(node, known, f"item of `{set_name}`", section)})

    def overlaps(self, node: ast.expr, set_name: str) -> Overlaps:
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            items = [self.item(element, set_name) for element in node.elts]
            return Overlaps(set_name, frozenset().union(*items))
        name = self.word(node, self.symbols.lists, "list", ("lists",))
        listed = self.symbols.lists[name]
        universe = self.universe(set_name)
        if listed and universe and listed.isdisjoint(universe):
            self.fail(
                node,
                "condition-type",
                f"`{name}` and `{set_name}` are about different things",
                "take a list among the items of the set",
            )
        return Overlaps(set_name, listed, name)


class _ElsewhereError(ConditionError):
    """A mistake in a named condition, which is reported where that condition stands."""


def is_elsewhere(error: ConditionError) -> bool:
    """Return whether the mistake stands in another condition than the one that was read."""
    return isinstance(error, _ElsewhereError)


def _finite(number: float) -> bool:
    return (
        abs(float(number)) < float("inf")
        if not isinstance(number, int) or abs(number) < 10**300
        else False
    )


def _kind(fact: Fact) -> str:
    return {"flag": "flag", "level": "level", "choice": "choice", "number": "number", "set": "set"}[
        fact.kind
    ]
