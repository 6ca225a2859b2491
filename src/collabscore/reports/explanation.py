"""The page of an explanation: the answer first, then its grounds, then what would change it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..analysis.evidence import CitedSource, GuardrailEvidence, backing_sentences
from ..analysis.explanation import (
    NEAR_TIE_DRAWS,
    NEAR_TIE_SHARE,
    NEIGHBOURS,
    Contrast,
    CriterionPart,
    Explanation,
    NearTie,
)
from ..models.base import within
from ..models.framework import Framework
from ..output import (
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
    sectioned_table,
)
from ..output.text import (
    capitalised,
    listed,
    number,
    outward,
    percent,
    plural,
    quoted,
    rounded_parts,
)
from ..scoring.verdicts import Assessment, Finding, crosswalk, deciding_findings
from ..scoring.wording import (
    AREAS_NOTE,
    NO_SAFEGUARD,
    VERIFIED,
    badge,
    band_in_words,
    closing_notes,
    coverage_sentence,
    directed,
    doubt_sentences,
    joint_words,
    meaning_in_words,
    needs_of,
    reason_in_words,
    referral_in_words,
    safeguard_titles,
    title_of_word,
    verdict_in_words,
)
from .changes import change_blocks
from .ranking import need_blocks, presumes_safeguards, rule_cells

__all__ = ["notes_of", "page_of"]

_SHOWN = 3
"""The most points, changes and near ties of a kind that the page names."""
_MOST_RULES = 4


def page_of(explanation: Explanation, detail: Detail) -> Page:
    """Return an explanation as a page: the answer, one page, or everything."""
    blocks: list[Block] = [explanation.ranking.heading, *_answer_blocks(explanation)]
    if detail == "verbose":
        blocks += _full_blocks(explanation)
    elif detail == "default":
        if explanation.versus is None:
            blocks += _point_blocks(explanation)
        blocks += need_blocks(explanation.assessment, _MOST_RULES)
        blocks += change_blocks(explanation, _SHOWN)
        areas = (AREAS_NOTE,) if presumes_safeguards(explanation.ranking) else ()
        blocks.append(Notes((*areas, *closing_notes(explanation.ranking.framework), _MORE_NOTE)))
    return Page(tuple(blocks), explanation.title)


_MORE_NOTE = '--full shows every rule, rating and source (in Python: detail="verbose").'


def notes_of(explanation: Explanation) -> tuple[str, ...]:
    """Return the notes on the ranking."""
    return explanation.ranking.notes


# the answer


def _answer_blocks(explanation: Explanation) -> Iterator[Block]:
    """Yield the candidate, its verdict and rank, and why, in sentences."""
    versus = explanation.versus
    if versus is None:
        yield Heading(explanation.title)
    else:
        yield Heading(f"{explanation.title}, compared with: {versus.other.title}")
        yield Paragraph(" ".join(_contrast_sentences(explanation, versus)))
        if versus.difference is not None:
            leaves = [part for part in explanation.criteria if not part.is_group]
            titles = (explanation.title, versus.other.title)
            yield _contrast_table(leaves, titles, versus.difference)
        yield Heading(explanation.title)
    sentences = [
        *_verdict_sentences(explanation.assessment),
        *_contradiction_sentences(explanation),
        *_rank_sentences(explanation),
    ]
    yield Paragraph(" ".join((*sentences, *_tie_sentences(explanation))))


def _verdict_sentences(assessment: Assessment) -> Iterator[str]:
    if assessment.verdict is None:
        yield f"The framework does not apply to this {assessment.unit}: no verdict, no rank."
        return
    if not assessment.framework.guardrails:
        yield "The framework has no rules: it only gives scores."
        return
    mark = badge(assessment.verdict, assessment.framework)
    meaning = crosswalk(assessment.framework)[assessment.verdict]
    deciding = deciding_findings(assessment)
    if mark.shape == "◆" and not assessment.framework.verdicts:
        if any(finding.missing for finding in deciding):
            meaning = "goes ahead once its safeguards are in place"
        elif any(finding.in_place for finding in deciding):
            meaning = "goes ahead as long as its safeguards stay in place"
    meaning = meaning_in_words(meaning, [assessment])
    yield f"{mark.shape} {capitalised(mark.word)}: {meaning}."
    yield from _reason_sentences(assessment)
    yield from _range_sentence(assessment)
    yield from doubt_sentences(assessment)


def _contradiction_sentences(explanation: Explanation) -> Iterator[str]:
    """Yield which answers contradict each other, in the words of the framework."""
    ranking, assessment = explanation.ranking, explanation.assessment
    row = ranking.order[ranking.place_of(assessment)]
    for key, truth in ranking.judgement.contradictions.items():
        contradiction = ranking.framework.all_contradictions[key]
        is_in_doubt = not set(contradiction.doubts).isdisjoint(assessment.doubted)
        if truth.possible[row] and is_in_doubt and contradiction.say:
            yield contradiction.say


_REASONS = {
    "bars": ", and no safeguard is enough",
    "applies": "",
    "safeguard-missing": ", and safeguards are missing",
    "permission-to-ask": ", and a permission has to be requested",
    "safeguard-planned": ", and safeguards are planned but not yet in place",
    "safeguard-due": ": each project needs the safeguards",
    "answer-unknown": "",
    "degree-unknown": ", and unknown answers decide how severely",
    "met": ", and all safeguards are in place",
}
"""Ends of the sentences on the rules that decide, by reason code, in their order."""


def _reason_sentences(assessment: Assessment) -> Iterator[str]:
    """Yield the rules that decide the verdict; of the mildest one, those that do not change it."""
    deciding = deciding_findings(assessment)
    titles: dict[str, list[str]] = {}
    for finding in deciding or assessment.findings:
        titles.setdefault(finding.code, []).append(finding.title)
    clear = titles.pop("clear", [])
    if not titles:
        one = len(clear) == 1
        yield "Its one rule does not apply." if one else f"None of the {len(clear)} rules applies."
    for code in filter(titles.__contains__, _REASONS):
        form = "rules {} apply" if len(titles[code]) > 1 else "rule {} applies"
        rules = form.format(quoted(titles[code], _SHOWN))
        begin = "It is unknown whether the" if code == "answer-unknown" else "The"
        yield f"{begin} {rules}{_REASONS[code]}."
    together = joint_words(assessment)
    if together:
        yield f"{capitalised(together)}."
    elif not deciding and titles.keys() - {"met"}:
        yield "This does not change the verdict."
    yield from _lone_reason(deciding)
    yield from _referral_sentences(deciding)


def _referral_sentences(deciding: Sequence[Finding]) -> Iterator[str]:
    """Yield the offices that have to decide and their time limits, rule by rule."""
    for finding in deciding:
        referral = referral_in_words(finding)
        if referral:
            yield f'{capitalised(referral)} (rule "{finding.title}").'


def _lone_reason(deciding: Sequence[Finding]) -> Iterator[str]:
    """Yield the framework's own reason of a rule that decides alone, whatever the safeguards."""
    if len(deciding) == 1 and deciding[0].code in ("bars", "applies") and deciding[0].reason:
        yield f"Reason: {deciding[0].reason}"


