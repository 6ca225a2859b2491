"""The command `explain`: a memo about one candidate."""

from __future__ import annotations

import click

from ..analysis import explanation
from .group import command
from .options import (
    PAGE_WIDTH,
    Target,
    candidates_argument,
    emit,
    framework_option,
    result_options,
    scored,
)


@command(
    "explain",
    "collabscore explain projects.yaml ice-cores",
    "collabscore explain projects.yaml ice-cores --versus flu-strains",
    "collabscore explain projects.yaml ice-cores --top 3 -o memo.html",
    "collabscore explain projects.yaml ice-cores --format json | jq '.changes.facts'",
)
@candidates_argument
@click.argument("candidate", metavar="ID")
@click.option(
    "--versus", metavar="ID", help="Say why one stands above the other, criterion by criterion."
)
@framework_option
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Look for what brings it among the first K, or costs it that. [default: one place up]",
)
@result_options(
    ("text", "json", "md", "html"),
    form_help="Form of the memo.",
    width_help="Letters in a line of text.",
)
def explain(
    candidates: str,
    candidate: str,
    versus: str | None,
    framework: str | None,
    top: int | None,
    target: Target,
) -> None:
    """Explain one candidate: why it stands where it does, and what would change that.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input; ID is the id of one
    of its candidates. The memo says what makes the score, what each guardrail found and rests on,
    and the least change of a rating, the answers and the safeguards that would lift the candidate
    or cost it its place.
    """
    ranking = scored(candidates, framework)
    emit(explanation.explain(ranking, candidate, versus=versus, top=top), target, PAGE_WIDTH)
