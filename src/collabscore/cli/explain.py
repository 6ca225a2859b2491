"""The command `explain`: a list of candidates and the id of one in, a memo about that one out.

Imports click, the front door and the explanation.
"""

from __future__ import annotations

import click

from ..analysis.explanation import Explanation
from ..analysis.explanation import explain as explanation_of
from ..api import score as rank
from ..errors import UsageError
from ..output.render_html import whole_page
from .common import common, examples
from .output import format_of, room, say, write

FORMATS = ("text", "json", "md", "html")
_WIDTH = 100


@click.command(
    name="explain",
    epilog=examples(
        "collabscore explain projects.yaml ice-cores",
        "collabscore explain projects.yaml ice-cores --versus flu-strains",
        "collabscore explain projects.yaml ice-cores --top 3 -o memo.html",
        "collabscore explain projects.yaml ice-cores --format json | jq '.changes.facts'",
    ),
)
@click.argument("candidates", metavar="CANDIDATES")
@click.argument("candidate", metavar="ID")
@click.option(
    "--versus", metavar="ID", help="Say why one stands above the other, criterion by criterion."
)
@click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Look for what brings it among the first K, or costs it that. [default: one place up]",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the memo. [default: by -o, else text]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)
@click.option(
    "--width", type=click.IntRange(min=20), metavar="N", help="Letters in a line of text."
)
@common
def explain(
    candidates: str,
    candidate: str,
    versus: str | None,
    framework: str | None,
    top: int | None,
    format: str | None,
    output: str | None,
    width: int | None,
) -> None:
    """Explain one candidate: why it stands where it does, and what would change that.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input; ID is the id of one of its candidates.
    The memo says what makes the score, what each guardrail found and rests on, and the least change of a rating, the
    answers and the safeguards that would lift the candidate or cost it its place.
    """
    format = _format(format, output)
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    ranking = rank(candidates, framework)
    explanation = explanation_of(ranking, candidate, versus=versus, top=top)
    say(
        f"read {len(ranking):,} candidates; judged by `{ranking.framework.id}`, {ranking.framework.digest}",
        2,
    )
    write(_shown(explanation, format, output, width), output, format)


def _format(format: str | None, output: str | None) -> str:
    """Return the format asked for: as said, else that of the file's suffix, else text."""
    if format is None and output is not None and output.lower().endswith(".txt"):
        return "text"
    found = format_of(format, output, FORMATS)
    return "text" if found == "table" else found


def _shown(explanation: Explanation, format: str, output: str | None, width: int | None) -> str:
    if format == "json":
        return explanation.to_json()
    if format == "md":
        return explanation.to_markdown()
    if format == "html":
        return whole_page(explanation.assessment.title, explanation.to_html())
    to_screen = output is None or output == "-"
    fits = room() if to_screen else None
    # a memo is prose: where no terminal says how wide, lines have the width of a page
    return explanation.to_text(width or fits or _WIDTH)
