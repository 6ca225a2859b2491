"""Small frameworks whose guardrails share a few facts and ratings, and candidates that leave these open.

Deterministic in `rng`. Up to eight facts and ratings are open at once; candidates have so few completions that each
can be judged in turn.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

from reference import generate
from reference.generate import Document
from reference.oracle import Case, Words
from reference.verdicts_by_force import Answers, Judge, TooManyError

MOST_COMPLETIONS = 3_000
MOST_OPEN = 8
KINDS = ["flag", "flag", "flag", "level", "level", "choice", "number", "set"]
WIDE_KINDS = ["flag", "level", "choice", "number", "number", "set", "date", "date"]
LISTS: Document = {
    "topics": {
        "items": {
            "quantum": {"items": {"computing": None, "sensing": None}},
            "climate": None,
            "oceans": None,
        }
    },
    "sensitive": {"among": "topics", "items": ["quantum", "oceans"]},
    "watched": {"among": "topics", "items": ["computing"]},
}
SCALES: list[Document] = [
    {"range": [1, 5]},
    {"range": [1, 5], "levels": {1: "low", 3: "moderate", 5: "high"}},
    {"range": [0, 10]},
]


def framework(
    rng: Random, *, exotic: bool = False, asks_safeguards: bool = True, wide: bool = False
) -> Document:
    """Make a framework of one to four guardrails over two to eight facts and two or three criteria.

    `exotic` compares ratings, scores and counts with each other as well; `asks_safeguards` asks in conditions
    whether safeguards are in place; `wide` uses all that conditions can say, sizes and sums among it.
    """
    maker = generate.Maker(rng)
    facts = {f"fact_{k}": fact(rng, kind) for k, kind in enumerate(kinds(rng, wide))}
    document: Document = {
        "collabscore": "framework/1",
        "id": "generated",
        "missing": rng.choice(["average", "worst", "worst", "refuse"]),
        "criteria": criteria(rng),
        "facts": facts,
        "safeguards": {
            "agreement": {"title": "agreement"},
            "review": {"title": "review", "granted_by": "a board"},
            "audit": {"title": "audit"},
        },
    }
    if any(fact["kind"] == "set" for fact in facts.values()):
        document["lists"] = LISTS
    expressions = Expressions(rng, document, exotic=exotic, asks_safeguards=asks_safeguards)
    expressions.wide = wide
    if wide and rng.random() < 0.3:
        expressions.scored = [document["id"]]
    document["conditions"] = {}
    for k in range(rng.choice([0, 0, 1, 2])):
        document["conditions"][f"named_{k}"] = {"when": expressions.boolean(rng.randint(1, 3))}
        expressions.named.append(f"named_{k}")
    maker.verdicts(document)
    document["guardrails"] = {}
    for k in range(rng.randint(1, 4)):
        steps = [maker.step(expressions, document) for _ in range(rng.choice([1, 1, 2, 3]))]
        if k and rng.random() < 0.5:
            turn_round(rng, steps[0], document["guardrails"][f"rule_{k - 1}"]["steps"][-1])
        document["guardrails"][f"rule_{k}"] = {"steps": steps}
    if maker.later.random() < 0.4:
        document["guardrails"]["rule_of_rows"] = maker.table(document, 3)
    if rng.random() < 0.1:
        document["applies"] = expressions.boolean(2)
    return {key: value for key, value in document.items() if value not in ({}, [])}


class Expressions(generate.Expressions):
    """Writes conditions that ask either ratings or scores that share none, so that all completions can be counted."""

    def __init__(
        self, rng: Random, document: Document, *, exotic: bool, asks_safeguards: bool
    ) -> None:
        super().__init__(rng, document, exotic=exotic)
        self.scored = list(document["criteria"])
        self.asks_scores = rng.random() < 0.3
        self.asks_safeguards = asks_safeguards

    def has(self) -> str:
        return super().has() if self.asks_safeguards else self.flag()

    def rating(self) -> str:
        return super().score() if self.asks_scores else super().rating()

    def score(self) -> str:
        return self.rating()

    def level(self) -> str:
        return self.together("level") or super().level()

    def choice(self) -> str:
        return self.together("choice") or super().choice()

    def together(self, kind: str) -> str | None:
        """Ask for all answers to a fact of several together, now and then."""
        rng = self.rng
        fact = rng.choice(self.of_kind[kind])
        if not self.facts[fact].get("several") or rng.random() < 0.6:
            return None
        answers = [
            self.quote(answer)
            for answer in self.facts[fact].get("levels") or self.facts[fact]["options"]
        ]
        some = ", ".join(rng.sample(answers, rng.randint(1, len(answers))))
        one = rng.choice(answers)
        return rng.choice(
            [
                f"within({fact}, [{some}])",
                f"overlaps({fact}, [{some}])",
                f"includes({fact}, {one})",
                f"{one} not in {fact}",
            ]
        )

    def in_sums(self) -> list[str]:
        return self.of_kind.get("number", []) if self.asks_scores else super().in_sums()

    def pools(self) -> list[list[str]]:
        ratings, points, numbers = super().pools()
        return [points if self.asks_scores else ratings, numbers]


def turn_round(rng: Random, step: Document, other: Document) -> None:
    """Let a step apply where a step of another guardrail does not, and its verdict be the same."""
    condition = other.get("when", "fact_0")
    rest = step.get("when", "fact_0")
    step["when"] = rng.choice([f"not ({condition})", f"not ({condition}) and ({rest})"])
    if "needs" not in step:
        step["then"] = other["then"]


def kinds(rng: Random, wide: bool) -> list[str]:
    """Choose the kinds of facts; there is a flag, and one set at most, since sets have many answers."""
    chosen = ["flag", *rng.choices(WIDE_KINDS if wide else KINDS, k=rng.randint(1, 7))]
    while chosen.count("set") > 1:
        chosen.remove("set")
    return chosen


def fact(rng: Random, kind: str) -> Document:
    made: Document = {"kind": kind}
    if kind == "level":
        made["levels"] = rng.sample(generate.LEVELS, rng.randint(2, 4))
    elif kind == "choice":
        made["options"] = rng.sample(generate.LEVELS, rng.randint(2, 4))
    elif kind == "number" and rng.random() < 0.6:
        made["minimum"] = rng.choice([0, 1, -5])
    elif kind == "set":
        made["of"] = "topics"
    if kind in ("level", "choice") and rng.random() < 0.3:
        made["several"] = True
    return made


def criteria(rng: Random) -> Document:
    """Make a weighted sum of a few ratings, two of them perhaps in a group."""
    made: Document = {}
    for k in range(rng.randint(2, 3)):
        made[f"leaf_{k}"] = {"scale": rng.choice(SCALES), "prefer": rng.choice(["high", "low"])}
    if rng.random() < 0.3:
        inner = {"leaf_0": made.pop("leaf_0"), "leaf_9": {"scale": {"range": [0, 4]}}}
        made["both"] = {"criteria": inner, "weight": 2}
    return made


def candidates(rng: Random, judge: Judge, document: Document, n: int) -> list[Document]:
    """Make candidates that leave something open, with few enough completions."""
    return [{**candidate(rng, judge, document), "id": f"c{k}"} for k in range(n)]


class CandidateMaker(generate.CandidateMaker):
    """Answers facts of several answers as well, with all of some, at least some, or one of some."""

    def level_answer(self, fact: Document) -> Any:
        return self.several_answer(fact) if fact.get("several") else super().level_answer(fact)

    def choice_answer(self, fact: Document) -> Any:
        if fact.get("several"):
            return self.several_answer(fact)
        answer = super().choice_answer(fact)
        is_open = isinstance(answer, list) and len(answer) > 1
        return {"one_of": answer} if is_open and self.rng.random() < 0.5 else answer

    def several_answer(self, fact: Document) -> Any:
        answers = list(fact.get("levels") or fact["options"])
        some = self.rng.sample(answers, self.rng.randint(1, len(answers)))
        one, other = self.rng.sample(answers, 2)
        return self.rng.choice(
            [one, some, {"all_of": some}, {"at_least": some}, {"one_of": [one, [one, other]]}]
        )

    def set_answer(self, fact: Document) -> Any:
        answer = super().set_answer(fact)
        if answer and isinstance(answer, list) and self.rng.random() < 0.2:
            return {"one_of": [[], answer]}
        return answer


def candidate(rng: Random, judge: Judge, document: Document) -> Document:
    maker = CandidateMaker(rng, document, {})
    made: Document = {"id": "c", "unit": rng.choice(["project", "project", "area"])}
    made["safeguards"] = maker.safeguards()
    asked = sorted({name for _, name in set().union(*judge.asked.values())})
    share = rng.choice([0.2, 0.5, 0.9])
    for _ in range(20):
        made["facts"], made["ratings"] = maker.facts(), maker.ratings()
        for name in asked:
            for answers in (made["facts"], made["ratings"]):
                if name in answers and rng.random() < share:
                    answers[name] = maker.unknown()
        if 0 < number_open(judge, made) <= MOST_OPEN:
            return made
    made["facts"] = {}
    return generate.completion(rng, document, made)


def number_open(judge: Judge, candidate: Document) -> float:
    """Count the names that conditions ask for and that are open; infinite where completions cannot be counted."""
    try:
        answers = Answers(Case(judge.words, candidate, candidate["unit"]), judge.conditions)
    except TooManyError:
        return math.inf
    wide = {key: len(answers.worths(key)) for key in set().union(*judge.asked.values())}
    if answers.free or answers.is_tangled or math.prod(wide.values()) > MOST_COMPLETIONS:
        return math.inf
    return len({name for (_, name), size in wide.items() if size > 1})


def generated(number: int, n: int = 3, *, wide: bool = False) -> tuple[Document, list[Document]]:
    """Make framework number so and so, and candidates for it."""
    rng = Random(number)
    document = framework(rng, exotic=number % 4 == 0, wide=wide)
    return document, candidates(rng, Judge(Words(document, {})), document, n)
