"""The page of a ranking: the order, what is to be done before it, and a short legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ..models.framework import Framework
from ..output import Block, Cell, Column, Detail, Heading, Notes, Page, Paragraph, Table
from ..output.text import capitalised, listed, plural, short_digest
from ..scoring.ranking import Ranking
from ..scoring.verdicts import Assessment, Finding, crosswalk, deciding_findings
from ..scoring.wording import (
    NO_SAFEGUARD,
    REQUIRED_OF_ALL,
    SCOPE_NOTE,
    STATES_IN_WORDS,
    UNKNOWN_OR_UNCERTAIN,
    UNKNOWN_RATING,
    assessment_badge,
    badge,
    band_in_words,
    changed_framework_note,
    closing_notes,
    condition_of,
    coverage_sentence,
    framework_title,
    listed_titles,
    needs_in_words,
    question_of,
    quoted_titles,
    safeguard_title,
    safeguard_titles,
    standing_sentence,
    unverified_titles,
    verdict_in_words,
)

__all__ = [
    "assessment_page_of",
    "need_blocks",
    "notes_of",
    "page_of",
    "rule_cells",
    "sections_of",
    "table_notes_of",
    "unknown_answers_sentence",
]

_MOST_RULES = 10
_MOST_RULES_EACH = 2
_MOST_QUESTIONS = 3
_MOST_BARRED = 5
_MOST_NAMED = 2

RuleCells: TypeAlias = tuple[str, str, str]
"""A rule, the missing safeguards, and what to find out."""


def page_of(ranking: Ranking, detail: Detail) -> Page:
    """Return the order in sections, what is missing before each can go ahead, and the legend."""
    verbose = detail == "verbose"
    notes = (ranking.left_out_note,) if ranking.left_out else ()
    assessments = tuple(ranking)
    order = ranking.table_of(ranking.shown, assessments)
    blocks: list[Block] = [
        ranking.heading,
        Paragraph(_order_sentence(ranking)),
        replace(order, sections=sections_of(ranking), notes=notes),
    ]
    if detail != "brief":
        blocks += _missing_blocks(assessments, ranking.framework, verbose=verbose)
    if verbose:
        blocks += _detail_blocks(ranking, assessments)
        blocks.append(Notes(ranking.whole.notes))
    elif detail == "default":
        blocks += map(Paragraph, _standing_notes(ranking.whole))
        blocks.append(Notes(tuple(_legend_of(ranking, assessments))))
    return Page(tuple(blocks), ranking.title)


def table_notes_of(ranking: Ranking) -> Iterator[str]:
    """Yield the number of candidates left out, if any, and the legend."""
    if ranking.left_out:
        yield ranking.left_out_note
    yield from _legend_of(ranking, ranking)


# the order


def _order_sentence(ranking: Ranking) -> str:
    if not len(ranking.whole):
        return "The list has no candidates."
    if not ranking.has_total:
        return "Grouped by verdict."
    if not any(ranking.ranks):
        return "No candidate is ranked."
    return "Ordered by verdict group, then by score: no score outranks a better group."


def sections_of(ranking: Ranking) -> dict[int, str]:
    """Return the headings of the tiers, by the place of the first candidate of each."""
    groups = [_section_key(ranking, place) for place in range(len(ranking))]
    sections = {}
    for place, group in enumerate(groups):
        if place == 0 or group != groups[place - 1]:
            verdicts = [ranking.verdicts[k] for k in range(len(groups)) if groups[k] == group]
            sections[place] = _section_title(ranking.framework, group, Counter(verdicts))
    return sections


def _section_key(ranking: Ranking, place: int) -> tuple[str, int]:
    """Return the section of the candidate at a place: its kind, and the tier of its verdict."""
    verdict = ranking.verdicts[place]
    if verdict is None:
        return "not applicable", 0
    definition = ranking.framework.all_verdicts[verdict]
    if not definition.ranked:
        return "not ranked", 0
    if ranking.has_total and not ranking.ranks[place]:
        return "no score", 0
    return "tier", definition.tier


def _section_title(
    framework: Framework, section: tuple[str, int], counts: Counter[str | None]
) -> str:
    """Return the heading of a section, with counts; verdicts of its own go by their titles."""
    kind, tier = section
    verdicts = [key for key in framework.all_verdicts if counts[key]]
    if framework.verdicts and kind in ("not ranked", "tier"):
        words = [f"{badge(key, framework).word} ({counts[key]:,})" for key in verdicts]
        title = " · ".join(words)
        return capitalised(title)
    counted = f"{counts.total():,}"
    if len(verdicts) > 1:
        counted = ", ".join(f"{counts[key]:,} {key}" for key in verdicts)
    if kind == "tier":
        kind = "can go ahead" if tier == 1 else "a person must decide"
    return f"{kind.capitalize()} ({counted})"


def unknown_answers_sentence(ranking: Ranking) -> str | None:
    """Return whose verdicts unknown answers could change; None where they change none."""
    judgement, problem = ranking.whole.judgement, ranking.whole.problem
    places = np.flatnonzero(judgement.mild != judgement.severe).tolist()
    if not places:
        return None
    of = f"{len(places):,} of {plural(len(ranking.whole), 'candidate')}"
    if len(places) <= _MOST_NAMED:
        of = listed([f'"{problem.title_of(place)}"' for place in places])
    return (
        "Unknown facts (answers that rules need) are not varied here. Their answers could change"
        f" the verdict of {of}, and so the order: see `next`."
    )


# what is missing


def _missing_blocks(
    assessments: Iterable[Assessment], framework: Framework, *, verbose: bool
) -> Iterator[Block]:
    """Yield the rules that safeguards or answers can satisfy, and the barred candidates."""
    rules, barred = [], []
    for title, found in _rules_in_the_way(assessments, framework):
        if found[0][1] == NO_SAFEGUARD:
            barred.append((title, ", ".join(rule for rule, *_ in found)))
        else:
            rules.append((title, found))
    counts = [len(found) for _, found in rules] if verbose else _counts_shown(rules)
    rows: list[RuleCells] = []
    sections: dict[int, str] = {}
    for (title, found), count in zip(rules, counts, strict=True):
        if count:
            part = "" if count == len(found) else f" ({count} of {len(found)} rules shown)"
            sections[len(rows)] = title + part
            rows += found[:count]
    if rows:
        hidden = [found for (_, found), count in zip(rules, counts, strict=True) if not count]
        more_rules = sum(len(found) for _, found in rules) - len(rows)
        notes = _more_notes((more_rules, "rule"), (len(hidden), "candidate"))
        yield _rules_table("Before this can go ahead", rows, sections=sections, notes=notes)
    if barred:
        shown = barred if verbose else barred[:_MOST_BARRED]
        columns = (
            Column("title", "Candidate", priority=0, least=32),
            Column("rule", "Rule", priority=0, least=20),
        )
        title = f"Cannot go ahead: {NO_SAFEGUARD}"
        notes = _more_notes((len(barred) - len(shown), "candidate"))
        yield Table(columns, tuple(shown), title=title, notes=notes)


def _rules_in_the_way(
    assessments: Iterable[Assessment], framework: Framework
) -> list[tuple[str, list[RuleCells]]]:
    """Return the titles and the rules of the candidates in whose way a rule stands."""
    mildest = next(iter(framework.all_verdicts))
    found = []
    for assessment in assessments:
        rules = list(_open_rules(assessment, framework))
        free = assessment.verdict == mildest and not _is_refused(assessment, framework)
        if rules and not free:
            found.append((assessment.title, rules))
    return found


def _counts_shown(rules: Sequence[tuple[str, list[RuleCells]]]) -> list[int]:
    """Return how many rules of each candidate are shown: one of each first, then a second."""
    counts = [0] * len(rules)
    left = _MOST_RULES
    for count in range(1, _MOST_RULES_EACH + 1):
        for index, (_, found) in enumerate(rules):
            if left and len(found) >= count and counts[index] == count - 1:
                counts[index] = count
                left -= 1
    return counts


def _more_notes(*counts: tuple[int, str]) -> tuple[str, ...]:
    """Return the note on the numbers of things that are not shown, if any."""
    more = [plural(count, f"more {thing}") for count, thing in counts if count]
    return (
        (f'Not shown: {", ".join(more)} (-v shows all; in Python: detail="verbose").',)
        if more
        else ()
    )


def _rules_table(title: str, rows: Sequence[RuleCells], **more: Any) -> Table:
    """Return a table of rules that are not satisfied, without a column that is empty throughout."""
    columns = (
        Column("rule", "Rule", priority=0, least=20),
        Column("missing", "Missing", priority=0, least=20),
        Column("question", "To find out", priority=0, least=24),
    )
    filled = 2 + any(question for _, _, question in rows)
    return Table(columns[:filled], tuple(row[:filled] for row in rows), title=title, **more)


def _open_rules(assessment: Assessment, framework: Framework) -> Iterator[RuleCells]:
    """Yield the rules that a candidate does not satisfy yet: those that decide its verdict first.

    Of a candidate that is barred, only the rules that bar it.
    """
    mildest = next(iter(framework.all_verdicts))
    asked: set[str] = set()
    for finding in _open_findings(assessment, framework):
        title, missing, questions = rule_cells(finding, framework, asked)
        if finding.in_place and not missing and finding.verdict == assessment.verdict != mildest:
            missing = f"nothing; keep in place: {safeguard_titles(framework, finding.in_place)}"
        if missing or questions:
            yield title, missing, questions
    if _is_refused(assessment, framework):
        yield "Score", "ratings", _questions_words(framework, assessment.unrated, asked)


def _is_refused(assessment: Assessment, framework: Framework) -> bool:
    """Whether a candidate is judged and has no score, since ratings are unknown."""
    judged = assessment.verdict is not None and framework.has_total
    return judged and assessment.score is None and bool(assessment.unrated)


def _open_findings(assessment: Assessment, framework: Framework) -> list[Finding]:
    """Return the findings to be listed: those that decide the verdict, then others."""
    verdicts, deciding = framework.all_verdicts, deciding_findings(assessment)
    if not deciding:
        return list(assessment.findings)
    if not verdicts[deciding[0].verdict].ranked:
        return [finding for finding in deciding if finding.state == "barred"] or deciding
    others = []
    for finding in assessment.findings:
        # a rule that leaves the mildest verdict is not in the way
        if finding not in deciding and finding.verdict != next(iter(verdicts)):
            others.append(finding)
    return deciding + others


def rule_cells(finding: Finding, framework: Framework, asked: set[str]) -> RuleCells:
    """Return the title of a rule, the safeguards that are missing, and what to find out.

    Questions that are in `asked` already are named by their titles; the others are added to it.
    """
    questions = ""
    if finding.state == "unknown":
        questions = _questions_words(framework, finding.unknown, asked)
    return finding.title, _missing_words(finding, framework), questions


def _missing_words(finding: Finding, framework: Framework) -> str:
    """Return the safeguards that a finding misses, for a cell."""
    if finding.state == "barred":
        definition = framework.all_verdicts[finding.verdict]
        if not definition.ranked:
            return NO_SAFEGUARD
        # a verdict of the first tier is a class: nothing is in the way
        return "" if definition.tier == 1 else f"a person must decide; {NO_SAFEGUARD}"
    text = ", ".join(needs_in_words(finding, framework))
    return f"if it applies: {text}" if text and finding.state == "unknown" else text


def _questions_words(framework: Framework, names: Sequence[str], asked: set[str]) -> str:
    """Return questions as the author of the framework wrote them, else titles."""
    questions: list[str] = []
    titles: list[str] = []
    for name in names:
        question = question_of(framework, name)
        if question is None or name in asked or len(questions) == _MOST_QUESTIONS:
            titles.append(name)
        else:
            questions.append(question)
            asked.add(name)
    if titles:
        words = listed_titles(framework, titles)
        questions.append(f"Also: {words}" if questions else capitalised(words))
    return " ".join(questions)


# one candidate


def assessment_page_of(assessment: Assessment) -> Page:
    """Return the card of a candidate: verdict, rank and score, what is missing, what is unknown."""
    framework = assessment.framework
    subtitle = f"{assessment.id}, judged by: {framework_title(framework)}"
    blocks: list[Block] = [
        Heading(assessment.title, 2, subtitle),
        _place_table(assessment),
        *need_blocks(assessment),
    ]
    if assessment.unrated and assessment.score is not None:
        titles = listed_titles(framework, assessment.unrated)
        counts = _missing_note(framework, _MISSING_NOTES)
        text = f"Not rated: {titles}. {coverage_sentence(assessment)} {counts}"
        blocks.append(Paragraph(text))
    blocks.append(Notes((SCOPE_NOTE,)))
    return Page(tuple(blocks), assessment.title)


def _place_table(assessment: Assessment) -> Table:
    """Return the place of a candidate as a table of one row."""
    framework = assessment.framework
    columns = [Column("verdict", "Verdict", kind="badge", priority=0)]
    cells: list[Cell] = [assessment_badge(assessment)]
    if framework.has_total:
        columns += (
            Column("rank", "Rank", kind="number", digits=0, priority=0),
            Column("score", "Score", kind="number", priority=0),
            Column("range", "Range", kind="interval", digits=0, priority=0, outward=True),
        )
        cells += (assessment.rank, assessment.score, (assessment.low, assessment.high))
    # lists of one text: the verdict names the row
    if assessment.verdict_range is not None and len(set(assessment.verdict_range)) > 1:
        columns.append(Column("verdict_range", "Could be", kind="list", least=10))
        words = [badge(verdict, framework).word for verdict in assessment.verdict_range]
        cells.append((" to ".join(words),))
    if assessment.band is not None:
        columns.append(Column("band", "Band", kind="list"))
        cells.append((band_in_words(framework, assessment.band),))
    return Table(tuple(columns), (tuple(cells),))


def need_blocks(assessment: Assessment, most: int | None = None) -> Iterator[Block]:
    """Yield so many rules that a candidate does not satisfy yet, and what all projects need."""
    framework = assessment.framework
    if assessment.verdict is None:
        yield Paragraph("The framework does not apply to this candidate.")
        return
    title = "Before this can go ahead"
    if not framework.all_verdicts[assessment.verdict].ranked:
        title = "Rules that decide the verdict"
    rows = list(_open_rules(assessment, framework))
    shown = rows[:most]
    if shown:
        yield _rules_table(title, shown, notes=_more_notes((len(rows) - len(shown), "rule")))
    else:
        yield Paragraph("The rules need no further safeguard and no further answer.")
    if assessment.standing:
        yield Paragraph(standing_sentence(assessment))


# bands, sub-scores, points and every finding


def _detail_blocks(ranking: Ranking, assessments: Sequence[Assessment]) -> Iterator[Block]:
    """Yield bands and sub-scores, points, and all findings of all candidates."""
    bands = [band_in_words(ranking.framework, band) for band in ranking.framework.bands]
    notes = (f"Bands: {', '.join(bands)}.",) if bands else ()
    details = ranking.table_of(ranking.shown_in_detail, assessments)
    yield replace(details, title="Details of each candidate", notes=notes)
    if ranking.shown_as_points:
        points = ranking.table_of(ranking.shown_as_points, assessments)
        yield replace(points, title="Points behind each score")
    rows: list[tuple[Cell, ...]] = []
    sections: dict[int, str] = {}
    for assessment in assessments:
        if assessment.findings:
            sections[len(rows)] = assessment.title
        rows += _finding_rows(assessment, ranking.framework)
    if rows:
        columns = (
            Column("rule", "Rule", priority=0, least=24),
            Column("state", "Finding", kind="badge", priority=0),
            Column("in_place", "In place", priority=0, least=20),
        )
        yield Table(columns, tuple(rows), title="Every finding", sections=sections)


def _finding_rows(assessment: Assessment, framework: Framework) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each rule that applies or may apply, and the number of all others."""
    clear = 0
    for finding in assessment.findings:
        if finding.state == "clear":
            clear += 1
            continue
        in_place = safeguard_titles(framework, finding.in_place)
        mark = replace(badge(finding.verdict, framework), word=STATES_IN_WORDS[finding.state])
        yield finding.title, mark, in_place or None
    if clear:
        mark = badge(next(iter(framework.all_verdicts)), framework)
        word = STATES_IN_WORDS["clear"] if clear == 1 else "do not apply"
        yield plural(clear, "rule"), replace(mark, word=word), None


