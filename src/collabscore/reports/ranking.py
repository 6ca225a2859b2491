"""The page of a ranking: the order, what is to be done before it, and a short legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from ..arrays import BoolArray, number_or_none
from ..models.framework import Framework
from ..output import (
    TITLE_FIELD,
    Block,
    Cell,
    Column,
    Detail,
    Heading,
    Notes,
    Page,
    Paragraph,
    Table,
    sectioned_table,
)
from ..output.text import capitalised, listed, plural, quoted, short_digest
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.verdicts import (
    Assessment,
    Finding,
    crosswalk,
    goes_ahead,
    is_refused,
    open_findings,
)
from ..scoring.wording import (
    AREAS_NOTE,
    NO_SAFEGUARD,
    REQUIRED_OF_ALL,
    SCOPE_NOTE,
    STATES_IN_WORDS,
    UNKNOWN_OR_UNCERTAIN,
    UNKNOWN_RATING,
    badge,
    band_in_words,
    changed_framework_note,
    closing_notes,
    coverage_sentence,
    doubt_sentences,
    framework_title,
    listed_titles,
    meaning_in_words,
    needs_in_words,
    needs_of,
    possible_needs,
    question_of,
    quoted_titles,
    reason_in_words,
    rule_title,
    safeguard_title,
    safeguard_titles,
    standing_sentence,
    to_do_in_words,
    unverified_titles,
    verdict_in_words,
)

__all__ = [
    "answer_page",
    "assessment_page_of",
    "need_blocks",
    "notes_of",
    "page_of",
    "presumes_safeguards",
    "rule_cells",
    "sections_of",
    "table_notes_of",
    "tables_of",
    "unknown_answers_sentence",
]

_MOST_CANDIDATES = 12
_MOST_RULES_EACH = 2
_MOST_QUESTIONS = 3
_MOST_BARRED = 5
_MOST_NAMED = 2
_MOST_ENTRIES = 4

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
        blocks += _missing_blocks(assessments, None if verbose else _MOST_CANDIDATES)
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


# tables for machines


def tables_of(ranking: Ranking) -> Mapping[str, Callable[[], Table]]:
    """Return the tables of all ratings and of all findings, by name."""
    return {
        "criteria": partial(_criteria_table, ranking),
        "findings": partial(_findings_table, ranking),
    }


_CANDIDATE_COLUMNS = (Column("id", "Id"), Column("title", "Candidate"))
_CRITERIA_COLUMNS = (
    *_CANDIDATE_COLUMNS,
    Column("criterion", "Id of the criterion"),
    Column("criterion_title", "Criterion"),
    Column("rating_low", "Lowest rating", kind="number"),
    Column("rating", "Rating", kind="number"),
    Column("rating_high", "Highest rating", kind="number"),
    Column("value", "Value (0-1)", kind="number", digits=3),
    Column("weight", "Weight", kind="share"),
    Column("contribution", "Points", kind="number"),
)


def _criteria_table(ranking: Ranking) -> Table:
    """Return a row for each candidate and criterion: rating, value, weight and points.

    A rating that is unknown has no numbers; a range has no `rating`.
    """
    leaves, ratings = ranking.framework.leaves, ranking.problem.ratings
    values, points = ranking.values.tolist(), ranking.contributions.tolist()
    rows = []
    for place, row in enumerate(ranking.order.tolist()):
        candidate = ranking.ids[place], ranking.title_at(place)
        for column, (key, leaf) in enumerate(leaves.items()):
            rated = ratings[key]
            numbers = (
                *(rated.low[row], rated.value[row], rated.high[row], values[place][column]),
                *(leaf.overall, points[place][column]),
            )
            rows.append((*candidate, key, leaf.title, *map(number_or_none, numbers)))
    return Table(_CRITERIA_COLUMNS, tuple(rows))


_FINDING_COLUMNS = (
    *_CANDIDATE_COLUMNS,
    Column("guardrail", "Id of the rule"),
    Column("guardrail_title", "Rule"),
    Column("state", "State"),
    Column("verdict", "Verdict"),
    Column("code", "Code"),
    Column("missing", "Missing", kind="list"),
    Column("may_need", "May need", kind="list"),
    Column("planned", "Planned", kind="list"),
    Column("in_place", "In place", kind="list"),
    Column("unknown", "Unknown", kind="list"),
    Column("reason", "Reason"),
)


def _findings_table(ranking: Ranking) -> Table:
    """Return a row for each candidate and guardrail, with the ids that JSON has.

    Of safeguards of which one is enough, the ids stand together, with "or" between them.
    """
    rows = []
    for found in ranking:
        for finding in found.findings:
            needs = [tuple(map(" or ".join, some)) for some in (finding.missing, finding.may_need)]
            outcome = finding.guardrail, finding.title, finding.state, finding.verdict, finding.code
            names = (*needs, finding.planned, finding.in_place, finding.unknown)
            rows.append((found.id, found.title, *outcome, *names, reason_in_words(finding)))
    return Table(_FINDING_COLUMNS, tuple(rows))


# the order


def _order_sentence(ranking: Ranking) -> str:
    if not len(ranking.whole):
        return "The list has no candidates."
    if not len(ranking):
        return "No candidate is shown."
    if not ranking.has_total:
        return "Grouped by verdict."
    if not any(ranking.ranks):
        return "No candidate is ranked."
    if not ranking.framework.guardrails:
        return "Ordered by score."
    return "Ordered by verdict group, then by score: no score outranks a better group."


def sections_of(ranking: Ranking) -> dict[int, str]:
    """Return the headings of the groups, by the place of the first candidate of each."""
    groups = [_section_of(ranking, place) for place in range(len(ranking))]
    sections = {}
    for place, group in enumerate(groups):
        if place == 0 or group != groups[place - 1]:
            members = [k for k in range(len(groups)) if groups[k] == group]
            sections[place] = _section_title(ranking, group[0], members)
    # without rules, all that are ranked are one group
    return sections if len(sections) > 1 or ranking.framework.guardrails else {}


def _section_of(ranking: Ranking, place: int) -> tuple[str, int]:
    """Return the section of the candidate at a place: its kind, and its group among the ranked."""
    verdict = ranking.verdicts[place]
    if verdict is None:
        return "not applicable", 0
    definition = ranking.framework.all_verdicts[verdict]
    if not definition.ranked:
        return "not ranked", 0
    if not ranking.has_total:
        return "ranked", definition.tier  # without scores, verdicts alone give the order
    if not ranking.ranks[place]:
        return "no score", 0
    return "ranked", int(ranking.judgement.tiers[ranking.order[place]])


def _section_title(ranking: Ranking, kind: str, members: Sequence[int]) -> str:
    """Return the heading of a section, with counts; verdicts of its own go by their titles."""
    framework = ranking.framework
    counts = Counter(ranking.verdicts[list(members)].tolist())
    verdicts = [key for key in framework.all_verdicts if counts[key]]
    tiers = {framework.all_verdicts[key].tier for key in verdicts}
    if kind in ("not ranked", "ranked") and (framework.verdicts or len(tiers) > 1):
        return _verdicts_title(ranking, verdicts, members)
    counted = f"{counts.total():,}"
    if len(verdicts) > 1:
        counted = ", ".join(f"{counts[key]:,} {key}" for key in verdicts)
    title = kind.capitalize()
    if kind == "ranked" and framework.guardrails:
        title = _RANKED[min(tiers)]
        title = _joined(title, _later_words(ranking, verdicts[-1], members))
    return f"{title} ({counted})"


_RANKED = {1: "Can go ahead", 2: "A person must decide"}
"""Headings of the tiers of the verdicts that all frameworks share."""


def _verdicts_title(ranking: Ranking, verdicts: Sequence[str], members: Sequence[int]) -> str:
    """Return the heading of a section that counts each of its verdicts by its title."""
    words = []
    for key in verdicts:
        count = np.count_nonzero(ranking.verdicts[list(members)] == key)
        counted = _joined(f"{count:,}", _later_words(ranking, key, members))
        words.append(f"{badge(key, ranking.framework).word} ({counted})")
    return capitalised(" · ".join(words))


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _later_words(ranking: Ranking, verdict: str, members: Sequence[int]) -> str:
    """Return the later kinds of verdict that unknown answers could give to ranked candidates."""
    verdicts = ranking.framework.all_verdicts
    if not (ranking.has_total and verdicts[verdict].ranked):
        return ""
    severe = ranking.judgement.severe[ranking.order]
    reached = {int(severe[place]) for place in members if ranking.verdicts[place] == verdict}
    words = []
    for code, (key, other) in enumerate(verdicts.items()):
        is_later = not other.ranked or other.tier > verdicts[verdict].tier
        if code in reached and is_later:
            words.append(badge(key, ranking.framework).word)
    return f"may be {listed(words, 'or')}" if words else ""


def answer_page(
    result: RankingResult,
    detail: Detail,
    blocks: Sequence[Block],
    *,
    legend: Iterable[str] = (),
    method: Iterable[str] = (),
) -> Page:
    """Return the page of an analysis: its title, its blocks, and the legend or else the method."""
    parts = [result.ranking.heading, Heading(result.title, 2), *blocks]
    if detail == "default":
        parts.append(Notes(tuple(legend)))
    if detail == "verbose":
        parts += [Heading("Method", 2), Notes(tuple(method))]
    return Page(tuple(parts), result.title)


def unknown_answers_sentence(ranking: Ranking) -> str | None:
    """Return whose verdicts unknown answers could change; None where they change none."""
    judgement, problem = ranking.whole.judgement, ranking.whole.problem
    places = np.flatnonzero(judgement.mild != judgement.severe).tolist()
    if not places:
        return None
    of = f"{len(places):,} of {plural(len(ranking.whole), 'candidate')}"
    if len(places) <= _MOST_NAMED:
        of = quoted([problem.title_of(place) for place in places])
    return (
        "Unknown facts (answers that rules need) stay unknown here. Their answers could change"
        f" the verdict of {of}, and thus the order: see `next`."
    )


# what is missing


def _missing_blocks(assessments: Iterable[Assessment], most: int | None) -> Iterator[Block]:
    """Yield what must be done before candidates can go ahead, and the candidates that cannot.

    Of so many candidates, each with so many rules at most: the last row holds all others.
    """
    waiting: list[Assessment] = []
    barred: list[tuple[str, str]] = []
    for assessment in assessments:
        cells = [] if goes_ahead(assessment) else _rule_rows(assessment, 1)
        if cells and cells[0][1] == NO_SAFEGUARD:
            titles = ", ".join(map(rule_title, open_findings(assessment)))
            barred.append((assessment.title, titles))
        elif cells:
            waiting.append(assessment)
    if waiting:
        parts = list(_waiting_parts(waiting, most))
        notes = _more_notes(waiting, most, ' (see "To do" above)')
        yield _rules_table("Before this can go ahead", parts, notes=notes)
    if barred:
        most = most and _MOST_BARRED
        columns = (TITLE_FIELD, Column("rule", "Rule", priority=0, least=20))
        title = f"Cannot go ahead: {NO_SAFEGUARD}"
        yield Table(columns, tuple(barred[:most]), title, _more_notes(barred, most))


def _waiting_parts(
    waiting: Sequence[Assessment], most: int | None
) -> Iterator[tuple[str, list[RuleCells]]]:
    """Yield what is unknown alike for all candidates, then the other rules of each."""
    shared: dict[tuple[object, ...], Finding] = {}
    asked: set[str] | None = None
    if most is not None:
        shared, asked = _shared_findings(waiting), set()
    if shared and asked is not None:
        findings = list(shared.values())
        rows = _rows_of(findings, waiting[0].framework, _MOST_RULES_EACH, asked=asked)
        yield f"All {len(waiting):,} candidates that follow", rows
    for assessment in waiting[:most]:
        rows = _rule_rows(assessment, most and _MOST_RULES_EACH, shared, asked)
        yield assessment.title, rows or [("nothing else", "", "")]


def _shared_findings(waiting: Sequence[Assessment]) -> dict[tuple[object, ...], Finding]:
    """Return the findings that are unknown in the same way for all of several candidates."""
    first, *others = [
        {_same_open(finding): finding for finding in open_findings(assessment)}
        for assessment in waiting
    ]
    shared = {}
    for key, finding in first.items():
        if others and finding.state == "unknown" and all(key in one for one in others):
            shared[key] = finding
    return shared


def _same_open(finding: Finding) -> tuple[object, ...]:
    """Return what a reader sees of a finding that is not satisfied, to tell it from others."""
    seen = finding.guardrail, finding.state, finding.verdict, finding.code, finding.unknown
    return (*seen, finding.missing, finding.may_need, finding.planned, finding.partners)


def _more_notes(listed: Sequence[object], most: int | None, where: str = "") -> tuple[str, ...]:
    """Return the note on the number of candidates beyond the first few, if any."""
    more = len(listed) - len(listed[:most])
    if not more:
        return ()
    note = f"Not shown: {plural(more, 'more candidate')}{where}."
    return (f'{note} -v shows all (in Python: detail="verbose").',)


def _rule_rows(
    assessment: Assessment,
    most: int | None = None,
    shared: Container[tuple[object, ...]] = (),
    asked: set[str] | None = None,
) -> list[RuleCells]:
    """Return the rules that a candidate does not satisfy yet: those that decide its verdict first.

    Of more than `most`, the last row holds all that are left; of a candidate that is barred, there
    are only the rules that bar it. Findings in `shared` are left out; questions in `asked` are
    named by their titles.
    """
    framework = assessment.framework
    found = [one for one in open_findings(assessment) if _same_open(one) not in shared]
    asked = set() if asked is None else asked
    rows = _rows_of(found, framework, most, assessment.verdict, asked=asked)
    if is_refused(assessment):
        rows.append(("Score", "ratings", _questions_words(framework, assessment.unrated, asked)))
    return rows


def _rows_of(
    found: Sequence[Finding],
    framework: Framework,
    most: int | None,
    verdict: str | None = None,
    *,
    asked: set[str],
) -> list[RuleCells]:
    """Return the rows of some findings of a candidate with a verdict."""
    found = _each_need_once(found)
    count = len(found) if most is None or len(found) <= most else most - 1
    rows = []
    for finding in found[:count]:
        title, missing, questions = rule_cells(finding, framework, asked)
        if finding.in_place and not missing and finding.verdict == verdict:
            missing = f"nothing; keep in place: {safeguard_titles(framework, finding.in_place)}"
        rows.append((f"{badge(finding.verdict, framework).shape} {title}", missing, questions))
    if found[count:]:
        rows.append(_merged_row(found[count:], framework))
    return rows


def _each_need_once(found: Sequence[Finding]) -> list[Finding]:
    """Return findings without the possible needs that one of them has in any case."""
    sure = {need for finding in found for need in finding.missing}
    asking = []
    for finding in found:
        possible = tuple(need for need in finding.may_need if need not in sure)
        asking.append(replace(finding, may_need=possible))
    return asking


def _merged_row(findings: Sequence[Finding], framework: Framework) -> RuleCells:
    """Return the row of several rules: all that is missing, and the titles of what to find out."""
    certain: dict[tuple[str, ...], None] = {}
    possible: dict[tuple[str, ...], None] = {}
    barring: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for finding in findings:
        unknown |= dict.fromkeys(finding.unknown)
        possible |= dict.fromkeys(finding.may_need)
        certain |= dict.fromkeys(finding.missing)
        if finding.state == "barred":
            barring[_missing_words(finding, framework)] = None
    planned = {name for finding in findings for name in finding.planned}
    parts = [needs_in_words(certain, framework, planned), *barring]
    if possible:
        parts.append(f"only if they apply: {possible_needs(possible, framework, planned)}")
    questions = capitalised(listed_titles(framework, list(unknown)))
    return plural(len(findings), "more rule"), "; ".join(filter(None, parts)), questions


_RULES = (
    Column("rule", "Verdict and rule", priority=0, least=21),
    Column("missing", "Missing", priority=0, least=16),
    Column("question", "To find out", priority=0, least=16),
)


def _rules_table(
    title: str, parts: Iterable[tuple[str, Sequence[RuleCells]]], **more: Any
) -> Table:
    """Return a table of rules that are not satisfied, without a column that is empty throughout."""
    table = sectioned_table(_RULES, parts, title=title, **more)
    if any(question for *_, question in table.rows):
        return table
    rows = tuple(row[:2] for row in table.rows)
    return replace(table, columns=_RULES[:2], rows=rows)


def rule_cells(finding: Finding, framework: Framework, asked: set[str]) -> RuleCells:
    """Return the title of a rule, the safeguards that are missing, and what to find out.

    Questions that are in `asked` already are named by their titles; the others are added to it.
    """
    questions = _questions_words(framework, finding.unknown, asked)
    return rule_title(finding), _missing_words(finding, framework), questions


def _missing_words(finding: Finding, framework: Framework) -> str:
    """Return the safeguards that a finding misses, for a cell."""
    if finding.state == "barred":
        if not framework.all_verdicts[finding.verdict].ranked:
            return NO_SAFEGUARD
        return f"a person must decide; {NO_SAFEGUARD}"
    return needs_of(finding, framework)


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
    blocks += map(Paragraph, doubt_sentences(assessment))
    blocks.append(Notes((SCOPE_NOTE,)))
    return Page(tuple(blocks), assessment.title)


def _place_table(assessment: Assessment) -> Table:
    """Return the place of a candidate as a table of one row."""
    framework = assessment.framework
    columns = [
        Column("verdict", "Verdict", kind="badge", priority=0),
        Column("to_do", "To do", kind="list", priority=0),
    ]
    to_do = to_do_in_words(assessment)
    cells: list[Cell] = [badge(assessment.verdict, framework), None if to_do is None else (to_do,)]
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
    rows = _rule_rows(assessment, most)
    if rows:
        yield _rules_table(title, [("", rows)])
    if assessment.standing:
        rest = "" if rows else " Nothing else is missing."
        yield Paragraph(standing_sentence(assessment) + rest)
    elif framework.guardrails and not rows:
        yield Paragraph("The rules need no further safeguard and no further answer.")


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
    columns = (
        Column("rule", "Rule", priority=0, least=24),
        Column("state", "Finding", kind="badge", priority=0),
        Column("in_place", "In place", priority=0, least=20),
    )
    parts = []
    for assessment in assessments:
        parts.append((assessment.title, tuple(_finding_rows(assessment, ranking.framework))))
    if any(rows for _, rows in parts):
        yield sectioned_table(columns, parts, title="Every finding")


def _finding_rows(assessment: Assessment, framework: Framework) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each rule that applies or may apply, and the number of all others."""
    clear = 0
    for finding in assessment.findings:
        if finding.state == "clear":
            clear += 1
            continue
        in_place = safeguard_titles(framework, finding.in_place)
        mark = replace(badge(finding.verdict, framework), word=STATES_IN_WORDS[finding.state])
        yield rule_title(finding), mark, in_place or None
    if clear:
        mark = badge(next(iter(framework.all_verdicts)), framework)
        word = STATES_IN_WORDS["clear"] if clear == 1 else "do not apply"
        yield plural(clear, "rule"), replace(mark, word=word), None


