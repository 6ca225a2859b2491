"""Verdicts under unknown answers by brute force: each guardrail is judged in every completion.

A completion answers every open fact and rating; of numbers a point stands for all those from which no comparison
can tell it. Written from section 4.5 of the design; it evaluates conditions by itself, with Python's own true and
false. It may import the standard library alone; `oracle` reads the documents for it.
"""

from __future__ import annotations

import ast
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference.oracle import Case, Document, Words

Key = tuple[str, str]
"""What a condition asks for: `answer` to a fact or leaf, whether it is `known`, a `score`; whether one `has` a safeguard.

And of a comparison whether it is `free`: true or false whatever its sides are; None is no.
"""
Completion = dict[Key, Any]
Test = Callable[[Completion], bool]
Amount = Callable[[Completion], float]
Needs = frozenset[tuple[str, ...]]
"""Needs that are not met; of each tuple any one safeguard will do."""

Table = dict[tuple[Any, ...], int]
"""The severity of a verdict in each completion of what a guardrail asks for."""

MOST_COMPLETIONS = 12_000
"""More are not tried."""
TOLERANCE = 1e-9
AS_OF = "2026-01-31"
"""The date of every list."""
MEASURED = ("number", "date")
"""Kinds of facts whose answers are numbers; of a date that of its day."""
SIGNS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
WORDED = ("flag", "level", "choice")
"""Kinds of facts whose answers are words; an answer is the set of their places, one place unless `several`."""
MOST_TELLING = ("barred", "unmet", "met", "clear")
"""States of steps of equal severity in one completion: the first is shown."""
MOST_TELLING_OF_ALL = ("unmet", "barred", "met", "clear")
"""States of completions that agree on the verdict: the first is shown."""


@dataclass(frozen=True)
class Outcome:
    """What a guardrail gives in one completion: severity of the verdict, state, and needs."""

    severity: int
    state: str
    needs: Needs


@dataclass(frozen=True)
class Found:
    """What a guardrail finds whatever the answers, or while they are open."""

    state: str
    verdict: str
    needs: Needs
    may_need: Needs
    names: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """A candidate's findings, verdict and verdict range; the verdict is None where the framework does not apply."""

    findings: Mapping[str, Found]
    verdict: str | None
    verdict_range: tuple[str, str] | None
    whatever: bool = False
    """Whether no single finding gives the verdict."""
    is_free: bool = False
    """Whether some comparisons were free, since a score in them and a rating below it are both asked for."""


def holds(sign: ast.cmpop, left: float, right: float, tolerance: float) -> bool:
    """Compare two numbers; those no farther apart than the tolerance are equal."""
    if abs(left - right) <= tolerance:
        left = right
    return SIGNS[type(sign)](left, right)


class TooManyError(Exception):
    """A candidate has more completions than can be tried one after the other."""


@cache
def parse(expression: str) -> ast.expr:
    return ast.parse(expression.strip(), mode="eval").body


def word(node: ast.expr) -> str:
    """Read a name, quoted or not."""
    if isinstance(node, ast.Name):
        return node.id
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, str)
    return node.value


def is_call(node: ast.expr, function: str) -> bool:
    return isinstance(node, ast.Call) and word(node.func) == function


def steps_of(guardrail: Document) -> list[Document]:
    """Give the steps of a guardrail; of a table its rows, the cells of each as a list."""
    if guardrail.get("table"):
        return [
            row if isinstance(row, dict) else {"when": row[:-1], "then": row[-1]}
            for row in guardrail["table"]["rows"]
        ]
    return list(guardrail["steps"]) if guardrail.get("steps") else [guardrail]


def condition_of_cell(words: Words, fact: str, cell: Any) -> str | None:
    """Write a cell of a table as a condition; None holds for every answer."""
    if cell == "any":
        return None
    if isinstance(cell, list):
        return " or ".join(f"({condition_of_cell(words, fact, answer)})" for answer in cell)
    kind = words.facts[fact]["kind"]
    if kind == "set":
        return f"overlaps({fact}, {cell})" if cell in words.lists else f"includes({fact}, {cell!r})"
    sign, _, answer = str(cell).partition(" ")
    if sign not in ("<", "<=", ">", ">=", "==", "!="):
        sign, answer = "==", ("no", "yes")[cell] if isinstance(cell, bool) else cell
    return f"{fact} {sign} {answer}" if kind == "number" else f"{fact} {sign} {answer!r}"


def first_match(matches: Sequence[Test], row: int) -> Test:
    """Test whether a row of a table is the first to match."""
    return lambda answers: (
        matches[row](answers) and not any(match(answers) for match in matches[:row])
    )


