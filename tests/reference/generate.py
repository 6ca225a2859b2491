"""Varied but valid documents for holding the library against the oracle; all of it is deterministic in `rng`.

It may import the standard library alone, and neither the oracle nor the library: it knows the rules, not the answers.
`framework` and its variants give frameworks, `candidates` lists for one, `with_vocabulary` moves words out of one.
"""

from __future__ import annotations

import ast
import copy
import keyword
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

Document = dict[str, Any]

FUNCTIONS = {"overlaps", "includes", "has", "known", "score", "count"}
IDENTIFIERS = [
    *(
        "benefit",
        "reach",
        "depth",
        "urgency",
        "openness",
        "trust",
        "exposure",
        "rivalry",
        "reliance",
        "parity",
    ),
    *(
        "capacity",
        "history",
        "novelty",
        "cost",
        "readiness",
        "oversight",
        "access",
        "leverage",
        "spread",
        "intent",
    ),
    *(
        "stage",
        "link",
        "data",
        "budget",
        "field",
        "partner",
        "review",
        "origin",
        "export",
        "match",
        "type",
    ),
    *("santé", "größe", "Área", "x", "y2", "_hidden"),
]
ITEMS = [
    "quantum",
    "chips",
    "climate",
    "oceans",
    "genomics",
    "lasers",
    "soil",
    "grids",
    "rare earths",
    "5g-networks",
]
LEVELS = [
    "none",
    "minor",
    "low",
    "moderate",
    "high",
    "severe",
    "very low",
    "not yet",
    "class",
    "3rd",
    "à voir",
    "uses",
]
SAFEGUARDS = ["agreement", "ethics", "escrow", "audit", "firewall", "training", "licence"]
GRANTED = {"ethics": {"granted_by": "a board"}, "licence": {"granted_by": "an office"}}
DAYS = ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-27", "2026-02-28", "2026-03-01"]
COMBINES: list[str | float] = ["arithmetic", "geometric", "harmonic", "minimum", "maximum"]
MISSING = ["average", "worst", "omit", "refuse"]


def framework(
    rng: Random,
    *,
    depth: int | None = None,
    combine: str | float | None = None,
    criteria: bool = True,
    guardrails: bool = True,
    exotic: bool = False,
) -> Document:
    """Make a framework: a tree up to `depth` (1 to 4), facts, lists, guardrails.

    `combine` fixes how the top is combined. `exotic` adds what the design allows without an example: comparisons
    between two ratings, numbers, counts or scores, `in` on counts, literal lists in `overlaps`, quoted identifiers.
    """
    maker = Maker(rng)
    document: Document = {
        "collabscore": "framework/1",
        "id": rng.choice(["generated", "gen-2", "g3"]),
    }
    if rng.random() < 0.3:
        document |= {
            "title": "Generated & <checked>",
            "version": "2025.1",
            "as_of": "2025-06-30",
            "issuer": "nobody",
        }
    document["sources"] = maker.sources()
    document["scales"] = maker.scales = {
        maker.name(): maker.scale() for _ in range(rng.randint(0, 3))
    }
    if criteria:
        if combine is not None or rng.random() < 0.5:
            document["combine"] = combine if combine is not None else maker.combine()
        if rng.random() < 0.5:
            document["missing"] = rng.choice(MISSING)
        document["criteria"] = maker.tree(
            depth or rng.randint(1, 4), plain_weights=combine == "none"
        )
    document["lists"] = maker.lists()
    document["facts"] = maker.facts(document["lists"])
    document["safeguards"] = {
        id: maker.extras({"title": id.title()} | GRANTED.get(id, {}))
        for id in maker.some(SAFEGUARDS, 1, 5)
    }
    if rng.random() < 0.3:
        document["standing"] = maker.some(list(document["safeguards"]), 1, 2)
    expressions = Expressions(rng, document, exotic=exotic)
    document["conditions"] = maker.conditions(expressions)
    if guardrails:
        maker.verdicts(document)
        document["guardrails"] = maker.guardrails(expressions, document)
    if rng.random() < 0.25:
        document["applies"] = expressions.boolean(rng.randint(1, 3))
    if criteria and combine != "none" and rng.random() < 0.7:
        document["bands"] = maker.bands()
    return {key: value for key, value in document.items() if value not in ({}, [])}


def gating_only(rng: Random, **options: Any) -> Document:
    """Make a framework without criteria: it has verdicts, and no scores."""
    return framework(rng, criteria=False, **options)


def without_total(rng: Random, **options: Any) -> Document:
    """Make a framework whose groups are scored and whose whole is not."""
    return framework(rng, combine="none", **options)


def scoring_only(rng: Random, **options: Any) -> Document:
    """Make a framework without guardrails."""
    return framework(rng, guardrails=False, **options)


def minimal(rng: Random) -> Document:
    """Make a framework with little but an id, flat criteria, and perhaps one flag that bars."""
    maker = Maker(rng)
    criteria = {maker.name(): {"scale": maker.scale()} for _ in range(rng.randint(1, 4))}
    document: Document = {"collabscore": "framework/1", "id": "minimal", "criteria": criteria}
    if rng.random() < 0.6:
        flag = maker.name()
        document["facts"] = {flag: {"kind": "flag"}}
        document["guardrails"] = {
            "gate": {"when": flag, "then": rng.choice(["conditional", "refer", "outside"])}
        }
    return document


def all_arithmetic(rng: Random, **options: Any) -> Document:
    """Make a framework in which every group is a weighted sum, so that shortfalls are plain too."""
    document = framework(rng, combine="arithmetic", **options)
    for _, entry in entries(document["criteria"]):
        if "combine" in entry:
            entry["combine"] = rng.choice(["arithmetic", 1, 1.0])
    return document