# the legend, and notes


def _legend_of(ranking: Ranking, assessments: Iterable[Assessment]) -> Iterator[str]:
    """Yield the verdicts that occur, the range and unknown ratings, the framework, the scope."""
    framework = ranking.framework
    legend = "; ".join(_verdict_legend(tuple(assessments), framework))
    if legend and framework.guardrails:
        yield legend
    yield from _scope_notes(ranking.whole)
    if presumes_safeguards(ranking.whole):
        yield AREAS_NOTE
    yield from _doubt_notes(ranking.whole)
    changed = changed_framework_note(framework)
    if changed is not None:
        yield changed
    if framework.has_total:
        unknown = _missing_note(framework, _MISSING_IN_SHORT)
        yield f"{unknown} Range: its lowest to its highest, rounded outward."
    text = f"Framework {framework.id}, {short_digest(framework.digest)}"
    unverified = len(unverified_titles(framework))
    if unverified:
        text += f"; {plural(unverified, 'part')} not verified (-v lists them)"
    yield text
    yield SCOPE_NOTE


def presumes_safeguards(ranking: Ranking) -> bool:
    """Return whether all candidates are areas, and rules need safeguards."""
    area, framework = ranking.problem.area, ranking.framework
    return bool(area.size and area.all() and framework.guardrails and framework.all_safeguards)