@dataclass(frozen=True)
class Comparison:
    """A comparison of facts that are numbers, ratings and scores with each other and with constants."""

    text: str
    keys: set[Key]
    constants: set[float]
    test: list[Test]
    """Its test, where it counts no conditions."""
    factors: dict[Key, Fraction] | None = None
    """Of a sum, which is compared with 0: what it adds, each times a factor."""
    constant: Fraction = Fraction(0)


class Conditions:
    """Turns conditions into tests of completions, and notes what they ask for and compare."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.asked: set[Key] = set()
        self.comparisons: dict[str, Comparison] = {}
        self.parts: dict[Key, list[Test]] = {}
        """Tests of parts of conditions, by the one answer that each asks for."""

    def read(self, text: str | None) -> tuple[Test, set[Key]]:
        """Return the test of a condition (none: always), and what it asks for."""
        if text is None:
            return (lambda _: True), set()
        self.asked = set()
        test = self.test(parse(text))
        return test, self.asked

    def kind(self, node: ast.expr) -> str | None:
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.words.facts:
            return str(self.words.facts[node.id]["kind"])
        return "criterion" if node.id in self.words.nodes else None

    def ask(self, key: Key) -> Amount:
        self.asked.add(key)
        return lambda answers: answers[key]  # type: ignore[no-any-return]

    def test(self, node: ast.expr) -> Test:
        if isinstance(node, ast.BoolOp):
            tests = [self.test(value) for value in node.values]
            join = all if isinstance(node.op, ast.And) else any
            return lambda answers: join(test(answers) for test in tests)
        if isinstance(node, ast.UnaryOp):
            inner = self.test(node.operand)
            return lambda answers: not inner(answers)
        if isinstance(node, ast.Compare):
            return self.chain([node.left, *node.comparators], node.ops)
        if isinstance(node, ast.Call):
            return self.call(word(node.func), node.args)
        if self.kind(node) == "flag":
            flag: Any = self.ask(("answer", word(node)))
            return self.part(word(node), lambda answers: 1 in flag(answers))
        return self.test(parse(self.words.conditions[word(node)]["when"]))

    def part(self, fact: str, test: Test) -> Test:
        """Note a test of one fact alone."""
        self.parts.setdefault(("answer", fact), []).append(test)
        return test

    def chain(self, sides: Sequence[ast.expr], signs: Sequence[ast.cmpop]) -> Test:
        """Read a comparison or a chain; of a fact of several answers one and the same has to do."""
        pairs = [self.pair(*three) for three in zip(sides, signs, sides[1:], strict=False)]
        worded = [word(side) for side in sides if self.kind(side) in WORDED]
        if not worded or any(isinstance(sign, ast.In | ast.NotIn) for sign in signs):
            if len(pairs) == 1:
                return pairs[0]
            return lambda answers: all(pair(answers) for pair in pairs)
        (name,) = worded
        if isinstance(signs[0], ast.NotEq) and len(signs) == 1:
            equal = self.chain(sides, [ast.Eq()])
            return lambda answers: not equal(answers)
        key = ("answer", name)
        return self.part(
            name,
            lambda answers: any(
                all(pair({key: {answer}}) for pair in pairs) for answer in answers[key]
            ),
        )

    def is_several(self, node: ast.expr) -> bool:
        fact = self.words.facts.get(node.id) if isinstance(node, ast.Name) else None
        return bool(fact and fact.get("several"))

    def call(self, function: str, args: Sequence[ast.expr]) -> Test:
        name = word(args[0])
        if function in ("has", "known"):
            asked = self.ask((function, name))
            return lambda answers: bool(asked(answers))
        listed = args[1]
        if isinstance(listed, ast.List):
            wanted = [word(item) for item in listed.elts]
        elif function == "includes" or self.kind(args[0]) in WORDED:
            wanted = [word(listed)]
        else:
            wanted = list(self.words.list_items(word(listed)))
        if function == "within":
            of_fact: Any = self.ask(("answer", name))
            if self.kind(args[0]) == "set":
                items = self.words.list_items(self.words.facts[name]["of"])
                # an item counts as its area, and an area is there with some of its items
                inside = {item for area in wanted for item in (area, *items.get(area, []))}
                finest = {item for item, own in items.items() if not own}
                return self.part(name, lambda answers: finest & of_fact(answers) <= inside)
            domain = domain_of(self.words, name)
            return self.part(
                name, lambda answers: all(domain[k] in wanted for k in of_fact(answers))
            )
        return self.overlaps(name, wanted)

    def overlaps(self, fact: str, wanted: Sequence[Any]) -> Test:
        named: Any = self.ask(("answer", fact))
        if self.words.facts[fact]["kind"] in WORDED:
            wanted = [domain_of(self.words, fact).index(answer) for answer in wanted]
        return self.part(fact, lambda answers: not named(answers).isdisjoint(wanted))

    def pair(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Test:
        if isinstance(sign, ast.NotIn):
            inside = self.pair(left, ast.In(), right)
            return lambda answers: not inside(answers)
        if isinstance(sign, ast.In):
            if not isinstance(right, ast.List | ast.Tuple | ast.Set):
                return self.overlaps(word(right), [word(left)])
            equal = [self.chain([left, element], [ast.Eq()]) for element in right.elts]
            return lambda answers: any(test(answers) for test in equal)
        sized = next((side for side in (left, right) if is_call(side, "size")), None)
        if isinstance(sized, ast.Call):
            beside = Comparison("", set(), set(), [])
            size, number = self.amount(left, right, beside), self.amount(right, left, beside)
            return self.part(
                word(sized.args[0]),
                lambda answers: holds(sign, size(answers), number(answers), 0.0),
            )
        tolerance = TOLERANCE if any(is_call(side, "score") for side in (left, right)) else 0.0
        compared = Comparison(ast.dump(ast.Compare(left, [sign], [right])), set(), set(), [])
        if not is_sum(left, self) and not is_sum(right, self):
            one, other = self.amount(left, right, compared), self.amount(right, left, compared)

        def test(answers: Completion) -> bool:
            return holds(sign, one(answers), other(answers), tolerance)

        if is_sum(left, self) or is_sum(right, self):
            compared = self.sum_compared(left, sign, right)
            test = compared.test[0]
        if not compared.keys:
            return test
        if not compared.test and not any(is_call(side, "count") for side in (left, right)):
            compared.test.append(test)
        for key in compared.keys:
            self.parts.setdefault(key, []).append(test)
        self.comparisons[compared.text] = compared
        free = self.ask(("free", compared.text))
        return lambda answers: test(answers) if free(answers) is None else bool(free(answers))

    def sum_compared(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Comparison:
        """Read a comparison of sums: the left one less the right one is compared with 0."""
        factors: dict[Key, Fraction] = {}
        constant = self.add(left, Fraction(1), factors) + self.add(right, Fraction(-1), factors)
        factors = {key: factor for key, factor in factors.items() if factor}
        for key in factors:
            self.ask(key)

        def test(answers: Completion) -> bool:
            parts = [factor * exact(answers[key]) for key, factor in factors.items()]
            total, largest = sum(parts, constant), max(map(abs, parts), default=Fraction(0))
            # a sum has fourteen digits: what is less than half of the last is nothing
            close = 0 < abs(total) < largest * Fraction(5, 10**14)
            return SIGNS[type(sign)](0 if close else total.numerator, 0)

        text = ast.dump(ast.Compare(left, [sign], [right]))
        return Comparison(text, set(factors), set(), [test], factors, constant)

    def add(self, node: ast.expr, times: Fraction, factors: dict[Key, Fraction]) -> Fraction:
        """Add a part of a sum to the factors of its names; return what else it adds."""
        if isinstance(node, ast.UnaryOp):
            return self.add(node.operand, -times, factors)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return self.add(node.right, times * exact(ast.literal_eval(node.left)), factors)
        if isinstance(node, ast.BinOp):
            other = -times if isinstance(node.op, ast.Sub) else times
            return self.add(node.left, times, factors) + self.add(node.right, other, factors)
        if isinstance(node, ast.Name) and node.id == "as_of":
            return times * day_of(AS_OF)
        if isinstance(node, ast.Name):
            key = ("answer", node.id)
            factors[key] = factors.get(key, Fraction(0)) + times
            return Fraction(0)
        written = ast.literal_eval(node)
        return times * (day_of(written) if isinstance(written, str) else exact(written))

    def amount(self, node: ast.expr, beside: ast.expr, compared: Comparison) -> Amount:
        """Read a side of a comparison; words are places among the answers of what stands beside them."""
        kind = self.kind(node)
        if is_call(node, "size"):
            assert isinstance(node, ast.Call)
            named: Any = self.ask(("answer", word(node.args[0])))
            return lambda answers: size_of(named(answers))
        if kind in WORDED:
            only: Any = self.ask(("answer", word(node)))
            return lambda answers: next(iter(only(answers)))  # type: ignore[no-any-return]
        if is_call(node, "count"):
            assert isinstance(node, ast.Call)
            tests = [self.test(condition) for condition in node.args]
            compared.constants.update(range(len(tests) + 1))
            return lambda answers: sum(test(answers) for test in tests)
        if kind in (*MEASURED, "criterion") or is_call(node, "score"):
            key = ("answer", word(node)) if kind else ("score", word(node.args[0]))  # type: ignore[attr-defined]
            compared.keys.add(key)
            return self.ask(key)
        constant = self.constant(node, beside)
        compared.constants.add(constant)
        return lambda _: constant

    def constant(self, node: ast.expr, beside: ast.expr) -> float:
        kind = self.kind(beside)
        if kind in WORDED:
            return domain_of(self.words, word(beside)).index(answer_of(node))
        if kind == "criterion" and (
            isinstance(node, ast.Name) or isinstance(getattr(node, "value", None), str)
        ):
            return float(self.words.nodes[word(beside)].levels[word(node)])
        return float(ast.literal_eval(node))


def is_sum(node: ast.expr, conditions: Conditions) -> bool:
    """Whether a side of a comparison is a sum, or a date."""
    is_date = conditions.kind(node) == "date" or (isinstance(node, ast.Name) and node.id == "as_of")
    is_minus = isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.BinOp) or is_date or is_minus


@cache
def exact(number: Any) -> Fraction:
    """Give a number as it is written."""
    return number if isinstance(number, Fraction) else Fraction(repr(number))


def day_of(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def size_of(answer: frozenset[Any]) -> int:
    """Give how many items a set names; it is among them."""
    return next(item for item in answer if isinstance(item, int))


def answer_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return "yes" if node.value else "no"
    return word(node)


def domain_of(words: Words, fact: str) -> list[str]:
    definition = words.facts[fact]
    if definition["kind"] == "flag":
        return ["no", "yes"]
    return list(definition["levels"] if definition["kind"] == "level" else definition["options"])


# a condition looked at by itself


def truth_alone(node: ast.expr, case: Case) -> bool | None:
    """Say what is known of a condition by itself, in Kleene's logic; None is unknown."""
    conditions = Conditions(case.words)
    if isinstance(node, ast.BoolOp):
        return joined(
            [truth_alone(value, case) for value in node.values], isinstance(node.op, ast.Or)
        )
    if isinstance(node, ast.UnaryOp):
        inner = truth_alone(node.operand, case)
        return None if inner is None else not inner
    if isinstance(node, ast.Name) and node.id in case.words.conditions:
        return truth_alone(parse(case.words.conditions[node.id]["when"]), case)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if len(node.ops) > 1 and not any(map(conditions.is_several, sides)):
            pairs = zip(sides, node.ops, sides[1:], strict=False)
            parts = [ast.Compare(left, [sign], [right]) for left, sign, right in pairs]
            return joined([truth_alone(part, case) for part in parts], False)
        if any(is_call(side, "count") for side in sides):
            possible = [counts_alone(side, case) for side in sides]
            found = {holds(node.ops[0], *pair, 0.0) for pair in itertools.product(*possible)}
            return found.pop() if len(found) == 1 else None
    test = conditions.test(node)
    answers = Answers(case, conditions)
    for function, name in conditions.asked:
        if function == "answer" and name in case.words.facts and case.fact(name) is None:
            return None
    axes = {key: answers.possible(key) for key in conditions.asked}
    truths = {test(completion) for completion in completions(axes)}
    return truths.pop() if len(truths) == 1 else None


