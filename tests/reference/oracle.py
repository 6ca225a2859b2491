"""A slow, obvious scorer in plain Python, against which the library is held.

It may import the standard library alone, and `verdicts_by_force`; documents come as plain mappings, as a YAML reader
gives them.
One candidate and one leaf at a time: there are no arrays, and so no axis letters.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

from reference.verdicts_by_force import Judge, place_of

Document = Mapping[str, Any]
Curve = tuple[tuple[Fraction, Fraction], ...]
Points = Sequence[tuple[Fraction, Fraction]]
Rating = tuple[Fraction, Fraction | None, Fraction]

ROUNDING = 1e-13  # children of a minimum or maximum that differ by less differ by rounding alone
POWERS = {"arithmetic": 1, "geometric": 0, "harmonic": -1}
REFUSED = "refused"
VERDICTS: Document = {
    "inside": {"tier": 1},
    "conditional": {"tier": 1},
    "refer": {"tier": 2},
    "outside": {"ranked": False},
}
DEFAULTS = {"met": "conditional", "if_unknown": "refer"}


def score(
    framework: Document,
    candidates: Sequence[Document],
    unit: str = "project",
    vocabulary: Document | None = None,
) -> list[dict[str, Any]]:
    """Score and rank candidates, in rank order, by the words of the design and nothing else."""
    words = Words(framework, vocabulary or {})
    judge = Judge(words)
    results = [assess(judge, candidate, candidate.get("unit", unit)) for candidate in candidates]
    return in_order(words, results)


def number(value: Any) -> Fraction:
    # Exact fractions leave means over intervals no rounding to argue about.
    return Fraction(float(value))


def curve_of(leaf: Document, low: Fraction, high: Fraction) -> Curve:
    """Give the corners of a leaf's value function from one end of its scale to the other."""
    if leaf.get("value") is None:
        falling = leaf.get("prefer") == "low"
        return ((low, Fraction(int(falling))), (high, Fraction(int(not falling))))
    points = sorted((number(x), number(v) / 100) for x, v in leaf["value"].items())
    return tuple(corners(points, low, high, log=bool(leaf.get("log"))))


@cache  # each candidate asks for those of whole scales
def growth(start: Fraction, end: Fraction) -> Fraction:
    """Give the logarithm of a ratio, to sixty digits."""
    with localcontext() as context:
        context.prec = 60
        ratio = end / start
        return Fraction((Decimal(ratio.numerator) / Decimal(ratio.denominator)).ln())


def interpolate(points: Points, x: Fraction, *, log: bool = False) -> Fraction:
    if x <= points[0][0]:
        return points[0][1]
    for (x0, v0), (x1, v1) in itertools.pairwise(points):
        if x <= x1:
            share = growth(x0, x) / growth(x0, x1) if log else (x - x0) / (x1 - x0)
            return v0 + (v1 - v0) * share
    return points[-1][1]


def corners(
    curve: Points, low: Fraction, high: Fraction, *, log: bool = False
) -> list[tuple[Fraction, Fraction]]:
    """List the points of a curve at both ends of an interval and at each corner between them."""
    inside = [(x, v) for x, v in curve if low < x < high]
    ends = [(x, interpolate(curve, x, log=log)) for x in (low, high)]
    return [ends[0], *inside, ends[1]]


def mean_over(curve: Points, low: Fraction, high: Fraction, *, log: bool = False) -> Fraction:
    if low == high:
        return interpolate(curve, low, log=log)
    areas = []
    for (x0, v0), (x1, v1) in itertools.pairwise(corners(curve, low, high, log=log)):
        part = Fraction(1, 2)
        if log:  # of (ln x - ln x0) / (ln x1 - ln x0), the mean over x
            part = x1 / (x1 - x0) - 1 / growth(x0, x1)
        areas.append((x1 - x0) * (v0 + (v1 - v0) * part))
    return sum(areas, Fraction(0)) / (high - low)


