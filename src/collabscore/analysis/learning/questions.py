"""Questions: what to find out next, so that the decision is in less doubt.

Imports scoring, `answers`, `learning`, `worth`, `questionnaire`, `spaces` and `wording`. Axis letters: n candidates, s
draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError
from ...kernels.values import ratings_from
from ...models.base import within
from ...models.facts import FlagFact, NumberFact, SetFact
from ...models.framework import Framework, LeafNode
from ...models.weight_spaces import GroupWeights, Weights, group_weights
from ...output import Table, as_json
from ...output.text import figure
from ...scoring.manifest import outline_of
from ...scoring.ranking import Ranking
from ...scoring.wording import known_of, title_of_word
from .answers import count_open
from .questionnaire import notes_of, table_of, text_of
from .sample import QUANTILES, Progress, Sample, sample
from .worth import CLASSES, order_doubt, order_fall, verdict_doubt, verdict_fall

__all__ = ["Outlook", "Question", "Questions", "next_questions"]

_MOST_DRAWS = 1_000_000
_MOST_POINTS = 11
_STRETCHES = 4


@dataclass(frozen=True)
class Outlook:
    """What one answer would mean for the candidate that it is about.

    Parameters
    ----------
    answer : str
    meaning : str or None
        As the framework has it.
    probability : float
        The share of draws with this answer.
    verdicts : mapping of verdict to float
        How likely each verdict is then, mild to severe; "not applicable" where the framework is not about it.
    top : float or None
        How likely it is then to be among the first k; None where there is no order.
    """

    answer: str
    meaning: str | None
    probability: float
    verdicts: Mapping[str, float]
    top: float | None


@dataclass(frozen=True)
class Question:
    """One open fact or uncertain rating of one candidate.

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
        What is known so far, in words.
    order, order_error : float
        By how much the doubt about who is among the first k is expected to fall, and the standard error.
    verdict, verdict_error : float
        By how many bits the doubt about verdicts is expected to fall, and the standard error.
    order_share, verdict_share : float
        The same as shares of the present doubt, in [0, 1]; 0 where there is none.
    outlooks : tuple of Outlook
        What each answer would mean; ratings by points of their scale.
    """

    candidate: str
    title: str
    kind: str
    key: str
    about: str
    question: str
    known: str
    order: float
    order_error: float
    verdict: float
    verdict_error: float
    order_share: float
    verdict_share: float
    outlooks: tuple[Outlook, ...]

    @property
    def worth(self) -> float:
        """The larger of the two shares of doubt that it would take away."""
        return max(self.order_share, self.verdict_share)

    @property
    def tells(self) -> bool:
        """Whether what it is worth is more than chance: three standard errors in one or the other."""
        return self.order > 3 * self.order_error or self.verdict > 3 * self.verdict_error


@dataclass(frozen=True, eq=False, repr=False)
class Questions:
    """What is open, the most worth knowing first.

    Parameters
    ----------
    ranking : Ranking
    top : int or None
        The k of "among the first k"; None where there is no order.
    draws, seed : int
    spaces : tuple of GroupWeights
        The weights that were drawn.
    order_doubt : float
        The sum over candidates of the variance of "among the first k".
    verdict_doubt : float
        The sum over candidates of the entropy of the verdict, in bits.
    questions : tuple of Question
        All that could matter, by the share of doubt that their answer is expected to take away, to a tenth of a per
        cent; those of equal shares in the order of the ranking.
    unseen : int
        Open facts at which no guardrail looks.
    """

    ranking: Ranking
    top: int | None
    draws: int
    seed: int
    spaces: tuple[GroupWeights, ...]
    order_doubt: float
    verdict_doubt: float
    questions: tuple[Question, ...]
    unseen: int

    def __len__(self) -> int:
        """Return how many questions there are."""
        return len(self.questions)

    def __iter__(self) -> Iterator[Question]:
        """Yield the questions, the one most worth asking first."""
        return iter(self.questions)

    @cached_property
    def telling(self) -> tuple[Question, ...]:
        """The questions whose answers are expected to take away more doubt than chance would."""
        return tuple(question for question in self.questions if question.tells)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        return notes_of(self)

    def table(self, *, most: int | None = None) -> Table:
        """Return the questions whose answers tell something as a table.

        Parameters
        ----------
        most : int, optional
            How many to show; all, if left out.
        """
        return table_of(self, most)

    def to_text(self, width: int = 100, *, most: int | None = 10) -> str:
        """Return the questions as a numbered list, ready to be sent to whoever knows.

        Parameters
        ----------
        width : int
            Letters in a line.
        most : int, optional
            How many to show; None: all whose answers tell something.
        """
        return text_of(self, width, most)

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each question, also for those whose answers tell nothing."""
        return [{**asdict(question), "tells": question.tells} for question in self.questions]

    def to_json(self) -> str:
        """Return the whole result as JSON, numbers with nine significant digits; the same for the same input."""
        framework = self.ranking.framework
        document = {
            "collabscore": "questions/1",
            "framework": outline_of(framework),
            "options": self.options,
            "order_doubt": self.order_doubt if self.top is not None else None,
            "verdict_doubt": self.verdict_doubt,
            "questions": self.records(),
            "notes": list(self.notes),
            "manifest": self.ranking.manifest,
        }
        return as_json(document)

    @property
    def options(self) -> dict[str, Any]:
        """What was asked."""
        weights = {space.group: str(space.space) for space in self.spaces}
        return {"top": self.top, "weights": weights, "draws": self.draws, "seed": self.seed}

    def __str__(self) -> str:
        return self.to_text(120).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table().head_and_tail().to_html()


