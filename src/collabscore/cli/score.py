"""The command `score`: a list of candidates and a framework in, the ranking out.

Imports click, the front door and the table of a ranking.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import click

from ..api import score as rank
from ..errors import UsageError, choose_from, likely, printable
from ..output import as_json
from ..scoring.presentation import table_of
from ..scoring.ranking import Ranking
from .common import WRONG, common, examples
from .output import format_of, rendered, say, write

FORMATS = ("table", "json", "csv", "md", "html")


@dataclass(frozen=True)
class Selection:
    """Which candidates of a ranking are shown, and why the others are not.

    Parameters
    ----------
    places : tuple of int
        Their places in the ranking, from 0, in rank order.
    left_out : tuple of (str, int)
        Each option that leaves some out, and how many.
    """

    places: tuple[int, ...]
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def note(self) -> str | None:
        """What is left out and why, in words; None where nothing is."""
        if not self.left_out:
            return None
        return (
            "Left out: "
            + ", ".join(f"{count:,} by {option}" for option, count in self.left_out)
            + "."
        )


@click.command(
    name="score",
    epilog=examples(
        "collabscore score projects.yaml",
        "collabscore score projects.yaml -f guardrail -o ranking.html",
        "collabscore score projects.yaml --only inside --only conditional --top 10",
        "collabscore score projects.yaml --format json --fail-on outside | jq '.candidates[0]'",
    ),
)
@click.argument("candidates", metavar="CANDIDATES")
@click.option(
    "-f", "--framework", metavar="FRAMEWORK", help="Judge by this one: a shipped id, or a file."
)
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the result. [default: by -o, else table]",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, whole or not at all; `-` is stdout."
)
@click.option(
    "--only",
    multiple=True,
    metavar="VERDICT",
    help="Show only candidates with this verdict; repeatable.",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="TAG",
    help="Show only candidates with this tag; repeatable.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show the first N only, and who ties with them.",
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="VERDICT",
    help="Exit 1 if any candidate has this verdict; repeatable.",
)
@click.option(
    "--width", type=click.IntRange(min=20), metavar="N", help="Letters in a line of the table."
)
@common
def score(
    candidates: str,
    framework: str | None,
    format: str | None,
    output: str | None,
    only: tuple[str, ...],
    tags: tuple[str, ...],
    top: int | None,
    fail_on: tuple[str, ...],
    width: int | None,
) -> int:
    """Score a list of candidates and put them in order.

    CANDIDATES is a YAML, JSON or JSON Lines file, or `-` for standard input. What is shown can be narrowed; ranks
    are always among all candidates, and a note says how many are left out.
    """
    format = format_of(format, output, FORMATS)
    if candidates == framework == "-":
        raise UsageError(
            "standard input is read once: give either the candidates or the framework as a file"
        )
    ranking = rank(candidates, framework)
    _refuse_unknown(only, "--only", ranking)
    _refuse_unknown(fail_on, "--fail-on", ranking)
    chosen = select(ranking, only=only, tags=tags, top=top)
    say(_read(ranking), 2)
    write(_shown(ranking, chosen, format, output, width), output, format)
    if chosen.note and format not in ("table", "md", "html", "json"):
        say(f"note: {chosen.note[0].lower()}{chosen.note[1:-1]}")  # CSV has no room for notes
    return _gate(ranking, fail_on)


def select(
    ranking: Ranking, *, only: Collection[str], tags: Collection[str], top: int | None
) -> Selection:
    """Return which candidates to show; each option narrows what the one before leaves.

    Raises
    ------
    UsageError
        If no candidate has one of the tags.
    """
    places = list(range(len(ranking)))
    left_out: list[tuple[str, int]] = []

    def narrow(option: str, kept: list[int]) -> list[int]:
        if len(kept) < len(places):
            left_out.append((option, len(places) - len(kept)))
        return kept

    if only:
        options = " ".join(f"--only {verdict}" for verdict in only)
        places = narrow(options, [place for place in places if ranking.verdicts[place] in only])
    if tags:
        _refuse_unknown_tags(tags, ranking)
        options = " ".join(f"--tag {tag}" for tag in tags)
        places = narrow(
            options, [place for place in places if not _tags(ranking, place).isdisjoint(tags)]
        )
    if top is not None:
        places = narrow(f"--top {top}", _first(ranking, places, top))
    return Selection(tuple(places), tuple(left_out))


def _first(ranking: Ranking, places: list[int], top: int) -> list[int]:
    """Return the first places, and those that share the rank of the last of them."""
    end = top
    while (
        0 < end < len(places) and ranking.ranks[places[end]] == ranking.ranks[places[end - 1]] > 0
    ):
        end += 1
    return places[:end]


def _tags(ranking: Ranking, place: int) -> set[str]:
    return set(ranking.problem.candidates[int(ranking.order[place])].tags)


def _refuse_unknown(verdicts: Sequence[str], option: str, ranking: Ranking) -> None:
    known = list(ranking.framework.all_verdicts)
    for verdict in verdicts:
        if verdict not in known:
            raise UsageError(
                f"{option}: `{verdict}` is not a verdict of `{ranking.framework.id}`; {_cure(verdict, known)}"
            )


def _refuse_unknown_tags(tags: Collection[str], ranking: Ranking) -> None:
    known = sorted({tag for place in range(len(ranking)) for tag in _tags(ranking, place)})
    for tag in tags:
        if tag not in known:
            raise UsageError(
                f"--tag: no candidate has the tag `{tag}`; {_cure(tag, known) or 'none has any tag'}"
            )


def _cure(word: str, known: Sequence[str]) -> str | None:
    guess = likely(word, known)
    return f"did you mean `{guess}`?" if guess else choose_from(known)


def _shown(
    ranking: Ranking, chosen: Selection, format: str, output: str | None, width: int | None
) -> str:
    if format == "json":
        return _json(ranking, chosen)
    narrowed = len(chosen.places) < len(ranking)
    table = table_of(
        ranking,
        places=chosen.places if narrowed else None,
        reasons="column" if format == "csv" else "below",
    )
    if chosen.note:
        table = replace(table, notes=(chosen.note, *table.notes))
    return rendered(table, format, output, width)


def _json(ranking: Ranking, chosen: Selection) -> str:
    """Return the whole result as JSON; where it is narrowed, it says so under `selection`."""
    text = ranking.to_json()
    if not chosen.left_out:
        return text
    document = json.loads(text)
    document["candidates"] = [document["candidates"][place] for place in chosen.places]
    document["selection"] = {
        "shown": len(chosen.places),
        "of": len(ranking),
        "left_out": dict(chosen.left_out),
    }
    document["notes"] = [chosen.note, *document["notes"]]
    return as_json(document)


def _read(ranking: Ranking) -> str:
    framework = ranking.framework
    version = f" {framework.version}" if framework.version else ""
    return (
        f"read {len(ranking):,} candidates; judged by `{framework.id}`{version}, {framework.digest}"
    )


def _gate(ranking: Ranking, fail_on: Sequence[str]) -> int:
    """Return the exit code, and say who fails; all candidates count, shown or not."""
    failing = [line for verdict in dict.fromkeys(fail_on) for line in _failing(ranking, verdict)]
    for line in failing:
        say(line, 0)
    return WRONG if failing else 0


def _failing(ranking: Ranking, verdict: str) -> Iterator[str]:
    names = [
        ranking.ids[place] for place in range(len(ranking)) if ranking.verdicts[place] == verdict
    ]
    if names:
        shown = ", ".join(f"`{printable(name)}`" for name in names[:5]) + (
            f" and {len(names) - 5:,} more" if names[5:] else ""
        )
        yield f"--fail-on {verdict}: {len(names):,} of {len(ranking):,} candidates: {shown}"
