"""Disagreements in words: what decides on the severe side, and what the other frameworks found of it.

Imports the disagreements, scoring's presentation and the words of answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...models.base import within
from ...models.framework import Framework
from ...scoring.wording import badge
from .disagreements import Disagreement, FactCount, Other, Reason, Said, Side

__all__ = ["heading_of", "lines_of"]

_NAMED, _FACTS, _ANSWERS, _SAID = 6, 3, 3, 4


def heading_of(found: Disagreement, frameworks: Mapping[str, Framework]) -> str:
    """Return the verdicts of the severe side, and the guardrails that give them."""
    titles = dict.fromkeys(
        side.reason.title if side.reason else "its mildest verdict" for side in found.sides
    )
    verdicts: dict[str, list[str]] = {}
    for side in found.sides:
        by = verdicts.setdefault(_mark(side.verdict, frameworks[side.framework]), [])
        by += [f"`{side.framework}`"] if f"`{side.framework}`" not in by else []
    said = ", ".join(f"{mark} by {' and '.join(names)}" for mark, names in verdicts.items())
    unknown = all(
        side.reason is not None and side.reason.state == "unknown" for side in found.sides
    )
    return f"{said}: {'; '.join(titles)}{' (cannot tell)' if unknown else ''}"


def lines_of(found: Disagreement, frameworks: Mapping[str, Framework]) -> Iterator[str]:
    """Yield sentences: of whom, because of what, and what each other framework says."""
    yield f"{_whom([title for _, title in found.candidates])}."
    for sides in _alike(found.sides):
        by = f"{_named(sides, found.sides)}: " if len(found.sides) > 1 else ""
        sentence = f"{by}{_because(sides[0].reason, found)}"
        yield f"{sentence[0].upper()}{sentence[1:]}."
    for other in found.others:
        yield f"{_other(other, found, frameworks[other.framework])}."


def _mark(verdict: str | None, framework: Framework) -> str:
    mark = badge(verdict, framework)
    return f"{mark.shape} {mark.word}"


def _whom(titles: Sequence[str]) -> str:
    named = "; ".join(titles[:_NAMED]) + (
        f"; and {len(titles) - _NAMED:,} more" if titles[_NAMED:] else ""
    )
    return f"{len(titles):,} candidates: {named}" if len(titles) > 1 else named


# the severe side


def _alike(sides: Sequence[Side]) -> list[list[Side]]:
    """Return sides together that rest on the same."""
    together: dict[tuple[object, ...], list[Side]] = {}
    for side in sides:
        reason = side.reason
        key = (
            (reason.state, reason.facts, reason.missing, reason.in_place)
            if reason is not None
            else ()
        )
        together.setdefault(key, []).append(side)
    return list(together.values())


def _named(sides: Sequence[Side], among: Sequence[Side]) -> str:
    """Return what tells some sides from the others: their frameworks, or the guardrails of the one they all are."""
    if len({side.framework for side in among}) > 1:
        return " and ".join(dict.fromkeys(f"`{side.framework}`" for side in sides))
    return " and ".join(f'"{side.reason.title}"' for side in sides if side.reason is not None)


def _because(reason: Reason | None, found: Disagreement) -> str:
    if reason is None:
        return "the verdict is given where no guardrail applies"
    count = found.looked_at
    of = f" (facts of the first {count:,})" if count < len(found.candidates) else ""
    facts = _facts(reason.facts, count)
    if reason.state == "unknown":
        return f"one cannot tell whether it applies, with {facts}{of}"
    because = f"because of {facts}{of}" if facts else "asked of every candidate"
    return because + (
        "; no safeguard would meet it"
        if reason.state == "barred"
        else _safeguards(reason, found.unit)
    )


def _facts(facts: Sequence[FactCount], count: int, most: int = _ANSWERS) -> str:
    """Return facts and their answers; how many have each where not all have the same."""
    words = [f"{within(fact.title)}: {_answers(fact, count, most)}" for fact in facts[:_FACTS]]
    return "; ".join(words) + (f"; and {len(facts) - _FACTS} more" if facts[_FACTS:] else "")


def _answers(fact: FactCount, count: int, most: int) -> str:
    if len(fact.answers) == 1:
        answer, times = fact.answers[0]
        return answer if times == count else f"{answer} ({times:,})"
    if any(
        "," in answer for answer, _ in fact.answers
    ):  # several lists in one sentence are past reading
        return "different answers" + (f" ({fact.count:,})" if fact.count < count else "")
    shown = fact.answers if len(fact.answers) <= most else fact.answers[: most - 1]
    rest = fact.count - sum(times for _, times in shown)
    return ", ".join(f"{answer} ({times:,})" for answer, times in shown) + (
        f", other ({rest:,})" if rest else ""
    )


def _safeguards(reason: Reason, unit: str | None) -> str:
    if reason.missing:
        word = {"area": "to be put in place", "project": "missing"}.get(
            unit or "", "missing or to be put in place"
        )
        return f"; {word}: {', '.join(reason.missing)}"
    return f"; in place: {', '.join(reason.in_place)}" if reason.in_place else ""


# the other frameworks


def _other(other: Other, found: Disagreement, framework: Framework) -> str:
    said = [_said(part, other, found, framework) for part in other.said[:_SAID]]
    rest = sum(len(part.candidates) for part in other.said[_SAID:])
    words = "; ".join(said) + (f"; other for {rest:,}" if rest else "")
    if not any(part.verdict for part in other.said):
        return f"`{framework.id}`: {words}"
    if other.shared:
        asks = " and ".join(
            filter(None, [", ".join(map(within, other.shared[:-1])), within(other.shared[-1])])
        )
        if other.closest is None:
            return f"`{framework.id}`, which asks for {asks} only to tell whether it is about it: {words}"
        return f'`{framework.id}`, where "{other.closest}" asks for {asks} too: {words}'
    asked = [within(title) for title in _asked(found)]
    unasked = f", which does not ask for {' or '.join(asked)}" if asked else ""
    return f"`{framework.id}`{unasked}: {words}"


def _asked(found: Disagreement) -> list[str]:
    reasons = [side.reason for side in found.sides if side.reason is not None]
    facts = dict.fromkeys(fact.title for reason in reasons for fact in reason.facts)
    return list(
        facts
        or dict.fromkeys(word for reason in reasons for word in (*reason.missing, *reason.in_place))
    )


def _said(part: Said, other: Other, found: Disagreement, framework: Framework) -> str:
    some = f" for {len(part.candidates):,}" if len(part.candidates) < len(found.candidates) else ""
    said = f"{_mark(part.verdict, framework)}{some}"
    if part.verdict is None:
        return said
    notes = []
    if part.decided_by and other.closest not in part.decided_by:
        notes.append(
            f'by "{part.decided_by[0]}"'
            + (f" and {more} more" if (more := len(part.decided_by) - 1) else "")
        )
    if part.found is not None:
        notes.append(_finding(part.found, len(part.candidates), found))
    return f"{said} ({'; '.join(notes)})" if notes else said


def _finding(reason: Reason, count: int, found: Disagreement) -> str:
    facts = _facts(reason.facts[:2], count, 2)
    match reason.state:
        case "clear":
            return f"does not apply, with {facts}" if facts else "does not apply"
        case "unknown":
            return f"cannot tell, with {facts}"
        case "barred":
            return "applies"
        case "met":
            return f"met{_safeguards(reason, found.unit)}"
    return f"not met{_safeguards(reason, found.unit)}"