VARIANTS: Sequence[Callable[[Random], Document]] = (
    framework,
    framework,
    framework,
    framework,
    all_arithmetic,
    gating_only,
    without_total,
    scoring_only,
    minimal,
)


def any_framework(rng: Random) -> Document:
    """Make a framework of any variant, the full one most often."""
    return rng.choice(VARIANTS)(rng)


class Maker:
    """Makes the parts of one framework, and remembers the names it has used."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        # a stream of its own for what was added later: documents of a seed stay what they were
        words = rng.getstate()[1]
        self.later = Random(repr((words[0], words[-1])))
        self.used: set[str] = set()
        self.scales: Document = {}
        self.source_ids: list[str] = []

    def name(self, pool: Sequence[str] = IDENTIFIERS) -> str:
        word = self.rng.choice(pool)
        while word in self.used or not usable(word, pool):
            word = f"{self.rng.choice(pool)}_{self.rng.randint(1, 99)}"
        self.used.add(word)
        return word

    def some(self, pool: Sequence[str], low: int, high: int) -> list[str]:
        return self.rng.sample(pool, min(len(pool), self.rng.randint(low, high)))

    def extras(self, entry: Document) -> Document:
        """Add what every element may carry and no number depends on."""
        if self.source_ids and self.rng.random() < 0.2:
            source = self.rng.choice(self.source_ids)
            entry["source"] = self.rng.choice(
                [source, [source], {"id": source, "clause": "art. 3"}]
            )
        if self.rng.random() < 0.1:
            entry["note"] = "a note: with = signs"
        if self.rng.random() < 0.1:
            entry["verified"] = self.rng.choice(["primary", "secondary", "no"])
        if self.rng.random() < 0.1:
            entry["basis"] = "judgement"
        return entry

    def sources(self) -> Document:
        self.source_ids = ["act", "essay", "guide-2024"][: self.rng.randint(0, 3)]
        dates = ["2024", "2024-12", "2024-12-13"]
        return {id: {"title": id.title(), "date": self.rng.choice(dates)} for id in self.source_ids}

    def scale(self) -> Document:
        rng = self.rng
        low, high = rng.choice(
            [
                (1, 5),
                (1, 5),
                (0, 10),
                (0, 100),
                (0, 1),
                (-3, 3),
                (0.5, 2.75),
                (-1.25, 0.3),
                (1, 7),
                (0, 0.001),
                (10, 1e6),
            ]
        )
        if rng.random() < 0.1:
            low = round(rng.uniform(-50, 50), 2)
            high = low + round(rng.uniform(0.5, 80), 2)
        scale: Document = {"range": [low, high]}
        if rng.random() < 0.6:
            names = self.some(LEVELS, 1, 6)
            points = [*inner_points(rng, low, high, len(names) - 1), rng.choice([low, high])]
            scale["levels"] = dict(zip(sorted(set(points)), names, strict=False))
        if rng.random() < 0.2:
            scale["unit"] = rng.choice(["%", "million USD"])
        return scale

    def combine(self) -> str | float:
        rng = self.rng
        powers = [0, 1, -1, 2, -2, 3, 0.5, -0.5, 1e-6, -1e-6, 50, -50, round(rng.uniform(-5, 5), 3)]
        return rng.choice(COMBINES) if rng.random() < 0.7 else rng.choice(powers)

    def weight(self) -> Any:
        rng = self.rng
        draw = rng.random()
        if draw < 0.5:
            return rng.choice([1, 2, 3, 0.5, 10, 25, 40])
        if draw < 0.75:
            return 10 ** rng.uniform(-3, 3)
        low = rng.choice([0.5, 1, 2, 10])
        return [low, low + rng.choice([0.25, 1, 5, 30])]

    def tree(self, depth: int, *, plain_weights: bool = False) -> Document:
        size = self.rng.choice([1, 2, 2, 3, 3, 4, 5] if depth == 1 else [1, 2, 2, 3, 3])
        result: Document = {}
        for place in range(size):
            group = depth > 1 and (place == 0 or self.rng.random() < 0.35)
            name = self.name()
            result[name] = self.node(
                self.group(depth - 1) if group else self.leaf(), weighted=not plain_weights
            )
        return shuffled(self.rng, result)

    def node(self, entry: Document, *, weighted: bool) -> Document:
        """Add to a leaf or group what both may have."""
        rng = self.rng
        if weighted and rng.random() < 0.6:
            entry["weight"] = self.weight()
        if rng.random() < 0.25:
            entry["missing"] = rng.choice(MISSING)
        if rng.random() < 0.3:
            entry["side"] = rng.choice(["gain", "risk"])
        if rng.random() < 0.3:
            entry["title"] = rng.choice(["A title", "<b>Title</b>", "=SUM(A1)"])
        return self.extras(entry)

    def group(self, depth: int) -> Document:
        entry: Document = {"criteria": self.tree(depth)}
        if self.rng.random() < 0.7:
            entry["combine"] = self.combine()
        if self.rng.random() < 0.1:
            intervals = any(
                isinstance(child.get("weight"), list) for child in entry["criteria"].values()
            )
            entry["weights"] = self.rng.choice(
                ["intervals"] if intervals else ["exact", "within 25%", "order", "any"]
            )
        return entry

    def leaf(self) -> Document:
        rng = self.rng
        named = list(self.scales)
        use = rng.choice(named) if named and rng.random() < 0.6 else None
        entry: Document = {"scale": use or self.scale()}
        low, high = (self.scales[use] if use else entry["scale"])["range"]
        draw = rng.random()
        if draw < 0.3:
            entry["prefer"] = "low"
        elif draw < 0.35:
            entry["prefer"] = "high"
        elif draw < 0.65:
            entry["value"] = self.curve(low, high)
        if low > 0 and self.later.random() < 0.4:
            entry["log"] = True
        if rng.random() < 0.2:
            entry["question"] = "How much?"
        if rng.random() < 0.2:
            entry["anchors"] = {low: "nothing", high: "everything"}
        return entry

    def curve(self, low: float, high: float) -> Document:
        """Make the points of a value function: rising, falling, up and down, flat, with plateaus, or cut short."""
        rng = self.rng
        points = sorted({low, high, *inner_points(rng, low, high, rng.randint(0, 4))})
        if len(points) > 3 and rng.random() < 0.3:
            points = points[rng.randint(0, 1) : len(points) - rng.randint(0, 1)]
        shape = rng.choice(["up", "down", "any", "flat", "plateau", "zero"])
        values = [
            rng.choice([0, 100, rng.randint(0, 100), round(rng.uniform(0, 100), 2)]) for _ in points
        ]
        if shape in ("up", "down"):
            values.sort(reverse=shape == "down")
        elif shape in ("flat", "zero"):
            values = [0 if shape == "zero" else values[0]] * len(values)
        elif shape == "plateau":
            values = sorted(rng.choice([0, 40, 100]) for _ in points)
        curve: dict[Any, Any] = dict(zip(points, values, strict=True))
        return shuffled(rng, curve) if rng.random() < 0.1 else curve

    def lists(self) -> Document:
        """Make root lists, some with items of items, and lists among them."""
        rng = self.rng
        result: Document = {}
        for _ in range(rng.randint(1, 2)):
            items: Document = {}
            for _ in range(rng.randint(2, 4)):
                name = self.name(ITEMS)
                items[name] = {"title": name.title()}
                if rng.random() < 0.5:
                    items[name]["items"] = {
                        inner: {"title": inner} for inner in self.names(ITEMS, rng.randint(1, 3))
                    }
            root = self.name()
            result[root] = self.extras({"items": items})
            every = [item for item, _ in walk_items(items)]
            for _ in range(rng.randint(1, 2)):
                result[self.name()] = self.extras({"among": root, "items": self.some(every, 1, 4)})
        return result

    def names(self, pool: Sequence[str], size: int) -> list[str]:
        return [self.name(pool) for _ in range(size)]

    def facts(self, lists: Document) -> Document:
        rng = self.rng
        roots = [id for id, entry in lists.items() if "among" not in entry]
        result: Document = {self.name(): {"kind": "flag"}}
        for kind in rng.choices(
            ["flag", "level", "level", "choice", "number", "set", "set"], k=rng.randint(1, 6)
        ):
            fact: Document = {"kind": kind}
            if kind == "level":
                levels = self.some(LEVELS, 2, 5)
                fact["levels"] = (
                    levels if rng.random() < 0.5 else dict.fromkeys(levels, "what it means")
                )
            elif kind == "choice":
                fact["options"] = self.some(LEVELS, 2, 5)
            elif kind == "number":
                fact |= {"unit": "million USD"} if rng.random() < 0.5 else {}
                fact |= {"minimum": rng.choice([0, 1, -5])} if rng.random() < 0.6 else {}
            elif kind == "set":
                fact["of"] = rng.choice(roots)
            if kind != "set" and self.later.random() < 0.3:
                fact["worse"] = self.worse(fact)
            if rng.random() < 0.2:
                fact["question"] = "Which?"
            result[self.name()] = self.extras(fact)
        return shuffled(rng, result)

    def worse(self, fact: Document) -> Any:
        """Say which answers to a fact are worse."""
        if fact["kind"] == "choice":
            return self.later.sample(fact["options"], 2)
        return self.later.choice(["high", "low"])

    def conditions(self, expressions: Expressions) -> Document:
        """Make named conditions, each of which may use those made before it; the order on the page does not matter."""
        result: Document = {}
        for _ in range(self.rng.randint(0, 3)):
            name = self.name()
            result[name] = self.extras({"when": expressions.boolean(self.rng.randint(1, 3))})
            expressions.named.append(name)
        return shuffled(self.rng, result)

    def verdicts(self, document: Document) -> None:
        """Give half of the frameworks verdicts of their own, and some of them defaults."""
        rng = self.rng
        own = rng.random() < 0.5
        names = list(DEFAULT_VERDICTS)
        if own:
            names = ["green", "lime", "yellow", "orange", "red"][: rng.randint(2, 5)]
            unranked = rng.randint(0, len(names) - 1)
            document["verdicts"] = {}
            tier = 1
            for place, name in enumerate(names):
                tier += place > 0 and rng.random() < 0.4
                entry: Document = {"title": name.title()} if rng.random() < 0.5 else {}
                if place >= len(names) - unranked:
                    entry["ranked"] = False
                elif tier > 1:
                    entry["tier"] = tier
                document["verdicts"][name] = entry
        defaults = {}
        if rng.random() < (0.7 if own else 0.2):
            defaults["met"] = rng.choice(names[:-1])
        if rng.random() < (0.7 if own else 0.2):
            defaults["if_unknown"] = rng.choice(names[1:])
        if defaults:
            document["defaults"] = defaults

    def guardrails(self, expressions: Expressions, document: Document) -> Document:
        rng = self.rng
        result: Document = {}
        for place in range(rng.randint(1, 4)):
            guardrail = self.extras({"title": f"Guardrail {place}"} if rng.random() < 0.5 else {})
            if rng.random() < 0.3:
                guardrail["steps"] = [
                    self.step(expressions, document) for _ in range(rng.randint(1, 3))
                ]
            else:
                guardrail |= self.step(expressions, document)
            if rng.random() < 0.2:
                guardrail["reason"] = "because"
            result[f"rule_{place}"] = guardrail
        if self.later.random() < 0.3:
            result.popitem()
            result["rule_of_rows"] = self.table(document, 2)
        return result

    def table(self, document: Document, most: int) -> Document:
        """Make a guardrail of up to five rows over a few facts; its last row matches all other answers."""
        rng = self.later
        asked = [id for id, fact in document["facts"].items() if fact["kind"] != "date"]
        facts = rng.sample(asked, min(len(asked), rng.randint(1, most)))
        names, rows = list(document.get("verdicts", DEFAULT_VERDICTS)), []
        for _ in range(rng.randint(1, 4)):
            cells = [self.cell(document["facts"][name], document) for name in facts]
            then = rng.randrange(len(names))
            row: Any = [*cells, names[then]]
            if rng.random() < 0.4:
                row = {"when": cells, "then": names[then]}
                if then and rng.random() < 0.8:
                    chosen = rng.sample(list(document["safeguards"]), 1)
                    row |= {"needs": chosen, "met": names[rng.randint(0, then)]}
                if then and rng.random() < 0.3:
                    row["if_unknown"] = names[rng.randint(1, len(names) - 1)]
            rows.append(row)
        rows.append([*["any"] * len(facts), rng.choice(names)])
        return {"table": {"facts": facts, "rows": rows}}

    def cell(self, fact: Document, document: Document) -> Any:
        """Ask for an answer, any of some, a comparison, or nothing."""
        rng, kind = self.later, fact["kind"]
        if rng.random() < 0.25:
            return "any"
        if kind == "set":
            lists = document["lists"]
            items = [item for item, _ in walk_items(lists[fact["of"]]["items"])]
            some = [id for id, entry in lists.items() if entry.get("among") == fact["of"]]
            choices: list[Any] = [*items, *some]
        elif kind == "number":
            choices = [-1, 0, 1.5, 3, 20]
        elif kind == "date":
            choices = DAYS
        else:
            choices = ["no", "yes", True, False]
            if kind != "flag":
                choices = list(fact.get("levels") or fact["options"])
        if kind in ("level", "number", "date") and rng.random() < 0.4:
            sign = rng.choice(["<", "<=", ">", ">=", "==", "!="])
            return f"{sign} {rng.choice(choices)}"
        if rng.random() < 0.3:
            return rng.sample(choices, 2)
        return rng.choice(choices)

    def step(self, expressions: Expressions, document: Document) -> Document:
        rng = self.rng
        names = list(document.get("verdicts", DEFAULT_VERDICTS))
        then = rng.randint(1, len(names) - 1)
        step: Document = {}
        if rng.random() < 0.9:
            step["when"] = expressions.boolean(rng.randint(1, 4))
        if "when" not in step or rng.random() < 0.5:
            step["needs"] = self.needs(list(document["safeguards"]))
            met = document.get("defaults", {}).get(
                "met", None if "verdicts" in document else "conditional"
            )
            if met is None or names.index(met) > then or rng.random() < 0.3:
                step["met"] = names[rng.randint(0, then)]
        step["then"] = names[then]
        if rng.random() < 0.3:
            step["if_unknown"] = names[rng.randint(1, len(names) - 1)]
        return step

    def needs(self, safeguards: Sequence[str]) -> list[Any]:
        """Give one to three needs, of which some are met by any one of a group."""
        chosen = self.some(safeguards, 1, 4)
        needs: list[Any] = []
        while chosen:
            size = self.rng.choice([1, 1, 2, 3])
            needs.append(chosen[0] if size == 1 else chosen[:size])
            chosen = chosen[size:]
        return needs

    def bands(self) -> Document:
        names = ["strong", "promising", "selective", "weak"][: self.rng.randint(1, 4)]
        thresholds = self.rng.sample([0, 10, 25, 33.3, 45, 50, 60, 75, 90, 100], len(names))
        return dict(zip(names, sorted(thresholds, reverse=True), strict=True))


DEFAULT_VERDICTS = ("inside", "conditional", "refer", "outside")


def usable(word: str, pool: Sequence[str]) -> bool:
    return pool is not IDENTIFIERS or (word not in FUNCTIONS and not keyword.iskeyword(word))


def inner_points(rng: Random, low: float, high: float, size: int) -> list[float]:
    """Pick distinct points strictly inside a range: whole numbers where it has enough of them."""
    whole = list(range(math.floor(low) + 1, min(math.ceil(high), math.floor(low) + 12)))
    if len(whole) > size:
        return [float(x) if rng.random() < 0.1 else x for x in rng.sample(whole, size)]
    return [low + (high - low) * k / 1000 for k in rng.sample(range(1, 1000), size)]


def shuffled(rng: Random, mapping: dict[Any, Any]) -> dict[Any, Any]:
    keys = list(mapping)
    rng.shuffle(keys)
    return {key: mapping[key] for key in keys}


def walk_items(items: Any) -> Iterator[tuple[str, list[str]]]:
    """Give each item of a list with its own items."""
    for name in items:
        entry = items[name] if isinstance(items, Mapping) else None
        inner = list((entry or {}).get("items", ()))
        yield name, inner
        yield from ((item, []) for item in inner)


def entries(criteria: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    """Give every criterion and group of a tree."""
    for id, entry in criteria.items():
        yield id, entry or {}
        yield from entries((entry or {}).get("criteria", {}))


def leaves_of(document: Document, vocabulary: Document | None = None) -> dict[str, Document]:
    """Give every leaf criterion a candidate may be rated on, with its scale written out in place."""
    shared = (vocabulary or {}).get("criteria", {})
    scales = {**(vocabulary or {}).get("scales", {}), **document.get("scales", {})}
    found = {
        **shared,
        **{id: {**shared.get(id, {}), **e} for id, e in entries(document.get("criteria", {}))},
    }
    leaves = {id: entry for id, entry in found.items() if "scale" in entry}
    return {
        id: {**e, "scale": scales.get(e["scale"]) if isinstance(e["scale"], str) else e["scale"]}
        for id, e in leaves.items()
    }


class Expressions:
    """Writes random well-typed conditions in the words of a framework.

    `wide` asks for sizes, sums and dates as well, and whether all of a set is in a list.
    """

    wide = False

    def __init__(self, rng: Random, document: Document, *, exotic: bool = False) -> None:
        self.rng, self.exotic = rng, exotic
        self.lists: Document = document.get("lists", {})
        self.leaves = leaves_of(document)
        self.scored = [id for id, _ in entries(document.get("criteria", {}))]
        self.safeguards = list(document.get("safeguards", {}))
        self.named: list[str] = []
        self.facts: dict[str, Document] = document.get("facts", {})
        self.of_kind: dict[str, list[str]] = {}
        for id, fact in self.facts.items():
            self.of_kind.setdefault(fact["kind"], []).append(id)

    def boolean(self, depth: int) -> str:
        """Write a condition nested up to `depth`; parentheses left out change what it means, not whether it is one."""
        if depth <= 1 or self.rng.random() < 0.4:
            return self.atom(depth)
        operator = self.rng.choice(["and", "or", "and", "or", "not"])
        if operator == "not":
            return f"not {self.inner(depth)}"
        return f" {operator} ".join(self.inner(depth) for _ in range(self.rng.choice([2, 2, 3])))

    def inner(self, depth: int) -> str:
        text = self.boolean(depth - 1)
        return f"({text})" if self.rng.random() < 0.7 else text

    def atom(self, depth: int) -> str:
        writers: list[Callable[[], str]] = [self.flag, self.has, self.known]
        writers += [self.level, self.level] if "level" in self.of_kind else []
        writers += [self.choice] if "choice" in self.of_kind else []
        writers += [self.number] if "number" in self.of_kind else []
        writers += [self.set_call, self.set_call] if "set" in self.of_kind else []
        writers += [self.rating, self.rating, self.score] if self.leaves else []
        writers += [lambda: self.rng.choice(self.named)] if self.named else []
        writers += [lambda: self.count(depth - 1)] if depth > 1 else []
        writers += [self.between] if self.exotic and len(self.leaves) > 1 else []
        writers += self.wide_writers() if self.wide else []
        return self.rng.choice(writers)()

    def quote(self, word: str) -> str:
        plain = word.isidentifier() and not keyword.iskeyword(word) and word not in FUNCTIONS
        if plain and not (self.exotic and self.rng.random() < 0.1):
            return word
        return self.rng.choice([f"'{word}'", f'"{word}"'])

    def flag(self) -> str:
        flag = self.rng.choice(self.of_kind["flag"])
        if self.rng.random() < 0.6:
            return flag
        return self.either_way(
            flag, self.rng.choice(["==", "!="]), self.rng.choice(["yes", "no", "'yes'", '"no"'])
        )

    def has(self) -> str:
        return f"has({self.rng.choice(self.safeguards)})"

    def known(self) -> str:
        return f"known({self.rng.choice([*self.facts, *self.leaves])})"

    def level(self) -> str:
        fact = self.rng.choice(self.of_kind["level"])
        levels = list(self.facts[fact]["levels"])
        return self.comparison(fact, [self.quote(level) for level in levels])

    def choice(self) -> str:
        fact = self.rng.choice(self.of_kind["choice"])
        return self.equality(fact, [self.quote(option) for option in self.facts[fact]["options"]])

    def number(self) -> str:
        fact = self.rng.choice(self.of_kind["number"])
        low = self.facts[fact].get("minimum", 0)
        return self.comparison(fact, [repr(low + step) for step in (0, 0.5, 1, 2, 5, 10)])

    def rating(self) -> str:
        leaf = self.rng.choice(list(self.leaves))
        scale = self.leaves[leaf]["scale"]
        low, high = scale["range"]
        constants = {x: repr(x) for x in (low, *sorted(inner_points(self.rng, low, high, 3)), high)}
        for point, level in scale.get("levels", {}).items():
            if self.rng.random() < 0.6:
                constants[point] = self.quote(level)
        return self.comparison(leaf, [constants[x] for x in sorted(constants)])

    def score(self) -> str:
        constants = ["0", "12.5", "25", "40", "50", "50.0", "66.6", "75", "100"]
        return self.ordered(f"score({self.rng.choice(self.scored)})", constants)

    def count(self, depth: int) -> str:
        size = self.rng.randint(1, 4)
        call = f"count({', '.join(self.boolean(depth) for _ in range(size))})"
        constants = [str(k) for k in range(size + 1)]
        return self.comparison(call, constants) if self.exotic else self.ordered(call, constants)

    def set_call(self) -> str:
        rng = self.rng
        fact = rng.choice(self.of_kind["set"])
        of = self.facts[fact]["of"]
        items = [item for item, _ in walk_items(self.lists[of]["items"])]
        item = self.quote(rng.choice(items))
        lists = [of, *(id for id, entry in self.lists.items() if entry.get("among") == of)]
        if self.exotic and rng.random() < 0.2:
            chosen = rng.sample(items, rng.randint(1, min(3, len(items))))
            return f"overlaps({fact}, [{', '.join(map(self.quote, chosen))}])"
        overlaps = f"overlaps({fact}, {rng.choice(lists)})"
        return rng.choice(
            [
                overlaps,
                overlaps,
                f"includes({fact}, {item})",
                f"{item} in {fact}",
                f"{item} not in {fact}",
            ]
        )

    def wide_writers(self) -> list[Callable[[], str]]:
        writers = [self.size, self.within] if "set" in self.of_kind else []
        writers += [self.date, self.date] if "date" in self.of_kind else []
        return writers + ([self.sum] * 2 if len(self.in_sums()) > 1 else [])

    def in_sums(self) -> list[str]:
        """List what can be added: numbers and ratings."""
        return [*self.of_kind.get("number", []), *self.leaves]

    def sum(self) -> str:
        """Compare a sum of two or three names with a constant or with another name."""
        rng = self.rng
        names = self.in_sums()
        chosen = rng.sample(names, min(len(names), rng.choice([2, 2, 3])))
        if rng.random() < 0.1:
            chosen.append(chosen[0])
        text = self.term(chosen[0])
        for name in chosen[1:]:
            text += f" {rng.choice('++-')} {self.term(name)}"
        if rng.random() < 0.2:
            return self.either_way(text, rng.choice(["<=", ">", "=="]), rng.choice(names))
        return self.comparison(text, [repr(k) for k in (-1, 0, 0.5, 2, 3.7, 5, 8)])

    def term(self, name: str) -> str:
        return self.rng.choice([name, name, f"2 * {name}", f"0.5 * {name}"])

    def date(self) -> str:
        """Compare a date with a day, with another date, or with the date of the list."""
        rng = self.rng
        one, other = (rng.choice(self.of_kind["date"]) for _ in range(2))
        days = [repr(day) for day in DAYS]
        if one != other and rng.random() < 0.4:
            if rng.random() < 0.5:
                return self.either_way(one, rng.choice(["<", "<=", "==", "!="]), other)
            return self.comparison(f"{one} - {other}", ["0", "1", "2.5", "30"])
        if rng.random() < 0.4:
            return self.comparison(f"{one} - as_of", ["-1", "0", "1", "28"])
        if rng.random() < 0.3:
            return self.either_way(one, rng.choice(["<=", ">"]), "as_of + 28")
        return self.comparison(one, days)

    def size(self) -> str:
        fact = self.rng.choice(self.of_kind["set"])
        return self.comparison(f"size({fact})", ["0", "1", "2", "2.5", "3"])

    def within(self) -> str:
        rng = self.rng
        fact = rng.choice(self.of_kind["set"])
        of = self.facts[fact]["of"]
        items = [item for item, _ in walk_items(self.lists[of]["items"])]
        some = rng.sample(items, rng.randint(1, len(items)))
        lists = [id for id, entry in self.lists.items() if entry.get("among") == of]
        listed = rng.choice([*lists, f"[{', '.join(map(self.quote, some))}]"])
        return f"within({fact}, {listed})"

    def comparison(self, variable: str, constants: Sequence[str]) -> str:
        """Compare a variable with constants, given in ascending order, in any way."""
        return (
            self.equality(variable, constants)
            if self.rng.random() < 0.3
            else self.ordered(variable, constants)
        )

    def equality(self, variable: str, constants: Sequence[str]) -> str:
        rng = self.rng
        if rng.random() < 0.5:
            chosen = rng.sample(constants, rng.randint(1, min(3, len(constants))))
            return f"{variable} {rng.choice(['in', 'not in'])} [{', '.join(chosen)}]"
        return self.either_way(variable, rng.choice(["==", "!="]), rng.choice(constants))

    def ordered(self, variable: str, constants: Sequence[str]) -> str:
        rng = self.rng
        if len(constants) > 1 and rng.random() < 0.25:
            low, high = sorted(rng.sample(range(len(constants)), 2))
            if rng.random() < 0.5:
                return f"{constants[low]} {rng.choice(['<', '<='])} {variable} {rng.choice(['<', '<='])} {constants[high]}"
            return f"{constants[high]} {rng.choice(['>', '>='])} {variable} {rng.choice(['>', '>='])} {constants[low]}"
        operator = rng.choice(["<", "<=", ">", ">=", ">=", "<=", "==", "!="])
        return self.either_way(variable, operator, rng.choice(constants))

    def either_way(self, variable: str, operator: str, constant: str) -> str:
        left, right = (variable, constant) if self.rng.random() < 0.8 else (constant, variable)
        return f"{left} {operator} {right}"

    def between(self) -> str:
        """Compare two things neither of which is a constant."""
        rng = self.rng
        operator = rng.choice(["<", "<=", ">", ">=", "==", "!="])
        pools = [pool for pool in self.pools() if len(pool) > 1]
        if not pools:
            return self.rating()
        left, right = rng.sample(rng.choice(pools), 2)
        return f"{left} {operator} {right}"

    def pools(self) -> list[list[str]]:
        """Return things of each kind that can be compared with one another."""
        points = [f"score({id})" for id in self.scored]
        return [list(self.leaves), points, self.of_kind.get("number", [])]


def with_vocabulary(rng: Random, document: Document) -> tuple[Document, Document]:
    """Move words of a framework into a vocabulary that it then uses: the same scores, said in two documents."""
    document = copy.deepcopy(document)
    vocabulary: Document = {"collabscore": "vocabulary/1", "id": "words"}
    for section in ("sources", "scales", "lists"):
        vocabulary[section] = document.pop(section, {})
    for section in ("facts", "safeguards"):
        moved = {id: entry for id, entry in document.get(section, {}).items() if rng.random() < 0.6}
        vocabulary[section] = moved
        document[section] = {
            id: e for id, e in document.get(section, {}).items() if id not in moved
        }
    vocabulary["criteria"] = shared_criteria(rng, document)
    words = set().union(
        *(vocabulary[section] for section in ("lists", "facts", "safeguards", "criteria"))
    )
    foreign = {
        *document.get("facts", {}),
        *document.get("safeguards", {}),
        *document.get("conditions", {}),
    }
    foreign |= {id for id, _ in entries(document.get("criteria", {}))} - words
    vocabulary["conditions"] = shared_conditions(document, foreign)
    document = {key: value for key, value in document.items() if value not in ({}, [])}
    document["uses"] = vocabulary["id"]
    return document, {key: value for key, value in vocabulary.items() if value not in ({}, [])}


def shared_criteria(rng: Random, document: Document) -> Document:
    """Take leaves out of a framework, down to their weight, missing, side and note; and add one it does not weigh."""
    moved: Document = {}

    def strip(criteria: Document) -> None:
        for id, entry in criteria.items():
            if "criteria" in entry:
                strip(entry["criteria"])
            elif rng.random() < 0.6:
                kept = {
                    key: entry[key] for key in ("weight", "missing", "side", "note") if key in entry
                }
                moved[id] = {key: value for key, value in entry.items() if key not in kept}
                criteria[id] = kept or None

    strip(document.get("criteria", {}))
    if rng.random() < 0.5:
        moved["not_weighed"] = {"scale": {"range": [0, 4]}, "prefer": "low"}
    return moved


def shared_conditions(document: Document, foreign: set[str]) -> Document:
    """Take out the named conditions that use none of the framework's own words, directly or by another's name."""
    moved: Document = {}
    waiting: Document = document.get("conditions", {})
    while True:
        ready = [id for id, entry in waiting.items() if not names_in(entry["when"]) & foreign]
        if not ready:
            return moved
        for id in ready:
            moved[id] = waiting.pop(id)
            foreign.discard(id)


def names_in(expression: str) -> set[str]:
    return {
        node.id
        for node in ast.walk(ast.parse(expression, mode="eval"))
        if isinstance(node, ast.Name)
    }


def candidates(
    rng: Random, document: Document, n: int, vocabulary: Document | None = None
) -> list[Document]:
    """Make `n` candidates for a framework: every form of rating and fact, ties and near ties, and extremes."""
    maker = CandidateMaker(rng, document, vocabulary or {})
    result: list[Document] = []
    for place in range(n):
        tied = bool(result) and rng.random() < 0.25
        ratings = maker.tied(rng.choice(result).get("ratings", {})) if tied else maker.ratings()
        candidate: Document = {"id": f"c{place:03d}-{rng.choice(['α', 'x', 'yes', 'of'])}"}
        if rng.random() < 0.3:
            candidate |= {"title": "A <candidate>", "summary": "= 1 + 1", "tags": ["health", "a b"]}
        if rng.random() < 0.3:
            candidate["unit"] = rng.choice(["area", "project"])
        candidate |= {"ratings": ratings, "facts": maker.facts(), "safeguards": maker.safeguards()}
        result.append(
            {
                key: value
                for key, value in candidate.items()
                if value not in ({}, []) or rng.random() < 0.1
            }
        )
    return result


class CandidateMaker:
    """Makes the parts of candidates for one framework."""

    def __init__(self, rng: Random, document: Document, vocabulary: Document) -> None:
        self.rng = rng
        self.leaves = leaves_of(document, vocabulary)
        self.fact_words: Document = {**vocabulary.get("facts", {}), **document.get("facts", {})}
        self.lists: Document = {**vocabulary.get("lists", {}), **document.get("lists", {})}
        self.safeguard_words = [*vocabulary.get("safeguards", {}), *document.get("safeguards", {})]
        self.source_ids = [*vocabulary.get("sources", {}), *document.get("sources", {})]

    def extras(self, entry: Document) -> Document:
        if self.rng.random() < 0.3:
            entry["note"] = "a note"
        if self.source_ids and self.rng.random() < 0.3:
            entry["evidence"] = [self.rng.choice(self.source_ids)]
        return entry

    def unknown(self) -> Any:
        """Spell unknown in one of its ways; leaving the key out is the caller's."""
        return self.rng.choice(
            [None, "unknown", {"value": "unknown"}, self.extras({"value": "unknown"})]
        )

    def ratings(self) -> Document:
        """Rate by one of several habits: all points, a mixture, extremes, or nothing at all."""
        habit = self.rng.choice(
            ["points", "mixture", "mixture", "mixture", "worst", "best", "unknown", "corners"]
        )
        result: Document = {}
        for id, leaf in self.leaves.items():
            if habit == "points":
                result[id] = self.point(leaf)
            elif habit in ("worst", "best"):
                result[id] = extreme(leaf, best=habit == "best")
            elif habit == "corners":
                result[id] = extreme(leaf, best=self.rng.random() < 0.5)
            elif habit == "mixture" and self.rng.random() < 0.9:
                result[id] = self.rating(leaf)
            elif self.rng.random() < 0.3:
                result[id] = self.unknown()
        return result

    def point(self, leaf: Document) -> float:
        rng = self.rng
        low, high = (
            map(float, leaf["scale"]["range"]) if rng.random() < 0.1 else leaf["scale"]["range"]
        )
        marks: list[float] = [
            low,
            high,
            *leaf["scale"].get("levels", {}),
            *leaf.get("value", {}),
            *inner_points(rng, low, high, 2),
        ]
        return rng.choice(marks) if rng.random() < 0.7 else within(rng, low, high)

    def rating(self, leaf: Document) -> Any:
        rng = self.rng
        names = dict(leaf["scale"].get("levels", {}))
        low, value, high = sorted(self.point(leaf) for _ in range(3))

        def end(x: float) -> Any:
            return names[x] if x in names and rng.random() < 0.5 else x

        forms: list[Callable[[], Any]] = [
            lambda: end(value),
            lambda: rng.choice(list(names.values()) or [value]),
            lambda: [end(low), end(high)],
            lambda: list(leaf["scale"]["range"]),
            lambda: self.extras({"low": end(low), "value": end(value), "high": end(high)}),
            lambda: self.extras({"low": end(low), "high": end(high)}),
            lambda: self.extras({"low": end(value), "high": end(value)}),
            lambda: self.extras({"value": end(value)}),
            self.unknown,
        ]
        return rng.choice(forms)()

    def tied(self, ratings: Document) -> Document:
        """Rate as another candidate is rated, or so nearly that the tolerance of a tie decides."""
        result = copy.deepcopy(ratings)
        points = [id for id, raw in result.items() if isinstance(raw, int | float)]
        if points and self.rng.random() < 0.4:
            id = self.rng.choice(points)
            low, high = self.leaves[id]["scale"]["range"]
            step = (high - low) * 10 ** self.rng.uniform(-11.5, -9.5)
            result[id] = result[id] - step if result[id] - step > low else result[id] + step
        return result

    def facts(self) -> Document:
        result: Document = {}
        for id, fact in self.fact_words.items():
            draw = self.rng.random()
            if draw < 0.7:
                answer = getattr(self, f"{fact['kind']}_answer")(fact)
                result[id] = self.extras({"value": answer}) if self.rng.random() < 0.2 else answer
            elif draw < 0.85:
                result[id] = self.unknown()
        return result

    def flag_answer(self, fact: Document) -> Any:
        return self.rng.choice([True, False, "yes", "no"])

    def level_answer(self, fact: Document) -> Any:
        levels = list(fact["levels"])
        low, high = sorted(self.rng.choices(range(len(levels)), k=2))
        some = self.rng.sample(levels, self.rng.randint(1, len(levels)))
        one = self.rng.choice(levels)
        return self.rng.choice([one, one, one, some, {"low": levels[low], "high": levels[high]}])

    def choice_answer(self, fact: Document) -> Any:
        options = fact["options"]
        one = self.rng.choice(options)
        return self.rng.choice(
            [one, one, self.rng.sample(options, self.rng.randint(1, len(options)))]
        )

    def number_answer(self, fact: Document) -> Any:
        least = fact.get("minimum", 0)
        low, high = sorted(least + self.rng.choice([0, 0.5, 1, 2, 5, 10, 12.25]) for _ in range(2))
        return self.rng.choice([low, high, [low, high], {"low": low, "high": high}])

    def date_answer(self, fact: Document) -> Any:
        low, high = sorted(self.rng.choice(DAYS) for _ in range(2))
        return self.rng.choice([low, high, [low, high], {"low": low, "high": high}, low[:7]])

    def set_answer(self, fact: Document) -> Any:
        items = [item for item, _ in walk_items(self.lists[fact["of"]]["items"])]
        some = self.rng.sample(items, self.rng.randint(1, min(4, len(items))))
        return self.rng.choice([[], some[:1], some, some, {"at_least": some}])

    def safeguards(self) -> list[Any]:
        result: list[Any] = []
        for id in self.safeguard_words:
            if self.rng.random() < 0.6:
                planned = self.extras({"id": id, "status": "planned"})
                result.append(self.rng.choice([id, id, self.extras({"id": id}), planned]))
        return result