def _range_sentence(assessment: Assessment) -> Iterator[str]:
    """Yield the verdicts to which unknown answers could change the present one, if any."""
    words = []
    for other in dict.fromkeys(assessment.verdict_range or ()):
        if other != assessment.verdict:
            word = badge(other, assessment.framework).word
            # a title of the framework's own may be a phrase
            words.append(f'"{word}"' if assessment.framework.verdicts else word)
    if words:
        yield f"The unknown answers could change the verdict to {' or '.join(words)}."


def _rank_sentences(explanation: Explanation) -> Iterator[str]:
    ranking, assessment = explanation.ranking, explanation.assessment
    if assessment.verdict is None:
        return
    if not ranking.has_total:
        yield "The framework gives no total score, so there are no ranks."
        return
    rank = assessment.rank
    if rank is not None:
        yield f"Rank {rank:,} of {(ranking.ranks > 0).sum():,}{_tied_words(explanation)}."
        yield from _overtaking_sentence(explanation)
    elif ranking.framework.all_verdicts[assessment.verdict].ranked:
        unrated = [title_of_word(ranking.framework, key) for key in assessment.unrated]
        yield f"No rank, because it has no score. Not rated: {quoted(unrated)}."
    else:
        yield "No rank: candidates with this verdict are not ranked."
    yield from _score_sentences(assessment)


def _tied_words(explanation: Explanation) -> str:
    ranking, rank = explanation.ranking, explanation.assessment.rank
    others = []
    for other in ranking:
        if other.rank == rank and other.id != explanation.assessment.id:
            others.append(other.title)
    if len(others) > 1:
        return f", tied with {len(others)} others"
    return f", tied with {quoted(others)}" if others else ""