@dataclass(frozen=True)
class Node:
    """A criterion or group, with what it inherits filled in; the root has the id `` (nothing)."""

    id: str
    weight: float = 1.0
    combine: str | float = "arithmetic"
    missing: str = "average"
    side: str | None = None
    children: tuple[Node, ...] = ()
    curve: Curve = ()
    log: bool = False
    levels: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        return self.curve[0][0], self.curve[-1][0]

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> list[Node]:
        return [node for node in self.walk() if node.curve]

    def groups(self) -> list[Node]:
        return [node for node in self.walk() if node.children]


class Words:
    """Everything a framework may name, whoever defines it."""

    def __init__(self, framework: Document, vocabulary: Document) -> None:
        def both(key: str) -> dict[str, Any]:
            return {**(vocabulary.get(key) or {}), **(framework.get(key) or {})}

        self.framework = framework
        self.facts, self.lists, self.conditions = both("facts"), both("lists"), both("conditions")
        self.scales, self.safeguards = both("scales"), both("safeguards")
        self.shared: Document = vocabulary.get("criteria") or {}
        self.root = self.tree("", framework, framework.get("missing", "average"), None)
        self.nodes = {id: self.tree(id, leaf, "average", None) for id, leaf in self.shared.items()}
        self.nodes.update({node.id: node for node in self.root.walk() if node.id})
        self.guardrails: Document = framework.get("guardrails") or {}
        own = framework.get("verdicts")
        self.verdicts: Document = own or VERDICTS
        self.severity = {id: place for place, id in enumerate(self.verdicts)}
        self.defaults: Document = {**({} if own else DEFAULTS), **(framework.get("defaults") or {})}

    def scored(self, name: str) -> Node:
        """Give the node that a condition names in `score`; the id of the framework is the whole."""
        return self.nodes.get(name, self.root)

    def tree(self, id: str, entry: Document | None, missing: str, side: str | None) -> Node:
        entry = {**(self.shared.get(id) or {}), **(entry or {})}
        missing, side = entry.get("missing") or missing, entry.get("side") or side
        weight = entry.get("weight") or 1.0
        weight = math.fsum(weight) / 2 if isinstance(weight, list | tuple) else float(weight)
        if "scale" not in entry:
            children = tuple(
                self.tree(child, e, missing, side)
                for child, e in (entry.get("criteria") or {}).items()
            )
            return Node(id, weight, entry.get("combine", "arithmetic"), missing, side, children)
        scale = self.scales[entry["scale"]] if isinstance(entry["scale"], str) else entry["scale"]
        low, high = map(number, scale["range"])
        levels = {name: number(point) for point, name in (scale.get("levels") or {}).items()}
        curve, log = curve_of(entry, low, high), bool(entry.get("log"))
        return Node(id, weight, "", missing, side, curve=curve, log=log, levels=levels)

    def milder(self, *verdicts: str) -> str:
        return min(verdicts, key=self.severity.__getitem__)

    def severest(self, verdicts: Iterable[str]) -> str:
        return max((next(iter(self.verdicts)), *verdicts), key=self.severity.__getitem__)

    def list_items(self, id: str) -> dict[str, list[str]]:
        """Give each item of a list with its own items."""
        items: dict[str, list[str]] = {}
        listed = self.lists[id]["items"]
        for name in listed:
            entry = listed[name] if isinstance(listed, Mapping) else None
            own = (entry.get("items") or ()) if isinstance(entry, Mapping) else ()
            items[name] = list(own)
            items.update({inner: [] for inner in own})
        return items


def rating_of(leaf: Node, raw: Any) -> Rating | None:
    """Read a rating as its low end, its point if it has one, and its high end; None is unknown."""

    def end(x: Any) -> Fraction:
        return leaf.levels[x] if isinstance(x, str) else number(x)

    value = None
    if isinstance(raw, Mapping):
        value = None if is_unknown(raw.get("value")) else end(raw["value"])
        if "low" not in raw:
            return None if value is None else (value, value, value)
        raw = [raw["low"], raw["high"]]
    if is_unknown(raw):
        return None
    low, high = (
        (end(raw[0]), end(raw[1])) if isinstance(raw, list | tuple) else (end(raw), end(raw))
    )
    # the whole scale says nothing
    return None if value is None and (low, high) == leaf.ends else (low, value, high)


