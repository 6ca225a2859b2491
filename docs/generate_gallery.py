"""Write docs/frameworks/: a page for each shipped framework, and a table of all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

import collabscore as cs
from collabscore.documents.loading import shipped
from collabscore.models.base import Element, citations, title_of, verification
from collabscore.output.render import escape_markdown
from collabscore.reports.framework import framework_page
from collabscore.scoring.wording import VERIFIED

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "frameworks"
STANDINGS = {**VERIFIED, "judgement": "judgement of the author", "none": "without a source"}


def cases_of(framework: str) -> list[str]:
    """Return the cases of a framework as a table: what is expected, and where it comes from."""
    path = ROOT / "frameworks" / "cases" / f"{framework}.yaml"
    if not path.exists():
        return []
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = [
        "## Cases",
        "",
        f"`collabscore test {framework}` checks that the framework gives these results.",
        "",
        "| case | expected |",
        "|---|---|",
    ]
    for case in document["cases"]:
        expected = case["expect"].get("verdict")
        title = escape_markdown(title_of(case["id"], case.get("title")))
        lines.append(f"| {title} | {expected or 'not applicable'} |")
    return [*lines, ""]


def evidence_level(element: Element, framework: cs.Framework) -> str:
    """Return how far an element was checked: the weakest of what it cites."""
    found = verification(element, framework.all_sources)
    if found is not None:
        return found
    if element.basis is not None:
        return "judgement"
    return "no" if citations(element.source) else "none"


def page_of(framework: str) -> str:
    """Return the page of one framework."""
    loaded = cs.load_framework(framework)
    parts = [framework_page(loaded, long=True).to_markdown().rstrip(), "", *cases_of(framework)]
    parts.append(f"`python docs/renew.py` writes this page from `frameworks/{framework}.yaml`.")
    return "\n".join(parts) + "\n"


def index() -> str:
    """Return the table of all."""
    heads = ["framework", "kind", "legal force", "criteria", "guardrails", *STANDINGS.values()]
    lines = [
        "# The shipped frameworks",
        "",
        "All shipped frameworks use the facts and safeguards of the vocabulary `common`. So one list can be judged by",
        "several of them: `collabscore compare LIST -f guardrail -f sta-2024`. Each framework has its own page.",
        "Frameworks that judge persons are",
        "[described, but not shipped](../explanation/frameworks-that-judge-persons.md).",
        "",
        "The last five columns count the parts of each framework by how far they were checked. Parts are its criteria",
        "and guardrails, and the facts, lists, conditions and safeguards that it uses. A part that cites several sources",
        "counts by the weakest of them. Every output names the unverified parts that it rests on.",
        "",
        "| " + " | ".join(heads) + " |",
        "|---|---|---|" + "---:|" * (len(heads) - 3),
    ]
    for key in sorted(shipped()):
        framework = cs.load_framework(key)
        kind = (
            "rules only"
            if not framework.leaves
            else "two axes"
            if framework.combine == "none"
            else "scores and rules"
        )
        counts = Counter(
            evidence_level(element, framework) for _, _, element in framework.elements()
        )
        figures = [
            len(framework.leaves),
            len(framework.guardrails),
            *(counts[standing] for standing in STANDINGS),
        ]
        title = escape_markdown(title_of(key, framework.title))
        force = escape_markdown(framework.legal_force or "–")
        lines.append(
            f"| [{title}]({key}.md) (`{key}`) | {kind} | {force} | "
            + " | ".join(map(str, figures))
            + " |"
        )
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every page by its path."""
    found = {FOLDER / f"{key}.md": page_of(key) for key in sorted(shipped())}
    return {FOLDER / "index.md": index(), **found}