def joined(truths: Sequence[bool | None], decisive: bool) -> bool | None:
    """Join truths by `or`, of which a true one decides, or by `and`, of which a false one does."""
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def counts_alone(side: ast.expr, case: Case) -> list[float]:
    """List how many of the conditions that are counted may hold; of a number, the number."""
    if not isinstance(side, ast.Call):
        return [float(ast.literal_eval(side))]
    truths = [truth_alone(condition, case) for condition in side.args]
    return [
        float(k) for k in range(truths.count(True), truths.count(True) + truths.count(None) + 1)
    ]


# the answers that are open


class Answers:
    """The answers that each open name of one candidate may have."""

    def __init__(self, case: Case, conditions: Conditions) -> None:
        self.case, self.words = case, case.words
        self.conditions = conditions
        self._points: dict[Key, list[float]] = {}
        self._possible: dict[Key, list[Any]] = {}
        comparisons = conditions.comparisons.values()
        self.undecided = [part for part in comparisons if self.is_undecided(part)]
        self.free = {part.text for part in self.undecided if self.is_entangled(part)}

    def is_undecided(self, part: Comparison) -> bool:
        """Whether a comparison by itself may be true and may be false."""
        if not part.test:
            return True
        axes = {key: self.points(key) for key in part.keys}
        truths = map(part.test[0], completions(axes))
        first = next(truths)
        return any(truth != first for truth in truths)

    def is_entangled(self, part: Comparison) -> bool:
        """Whether a score in a comparison, or a rating below it, is asked for elsewhere in another way."""
        pairs = (
            pair for other in self.undecided for pair in itertools.product(part.keys, other.keys)
        )
        return any(
            one != two and "score" in (one[0], two[0]) and self.names_of(one) & self.names_of(two)
            for one, two in pairs
        )

    def names_of(self, key: Key) -> set[str]:
        """Give the open facts and ratings behind what is asked for."""
        function, name = key
        if function == "free":
            return set().union(*map(self.names_of, self.conditions.comparisons[name].keys))
        if function != "score" and name not in self.words.nodes:
            return {name}
        if len(self.points(key)) == 1:
            return set()
        leaves = (self.words.scored if function == "score" else self.words.nodes.get)(name).leaves()
        return {leaf.id for leaf in leaves if self.case.is_open(leaf.id)}

    def possible(self, key: Key) -> list[Any]:
        """List the answers to what a condition asks for that conditions tell apart: one where it is settled."""
        if key not in self._possible:
            self._possible[key] = self.find_possible(key)
        return self._possible[key]

    def find_possible(self, key: Key) -> list[Any]:
        function, name = key
        if function == "free":
            return [False, True] if name in self.free else [None]
        if function == "has":
            return [name in self.case.in_place]
        if function == "known":
            return [self.is_known(name)]
        if self.is_quantity(key):
            matters = any(
                key in part.keys and part.text not in self.free for part in self.undecided
            )
            points = self.points(key) if matters else self.points(key)[:1]
            return points if self.is_linked(key) else self.told_apart(key, points)
        is_set = self.words.facts[name]["kind"] == "set"
        return self.told_apart(key, self.sets(name) if is_set else self.worded(name))

    def told_apart(self, key: Key, possible: Iterable[Any]) -> list[Any]:
        """List an answer for each way in which the parts of conditions that ask for it alone come out."""
        parts, found = self.conditions.parts.get(key, ()), {}
        for answer in possible:
            found.setdefault(tuple(part({key: answer}) for part in parts), answer)
        return list(found.values())

    def is_linked(self, key: Key) -> bool:
        """Whether a quantity is compared with another one, or with a count."""
        parts = self.conditions.comparisons.values()
        return any(key in part.keys and (len(part.keys) > 1 or not part.test) for part in parts)

    def is_quantity(self, key: Key) -> bool:
        function, name = key
        return (
            function == "score"
            or name in self.words.nodes
            or self.words.facts[name]["kind"] in MEASURED
        )

    def worded(self, fact: str) -> Iterator[frozenset[int]]:
        """Yield what may be the case of a fact whose answers are words."""
        domain, raw = domain_of(self.words, fact), self.case.fact(fact)
        several = self.words.facts[fact].get("several", False)

        def place(answer: Any) -> int:
            return domain.index(
                {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else answer
            )

        def together(answer: Any) -> frozenset[int]:
            return frozenset(map(place, answer if isinstance(answer, list) else [answer]))

        whole, least = range(len(domain)), frozenset[int]()
        if raw is None or (isinstance(raw, Mapping) and "at_least" in raw):
            least = frozenset() if raw is None else together(raw["at_least"])
            for size in range(1, len(domain) + 1 if several else 2):
                yield from (
                    frozenset(chosen)
                    for chosen in itertools.combinations(whole, size)
                    if least <= set(chosen)
                )
        elif isinstance(raw, Mapping) and "low" in raw:
            yield from (frozenset({k}) for k in range(place(raw["low"]), place(raw["high"]) + 1))
        elif isinstance(raw, Mapping):
            yield from map(together, raw["one_of"] if "one_of" in raw else [raw["all_of"]])
        elif isinstance(raw, list) and not several:
            yield from dict.fromkeys(map(together, raw))
        else:
            yield together(raw)

    def worths(self, key: Key) -> list[Any]:
        """List the answers of joint completions, in which what is unknown may become known."""
        if key[0] == "known" and not self.is_known(key[1]):
            return [False, True]
        return self.possible(key)

    def is_known(self, name: str) -> bool:
        if name in self.case.ratings:
            return self.case.ratings[name] is not None
        return self.case.fact(name) is not None

    def points(self, key: Key) -> list[float]:
        """List points that stand for all of a quantity: its ends, constants, and points between all of these."""
        if key not in self._points:
            self._points[key] = self.points_between(key, *self.ends(key))
        return self._points[key]

    def points_between(self, key: Key, low: float, high: float) -> list[float]:
        if low == high:
            return [low]
        linked, keys = [], {key}
        for _ in (
            self.conditions.comparisons
        ):  # what is compared with what is compared with it has a say as well
            linked = [part for part in self.plain if part.keys & keys]
            keys = keys.union(*(part.keys for part in linked))
        cuts = {float(cut) for part in linked for cut in part.constants}
        cuts |= {end for other in keys for end in self.ends(other) if math.isfinite(end)}
        for member in keys:
            cuts |= set(self.turns(member))
        in_days = self.is_in_days(key)
        if in_days:
            cuts = {math.floor(cut) + step for cut in cuts for step in (0, math.floor(cut) < cut)}
        ordered = sorted(cuts) or [0.0]
        beyond = len(keys)  # quantities compared with each other may all be different there
        found = set(ordered)
        before, behind = (
            max(1, abs(end)) for end in (ordered[0], ordered[-1])
        )  # 1 may be lost in rounding
        for k in range(1, beyond + 1):
            found |= {ordered[0] - k * before, ordered[-1] + k * behind}
            for start, end in itertools.pairwise(ordered):
                found.add(start + (end - start) * k / (beyond + 1))
        if any(key in (part.factors or ()) for part in self.conditions.comparisons.values()):
            found |= {ordered[0] - 1000, ordered[-1] + 1000}  # whatever the other parts are
        if in_days:
            found = set(map(math.floor, found))
        return sorted(x for x in found if low <= x <= high)

    @property
    def plain(self) -> list[Comparison]:
        """Comparisons without sums."""
        return [part for part in self.conditions.comparisons.values() if part.factors is None]

    def is_in_days(self, key: Key) -> bool:
        return key[1] in self.words.facts and self.words.facts[key[1]]["kind"] == "date"

    def turns(self, key: Key) -> Iterator[Fraction]:
        """Yield where sums turn with one part, the others being at ends or constants of theirs."""
        for part in self.conditions.comparisons.values():
            if part.factors is None or key not in part.factors:
                continue
            others = [other for other in part.factors if other != key]
            for values in itertools.product(*map(self.marks, others)):
                rest = part.constant + sum(
                    part.factors[other] * value for other, value in zip(others, values, strict=True)
                )
                yield -rest / part.factors[key]

    def marks(self, key: Key) -> set[Fraction]:
        """Give the ends of a quantity, and the constants with which it is compared."""
        low, high = self.ends(key)
        found = {exact(end) for end in (low, high) if math.isfinite(end)}
        if low < high:
            constants = (part.constants for part in self.plain if key in part.keys)
            found |= {exact(cut) for cut in set().union(*constants) if low <= cut <= high}
        return found or {Fraction(0)}

    @property
    def is_tangled(self) -> bool:
        """Whether a sum has several open parts, and one of them is compared elsewhere."""
        for part in self.conditions.comparisons.values():
            is_open = {key for key in part.factors or () if len(set(self.ends(key))) > 1}
            if len(is_open) > 1:
                others = self.conditions.comparisons.values()
                if any(is_open & other.keys and ratios(part) != ratios(other) for other in others):
                    return True
        return False

    def ends(self, key: Key) -> tuple[float, float]:
        """Give the least and the greatest that a quantity may be; infinite where there is no limit."""
        function, name = key
        if function == "score":
            return self.case.bounds(self.words.scored(name))
        low: Any
        high: Any
        if name in self.words.nodes:
            rating = self.case.ratings[name]
            low, high = self.words.nodes[name].ends if rating is None else (rating[0], rating[2])
        else:
            fact = self.words.facts[name]
            limits = fact.get("minimum", -math.inf), fact.get("maximum", math.inf)
            low, high = self.case.number_fact(name) or limits
        return float(low), float(high)

    def sets(self, fact: str) -> Iterator[frozenset[Any]]:
        """Yield each set of finest items that an answer allows, with the parents that these name, and its size."""
        raw = self.case.fact(fact)
        given: Mapping[str, Any] = {"at_least": []}
        if raw is not None:
            given = raw if isinstance(raw, Mapping) else {"all_of": raw}
        found = dict[frozenset[Any], None]()
        for listed in given.get("one_of", [given.get("at_least", given.get("all_of"))]):
            found |= dict.fromkeys(self.sets_of(fact, set(listed), is_open="at_least" in given))
        yield from found

    def sets_of(self, fact: str, listed: set[str], *, is_open: bool) -> Iterator[frozenset[Any]]:
        items = self.words.list_items(self.words.facts[fact]["of"])
        finest = [item for item, own in items.items() if not own]
        parents = {inner: item for item, own in items.items() for inner in own}
        # a parent named beside an item of its own is that item; alone, some of its items are meant
        alone = [item for item in listed if items[item] and not listed & set(items[item])]
        for size in range(len(finest) + 1):
            for chosen in map(set, itertools.combinations(finest, size)):
                some_of_each = all(chosen & set(items[parent]) for parent in alone)
                meant = chosen - {inner for parent in alone for inner in items[parent]}
                if not some_of_each or not listed & set(finest) <= chosen:
                    continue
                if is_open or meant <= listed:
                    named = chosen | {parents[item] for item in chosen & set(parents)}
                    for count in self.sizes_of(chosen, items, listed, is_open=is_open):
                        yield frozenset({*named, count})

    def sizes_of(
        self, chosen: set[str], items: Mapping[str, list[str]], listed: set[str], *, is_open: bool
    ) -> set[int]:
        """Count the items named in all ways in which some may be chosen: an area alone, or its items."""
        below = {item for own in items.values() for item in own}
        ways = [{len(chosen - below)}]
        for area, own in items.items():
            inside = len(chosen & set(own))
            by_item = is_open or area not in listed or not own or listed & set(own)
            may_be_alone = inside and not listed & set(own) and (is_open or area in listed)
            ways.append({inside} if by_item else set())
            ways[-1] |= {1} if may_be_alone else set()
        return {sum(counts) for counts in itertools.product(*ways)}


def ratios(part: Comparison) -> dict[Key, Fraction] | None:
    """Give the factors of a sum, that of the first name being 1."""
    if part.factors is None:
        return None
    first = part.factors[min(part.factors)]
    return {key: factor / first for key, factor in part.factors.items()}


# guardrails


@dataclass(frozen=True)
class Grade:
    """A step of a guardrail, for one candidate: what it gives where it holds, and while that is not decided."""

    applying: Outcome
    if_unknown: int


class Judge:
    """Judges candidates by one framework."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.verdicts = list(words.verdicts)
        self.conditions = Conditions(words)
        self.asked: dict[str, list[Key]] = {}
        self.tests: dict[str, list[Test]] = {}
        for id, guardrail in words.guardrails.items():
            read = [self.read(guardrail, step) for step in steps_of(guardrail)]
            self.tests[id] = [test for test, _ in read]
            if guardrail.get("table"):
                tests = self.tests[id]
                self.tests[id] = [first_match(tests, row) for row in range(len(tests))]
            self.asked[id] = sorted(set().union(*(asked for _, asked in read)))

    def read(self, guardrail: Document, step: Document) -> tuple[Test, set[Key]]:
        """Read the condition of a step, or the cells of a row."""
        if not guardrail.get("table"):
            return self.conditions.read(step.get("when"))
        pairs = zip(guardrail["table"]["facts"], step["when"], strict=True)
        asked = [condition_of_cell(self.words, fact, cell) for fact, cell in pairs]
        return self.conditions.read(" and ".join(f"({text})" for text in asked if text) or None)

    def judge(self, case: Case) -> Judged:
        """Find everything about one candidate that follows from guardrails.

        Raises
        ------
        TooManyError
            If it has more completions than can be tried.
        """
        applies = self.words.framework.get("applies")
        if applies is not None and truth_alone(parse(applies), case) is False:
            return Judged({}, None, None)
        answers = Answers(case, self.conditions)
        found: dict[str, Found] = {}
        tables: dict[str, Table] = {}
        for id, guardrail in self.words.guardrails.items():
            grades, tests = self.grades(case, guardrail), self.tests[id]
            wide = {key: answers.worths(key) for key in self.asked[id]}
            held = {
                tuple(completion.values()): tuple(test(completion) for test in tests)
                for completion in completions(wide)
            }
            outcomes = {truths: outcome_of(grades, truths) for truths in set(held.values())}
            found[id] = self.find(answers, id, grades, held)
            tables[id] = {values: outcomes[truths].severity for values, truths in held.items()}
        greatest = max((max(table.values()) for table in tables.values()), default=0)
        parts = self.components(answers)
        least = max((self.least(part, tables, answers) for part in parts), default=0)
        severe = [self.verdicts.index(finding.verdict) for finding in found.values()]
        verdict = max([least, *severe])
        return Judged(
            found,
            self.verdicts[verdict],
            (self.verdicts[least], self.verdicts[greatest]),
            whatever=verdict > max(severe, default=0),
            is_free=bool(answers.free),
        )

    def components(self, answers: Answers) -> list[list[str]]:
        """Part guardrails into those that share open answers, directly or through others."""
        parts: list[tuple[list[str], set[Key]]] = []
        for id, asked in self.asked.items():
            ids, keys = [id], {key for key in asked if len(answers.worths(key)) > 1}
            for part in [part for part in parts if part[1] & keys]:
                parts.remove(part)
                ids, keys = [*part[0], *ids], part[1] | keys
            parts.append((ids, keys))
        return [ids for ids, _ in parts]

    def least(self, ids: list[str], tables: Mapping[str, Table], answers: Answers) -> int:
        """Find the mildest verdict of several guardrails over all joint completions."""
        if len(ids) == 1:
            return min(tables[ids[0]].values())
        keys = sorted(set().union(*(self.asked[id] for id in ids)))
        wide = {key: answers.worths(key) for key in keys}
        places = {id: [keys.index(key) for key in self.asked[id]] for id in ids}
        return min(
            max(tables[id][tuple(values[k] for k in places[id])] for id in ids)
            for values in ways(wide)
        )

    def grades(self, case: Case, guardrail: Document) -> list[Grade]:
        words, found = self.words, []
        for step in steps_of(guardrail):
            then = step["then"]
            missing = frozenset[tuple[str, ...]]()
            verdict, state = then, "barred"
            if guardrail.get("table") and words.severity[then] == 0:
                state = "clear"
            if step.get("needs"):
                options = [(n,) if isinstance(n, str) else tuple(n) for n in step["needs"]]
                missing = frozenset(n for n in options if case.in_place.isdisjoint(n))
                state = "unmet"
                if all(map(case.presumes, missing)):
                    verdict, state = step.get("met") or words.defaults["met"], "met"
            default = words.milder(words.defaults.get("if_unknown", then), then)
            fallback = words.severity[step.get("if_unknown") or default]
            found.append(Grade(Outcome(words.severity[verdict], state, missing), fallback))
        return found

    def find(
        self,
        answers: Answers,
        id: str,
        grades: Sequence[Grade],
        held: Mapping[tuple[Any, ...], tuple[bool, ...]],
    ) -> Found:
        """Find the state and the verdict of a guardrail from all completions in which what is known stays so."""
        axes = {key: answers.possible(key) for key in self.asked[id]}
        chosen = {values: held[values] for values in ways(axes)}
        by_truths = {truths: outcome_of(grades, truths) for truths in set(chosen.values())}
        outcomes = {values: by_truths[truths] for values, truths in chosen.items()}
        each = set(by_truths.values())
        needs = frozenset.intersection(*(outcome.needs for outcome in each))
        may_need = frozenset.union(*(outcome.needs for outcome in each)) - needs
        severities = {outcome.severity for outcome in each}
        states = {outcome.state for outcome in each}
        severity = min(severities)
        state = next(name for name in MOST_TELLING_OF_ALL if name in states)
        if len(severities) > 1:
            state = "unknown"
            by_step = zip(*chosen.values(), strict=True)
            undecided = [
                grade.if_unknown
                for grade, truths in zip(grades, by_step, strict=True)
                if any(truths) and not all(truths)
            ]
            severity = min(max(*undecided, severity), max(severities))
        names = frozenset[str]()
        if state in ("unknown", "unmet"):
            deciding = [key for place, key in enumerate(axes) if can_change(outcomes, place)]
            names = frozenset().union(*map(answers.names_of, deciding))
        return Found(state, self.verdicts[severity], needs, may_need, names)


def ways(axes: Mapping[Key, list[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield the answers of each completion."""
    if math.prod(map(len, axes.values())) > MOST_COMPLETIONS:
        raise TooManyError
    yield from itertools.product(*axes.values())


def completions(axes: Mapping[Key, list[Any]]) -> Iterator[Completion]:
    for values in ways(axes):
        yield dict(zip(axes, values, strict=True))


def outcome_of(grades: Sequence[Grade], truths: Sequence[bool]) -> Outcome:
    """Give the outcome of the most severe step that holds; of equal ones, of the state that says most."""
    found = list(itertools.compress([grade.applying for grade in grades], truths))
    clear = Outcome(0, "clear", frozenset())
    return min(
        [*found, clear],
        key=lambda outcome: (-outcome.severity, MOST_TELLING.index(outcome.state)),
    )


def can_change(outcomes: Mapping[tuple[Any, ...], Outcome], place: int) -> bool:
    """Whether two completions that differ in one answer only have different outcomes."""
    first: dict[tuple[Any, ...], Outcome] = {}
    for values, outcome in outcomes.items():
        others = (*values[:place], *values[place + 1 :])
        other = first.setdefault(others, outcome)
        if other is not outcome and other != outcome:  # of many, nearly all are one
            return True
    return False


# places


def place_of(
    words: Words, verdict: str | None, verdict_range: tuple[str, str] | None
) -> tuple[int, bool] | None:
    """Give the latest ranked tier of a range, and whether it reaches an unranked verdict; None if unranked itself."""
    if verdict is None or verdict_range is None:
        return None
    if not (words.verdicts[verdict] or {}).get("ranked", True):
        return None
    ids = list(words.verdicts)
    least, greatest = map(ids.index, verdict_range)
    possible = [words.verdicts[id] or {} for id in ids[least : greatest + 1]]
    tiers = [entry.get("tier", 1) for entry in possible if entry.get("ranked", True)]
    return max(tiers), len(tiers) < len(possible)
