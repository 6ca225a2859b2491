"""Words for readers: verdicts, their reasons, titles, and known answers and ratings."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from ..models.base import citations, title_of, verification, within
from ..models.criteria import Missing
from ..models.framework import Framework
from ..output import Badge
from ..output.text import capitalised, figure, listed, percent
from .judgement import Judgement
from .problem import Problem
from .verdicts import (
    ANSWERS,
    Assessment,
    Finding,
    deciding_findings,
    goes_ahead,
    holds,
    is_refused,
    joint_findings,
    open_findings,
)

__all__ = [
    "AREAS_NOTE",
    "NOT_APPLICABLE",
    "NO_SAFEGUARD",
    "REQUIRED_OF_ALL",
    "SCOPE_NOTE",
    "STATES_IN_WORDS",
    "UNKNOWN_OR_UNCERTAIN",
    "UNKNOWN_RATING",
    "VERIFIED",
    "badge",
    "band_in_words",
    "case_in_words",
    "changed_framework_note",
    "cited_in_words",
    "closing_notes",
    "coverage_sentence",
    "directed",
    "direction_words",
    "doubt_sentences",
    "framework_title",
    "joint_words",
    "known_of",
    "listed_titles",
    "marks_in_words",
    "meaning_in_words",
    "needs_in_words",
    "needs_of",
    "options_in_words",
    "possible_needs",
    "present_answer",
    "question_of",
    "quoted_titles",
    "reason_in_words",
    "reasons_of",
    "referral_in_words",
    "rule_title",
    "safeguard_title",
    "safeguard_titles",
    "share_in_words",
    "standing_sentence",
    "title_of_word",
    "to_do_in_words",
    "unverified_note",
    "unverified_titles",
    "verdict_in_words",
]

NOT_APPLICABLE = Badge("not applicable", "○", "muted")
"""The badge where the framework is not about the candidate."""

AREAS_NOTE = "Areas are judged as if their projects had the safeguards, but not the permissions."
"""The note of lists in which all candidates are areas."""

SCOPE_NOTE = "A verdict judges the scope as described, not any institution or person."
"""The last note of every result with verdicts."""

_IF_IT_APPLIES = "if it applies"

NO_SAFEGUARD = "no safeguard can satisfy this rule"

REQUIRED_OF_ALL = "Before it starts, every project also needs, whatever its verdict"

UNKNOWN_OR_UNCERTAIN = "Unknown: nobody has answered. Uncertain: given as a range."
"""The two terms for what is not settled, wherever both are used."""

UNKNOWN_RATING: dict[Missing, str] = {
    "average": "counts as the average of its scale",
    "worst": "counts as the worst of its scale",
    "omit": "is left out; the weights of the others in its group grow",
    "refuse": "leaves its candidate without a score",
}
"""Treatment of an unknown rating by each policy, as the end of a sentence about it."""

VERIFIED: dict[str, str] = {
    "primary": "checked at its issuer",
    "secondary": "known from a secondary source",
    "no": "not verified",
}
"""Ways in which a source was checked."""

STATES_IN_WORDS = {
    "clear": "does not apply",
    "met": "satisfied",
    "unmet": "safeguards missing",
    "barred": "applies",
    "unknown": "unknown",
}
"""States of a guardrail for readers."""


def badge(verdict: str | None, framework: Framework) -> Badge:
    """Return a verdict as word, shape and colour.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> badge("refer", load_framework("guardrail"))
    Badge(word='refer', shape='▲', tone='decide')
    """
    if verdict is None:
        return NOT_APPLICABLE
    definition = framework.all_verdicts[verdict]
    # the verdicts that all frameworks share go by their ids
    word = verdict
    if framework.verdicts:
        word = definition.title or verdict.replace("_", " ")
    if not definition.ranked:
        return Badge(word, "✕", "stop")
    if definition.tier > 1:
        return Badge(word, "▲", "decide")
    if verdict == next(iter(framework.all_verdicts)):
        return Badge(word, "●", "good")
    return Badge(word, "◆", "caution")


def verdict_in_words(verdict: str | None, framework: Framework) -> str:
    """Return a verdict as its shape and word.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> verdict_in_words("refer", load_framework("guardrail"))
    '▲ refer'
    """
    mark = badge(verdict, framework)
    return f"{mark.shape} {mark.word}"


def to_do_in_words(assessment: Assessment) -> str | None:
    """Return how many safeguards and answers a candidate needs first; else how many it must keep.

    None where there is nothing to do, or nothing that would help.

    Examples
    --------
    >>> import collabscore as cs
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "small",
    ...     "safeguards": {"review": {}},
    ...     "guardrails": {"safety": {"needs": ["review"], "then": "refer"}},
    ... }
    >>> ranking = cs.score([{"id": "flu", "safeguards": ["review"]}, {"id": "ice"}], framework)
    >>> to_do_in_words(ranking["flu"]), to_do_in_words(ranking["ice"])
    ('keep 1', '1')
    """
    if assessment.verdict is None or goes_ahead(assessment):
        return None
    needs: set[object] = set(assessment.unrated if is_refused(assessment) else ())
    kept: set[str] = set()
    for finding in open_findings(assessment):
        needs.update(finding.unknown if finding.state == "unknown" else finding.missing)
        kept.update(finding.in_place)
    if needs:
        return f"{len(needs):,}"
    return f"keep {len(kept):,}" if kept else None


def band_in_words(framework: Framework, band: str) -> str:
    """Return a band and its bounds.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> [band_in_words(load_framework("guardrail"), band) for band in ("strong", "weak")]
    ['"strong" (70 or more)', '"weak" (0 to less than 40)']
    """
    least = framework.bands[band]
    above = [other for other in framework.bands.values() if other > least]
    bounds = f"{figure(least)} to less than {figure(min(above))}" if above else ""
    return f'"{band}" ({bounds or f"{figure(least)} or more"})'


# titles


def framework_title(framework: Framework) -> str:
    """Return the title of a framework, with its version and what a call changed."""
    title = title_of(framework.id, framework.title)
    if framework.version:
        title += f", version {framework.version}"
    if framework.given_weights:
        title += " (weights changed)"
    if len(framework.guardrails) < len(framework.adopted.guardrails):
        title += " (rules dropped)"
    return title


def title_of_word(framework: Framework, key: str) -> str:
    """Return the title of a criterion, a group, a fact or a safeguard."""
    fact = framework.fact_named(key)
    if fact is not None:
        return title_of(key, fact.title)
    if key in framework.nodes:
        return title_of(key, framework.nodes[key].title)
    return title_of(key, framework.all_safeguards[key].title)


def quoted_titles(framework: Framework, keys: Sequence[str]) -> str:
    """Titles of criteria, groups and facts for a sentence, each in double quotes.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> quoted_titles(load_framework("guardrail"), ["access", "stage"])
    '"Balance of access", "Stage"'
    """
    return ", ".join(f'"{title_of_word(framework, key)}"' for key in keys)


def listed_titles(framework: Framework, keys: Sequence[str]) -> str:
    """Titles of criteria, groups and facts for a list after a colon, without quotes.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> listed_titles(load_framework("guardrail"), ["access", "stage"])
    'balance of access, stage'
    """
    return ", ".join(within(title_of_word(framework, key)) for key in keys)


def safeguard_title(framework: Framework, key: str) -> str:
    """Title of a safeguard for a list after a colon."""
    return within(title_of(key, framework.all_safeguards[key].title))


def safeguard_titles(framework: Framework, keys: Sequence[str]) -> str:
    """Titles of safeguards for a list after a colon."""
    return ", ".join(safeguard_title(framework, key) for key in keys)


def standing_sentence(assessment: Assessment) -> str:
    """Return which safeguards required of every project are missing; there is at least one."""
    titles = [options_in_words((name,), assessment.framework) for name in assessment.standing]
    return f"Still missing of what every project needs before it starts: {', '.join(titles)}."


def meaning_in_words(meaning: str, assessments: Iterable[Assessment]) -> str:
    """Return the meaning of a verdict; of the mildest, that a project that goes ahead needs more.

    Examples
    --------
    >>> meaning_in_words("goes ahead", [])
    'goes ahead'
    """
    lacks = any(assessment.standing for assessment in assessments)
    is_open = lacks and meaning == ANSWERS[0]
    return f"{meaning}, if it has what every project needs" if is_open else meaning


def doubt_sentences(assessment: Assessment) -> Iterator[str]:
    """Yield which answers of a candidate have expired, and which are in doubt, if any."""
    framework = assessment.framework
    if assessment.expired:
        yield f"Expired: {listed_titles(framework, assessment.expired)}."
    if assessment.doubted:
        titles = listed_titles(framework, assessment.doubted)
        yield f"In doubt, since answers contradict each other or may do so: {titles}."


def coverage_sentence(assessment: Assessment) -> str:
    """Return which share of the weight the ratings cover."""
    return f"Ratings cover {percent(assessment.rated)} of the weight."


def cited_in_words(source: Any) -> str:
    """Return the sources of an element by their ids, each with its clause; empty for none.

    Examples
    --------
    >>> from collabscore.models.base import Citation
    >>> cited_in_words(["essay", Citation(id="sta-4", clause="article 3")])
    'essay, sta-4 (article 3)'
    """
    cited = []
    for citation in citations(source):
        clause = f" ({citation.clause})" if citation.clause else ""
        cited.append(f"{citation.id}{clause}")
    return ", ".join(cited)


def unverified_titles(framework: Framework) -> list[str]:
    """Return the titles of all parts of a framework that were not checked against their sources."""
    titles = []
    for kind, key, element in framework.elements():
        if kind != "framework" and verification(element, framework.all_sources) == "no":
            titles.append(title_of(key, element.title))
    return titles


def unverified_note(framework: Framework) -> str | None:
    """Note on the parts that were not verified; None if all were.

    Every result by the framework has it.
    """
    titles = unverified_titles(framework)
    if not titles:
        return None
    return f"Not verified: {', '.join(titles)}. Check these before you rely on them."


def changed_framework_note(framework: Framework) -> str | None:
    """Return the note on weights and guardrails that a call changed; None where it changed none.

    Every result by such a framework carries it, so that none passes as one by the adopted one.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> from collabscore.documents.reweighting import reweighted
    >>> changed = reweighted(load_framework("guardrail"), {"mutual_interest": "50%"})
    >>> (changed_framework_note(changed) or "").split(". ")[0]
    'Weights changed (shares of the total): "Mutual interest" 33.3 % → 50 %'
    """
    adopted = framework.adopted
    if adopted is framework:
        return None
    weights, sentences = [], []
    for key in framework.given_weights:
        node, before = framework.nodes[key], share_in_words(adopted.nodes[key].overall)
        weights.append(f'"{node.title}" {before} → {share_in_words(node.overall)}')
    if weights:
        sentences.append(f"Weights changed (shares of the total): {', '.join(weights)}.")
    dropped = []
    for key, guardrail in adopted.guardrails.items():
        if key not in framework.guardrails:
            dropped.append(f'"{title_of(key, guardrail.title)}"')
    if dropped:
        sentences.append(f"Rules dropped for this result: {', '.join(dropped)}.")
    return " ".join([*sentences, "The adopted framework is unchanged."])


def share_in_words(share: float) -> str:
    """Return the share of a weight in per cent, with three digits.

    Examples
    --------
    >>> share_in_words(0.5), share_in_words(1 / 3)
    ('50 %', '33.3 %')
    """
    return f"{100 * share:.3g} %"


def closing_notes(framework: Framework) -> Iterator[str]:
    """Yield the last notes of a report: changes of a call, unverified parts, and the scope."""
    changed = changed_framework_note(framework)
    if changed is not None:
        yield changed
    unverified = unverified_note(framework)
    if unverified is not None:
        yield unverified
    yield SCOPE_NOTE


# reasons of a verdict


def reasons_of(assessment: Assessment) -> list[str]:
    """Reasons of a verdict, and further safeguards and answers that are needed.

    Returns
    -------
    list of str
        A sentence for each guardrail that decides the verdict; then, after "also", for each other
        one with missing safeguards or unknown answers. Empty if nothing is needed.
    """
    framework, deciding = assessment.framework, deciding_findings(assessment)
    reasons = [_finding_sentence(finding, assessment) for finding in deciding]
    together = joint_words(assessment)
    if together:
        reasons = [together]
    also = "also " if reasons else ""
    for finding in assessment.findings:
        if finding not in deciding and (finding.lacking or finding.unknown):
            reasons.append(f"{also}{_finding_sentence(finding, assessment)}")
    if is_refused(assessment):
        reasons.append(f"no score; unrated: {listed_titles(framework, assessment.unrated)}")
    return reasons


def joint_words(assessment: Assessment) -> str:
    """Return which rules together give a verdict that none gives alone; empty for none."""
    findings, names = joint_findings(assessment)
    if not findings:
        return ""
    rules = listed([f'"{finding.title}"' for finding in findings], "or")
    return (
        f"whatever the answer to {quoted_titles(assessment.framework, names)}, rule {rules} gives"
        " this verdict"
    )


def _finding_sentence(finding: Finding, assessment: Assessment) -> str:
    framework = assessment.framework
    # A title is the norm. A colon after it would read as if the norm held.
    title = rule_title(finding, f'"{finding.title}"')
    # An area has no documents yet, so none of them is missing.
    is_sure = finding.state != "unknown"
    lead = "missing: " if is_sure and assessment.unit == "project" else "needs: "
    needs = needs_in_words(finding.missing, framework, finding.planned, lead)
    possible = needs_in_words(finding.may_need, framework, finding.planned, "needs: ")
    if finding.state == "barred":
        return f"{title} applies: {_bar_in_words(finding, framework)}"
    if finding.state == "unknown":
        applies = "applies" if finding.code == "degree-unknown" else "may apply"
        text = f"{title} {applies}, unknown: {listed_titles(framework, finding.unknown)}"
        text = "; ".join(filter(None, (text, needs)))
    elif needs:
        text = f"{title} applies, {needs}"
    elif possible:
        text = f"{title} may apply"
    else:
        ready = safeguard_titles(framework, finding.in_place)
        text = f"{title} applies, satisfied by: {ready}"
    if not possible:
        return text
    return f"{text}. {capitalised(case_in_words(finding))}, {possible}"


def _bar_in_words(finding: Finding, framework: Framework) -> str:
    # a verdict that is ranked is a class, and no bar
    if framework.all_verdicts[finding.verdict].ranked and finding.reason:
        return within(finding.reason).rstrip(".")
    return NO_SAFEGUARD


def reason_in_words(finding: Finding) -> str | None:
    """Return the framework's reason of a finding, as open where its step is only possible."""
    if finding.state != "unknown" or not finding.reason:
        return finding.reason
    return f"not known; {case_in_words(finding)}: {finding.reason}"


