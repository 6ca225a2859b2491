"""Questions: open facts and uncertain ratings, by how much answers would reduce the uncertainty.

Axis letters: n candidates, s draws, o candidates with an open fact, f open facts of all candidates,
u uncertain ratings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count as numbers_from
from itertools import pairwise
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray, FloatArray, Frozen, IndexArray, frozen_property, underflow_is_zero
from ..errors import UsageError, whole_number
from ..kernels.statistics import (
    DrawnAnswers,
    Estimate,
    answers_by_place,
    entropy,
    expected_entropy_reduction,
    expected_variance_reduction,
    unseen_error,
    variance,
)
from ..models.base import UNKNOWN, within
from ..models.framework import LeafNode
from ..models.weight_spaces import GroupWeights, Weights, group_weights
from ..output import ID_FIELD, TITLE_FIELD, Field, Table
from ..output.text import count_in_words, figure, percent
from ..scoring.judgement import Judgement
from ..scoring.ranking import Ranking, RankingResult, whole_ranking
from ..scoring.wording import badge, present_answer, question_of, title_of_word
from .uncertainty import Draws, Progress, open_facts, open_ratings, options_of_draws, take_draws

__all__ = [
    "MOST_ANSWERS",
    "JointDraws",
    "Outlook",
    "Question",
    "Questions",
    "draw_jointly",
    "next_questions",
]

MOST_ANSWERS = 8
"""Answers of a question that are shown in words."""

Words: TypeAlias = list[tuple[str, str | None]]
"""Answers as readers are shown them, each with its meaning."""

_MOST_DRAWS = 1_000_000
_MOST_POINTS = 11
_STRETCHES = 4
_DIGITS = 12


# draws


@dataclass(frozen=True, eq=False, repr=False)
class JointDraws:
    """Answers, verdicts and first places in each draw, candidates in the order of the problem.

    Parameters
    ----------
    source : Draws
        Of weights, ratings and open facts.
    answers : tuple of integer arrays of shape (s, o)
        The answers to each open fact.
    verdicts : integer array of shape (s, n)
        The verdict by its position among the verdicts; -1 where the framework is not about the
        candidate.
    top : boolean array of shape (s, n)
        Who is among the first k; nobody where there is no order.
    """

    source: Draws
    answers: Sequence[NDArray[Any]]
    verdicts: NDArray[np.int8]
    top: BoolArray

    @frozen_property
    def contested(self) -> NDArray[np.float32]:
        """Who is among the first k, for candidates that are so in some draws only, (s, any)."""
        sometimes = self.top.any(axis=0) & ~self.top.all(axis=0)
        return self.top[:, sometimes].astype(np.float32)

    @frozen_property
    def order_uncertainty(self) -> float:
        """The sum over candidates of the variance of "among the first k"."""
        return variance(self.contested)

    @frozen_property
    def verdict_uncertainties(self) -> tuple[float, ...]:
        """The entropy of the verdict of each candidate, in bits."""
        return tuple(float(entropy(np.bincount(column + 1))) for column in self.verdicts.T)

    def events_of(self, row: int) -> BoolArray:
        """Return whether a candidate is among the first k, and has each verdict, (s, any)."""
        verdicts = self.verdicts[:, [row]]
        return np.column_stack([self.top[:, row], verdicts == np.unique(verdicts)])

    @frozen_property
    def verdict_inputs(self) -> frozenset[str]:
        """The facts and leaf criteria on which verdicts depend, and other names."""
        variants = self.source.variants()
        return variants.applies.union(*variants.names.values())


def draw_jointly(
    source: Draws, top: int | None, draws: int, advance: Callable[[int], None]
) -> JointDraws:
    """Draw weights, ratings and open facts together; judge and order all candidates in each draw.

    The draws are those of `robustness` with the same seed.
    """
    tiles = []
    done = 0
    for batch in take_draws(source.batches(), draws):
        outcomes = source.outcomes(batch)
        verdicts = np.broadcast_to(outcomes.severity, outcomes.values.shape)
        first = (outcomes.ranks > 0) & (outcomes.ranks <= (top or 0))
        tiles.append((batch.answers.astype(np.int16), verdicts, first))
        done += len(batch)
        advance(done)
    whole, *rest = map(np.concatenate, zip(*tiles, strict=True))
    return JointDraws(source, source.split_answers(whole), *rest)


# questions


@dataclass(frozen=True)
class Outlook(Frozen):
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
    outlooks : tuple of Outlook
        Consequences of each answer; ratings by points of their scale.
    order_share, verdict_share : float
        The reductions as shares of the present uncertainty, in [0, 1]; 0 where there is none.
    number : int
        From 1, without a gap among the informative ones, in their order.
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
    outlooks: tuple[Outlook, ...]
    order_share: float = 0.0
    verdict_share: float = 0.0
    number: int = 0

    @property
    def known_in_words(self) -> str:
        """The present entry, for readers."""
        known = self.known.replace("_", " ")
        return "any answer" if known == UNKNOWN else known

    @property
    def evppi(self) -> float:
        """Expected value of partial perfect information: the larger of the two shares."""
        return max(self.order_share, self.verdict_share)

    @property
    def informative(self) -> bool:
        """Whether either reduction exceeds chance: three standard errors."""
        return self.order.informative or self.verdict.informative


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
        Open facts of the framework whose answer makes no difference to any guardrail.
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

    @frozen_property
    def informative(self) -> tuple[Question, ...]:
        """The questions whose answers are expected to remove more uncertainty than chance would."""
        return tuple(question for question in self.questions if question.informative)

    def first(self, most: int | None) -> Questions:
        """Return the same with so many informative questions in its tables and pages; None: all."""
        shown = len(self.informative) if most is None else whole_number("most", most, 0)
        return replace(self, most=shown)

    @property
    def rows(self) -> tuple[Question, ...]:
        """All questions, or those chosen by `first`."""
        return self.questions if self.most is None else self.informative[: self.most]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The candidate, the question, its value, and the consequences of its answers."""
        return tuple(self._fields())

    def _fields(self) -> Iterator[Field]:
        yield replace(ID_FIELD, key="candidate")
        yield replace(TITLE_FIELD, least=16)
        yield Field("kind")
        yield Field("key", "Word", priority=9, least=8, lines=1)
        yield Field("about", "To find out", priority=5, least=12)
        yield Field("question", "Question", priority=0, least=26)
        yield Field(
            "known",
            "Still possible",
            attrgetter("known_in_words"),
            attrgetter("known"),
            priority=4,
            least=10,
        )
        for key, head in (("order", "Order"), ("verdict", "Bits")):
            value, error = attrgetter(f"{key}.value"), attrgetter(f"{key}.error")
            yield Field(key, head, value, kind="number", digits=4, priority=9)
            head = f"± {head.lower()}"
            yield Field(f"{key}_error", head, error, kind="number", digits=4, priority=9)
        yield _settles_field("order", "First place" if self.top == 1 else f"Top {self.top}")
        yield _settles_field("verdict", "Verdicts")
        yield Field("outlooks", cell=lambda row: list(map(asdict, row.outlooks)), csv=False)
        yield Field("tells", cell=attrgetter("informative"))
        yield Field("number", "No.", kind="number", digits=0, priority=0, csv=False, json=False)
        yield Field(
            "outlook",
            "Result of each answer",
            lambda row: self.consequences(row)[:MOST_ANSWERS],
            kind="list",
            priority=3,
            csv=False,
            json=False,
        )

    def consequences(self, question: Question) -> list[str]:
        """Return each answer to a question in words, with what it would mean for the candidate.

        The verdict is named where the answer has a bearing on it, and the place where it has one on
        the place.
        """
        said = []
        for outlook in question.outlooks:
            parts = []
            if question.verdict.informative or not question.order.informative:
                parts.append(self._verdicts_in_words(outlook))
            if question.order.informative:
                likely = percent(min(max(outlook.top or 0.0, 1e-6), 1 - 1e-6))
                place = "first" if self.top == 1 else f"in the top {count_in_words(self.top or 0)}"
                parts.append(f"{likely} likely to be {place}")
            said.append(f"{outlook.answer.replace('_', ' ')}: {'; '.join(parts)}")
        return said

    def _verdicts_in_words(self, outlook: Outlook) -> str:
        framework = self.ranking.framework
        words = []
        for verdict, share in sorted(outlook.verdicts.items(), key=lambda entry: -entry[1]):
            key = verdict if verdict in framework.all_verdicts else None
            word = badge(key, framework).word
            words.append(word if share == 1 else f"{word} ({percent(share)} likely)")
        return ", ".join(words)

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns of the table; those of the order only where there is one."""
        keys = ["number", "title", "about", "question", "order_share", "verdict_share"]
        if self.top is None:
            keys.remove("order_share")
        return (*keys, "outlook", "known", "candidate", "key")

    def table(self) -> Table:
        """Return the informative questions as a table."""
        return super().table() if self.most is not None else self.first(None).table()

    @property
    def title(self) -> str:
        """Title above the questions."""
        return "What to find out next"

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        weights = {group.group: str(group.space) for group in self.weights}
        return {"top": self.top, "weights": weights, "draws": self.draws, "seed": self.seed}

    def body(self) -> dict[str, Any]:
        """Return the present uncertainty and the questions."""
        order = self.order_uncertainty if self.top else None
        return {
            "order_doubt": order,
            "verdict_doubt": self.verdict_uncertainty,
            **super().body(),
        }


def _numbered(asked: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions with numbers: those that readers see have 1, 2, 3 without a gap."""
    shown = numbers_from(1)
    hidden = numbers_from(1 + sum(question.informative for question in asked))
    numbered = []
    for question in asked:
        number = next(shown if question.informative else hidden)
        numbered.append(replace(question, number=number))
    return tuple(numbered)


