"""The language of conditions: a syntax tree in, a typed expression out, or the first mistake."""

from __future__ import annotations

import ast
import copy
import math
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn, TypeAlias

from ..arrays import Frozen, frozen_property
from ..errors import Diagnostic, KeyPath, choose_from, did_you_mean
from .base import LARGEST, ReadingError, clean_date, days_of, out_of_range
from .cures import cure_of
from .expressions import (
    And,
    Answers,
    AsOf,
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
    extent_of,
)
from .facts import Fact, NumberFact, SetFact
from .sums import MIRROR, Form
from .syntax import (
    EXAMPLE,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_PARTS,
    ConditionError,
    columns_of,
    foreign_sign,
    in_one_line,
    is_number,
    kind_of_each,
    names_outside,
    nested_truths,
    read_tree,
    too_deep,
    too_large,
)

__all__ = [
    "OF_PARTNER",
    "PLACE",
    "Symbols",
    "parse",
]

PLACE, OF_PARTNER = "#", "@"
"""What conditions ask of the first partner of a candidate is `law#1`, and whether there is one is
`#1`; readers know it as `law@acme`. No id of a fact can hold these signs."""

_COMPARED = "compare a fact, a criterion or a score with a number or an answer"
_NO_CIRCLE = "leave one of these names out of its condition"
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_WRITTEN_LISTS = (ast.List, ast.Tuple, ast.Set)
_IN_SUMS = "numbers, ratings and constants can be added, subtracted, and multiplied by numbers"


