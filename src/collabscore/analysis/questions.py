"""Questions: unknown facts and ratings, by how much answers would reduce the uncertainty.

Axis letters: n candidates, s draws, f open facts, u uncertain ratings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from ..arrays import FloatArray, IndexArray
from ..errors import UsageError
from ..kernels.value_of_information import (
    Estimate,
    entropy,
    expected_entropy_reduction,
    expected_variance_reduction,
    variance,
)
from ..models.base import within
from ..models.framework import GroupWeights, LeafNode, Weights, group_weights
from ..output import ID_FIELD, TITLE_FIELD, Field, Table
from ..output.text import figure, percent
from ..scoring.ranking import Ranking, RankingResult
from ..scoring.wording import framework_title, known_of, title_of_word
from .open_facts import QUANTILES, JointDraws, count_open, draw_jointly, open_facts
from .uncertainty import Draws, refuse_out_of_range

__all__ = ["MOST_ANSWERS", "Outlook", "Question", "Questions", "next_questions"]

MOST_ANSWERS = 8
"""Answers of a question that are shown in words."""

Progress: TypeAlias = Callable[[int, int], None]

_CLASSES = 16  # of a drawn rating, equally likely: the answers by which estimates divide the draws
_MOST_DRAWS = 1_000_000
_MOST_POINTS = 11
_STRETCHES = 4


@dataclass(frozen=True)
class Outlook:
    """Consequences of one answer for the candidate that it is about.

    Parameters
    ----------
    answer : str
    meaning : str or None
        As the framework defines it.
    probability : float
        The share of draws with this answer.
    verdicts : mapping of verdict to float
        How likely each verdict is then, mild to severe; "not applicable" where the framework is not
        about it.
    top : float or None
        How likely the candidate is then to be among the first k; None where there is no order.
    """

    answer: str
    meaning: str | None
    probability: float
    verdicts: Mapping[str, float]
    top: float | None


@dataclass(frozen=True)
class Question:
    """One unknown fact or rating of one candidate.

    Parameters
    ----------
    candidate, title : str
        The id of the candidate, and its title.
    kind : {"fact", "rating"}
    key, about : str
        The id of the fact or criterion, and its title.
    question : str
        As the framework words it.
    known : str
        The present entry, in words.
    order : Estimate
        Expected reduction of the uncertainty about who is among the first k.
    verdict : Estimate
        Expected reduction of verdict entropy, in bits.
    order_share, verdict_share : float
        The same as shares of the present uncertainty, in [0, 1]; 0 where there is none.
    outlooks : tuple of Outlook
        Consequences of each answer; ratings by points of their scale.
    number : int
        Its position in the list, from 1.
    """

    candidate: str
    title: str
    kind: str
    key: str
    about: str
    question: str
    known: str
    order: Estimate
    verdict: Estimate
    order_share: float
    verdict_share: float
    outlooks: tuple[Outlook, ...]
    number: int = 0

    @property
    def evppi(self) -> float:
        """Expected value of partial perfect information: the larger of the two shares."""
        return max(self.order_share, self.verdict_share)

    @property
    def informative(self) -> bool:
        """Whether either reduction exceeds chance: three standard errors."""
        return self.order.informative or self.verdict.informative

    def consequences(self, top: int | None) -> list[str]:
        """Return each answer with its consequences in words, but for those that all have in common.

        Parameters
        ----------
        top : int or None
            The k of "among the first k".
        """
        places_differ = _differ([outlook.top or 0.0 for outlook in self.outlooks])
        verdicts_said = not places_differ or self._verdicts_differ
        said = []
        for outlook in self.outlooks:
            parts = []
            if verdicts_said:
                parts.append(_verdicts_in_words(outlook))
            if places_differ:
                place = "first" if top == 1 else f"among the first {top}"
                parts.append(f"{place} in {percent(outlook.top or 0.0)}")
            said.append(f"{outlook.answer}: {'; '.join(parts)}")
        return said

    @property
    def _verdicts_differ(self) -> bool:
        shares: dict[str, list[float]] = {}
        for number, outlook in enumerate(self.outlooks):
            for verdict, share in outlook.verdicts.items():
                shares.setdefault(verdict, [0.0] * len(self.outlooks))[number] = share
        return any(map(_differ, shares.values()))


def _differ(shares: list[float]) -> bool:
    # outlooks that differ by less say the same
    return max(shares) - min(shares) > 0.01


def _verdicts_in_words(outlook: Outlook) -> str:
    words = []
    for verdict in sorted(outlook.verdicts, key=lambda verdict: -outlook.verdicts[verdict]):
        share = outlook.verdicts[verdict]
        words.append(verdict if share == 1 else f"{verdict} in {percent(share)}")
    return ", ".join(words)


@dataclass(frozen=True, eq=False, repr=False)
class Questions(RankingResult):
    """Unknown facts and ratings, the most valuable to know first.

    Parameters
    ----------
    ranking : Ranking
    top : int or None
        The k of "among the first k"; None where there is no order.
    draws, seed : int
    weights : tuple of GroupWeights
        The weights that were drawn.
    order_uncertainty : float
        The sum over candidates of the variance of "among the first k".
    verdict_uncertainty : float
        The sum over candidates of the entropy of the verdict, in bits.
    questions : tuple of Question
        All that could matter, by the share of uncertainty that their answer is expected to remove,
        to a tenth of a per cent; those of equal shares in the order of the ranking.
    irrelevant : int
        Open facts that no guardrail looks at.
    most : int or None
        How many informative questions tables and CSV hold; None for all questions.
    """

    ranking: Ranking
    top: int | None
    draws: int
    seed: int
    weights: tuple[GroupWeights, ...]
    order_uncertainty: float
    verdict_uncertainty: float
    questions: tuple[Question, ...]
    irrelevant: int
    most: int | None = None

    kind: ClassVar[str] = "questions"
    things: ClassVar[str] = "questions"

    def __iter__(self) -> Iterator[Question]:
        """Yield the questions, the most valuable first."""
        return iter(self.questions)

    @cached_property
    def informative(self) -> tuple[Question, ...]:
        """The questions whose answers are expected to remove more uncertainty than chance would."""
        return tuple(question for question in self.questions if question.informative)

    def first(self, most: int | None) -> Questions:
        """Return the same with so many informative questions in its tables and pages; None: all."""
        return replace(self, most=len(self.informative) if most is None else most)

    @property
    def rows(self) -> tuple[Question, ...]:
        """All questions, or those chosen by `first`."""
        return self.questions if self.most is None else self.informative[: self.most]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The candidate, the question, its value, and the consequences of its answers."""
        return (
            replace(ID_FIELD, key="candidate"),
            replace(TITLE_FIELD, least=16),
            Field("kind"),
            Field("key", "Word", priority=9, least=8, lines=1),
            Field("about", "Open", priority=0, least=12),
            Field("question", "Question", priority=4, least=20),
            Field("known", "Known so far", priority=3, least=10),
            _figure_field("order", "Order", "order.value"),
            _figure_field("order_error", "± order", "order.error"),
            _figure_field("verdict", "Bits", "verdict.value"),
            _figure_field("verdict_error", "± bits", "verdict.error"),
            Field("order_share", f"First {self.top}", kind="share", detail="less doubt"),
            Field("verdict_share", "Verdicts", kind="share", detail="less doubt"),
            Field(
                "outlooks",
                cell=lambda question: [asdict(outlook) for outlook in question.outlooks],
                csv=False,
            ),
            Field("tells", cell=attrgetter("informative")),
            Field("number", "No.", kind="number", digits=0, priority=0, csv=False, json=False),
            Field(
                "outlook",
                "What it would mean",
                lambda question: question.consequences(self.top)[:MOST_ANSWERS],
                kind="list",
                priority=2,
                csv=False,
                json=False,
            ),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns of the table; those of the order only where there is one."""
        known = ("number", "title", "about", "question", "known")
        verdict = ("verdict_share", "outlook", "candidate", "key", "verdict", "verdict_error")
        if self.top is None:
            return (*known, *verdict)
        return (*known, "order_share", *verdict, "order", "order_error")

    def table(self) -> Table:
        """Return the informative questions as a table."""
        if self.most is None:
            return self.first(None).table()
        return super().table()

    @property
    def title(self) -> str:
        """Title above the questions."""
        return f"What to find out next: {framework_title(self.ranking.framework)}"

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        weights = {group.group: str(group.space) for group in self.weights}
        return {"top": self.top, "weights": weights, "draws": self.draws, "seed": self.seed}

    def body(self) -> dict[str, Any]:
        """Return the present uncertainty and the questions."""
        order = None if self.top is None else self.order_uncertainty
        present = {"order_doubt": order, "verdict_doubt": self.verdict_uncertainty}
        return {**present, **super().body()}


def _figure_field(key: str, head: str, name: str) -> Field:
    return Field(key, head, attrgetter(name), kind="number", digits=4, priority=9)


def next_questions(
    ranking: Ranking,
    *,
    top: int | None = None,
    weights: Weights = "exact",
    draws: int = 4096,
    seed: int = 0,
    progress: Progress | None = None,
) -> Questions:
    """Return unknown facts and uncertain ratings, by how much answers would reduce the uncertainty.

    Parameters
    ----------
    ranking : Ranking
    top : int, optional
        The decision is about the first so many; half of the ranked candidates and at most 10, if
        left out.
    weights : str, mapping of group id to str, or sequence of str
        The space of weights, as in `robustness`; as given, if left out.
    draws : int
        At least 1.
    seed : int
        Not negative; the same seed gives the same result.
    progress : callable, optional
        Called with (done, total): draws first, then questions.

    Returns
    -------
    Questions

    Raises
    ------
    UsageError
        If there are no candidates, or an option is out of its range.

    Notes
    -----
    Everything unknown is drawn at once, open facts too (for this function alone), and verdicts,
    tiers and ranks are found anew in each draw. Of a flag, a level or a choice the answers still
    possible are equally likely; of sets and numbers the classes that the conditions of guardrails
    can tell apart (`analysis.open_facts`). An interval of a rating is uniform, three points are
    triangular, an unknown rating is uniform over its scale.

    The uncertainty of the order is the sum over candidates of ``p (1 - p)``, p being the
    probability of a rank of at most k; that of verdicts is the sum of their entropies, in bits. The
    value of a question is the reduction of either that its answer is expected to bring: the
    expected value of partial perfect information, estimated from the same draws by dividing them by
    the answer, ratings into 16 classes that are equally likely. Estimates are corrected for the
    bias of small numbers; standard errors come from leaving out one of 16 batches of draws after
    another.

    References
    ----------
    Strong, M., Oakley, J. E., & Brennan, A. (2014). Estimating multiparameter partial expected
    value of perfect information from a probabilistic sensitivity analysis sample. Medical Decision
    Making, 34(3), 311-326. doi:10.1177/0272989X13505910

    Examples
    --------
    >>> import collabscore as cs
    >>> framework = {
    ...     "collabscore": "framework/1",
    ...     "id": "gates",
    ...     "facts": {"harmful": {"kind": "flag", "question": "Is harm intended?"}},
    ...     "guardrails": {"harm": {"when": "harmful", "then": "outside"}},
    ... }
    >>> found = next_questions(cs.score([{"id": "flu"}], framework))
    >>> found.questions[0].question, found.questions[0].verdict_share
    ('Is harm intended?', 1.0)
    """
    ranking = ranking.whole
    if not len(ranking):
        raise UsageError("there are no candidates: nothing to ask about")
    if top is not None and not ranking.has_total:
        raise UsageError(
            f"top: `{ranking.framework.id}` makes no score, so there is no order of which to take"
            " the first"
        )
    refuse_out_of_range(
        len(ranking), top=top, draws=draws, seed=seed, most=_MOST_DRAWS, progress=progress
    )
    if top is None and ranking.has_total:
        ranked = int((ranking.ranks > 0).sum())
        top = max(1, min(10, math.ceil(ranked / 2)))
    source = Draws(ranking.problem, group_weights(ranking.framework, weights), seed)
    facts = tuple(open_facts(ranking.problem))
    total = draws + len(facts) + source.uncertain_count

    def advance(done: int) -> None:
        if progress is not None:
            progress(done, total)

    drawn = draw_jointly(source, facts, top, draws, advance)
    entropies = [entropy(np.bincount(column + 1)) for column in drawn.verdicts.T]
    uncertainty = variance(drawn.contested), float(sum(entropies))
    asked: list[Question] = []
    for unknown in chain(_unknown_facts(drawn), _unknown_ratings(drawn)):
        asked.append(_question(drawn, unknown, uncertainty, top))
        advance(draws + len(asked))
    # of equal value in the order of the ranking, facts first, in the order of the framework
    asked.sort(key=lambda question: ranking.place_of(question.candidate))
    asked.sort(key=_rounded_value)
    numbered = [replace(question, number=k) for k, question in enumerate(asked, start=1)]
    return Questions(
        ranking=ranking,
        top=top,
        draws=draws,
        seed=seed,
        weights=source.groups,
        order_uncertainty=uncertainty[0],
        verdict_uncertainty=uncertainty[1],
        questions=tuple(numbered),
        irrelevant=count_open(ranking.problem) - len(facts),
    )


def _rounded_value(question: Question) -> tuple[float, float]:
    """Return the value to sort by, to a tenth of a per cent: draws can hardly tell more apart."""
    return -round(question.evppi, 3), -round(question.order_share + question.verdict_share, 3)


# questions


class _Unknown(NamedTuple):
    """An unknown fact or rating of a candidate, and its answer in each draw.

    Parameters
    ----------
    row : int
        The candidate, in the order of the problem.
    key : str
    answers : integer array of shape (s,)
        The answer in each draw, from 0, as estimates divide the draws.
    classes : int
        The number of such answers.
    shown : integer array of shape (s,)
        The answer in each draw as readers are shown it.
    words : list of pair of str and str or None
        The answers that readers are shown, each with its meaning.
    """

    row: int
    key: str
    answers: IndexArray
    classes: int
    shown: IndexArray
    words: list[tuple[str, str | None]]


def _unknown_facts(drawn: JointDraws) -> Iterator[_Unknown]:
    framework = drawn.source.problem.framework
    for number, entry in enumerate(drawn.facts):
        fact = framework.all_facts[entry.fact]
        answers = drawn.answers[:, number].astype(np.intp)
        words = [(known.label, fact.meanings.get(known.label)) for known in entry.answers]
        yield _Unknown(entry.row, entry.fact, answers, len(words), answers, words)


def _unknown_ratings(drawn: JointDraws) -> Iterator[_Unknown]:
    middles = (np.arange(QUANTILES) + 0.5) / QUANTILES
    for part in drawn.source.uncertain:
        leaf = drawn.source.problem.framework.leaves[part.key]
        ratings = part.draw(np.tile(middles[:, None], len(part.rows)))
        quantiles = drawn.quantiles[:, part.columns]
        for number, row in enumerate(part.rows.tolist()):
            shown, words = _answers_in_words(leaf, ratings[:, number])
            places = quantiles[:, number]
            answers = (places // (QUANTILES // _CLASSES)).astype(np.intp)
            yield _Unknown(row, part.key, answers, _CLASSES, shown[places], words)


def _answers_in_words(
    leaf: LeafNode, ratings: FloatArray
) -> tuple[IndexArray, list[tuple[str, str | None]]]:
    """Return the answer of each rating, and all answers, each with its meaning.

    Answers are points of the scale: those that have a name or a meaning, all whole numbers of a
    short scale without names. Where all ratings are nearest to one point, they are stretches.
    """
    names, meanings = leaf.scale.levels or {}, leaf.criterion.anchors or {}
    low, high = leaf.scale.range
    points = np.unique(np.array([*names, *meanings], dtype=np.float64))
    if not names and float(low).is_integer() and high - low < _MOST_POINTS:
        points = np.arange(low, int(high) + 1.0)
    words: list[tuple[str, str | None]] = []
    nearest = np.searchsorted((points[:-1] + points[1:]) / 2, ratings, side="right")
    if nearest.min() < nearest.max():
        for point in points.tolist():
            name = f" ({names[point]})" if point in names else ""
            words.append((figure(point) + name, meanings.get(point)))
        return nearest, words
    cuts = np.linspace(float(ratings.min()), float(ratings.max()), _STRETCHES + 1)
    for start, end in pairwise(cuts):
        start_text, end_text = figure(float(f"{start:.3g}")), figure(float(f"{end:.3g}"))
        words.append((f"{start_text} to {end_text}", None))
    return np.searchsorted(cuts[1:-1], ratings, side="right"), words


def _question(
    drawn: JointDraws, unknown: _Unknown, uncertainty: tuple[float, float], top: int | None
) -> Question:
    """Return the question about an unknown.

    Parameters
    ----------
    uncertainty : pair of float
        The present one, of the order and of verdicts.
    """
    problem, row, key = drawn.source.problem, unknown.row, unknown.key
    framework = problem.framework
    about = title_of_word(framework, key)
    kind, asked = "rating", None
    if key in framework.all_facts:
        kind, asked = "fact", framework.all_facts[key].question
    else:
        asked = framework.nodes[key].criterion.question
    order = verdict = Estimate(0.0)
    # who is never among the first k makes no difference to who is
    if drawn.top[:, row].any() and drawn.contested.size:
        order = expected_variance_reduction(unknown.answers, unknown.classes, drawn.contested)
    if key in drawn.verdict_inputs:
        verdicts = drawn.verdicts[:, row]
        verdict = expected_entropy_reduction(unknown.answers, unknown.classes, verdicts)
    return Question(
        candidate=problem.id_of(row),
        title=problem.title_of(row),
        kind=kind,
        key=key,
        about=about,
        question=asked or f"What is `{within(about)}`?",
        known=known_of(problem, key, row),
        order=order,
        verdict=verdict,
        order_share=_share_of(order.value, uncertainty[0]),
        verdict_share=_share_of(verdict.value, uncertainty[1]),
        outlooks=tuple(_outlooks(drawn, unknown, top)),
    )


def _share_of(reduction: float, uncertainty: float) -> float:
    return min(1.0, reduction / uncertainty) if uncertainty > 0 else 0.0


def _outlooks(drawn: JointDraws, unknown: _Unknown, top: int | None) -> Iterator[Outlook]:
    """Yield the consequences of each answer; one that no draw has is left out."""
    verdicts = ["not applicable", *drawn.source.problem.framework.all_verdicts]
    answers = len(unknown.words)
    codes = unknown.shown * len(verdicts) + drawn.verdicts[:, unknown.row] + 1
    counts = np.bincount(codes, minlength=answers * len(verdicts)).reshape(answers, -1)
    hits = np.bincount(unknown.shown[drawn.top[:, unknown.row]], minlength=answers).tolist()
    for number, (answer, meaning) in enumerate(unknown.words):
        total = int(counts[number].sum())
        if not total:
            continue
        shares = {}
        for verdict, count in zip(verdicts, counts[number].tolist(), strict=True):
            if count:
                shares[verdict] = count / total
        first = None if top is None else hits[number] / total
        yield Outlook(answer, meaning, total / len(unknown.shown), shares, first)
