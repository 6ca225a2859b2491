"""Write docs/explanation/areas.md from the two ratings of the areas."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import collabscore as cs
from collabscore.scoring.wording import reasons_of

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "areas.md"
FIRST, SECOND = (
    ROOT / "examples" / "collaboration_areas.yaml",
    ROOT / "examples" / "second_rating.yaml",
)


def framework_document() -> dict[str, Any]:
    """Return the shipped framework as plain data."""
    document: dict[str, Any] = yaml.safe_load(
        (ROOT / "frameworks" / "guardrail.yaml").read_text(encoding="utf-8")
    )
    return document | {"as_of": str(document["as_of"])}


def without(criterion: str) -> dict[str, Any]:
    """Return the framework without one criterion of its risk group."""
    document = copy.deepcopy(framework_document())
    del document["criteria"]["geopolitical_sensitivity"]["criteria"][criterion]
    return document


def risk_at_one_half() -> dict[str, Any]:
    """Return the framework with half of all weight on risk."""
    document = copy.deepcopy(framework_document())
    document["criteria"]["geopolitical_sensitivity"]["weight"] = 2
    return document


def tau_b(one: np.ndarray, other: np.ndarray) -> float:
    """Return Kendall's tau-b of two lists of scores (Kendall 1945, doi:10.1093/biomet/33.3.239)."""
    i, j = np.triu_indices(len(one), 1)
    a, b = np.sign(one[i] - one[j]), np.sign(other[i] - other[j])
    return float((a * b).sum() / np.sqrt((a != 0).sum() * (b != 0).sum()))


def place(found: cs.Assessment) -> str:
    """Return rank and score."""
    return f"{found.rank or '–'} | {found.score:.1f}"


def both_orders(first: cs.Ranking, second: cs.Ranking) -> list[str]:
    """Return the order by both ratings as a table, in the order of the first."""
    lines = [
        "| area | rank | score | verdict | possible | rank, second | score, second | verdict, second |",
        "|---|---:|---:|---|---|---:|---:|---|",
    ]
    known = set(second.ids)
    for found in first:
        low, high = found.verdict_range or ("", "")
        other = second[found.id] if found.id in known else None
        theirs = f"{place(other)} | {other.verdict}" if other is not None else "– | – | not rated"
        could_be = "" if low == high else f"{low} to {high}"
        lines.append(
            f"| {found.title} | {place(found)} | {found.verdict} | {could_be} | {theirs} |"
        )
    return lines


def agreement(first: cs.Ranking, second: cs.Ranking) -> list[str]:
    """Return how much the two ratings agree."""
    shared = [name for name in first.ids if name in set(second.ids)]
    scores = [np.array([ranking[name].score for name in shared]) for ranking in (first, second)]
    gaps = np.abs(scores[0] - scores[1])
    verdicts = [[ranking[name].verdict for name in shared] for ranking in (first, second)]
    same = sum(a == b for a, b in zip(*verdicts, strict=True))
    values = [
        np.array([ranking.values[ranking.place_of(name)] for name in shared])
        for ranking in (first, second)
    ]
    apart = np.abs(values[0] - values[1]).mean(axis=0)
    tops = [
        [name for name in ranking.ids if name in set(shared)][:10] for ranking in (first, second)
    ]
    pairs = Counter(zip(*verdicts, strict=True))
    order = list(first.framework.all_verdicts)
    lines = [
        f"- {len(shared)} areas and parts were rated twice. Kendall's tau-b of their scores is {tau_b(*scores):.2f}.",
        f"- The scores differ by {gaps.mean():.1f} points on average, and by {gaps.max():.1f} at most.",
        f"- Of the ten best by one rating, {len(set(tops[0]) & set(tops[1]))} are among the ten best by the other.",
        f"- The verdict is the same for {same} of {len(shared)}.",
        "",
        "| first \\ second | " + " | ".join(order) + " |",
        "|---|" + "---:|" * len(order),
        *(f"| {a} | " + " | ".join(str(pairs[a, b]) for b in order) + " |" for a in order),
        "",
        "Mean difference between the two readers on each criterion, in percent of its scale:",
        "",
        "| criterion | difference |",
        "|---|---:|",
    ]
    ranked = sorted(zip(first.criteria, apart, strict=True), key=lambda pair: -pair[1])
    return lines + [
        f"| {first.framework.nodes[key].title} | {100 * gap:.0f} % |" for key, gap in ranked
    ]


