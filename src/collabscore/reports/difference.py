"""Two runs, and two frameworks, beside each other for readers: the pages of `diff`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..analysis.difference import CandidateDifference, Difference
from ..analysis.impact import Clause, Impact, Word
from ..analysis.run_changes import Kind, element_titles, full_name
from ..output import (
    TITLE_FIELD,
    Block,
    Bullets,
    Cell,
    Column,
    Detail,
    Heading,
    Notes,
    Page,
    Paragraph,
    Table,
)
from ..output.text import listed, number, plural, rounded_parts
from ..scoring.ranking import outline_of
from ..scoring.wording import (
    SCOPE_NOTE,
    STATES_IN_WORDS,
    changed_framework_note,
    unverified_note,
    verdict_in_words,
)

__all__ = ["impact_notes_of", "impact_page_of", "notes_of", "page_of"]

_KINDS: dict[Kind, str] = {
    "ratings": "ratings",
    "facts": "facts",
    "safeguards": "safeguards",
    "weights": "weights",
    "criteria": "criteria, values and bands",
    "guardrails": "guardrails and their words",
    "framework": "the framework as a whole",
    "documents": "the documents as a whole",
}
_MOST_CRITERIA = 3
_MOST_ENTRIES = 3
_MOST_EXPLAINED = 10
_MOST_VERDICTS = 3


def page_of(result: Difference, detail: Detail) -> Page:
    """Return how many candidates changed, the table, and the reasons; the method if asked for."""
    verbose = detail == "verbose"
    blocks: list[Block] = [
        Heading(result.title, 1),
        Paragraph(" ".join(_outcome_sentences(result))),
    ]
    table = result.table()
    if table.rows:
        blocks.append(replace(table, title="", notes=()))
    changed = tuple(_changed_notes(result))
    if detail == "brief" and changed:
        blocks.append(Notes(changed))
    elif detail != "brief":
        titles: dict[str, str] = {}
        for framework in result.frameworks:
            titles |= element_titles(framework.nodes) | element_titles(framework.guardrails)
        most = None if verbose else _MOST_EXPLAINED
        blocks += _score_blocks(result, titles, most)
        blocks += _change_blocks(result, titles, most)
        blocks += _framework_blocks(result)
        blocks.append(Notes(tuple(result.notes if verbose else _short_notes(result))))
    return Page(tuple(blocks), result.title)


def _outcome_sentences(result: Difference) -> Iterator[str]:
    """Yield how many candidates changed, in which respect, and the verdicts that did."""
    moved = [found for found in result.candidates if found.moved]
    total = plural(len(result), "candidate")
    if not moved:
        yield f"None of {total} changed in verdict, rank or score."
        return
    who = f"{len(moved):,} of {total}"
    if 1 < len(moved) == len(result):
        who = f"All {total}"
    yield f"{who} changed: {', '.join(_change_counts(moved))}."
    turned = tuple(found for found in moved if "verdict" in found.changed)
    if not turned:
        yield "No verdict changed."
    elif len(turned) <= _MOST_VERDICTS:
        yield f"{'; '.join(_changed_verdicts(replace(result, candidates=turned)))}."


def _changed_verdicts(result: Difference) -> Iterator[str]:
    for title, verdicts in result.table_of(("title", "verdicts")).rows:
        yield f'"{title}": {verdicts}'


def _change_counts(moved: Sequence[CandidateDifference]) -> Iterator[str]:
    """Yield the number of candidates that changed in each respect."""
    counts: Counter[str] = Counter()
    for found in moved:
        counts.update(found.changed)
        counts["added"] += found.old is None
        counts["removed"] += found.new is None
    for words in ("in verdict", "in rank", "in score", "added", "removed"):
        count = counts[words.removeprefix("in ")]
        if count:
            yield f"{count:,} {words}"


# the reasons


def _score_blocks(
    result: Difference, titles: Mapping[str, str], most: int | None
) -> Iterator[Block]:
    """Yield the effects of changes on the scores; of many candidates, those of the first few."""
    kinds = result.effective_kinds
    changed = [
        each for each in result.candidates if each.rounded_effects and "score" in each.changed
    ]
    if not changed:
        return
    yield Heading("Why the scores changed")
    if len(kinds) == 1:
        yield Paragraph(f"One kind of change explains all of them: {_KINDS[kinds[0]]}.")
        kinds = ()
    columns = [TITLE_FIELD, Column("change", "Change", align="right", priority=0)]
    for kind in kinds:
        columns.append(Column(kind, kind.capitalize(), align="right", priority=0))
    columns.append(Column("largest", "Largest effects"))
    rows: list[tuple[Cell, ...]] = []
    for found in changed[:most]:
        effects = [_signed(found.rounded_effects[kind]) for kind in kinds]
        change = _signed(found.points or 0.0)
        rows.append((found.title, change, *effects, _criteria_in_words(found, titles)))
    yield Table(tuple(columns), tuple(rows))
    yield from _more_note(len(changed) - len(rows))


def _more_note(count: int) -> Iterator[Block]:
    if count:
        yield Paragraph(f"{count:,} more (-v shows all).")


def _signed(points: float) -> str:
    return f"+{number(points)}" if points >= 0.05 else number(points)


def _criteria_in_words(found: CandidateDifference, titles: Mapping[str, str]) -> str | None:
    """Return the criteria by way of which a score changed, those with the largest effects first."""
    points: Counter[str] = Counter()
    for part in found.parts:
        points.update(part.criteria)
    if not points:
        return None
    parts = dict(
        zip(points, rounded_parts(list(points.values()), found.points or 0.0), strict=True)
    )
    largest = sorted(parts, key=lambda key: -abs(points[key]))
    names = [f"{titles[key]} {_signed(parts[key])}" for key in largest[:_MOST_CRITERIA]]
    if len(largest) > _MOST_CRITERIA:
        names.append(f"{len(largest) - _MOST_CRITERIA} more")
    return ", ".join(names)


def _change_blocks(
    result: Difference, titles: Mapping[str, str], most: int | None
) -> Iterator[Block]:
    """Yield the changed entries and findings, of candidates with another verdict first."""
    moved = [found for found in result.candidates if found.changed]
    moved.sort(key=lambda found: "verdict" not in found.changed)
    lines = []
    for found in moved:
        parts = list(_change_parts(found, titles, None if most is None else _MOST_ENTRIES))
        if parts:
            lines.append(f"{found.title}: {'; '.join(parts)}")
    if lines:
        yield Heading("Changed answers and findings")
        yield Bullets(tuple(lines[:most]))
        yield from _more_note(len(lines[most:]) if most else 0)


def _change_parts(
    found: CandidateDifference, titles: Mapping[str, str], most: int | None
) -> Iterator[str]:
    """Yield the changed entries of a candidate, its changed findings, and effects on its rank."""
    for change in found.changes[:most]:
        yield change.replace(" -> ", " → ")
    left = len(found.changes) - len(found.changes[:most])
    if left:
        yield plural(left, "more change")
    if most is None or "verdict" in found.changed:
        for key, states in found.findings.items():
            old, new = (STATES_IN_WORDS.get(state or "", "not asked") for state in states)
            yield f'"{titles.get(key, key)}": {old} → {new}'
    if most is None:
        yield from _places_in_words(found)


def _places_in_words(found: CandidateDifference) -> Iterator[str]:
    """Yield the effects of changes on the rank, where several kinds have one."""
    places = []
    for part in found.parts:
        if part.place and abs(part.place) >= 0.05:
            direction = "down" if part.place > 0 else "up"
            places.append(f"{part.kind} {abs(part.place):.1f} {direction}")
    if len(places) > 1:
        yield f"effect on the rank, in places: {', '.join(places)}"


def _framework_blocks(result: Difference | Impact) -> Iterator[Block]:
    if result.framework_changes:
        lines = tuple(_grouped_changes(result.framework_changes))
        yield Heading("Changes of the framework")
        yield Bullets(lines)


def _grouped_changes(changes: Sequence[str]) -> Iterator[str]:
    """Yield changes of a framework, those that begin alike in one line."""
    groups: dict[str, list[str]] = {}
    for change in changes:
        word, _, what = change.replace(" -> ", " → ").partition(": ")
        groups.setdefault(word, []).append(what)
    for word, parts in groups.items():
        yield f"{word}: {', '.join(parts)}"


# notes


def notes_of(result: Difference) -> Iterator[str]:
    """Yield what has no effect or is not compared, how effects were separated, and the limits."""
    yield from _list_notes(result)
    yield from _attribution_note(result)
    yield from _changed_notes(result)
    yield from filter(None, dict.fromkeys(map(unverified_note, result.frameworks)))
    yield SCOPE_NOTE


def _short_notes(result: Difference) -> Iterator[str]:
    yield from _list_notes(result)
    if not result.attributed:
        yield from _attribution_note(result)
    yield from _changed_notes(result)
    yield SCOPE_NOTE


def _changed_notes(result: Difference) -> Iterator[str]:
    """Yield what a call changed of the frameworks, each note once."""
    yield from filter(None, dict.fromkeys(map(changed_framework_note, result.frameworks)))


def _list_notes(result: Difference) -> Iterator[str]:
    """Yield the candidates that changed without effect, and whether some are not compared."""
    quiet = [each.title for each in result.candidates if each.changes and not each.moved]
    if quiet:
        yield f"Changed without effect: {', '.join(quiet)}."
    if result.old.get("selection") or result.new.get("selection"):
        yield "Not compared: candidates that one of the two results leaves out."


def _attribution_note(result: Difference) -> Iterator[str]:
    if not result.attributed:
        yield "Effects are not separated: for that, compare the two lists, not their results."
    elif result.kinds:
        names = ", ".join(map(_KINDS.__getitem__, result.kinds))
        yield (
            f"Effects separated: {names}. Each effect is the average over every order in which the"
            " changes could be made (its Shapley value); the effects sum to the change. Places are"
            " among the candidates in both lists."
        )


# two frameworks


def impact_page_of(result: Impact, detail: Detail) -> Page:
    """Return the numbers, the clauses, and the candidates with another verdict."""
    blocks: list[Block] = [Heading(result.title, 1), Paragraph(_impact_sentence(result))]
    lines = [*_verdict_lines(result), *_place_lines(result)]
    if lines:
        blocks.append(Bullets(tuple(lines)))
    if result.clauses:
        blocks += [Heading("Verdicts by clause"), _clause_table(result)]
    if detail != "brief":
        blocks += _affected_blocks(result, None if detail == "verbose" else _MOST_EXPLAINED)
        blocks += _framework_blocks(result)
    blocks.append(Notes(tuple(_short_impact_notes(result) if detail == "brief" else result.notes)))
    return Page(tuple(blocks), result.title)


def _impact_sentence(result: Impact) -> str:
    """Return how many candidates would get another verdict."""
    counts = result.counts
    who = f"Of {plural(counts['candidates'], 'past candidate')}"
    if len(result.lists) > 1:
        who += f" in {len(result.lists):,} lists"
    if not counts["verdict"]:
        return f"{who}, none would get another verdict."
    parts = []
    for key, words in (("stricter", "more severe"), ("milder", "milder")):
        if counts[key]:
            parts.append(f"{counts[key]:,} a {words} one")
    return f"{who}, {counts['verdict']:,} would get another verdict: {listed(parts, 'and')}."


def _verdict_lines(result: Impact) -> Iterator[str]:
    """Yield how many candidates change from one verdict to another, and the clauses behind it."""
    for (old, new), clauses in result.moves.items():
        causes, left = [], clauses.total()
        for clause, count in clauses.most_common(_MOST_VERDICTS):
            causes.append(f"{count:,} because of {_clause_in_words(clause)}")
            left -= count
        if left:
            causes.append(f"{left:,} because of other clauses")
        now, before = verdict_in_words(new, result.new), verdict_in_words(old, result.old)
        missing = _unknown_in_words(result, old, new)
        yield (
            f"{clauses.total():,} would now get {now} (before: {before}): {', '.join(causes)}"
            f"{missing}."
        )


def _unknown_in_words(result: Impact, old: str | None, new: str | None) -> str:
    """Return in how many of the candidates a missing answer alone makes the verdict severe."""
    count = 0
    for row in result.rows:
        count += row.by_unknown and (row.old_verdict, row.new_verdict) == (old, new)
    return f"; in {count:,} of them only because an answer is missing" if count else ""


def _clause_in_words(clause: Clause) -> str:
    if clause.cause != "guardrail":
        return {"applies": "the scope of the framework"}.get(clause.cause, "several rules together")
    return f'"{clause.title}"'


def _place_lines(result: Impact) -> Iterator[str]:
    """Yield how many candidates go in and out, and change their place, band or certainty."""
    counts = result.counts
    for phrase, keys in _PLACE_LINES.items():
        if any(map(counts.__getitem__, keys[:2])):
            yield f"{phrase.format(*(f'{counts[key]:,}' for key in keys))}."


_PLACE_LINES = {
    "Go ahead: {} more, {} no longer": ("go_ahead_newly", "go_ahead_no_longer"),
    "Ranked: {} more, {} no longer": ("ranked_newly", "ranked_no_longer"),
    "Rank in their list: {} better, {} worse": ("rank_better", "rank_worse"),
    "Another score: {}": ("score",),
    "Another band: {}": ("band",),
    "Verdict depends on unknown answers: {} more, {} no longer, {} as before": (
        "open_newly",
        "open_no_longer",
        "open_still",
    ),
    "Unknown answers may rule out: {} more, {} no longer": (
        "may_be_unranked_newly",
        "may_be_unranked_no_longer",
    ),
}


def _clause_table(result: Impact) -> Table:
    """Return how many verdicts each clause makes stricter and milder, and their sums."""
    columns = [
        Column("clause", "Clause", priority=0, least=20),
        Column("source", "Source", least=12),
        Column("change", "Its text"),
        *(
            Column(key, key.capitalize(), kind="number", digits=0, priority=0)
            for key in ("stricter", "milder", "several")
        ),
    ]
    rows: list[tuple[Cell, ...]] = []
    for clause in result.clauses:
        numbers = clause.stricter, clause.milder, clause.several
        rows.append((clause.title, clause.source, clause.change, *numbers))
    counts = result.counts
    sums = counts["stricter"], counts["milder"], counts["several"]
    return Table(tuple(columns), (*rows, ("All", None, None, *sums)))


def _affected_blocks(result: Impact, most: int | None) -> Iterator[Block]:
    """Yield the candidates with another verdict; of many, the first few."""
    rows = [row for row in result.rows if row.direction is not None]
    if rows:
        yield Heading("Candidates with another verdict")
        yield result.table_of(result.shown, rows[:most])
        yield from _more_note(len(rows) - len(rows[:most]))


def impact_notes_of(result: Impact) -> Iterator[str]:
    """Yield what each framework cannot know of the lists, how verdicts are attributed, limits."""
    yield from _short_impact_notes(result)
    if result.clauses:
        yield (
            "Each changed verdict counts for one clause: the one whose change alone explains it."
            " Where there are several, or none, it counts for the first of those that decide, in"
            ' the order of the new framework, and under "Several" too.'
        )
    if [*result.old.all_verdicts] != [*result.new.all_verdicts]:
        yield "Verdicts that only one framework has are compared by their place or meaning."
    yield from filter(None, dict.fromkeys(map(unverified_note, (result.old, result.new))))
    yield SCOPE_NOTE


def _short_impact_notes(result: Impact) -> Iterator[str]:
    """Yield which answers only one of the frameworks asks for, or reads differently."""
    total = result.counts["candidates"]
    names = [full_name(outline_of(framework)) for framework in (result.old, result.new)]
    for name, words in zip(names, (result.asked_no_longer, result.asked_newly), strict=True):
        if words:
            yield f"Asked by {name} alone (known for, of {total:,}): {_words_asked(words)}."
    if result.redefined:
        titles = []
        for key in result.redefined:
            titles.append(f"`{key}`")
        yield (
            f"Defined differently: {', '.join(titles)}. Each framework reads the answers by its own"
            " definition."
        )


def _words_asked(words: Sequence[Word]) -> str:
    return ", ".join(f'"{word.title}" ({word.answered:,})' for word in words)
