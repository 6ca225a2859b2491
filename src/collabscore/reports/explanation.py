"""The page of an explanation: verdict and rank first, then why, then what would change it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from ..analysis.changes import Change, FactChange, RatingChange, SafeguardChange
from ..analysis.evidence import GuardrailEvidence
from ..analysis.explanation import Contrast, CriterionPart, Explanation
from ..models.base import within
from ..models.framework import Framework
from ..output import Block, Bullets, Cell, Column, Detail, Heading, Page, Paragraph, Table
from ..output.text import figure
from ..scoring.ranking import Ranking
from ..scoring.verdicts import Assessment, Finding
from ..scoring.wording import badge, framework_title, reasons_of, safeguard_title, title_of_word

__all__ = ["notes_of", "page_of", "target_words"]

_CHECKED = {"no": ". Not verified", "secondary": ". Read at a second hand", "primary": ""}


def page_of(explanation: Explanation, detail: Detail) -> Page:
    """Return an explanation as a page."""
    framework, assessment = explanation.ranking.framework, explanation.assessment
    sources = {source.id: source for part in explanation.guardrails for source in part.sources}
    judged = f"The {assessment.unit} {assessment.id}, judged by: {framework_title(framework)}."
    blocks = [
        Heading(assessment.title, 1),
        Paragraph(judged),
        *_decision_blocks(explanation),
        *_score_blocks(explanation),
        *_guardrail_blocks(explanation, list(sources)),
        *_change_blocks(explanation, "What would lift it", "bring", gain=True),
        *_change_blocks(explanation, "What would cost it", "cost it", gain=False),
    ]
    if explanation.versus is not None:
        blocks += _contrast_blocks(explanation, explanation.versus)
    if sources:
        entries = []
        for number, source in enumerate(sources.values(), start=1):
            date = f", {source.date}" if source.date is not None else ""
            url = f". {source.url}" if source.url is not None else ""
            entries.append(f"[{number}] {source.title}{date}{_CHECKED[source.verified]}{url}")
        blocks += [Heading("Sources of the guardrails"), Bullets(tuple(entries))]
    blocks += [Heading("To bear in mind"), Bullets(explanation.notes)]
    return Page(tuple(blocks), explanation.title)


def notes_of(explanation: Explanation) -> tuple[str, ...]:
    """Return the notes on the ranking."""
    return explanation.ranking.notes


# verdict and rank


def _decision_blocks(explanation: Explanation) -> Iterator[Block]:
    ranking, assessment = explanation.ranking, explanation.assessment
    yield Heading("Where it stands")
    yield Paragraph(" ".join(_decision_sentences(explanation)))
    reasons = []
    for reason in reasons_of(assessment, ranking.framework):
        end = "" if reason.endswith((".", "?")) else "."
        reasons.append(f"{reason[0].upper()}{reason[1:]}{end}")
    if reasons:
        yield Bullets(tuple(reasons))
    if assessment.standing:
        words = _safeguard_titles(assessment.standing, ranking.framework)
        yield Paragraph(
            f"Asked of every project, changing no verdict, and not in place here: {words}."
        )


def _decision_sentences(explanation: Explanation) -> Iterator[str]:
    ranking, assessment = explanation.ranking, explanation.assessment
    verdict = assessment.verdict
    if verdict is None:
        yield "The framework is not about it: it has no verdict and no rank."
    else:
        definition = ranking.framework.all_verdicts[verdict]
        text = f"Verdict: {badge(verdict, ranking.framework).shape} {verdict}"
        if definition.title not in (None, verdict):
            text += f" ({within(definition.title)})"
        yield f"{text}."
        yield _rank_sentence(ranking, assessment.rank, ranked=definition.ranked)
    if ranking.has_total:
        yield from _score_sentences(assessment)
    if assessment.verdict_range is not None:
        mild, severe = assessment.verdict_range
        if mild != severe:
            yield f"What is unknown leaves open verdicts from {mild} to {severe}."


def _rank_sentence(ranking: Ranking, rank: int | None, *, ranked: bool) -> str:
    if not ranking.has_total:
        return "The framework makes no total score, so there are no ranks."
    if rank is not None:
        others = int((ranking.ranks == rank).sum()) - 1
        shared = f", shared with {others} others"
        if others < 2:
            shared = ", shared with one other" if others else ""
        return f"Rank {rank:,} of {(ranking.ranks > 0).sum():,}{shared}."
    if ranked:
        return "No rank: it has no score."
    return "No rank: candidates with this verdict are not ranked."


def _score_sentences(assessment: Assessment) -> Iterator[str]:
    score, low, high = assessment.score, assessment.low, assessment.high
    if low is None or high is None:
        return
    between = f"between {low:.1f} and {high:.1f}"
    if score is None:
        yield f"Whatever the ratings, its score would lie {between}."
        return
    text = f"Score: {score:.1f} of 100"
    if high - low >= 0.05:
        text += f"; what the ratings leave open puts it {between}"
    yield f"{text}."
    if assessment.band is not None:
        yield f"Band: {assessment.band}."
    if assessment.rated < 1:
        yield f"Rated is {assessment.rated:.0%} of the weight."


# why this score


def _score_blocks(explanation: Explanation) -> Iterator[Block]:
    if not explanation.criteria:
        return
    yield Heading("What makes the score" if explanation.ranking.has_total else "How it is rated")
    leaves = [part for part in explanation.criteria if not part.is_group]
    if explanation.assessment.score is not None and len(leaves) > 1:
        yield Paragraph(_points_sentence(explanation, leaves))
    yield explanation.table()


def _points_sentence(explanation: Explanation, leaves: Sequence[CriterionPart]) -> str:
    most = max(leaves, key=lambda part: part.contribution or 0.0)
    least = max(leaves, key=lambda part: part.shortfall or 0.0)
    text = f"Most points come from {within(most.title)} ({most.contribution:.1f})"
    if least.shortfall is not None and least.shortfall > 0:
        text += f"; most are lost on {within(least.title)} ({least.shortfall:.1f})"
    text += ". Points sum to the score, points lost to 100 minus it"
    if not explanation.ranking.valuation.tree.arithmetic:
        text += "; what counts for little in the mean may still be what holds it down"
    return f"{text}."


# guardrails

_STATES = {
    "clear": "does not apply",
    "met": "met",
    "unmet": "applies, and safeguards are missing",
    "barred": "applies, and no safeguard would meet it",
    "unknown": "cannot tell whether it applies",
}


def _guardrail_blocks(explanation: Explanation, sources: list[str]) -> Iterator[Block]:
    if not explanation.guardrails:
        return
    yield Heading("What each guardrail found")
    framework = explanation.ranking.framework
    verdicts = list(framework.all_verdicts)
    clear = []
    for part in sorted(
        explanation.guardrails, key=lambda part: -verdicts.index(part.finding.verdict)
    ):
        finding = part.finding
        if finding.state == "clear":
            decided = f": {_decided_words(part)}" if part.decided else ""
            clear.append(f"{finding.title}{decided}. {_grounds_sentence(part, sources)}")
            continue
        state = _STATES[finding.state]
        if finding.state == "met" and finding.missing:
            state = "would be met by safeguards to be put in place"
        mark = badge(finding.verdict, framework)
        yield Heading(f"{mark.shape} {finding.title}: {state} ({mark.word})", 3)
        yield Bullets(tuple(_finding_sentences(explanation, part, sources)))
    if clear:
        yield Heading("○ Clear: these do not apply", 3)
        yield Bullets(tuple(clear))


def _finding_sentences(
    explanation: Explanation, part: GuardrailEvidence, sources: list[str]
) -> Iterator[str]:
    framework, finding = explanation.ranking.framework, part.finding
    if finding.reason is not None:
        yield f"Why: {finding.reason}"
    yield _grounds_sentence(part, sources)
    if part.decided:
        yield f"Decided by: {_decided_words(part)}."
    elif finding.state != "unknown":
        yield "It applies always."
    if finding.in_place:
        yield f"In place: {_safeguard_titles(finding.in_place, framework)}."
    if finding.missing:
        yield _missing_sentence(explanation, finding)
    if finding.unknown:
        names = ", ".join(within(title_of_word(framework, name)) for name in finding.unknown)
        yield f"To be found out: {names}."


def _missing_sentence(explanation: Explanation, finding: Finding) -> str:
    needs = []
    for options in finding.missing:
        words = _safeguard_titles(options, explanation.ranking.framework, " or ")
        if not set(options).isdisjoint(finding.planned):
            words += " (planned, which does not count yet)"
        needs.append(words)
    lead = "To be put in place" if explanation.assessment.unit == "area" else "Missing"
    if finding.state == "unknown":
        lead += ", if it applies"
    return f"{lead}: {'; '.join(needs)}."


def _decided_words(part: GuardrailEvidence) -> str:
    return ", ".join(f"{within(each.title)} ({each.answer})" for each in part.decided)


def _grounds_sentence(part: GuardrailEvidence, sources: list[str]) -> str:
    """Return the sources of a guardrail, by their numbers in the list of sources."""
    words = []
    for source in part.sources:
        number = sources.index(source.id) + 1
        words.append(f"[{number}] {source.clause or ''}".rstrip())
    if part.basis == "judgement":
        words.append("its author's own judgement")
    text = f"Rests on: {', '.join(words) or 'no source named'}"
    if part.verified == "no":
        text += "; not verified"
    return f"{text}."


def _safeguard_titles(names: Sequence[str], framework: Framework, between: str = ", ") -> str:
    return between.join(safeguard_title(framework, name) for name in names)


# what would change it

_UNCERTAIN = (
    "An uncertain rating is taken as settled there: at the point nearest to the most likely one, "
    "or to the middle of what is possible."
)


def _change_blocks(
    explanation: Explanation, heading: str, verb: str, *, gain: bool
) -> Iterator[Block]:
    wanted: dict[str, str] = {aim.id: aim.words for aim in explanation.aims if aim.gain is gain}
    if not wanted:
        return
    yield Heading(heading)
    changes = _changes_towards(explanation, wanted)
    if changes:
        words = " or ".join(wanted.values())
        yield Paragraph(f"Each of these alone, all else as it is, would {verb} {words}:")
        yield _changes_table(explanation, changes, gain=gain)
    if any(isinstance(change, RatingChange) and change.uncertain for change in changes):
        yield Paragraph(_UNCERTAIN)
    for change in changes:
        wanted.pop(change.aim, None)
    if wanted:
        words = " or ".join(wanted.values())
        yield Paragraph(f"No one rating, answer or safeguard would {verb} {words}.")


def _changes_towards(explanation: Explanation, aims: Collection[str]) -> list[Change]:
    """Return safeguards and answers first, which can be agreed on, then ratings by their change."""
    ratings = sorted(explanation.rating_changes, key=lambda change: round(change.share_of_scale, 9))
    changes: list[Change] = [*explanation.safeguard_changes, *explanation.fact_changes, *ratings]
    return [change for change in changes if change.aim in aims]


_CHANGE_COLUMNS = (
    Column("what", "What", priority=0, least=24),
    Column("present", "Now", least=8),
    Column("would_be", "Would be", priority=0, least=14),
    Column("verdict", "Then", kind="badge", priority=0),
    Column("rank", "Rank", kind="number", digits=0, priority=0),
)


def _changes_table(explanation: Explanation, changes: Sequence[Change], *, gain: bool) -> Table:
    """Return one row for each change; a change that brings two aims about stands once."""
    framework = explanation.ranking.framework
    shown = len(_CHANGE_COLUMNS) - (not explanation.ranking.has_total)
    rows: dict[tuple[str, ...], tuple[Cell, ...]] = {}
    for change in changes:
        match change:
            case SafeguardChange():
                words = _safeguard_change_words(change, framework, gain=gain)
            case FactChange():
                present, answer = change.present.replace("_", " "), change.answer.replace("_", " ")
                words = (title_of_word(framework, change.fact), present, answer)
            case RatingChange():
                title = title_of_word(framework, change.criterion)
                words = (title, change.present, target_words(change, framework))
        then = change.consequence
        rows.setdefault(words, (*words, badge(then.verdict, framework), then.rank)[:shown])
    return Table(_CHANGE_COLUMNS[:shown], tuple(rows.values()))


def _safeguard_change_words(
    change: SafeguardChange, framework: Framework, *, gain: bool
) -> tuple[str, str, str]:
    needs = [_safeguard_titles(options, framework, " or ") for options in change.safeguards]
    what = "; ".join(needs)
    what = f"{what[:1].upper()}{what[1:]}"
    if not gain:
        return what, "in place", "lost"
    planned = [not set(options).isdisjoint(change.planned) for options in change.safeguards]
    now = "not in place"
    if any(planned):
        now = "planned" if all(planned) else "not all in place"
    return what, now, "in place" if len(needs) == 1 else "all in place"


def target_words(change: RatingChange, framework: Framework) -> str:
    """Return the rating that a change needs, rounded away from the present one to suffice."""
    if change.to == change.start and not change.beyond:
        return figure(change.start)
    low, high = framework.leaves[change.criterion].scale.range
    # two hundred steps to a scale
    places = -math.floor(math.log10((float(high) - float(low)) / 200))
    first = _outward_words(change, places)
    if change.until is None:
        bounds = ("more than", "less than") if change.beyond else ("at least", "at most")
        return f"{bounds[not change.rises]} {first}"
    last = _rounded_words(change.until, places)
    if abs(change.until - change.to) < 10.0**-places:
        last = f"{change.until:.9g}"
    if change.beyond:
        return f"beyond {first} to {last}"
    return first if first == last else f"{first} to {last}"


def _outward_words(change: RatingChange, places: int) -> str:
    if change.beyond or round(change.to, places + 1) == change.to:
        return _rounded_words(change.to, places + 1)
    rounded = math.ceil if change.rises else math.floor
    outward = rounded(change.to * 10.0**places) / 10.0**places
    if change.until is not None and abs(outward - change.start) > abs(change.until - change.start):
        return f"{change.to:.9g}"
    return _rounded_words(outward, places)


def _rounded_words(value: float, places: int) -> str:
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# against another candidate


def _contrast_blocks(explanation: Explanation, contrast: Contrast) -> Iterator[Block]:
    yield Heading(f"Against: {contrast.other.title}")
    yield Paragraph(_contrast_sentence(explanation, contrast))
    difference = contrast.difference
    if difference is None:
        return
    text = "Their scores are the same to two digits; criterion by criterion they differ so:"
    if abs(difference) >= 0.005:
        way = "higher" if difference > 0 else "lower"
        points = f"{abs(difference):.2f} points"
        text = f"This one's score is {points} {way}; criterion by criterion:"
    yield Paragraph(text)
    columns = (
        Column("criterion", "Criterion", priority=0, least=20),
        Column("rating", "This one", least=10),
        Column("other", "The other", least=10),
        Column("points", "Points", kind="number", priority=0, digits=2),
    )
    rows: list[tuple[Cell, ...]] = []
    for part in explanation.criteria:
        title = f"{'· ' * part.depth}{part.title}"
        rows.append((title, part.rating or "", part.other or "", part.points))
    rows.append(("All: the difference of the scores", "", "", difference))
    yield Table(columns, tuple(rows))


def _contrast_sentence(explanation: Explanation, contrast: Contrast) -> str:
    framework = explanation.ranking.framework
    here, there = explanation.assessment, contrast.other
    decided_by = contrast.decided_by
    if decided_by == "nothing":
        ours, theirs = badge(here.verdict, framework).word, badge(there.verdict, framework).word
        return f"Neither has a rank (verdicts: {ours} for this one, {theirs} for it)."
    if decided_by == "tie":
        return f"Both share rank {here.rank}."
    if decided_by == "rank":
        unranked, text = there, "This one has a rank, and the other has none"
        if here.rank is None:
            unranked, text = here, "The other one has a rank, and this one has none"
        why = f"its verdict is {badge(unranked.verdict, framework).word}"
        if unranked.verdict and framework.all_verdicts[unranked.verdict].ranked:
            why = "it has no score"
        return f"{text}: {why}."
    above, below = sorted((here, there), key=lambda found: found.rank or 0)
    who = "This one" if above is here else "The other one"
    stands = f"{who} stands above (rank {above.rank:,} to {below.rank:,})"
    if decided_by == "score":
        return f"{stands} by its score: both are of one tier."
    order = f"{above.verdict} comes before {below.verdict}"
    return f"{stands} by its verdict, whatever the scores: {order}."