def _overtaking_sentence(explanation: Explanation) -> Iterator[str]:
    """Yield why candidates with lower scores are ranked higher, if any are."""
    ranking, place = explanation.ranking, explanation.ranking.place_of(explanation.assessment)
    tiers = ranking.judgement.tiers[ranking.order]
    ahead = (ranking.ranks > 0) & (tiers < tiers[place])
    lower = int(np.count_nonzero(ahead & (ranking.scores < ranking.scores[place])))
    if lower:
        ranks = plural(
            lower, "candidate with a lower score ranks", "candidates with lower scores rank"
        )
        yield f"The verdict group comes before the score: {ranks} higher."


def _score_sentences(assessment: Assessment) -> Iterator[str]:
    score, low, high = assessment.score, assessment.low, assessment.high
    if low is None or high is None:
        return
    least, most = outward(low, high, 1)
    between = f"{number(least)} to {number(most)}"
    if score is None:
        yield f"Range of its score: {between}."
        return
    text = f"Score {number(score)} of 100"
    if high - low >= 0.05:
        text += f", range {between}"
    if assessment.band is not None:
        text += f", band {band_in_words(assessment.framework, assessment.band)}"
    yield f"{text}."
    if assessment.rated < 1:
        yield coverage_sentence(assessment)


def _tie_sentences(explanation: Explanation) -> Iterator[str]:
    ties, versus = explanation.near_ties, explanation.versus
    if versus is not None:
        ties = tuple(tie for tie in ties if tie.other.id != versus.other.id)
    if not ties:
        return
    named = [f'"{tie.other.title}" (rank {tie.other.rank:,})' for tie in ties[:_SHOWN]]
    if len(ties) > _SHOWN:
        least = "at least " if len(ties) >= NEIGHBOURS else ""
        named.append(f"{least}{len(ties) - _SHOWN:,} more")
    yield f"Near tie with {listed(named)}: the order is not certain."


# points for and against


def _point_blocks(explanation: Explanation) -> Iterator[Block]:
    leaves = [part for part in explanation.criteria if not part.is_group]
    score = explanation.assessment.score
    if not leaves:
        return
    if not explanation.ranking.has_total:
        yield Heading("Scores", 3)
        tops = [part for part in explanation.criteria if part.depth == 0]
        rows = [(part.title, part.score) for part in tops]
        columns = (_CRITERION, Column("score", "Score", kind="number"))
        yield Table(columns, tuple(rows))
    elif score is not None:
        yield Heading("Strongest points for and against", 3)
        yield _points_table(leaves, score)


_CRITERION = Column("criterion", "Criterion", priority=0, least=20)
_POINTS = Column("points", "Points", kind="number", priority=0)


def _largest(
    leaves: Iterable[CriterionPart], points: Mapping[str, float], most: int | None = _SHOWN
) -> list[CriterionPart]:
    """Return the criteria with the most points, the most first; none without points."""
    found = [part for part in leaves if points[part.id] > _LEAST_POINTS]
    return sorted(found, key=lambda part: -points[part.id])[:most]


def _points_table(leaves: Sequence[CriterionPart], score: float) -> Table:
    """Return the criteria that gain and those that lose most points, each once, with both."""
    score = float(number(score))  # what is lost is the rest of what is printed
    gained = {part.id: part.contribution or 0.0 for part in leaves}
    lost = {part.id: part.shortfall or 0.0 for part in leaves}
    strong = _largest(leaves, {key: gained[key] - lost[key] for key in gained}, None)
    ahead = _largest(strong, gained)
    behind = _largest([part for part in leaves if part not in ahead], lost)
    gains, losses = _as_printed(gained, score), _as_printed(lost, 100 - score)
    parts = []
    for heading, found in (
        (f"For ({number(score)} of 100 points in all)", ahead),
        (f"Against ({number(100 - score)} of 100 points lost in all)", behind),
    ):
        rows = []
        for part in found:
            rating = directed(str(part.rating), part.direction)
            rows.append((part.title, rating, gains[part.id], losses[part.id]))
        parts.append((heading, rows))
    columns = (
        _CRITERION,
        Column("rating", "Rating", least=10),
        _POINTS,
        replace(_POINTS, key="lost", head="Lost"),
    )
    return sectioned_table(columns, parts)


def _as_printed(points: Mapping[str, float], total: float) -> dict[str, float]:
    """Return points rounded so that they sum to their printed total."""
    return dict(zip(points, rounded_parts(list(points.values()), total), strict=True))


# against another candidate


