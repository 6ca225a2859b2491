"""Write docs/explanation/areas.md from the two ratings of the areas."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import collabscore as cs
from collabscore.kernels.statistics import tau_b
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


def agreement(panel: cs.Panel) -> list[str]:
    """Return how much the two ratings agree, and which of their disagreements can change a verdict."""
    both = [found for found in panel.candidates if len(found.raters) == 2]
    pairs = Counter(tuple(own.verdict for own in found.by.values()) for found in both)
    same = sum(count for (one, other), count in pairs.items() if one == other)
    order = list(panel.ranking.framework.all_verdicts)
    whole = panel.agreement[0].alphas["interval"]
    lines = [
        f"- {len(both)} areas and parts were rated twice. The verdict is the same for {same} of them.",
        f"- Krippendorff's alpha of all ratings is {whole.value:.2f} (95 %: {whole.low:.2f} to {whole.high:.2f}). 1 is perfect.",
        f"- Kendall's W of the orders is {panel.concordance:.2f}, for the {len(panel.ranked_by_all)} that both rank.",
        "",
        "| first \\ second | " + " | ".join(order) + " |",
        "|---|" + "---:|" * len(order),
        *(f"| {a} | " + " | ".join(str(pairs[a, b]) for b in order) + " |" for a in order),
        "",
        "If the two lists are [merged](../how-to/several-raters.md), each of these answers can change a verdict:",
        "",
        "| area | question | first | second |",
        "|---|---|---|---|",
    ]
    for found in panel.disagreements:
        if "verdict" in found.changes:
            answers = [f"{effect.answer} → {effect.verdict}" for effect in found.effects]
            lines.append(f"| {found.title} | {found.about} | " + " | ".join(answers) + " |")
    lines += [
        "",
        "Agreement on each criterion:",
        "",
        "| criterion | alpha | 95 % |",
        "|---|---:|---:|",
    ]
    criteria = [found for found in panel.agreement if found.key and found.kind == "rating"]
    for found in sorted(criteria, key=lambda one: one.alphas["interval"].value or 0):
        alpha = found.alphas["interval"]
        lines.append(f"| {found.title} | {alpha.value:.2f} | {alpha.low:.2f} to {alpha.high:.2f} |")
    return lines


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
        lines.append(f"| {name} | {tau_b(scores, others).value:.2f} | {move} | {change} |")
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
        *agreement(cs.panel([FIRST, SECOND], labels=["first", "second"])),
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
