"""Write docs/reference/yaml.md from the models."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from collabscore.documents import reader
from collabscore.models import (
    answers,
    base,
    candidates,
    criteria,
    facts,
    framework,
    lists,
    syntax,
    tables,
)

PAGE = Path(__file__).parent / "reference" / "yaml.md"

SECTIONS: list[tuple[str, list[type[BaseModel]]]] = [
    ("A framework", [framework.Framework]),
    ("A profile", [framework.Profile, framework.Base]),
    ("A vocabulary", [framework.Vocabulary]),
    ("Criteria and scales", [criteria.Criterion, criteria.Scale]),
    ("Facts", list(facts.FACT_KINDS)),
    ("Lists", [lists.NamedList, lists.Item]),
    (
        "Guardrails",
        [
            framework.Guardrail,
            framework.Step,
            framework.Table,
            framework.TableRow,
            framework.Condition,
            framework.Safeguard,
        ],
    ),
    ("Verdicts", [framework.Verdict, framework.Defaults]),
    ("Sources", [base.Source, base.Citation]),
    ("Candidates", [candidates.Candidates, candidates.Candidate]),
    (
        "Ratings, facts and safeguards in their long form",
        [criteria.RatingDetail, answers.FactDetail, candidates.PlacedSafeguard],
    ),
    (
        "Cases",
        [
            candidates.Cases,
            candidates.Given,
            candidates.Case,
            candidates.CaseCandidate,
            candidates.Expectation,
            candidates.Claim,
            candidates.ClaimedVerdict,
        ],
    ),
]

HEAD = """# Documents, key by key

This page lists every key of the four kinds of documents, with its meaning and its default. `python docs/renew.py`
writes it from the program.

A document is YAML 1.2 or JSON; a list of candidates may be JSON Lines too. In YAML 1.2, `NO` is a text (the country),
`012` is twelve and `1e3` is a number. Unknown keys, keys given twice and unknown names are errors. A list of candidates
may leave out `collabscore:`.

Texts are in Unicode's form NFC: `ü` is one letter, however a keyboard composes it. No text has control characters. An id
is one line of at most 200 characters that can all be seen, with no blank at its ends. A date is `YYYY`, `YYYY-MM` or
`YYYY-MM-DD`, from the year 1000 on. A `url` begins with `http://` or `https://` and a host.

`collabscore schema ELEMENT` shows one element with an example. `collabscore schema KIND -o FILE` writes a JSON Schema,
with which an editor completes keys and marks mistakes. `collabscore schema candidates -f FRAMEWORK` adds the criteria,
facts and safeguards of a framework.
"""


def bounds() -> list[str]:
    """Return a table of the bounds on sizes."""
    deepest, parts = syntax.MAX_DEPTH, syntax.MAX_PARTS
    rows = {
        "a number": f"from {-base.LARGEST:g} to {base.LARGEST:g}",
        "a weight": f"{base.SMALLEST:g} or more; its group has none that is more than "
        f"{base.MOST_UNEQUAL:g} times as great",
        "the width of a scale": f"{base.SMALLEST:g} or more, and {base.NARROWEST:g} of its ends "
        "or more",
        "two points of a value function": f"{base.NARROWEST:g} of the scale or more apart",
        "criteria and groups": f"at most {base.MOST_CRITERIA:,}, on at most {base.MOST_LEVELS} "
        "levels",
        "facts, guardrails": f"at most {base.MOST_ENTRIES:,} each",
        "verdicts, tiers, steps of a guardrail": f"at most {base.MOST_GRADES} each",
        "a document": f"nested at most {reader.MAX_DEPTH} levels deep",
        "lists": f"at most {base.MOST_ITEMS:,} items in all",
        "files that name files, with `uses` or `based_on`": f"at most {base.MOST_LEVELS} below the "
        "first",
        "a table": f"at most {base.MOST_ROWS} rows and {base.MOST_COLUMNS} facts; gaps are looked for "
        f"among up to {tables.MOST_COMBINATIONS:,} combinations of answers",
        "a condition": f"at most {syntax.MAX_LENGTH:,} characters; with named conditions "
        f"written out, at most {deepest} levels and {parts:,} parts",
    }
    lines = ["## Bounds", "", "Within these bounds, every command can compute every result.", ""]
    lines += ["| size | bound |", "|---|---|"]
    return [*lines, *(f"| {size} | {bound} |" for size, bound in rows.items()), ""]


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
    return "\n".join([*lines, *bounds()])


def pages() -> dict[Path, str]:
    """Return the page by its path."""
    return {PAGE: page()}
