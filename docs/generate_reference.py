"""Write docs/reference/yaml.md from the models."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from collabscore.models import base, candidates, criteria, facts, framework

PAGE = Path(__file__).parent / "reference" / "yaml.md"

SECTIONS: list[tuple[str, list[type[BaseModel]]]] = [
    ("A framework", [framework.Framework]),
    ("A vocabulary", [framework.Vocabulary]),
    ("Criteria and scales", [criteria.Criterion, criteria.Scale]),
    ("Facts", list(facts.FACT_KINDS)),
    ("Lists", [facts.NamedList, facts.Item]),
    (
        "Guardrails",
        [framework.Guardrail, framework.Step, framework.Condition, framework.Safeguard],
    ),
    ("Verdicts", [framework.Verdict, framework.Defaults]),
    ("Sources", [base.Source, base.Citation]),
    ("Candidates", [candidates.Candidates, candidates.Candidate]),
    (
        "Ratings, facts and safeguards in their long form",
        [criteria.RatingDetail, facts.FactDetail, candidates.PlacedSafeguard],
    ),
    (
        "Cases",
        [candidates.Cases, candidates.Case, candidates.CaseCandidate, candidates.Expectation],
    ),
]

HEAD = """# Documents, key by key

This page lists every key of the four kinds of documents, with its meaning and its default. `python docs/renew.py`
writes it from the program.

A document is YAML 1.2 or JSON; a list of candidates may be JSON Lines too. In YAML 1.2, `NO` is a text (the country),
`012` is twelve and `1e3` is a number. Unknown keys, keys given twice and unknown names are errors.

`collabscore schema ELEMENT` shows one element with an example. `collabscore schema KIND -o FILE` writes a JSON Schema,
with which an editor completes keys and marks mistakes.
"""


def table(model: type[BaseModel]) -> list[str]:
    """Return a table of the keys of a model."""
    lines = [
        f"### {model.__name__}",
        "",
        (model.__doc__ or "").split("\n\n")[0],
        "",
        "| key | meaning | default |",
        "|---|---|---|",
    ]
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = (
            "required"
            if field.is_required()
            else ""
            if default in (None, "", {}, [], PydanticUndefined)
            else f"`{default}`"
        )
        lines.append(
            f"| `{name}` | {(field.description or '').replace('|', chr(92) + '|')} | {shown} |"
        )
    return [*lines, ""]


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    for title, models in SECTIONS:
        lines += [f"## {title}", ""]
        for model in models:
            lines += table(model)
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: page()}