def next_questions(
    ranking: Ranking,
    *,
    top: int | None = None,
    weights: Weights = "exact",
    draws: int = 4096,
    seed: int = 0,
    progress: Progress | None = None,
) -> Questions:
    """Return the open facts and uncertain ratings, by how much learning each would reduce the doubt about a decision.

    Parameters
    ----------
    ranking : Ranking
    top : int, optional
        The decision is about the first so many; half of the ranked candidates and at most 10, if left out.
    weights : str or mapping of group id to str
        The space of weights, as in `robustness`; as given, if left out.
    draws : int
        How many, at least 1.
    seed : int
        Not negative; the same seed gives the same result.
    progress : callable, optional
        Told how many draws are done, and of how many.

    Returns
    -------
    Questions

    Raises
    ------
    UsageError
        If there are no candidates, or an option is out of its range.

    Notes
    -----
    Everything open is drawn at once, open facts too (for this question alone), and verdicts, tiers and ranks are found
    anew in each draw. Of a flag, a level or a choice the answers still possible are equally likely; of sets and numbers
    the classes that the conditions of guardrails can tell apart (`analysis.answers`). An interval of a rating is
    uniform, three points are triangular, an unknown rating is uniform over its scale.

    The doubt about the order is the sum over candidates of ``p (1 - p)``, p being the probability of a rank of at most
    k; the doubt about verdicts is the sum of their entropies, in bits. What a question is worth is the fall of either
    that its answer is expected to bring: the expected value of partial perfect information, estimated from the same
    draws by dividing them by the answer, ratings into 16 classes that are equally likely. Estimates are corrected for
    the bias of small numbers; standard errors come from leaving out one of 16 batches of draws after another.

    References
    ----------
    Strong, M., Oakley, J. E., & Brennan, A. (2014). Estimating multiparameter partial expected value of perfect
    information from a probabilistic sensitivity analysis sample. Medical Decision Making, 34(3), 311-326.
    doi:10.1177/0272989X13505910

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
    n = len(ranking)
    if not n:
        raise UsageError("there are no candidates: nothing to ask about")
    _refuse_out_of_range(ranking, top, draws, seed)
    spaces = group_weights(ranking.framework, weights)
    k = (top if top is not None else _default_top(ranking)) if ranking.has_total else None
    drawn = sample(ranking.problem, spaces, top=k, draws=draws, seed=seed, progress=progress)
    doubts = order_doubt(drawn), verdict_doubt(drawn)
    place_of = np.empty(n, dtype=np.intp)
    place_of[ranking.order] = np.arange(n)
    asked = [*_about_facts(ranking, drawn, doubts), *_about_ratings(ranking, drawn, doubts)]
    # stable: facts first, as in the framework
    asked.sort(key=lambda entry: (*_standing(entry[1]), place_of[entry[0]]))
    return Questions(
        ranking=ranking,
        top=k,
        draws=draws,
        seed=seed,
        spaces=spaces,
        order_doubt=doubts[0],
        verdict_doubt=doubts[1],
        questions=tuple(question for _, question in asked),
        unseen=count_open(ranking.problem) - len(drawn.facts),
    )


def _standing(question: Question) -> tuple[float, float]:
    """Return what to sort by: shares of doubt to a tenth of a per cent, which draws can hardly tell apart."""
    return -round(question.worth, 3), -round(question.order_share + question.verdict_share, 3)


def _default_top(ranking: Ranking) -> int:
    return max(1, min(10, math.ceil(int((ranking.ranks > 0).sum()) / 2)))


def _refuse_out_of_range(ranking: Ranking, top: int | None, draws: int, seed: int) -> None:
    if not 1 <= draws <= _MOST_DRAWS:
        raise UsageError(f"draws: {draws} is not from 1 to {_MOST_DRAWS:,}")
    if seed < 0:
        raise UsageError(f"seed: {seed} is negative")
    if top is None:
        return
    if not ranking.has_total:
        raise UsageError(
            f"top: `{ranking.framework.id}` makes no score, so there is no order of which to take the first"
        )
    if not 1 <= top <= len(ranking):
        raise UsageError(f"top: {top} is not from 1 to {len(ranking)}, the number of candidates")


def _about_facts(
    ranking: Ranking, drawn: Sample, doubts: tuple[float, float]
) -> Iterator[tuple[int, Question]]:
    framework = ranking.framework
    for place, entry in enumerate(drawn.facts):
        fact = framework.all_facts[entry.fact]
        labels = [answer.label for answer in entry.answers]
        meanings: list[str | None] = [None] * len(labels)
        if not isinstance(fact, FlagFact | NumberFact | SetFact):
            meanings = [fact.meaning(label) for label in labels]
        answers = drawn.answers[:, place].astype(np.intp)
        outlooks = _outlooks(
            framework, drawn, entry.row, answers, list(zip(labels, meanings, strict=True))
        )
        yield (
            entry.row,
            _question(
                ranking, drawn, doubts, entry.row, entry.fact, (answers, len(labels)), outlooks
            ),
        )


def _about_ratings(
    ranking: Ranking, drawn: Sample, doubts: tuple[float, float]
) -> Iterator[tuple[int, Question]]:
    cells, leaves = drawn.cells, list(ranking.framework.leaves.values())
    for place, (row, leaf) in enumerate(
        zip(cells.rows.tolist(), cells.leaves.tolist(), strict=True)
    ):
        node, quantiles = leaves[leaf], drawn.quantiles[:, place]
        answers = (quantiles // (QUANTILES // CLASSES)).astype(np.intp)
        cell = slice(place, place + 1)
        middles = (np.arange(QUANTILES)[:, None] + 0.5) / QUANTILES
        ratings = ratings_from(cells.low[cell], cells.value[cell], cells.high[cell], middles)[:, 0]
        points, labels = _points(node, ratings)
        outlooks = _outlooks(ranking.framework, drawn, row, points[quantiles], labels)
        yield row, _question(ranking, drawn, doubts, row, node.id, (answers, CLASSES), outlooks)


def _points(
    node: LeafNode, ratings: NDArray[np.float64]
) -> tuple[NDArray[np.intp], list[tuple[str, str | None]]]:
    """Return which answer each of some ratings is nearest to, and the answers: points of the scale, else stretches."""
    levels, anchors = node.scale.levels or {}, node.criterion.anchors or {}
    low, high = node.scale.range
    known = sorted({float(point) for point in (*levels, *anchors)})
    if not levels and float(low).is_integer() and high - low < _MOST_POINTS:
        known = [float(point) for point in range(int(low), int(high) + 1)]
    edges = [(one + other) / 2 for one, other in pairwise(known)]
    nearest = np.searchsorted(np.array(edges), ratings, side="right")
    if len(np.unique(nearest)) > 1:
        names = {float(point): name for point, name in levels.items()}
        meanings = {float(point): text for point, text in anchors.items()}
        said = [
            (f"{figure(p)} ({names[p]})" if p in names else figure(p), meanings.get(p))
            for p in known
        ]
        return nearest, said
    cuts = np.linspace(float(ratings.min()), float(ratings.max()), _STRETCHES + 1)
    stretch = np.clip(np.searchsorted(cuts, ratings, side="right") - 1, 0, _STRETCHES - 1)
    ends = [figure(float(f"{cut:.3g}")) for cut in cuts]
    return stretch, [(f"{one} to {other}", None) for one, other in pairwise(ends)]


def _question(
    ranking: Ranking,
    drawn: Sample,
    doubts: tuple[float, float],
    row: int,
    key: str,
    answers: tuple[NDArray[np.intp], int],
    outlooks: tuple[Outlook, ...],
) -> Question:
    problem, framework = ranking.problem, ranking.framework
    order, verdict = order_fall(drawn, row, *answers), verdict_fall(drawn, row, key, *answers)
    word = (
        framework.all_facts[key] if key in framework.all_facts else framework.nodes[key].criterion
    )
    about = title_of_word(framework, key)
    return Question(
        candidate=problem.id_of(row),
        title=problem.title_of(row),
        kind="fact" if key in framework.all_facts else "rating",
        key=key,
        about=about,
        question=word.question or f"What is `{within(about)}`?",
        known=known_of(problem, key, row),
        order=order.value,
        order_error=order.error,
        verdict=verdict.value,
        verdict_error=verdict.error,
        order_share=min(1.0, order.value / doubts[0]) if doubts[0] > 0 else 0.0,
        verdict_share=min(1.0, verdict.value / doubts[1]) if doubts[1] > 0 else 0.0,
        outlooks=outlooks,
    )


def _outlooks(
    framework: Framework,
    drawn: Sample,
    row: int,
    answers: NDArray[np.intp],
    said: Sequence[tuple[str, str | None]],
) -> tuple[Outlook, ...]:
    """Return what each answer would mean; one that no draw has is left out."""
    words = ["not applicable", *framework.all_verdicts]
    counts = np.bincount(answers, minlength=len(said))
    codes = answers * len(words) + drawn.verdicts[:, row] + 1
    table = np.bincount(codes, minlength=len(said) * len(words)).reshape(len(said), len(words))
    hits = (
        np.bincount(answers[drawn.top[:, row]], minlength=len(said))
        if drawn.top is not None
        else None
    )
    return tuple(
        Outlook(
            answer=label,
            meaning=meaning,
            probability=float(counts[k] / len(answers)),
            verdicts={
                word: float(table[k, v] / counts[k]) for v, word in enumerate(words) if table[k, v]
            },
            top=float(hits[k] / counts[k]) if hits is not None else None,
        )
        for k, (label, meaning) in enumerate(said)
        if counts[k]
    )