def _contrast_sentences(explanation: Explanation, contrast: Contrast) -> Iterator[str]:
    """Yield who ranks higher, and why; and whether it is a near tie."""
    here, there = explanation.assessment, contrast.other
    match contrast.decided_by:
        case "nothing":
            words = _verdicts_in_words(here, there)
            yield f"Neither candidate has a rank: {words[0]} and {words[1]}."
        case "tie":
            yield f"Both candidates share rank {here.rank:,}."
        case "rank":
            yield _only_one_ranked_sentence(here, there)
        case _:
            yield from _order_sentences(here, there, contrast.decided_by)
    for tie in explanation.near_ties:
        if tie.other.id == there.id:
            yield _near_tie_sentence(tie)


def _order_sentences(here: Assessment, there: Assessment, decided_by: str) -> Iterator[str]:
    above, below = sorted((here, there), key=lambda found: found.rank or 0)
    yield f'"{above.title}" ranks higher: rank {above.rank:,}, against rank {below.rank:,}.'
    verdicts = here.framework.all_verdicts
    same_kind = verdicts[here.verdict or ""].tier == verdicts[there.verdict or ""].tier
    if decided_by == "score":
        both = "Both have" if same_kind else "Unknown answers could give both"
        yield f"{both} the same kind of verdict, so the score decides."
    elif decided_by == "reach":
        yield (
            "Verdicts come before scores. Unknown answers could make the verdict of"
            f' "{below.title}" more severe.'
        )
    else:
        better, worse = _verdicts_in_words(above, below)
        yield f"Verdicts come before scores: {better} ranks before {worse}."


def _verdicts_in_words(*candidates: Assessment) -> list[str]:
    return [verdict_in_words(found.verdict, found.framework) for found in candidates]


def _only_one_ranked_sentence(here: Assessment, there: Assessment) -> str:
    ranked, unranked = (here, there) if there.rank is None else (there, here)
    verdicts = unranked.framework.all_verdicts
    why = f"verdict {verdict_in_words(unranked.verdict, unranked.framework)}"
    if unranked.verdict and verdicts[unranked.verdict].ranked:
        why = "no score"
    return f'"{ranked.title}" has rank {ranked.rank:,}; "{unranked.title}" has none ({why}).'


def _near_tie_sentence(tie: NearTie) -> str:
    share = percent(tie.wins)
    if tie.wins < NEAR_TIE_SHARE:
        why = "the order holds"
        share = f"only {share}"
    else:
        why = "one score lies within the range of the other, and the order holds"
    return (
        f"This is a near tie: {why} in {share} of draws, which vary the weights and the uncertain"
        " ratings at random."
    )


def _contrast_table(
    leaves: Sequence[CriterionPart], titles: Sequence[str], difference: float
) -> Table:
    """Return the criteria that speak most for each of two candidates, and the sum of all."""
    points = {part.id: part.points or 0.0 for part in leaves}
    printed = _as_printed(points, difference)
    against = {key: -value for key, value in points.items()}
    parts: list[tuple[str, list[tuple[Cell, ...]]]] = []
    for which, title, shares in zip(("first", "second"), titles, (points, against), strict=True):
        rows: list[tuple[Cell, ...]] = []
        for part in _largest(leaves, shares):
            name = directed(part.title, part.direction)
            rows.append((name, part.rating, part.other, printed.pop(part.id)))
        parts.append((f"In favour of the {which}: {title}", rows))
    together: list[tuple[Cell, ...]] = []
    if printed:
        others = plural(len(printed), "other criterion", "other criteria")
        together.append((others, "", "", math.fsum(printed.values())))
    together.append(("Difference of the scores", "", "", difference))
    columns = (
        _CRITERION,
        Column("rating", "First", least=10),
        Column("other", "Second", least=10),
        _POINTS,
    )
    return sectioned_table(columns, [*parts, ("Together", together)])


_LEAST_POINTS = 5e-10
"""Points within which scores tie: less is no difference."""


# everything


def _full_blocks(explanation: Explanation) -> Iterator[Block]:
    """Yield each criterion, rule, change and source, and the evidence of ratings and facts."""
    sources: dict[str, CitedSource] = {}
    for part in explanation.guardrails:
        sources |= {source.id: source for source in part.sources}
    if explanation.criteria:
        yield from _criteria_blocks(explanation)
    yield from need_blocks(explanation.assessment)
    yield from change_blocks(explanation, None)
    yield from _guardrail_blocks(explanation, list(sources))
    items = tuple(backing_sentences(explanation.ranking, explanation.assessment.id))
    if items:
        yield Heading("Evidence and notes")
        yield Bullets(items)
    if sources:
        yield Heading("Sources of the rules")
        yield Bullets(tuple(_source_items(sources.values())))
    yield Heading("Notes")
    near_ties = (_NEAR_TIE_NOTE,) if explanation.near_ties else ()
    yield Bullets((*explanation.notes, *near_ties))