@dataclass(frozen=True)
class Symbols(Frozen):
    """The names that a condition may use.

    Parameters
    ----------
    facts : mapping of id to Fact
    ratings : mapping of leaf id to the named points of its scale
    groups : ids of the groups of criteria
    lists : mapping of list id to its items
    safeguards : ids
    conditions : mapping of id to text
        Those that exist for each party or partner by the ids made for each.
    by_party, by_partner : mapping of id to mapping of party or place to id
        Names that exist for each party or partner, and the ids made for each.
    places_unknown : int
        How many partners may be unknown.
    wholes : ids of the framework, its own and those that it is based on
    has_total : bool
        Whether the framework makes one score of its criteria.
    as_of : date, optional
        The day of the list of candidates; it stays open if left out.
    scale_units : mapping of leaf id to the unit of its scale, where it has one
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    ratings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    safeguards: frozenset[str] = frozenset()
    conditions: Mapping[str, str] = field(default_factory=dict)
    by_party: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    wholes: frozenset[str] = frozenset()
    has_total: bool = False
    as_of: date | None = None
    by_partner: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places_unknown: int = 0
    scale_units: Mapping[str, str] = field(default_factory=dict)
    _read: dict[str, Named | ConditionError] = field(
        default_factory=dict, repr=False, compare=False
    )

    @frozen_property
    def names(self) -> tuple[str, ...]:
        """What may stand alone: facts, criteria, groups, lists and conditions."""
        plain = (*self.facts, *self.ratings, *sorted(self.groups), *self.lists, *self.conditions)
        return (*plain, *self.by_party, *self.by_partner)

    def made_for(self, kind: str) -> Mapping[str, Mapping[str, str]]:
        """Return the names that exist for each party or each partner, with the ids for each."""
        return self.by_party if kind == "party" else self.by_partner

    @frozen_property
    def places(self) -> int:
        """Number of partners for which ids are made."""
        return max(map(len, self.by_partner.values()), default=0)

    @frozen_property
    def _makings(self) -> Mapping[str, tuple[str, str, str]]:
        """Of each made id: the name as written, the kind, and for which party or partner it is."""
        found = {}
        for kind in ("party", "partner"):
            for name, ids in self.made_for(kind).items():
                for one, made in ids.items():
                    found[made] = name, kind, one
        return found

    def tree_of(self, name: str) -> ast.expr:
        """Return the syntax tree of a named condition, with the names that it is made for.

        Raises
        ------
        ConditionError
            If it cannot be read.
        """
        makings: list[tuple[str, str]] = []
        written = name
        while written in self._makings:
            written, kind, one = self._makings[written]
            makings.append((kind, one))
        tree = read_tree(self.conditions[name], self.units)
        for kind, one in reversed(makings):
            tree = self.named_for(kind, one, tree)
        return tree

    def named_for(self, kind: str, one: str, tree: ast.expr) -> ast.expr:
        """Return a condition in which names that exist for each party or partner mean one's."""
        tree, ids = copy.deepcopy(tree), self.made_for(kind)
        for name in names_outside(tree, kind):
            if name.id in ids:
                name.id = ids[name.id][one]
        return tree

    def calls_for_each(
        self, kind: str, tree: ast.expr, seen: frozenset[str] = frozenset()
    ) -> Iterator[ast.AST]:
        """Yield the functions for each party or partner in a condition, and names that hold one."""
        for node in ast.walk(tree):
            if kind_of_each(node) == kind:
                yield node
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen |= {node.id}
                with suppress(ConditionError):
                    for name in filter(self.conditions.__contains__, self.ids_of(node.id)):
                        if any(self.calls_for_each(kind, self.tree_of(name), seen)):
                            yield node
                            break

    @frozen_property
    def units(self) -> Mapping[str, str]:
        """Units of numbers and ratings by name, where they have one."""
        found = dict(self.scale_units)
        for name, fact in self.facts.items():
            if isinstance(fact, NumberFact) and fact.unit is not None:
                found[name] = fact.unit
        for ids in (self.by_party, self.by_partner):
            for name, made in ids.items():
                first = next(iter(made.values()), "")
                if first in found:
                    found[name] = found[first]
        return found

    @frozen_property
    def sets(self) -> Mapping[str, SetFact]:
        """Facts whose answers are sets."""
        return {name: fact for name, fact in self.facts.items() if isinstance(fact, SetFact)}

    @frozen_property
    def several(self) -> Mapping[str, Fact]:
        """Levels and choices of which more than one answer may be the case at once."""
        found = {}
        for name, fact in self.facts.items():
            if fact.holds_several and fact.answers:
                found[name] = fact
        return found

    def named_condition(self, name: str) -> Named:
        """Return a named condition; each is read once, after those that it names.

        Raises
        ------
        ConditionError
            At the first mistake, with its columns.
        """
        # those being read, each named by the one before, and the names in it that are still to see
        chain = {} if name in self._read else {name: self._names_in(name)}
        while chain:
            last, names = next(reversed(chain.items()))
            inner = next((other for other in names if other not in self._read), None)
            if inner is None:
                self._read[last] = self._attempt(last, tuple(chain))
                del chain[last]
            elif inner not in chain:
                chain[inner] = self._names_in(inner)
        read = self._read[name]
        if isinstance(read, ConditionError):
            raise read
        return read

    def expressions_of(self, name: str) -> list[Expression]:
        """Return a named condition, or that for each party, as `named_condition` does."""
        return [self.named_condition(one).condition for one in self.ids_of(name)]

    def _names_in(self, name: str) -> Iterator[str]:
        """Yield the conditions that one names; none where it cannot be read."""
        with suppress(ConditionError):
            for node, _ in nested_truths(self.tree_of(name)):
                if isinstance(node, ast.Name):
                    yield from filter(self.conditions.__contains__, self.ids_of(node.id))

    def ids_of(self, name: str) -> Iterable[str]:
        """Return the ids that a name in a condition may mean."""
        found = [name]
        for kind in ("party", "partner"):
            made = self.made_for(kind)
            found = [one for key in found for one in made.get(key, {"": key}).values()]
        return found

    def _attempt(self, name: str, chain: tuple[str, ...]) -> Named | ConditionError:
        try:
            return Named(
                name, _expression_of(self.conditions[name], self.tree_of(name), self, chain)
            )
        except ConditionError as error:
            return error