def _settles_field(name: str, head: str) -> Field:
    """Return the field of a share of the uncertainty; readers see none that may be chance."""
    key = f"{name}_share"

    def cell(question: Question) -> float | None:
        estimate: Estimate = getattr(question, name)
        if not estimate.informative:
            return None
        share: float = getattr(question, key)
        return min(share, 1 - 1e-6) if estimate.error else share

    return Field(key, head, cell, attrgetter(key), kind="share", priority=0, detail="settled")


@underflow_is_zero
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
        The decision is about the first so many; half of the ranked candidates and at most 5, if
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
    Everything unknown is drawn at once, unknown facts too (only for this function), and verdicts,
    tiers and ranks are found anew in each draw. Of a flag, a level or a choice the answers still
    possible are equally likely; of sets and numbers the classes that the conditions of guardrails
    can tell apart (`open_facts`). Where a condition asks whether an answer is known, that it stays
    unknown is one more answer. An interval of a rating is uniform, three points are triangular,
    an unknown rating is uniform over its scale.

    The uncertainty of the order is the sum over candidates of ``p (1 - p)``, p being the
    probability of a rank of at most k; that of verdicts is the sum of their entropies, in bits. The
    value of a question is the reduction of either that its answer is expected to bring: the
    expected value of partial perfect information, estimated from the same draws by dividing them by
    the answer, ratings into classes (`answers_by_place`), and weighting answers by their known
    probabilities. Estimates are corrected for the bias of small numbers; standard errors come from
    leaving out one of 64 batches of draws after another.

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
    ranking = whole_ranking(ranking)
    problem, n = ranking.problem, len(ranking)
    if not n:
        raise UsageError("there are no candidates to ask about", "ranking", "score some candidates")
    if top is not None and not ranking.has_total:
        message = f"`{ranking.framework.id}` has no total score, so it gives no ranks"
        raise UsageError(message, "top", "leave it out")
    top, draws, seed = options_of_draws(
        n, top=top, draws=draws, seed=seed, most=_MOST_DRAWS, progress=progress
    )
    if ranking.has_total:
        top = top or ranking.few
    # answers in doubt are asked for, too
    facts = open_facts(ranking.judgement.cautious.problem)
    groups = group_weights(ranking.framework, weights)
    source = Draws(problem, groups, seed, facts=(*facts, *open_ratings(problem)))
    total = draws + sum(len(fact.rows) for fact in facts) + source.uncertain_count

    def advance(done: int) -> None:
        if progress is not None:
            progress(done, total)

    drawn = draw_jointly(source, top, draws, advance)
    found: list[_Asked] = []
    for unknown in _unknowns(drawn):
        found.append(_question(ranking.judgement, drawn, unknown, top))
        advance(draws + len(found))
    order, verdicts = _uncertainties(drawn, found)
    asked = _with_shares(found, order, verdicts)

    def rounded_value(question: Question) -> tuple[float, float, int]:
        # to a per cent, as shown: draws can hardly tell more apart; then as in the ranking
        shares = question.order_share + question.verdict_share
        place = ranking.place_of(question.candidate)
        return -round(question.evppi, 2), -round(shares, 2), place

    # of equal value and candidate: facts first, in the order of the framework
    asked.sort(key=rounded_value)
    return Questions(
        ranking=ranking,
        top=top,
        draws=draws,
        seed=seed,
        weights=source.groups,
        order_uncertainty=order,
        verdict_uncertainty=verdicts,
        questions=_numbered(asked),
        irrelevant=_irrelevant_facts(source),
    )


