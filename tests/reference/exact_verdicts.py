"""Verdicts under open answers, by brute force: every completion of a candidate is judged.

Written from the definitions alone, in plain Python: the state and the verdict of each guardrail
for every way in which the open facts, ratings and scores that it looks at can come out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Any, NamedTuple

from reference.oracle import Case, Document, Words, number, parse, steps_of, word

# what says most where all completions agree on the verdict
SAYS_MOST = ("unmet", "barred", "met", "clear")
# what says most of the steps of one completion
OF_STEPS = ("barred", "unmet", "met", "clear")

MOST = 20_000


class TooMany(Exception):
    """More completions than brute force can try."""


class Completed(Case):
    """A candidate of which every answer that a condition looks at is given."""

    def __init__(self, case: Case, answers: dict[tuple[str, str], Any]) -> None:
        self.__dict__.update(case.__dict__)
        self.facts, self.ratings = dict(case.facts), dict(case.ratings)
        self.given_scores: dict[str, Fraction] = {}
        self.known_now = {name: case.call("known", [ast.Name(name)]) for name in names_known(case)}
        for (kind, name), answer in answers.items():
            if kind == "fact":
                self.facts[name] = answer
            elif kind == "rating":
                self.ratings[name] = (answer, None, answer)
            elif kind == "score":
                self.given_scores[name] = answer
            else:
                self.known_now[name] = answer

    def call(self, function: str, args: Sequence[ast.expr]) -> bool | None:
        if function == "known":
            return self.known_now[word(args[0])]
        return super().call(function, args)

    def score_interval(self, id: str) -> tuple[Fraction, Fraction]:
        given = self.given_scores.get(id)
        return super().score_interval(id) if given is None else (given, given)


def expressions_of(words: Words, guardrails: Iterable[Document]) -> Iterator[ast.expr]:
    """Yield the conditions of guardrails, and the named ones in them."""
    for guardrail in guardrails:
        for step in steps_of(guardrail):
            if step.get("when") is not None:
                yield from written_out(words, parse(step["when"]))


def written_out(words: Words, node: ast.expr) -> Iterator[ast.expr]:
    yield node
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in words.conditions:
            yield from written_out(words, parse(words.conditions[part.id]["when"]))


def names_known(case: Case) -> set[str]:
    found = set()
    for expression in expressions_of(case.words, case.words.guardrails.values()):
        for part in ast.walk(expression):
            if isinstance(part, ast.Call) and word(part.func) == "known":
                found.add(word(part.args[0]))
    return found


class Looked(NamedTuple):
    """What some guardrails look at: facts, ratings, scores, and numbers that stand beside them."""

    facts: set[str]
    ratings: set[str]
    scores: set[str]
    known: set[str]
    constants: set[Fraction]


def looked_at(case: Case, guardrails: Sequence[Document]) -> Looked:
    words = case.words
    found = Looked(set(), set(), set(), set(), set())
    for expression in expressions_of(words, guardrails):
        beside_known = set()
        for part in ast.walk(expression):
            if isinstance(part, ast.Call) and word(part.func) == "known":
                found.known.add(word(part.args[0]))
                beside_known.add(id(part.args[0]))
            elif isinstance(part, ast.Call) and word(part.func) == "score":
                found.scores.add(word(part.args[0]))
                beside_known.add(id(part.args[0]))
            elif isinstance(part, ast.Call) and word(part.func) == "count":
                found.constants.update(map(Fraction, range(len(part.args) + 1)))
            elif isinstance(part, ast.Constant) and not isinstance(part.value, str | bool):
                found.constants.update((number(part.value), -number(part.value)))
        for part in ast.walk(expression):
            if isinstance(part, ast.Name) and id(part) not in beside_known:
                if part.id in words.facts:
                    found.facts.add(part.id)
                elif part.id in words.nodes and words.nodes[part.id].curve:
                    found.ratings.add(part.id)
    for name in found.ratings:
        found.constants.update(words.nodes[name].levels.values())
    return found


def answers_to(case: Case, looked: Looked, *, any_known: bool) -> dict[tuple[str, str], list[Any]]:
    """List what each open name can be."""
    words, options = case.words, {}
    ends: dict[tuple[str, str], tuple[Fraction, Fraction]] = {}
    for name in sorted(looked.facts):
        kind = words.facts[name]["kind"]
        if kind in ("flag", "level", "choice"):
            possible = case.answers(name)
            domain = case.domain(name)
            if possible is None:
                possible = list(range(len(domain)))
            if len(possible) > 1:
                words_of = (
                    [k == 1 for k in possible] if kind == "flag" else [domain[k] for k in possible]
                )
                options["fact", name] = words_of
        elif kind == "set":
            sets = list(possible_sets(case, name))
            if len(sets) > 1 or case.fact(name) is None:
                options["fact", name] = sets
        else:
            low, high = case.number_fact(name) or (None, None)
            fact = words.facts[name]
            if low is None:
                low = number(fact["minimum"]) if "minimum" in fact else None
                high = number(fact["maximum"]) if "maximum" in fact else None
            if low is None or low != high:
                ends["fact", name] = (low, high)  # type: ignore[assignment]
    for name in sorted(looked.ratings):
        rating = case.ratings[name]
        low, high = words.nodes[name].ends if rating is None else (rating[0], rating[2])
        if low != high:
            ends["rating", name] = (low, high)
    for name in sorted(looked.scores):
        low, high = case.score_interval(name)
        if low != high:
            ends["score", name] = (low, high)
    if ends:
        settled: set[Fraction] = set()
        for name in looked.facts:
            if words.facts[name]["kind"] == "number" and case.number_fact(name):
                settled.update(case.number_fact(name))  # type: ignore[arg-type]
        for name in looked.ratings:
            settled.update(
                (case.ratings[name] or words.nodes[name].ends)[:: 2 if case.ratings[name] else 1]
            )  # type: ignore[arg-type]
        for name in looked.scores:
            settled.update(case.score_interval(name))
        grid = dense({*looked.constants, *settled}, len(ends) + 1)
        for key, (low, high) in ends.items():
            points = [x for x in grid if (low is None or low <= x) and (high is None or x <= high)]
            options[key] = [as_written(key, x) for x in points]
    if any_known:
        for name in sorted(looked.known):
            raw = case.fact(name) if name in words.facts else case.ratings[name]
            if raw is None:
                options["known", name] = [False, True]
    return options


def as_written(key: tuple[str, str], x: Fraction) -> Any:
    return x


def dense(marks: set[Fraction], between: int) -> list[Fraction]:
    ordered = sorted(marks) or [Fraction(0)]
    ordered = [ordered[0] - 1, *ordered, ordered[-1] + 1]
    found = []
    for low, high in zip(ordered, ordered[1:], strict=False):
        found += [low + (high - low) * Fraction(k, between + 1) for k in range(between + 1)]
    return [*found, ordered[-1]]


def possible_sets(case: Case, fact: str) -> Iterator[list[str]]:
    """Yield every full set of items that an answer leaves possible; a parent stands by its items."""
    raw = case.fact(fact)
    items = case.words.list_items(case.words.facts[fact]["of"])
    finest = [item for item, own in items.items() if not own]
    if len(finest) > 12:
        raise TooMany
    named = [] if raw is None else list(raw["at_least"] if isinstance(raw, dict) else raw)
    is_open = raw is None or isinstance(raw, dict)
    for size in range(len(finest) + 1):
        for some in combinations(finest, size):
            if fits(some, named, items, is_open=is_open):
                yield list(some)


def fits(
    some: Sequence[str], named: Sequence[str], items: dict[str, list[str]], *, is_open: bool
) -> bool:
    """Say whether a set of finest items is one that an answer allows."""
    for item in named:
        if items[item] and not set(items[item]) & set(some):
            return False
        if not items[item] and item not in some:
            return False
    if is_open:
        return True
    allowed = set()
    for item in named:
        own = items[item]
        # a parent beside its own item is that item
        allowed.update([item] if not own else [] if set(own) & set(named) else own)
    return set(some) <= allowed


class Found(NamedTuple):
    verdict: str
    state: str
    missing: frozenset[tuple[str, ...]]
    holding: tuple[bool, ...]
    step: int


def judged(case: Case, guardrail: Document) -> Found:
    """Judge one completion by one guardrail."""
    words = case.words
    best: Found | None = None
    steps = steps_of(guardrail)
    holding = tuple(bool(case.trigger(step)) for step in steps)
    for k, step in enumerate(steps):
        assert case.trigger(step) is not None
        state, verdict, missing = "clear", next(iter(words.verdicts)), []
        if holding[k]:
            state, verdict = "barred", step["then"]
            if step.get("needs"):
                needs = [n if isinstance(n, list | tuple) else [n] for n in step["needs"]]
                missing = [tuple(n) for n in needs if not case.in_place & set(n)]
                state = "unmet"
                if case.area or not missing:
                    state, verdict = "met", step.get("met") or words.defaults["met"]
        one = Found(verdict, state, frozenset(missing), holding, k)
        if best is None or importance(words, one) > importance(words, best):
            best = one
    assert best is not None
    return best


def importance(words: Words, found: Found) -> tuple[int, int]:
    return words.severity[found.verdict], -OF_STEPS.index(found.state)


def completions(
    case: Case, guardrails: Sequence[Document], *, any_known: bool
) -> Iterator[tuple[dict[tuple[str, str], Any], Completed]]:
    options = answers_to(case, looked_at(case, guardrails), any_known=any_known)
    size = 1
    for possible in options.values():
        size *= len(possible)
    if size > MOST:
        raise TooMany
    for chosen in product(*options.values()):
        answers = dict(zip(options, chosen, strict=True))
        yield answers, Completed(case, answers)


def exact_finding(case: Case, guardrail: Document) -> dict[str, Any]:
    """Judge a candidate by one guardrail, whatever its open answers."""
    words = case.words
    table = [
        (answers, judged(whole, guardrail))
        for answers, whole in completions(case, [guardrail], any_known=False)
    ]
    everything = [found for _, found in table]
    severities = sorted({words.severity[found.verdict] for found in everything})
    verdicts = list(words.verdicts)
    if len(severities) == 1:
        state = min((found.state for found in everything), key=SAYS_MOST.index)
        verdict = verdicts[severities[0]]
    else:
        state = "unknown"
        mixed = []
        for k, step in enumerate(steps_of(guardrail)):
            holds = {found.holding[k] for found in everything}
            if holds == {True, False}:
                milder = words.milder(words.defaults.get("if_unknown", step["then"]), step["then"])
                mixed.append(words.severity[step.get("if_unknown") or milder])
        verdict = verdicts[min(max(max(mixed), severities[0]), severities[-1])]
    missing = frozenset.intersection(*(found.missing for found in everything))
    perhaps = frozenset.union(*(found.missing for found in everything)) - missing
    return {
        "state": state,
        "verdict": verdict,
        "missing": missing,
        "perhaps": perhaps,
        "matter": {spelt(case, name) for name in deciding(table)},
    }


def spelt(case: Case, name: tuple[str, str]) -> Any:
    return name[1]


def deciding(table: Sequence[tuple[dict[tuple[str, str], Any], Found]]) -> set[tuple[str, str]]:
    """Name those whose answer alone can change the verdict, the state or what is needed."""
    found = set()
    names = list(table[0][0])
    for name in names:
        by_rest: dict[tuple[Any, ...], set[Any]] = {}
        for answers, one in table:
            rest = tuple(repr(answers[other]) for other in names if other != name)
            by_rest.setdefault(rest, set()).add((one.verdict, one.state, one.missing))
        if any(len(outcomes) > 1 for outcomes in by_rest.values()):
            found.add(name)
    return found


def exact_verdict(words: Words, candidate: Document, unit: str) -> dict[str, Any]:
    """Judge a candidate by all guardrails: findings, verdict, and its exact range."""
    case = Case(words, candidate, unit)
    guardrails = words.guardrails
    findings = {key: exact_finding(case, guardrail) for key, guardrail in guardrails.items()}
    least = most = 0
    if guardrails:
        ends = []
        for _, whole in completions(case, list(guardrails.values()), any_known=True):
            verdicts = [words.severity[judged(whole, g).verdict] for g in guardrails.values()]
            ends.append(max(verdicts))
        least, most = min(ends), max(ends)
    severest = max([words.severity[f["verdict"]] for f in findings.values()], default=0)
    verdicts = list(words.verdicts)
    return {
        "findings": findings,
        "verdict": verdicts[max(severest, least)],
        "verdict_range": (verdicts[least], verdicts[most]),
    }


def below_score(case: Case) -> bool:
    """Say whether a condition asks a score and something below it, or two scores that share."""
    looked = looked_at(case, list(case.words.guardrails.values()))
    leaves = {
        name: {leaf.id for leaf in case.words.nodes[name].leaves()} or {name}
        for name in looked.scores
    }
    for name, own in leaves.items():
        if own & looked.ratings or name in looked.ratings:
            return True
    return any(leaves[a] & leaves[b] for a, b in combinations(leaves, 2))


__all__ = ["TooMany", "below_score", "chain", "exact_finding", "exact_verdict"]