# the legend, and notes


def _legend_of(ranking: Ranking, assessments: Iterable[Assessment]) -> Iterator[str]:
    """Yield the verdicts that occur, the range and unknown ratings, the framework, the scope."""
    framework = ranking.framework
    yield from _verdict_legend(assessments, framework)
    yield from _scope_notes(ranking.whole)
    changed = changed_framework_note(framework)
    if changed is not None:
        yield changed
    if framework.has_total:
        unknown = _missing_note(framework, _MISSING_IN_SHORT)
        yield f"{unknown} Range: worst to best."
    text = f"Framework {framework.id}, {short_digest(framework.digest)}"
    unverified = len(unverified_titles(framework))
    if unverified:
        text += f"; {plural(unverified, 'part')} not verified (-v lists them)"
    yield text
    yield SCOPE_NOTE


def _verdict_legend(assessments: Iterable[Assessment], framework: Framework) -> Iterator[str]:
    """Yield the meaning of each verdict that occurs, as many in a line as fit."""
    meanings = crosswalk(framework)
    occurring: set[str | None] = set()
    with_kind: set[str | None] = set()
    for assessment in assessments:
        occurring.add(assessment.verdict)
        if condition_of(assessment):
            with_kind.add(assessment.verdict)
    parts = []
    for key, meaning in meanings.items():
        if key in occurring:
            kinds = _CONDITION_LEGEND if key in with_kind else ""
            parts.append(f"{verdict_in_words(key, framework)}: {meaning}{kinds}")
    line = ""
    # the longest last, so that the others share a line
    for part in sorted(parts, key=len):
        longer = f"{line}; {part}" if line else part
        if len(longer) > _LEGEND_WIDTH:
            yield line
            longer = part
        line = longer
    if line:
        yield line


