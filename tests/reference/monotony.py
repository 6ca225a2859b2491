"""Whether silence pays: every answer of a candidate hidden, opened or expired, and the place that it then has.

A place is (tier, reach, score). No answer that leaves more open than an honest one may give an earlier place than that
one gives, unless the honest one is not ranked at all; those are counted apart. Run by hand for the examples and cases
of every shipped framework, and for any number of generated ones::

    PYTHONPATH=src:tests python tests/reference/monotony.py --frameworks 3000
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import collabscore as cs
from collabscore.documents.loading import load_policy, shipped
from collabscore.models.facts import NumberFact, SetFact
from collabscore.models.framework import Framework
from reference import open_answers
from reference.oracle import Document, Words, is_unknown
from reference.verdicts_by_force import Judge

EXAMPLES = Path(__file__).parents[2] / "examples"
TOLERANCE = 1e-9
UNKNOWN = "unknown"
PAST, TODAY = "2020", "2026-01-01"


class Change(NamedTuple):
    """A candidate with an answer hidden or opened, and what was done."""

    kind: str
    words: str
    candidate: Document


class Tally(NamedTuple):
    """Changes that were tried, by kind; those that improved the place, in words; those of unranked candidates."""

    tried: Counter[str]
    better: list[str]
    ranked_instead: Counter[str]
    """Honest answers without a rank that are ranked if an answer is hidden: by what the result says of them."""

    def __str__(self) -> str:
        lines = [
            f"{sum(self.tried.values())} tries ({dict(self.tried)}): {len(self.better)} exceptions",
            f"unranked if honest, ranked if not: {dict(self.ranked_instead)}",
        ]
        return "\n".join([*lines, *self.better[:6]])


def plain_answer(raw: Any) -> Any:
    """Return a fact or a rating without its evidence and notes; None if it is unknown."""
    if isinstance(raw, Mapping):
        kept = {
            key: raw[key]
            for key in ("low", "value", "high", "at_least", "one_of", "all_of")
            if key in raw
        }
        raw = kept["value"] if set(kept) == {"value"} else kept
    return None if is_unknown(raw) else raw


def plain_candidate(raw: Mapping[str, Any], framework: Framework, unit: str) -> Document:
    """Return what a framework can read of a candidate, without what changes no verdict."""
    placed = [{"id": s} if isinstance(s, str) else s for s in raw.get("safeguards") or ()]
    answers = {
        section: {
            key: plain_answer(raw_answer) for key, raw_answer in (raw.get(section) or {}).items()
        }
        for section in ("ratings", "facts")
    }
    known = {"ratings": framework.leaves, "facts": framework.all_facts}
    return {
        "unit": raw.get("unit") or unit,
        "safeguards": [
            {"id": s["id"], "status": s.get("status", "in_place")}
            for s in placed
            if s["id"] in framework.all_safeguards
        ],
        **{
            section: {
                key: answer
                for key, answer in given.items()
                if answer is not None and key in known[section]
            }
            for section, given in answers.items()
        },
    }


# hiding and opening


def openings(fact: Any, answer: Any, parents: Mapping[str, str | None]) -> Iterator[Any]:
    """Yield answers that leave open what an answer says, and more."""
    yield UNKNOWN
    if isinstance(fact, NumberFact):
        low, high = ends_of(answer)
        least, most = fact.limits
        below, above = max(low - 1.5, least), min(high + 1.5, most)
        yield from ([below, high], [low, above], [below, above])
    elif isinstance(answer, Mapping) and "one_of" in answer:
        yield {"at_least": []} if isinstance(fact, SetFact) else UNKNOWN
    elif isinstance(fact, SetFact):
        yield from open_sets(answer, parents)
    elif fact.holds_several:
        yield from open_several(list(fact.answers), answer)
    else:
        yield from open_words(list(fact.answers), answer)


def rating_openings(framework: Framework, key: str, rating: Any) -> Iterator[Any]:
    """Yield ratings that leave more open, where an unknown rating and a range count at their worst."""
    leaf = framework.leaves[key]
    if leaf.missing != "worst":
        return
    yield UNKNOWN
    if framework.ranges != "worst":
        return
    least, most = map(float, leaf.scale.range)
    points = {name: point for point, name in (leaf.scale.levels or {}).items()}
    low, high = (float(points.get(end, end)) for end in ends_of(rating))
    step = (most - least) / 4
    yield from ([max(low - step, least), high], [low, min(high + step, most)], [least, most])


def open_words(answers: list[str], answer: Any) -> Iterator[Any]:
    """Yield other answers beside the one that is given, or beside those that are possible."""
    given = answer if isinstance(answer, list) else [answer]
    if isinstance(answer, Mapping):
        given = answers[answers.index(answer["low"]) : answers.index(answer["high"]) + 1]
    given = [{True: "yes", False: "no"}[word] if isinstance(word, bool) else word for word in given]
    others = [other for other in answers if other not in given]
    for other in others:
        yield {"one_of": [*given, other]}
    if len(others) > 1:
        yield {"one_of": answers}


def open_several(answers: list[str], answer: Any) -> Iterator[Any]:
    """Yield fewer of the answers that hold together, with room for more, and other sets beside them."""
    if isinstance(answer, Mapping) and "low" in answer:
        return
    raw = next(iter(answer.values())) if isinstance(answer, Mapping) else answer
    given = raw if isinstance(raw, list) else [raw]
    fewer = [[other for other in given if other != one] for one in given if len(given) > 1]
    for some in fewer:
        yield {"at_least": some}
    if not isinstance(answer, Mapping) or "at_least" not in answer:
        yield {"at_least": given}
        others = [[other] for other in answers if given != [other]]
        more = [[*given, other] for other in answers if other not in given]
        for some in (*others, *more, *(few for few in fewer if len(few) > 1)):
            yield {"one_of": [given, some]}


def open_sets(answer: Any, parents: Mapping[str, str | None]) -> Iterator[Any]:
    """Yield sets that may hold more, or less and more, or some item in place of a finer one."""
    is_open = isinstance(answer, Mapping) and "at_least" in answer
    listed = list(next(iter(answer.values())) if isinstance(answer, Mapping) else answer)
    yield {"at_least": listed}
    for item in listed:
        rest = [other for other in listed if other != item]
        yield {"at_least": rest}
        parent = parents.get(item)
        siblings = {other for other in rest if parents.get(other) == parent}
        if parent is not None and not siblings:
            opened = [*(other for other in rest if other != parent), parent]
            yield {"at_least": opened} if is_open else opened
        if not is_open:
            yield {"one_of": [listed, rest]}


def ends_of(answer: Any) -> tuple[float, float]:
    if isinstance(answer, Mapping):
        return answer["low"], answer["high"]
    return tuple(answer) if isinstance(answer, list) else (answer, answer)  # type: ignore[return-value]


def expired(answer: Any) -> Document:
    """Return an answer that was right until some day before the date of the list."""
    detail = answer if isinstance(answer, Mapping) else {"value": answer}
    return {**detail, "until": PAST}


def changes(framework: Framework, candidate: Document) -> Iterator[Change]:
    """Yield a candidate with each of its answers hidden, opened or expired, and with all facts hidden."""
    facts, ratings = candidate["facts"], candidate["ratings"]
    for key, answer in facts.items():
        fact = framework.all_facts[key]
        parents: Mapping[str, str | None] = {}
        if isinstance(fact, SetFact):
            parents = fact.whole_list(framework.all_lists).parents
        for opened in openings(fact, answer, parents):
            kind = "fact hidden" if opened == UNKNOWN else "fact opened"
            changed = {**candidate, "facts": {**facts, key: opened}}
            yield Change(kind, f"{key}: {answer} -> {opened}", changed)
    if facts:
        yield Change("all facts hidden", "all facts", {**candidate, "facts": {}})
    for key, rating in ratings.items():
        for opened in rating_openings(framework, key, rating):
            kind = "rating hidden" if opened == UNKNOWN else "rating opened"
            changed = {**candidate, "ratings": {**ratings, key: opened}}
            yield Change(kind, f"{key}: {rating} -> {opened}", changed)
    for section in ("facts", "ratings"):
        for key, answer in candidate[section].items():
            if section == "ratings" and isinstance(answer, list):
                answer = dict(zip(("low", "high"), answer, strict=True))
            changed = {**candidate, section: {**candidate[section], key: expired(answer)}}
            yield Change(f"{section[:-1]} expired", f"{key}: {answer} expired", changed)
    for place, safeguard in enumerate(candidate["safeguards"]):
        rest = [*candidate["safeguards"][:place], *candidate["safeguards"][place + 1 :]]
        yield Change(
            "safeguard hidden", f"{safeguard['id']} hidden", {**candidate, "safeguards": rest}
        )
        past = [*rest, {**safeguard, "until": PAST}]
        yield Change(
            "safeguard expired", f"{safeguard['id']} expired", {**candidate, "safeguards": past}
        )
        planned = [*rest, {"id": safeguard["id"], "status": "planned"}]
        yield Change(
            "safeguard opened", f"{safeguard['id']} planned", {**candidate, "safeguards": planned}
        )


# places


Place = tuple[int, bool, float]


class Standing(NamedTuple):
    """The verdict, its range, and the place of a candidate, None if it is not ranked; its rank."""

    verdict: str | None
    possible: tuple[str, str]
    place: Place | None
    rank: float
    """Infinite without one."""


def standings(framework: Framework, candidates: list[Document]) -> list[Standing]:
    """Return where candidates stand, in their order; findings, which take time, are not looked at."""
    ranking = cs.score({"as_of": TODAY, "candidates": candidates}, framework)
    judgement, words = ranking.judgement, list(framework.all_verdicts)
    scores = dict(zip(ranking.order.tolist(), ranking.scores.tolist(), strict=True))
    ranks = dict(zip(ranking.order.tolist(), ranking.ranks.tolist(), strict=True))
    found = []
    for row, applies in enumerate(judgement.applicable):
        ends = judgement.mild[row], judgement.severe[row]
        verdict, possible = words[judgement.severity[row]], words[ends[0] : ends[1] + 1]
        place = place_of(framework, verdict, possible, scores[row]) if applies else None
        shown = verdict if applies else None
        found.append(Standing(shown, (possible[0], possible[-1]), place, ranks[row] or math.inf))
    return found


def place_of(framework: Framework, verdict: str, possible: list[str], score: float) -> Place | None:
    """Return the latest ranked tier of a range, whether it has an unranked verdict, and the score turned round."""
    if not framework.all_verdicts[verdict].ranked:
        return None
    tiers = [v.tier for id, v in framework.all_verdicts.items() if id in possible and v.ranked]
    return max(tiers), len(tiers) < len(possible), 0.0 if math.isnan(score) else -score


def is_better(one: Place, other: Place) -> bool:
    """Whether a place is before another, scores apart by more than rounding."""
    return one[:2] < other[:2] or (one[:2] == other[:2] and one[2] < other[2] - TOLERANCE)


def tally(framework: Framework, candidates: Mapping[str, Document], found: Tally) -> None:
    """Try all changes of candidates, and add what came of them."""
    listed: list[Document] = []
    tried: list[tuple[str, int, int, Change]] = []
    for name, candidate in candidates.items():
        first = len(listed)
        listed.append(candidate)
        for change in changes(framework, candidate):
            tried.append((name, first, len(listed), change))
            listed.append(change.candidate)
    named = [{**entry, "id": str(number)} for number, entry in enumerate(listed)]
    standing = standings(framework, named)
    for name, first, place, change in tried:
        honest, changed = standing[first], standing[place]
        found.tried[change.kind] += 1
        is_worse = True
        if honest.place is None and changed.place is not None:
            # an answer that was to cost it the rank; it is told that it may be without one
            found.ranked_instead["may be outside" if honest.verdict else "not applicable"] += 1
            is_worse = changed.place[1] or honest.verdict is None
        elif honest.place is not None and changed.place is not None:
            # all are in one ranking, so that ranks say the same, where there are any
            is_worse = changed.rank >= honest.rank and not is_better(changed.place, honest.place)
        if not is_worse:
            what = f"{framework.id}, {name}, {change.kind}, {change.words}"
            found.better.append(f"{what}: {honest} -> {changed}")


def new_tally() -> Tally:
    return Tally(Counter(), [], Counter())


@cache
def examples() -> dict[str, Document]:
    """Return the lists of candidates among the examples, by the names of their files."""
    files = sorted(EXAMPLES.glob("*.yaml"))
    return {
        file.stem: yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in files
    }


def shipped_candidates(name: str) -> dict[str, Document]:
    """Return the candidates of all examples and cases, in the words of a shipped framework."""
    framework, cases = load_policy(name)
    found = {}
    for file, listed in examples().items():
        for raw in listed["candidates"]:
            unit = listed.get("unit", "project")
            found[f"{file} {raw['id']}"] = plain_candidate(raw, framework, unit)
    for case in cases.cases if cases is not None else ():
        raw = case.candidate.model_dump(exclude_unset=True)
        found[f"case {case.id}"] = plain_candidate(raw, framework, "project")
    return found


def generated_tally(
    number: int, found: Tally, n: int = 3, *, asks_safeguards: bool = False
) -> None:
    """Try candidates of a generated framework.

    A condition that asks whether a safeguard is in place can make a framework punish it, in its own words.
    """
    rng = random.Random(number)
    document = open_answers.framework(rng, exotic=number % 4 == 0, asks_safeguards=asks_safeguards)
    document["missing"] = document["ranges"] = "worst"
    listed = open_answers.candidates(rng, Judge(Words(document, {})), document, n)
    framework = cs.load_framework(document)
    candidates = {raw["id"]: plain_candidate(raw, framework, "project") for raw in listed}
    tally(framework, candidates, found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--frameworks", type=int, default=300, help="number of generated frameworks"
    )
    options = parser.parse_args()
    for name in shipped():
        found = new_tally()
        tally(load_policy(name)[0], shipped_candidates(name), found)
        print(f"{name}: {found}", flush=True)
    for words, asks in (("generated", False), ("generated, asking for safeguards", True)):
        found = new_tally()
        for number in range(options.frameworks):
            generated_tally(number, found, asks_safeguards=asks)
        print(f"{words}: {found}", flush=True)


if __name__ == "__main__":
    main()