def parse(text: str, symbols: Symbols, chain: tuple[str, ...] = ()) -> Expression:
    """Read a condition.

    Parameters
    ----------
    text : str
        For example ``overlaps(fields, critical_and_emerging) and stage >= applied``.
    symbols : Symbols
        The names it may use.
    chain : tuple of str
        Ids of the named conditions that are being read, each named by the one before: using one of
        them is a circle.

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
    return _expression_of(text, read_tree(text, symbols.units), symbols, chain)


def _expression_of(
    text: str, tree: ast.expr, symbols: Symbols, chain: tuple[str, ...]
) -> Expression:
    """Return the expression of a syntax tree."""
    text = in_one_line(text)
    if any(depth > MAX_DEPTH for _, depth in nested_truths(tree)):
        raise too_deep(text)
    expression = _Reader(symbols, text, chain).truth(tree)
    parts, depth = extent_of(expression)
    if depth > MAX_DEPTH:
        raise too_deep(text)
    if parts > MAX_PARTS * max(1, symbols.places):
        message = (
            f"with named conditions written out, a condition has at most {MAX_PARTS:,} parts; "
            f"this one has {parts:,}"
        )
        raise too_large(text, "condition-too-long", message, "divide it into several steps")
    return expression


class _WordedFact(NamedTuple):
    """A side of a comparison: a fact whose answers are words."""

    name: str
    fact: Fact


class _SizeOf(NamedTuple):
    """A side of a comparison: the number of items of a set."""

    name: str


_Side: TypeAlias = Quantity | Form | _WordedFact | _SizeOf | str
"""A side of a comparison; a bare word has a meaning only beside the other side."""


class _Reader(NamedTuple):
    """Reads one condition; the chain of names being read guards against circles."""

    symbols: Symbols
    text: str
    chain: tuple[str, ...]

    # mistakes

    def fail(
        self,
        node: ast.expr,
        message: str,
        help: str | None = None,
        code: str = "condition-type",
        absent: tuple[KeyPath, ...] = (),
    ) -> NoReturn:
        help, within = help or EXAMPLE, columns_of(self.text, node)
        raise ConditionError(Diagnostic(code, message, help=help, within=within, absent=absent))

    def fail_unknown(self, node: ast.expr, name: str) -> NoReturn:
        message = f"`{name}` is not a fact, criterion, list or condition here"
        sections = (("facts",), ("criteria", "**"), ("lists",), ("conditions",))
        absent = tuple((*section, name) for section in sections)
        help = cure_of(name, is_number) or did_you_mean(name, self.symbols.names)
        self.refuse_unbound(node, name)
        if name in FUNCTIONS:
            message = f"`{name}` needs a name in brackets"
            help = self.form_of_function(name)
        self.fail(node, message, help, "unknown-name", absent)

    def refuse_unbound(self, node: ast.expr, name: str) -> None:
        """Fail at a name that exists for each party or partner, where none is meant."""
        for kind in ("party", "partner"):
            made = self.symbols.made_for(kind).get(name)
            if made is None:
                continue
            message = f"`{name}` exists for each {kind}, and this does not say for which"
            help = f"write `any_{kind}(...)` or `every_{kind}(...)` around it"
            if kind == "party":
                help += f", or one of {', '.join(f'`{one}`' for one in made.values())}"
            self.fail(node, message, help, f"{kind}-missing")

    def form_of_function(self, name: str) -> str:
        """Return the help that shows how to call a function, with names of the framework."""
        known, form = self.symbols, FUNCTIONS[name]
        choices = {
            "(criterion": [*known.ratings, *known.groups],
            "(safeguard": sorted(known.safeguards),
            "(fact or criterion": [*known.facts, *known.ratings],
            "(set": [*known.sets],
            "(fact": [*known.several, *known.sets],
        }
        for noun, names in choices.items():
            if noun in form and names:
                help = f"write `{form.replace(noun, f'({names[0]}')}`"
                return f"{help}; {choose_from(names)}" if len(names) > 1 else help
        return f"write `{form}`"

    def refuse(self, node: ast.expr) -> NoReturn:
        source = f"`{self.source(node)}`"
        foreign = foreign_sign(self.text, *columns_of(self.text, node), self.symbols.units)
        code, message = "condition-not-allowed", f"{source} cannot stand in a condition"
        if foreign is not None:
            within, help = foreign
            raise ConditionError(Diagnostic(code, message, help=help, within=within))
        help = EXAMPLE
        match node:
            case ast.Constant() | ast.List() | ast.UnaryOp():
                self.fail(node, f"{source} is neither true nor false")
            case ast.BinOp(_, ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                message = f"{source} is a number, not true or false"
                self.fail(node, message, f"compare it: `{source.strip('`')} >= 2`")
            case ast.BinOp():
                help = _IN_SUMS
            case ast.Tuple():
                help = "join parts with `and` or `or`, and write lists as `[basic, applied]`"
                first, _, others = source.strip("`").partition(" in ")
                if first.isidentifier() and "(" not in others:
                    help = f"write the list in brackets: `{first} in [{others}]`"
        self.fail(node, message, help, code)

    def source(self, node: ast.expr) -> str:
        return self.text[slice(*columns_of(self.text, node))]

    # expressions that are true, false or unknown

    def truth(self, node: ast.expr) -> Expression:
        match node:
            case ast.BoolOp(joined, values):
                parts = tuple(map(self.truth, values))
                return And(parts) if isinstance(joined, ast.And) else Or(parts)
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
        self.refuse_unbound(node, name)
        if name in self.symbols.conditions:
            return self.condition(node, name)
        fact = self.symbols.facts.get(name)
        found = fact.expression(name) if fact is not None else None
        if isinstance(found, Answers):
            return found
        self.fail_use(node, name, ", not true or false by itself")

    def fail_use(self, node: ast.Name, name: str, reason: str) -> NoReturn:
        """Fail with how a name is used that cannot stand where it does."""
        symbols = self.symbols
        if name in symbols.facts:
            fact = symbols.facts[name]
            kind, help = str(fact.kind), f"write, for example, {fact.comparison_example(name)}"
        elif name in symbols.ratings or name in symbols.groups:
            kind, help = "criterion", f"compare its score: `score({name}) >= 60`"
        elif name in symbols.lists:
            kind, help = "list", f"write `overlaps({next(iter(symbols.sets), 'set')}, {name})`"
        elif name in symbols.conditions:
            kind, help = "condition", "use it by itself"
        elif name in symbols.safeguards:
            kind, help = "safeguard", f"write `has({name})`"
        elif name == "as_of":
            kind, help = "date", "compare it with another, such as `ends - as_of >= 90`"
        else:
            self.fail_unknown(node, name)
        self.fail(node, f"`{name}` is a {kind}{reason}", help)

    def condition(self, node: ast.Name, name: str) -> Named:
        if name in self.chain:
            self.fail_circle(node, self.chain[self.chain.index(name) :])
        try:
            return self.symbols.named_condition(name)
        except ConditionError as error:
            if self.chain and self.chain[-1] in error.circle:
                self.fail_circle(node, error.circle)
            raise ConditionError(error.diagnostic, elsewhere=True) from None

    def fail_circle(self, node: ast.Name, circle: tuple[str, ...]) -> NoReturn:
        """Fail with a circle of names, told from the condition that is being read."""
        start = circle.index(self.chain[-1])
        told = " -> ".join((*circle[start:], *circle[:start], circle[start]))
        message, within = f"this condition refers to itself: {told}", columns_of(self.text, node)
        found = Diagnostic("circular-condition", message, help=_NO_CIRCLE, within=within)
        raise ConditionError(found, circle=circle)

    # comparisons

    def comparisons(self, node: ast.Compare) -> Expression:
        """Read a comparison, or a chain of them: each with the next."""
        parts: list[Expression] = []
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            part = self.comparison(node, left, sign, right)
            match parts[-1:], part:
                case [Answers(fact, before)], Answers(same, truth) if fact == same:
                    # one and the same answer has to satisfy both
                    parts[-1] = Answers(fact, tuple(map(operator.and_, before, truth)))
                case _:
                    parts.append(part)
            left = right
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def comparison(
        self, node: ast.Compare, left: ast.expr, sign: ast.cmpop, right: ast.expr
    ) -> Expression:
        if isinstance(sign, ast.In):
            return self.membership(left, right)
        if isinstance(sign, ast.NotIn):
            return Not(self.membership(left, right))
        symbol = _SIGNS.get(type(sign))
        if symbol is None:
            message = "conditions have no `is`"
            self.fail(node, message, "use `==` or `!=`", "condition-not-allowed")
        first, second = self.side(left), self.side(right)
        if isinstance(first, _WordedFact):
            return self.answers(left, first, symbol, [right])
        if isinstance(second, _WordedFact):
            return self.answers(right, second, symbol.translate(MIRROR), [left])
        if isinstance(first, _SizeOf):
            return self.sizes(left, first, symbol, [right])
        if isinstance(second, _SizeOf):
            return self.sizes(right, second, symbol.translate(MIRROR), [left])
        return self.compared(node, (left, first), symbol, (right, second))

    def compared(
        self,
        node: ast.expr,
        left: tuple[ast.expr, Quantity | Form | str],
        sign: str,
        right: tuple[ast.expr, Quantity | Form | str],
    ) -> Expression:
        """Compare two sides, each read from its node."""
        (at, first), (at_other, second) = left, right
        if isinstance(first, Form) or isinstance(second, Form):
            one, other = self.form_beside(*left, second), self.form_beside(*right, first)
            if one.dates != other.dates:
                dated, plain = map(self.source, (at, at_other) if one.dates else (at_other, at))
                message = f"`{dated}` is a date, and `{plain}` is a number"
                help = "compare it with a date, such as `'2026-01-31'` in quotes, or `as_of + 90`"
                self.fail(node, message, help)
            difference = one.plus(other, Fraction(-1))
            if not difference.terms:
                self.fail_numbers(node)
            try:
                return difference.compared(sign)
            except OverflowError:
                found = out_of_range(self.source(node)).diagnostic
                self.fail(node, found.message, "use numbers closer to 1", found.code)
        here, there = self.quantity(at, first, second), self.quantity(at_other, second, first)
        if isinstance(here, Constant) and isinstance(there, Constant):
            self.fail_numbers(node)
        return Compare(sign, here, there)

    def fail_numbers(self, node: ast.expr) -> NoReturn:
        message = f"`{self.source(node)}` compares two numbers"
        self.fail(node, message, "compare a fact, a criterion or a score with a number")

    # sums

    def form(self, node: ast.expr) -> Form:
        """Read a sum, a difference or a multiple."""
        total, rest = Form({}), node
        while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Add | ast.Sub):
            times = Fraction(1 if isinstance(rest.op, ast.Add) else -1)
            total, rest = total.plus(self.form(rest.right), times), rest.left
        match rest:
            case ast.UnaryOp(ast.USub(), operand):
                first = Form({}).plus(self.form(operand), Fraction(-1))
            case ast.BinOp(left, ast.Mult() | ast.Div() as by, right):
                first = self.multiple(rest, self.form(left), by, self.form(right))
            case ast.BinOp():
                self.refuse(rest)
            case _:
                first = self.form_beside(rest, self.side(rest), None)
        return first.plus(total)

    def multiple(self, node: ast.BinOp, one: Form, by: ast.operator, other: Form) -> Form:
        help = "multiply or divide a name by a number, such as `2 * budget`"
        if isinstance(by, ast.Div):
            if other.terms or other.dates or not other.constant:
                what = "another name" if other.terms else "nothing"
                self.fail(node, f"`{self.source(node)}` is divided by {what}", help)
            return Form({}).plus(one, 1 / other.constant)
        if one.terms:
            one, other = other, one
        if one.terms or one.dates:
            self.fail(node, f"`{self.source(node)}` multiplies two names", help)
        return Form({}).plus(other, one.constant)

    def form_beside(self, node: ast.expr, side: _Side, beside: object) -> Form:
        """Return a part of a sum, or a side of a comparison with a sum, as a form."""
        match side:
            case Form():
                if side.dates not in (0, 1):
                    message = f"`{self.source(node)}` adds dates"
                    help = "subtract a date from another, or add days: `ends - starts <= 730`"
                    self.fail(node, message, help)
                return side
            case Constant() | NumberOf() | RatingOf():
                return Form.of(side)
            case str() if isinstance(beside, Form) and not beside.dates:
                self.quantity(node, side, Constant(0))
            case str() if isinstance(node, ast.Name):
                self.fail_unknown(node, side)
            case str():
                return self.day(node, side)
        message = f"`{self.source(node)}` cannot stand in a sum, or beside one"
        self.fail(node, message, _IN_SUMS)

    def day(self, node: ast.expr, text: str) -> Form:
        """Read a date in quotes."""
        try:
            first, last = days_of(clean_date(text))
        except ReadingError as error:
            one = error.diagnostic
            self.fail(node, one.message, one.help, one.code)
        if first != last:
            message = f"`{text}` is not a single day"
            self.fail(node, message, f"write `'{first}'` or `'{last}'`", "invalid-date")
        return Form.of(Constant(first.toordinal()), dates=1)

    def side(self, node: ast.expr) -> _Side:
        literal = _literal(node)
        if isinstance(literal, Constant) and math.isinf(literal.value):
            found = out_of_range(self.source(node)).diagnostic
            self.fail(node, found.message, found.help, found.code)
        if literal is not None:
            return literal
        match node:
            case ast.Name(name):
                return self.named_side(node, name)
            case ast.Call():
                return self.called_side(node)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(ast.Not()) | ast.List():
                self.fail(node, f"`{self.source(node)}` cannot be compared", _COMPARED)
            case ast.BinOp() | ast.UnaryOp(ast.USub()):
                return self.form(node)
        self.refuse(node)

    def called_side(self, node: ast.Call) -> Quantity | _SizeOf:
        """Read a function that gives a number."""
        match node:
            case ast.Call(ast.Name("score"), [criterion], []):
                return Points(self.scored(criterion))
            case ast.Call(ast.Name("count"), [_, *_] as conditions, []):
                return Count(tuple(map(self.truth, conditions)))
            case ast.Call(ast.Name("size"), [of], []):
                return _SizeOf(self.word(of, self.symbols.sets, "fact of the kind set", ("facts",)))
            case ast.Call(ast.Name("parties_where" | "partners_where"), [_], []):
                return Count(self.for_each(node))
            case ast.Call(
                ast.Name("score" | "count" | "size" | "parties_where" | "partners_where" as name)
            ):
                self.fail_arguments(node, name)
        self.call(node)  # an unknown function is the better message
        message = f"`{self.source(node)}` is true or false and cannot be compared"
        self.fail(node, message, _COMPARED)

    def named_side(self, node: ast.Name, name: str) -> _Side:
        self.refuse_unbound(node, name)
        side = self.fact_side(name)
        if side is not None:
            return side
        if name in self.symbols.ratings:
            return RatingOf(name)
        known = self.symbols
        if any(name in ids for ids in (known.facts, known.groups, known.lists, known.conditions)):
            self.fail_use(node, name, " and cannot be compared")
        if name == "as_of":
            return self.day_of_list()
        return name  # a level, an option or an item: known only beside its fact

    def fact_side(self, name: str) -> Form | NumberOf | _WordedFact | None:
        """Return what a fact is in a comparison; None if no fact of that name can be compared."""
        fact = self.symbols.facts.get(name)
        if fact is None:
            return None
        found = fact.expression(name)
        if isinstance(found, NumberOf):
            return Form.of(found, dates=1) if fact.in_days else found
        return _WordedFact(name, fact) if fact.answers else None

    def day_of_list(self) -> Form:
        """Return the date of the list: a constant, once it is known."""
        day = self.symbols.as_of
        if day is None:
            return Form.of(AsOf(), dates=1)
        return Form({AsOf(): Fraction(0)}, Fraction(day.toordinal()), Fraction(1))

    def quantity(self, node: ast.expr, side: Quantity | str, other: Quantity | str) -> Quantity:
        """Read a bare word as a named point of the scale of the rating beside it."""
        if not isinstance(side, str):
            return side
        if isinstance(other, RatingOf):
            criterion = other.criterion
            levels = self.symbols.ratings[criterion]
            if side in levels:
                return Constant(levels[side])
            message = f"`{side}` is not a level of `{criterion}`"
            help = did_you_mean(side, levels) or "compare it with a number of its scale"
            absent = ("criteria", "**", criterion, "scale", "levels", "*")
            self.fail(node, message, help, "unknown-level", (absent,))
        if isinstance(other, str) or isinstance(node, ast.Name):
            self.fail_unknown(node, side)
        self.fail(node, f"`{side}` is a word and cannot be compared with a number", _COMPARED)

    def answers(
        self, at: ast.expr, worded: _WordedFact, sign: str, elements: Iterable[ast.expr]
    ) -> Expression:
        """Compare a fact with some of its answers, of which any one will do."""
        name, fact = worded.name, worded.fact
        if sign == "!=" and fact.holds_several:
            return Not(self.answers(at, worded, "==", elements))
        if sign not in ("==", "!=") and not fact.ordered:
            message = f"`{name}` has no order, so `{sign}` cannot compare it"
            self.fail(at, message, f"for example {fact.comparison_example(name)}")
        wanted = [self.answer(worded, element) for element in elements]
        return _answers_where(name, len(fact.answers), sign, wanted)

    def answer(self, worded: _WordedFact, node: ast.expr) -> int:
        """Return the position of an answer to a fact."""
        name, fact, word = worded.name, worded.fact, self.side(node)
        if not isinstance(word, str):
            message = f"`{name}` is a {fact.kind}: compare it with one of its answers"
            self.fail(node, message, choose_from(fact.answers))
        position = fact.position(word)
        if position is None:
            message = f"`{word}` is not an answer to `{name}`"
            absent = (("facts", name, "levels", word), ("facts", name, "options", word))
            self.fail(node, message, did_you_mean(word, fact.answers), "unknown-level", absent)
        return position

    def sizes(
        self, at: ast.expr, of: _SizeOf, sign: str, elements: Iterable[ast.expr]
    ) -> Expression:
        """Compare the size of a set with some numbers, of which any one will do."""
        numbers = []
        for element in elements:
            number = self.side(element)
            if not isinstance(number, Constant):
                message = f"`{self.source(at)}` is compared with `{self.source(element)}`"
                self.fail(element, message, f"compare it with a number: `size({of.name}) >= 3`")
            numbers.append(number.value)
        most = max(map(len, self.symbols.lists.values()), default=0)
        return _answers_where(of.name, most + 1, sign, numbers)

    def membership(self, left: ast.expr, right: ast.expr) -> Expression:
        if getattr(right, "id", "") in {*self.symbols.sets, *self.symbols.several}:
            return self.set_question("includes", right, left)
        if not isinstance(right, _WRITTEN_LISTS) or not right.elts:
            message = f"`in` needs a list written out or a set, not `{self.source(right)}`"
            self.fail(right, message, "for example `stage in [basic, applied]`")
        side = self.side(left)
        if isinstance(side, str):
            self.fail_unknown(left, side)
        if isinstance(side, _WordedFact):
            return self.answers(left, side, "==", right.elts)
        if isinstance(side, _SizeOf):
            return self.sizes(left, side, "==", right.elts)
        equal = []
        for element in right.elts:
            other = self.side(element)
            if isinstance(other, _WordedFact | _SizeOf):
                self.fail(element, f"`{self.source(element)}` cannot be compared", _COMPARED)
            equal.append(self.compared(element, (left, side), "==", (element, other)))
        return equal[0] if len(equal) == 1 else Or(tuple(equal))

    def scored(self, node: ast.expr) -> str:
        """Read the name of what has a score; that of the framework means the whole, ""."""
        known = [*self.symbols.ratings, *self.symbols.groups]
        name = self.source(node).strip("'\"")
        if name not in self.symbols.wholes:
            return self.word(node, known, "criterion", ("criteria", "**"))
        if name in known:
            message = f"`{name}` is the id of a criterion and of the framework"
            self.fail(node, message, "give one of them another id")
        if not self.symbols.has_total:
            help = f"name one of its criteria: {choose_from(known)}" if known else "add `criteria`"
            self.fail(node, f"`{name}` has no score of the whole", help)
        return ""

    # functions

    def function_name(self, node: ast.Call) -> str:
        """Return which function is called; fail if there is no such one, or at `name=` or `*`."""
        name = getattr(node.func, "id", "")
        if name not in FUNCTIONS:
            message = f"`{self.source(node.func)}` is not a function of conditions"
            help = did_you_mean(name, FUNCTIONS)
            if name == "sum" and node.args:
                help = f"write `{' + '.join(map(self.source, node.args))}`"
            self.fail(node.func, message, help, "unknown-function")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            message = f"`{name}` takes plain names alone"
            self.fail(node, message, self.form_of_function(name), "condition-not-allowed")
        return name

    def call(self, node: ast.Call) -> Expression:
        name, symbols = self.function_name(node), self.symbols
        match name, node.args:
            case "any_party" | "any_partner", [_]:
                return Or(self.for_each(node))
            case "every_party" | "every_partner", [_]:
                return And(self.for_each(node, unless_absent=True))
            case ("score" | "size" | "parties_where" | "partners_where", [_]) | ("count", [_, *_]):
                message = f"`{name}` gives a number, not true or false"
                self.fail(node, message, f"compare it: `{self.source(node)} >= 2`")
            case "known", [of]:
                known = [*symbols.facts, *symbols.ratings]
                kind = "fact or rated criterion"
                return Known(self.word(of, known, kind, ("facts",), ("criteria", "**")))
            case "has", [of]:
                return Has(self.word(of, symbols.safeguards, "safeguard", ("safeguards",)))
            case "includes" | "overlaps" | "within", [of, about]:
                return self.set_question(name, of, about)
        self.fail_arguments(node, name)

    def for_each(self, node: ast.Call, *, unless_absent: bool = False) -> tuple[Expression, ...]:
        """Read the condition in a function for each party or partner, once for each.

        At the place of a partner it holds only if there is one or, if so said, also if there is
        none.
        """
        condition, symbols = node.args[0], self.symbols
        kind = str(kind_of_each(node))
        made = symbols.made_for(kind)
        inner: Any = next(symbols.calls_for_each(kind, condition), None)
        if inner is not None:
            message = f"`{self.source(node)}` has another function for each {kind} inside"
            help = "ask once for all of them: move it out, and join the two with `and` or `or`"
            self.fail(inner, message, help, f"{kind}-nested")
        named = [name.id for name in names_outside(condition, kind) if name.id in made]
        if not named:
            self.truth(condition)  # a misspelt name is the better message
            message = f"`{self.source(node)}` has no name that exists for each {kind}"
            help = f"name something with `per: {kind}` in it, or write the condition alone"
            if made:
                help += f"; {choose_from(made)}"
            self.fail(node, message, help, f"{kind}-unused")
        found = []
        for one in made[named[0]]:
            part = self.truth(symbols.named_for(kind, one, condition))
            if kind == "partner":
                part = self.at_place(int(one), part, unless_absent)
            found.append(part)
        return tuple(found)

    def at_place(self, place: int, part: Expression, unless_absent: bool) -> Expression:
        """Join a condition on the partner at a place with whether there is one."""
        # while it is unknown who takes part, a second partner needs a first one
        first = 1 if place <= self.symbols.places_unknown else place
        truth = (unless_absent, not unless_absent)
        there = [Answers(f"{PLACE}{k}", truth) for k in range(first, place + 1)]
        return Or((*there, part)) if unless_absent else And((*there, part))

    def fail_arguments(self, node: ast.Call, name: str) -> NoReturn:
        message = f"`{self.source(node)}` is not how `{name}` is used"
        self.fail(node, message, self.form_of_function(name))

    def set_question(self, name: str, of: ast.expr, about: ast.expr) -> Expression:
        """Read a question about all items of a set, or about all answers to a fact, together."""
        symbols, key = self.symbols, getattr(of, "id", getattr(of, "value", ""))
        if key in symbols.several:
            worded = _WordedFact(key, symbols.several[key])
            elements = about.elts if isinstance(about, _WRITTEN_LISTS) else [about]
            answers = worded.fact.answers
            named = frozenset(answers[self.answer(worded, element)] for element in elements)
            if name == "within":
                return Not(Overlaps(key, frozenset(answers) - named))
            return Overlaps(key, named)
        if name == "within":
            sets = {**symbols.several, **symbols.sets}
            key = self.word(of, sets, "set or a fact with `several: true`", ("facts",))
            return Not(self.overlap(key, about, outside=True))
        key = self.word(of, symbols.sets, "fact of the kind set", ("facts",))
        return self.overlap(key, about) if name == "overlaps" else self.includes(key, [about])

    def includes(self, set_name: str, nodes: Iterable[ast.expr], outside: bool = False) -> Overlaps:
        universe = self.symbols.sets[set_name].of
        known = self.symbols.lists.get(universe, frozenset())
        kind, section = f"item of `{set_name}`", ("lists", universe, "items", "**")
        items = frozenset(self.word(node, known, kind, section) for node in nodes)
        return Overlaps(set_name, items, outside=outside)

    def overlap(self, set_name: str, node: ast.expr, outside: bool = False) -> Overlaps:
        if isinstance(node, _WRITTEN_LISTS):
            return self.includes(set_name, node.elts, outside)
        lists = self.symbols.lists
        name = self.word(node, lists, "list", ("lists",))
        listed, universe = lists[name], lists.get(self.symbols.sets[set_name].of)
        if listed and universe and listed.isdisjoint(universe):
            message = f"`{name}` and `{set_name}` have different items"
            self.fail(node, message, f"use a list of items of `{self.symbols.sets[set_name].of}`")
        return Overlaps(set_name, listed, name, outside)

    def word(self, node: ast.expr, choices: Collection[str], kind: str, *sections: KeyPath) -> str:
        """Read a name among `choices`, which is defined in one of these sections of a document."""
        article = "an" if kind[0] in "aeiou" else "a"
        undefined = f"define it: there is no {kind} yet"
        match node:
            case ast.Name(name) | ast.Constant(str() as name):
                if name in choices:
                    return name
                self.refuse_unbound(node, name)
                message = f"`{name}` is not {article} {kind}"
                help = did_you_mean(name, choices) or undefined
                absent = tuple((*section, name) for section in sections)
                self.fail(node, message, help, "unknown-name", absent)
        message = f"`{self.source(node)}` is not the name of {article} {kind}"
        self.fail(node, message, choose_from(sorted(choices)) or undefined)


def _answers_where(fact: str, count: int, sign: str, wanted: Collection[float]) -> Answers:
    """Return the answers, or sizes, from 0 on that compare so with any of those wanted."""
    holds = _HOLDS[sign]
    truth = []
    for one in range(count):
        truth.append(any(holds(one, other) for other in wanted))
    return Answers(fact, tuple(truth))


def _literal(node: ast.expr) -> Constant | str | None:
    """Return the word or the number that is written, infinite if too large; None: another thing."""
    match node:
        case ast.Constant(bool() as flag):
            return ("no", "yes")[flag]
        case ast.Constant(str() as word):
            return word
        case ast.Constant(int() | float() as number):
            return Constant(float(number) if abs(number) <= LARGEST else math.inf)
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float()) as inner):
            found = _literal(inner)
            return Constant(-found.value) if isinstance(found, Constant) else None
    return None