def _uncertainties(drawn: JointDraws, asked: list[_Asked]) -> tuple[float, float]:
    """Return the uncertainty about the order, and that about verdicts, in bits.

    Each as the question finds it whose answer reduces it most, so that an answer that decides
    reduces all of it.
    """
    order, verdicts = drawn.order_uncertainty, {}
    for row, uncertainty in enumerate(drawn.verdict_uncertainties):
        verdicts[drawn.source.problem.id_of(row)] = uncertainty
    for _, before, _ in sorted(asked, key=attrgetter("question.order.value")):
        order = before or order
    for question, _, before in sorted(asked, key=attrgetter("question.verdict.value")):
        verdicts[question.candidate] = before or verdicts[question.candidate]
    return order, sum(verdicts.values())


def _irrelevant_facts(source: Draws) -> int:
    """Return how many open facts of the framework make no difference to a guardrail.

    A vocabulary that frameworks share holds facts that this one does not ask for: they are not
    counted.
    """
    problem = source.problem
    asked = {fact.key: fact.rows for fact in source.facts}
    count = 0
    for key in problem.framework.facts_asked:
        is_open = ~problem.facts[key].settled
        is_open[asked.get(key, [])] = False
        count += int(np.count_nonzero(is_open))
    return count


class _Unknown(NamedTuple):
    """An unknown fact or rating of a candidate, and its answer in each draw.

    Parameters
    ----------
    row : int
        The candidate, in the order of the problem.
    key : str
    answers : DrawnAnswers
        As estimates divide the draws.
    shown : integer array of shape (s,)
        The answer in each draw as readers are shown it.
    words : Words
        The answers that readers are shown.
    """

    row: int
    key: str
    answers: DrawnAnswers
    shown: IndexArray
    words: Words


