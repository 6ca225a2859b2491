"""The memo: an explanation in headings, sentences and small tables.

Imports the pages, their tables, the presentation of rankings and the words of findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ...models.framework import Framework
from ...models.sources import title_of, within
from ...output.text import figure
from ...scoring.wording import badge, reasons_of, title_of_word
from ..evidence import CitedSource, GuardrailEvidence, safeguard_words
from .memo_tables import changes_table, contrast_table, criteria_table
from .pages import Block, Heading, Items, Paragraph
from .versus import Versus

if TYPE_CHECKING:  # an explanation shows itself by this module
    from .explanation import Explanation

__all__ = ["memo_of"]


def memo_of(explanation: Explanation) -> tuple[Block, ...]:
    """Return an explanation as the blocks of a page: verdict and rank first, then why, then what would change it."""
    return tuple(_blocks(explanation))


def _blocks(explanation: Explanation) -> Iterator[Block]:
    framework, assessment = explanation.ranking.framework, explanation.assessment
    yield Heading(assessment.title, 1)
    version = f", {framework.version}" if framework.version else ""
    yield Paragraph(
        f"The {assessment.unit} {assessment.id}, judged by: {title_of(framework.id, framework.title)}{version}."
    )
    yield from _decision(explanation)
    yield from _score(explanation)
    yield from _guardrails(explanation)
    yield from _changes(explanation)
    if explanation.versus is not None:
        yield from _versus(explanation, explanation.versus)
    yield from _sources(explanation)
    yield Heading("To bear in mind")
    yield Items(explanation.notes)


# verdict and rank


def _decision(explanation: Explanation) -> Iterator[Block]:
    ranking, assessment = explanation.ranking, explanation.assessment
    yield Heading("Where it stands")
    yield Paragraph(" ".join(_standing(explanation)))
    if reasons := reasons_of(assessment, ranking.framework):
        yield Items(tuple(_sentence(f"{reason[0].upper()}{reason[1:]}") for reason in reasons))
    if assessment.standing:
        words = ", ".join(safeguard_words(ranking.framework, name) for name in assessment.standing)
        yield Paragraph(
            f"Asked of every project, changing no verdict, and not in place here: {words}."
        )


def _standing(explanation: Explanation) -> Iterator[str]:
    ranking, assessment = explanation.ranking, explanation.assessment
    if assessment.verdict is None:
        yield "The framework is not about it: it has no verdict and no rank."
    else:
        yield f"Verdict: {_verdict(assessment.verdict, ranking.framework)}."
    if not ranking.has_total:
        if assessment.verdict is not None:
            yield "The framework makes no total score, so there are no ranks."
    else:
        yield from _rank(explanation)
    if (
        assessment.verdict_range is not None
        and assessment.verdict_range[0] != assessment.verdict_range[1]
    ):
        yield f"What is unknown leaves open verdicts from {' to '.join(assessment.verdict_range)}."


def _rank(explanation: Explanation) -> Iterator[str]:
    ranking, assessment = explanation.ranking, explanation.assessment
    ranked = int((ranking.ranks > 0).sum())
    if assessment.rank is not None:
        ties = int((ranking.ranks == assessment.rank).sum()) - 1
        shared = (
            "" if not ties else f", shared with {'one other' if ties == 1 else f'{ties} others'}"
        )
        yield f"Rank {assessment.rank:,} of {ranked:,}{shared}."
    elif assessment.verdict is not None:
        why = "candidates with this verdict are not ranked"
        if ranking.framework.all_verdicts[assessment.verdict].ranked:
            why = "it has no score"
        yield f"No rank: {why}."
    if assessment.score is not None:
        yield f"Score: {assessment.score:.1f} of 100{_bounds(explanation)}."
        if assessment.band is not None:
            yield f"Band: {assessment.band}."
        if assessment.rated < 1:
            yield f"Rated is {assessment.rated:.0%} of the weight."
    elif assessment.low is not None and assessment.high is not None:
        yield f"Whatever the ratings, its score would lie between {assessment.low:.1f} and {assessment.high:.1f}."


def _bounds(explanation: Explanation) -> str:
    low, high = explanation.assessment.low, explanation.assessment.high
    if low is None or high is None or high - low < 0.05:
        return ""
    return f"; what the ratings leave open puts it between {low:.1f} and {high:.1f}"


def _verdict(verdict: str, framework: Framework) -> str:
    title = framework.all_verdicts[verdict].title
    mark = badge(verdict, framework)
    return f"{mark.shape} {verdict}" + (
        f" ({within(title)})" if title is not None and title != verdict else ""
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


# why this score


def _score(explanation: Explanation) -> Iterator[Block]:
    if not explanation.criteria:
        return
    leaves = [part for part in explanation.criteria if not part.is_group]
    yield Heading("What makes the score" if explanation.ranking.has_total else "How it is rated")
    if explanation.assessment.score is not None and len(leaves) > 1:
        most = max(leaves, key=lambda part: part.contribution or 0.0)
        least = max(leaves, key=lambda part: part.shortfall or 0.0)
        text = f"Most points come from {within(most.title)} ({most.contribution:.1f})"
        lost = (
            f"; most are lost on {within(least.title)} ({least.shortfall:.1f})"
            if (least.shortfall or 0) > 0
            else ""
        )
        yield Paragraph(
            f"{text}{lost}. Points sum to the score, points lost to 100 minus it; what counts for little in the mean "
            "may still be what holds it down."
            if not explanation.ranking.valuation.tree.arithmetic
            else f"{text}{lost}. Points sum to the score, points lost to 100 minus it."
        )
    yield criteria_table(explanation)


# guardrails

_STATES = {
    "clear": "does not apply",
    "met": "met",
    "unmet": "applies, and safeguards are missing",
    "barred": "applies, and no safeguard would meet it",
    "unknown": "cannot tell whether it applies",
}


def _guardrails(explanation: Explanation) -> Iterator[Block]:
    parts = explanation.guardrails
    if not parts:
        return
    yield Heading("What each guardrail found")
    framework, unit = explanation.ranking.framework, explanation.assessment.unit
    numbers = _numbers(parts)
    for part in sorted(
        parts, key=lambda part: -list(framework.all_verdicts).index(part.finding.verdict)
    ):
        if part.finding.state == "clear":
            continue
        mark = badge(part.finding.verdict, framework)
        yield Heading(f"{mark.shape} {part.finding.title}: {_state(part)} ({mark.word})", 3)
        yield Items(tuple(_found(part, framework, unit, numbers)))
    if clear := [part for part in parts if part.finding.state == "clear"]:
        yield Heading("○ Clear: these do not apply", 3)
        yield Items(tuple(_clear(part, numbers) for part in clear))


def _state(part: GuardrailEvidence) -> str:
    to_come = part.finding.state == "met" and part.finding.missing
    return (
        "would be met by safeguards to be put in place" if to_come else _STATES[part.finding.state]
    )


def _found(
    part: GuardrailEvidence, framework: Framework, unit: str, numbers: Mapping[str, int]
) -> Iterator[str]:
    finding = part.finding
    if finding.reason is not None:
        yield f"Why: {finding.reason}"
    yield _rests_on(part, numbers)
    if part.decided:
        yield f"Decided by: {_facts(part)}."
    elif finding.state != "unknown":
        yield "It applies always."
    if finding.in_place:
        yield f"In place: {', '.join(safeguard_words(framework, name) for name in finding.in_place)}."
    if finding.missing:
        word = "To be put in place" if unit == "area" else "Missing"
        needs = "; ".join(_need(options, finding.planned, framework) for options in finding.missing)
        yield f"{word}{', if it applies' if finding.state == 'unknown' else ''}: {needs}."
    if finding.unknown:
        asked = ", ".join(within(title_of_word(framework, name)) for name in finding.unknown)
        yield f"To be found out: {asked}."


def _need(options: tuple[str, ...], planned: tuple[str, ...], framework: Framework) -> str:
    words = " or ".join(safeguard_words(framework, name) for name in options)
    return f"{words} (planned, which does not count yet)" if set(options) & set(planned) else words


def _clear(part: GuardrailEvidence, numbers: Mapping[str, int]) -> str:
    facts = f": {_facts(part)}" if part.decided else ""
    return f"{part.finding.title}{facts}. {_rests_on(part, numbers)}"


def _facts(part: GuardrailEvidence) -> str:
    return ", ".join(f"{within(fact.title)} ({fact.answer})" for fact in part.decided)


def _rests_on(part: GuardrailEvidence, numbers: Mapping[str, int]) -> str:
    """Return what a guardrail rests on; the sources by their numbers in the list of them."""
    words = [
        f"[{numbers[source.id]}]" + (f" {source.clause}" if source.clause else "")
        for source in part.sources
    ]
    if part.basis == "judgement":
        words.append("its author's own judgement")
    doubt = "; not verified" if part.verified == "no" else ""
    return f"Rests on: {', '.join(words) or 'no source named'}{doubt}."


def _numbers(parts: Sequence[GuardrailEvidence]) -> dict[str, int]:
    ids = dict.fromkeys(source.id for part in parts for source in part.sources)
    return {name: number for number, name in enumerate(ids, start=1)}


def _sources(explanation: Explanation) -> Iterator[Block]:
    sources = {source.id: source for part in explanation.guardrails for source in part.sources}
    if sources:
        yield Heading("Sources of the guardrails")
        yield Items(
            tuple(
                f"[{number}] {_cited(source)}"
                for number, source in enumerate(sources.values(), start=1)
            )
        )


_CHECKED = {"no": ". Not verified", "secondary": ". Read at a second hand", "primary": ""}


def _cited(source: CitedSource) -> str:
    date = f", {source.date}" if source.date is not None else ""
    url = f". {source.url}" if source.url is not None else ""
    return f"{source.title}{date}{_CHECKED[source.verified]}{url}"


# what would change it

_UNCERTAIN = (
    "An uncertain rating is taken as settled there: at the point nearest to the most likely one, or to the middle of "
    "what is possible."
)


def _changes(explanation: Explanation) -> Iterator[Block]:
    for gain, heading, verb in (
        (True, "What would lift it", "bring"),
        (False, "What would cost it", "cost it"),
    ):
        aims = [aim for aim in explanation.aims if aim.gain is gain]
        if not aims:
            continue
        yield Heading(heading)
        asked = " or ".join(aim.words for aim in aims)
        table = changes_table(explanation, aims)
        if table is None:
            yield Paragraph(f"No one rating, answer or safeguard would {verb} {asked}.")
            continue
        yield Paragraph(f"Each of these alone, all else as it is, would {verb} {asked}:")
        yield table
        wanted = {aim.id for aim in aims}
        if any(change.uncertain for change in explanation.rating_changes if change.aim in wanted):
            yield Paragraph(_UNCERTAIN)
        without = [aim.words for aim in aims if not _any_change(explanation, aim.id)]
        if without:
            yield Paragraph(
                f"No one rating, answer or safeguard would {verb} {' or '.join(without)}."
            )


def _any_change(explanation: Explanation, aim: str) -> bool:
    parts = (explanation.rating_changes, explanation.fact_changes, explanation.safeguard_changes)
    return any(change.aim == aim for changes in parts for change in changes)


# versus


def _versus(explanation: Explanation, versus: Versus) -> Iterator[Block]:
    yield Heading(f"Against: {versus.other.title}")
    yield Paragraph(_why(explanation, versus))
    if not versus.parts:
        return
    assert versus.difference is not None
    points = f"{abs(versus.difference):.2f} points"
    way = "higher" if versus.difference > 0 else "lower"
    if abs(versus.difference) < 0.005:
        yield Paragraph(
            "Their scores are the same to two digits; criterion by criterion they differ so:"
        )
    else:
        yield Paragraph(f"This one's score is {points} {way}; criterion by criterion:")
    yield contrast_table(explanation, versus)


def _why(explanation: Explanation, versus: Versus) -> str:
    here, there = explanation.assessment, versus.other
    verdicts = explanation.ranking.framework.all_verdicts
    words = f"verdicts: {here.verdict or 'not applicable'} for this one, {there.verdict or 'not applicable'} for it"
    if versus.decided_by == "nothing":
        return f"Neither has a rank ({words})."
    if versus.decided_by == "tie":
        return f"Both share rank {here.rank}."
    if versus.decided_by == "rank":
        ranked, other = (
            ("This one", "the other") if here.rank is not None else ("The other one", "this one")
        )
        unranked = there if here.rank is not None else here
        no_score = unranked.verdict is not None and verdicts[unranked.verdict].ranked
        why = (
            "it has no score"
            if no_score
            else f"its verdict is {unranked.verdict or 'not applicable'}"
        )
        return f"{ranked} has a rank, and {other} has none: {why}."
    assert here.rank is not None
    assert there.rank is not None
    above, below = (here, there) if here.rank < there.rank else (there, here)
    who = "This one stands above" if above is here else "The other one stands above"
    if versus.decided_by == "score":
        return f"{who} (rank {figure(above.rank or 0)} to {figure(below.rank or 0)}) by its score: both are of one tier."
    return (
        f"{who} (rank {figure(above.rank or 0)} to {figure(below.rank or 0)}) by its verdict, whatever the scores: "
        f"{above.verdict} comes before {below.verdict}."
    )