def extreme(leaf: Document, *, best: bool) -> float:
    """Give a rating of the least or the greatest value."""
    low, high = leaf["scale"]["range"]
    pick = max if best else min
    if "value" in leaf:
        return pick(leaf["value"], key=leaf["value"].__getitem__)  # type: ignore[no-any-return]
    return (high if best else low) if leaf.get("prefer") != "low" else (low if best else high)  # type: ignore[no-any-return]


def completion(
    rng: Random, document: Document, candidate: Document, vocabulary: Document | None = None
) -> Document:
    """Answer everything a candidate leaves open, at random, in one of the ways it leaves open."""
    maker = CandidateMaker(rng, document, vocabulary or {})
    ratings, facts = candidate.get("ratings") or {}, candidate.get("facts") or {}
    result = copy.deepcopy(candidate)
    result["ratings"] = {
        id: complete_rating(rng, leaf, ratings.get(id)) for id, leaf in maker.leaves.items()
    }
    result["facts"] = {
        id: complete_fact(maker, fact, facts.get(id)) for id, fact in maker.fact_words.items()
    }
    return result


def complete_rating(rng: Random, leaf: Document, raw: Any) -> float:
    points = {name: point for point, name in leaf["scale"].get("levels", {}).items()}
    if isinstance(raw, dict):
        raw = [raw["low"], raw["high"]] if "low" in raw else raw["value"]
    if raw is None or raw == "unknown":
        raw = leaf["scale"]["range"]
    ends = [
        float(points[end] if isinstance(end, str) else end)
        for end in (raw if isinstance(raw, list) else [raw])
    ]
    return rng.choice([*ends, within(rng, ends[0], ends[-1])])


