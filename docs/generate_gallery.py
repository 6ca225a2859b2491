"""Write docs/frameworks/: a page for each shipped framework, and a table of all.

Run it with ``python docs/generate_gallery.py``. A test holds that the committed pages are the ones
that this writes.
"""

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
STANDINGS = {**VERIFIED, "judgement": "judgement alone", "none": "without a source"}


def cases_of(framework: str) -> list[str]:
    """Return the cases of a framework as a table: what is expected, and where it comes from."""
    path = ROOT / "frameworks" / "cases" / f"{framework}.yaml"
    if not path.exists():
        return []
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = [
        "## Cases",
        "",
        f"`collabscore test {framework}` holds the framework to these.",
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
    parts.append(
        f"Written by `python docs/generate_gallery.py` from `frameworks/{framework}.yaml`."
    )
    return "\n".join(parts) + "\n"


def index() -> str:
    """Return the table of all."""
    heads = ["framework", "kind", "legal force", "criteria", "guardrails", *STANDINGS.values()]
    lines = [
        "# The shipped frameworks",
        "",
        "Each judges a candidate by the same words, those of the vocabulary `common`, so that one list can be read by",
        "several: `collabscore compare LIST -f guardrail -f sta-2024`. A page each, generated from its file.",
        "Frameworks that judge persons are",
        "[described, and not shipped](../explanation/frameworks-that-judge-persons.md).",
        "",
        "The last five columns count the parts of each (criteria, guardrails, and the facts, lists, conditions and",
        "safeguards that it uses) by how far they were checked; a part that cites several sources counts by the",
        "weakest. What is not verified is named in every output that rests on it.",
        "",
        "| " + " | ".join(heads) + " |",
        "|---|---|---|" + "---:|" * (len(heads) - 3),
    ]
    for key in sorted(shipped()):
        framework = cs.load_framework(key)
        kind = (
            "gates"
            if not framework.leaves
            else "two axes"
            if framework.combine == "none"
            else "scores and gates"
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


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