def needs_of(finding: Finding, framework: Framework, lead: str = "") -> str:
    """Return the missing safeguards of a finding, then those that depend on open answers."""
    needs = needs_in_words(finding.missing, framework, finding.planned, lead)
    possible = possible_needs(finding.may_need, framework, finding.planned)
    if possible:
        case = case_in_words(finding)
        possible = f"{'only ' if case == _IF_IT_APPLIES else ''}{case}: {possible}"
    return "; ".join(filter(None, (needs, possible)))


def possible_needs(
    needs: Iterable[tuple[str, ...]], framework: Framework, planned: Container[str] = ()
) -> str:
    """Return safeguards that depend on open answers, for a list after a colon; permissions last."""
    words = []
    for options in sorted(needs, key=framework.is_permission):
        begin = "request for " if framework.is_permission(options) else ""
        words.append(begin + options_in_words(options, framework, planned))
    return ", ".join(words)


def case_in_words(finding: Finding) -> str:
    """Return when the safeguards are needed that depend on open answers."""
    applies = finding.missing or finding.code == "degree-unknown"
    is_sure = applies and finding.code != "answer-unknown"
    return "depending on the answers" if is_sure else _IF_IT_APPLIES


def needs_in_words(
    needs: Iterable[tuple[str, ...]],
    framework: Framework,
    planned: Container[str] = (),
    lead: str = "",
) -> str:
    """Missing safeguards after some words, and permissions apart, with who grants them.

    Examples
    --------
    >>> import collabscore as cs
    >>> safeguards = {"plan": {}, "licence": {"granted_by": "the licensing office"}}
    >>> document = {"collabscore": "framework/1", "id": "small", "safeguards": safeguards}
    >>> framework = cs.load_framework({**document, "standing": ["plan", "licence"]})
    >>> needs_in_words([("plan",), ("licence",)], framework, {"plan"}, "missing: ")
    'missing: plan (planned); to request: licence (from the licensing office)'
    """
    found: tuple[list[str], list[str]] = ([], [])
    for options in needs:
        words = options_in_words(options, framework, planned)
        found[framework.is_permission(options)].append(words)
    parts = []
    for begin, listed_words in zip((lead, "to request: "), found, strict=True):
        if listed_words:
            parts.append(begin + ", ".join(listed_words))
    return "; ".join(parts)