def within(rng: Random, low: float, high: float) -> float:
    """Pick a number of an interval; rounding may not carry it out."""
    return min(high, max(low, rng.uniform(low, high)))


def complete_fact(maker: CandidateMaker, fact: Document, raw: Any) -> Any:
    rng, kind = maker.rng, fact["kind"]
    if kind == "date":
        return rng.choice(DAYS)
    if isinstance(raw, dict) and "value" in raw:
        raw = raw["value"]
    while raw is None or raw == "unknown":
        raw = getattr(maker, f"{kind}_answer")(fact)
    if kind == "set":
        return complete_set(maker, fact, raw)
    if kind == "level" and isinstance(raw, dict):
        levels = list(fact["levels"])
        raw = levels[levels.index(raw["low"]) : levels.index(raw["high"]) + 1]
    if kind == "number" and isinstance(raw, dict | list):
        low, high = raw.values() if isinstance(raw, dict) else raw
        return rng.choice([low, high, within(rng, low, high)])
    return rng.choice(raw) if isinstance(raw, list) else raw


def complete_set(maker: CandidateMaker, fact: Document, raw: Any) -> list[str]:
    """Add to an open set, and name some of its own items for each parent that stands alone."""
    rng = maker.rng
    items = dict(walk_items(maker.lists[fact["of"]]["items"]))
    named = list(raw["at_least"] if isinstance(raw, dict) else raw)
    if isinstance(raw, dict):
        named += rng.sample(
            [item for item in items if item not in named], rng.randint(0, len(items) - len(named))
        )
    for parent in list(named):
        if items[parent] and not set(items[parent]) & set(named):
            named += rng.sample(items[parent], rng.randint(1, len(items[parent])))
    return named
