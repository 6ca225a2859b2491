"""Write docs/reference/yaml.md from the models: ``python docs/generate_reference.py``. A test keeps it fresh."""

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
        "What stands behind a word",
        [criteria.RatingDetail, facts.FactDetail, candidates.PlacedSafeguard],
    ),
    (
        "Cases",
        [candidates.Cases, candidates.Case, candidates.CaseCandidate, candidates.Expectation],
    ),
]

HEAD = """# Documents, key by key

Every key of the four kinds of documents: what it means and what it is if left out. Written from the models by
`python docs/generate_reference.py`.

A document is YAML 1.2 (`NO` is a country, `012` is twelve, `1e3` a number), JSON, or, for candidates, JSON Lines. An
unknown key, a key given twice and a name that leads nowhere are errors. `collabscore schema KIND -o FILE` writes a JSON
Schema for editors; `collabscore schema ELEMENT` shows one element with an example.
"""


def table(model: type[BaseModel]) -> list[str]:
    """Return a table of the keys of a model."""
    lines = [
        f"### {model.__name__}",
        "",
        (model.__doc__ or "").split("\n\n")[0],
        "",
        "| key | meaning | if left out |",
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


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