def options_in_words(
    options: Iterable[str], framework: Framework, planned: Container[str] = ()
) -> str:
    """Safeguards of which any one will do, for a list after a colon, with their marks."""
    words = []
    for name in options:
        marks = marks_in_words(framework, name, "planned" if name in planned else "")
        words.append(safeguard_title(framework, name) + marks)
    return " or ".join(words)


def marks_in_words(framework: Framework, key: str, state: str = "") -> str:
    """Return who grants a safeguard and its state, in brackets; empty for neither."""
    granted_by = framework.all_safeguards[key].granted_by
    marks = [f"from {granted_by}"] if granted_by else []
    if state:
        marks.append(state)
    return f" ({'; '.join(marks)})" if marks else ""


def referral_in_words(finding: Finding) -> str:
    """Return to whom a rule refers the decision, and until when; empty for neither."""
    words = {"refer to": finding.refer_to, "deadline": finding.deadline}
    return "; ".join(f"{label}: {text}" for label, text in words.items() if text)


def rule_title(finding: Finding, title: str | None = None) -> str:
    """Return the title of a rule, as it is or as given, with its referral in brackets."""
    referral, title = referral_in_words(finding), title or finding.title
    return f"{title} ({referral})" if referral else title


def question_of(framework: Framework, key: str) -> str | None:
    """Question of a fact or criterion, as its author wrote it; None if there is none."""
    fact = framework.fact_named(key)
    if fact is not None:
        return fact.question
    return framework.nodes[key].criterion.question