def _source_items(sources: Iterable[CitedSource]) -> Iterator[str]:
    for mark, source in enumerate(sources, start=1):
        text = f"[{mark}] {source.title}"
        if source.date is not None:
            text += f", {source.date}"
        if source.verified != "primary":
            text += f" ({VERIFIED[source.verified]})"
        yield f"{text}." if source.url is None else f"{text}. {source.url}"


_NEAR_TIE_NOTE = (
    "Near tie: both candidates have the same kind of verdict, and either the order holds in fewer"
    " than 60 % of draws, or one score lies within the range of the other and the order holds in"
    f" fewer than 80 %. The {NEIGHBOURS} nearest scores are compared, in {NEAR_TIE_DRAWS:,} draws"
    " of weights and uncertain ratings, seed 0."
)


def _criteria_blocks(explanation: Explanation) -> Iterator[Block]:
    yield Heading("All criteria")
    if explanation.assessment.score is not None and explanation.ranking.has_total:
        text = "Points sum to the score, points lost to 100 minus the score; they are rounded so."
        if not explanation.ranking.valuation.tree.arithmetic:
            text += f" {_MEANS_NOTE}"
        yield Paragraph(text)
    yield explanation.table()


_MEANS_NOTE = "The mean is not arithmetic: a criterion with few points may still limit the score."


_STATES = {
    "clear": "does not apply",
    "met": "safeguards in place",
    "safeguard-due": "safeguards to be put in place",
    "safeguard-planned": "safeguards planned",
    "safeguard-missing": "safeguards missing",
    "permission-to-ask": "permissions to request",
    "applies": "applies",
    "bars": f"applies; {NO_SAFEGUARD}",
    "answer-unknown": "unknown whether it applies",
    "degree-unknown": "applies, unknown how severely",
}


def _guardrail_blocks(explanation: Explanation, sources: list[str]) -> Iterator[Block]:
    if not explanation.guardrails:
        return
    yield Heading("All rules")
    framework = explanation.ranking.framework
    verdicts = list(framework.all_verdicts)
    clear = []
    parts = list(explanation.guardrails)
    parts.sort(key=lambda part: -verdicts.index(part.finding.verdict))
    for part in parts:
        finding = part.finding
        if finding.state == "clear":
            decided = f": {_decided_words(part)}" if part.decided else ""
            clear.append(f"{finding.title}{decided}. {_grounds_sentence(part, sources)}")
            continue
        mark = badge(finding.verdict, framework)
        words = "; ".join(filter(None, (mark.word, referral_in_words(finding))))
        yield Heading(f"{mark.shape} {finding.title}: {_STATES[finding.code]} ({words})", 3)
        yield Bullets(tuple(_finding_sentences(part, sources, framework)))
    if clear:
        yield Heading("Rules that do not apply", 3)
        yield Bullets(tuple(clear))


def _finding_sentences(
    part: GuardrailEvidence, sources: list[str], framework: Framework
) -> Iterator[str]:
    finding = part.finding
    reason = reason_in_words(finding)
    if reason is not None:
        yield f"Reason: {reason}"
    yield _grounds_sentence(part, sources)
    if part.decided:
        yield f"Decided by: {_decided_words(part)}."
    elif finding.state != "unknown":
        yield "It always applies."
    if finding.in_place:
        yield f"In place: {safeguard_titles(framework, finding.in_place)}."
    if finding.lacking:
        yield f"{capitalised(needs_of(finding, framework, 'missing: '))}."
    *_, questions = rule_cells(finding, framework, set())
    if questions:
        yield f"To find out: {questions}"


def _decided_words(part: GuardrailEvidence) -> str:
    return ", ".join(f"{within(each.title)} ({each.answer})" for each in part.decided)


def _grounds_sentence(part: GuardrailEvidence, sources: list[str]) -> str:
    """Return the sources of a guardrail, by their numbers in the list of sources."""
    words = []
    for source in part.sources:
        words.append(f"[{sources.index(source.id) + 1}] {source.clause or ''}".rstrip())
    if part.basis == "judgement":
        words.append("judgement of the framework's author")
    text = f"Based on: {', '.join(words) or 'no source named'}"
    if part.verified == "no":
        text += " (not verified)"
    return f"{text}."