def _verdict_legend(assessments: Sequence[Assessment], framework: Framework) -> Iterator[str]:
    """Yield the meaning of each verdict that occurs, the longest last, and of "To do"."""
    occurring = {assessment.verdict for assessment in assessments}
    meanings = []
    for key, meaning in crosswalk(framework).items():
        if key in occurring:
            meaning = meaning_in_words(meaning, (one for one in assessments if one.verdict == key))
            meanings.append(f"{verdict_in_words(key, framework)}: {meaning}")
    yield from sorted(meanings, key=len)
    words = list(filter(None, map(to_do_in_words, assessments)))
    keeping = sum(text.startswith("keep") for text in words)
    if keeping < len(words):
        yield "To do: needed first"
    if keeping:
        yield "keep: must stay"


def notes_of(ranking: Ranking) -> Iterator[str]:
    """Yield what a reader must know beside the numbers: counts, the framework, its limits."""
    if ranking.left_out:
        yield ranking.left_out_note
        yield from ranking.whole.notes
        return
    framework = ranking.framework
    yield _counts_note(ranking)
    yield from _scope_notes(ranking)
    yield from _doubt_notes(ranking)
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


_MISSING_IN_SHORT = {
    "average": "Score: an unknown rating counts as average.",
    "worst": "Score: an unknown rating counts as the worst.",
    "omit": "Score: an unknown rating is left out.",
    "refuse": "Score: none while a rating is unknown.",
    "": "Score: how an unknown rating counts differs by criterion.",
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
    """Yield notes on areas among projects, and on those for whom `applies` is unknown."""
    areas = np.flatnonzero(ranking.problem.area)
    if 0 < len(areas) < len(ranking):
        named = f"{len(areas):,} of {plural(len(ranking), 'candidate')}"
        if len(areas) <= _MOST_NAMED:
            named = quoted([ranking.problem.title_of(row) for row in areas.tolist()])
        kind = "is an area" if len(areas) == 1 else "are areas"
        yield f"{named} {kind}: judged as if the projects had their safeguards, not permissions."
    # silence must not look like a yes
    applies = ranking.framework.applies_expression
    if applies is None:
        return
    evaluator = ranking.judgement.cautious
    unknown = np.flatnonzero(evaluator.truth(applies).unknown)
    names: list[str] = []
    for row in unknown.tolist():
        names += evaluator.open_names(applies, row)
    if names:
        titles = quoted_titles(ranking.framework, list(dict.fromkeys(names)))
        yield (
            f"The framework may not apply to {plural(len(unknown), 'candidate')}"
            f" (unknown: {titles}); the verdicts assume that it does."
        )


def _doubt_notes(ranking: Ranking) -> Iterator[str]:
    """Yield what has expired and when, and what is in doubt, if anything."""
    problem, doubted = ranking.problem, ranking.judgement.doubted
    if problem.expiries:
        yield f"Expired: {_entries_in_words(ranking, problem.expiries)}."
    if doubted:
        entries = _entries_in_words(ranking, doubted.items())
        yield f"In doubt, since answers contradict each other or may do so: {entries}."
    if doubted or any(key in problem.facts for key, _ in problem.expiries):
        yield (
            "An expired fact, and one in doubt, is judged as answered and as unknown. The more"
            " severe verdict counts."
        )


def _entries_in_words(ranking: Ranking, flagged: Iterable[tuple[str, BoolArray]]) -> str:
    """Return the first few entries of candidates, with their last days, and how many more."""
    problem, entries = ranking.problem, []
    for key, flags in flagged:
        entries += [(key, row) for row in np.flatnonzero(flags).tolist()]
    words = []
    for key, row in entries[:_MOST_ENTRIES]:
        until = problem.until_of(problem.name_at(key, row), row)
        day = f" ({until})" if until else ""
        title = quoted_titles(problem.framework, [problem.name_at(key, row)])
        words.append(f'{title} of "{problem.title_of(row)}"{day}')
    if len(entries) > len(words):
        words.append(f"and {len(entries) - len(words):,} more")
    return ", ".join(words)


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