def _unknowns(drawn: JointDraws) -> Iterator[_Unknown]:
    """Yield the open facts, then the uncertain ratings."""
    source = drawn.source
    framework = source.problem.framework
    stays_unknown = {}
    for fact, drawn_answers in zip(source.facts, drawn.answers, strict=False):
        for number, row in enumerate(fact.rows.tolist()):
            answers = drawn_answers[:, number].astype(np.intp)
            if not source.problem.asks(fact.key, row):
                continue
            if fact.key in framework.leaves:
                stays_unknown[row, fact.key] = answers > 0
                continue
            meanings = framework.all_facts[fact.key].meanings
            words: Words = []
            for known in fact.answers[number]:
                words.append((known.label, meanings.get(known.label)))
            by_answer = DrawnAnswers.equally_likely(answers, len(words))
            yield _Unknown(row, fact.key, by_answer, answers, words)
    for part in source.uncertain:
        for number, row in enumerate(part.rows.tolist()):
            places = source.places(part.columns.start + number, len(drawn.verdicts))
            ratings = part.draw_one(number, places)
            ends = float(part.low[number]), float(part.high[number])
            shown, words = _answers_in_words(framework.leaves[part.key], ratings, ends)
            stays = stays_unknown.get((row, part.key), np.zeros(len(places), dtype=np.bool_))
            by_answer = answers_by_place(places[~stays], drawn.events_of(row)[~stays])
            if (row, part.key) in stays_unknown:
                by_answer = by_answer.or_else(stays, 0.5)
                shown[stays] = len(words)
                words.append(("stays unknown", None))
            yield _Unknown(row, part.key, by_answer, shown, words)