def days_of(written: Any) -> tuple[int, int]:
    """Give the first and the last day of a date, a month or a year, counted as a calendar does."""
    parts = [int(part) for part in str(written).split("-")]
    first = date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 3:
        return first.toordinal(), first.toordinal()
    months = 1 if len(parts) == 2 else 12
    after = first.year * 12 + first.month - 1 + months
    return first.toordinal(), date(after // 12, after % 12 + 1, 1).toordinal() - 1


def is_unknown(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and raw == "unknown")


def is_point(rating: Rating | None) -> bool:
    return rating is not None and rating[0] == rating[2]


def point_value(leaf: Node, rating: Rating | None) -> float | str | None:
    """Give the value that enters the score: a number in [0, 1], None if omitted, or a refusal."""
    if rating is None:
        if leaf.missing == "omit":
            return None
        if leaf.missing == "refuse":
            return REFUSED
        if leaf.missing == "worst":
            return float(min(v for _, v in leaf.curve))
        return float(mean_over(leaf.curve, *leaf.ends, log=leaf.log))
    low, value, high = rating
    if value is None:
        return float(mean_over(leaf.curve, low, high, log=leaf.log))
    return float(interpolate(leaf.curve, value, log=leaf.log))


def value_bounds(leaf: Node, rating: Rating | None) -> tuple[float, float]:
    low, high = leaf.ends if rating is None else (rating[0], rating[2])
    values = [v for _, v in corners(leaf.curve, low, high, log=leaf.log)]
    return float(min(values)), float(max(values))


@cache  # scores, contributions, groups and conditions ask for the same means
def power_mean(
    combine: str | float, weights: tuple[float, ...], values: tuple[float, ...]
) -> float:
    if combine == "minimum":
        return min(values)
    if combine == "maximum":
        return max(values)
    p = POWERS[combine] if isinstance(combine, str) else combine
    if p == 1:
        return math.fsum(w * v for w, v in zip(weights, values, strict=True)) / math.fsum(weights)
    top = max(values)
    if top == 0 or (p <= 0 and min(values) == 0):
        return 0.0
    # Sixty digits rather than a stable formula: near p = 0 the direct sum loses what a float can hold.
    with localcontext() as context:
        context.prec = 60
        total = sum(map(Decimal, weights))
        parts = [
            (Decimal(w) / total, Decimal(v) / Decimal(top))
            for w, v in zip(weights, values, strict=True)
        ]
        if p == 0:
            return float(Decimal(top) * sum(w * v.ln() for w, v in parts).exp())  # type: ignore[union-attr]
        power = Decimal(p)
        return float(Decimal(top) * sum(w * v**power for w, v in parts) ** (1 / power))


def value_of(node: Node, values: Mapping[str, float | str | None]) -> float | str | None:
    """Combine the leaves' values; None if nothing is left, `REFUSED` if a leaf below refuses."""
    if node.curve:
        return values[node.id]
    below = [(child.weight, value_of(child, values)) for child in node.children]
    if any(isinstance(value, str) for _, value in below):
        return REFUSED
    left = [(weight, value) for weight, value in below if isinstance(value, float)]
    return power_mean(node.combine, *zip(*left, strict=True)) if left else None


def points(value: float | str | None) -> float | None:
    return 100 * value if isinstance(value, float) else None


def child_shares(
    combine: str | float, weights: Sequence[float], values: Sequence[float]
) -> list[float]:
    """Divide a group among its children by Euler's theorem: parts of 1, or nothing where the group is 0."""
    mean, total = power_mean(combine, tuple(weights), tuple(values)), math.fsum(weights)
    if mean == 0:
        return [0.0 for _ in values]
    if combine in ("minimum", "maximum"):
        attain = [
            w if abs(v - mean) <= ROUNDING * mean else 0.0
            for w, v in zip(weights, values, strict=True)
        ]
        return [w / math.fsum(attain) for w in attain]
    p = POWERS[combine] if isinstance(combine, str) else combine
    return [w / total * (v / mean) ** p for w, v in zip(weights, values, strict=True)]


def contributions_of(
    node: Node, amount: float, values: Mapping[str, float | str | None]
) -> dict[str, float]:
    if node.curve:
        return {node.id: amount}
    below = [(child, value_of(child, values)) for child in node.children]
    left = [(child, value) for child, value in below if isinstance(value, float)]
    shares = child_shares(
        node.combine, [child.weight for child, _ in left], [value for _, value in left]
    )
    result = {leaf.id: 0.0 for leaf in node.leaves()}
    for (child, _), share in zip(left, shares, strict=True):
        result.update(contributions_of(child, amount * share, values))
    return result


def shortfalls_of(
    node: Node, share: float, values: Mapping[str, float | str | None], instead: float | None = None
) -> dict[str, float]:
    """Divide what an arithmetic tree misses to 100; what is omitted enters with the value of its group without it."""
    own = value_of(node, values)
    value = own if isinstance(own, float) else instead
    if node.curve:
        assert value is not None
        return {node.id: 100 * share * (1 - value)}
    total = math.fsum(child.weight for child in node.children)
    parts = (
        shortfalls_of(child, share * child.weight / total, values, value) for child in node.children
    )
    return {id: part for below in parts for id, part in below.items()}


def overall_weights(node: Node, share: float = 1.0) -> dict[str, float]:
    if node.curve:
        return {node.id: share}
    total = math.fsum(child.weight for child in node.children)
    parts = (overall_weights(child, share * child.weight / total) for child in node.children)
    return {id: weight for below in parts for id, weight in below.items()}


class Case:
    """One candidate before the framework: what is known of it, and what follows."""

    def __init__(self, words: Words, candidate: Document, unit: str) -> None:
        self.words, self.area = words, unit == "area"
        ratings, self.facts = candidate.get("ratings") or {}, candidate.get("facts") or {}
        leaves = [node for node in words.nodes.values() if node.curve]
        self.ratings = {leaf.id: rating_of(leaf, ratings.get(leaf.id)) for leaf in leaves}
        bounds = {leaf.id: value_bounds(leaf, self.ratings[leaf.id]) for leaf in leaves}
        self.lows = {id: low for id, (low, _) in bounds.items()}
        self.highs = {id: high for id, (_, high) in bounds.items()}
        listed = [{"id": s} if isinstance(s, str) else s for s in candidate.get("safeguards") or []]
        self.in_place = {s["id"] for s in listed if s.get("status") != "planned"}

    def fact(self, id: str) -> Any:
        """Give a fact as written, without its wrapping; None if it is unknown."""
        raw = self.facts.get(id)
        if isinstance(raw, Mapping) and "value" in raw:
            raw = raw["value"]
        return None if is_unknown(raw) else raw

    def number_fact(self, id: str) -> tuple[Fraction, Fraction] | None:
        raw = self.fact(id)
        if raw is None:
            return None
        low, high = raw, raw
        if isinstance(raw, Mapping):
            low, high = raw["low"], raw["high"]
        elif isinstance(raw, list | tuple):
            low, high = raw
        if self.words.facts[id]["kind"] == "date":
            return Fraction(days_of(low)[0]), Fraction(days_of(high)[1])
        return number(low), number(high)

    def bounds(self, node: Node) -> tuple[float, float]:
        low, high = value_of(node, self.lows), value_of(node, self.highs)
        assert isinstance(low, float)
        assert isinstance(high, float)
        return 100 * low, 100 * high

    def is_open(self, leaf: str) -> bool:
        return not is_point(self.ratings[leaf])

    def presumes(self, need: Sequence[str]) -> bool:
        """Say whether an area presumes a need: one of its options is not granted by anybody."""
        free = [id for id in need if not (self.words.safeguards.get(id) or {}).get("granted_by")]
        return self.area and bool(free)


def findings_of(judge: Judge, case: Case) -> dict[str, Any]:
    """Judge a candidate by every guardrail: findings, what they hang on, verdict and verdict range."""
    judged = judge.judge(case)
    return {
        "findings": {id: found.state for id, found in judged.findings.items()},
        "unknown": {
            id: sorted(found.names) for id, found in judged.findings.items() if found.names
        },
        "needs": {id: sorted(found.needs) for id, found in judged.findings.items()},
        "may_need": {id: sorted(found.may_need) for id, found in judged.findings.items()},
        "verdict": judged.verdict,
        "verdict_range": judged.verdict_range,
        "is_free": judged.is_free,
    }


def stretched(own: float | None, bounds: tuple[float, float]) -> tuple[float, float]:
    return bounds if own is None else (min(bounds[0], own), max(bounds[1], own))


def assess(judge: Judge, candidate: Document, unit: str) -> dict[str, Any]:
    """Find everything about one candidate that does not depend on the others."""
    case, root = Case(judge.words, candidate, unit), judge.words.root
    leaves = root.leaves()
    values = {leaf.id: point_value(leaf, case.ratings[leaf.id]) for leaf in leaves}
    total = bool(leaves) and root.combine != "none"
    own = points(value_of(root, values)) if total else None
    low, high = stretched(own, case.bounds(root)) if total else (None, None)
    weights = overall_weights(root) if leaves else {}
    rated = (
        math.fsum(weights[leaf.id] for leaf in leaves if case.ratings[leaf.id] is not None)
        if leaves
        else None
    )
    groups = {}
    for group in root.groups():
        if group.id:
            group_score = points(value_of(group, values))
            group_low, group_high = stretched(group_score, case.bounds(group))
            groups[group.id] = {"score": group_score, "low": group_low, "high": group_high}
    arithmetic = all(group.combine in ("arithmetic", 1) for group in root.groups())
    return {
        "id": candidate["id"],
        "rank": None,
        "score": own,
        "low": low,
        "high": high,
        "rated": rated,
        "band": None,
        "contributions": None if own is None else contributions_of(root, own, values),
        "shortfalls": None if own is None or not arithmetic else shortfalls_of(root, 1.0, values),
        "groups": groups,
        "sides": {
            side: side_score(root, side, values) if total else None for side in ("gain", "risk")
        },
        "values": {id: value if isinstance(value, float) else None for id, value in values.items()},
        **findings_of(judge, case),
    }


def side_score(root: Node, side: str, values: Mapping[str, float | str | None]) -> float | None:
    of_side = {leaf.id: values[leaf.id] if leaf.side == side else None for leaf in root.leaves()}
    return points(value_of(root, of_side))


def by_score(results: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Sort by score into classes of ties, each in the order of input; those without a score are not in it."""
    scored = sorted((r for r in results if r["score"] is not None), key=lambda r: -r["score"])
    ties: list[list[dict[str, Any]]] = []
    for result in scored:
        if ties and result["score"] >= ties[-1][-1]["score"] - 1e-9:
            ties[-1].append(result)
        else:
            ties.append([result])
    return [[r for r in results if any(r is tied for tied in tie)] for tie in ties]


def scored_first(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [r for tie in by_score(results) for r in tie] + [
        r for r in results if r["score"] is None
    ]


def in_order(words: Words, results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put results in their order, and give ranks and bands."""
    places = {r["id"]: place_of(words, r["verdict"], r["verdict_range"]) for r in results}
    ranked = [r for r in results if places[r["id"]] is not None]
    ordered: list[dict[str, Any]] = []
    for place in sorted({place for place in places.values() if place is not None}):
        for tie in by_score([r for r in ranked if places[r["id"]] == place]):
            rank = len(ordered) + 1
            for result in tie:
                result["rank"], result["band"] = rank, band_of(words, result["score"])
            ordered += tie
    without = [r for r in ranked if r["score"] is None]
    ordered += sorted(without, key=lambda r: words.severity[r["verdict"]])
    unranked = [r for r in results if places[r["id"]] is None]
    ordered += scored_first([r for r in unranked if r["verdict"] is not None])
    return ordered + scored_first([r for r in unranked if r["verdict"] is None])


def band_of(words: Words, own: float) -> str | None:
    bands = words.framework.get("bands") or {}
    reached = [(threshold, band) for band, threshold in bands.items() if own >= threshold - 1e-9]
    return max(reached)[1] if reached else None