def notes_of(ranking: Ranking) -> Iterator[str]:
    """Yield what a reader must know beside the numbers: counts, the framework, its limits."""
    if ranking.left_out:
        yield ranking.left_out_note
        yield from ranking.whole.notes
        return
    framework = ranking.framework
    yield _counts_note(ranking)
    yield from _scope_notes(ranking)
    yield from _standing_notes(ranking)
    if framework.has_total:
        yield (
            "Scores run from 0 to 100; higher is better, for risk too. Range: the score if unknown"
            f" and uncertain ratings turn out worst or best. {UNKNOWN_OR_UNCERTAIN}"
            f" {_missing_note(framework, _MISSING_NOTES)}"
        )
    note = f"Framework `{framework.id}`, {short_digest(framework.digest)}."
    if framework.issuer:
        note += f" Issued by: {framework.issuer}."
    yield note
    yield from closing_notes(framework)


_CONDITION_LEGEND = " (to do: missing; must hold: in place)"
_LEGEND_WIDTH = 80
_MISSING_IN_SHORT = {
    "average": "Score: unknown ratings as average, ranges at likely values.",
    "worst": "Score: unknown ratings as worst, ranges at likely values.",
    "omit": "Score: unknown ratings left out, ranges at likely values.",
    "refuse": "Score: none with unknown ratings; ranges at likely values.",
    "": "Score: unknown ratings by criterion, ranges at likely values.",
}
_MISSING_NOTES = {policy: f"An unknown rating {end}." for policy, end in UNKNOWN_RATING.items()} | {
    "": "How an unknown rating counts differs by criterion; see the framework."
}