# known answers and ratings of a candidate


def direction_words(framework: Framework, key: str) -> str:
    """Return the good end of the scale of a criterion; empty for the high end, and for a fact.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> framework = load_framework("guardrail")
    >>> [direction_words(framework, key) for key in ("strengths", "competition", "stage")]
    ['', 'lower is better', '']
    """
    if key not in framework.leaves:
        return ""
    criterion = framework.leaves[key].criterion
    if criterion.value is None:
        return "lower is better" if criterion.prefer == "low" else ""
    points = sorted(criterion.value)
    worth = [criterion.value[point] for point in points]
    if worth == sorted(worth):
        return ""
    if worth == sorted(worth, reverse=True):
        return "lower is better"
    best = [figure(point) for point in points if criterion.value[point] == max(worth)]
    return f"best at {listed(best, 'or')}"


def directed(words: str, direction: str) -> str:
    """Return a rating in words with its direction, if there is something to say.

    Examples
    --------
    >>> directed("1 to 3", "lower is better"), directed("2 (low)", "lower is better")
    ('1 to 3 (lower is better)', '2 (low; lower is better)')
    >>> directed("4", "")
    '4'
    """
    if not words or not direction:
        return words
    if words.endswith(")"):
        return f"{words[:-1]}; {direction})"
    return f"{words} ({direction})"