def variants(base: cs.Ranking) -> list[str]:
    """Return the order under each disputed choice, and how far it differs."""
    choices = {
        "without political exposure": without("political_exposure"),
        "without dual use": without("dual_use"),
        "risk at one half": risk_at_one_half(),
    }
    rankings = {name: cs.score(FIRST, document) for name, document in choices.items()}
    scores = np.array([base[name].score for name in base.ids])
    lines = [
        "| choice | tau-b with the given order | largest move in rank | change in the ten best |",
        "|---|---:|---|---|",
    ]
    for name, ranking in rankings.items():
        others = np.array([ranking[key].score for key in base.ids])
        moves = {
            key: (base[key].rank or 0) - (ranking[key].rank or 0)
            for key in base.ids
            if base[key].rank
        }
        mover = max(moves, key=lambda key: abs(moves[key]))
        move = f"{base[mover].title}, {base[mover].rank} to {ranking[mover].rank}"
        new = [base[key].title for key in ranking.ids[:10] if key not in base.ids[:10]]
        gone = [base[key].title for key in base.ids[:10] if key not in ranking.ids[:10]]
        change = f"in: {', '.join(new)}; out: {', '.join(gone)}" if new else "none"
        lines.append(f"| {name} | {tau_b(scores, others):.2f} | {move} | {change} |")
    lines += [
        "",
        "| area | as given | " + " | ".join(rankings) + " |",
        "|---|---:|" + "---:|" * len(rankings),
    ]
    for key in base.ids[:25]:
        ranks = " | ".join(str(ranking[key].rank or "–") for ranking in rankings.values())
        lines.append(f"| {base[key].title} | {base[key].rank or '–'} | {ranks} |")
    return lines


def reasons(ranking: cs.Ranking) -> list[str]:
    """Return the reasons of the verdicts that keep an area from being taken up at once."""
    return [
        f"- **{found.title}** ({found.verdict}): "
        + "; ".join(reason for reason in reasons_of(found) if not reason.startswith("also"))
        for found in ranking
        if found.verdict in ("refer", "outside")
    ]


def counts() -> dict[str, int]:
    """Return how many areas and parts the first list has, and answers on law with evidence."""
    listed = cs.load_candidates(FIRST, "guardrail").candidates
    parts = sum(1 for one in listed if one.part_of is not None)
    facts = [one.named_facts() for one in listed]
    law = {
        key: sum(1 for known in facts if getattr(known.get(key), "evidence", None))
        for key in ("legal_us", "legal_cn")
    }
    return {"areas": len(listed) - parts, "parts": parts, **law}


def page() -> str:
    """Return the page."""
    first, second = cs.score(FIRST, "guardrail"), cs.score(SECOND, "guardrail")
    text = (ROOT / "docs" / "explanation" / "areas.in.md").read_text(encoding="utf-8")
    for key, count in counts().items():
        text = text.replace(f"{{{key}}}", str(count))
    before, after = text.split("<!-- tables -->\n")
    parts = [
        before.rstrip(),
        "",
        "## The order by both ratings",
        "",
        *both_orders(first, second),
        "",
        "## How much the two ratings agree",
        "",
        *agreement(first, second),
        "",
        "## The order under other choices",
        "",
        "For the first rating. These choices change weights, and guardrails depend on facts, so no verdict changes.",
        "",
        *variants(first),
        "",
        "## Why areas are referred or outside",
        "",
        *reasons(first),
        "",
        after.strip(),
    ]
    return "\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: page()}