def _missing_note(framework: Framework, words: dict[str, str]) -> str:
    """Return how an unknown rating counts, in words by policy; of several, those for ''."""
    policies: set[str] = {node.missing for node in framework.leaves.values()}
    return words[policies.pop() if len(policies) == 1 else ""]


def _counts_note(ranking: Ranking) -> str:
    counts = Counter(ranking.verdicts.tolist())
    parts = []
    for verdict in (*ranking.framework.all_verdicts, None):
        if counts[verdict]:
            parts.append(f"{counts[verdict]:,} {badge(verdict, ranking.framework).word}")
    note = plural(len(ranking), "candidate")
    if parts:
        note += f": {', '.join(parts)}"
    return f"{note}."


def _scope_notes(ranking: Ranking) -> Iterator[str]:
    """Yield a note on those for whom `applies` is unknown: silence must not look like a yes."""
    applies = ranking.framework.applies_expression
    if applies is None:
        return
    unknown = np.flatnonzero(ranking.judgement.evaluator.truth(applies).unknown)
    names: list[str] = []
    for row in unknown.tolist():
        names += ranking.judgement.evaluator.open_names(applies, row)
    if names:
        titles = quoted_titles(ranking.framework, list(dict.fromkeys(names)))
        yield (
            f"The framework may not apply to {plural(len(unknown), 'candidate')}"
            f" (unknown: {titles}); the verdicts assume that it does."
        )


def _standing_notes(ranking: Ranking) -> Iterator[str]:
    """Yield the safeguards required of every project, and of how many each is missing."""
    problem, is_project = ranking.problem, ~ranking.problem.area
    if not ranking.framework.standing or not is_project.any():
        return
    parts = []
    for name in ranking.framework.standing:
        part = safeguard_title(ranking.framework, name)
        present = problem.in_place.get(name, problem.area)
        missing = np.count_nonzero(is_project & ~present)
        if missing:
            part += f" (missing for {missing:,} of {is_project.sum():,})"
        parts.append(part)
    yield f"{REQUIRED_OF_ALL}: {', '.join(parts)}."