def present_answer(judgement: Judgement, key: str, row: int) -> str:
    """Known answer or rating of the candidate in a row, in words, and whether it is in doubt."""
    key = judgement.evaluator.problem.key_at(key, row)
    words = known_of(judgement.evaluator.problem, key, row)
    return f"{words} (in doubt)" if holds(judgement.doubted, key, row) else words


def known_of(problem: Problem, key: str, row: int) -> str:
    """Known answer or rating of the candidate in a row, in words.

    Examples
    --------
    >>> import collabscore as cs
    >>> facts = {"stage": {"one_of": ["basic", "applied"]}}
    >>> listed = [{"id": "flu", "ratings": {"dual_use": [1, 3]}, "facts": facts}]
    >>> problem = cs.score(listed, "guardrail").problem
    >>> [known_of(problem, key, 0) for key in ("dual_use", "stage", "legal_us")]
    ['between 1 and 3', 'basic or applied', 'unknown']
    """
    key = problem.key_at(key, row)
    column: Any = problem.column(key)
    if column.unknown[row]:
        if column.stood is None or column.stood.unknown[row]:
            return "unknown"
        return f"expired ({_entry_in_words(problem.framework, key, column.stood, row)})"
    return _entry_in_words(problem.framework, key, column, row)


def _entry_in_words(framework: Framework, key: str, column: Any, row: int) -> str:
    if key in framework.all_facts:
        return framework.all_facts[key].words(column.answer_at(row))
    low, value, high = float(column.low[row]), float(column.value[row]), float(column.high[row])
    if low == high:
        return figure(low)
    text = f"between {figure(low)} and {figure(high)}"
    if not math.isnan(value):
        text += f", most likely {figure(value)}"
    return text