def _answers_in_words(
    leaf: LeafNode, ratings: FloatArray, ends: tuple[float, float]
) -> tuple[IndexArray, Words]:
    """Return the answer of each rating, and all answers, each with its meaning.

    Answers are points of the scale: those that have a name or a meaning, all whole numbers of a
    short scale without names. Where all ratings are nearest to one point, they are stretches.
    """
    names, meanings = leaf.scale.levels or {}, leaf.criterion.anchors or {}
    low, high = leaf.scale.range
    points = np.unique(np.array([*names, *meanings], dtype=np.float64))
    if not names and float(low).is_integer() and high - low < _MOST_POINTS:
        points = np.arange(low, int(high) + 1.0)
    words: Words = []
    nearest = np.searchsorted((points[:-1] + points[1:]) / 2, ratings, side="right")
    if nearest.min() < nearest.max():
        for point in points.tolist():
            name = f" ({names[point]})" if point in names else ""
            words.append((figure(point) + name, meanings.get(point)))
        return nearest, words
    cuts = np.linspace(*ends, _STRETCHES + 1)
    texts = [figure(float(f"{cut:.3g}")) for cut in cuts.tolist()]
    for start, end in pairwise(texts):
        words.append((f"{start} to {end}", None))
    return np.searchsorted(cuts[1:-1], ratings, side="right"), words


class _Asked(NamedTuple):
    """A question, and the uncertainties that its answer reduces, 0 where it reduces none."""

    question: Question
    order_before: float
    verdict_before: float


def _question(
    judgement: Judgement, drawn: JointDraws, unknown: _Unknown, top: int | None
) -> _Asked:
    problem, row, key = drawn.source.problem, unknown.row, unknown.key
    framework, name = problem.framework, problem.name_at(key, row)
    about, question = title_of_word(framework, name), question_of(framework, name)
    kind = "fact" if key in problem.facts else "rating"
    # who is in no draw among the first k makes hardly any difference to who is
    order = Estimate(0.0, unseen_error(len(drawn.top)) if top else 0.0)
    verdict = Estimate(0.0)
    order_before = verdict_before = 0.0
    if drawn.top[:, row].any() and drawn.contested.size:
        order, order_before = expected_variance_reduction(unknown.answers, drawn.contested)
    if key in drawn.verdict_inputs:
        outcomes = drawn.verdicts[:, row]
        verdict, verdict_before = expected_entropy_reduction(unknown.answers, outcomes)
    found = Question(
        candidate=problem.id_of(row),
        title=problem.title_of(row),
        kind=kind,
        key=name,
        about=about,
        question=question or f"What is `{within(about)}`?",
        known=present_answer(judgement, key, row),
        order=order,
        verdict=verdict,
        outlooks=tuple(_outlooks(drawn, unknown, top)),
    )
    return _Asked(found, order_before, verdict_before)


def _with_shares(asked: list[_Asked], order: float, verdicts: float) -> list[Question]:
    """Return questions with their reductions as shares of the uncertainties."""
    found = []
    for question, *_ in asked:
        of_order, of_verdicts = _share(question.order, order), _share(question.verdict, verdicts)
        found.append(replace(question, order_share=of_order, verdict_share=of_verdicts))
    return found


def _share(estimate: Estimate, whole: float) -> float:
    """Return an estimate as a share of the uncertainty, to the digits that are no rounding."""
    return min(1.0, round(estimate.value / (whole or 1.0), _DIGITS))


def _outlooks(drawn: JointDraws, unknown: _Unknown, top: int | None) -> Iterator[Outlook]:
    """Yield the consequences of each answer; one that no draw has is left out."""
    names = ["not applicable", *drawn.source.problem.framework.all_verdicts]
    codes, first = drawn.verdicts[:, unknown.row] + 1, drawn.top[:, unknown.row]
    for number, (answer, meaning) in enumerate(unknown.words):
        here = unknown.shown == number
        total = np.count_nonzero(here)
        if not total:
            continue
        verdicts = {}
        for name, count in zip(names, np.bincount(codes[here]).tolist(), strict=False):
            if count:
                verdicts[name] = count / total
        likely = None if top is None else np.count_nonzero(first[here]) / total
        yield Outlook(answer, meaning, total / len(here), verdicts, likely)
