"""The page of proofs: what a framework says of every candidate, and the candidates that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..analysis.examples import Example
from ..analysis.proof import OUTCOMES, Outcome, Proof, Statement
from ..models.base import title_of
from ..models.conditions import PLACE
from ..models.framework import Framework
from ..output import (
    Badge,
    Block,
    Bullets,
    Cell,
    Column,
    Detail,
    Heading,
    Item,
    Notes,
    Page,
    Paragraph,
    Table,
)
from ..output.text import plural, quoted
from ..scoring.wording import (
    NOT_APPLICABLE,
    badge,
    framework_title,
    title_of_word,
    verdict_in_words,
)

__all__ = ["notes_of", "page_of"]

_HEADINGS = {
    "claim": "Claims",
    "severity": "Severity",
    "scope": "Scope",
    "verdict": "Verdicts",
    "safeguard": "More safeguards",
    "worse": "Worse answers",
    "answer": "Answers that settle a verdict",
    "step": "Steps",
}
_ALL_PROVED = {
    "safeguard": ("Adding a safeguard never makes the verdict more severe", "safeguard"),
    "worse": ("A worse answer never makes the verdict milder", "fact"),
    "step": ("Each step decides for some candidate", "step"),
}
_COUNTED: tuple[Outcome, ...] = ("proved", "not settled")
_REACHED, _NEVER = Badge("possible", "●", "good"), Badge("never", "✕", "muted")


def page_of(result: Proof, detail: Detail) -> Page:
    """Return the statements by kind, and the candidates that refute some of them."""
    if len(result.frameworks) == 1:
        title, subtitle = framework_title(result.frameworks[0]), "Statements about every candidate"
    else:
        title, subtitle = result.title, "; ".join(map(framework_title, result.frameworks))
    blocks: list[Block] = [Heading(title, 1, subtitle), Paragraph(f"{result.summary}.")]
    if {each.outcome for each in result.of_kind("severity")} == {"proved"}:
        blocks.append(Paragraph("Both frameworks are equally severe for every candidate."))
    for kind, heading in _HEADINGS.items():
        found = result.of_kind(kind)
        if found and not (detail == "brief" and kind in ("answer", "verdict")):
            blocks.append(Heading(heading))
            blocks += _blocks_of_kind(result, kind, found, detail)
    if detail != "brief":
        blocks.append(Notes(tuple(result.notes)))
    return Page(tuple(blocks), result.title)


def _blocks_of_kind(
    result: Proof, kind: str, found: Sequence[Statement], detail: Detail
) -> Iterator[Block]:
    """Yield what a table or a number says of statements of one kind, and a list of the others."""
    others = found
    if kind == "verdict":
        yield _verdicts_table(result, found)
        others = found if detail == "verbose" else ()
    elif kind == "answer":
        settled, others = _part_by_outcome(found, ("proved",))
        if settled:
            yield _answers_table(result.frameworks[0], settled)
    elif kind in _ALL_PROVED and detail != "verbose":
        counted, others = _part_by_outcome(found, _COUNTED)
        yield from _count_paragraphs(kind, counted)
    if others:
        yield Bullets(tuple(_items_of(others, result)))


def _part_by_outcome(
    found: Iterable[Statement], outcomes: Sequence[Outcome]
) -> tuple[list[Statement], list[Statement]]:
    """Return the statements that have one of some outcomes, and the others."""
    chosen: list[Statement] = []
    others: list[Statement] = []
    for statement in found:
        part = chosen if statement.outcome in outcomes else others
        part.append(statement)
    return chosen, others


def _count_paragraphs(kind: str, counted: Iterable[Statement]) -> Iterator[Paragraph]:
    """Yield for how many things the statements of a kind are proved, and not settled."""
    words, noun = _ALL_PROVED[kind]
    counts = Counter(statement.outcome for statement in counted)
    for outcome in _COUNTED:
        if counts[outcome]:
            yield Paragraph(f"{words}: {outcome} for {plural(counts[outcome], noun)}.")


def _items_of(found: Iterable[Statement], result: Proof) -> Iterator[Item]:
    """Yield statements with their outcomes, and the candidates that show them."""
    for statement in found:
        outcome = _NEVER if statement.is_never else OUTCOMES[statement.outcome]
        remark = f" ({statement.remark})" if statement.remark else ""
        yield Item(f"{outcome.shape} {outcome.word}: {statement.text.rstrip('.')}{remark}")
        if statement.example is not None and statement.kind != "step":
            yield from _candidate_items(statement.example, result)


def _candidate_items(example: Example, result: Proof) -> Iterator[Item]:
    """Yield the verdicts of the candidates of an example, and each candidate in a line."""
    for candidate, verdicts, guardrails in zip(
        example.lines, example.verdicts, example.guardrails, strict=True
    ):
        parts = []
        for (label, verdict), framework in zip(verdicts.items(), result.frameworks, strict=True):
            words = f"`{verdict}`" if verdict else NOT_APPLICABLE.word
            if len(verdicts) > 1:
                words += f" by `{label}`"
            titles = []
            for key in guardrails.get(label, ()):
                titles.append(title_of(key, framework.guardrails[key].title))
            parts.append(f"{words} ({quoted(titles)})" if titles else words)
        yield Item(f"{' and '.join(parts)}: `{candidate}`", 1)


def _answers_table(framework: Framework, found: Sequence[Statement]) -> Table:
    """Return the answers that alone give a verdict, the most severe first."""
    verdicts = list(framework.all_verdicts)
    rows: list[tuple[Cell, ...]] = []
    for statement in sorted(found, key=lambda each: -verdicts.index(each.subject[2])):
        fact, answer, verdict = statement.subject
        word = f"{fact}{PLACE}1" if fact in framework.partner_facts else fact
        rows.append((badge(verdict, framework), title_of_word(framework, word), answer))
    columns = (
        Column("verdict", "At least", kind="badge", priority=0),
        Column("fact", "Fact", priority=0),
        Column("answer", "Answer", priority=0),
    )
    return Table(columns, tuple(rows))


def _verdicts_table(result: Proof, found: Sequence[Statement]) -> Table:
    """Return which verdicts a project and an area can get."""
    (framework,) = result.frameworks
    by_subject = {statement.subject: statement for statement in found}
    rows: list[tuple[Cell, ...]] = []
    for verdict in framework.all_verdicts:
        cells = [_reach_of(by_subject[unit, verdict]) for unit in ("project", "area")]
        rows.append((verdict_in_words(verdict, framework), *cells))
    if framework.applies is not None:
        cells = [_reach_of(by_subject[unit,]) for unit in ("project", "area")]
        rows.append((f"{NOT_APPLICABLE.shape} {NOT_APPLICABLE.word}", *cells))
    columns = (
        Column("verdict", "Verdict", priority=0),
        Column("project", "Project", kind="badge", priority=0),
        Column("area", "Area", kind="badge", priority=0),
    )
    return Table(columns, tuple(rows))


def _reach_of(statement: Statement) -> Badge:
    if statement.is_never:
        return _NEVER
    return _REACHED if statement.outcome == "proved" else OUTCOMES[statement.outcome]


def notes_of(result: Proof) -> Iterator[str]:
    """Yield what was taken for granted."""
    yield "Proved: true of every candidate with all facts and ratings known, in either unit."
    yield "Answers that an example leaves out make no difference to its verdict."
    doubted = scored = known = False
    for framework in result.frameworks:
        doubted |= bool(framework.live_contradictions)
        scored |= bool(framework.references.scores)
        known |= bool(framework.known_asked)
    most = max(framework.places_unknown for framework in result.frameworks)
    if most:
        yield f"Candidates have at most {plural(most, 'partner')}; more were not tried."
    if doubted:
        yield "Candidates whose answers contradict each other are left out."
    if scored:
        yield "Points of criteria can be any from 0 to 100, whatever the ratings."
    if known:
        yield "`known(...)` is true: nothing is unknown."
    outcomes = {statement.outcome for statement in result.statements}
    if "not confirmed" in outcomes:
        yield "Not confirmed: no ratings were found that give the points of the example."
    if "not settled" in outcomes:
        limit = f"{result.time_limit:g} seconds"
        yield f"Not settled: the time limit of {limit} was reached. Use --time-limit."
