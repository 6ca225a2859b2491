"""Panels: one list from the ratings of several raters, which disagreements matter, and agreement.

Axis letters: n candidates of the merged list, k raters, u units (candidates, by criterion), s
samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import chain, compress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..arrays import (
    FloatArray,
    FrozenList,
    IntArray,
    Record,
    frozen_property,
    number_or_none,
    underflow_is_zero,
)
from ..documents.loading import (
    CandidateSource,
    FrameworkSource,
    load_candidates,
    load_framework,
    shipped_path,
)
from ..documents.merging import MERGES, Merge, RaterList, lists_that_count, merged_data
from ..errors import (
    CandidateError,
    CollabscoreError,
    Diagnostic,
    DocumentError,
    NoFrameworkError,
    UnreadableFileError,
    UsageError,
    choose_from,
    names_of,
    printable,
    refusal_of_name,
    refusal_of_value,
    whole_number,
)
from ..kernels.agreement import (
    METRICS,
    Disagreements,
    Metric,
    concordance,
    deviations,
    disagreements,
    percentile_interval,
    resampled_units,
)
from ..models.answers import NumberRange
from ..models.base import ReadingError, clean_id
from ..models.candidates import Candidates
from ..models.framework import Framework, digest_of
from ..output import ID_FIELD, TITLE_FIELD, Detail, Field, Page
from ..output.text import listed, plural
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, RankingResult, rank, refuse_without_ranks
from ..scoring.wording import badge, title_of_word
from .impact import each_list, refuse_repeated_files
from .rater_answers import RaterAnswers, RaterDisagreement

__all__ = [
    "LEAST_COMMON",
    "LEAST_SAMPLED",
    "Agreement",
    "Alpha",
    "OwnResult",
    "Panel",
    "PanelCandidate",
    "Rater",
    "WithoutRater",
    "panel",
]

LEAST_COMMON = 10
"""With fewer common ratings the deviation of a rater would say little."""
LEAST_SAMPLED = 20
"""With fewer candidates the interval of alpha would hold the truth less often than it claims."""

_EACH_ONCE = "give the list of each rater once"
_MOST_DRAWS = 100_000
# of the scale of scores
_POINTS = 100.0
# a table of so many samples and units is held at once
_CELLS = 4_000_000


# what the result holds


class Alpha(Record):
    """Krippendorff's alpha, and the ends of its 95 % interval; None where there is none."""

    value: float | None
    low: float | None
    high: float | None


class Agreement(Record):
    """Agreement of the raters on one criterion or fact, or on all criteria.

    Parameters
    ----------
    key : str
        Empty for all criteria together.
    title : str
    kind : {"rating", "fact"}
    candidates : int
        Number of candidates with answers of two or more raters; for all criteria the number of
        their ratings.
    same : int
        Those for which all these answers are equal.
    alphas : mapping of metric to Alpha
        None of a metric that has no meaning for the answers.
    """

    key: str
    title: str
    kind: str
    candidates: int
    same: int
    alphas: Mapping[Metric, Alpha]


class WithoutRater(Record):
    """Changes of the merged result if one rater is left out, among the candidates that remain.

    Parameters
    ----------
    candidates : int
        Number of those that remain.
    verdicts : int
        Number of candidates with another verdict.
    joins, leaves : tuple of str
        Candidates that are then among the top k, and those that no longer are.
    moved : int
        Number of candidates with another rank.
    """

    candidates: int
    verdicts: int
    joins: tuple[str, ...]
    leaves: tuple[str, ...]
    moved: int

    @property
    def changes_order(self) -> bool:
        """Whether a verdict or the top k differ."""
        return bool(self.verdicts or self.joins or self.leaves)


class Rater(Record):
    """One rater: a label, what the list holds, and how it differs from the others.

    Parameters
    ----------
    label : str
    candidates, ratings, facts : int
        Numbers of candidates with an answer, and of ratings and answers that are known.
    alone : int
        Number of candidates that no other rater has.
    common : int
        Number of ratings that another rater gives too.
    deviation : float or None
        Points of 100 by which these are more favourable than those of the others, on average; None
        if fewer than ten are common.
    flat : tuple of str
        Criteria on which ten or more candidates have one and the same rating.
    without : WithoutRater
    """

    label: str
    candidates: int
    ratings: int
    facts: int
    alone: int
    common: int
    deviation: float | None
    flat: tuple[str, ...]
    without: WithoutRater


class OwnResult(Record):
    """The result of a candidate by the list of one rater alone."""

    rank: int | None
    score: float | None
    verdict: str | None


class PanelCandidate(Record):
    """A candidate: the raters who have it, its merged result, and that by the list of each.

    Parameters
    ----------
    id, title : str
    raters : tuple of str
        Labels.
    rank : int or None
    score : float or None
    verdict : str or None
    by : mapping of label to OwnResult
    """

    id: str
    title: str
    raters: tuple[str, ...]
    rank: int | None
    score: float | None
    verdict: str | None
    by: Mapping[str, OwnResult]


@dataclass(frozen=True, eq=False, repr=False)
class Panel(RankingResult):
    """The merged ranking of several raters, their disagreements by importance, and agreement.

    Parameters
    ----------
    ranking : Ranking
        Of the merged list.
    lists : tuple of RaterList
        The list of each rater under its label.
    merge : {"median", "mean", "quartiles", "range"}
    top : int or None
        The k of the top k; None where the framework gives no ranks.
    draws, seed : int
        Of the bootstrap samples.
    """

    kind: ClassVar[str] = "panel"
    things: ClassVar[str] = "disagreements"

    ranking: Ranking
    lists: tuple[RaterList, ...]
    merge: Merge
    top: int | None
    draws: int
    seed: int

    @property
    def merged(self) -> Candidates:
        """The merged list, a document like any other."""
        document = self.ranking.problem.document
        assert document is not None
        return document

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the raters, k of them."""
        return tuple(one.label for one in self.lists)

    @property
    def title(self) -> str:
        """The number of raters as a heading."""
        return f"Panel of {len(self.lists)} raters"

    @frozen_property
    def counted(self) -> tuple[RaterList, ...]:
        """The candidates that each rater has rated, without those listed without an answer."""
        return lists_that_count(self.lists)

    @frozen_property
    def answers(self) -> RaterAnswers:
        """The answers of all raters."""
        return RaterAnswers(self.ranking, self.counted)

    @frozen_property
    def disagreements(self) -> tuple[RaterDisagreement, ...]:
        """All disagreements, those that can change most first."""
        return tuple(self.answers.disagreements(self.top))

    @frozen_property
    def together(self) -> tuple[str, ...]:
        """Candidates whose verdict several disagreements change together, and none alone.

        They have another verdict once all answers of one rater stand in place of the merged ones.
        """
        return tuple(self.answers.changed_together(self.disagreements))

    @frozen_property
    def agreement(self) -> tuple[Agreement, ...]:
        """Agreement on all criteria, then on each criterion and fact that two raters answer."""
        return tuple(_each_agreement(self))

    @frozen_property
    def rankings(self) -> tuple[Ranking, ...]:
        """The ranking by the list of each rater alone."""
        framework = self.ranking.framework.adopted
        return tuple(
            rank(Problem.from_candidates(one.candidates, framework)) for one in self.counted
        )

    @frozen_property
    def ranked_by_all(self) -> tuple[str, ...]:
        """Candidates to which the ratings of each rater give a rank."""
        ranked = []
        for one in self.rankings:
            ranked.append(set(compress(one.ids, (one.ranks > 0) & (one.rated > 0))))
        return tuple(name for name in self.ids if all(name in names for names in ranked))

    @frozen_property
    def concordance(self) -> float:
        """Kendall's W of the ranks by each list, of the candidates that all rank; NaN for none."""
        ranks = []
        for ranking in self.rankings:
            places = [ranking.place_of(name) for name in self.ranked_by_all]
            ranks.append(ranking.ranks[places])
        return concordance(units_by_raters=np.array(ranks).T.reshape(-1, len(ranks)))

    @frozen_property
    def raters(self) -> tuple[Rater, ...]:
        """The raters, in the order of the call."""
        return tuple(_each_rater(self))

    # as a result

    @property
    def rows(self) -> tuple[RaterDisagreement, ...]:
        """The disagreements."""
        return self.disagreements

    @property
    def fields(self) -> tuple[Field, ...]:
        """Columns of a disagreement."""
        framework = self.ranking.framework
        return (
            replace(ID_FIELD, key="candidate", head="Id"),
            TITLE_FIELD,
            Field("kind"),
            Field("key"),
            Field("about", "About", priority=0, least=16),
            Field("answers", "Answers", _answers_in_words, priority=0, least=20, json=False),
            Field("merged"),
            Field(
                "verdict",
                "Verdict",
                lambda row: badge(row.verdict, framework),
                lambda row: row.verdict,
                kind="badge",
            ),
            Field("rank", "Rank", kind="number", digits=0),
            Field("score"),
            Field("changes", kind="list"),
            Field("effects", cell=lambda row: list(map(asdict, row.effects)), csv=False),
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table."""
        return ("title", "about", "answers", "verdict", "rank", "candidate")

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call, as plain data."""
        return {"merge": self.merge, "top": self.top, "draws": self.draws, "seed": self.seed}

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests of the framework, of the merged list and of the list of each rater."""
        lists = []
        for label, candidates in self.lists:
            record = {"label": label, "count": len(candidates), "digest": digest_of(candidates)}
            lists.append(record)
        return {**self.ranking.manifest, "lists": lists}

    def page(self, *, detail: Detail = "default", disagreements: int | None = 5) -> Page:
        """Return what to discuss first, the agreement and the raters as the blocks of a page.

        Parameters
        ----------
        detail : {"brief", "default", "verbose"}
            As of every result.
        disagreements : int, optional
            Number of disagreements to show; None for all that matter.
        """
        return self._page(detail=detail, disagreements=disagreements)

    def body(self) -> dict[str, Any]:
        """Return the disagreements, the agreement, the raters and all candidates."""
        order = {"candidates": len(self.ranked_by_all), "kendall_w": self.concordance}
        return {
            **super().body(),
            "together": list(self.together),
            "agreement": list(map(asdict, self.agreement)),
            "order": order,
            "raters": list(map(asdict, self.raters)),
            "candidates": list(map(asdict, self.candidates)),
        }

    @frozen_property
    def candidates(self) -> tuple[PanelCandidate, ...]:
        """All candidates in merged order, each with the raters who have it."""
        results: dict[str, dict[str, OwnResult]] = {}
        for label, ranking in zip(self.labels, self.rankings, strict=True):
            for own in ranking:
                results.setdefault(own.id, {})[label] = OwnResult(own.rank, own.score, own.verdict)
        found = []
        for assessment in self.ranking:
            by = results.get(assessment.id, {})
            merged = assessment.rank, assessment.score, assessment.verdict
            found.append(PanelCandidate(assessment.id, assessment.title, tuple(by), *merged, by))
        return tuple(found)


def _answers_in_words(row: RaterDisagreement) -> tuple[str, ...]:
    """Return each answer with the labels of its raters."""
    return tuple(f"{', '.join(one.raters)}: {one.answer}" for one in row.effects)


# agreement


class _Question(NamedTuple):
    """What raters answered to one question, or to all criteria; tables are (n, k)."""

    key: str
    kind: str
    tables: tuple[FloatArray, ...]
    metrics: Sequence[Metric]

    @property
    def is_sampled(self) -> bool:
        """Whether candidates are enough for an interval."""
        return max(map(_count_comparable, self.tables)) >= LEAST_SAMPLED


def _each_agreement(result: Panel) -> Iterator[Agreement]:
    """Yield the agreement on all criteria, then on each criterion and fact."""
    questions = list(_each_question(result))
    for question, alphas in zip(questions, _alphas_of(result, questions), strict=True):
        key, kind, tables, _ = question
        title = title_of_word(result.ranking.framework, key) if key else "All criteria"
        count = sum(map(_count_comparable, tables))
        yield Agreement(key, title, kind, count, sum(map(_count_equal, tables)), alphas)


def _each_question(result: Panel) -> Iterator[_Question]:
    """Yield the questions that two raters answer of some candidate."""
    answers, ranking = result.answers, result.ranking
    tables = {}
    for key, node in ranking.framework.leaves.items():
        low, high = node.scale.range
        table = (answers.points(key) - low) / (high - low)
        if _count_comparable(table):
            tables[key] = table
    if tables:
        yield _Question("", "rating", tuple(tables.values()), METRICS)
    for key, table in tables.items():
        yield _Question(key, "rating", (table,), METRICS)
    for key, fact in ranking.framework.candidate_facts.items():
        is_number = fact.answer_type is NumberRange
        table = answers.points(key) if is_number else answers.codes(key)
        if _count_comparable(table):
            yield _Question(key, "fact", (table,), METRICS if is_number else METRICS[:1])


def _count_comparable(table: FloatArray) -> int:
    """Return how many candidates have answers of two or more raters."""
    return int(np.count_nonzero(_number_of_answers(table) > 1))


def _number_of_answers(table: FloatArray) -> IntArray:
    return np.asarray(np.count_nonzero(~np.isnan(table), axis=1))


def _count_equal(table: FloatArray) -> int:
    """Return how many candidates have two or more answers that are all equal."""
    compared = table[_number_of_answers(table) > 1]
    return int(np.count_nonzero(np.nanmax(compared, axis=1) == np.nanmin(compared, axis=1)))


def _alphas_of(result: Panel, questions: Sequence[_Question]) -> list[dict[Metric, Alpha]]:
    """Return each alpha of each question, with its interval.

    Chance is that within each table. All questions are asked of the same samples of candidates.
    """
    n = result.ranking.problem.size
    samples = result.draws if any(question.is_sampled for question in questions) else 0
    blocks = chain([np.ones((1, n), dtype=np.int64)], resampled_units(n, samples, result.seed))
    found: list[dict[Metric, list[float]]] = [{} for _ in questions]
    for place, times in enumerate(blocks):
        known: dict[tuple[int, Metric], Disagreements] = {}
        for question, alphas in zip(questions, found, strict=True):
            if place == 0 or question.is_sampled:
                for metric in question.metrics:
                    some = _alphas_in(times, question.tables, metric, known)
                    alphas.setdefault(metric, []).extend(some)
    return [{metric: _alpha_from(*some) for metric, some in one.items()} for one in found]


def _alphas_in(
    times: IntArray,
    tables: Sequence[FloatArray],
    metric: Metric,
    known: dict[tuple[int, Metric], Disagreements],
) -> list[float]:
    """Return alpha in each sample; `known` keeps what tables of all criteria share with one."""
    for table in tables:
        if (id(table), metric) not in known:
            disagreement = disagreements(units_by_raters=table, metric=metric, times=times)
            known[id(table), metric] = disagreement
    observed, expected = np.sum([known[id(table), metric] for table in tables], axis=0)
    alphas: list[float] = Disagreements(observed, expected).alphas.tolist()
    return alphas


def _alpha_from(value: float, *sampled: float) -> Alpha:
    low, high = percentile_interval(value, np.array(sampled))
    return Alpha(*map(number_or_none, (value, low, high)))


# raters


def _each_rater(result: Panel) -> Iterator[Rater]:
    """Yield the raters, in the order of the call."""
    answers, ranking = result.answers, result.ranking
    keys = [*ranking.framework.leaves]
    k = len(result.lists)
    values = np.empty((0, k))
    if keys:
        values = np.concatenate([answers.values(key) for key in keys])
    means, common = deviations(units_by_raters=_POINTS * values)
    tables = [answers.points(key) for key in keys]
    known = np.array([[mine is not None for mine in own] for own in answers.own])
    for place, (label, candidates) in enumerate(result.counted):
        problem = answers.problems[place]
        facts = [~column.unknown for column in problem.facts.values()]
        flat = []
        for key, table in zip(keys, tables, strict=True):
            points = table[:, place]
            points = points[~np.isnan(points)]
            if len(points) >= LEAST_COMMON and np.ptp(points) == 0:
                flat.append(key)
        alone = known[place] & (known.sum(axis=0) == 1)
        enough = common[place] >= LEAST_COMMON
        yield Rater(
            label=label,
            candidates=len(candidates),
            ratings=int(np.count_nonzero(~np.isnan(values[:, place]))),
            facts=int(np.sum(facts)),
            alone=int(np.count_nonzero(alone)),
            common=int(common[place]),
            deviation=float(means[place]) if enough else None,
            flat=tuple(flat),
            without=_result_without(result, place),
        )


def _result_without(result: Panel, place: int) -> WithoutRater:
    """Return what changes if the rater at a place is left out."""
    others = [one for number, one in enumerate(result.counted) if number != place]
    merged = result.merged
    day = merged.given_as_of or merged.as_of
    fewer = _merged_ranking(others, result.merge, merged.frameworks, day)
    whole, top = result.ranking, result.top or 0
    kept = np.isin(whole.ids, fewer.ids)
    names = list(compress(whole.ids, kept))
    before = _ranks_among(whole.ranks[kept])
    places = [fewer.place_of(name) for name in names]
    after = fewer.ranks[places]
    first = (before > 0) & (before <= top), (after > 0) & (after <= top)
    verdicts = whole.verdicts[kept] != fewer.verdicts[places]
    return WithoutRater(
        candidates=len(names),
        verdicts=int(np.count_nonzero(verdicts)),
        joins=tuple(compress(names, first[1] & ~first[0])),
        leaves=tuple(compress(names, first[0] & ~first[1])),
        moved=int(np.count_nonzero(before != after)),
    )


def _ranks_among(ranks: IntArray) -> IntArray:
    """Return ranks of some candidates among one another; 0 stays 0."""
    ranked = np.sort(ranks[ranks > 0])
    return np.where(ranks > 0, 1 + np.searchsorted(ranked, ranks), 0)


# the call


@underflow_is_zero
def panel(
    lists: Sequence[CandidateSource],
    framework: FrameworkSource | None = None,
    *,
    labels: Sequence[str] | None = None,
    anonymous: bool = False,
    merge: Merge = "median",
    top: int | None = None,
    draws: int = 1000,
    seed: int = 0,
    as_of: str | date | None = None,
) -> Panel:
    """Merge the ratings of several raters, and show which disagreements matter.

    Parameters
    ----------
    lists : sequence of str, Path, mapping, Candidates or iterable of candidates
        The list of each rater: a file, or its content. Candidates are the same where their ids are.
        A rater need not know all candidates, nor answer everything.
    framework : str, Path, mapping or Framework, optional
        The framework to judge by: a shipped id, a file, or its content; the one that the lists
        name, if left out.
    labels : sequence of str, optional
        A label for each rater; the names of the files without their endings, if left out.
    anonymous : bool
        Whether raters are called "rater 1", "rater 2" and so on, in the order of the lists.
    merge : {"median", "mean", "quartiles", "range"}
        How ratings are merged: to a point, or to the interval from the first to the third quartile
        or from the lowest to the highest.
    top : int, optional
        The k of the top k; half of the ranked candidates and at most 5, if left out.
    draws : int
        Bootstrap samples of candidates, for the intervals of alpha.
    seed : int
        Not negative; the same seed gives the same result.
    as_of : str or date, optional
        As of `score`.

    Returns
    -------
    Panel

    Raises
    ------
    DocumentError
        With all errors of all lists.
    UsageError
        If there are fewer than two lists, or one is given twice; if they name no framework, several
        or two versions of one; if an option is out of its range.

    Notes
    -----
    Of ratings, the ends and the most likely points are merged each. Answers to facts that all give
    stay; of others, one of those given is the case. A safeguard is in place where every rater who
    lists safeguards sees it in place, else planned. An answer that has expired counts only where
    there is no other. Every value and note stays in the notes of the merged list.

    A disagreement matters if the answer of a rater in place of the merged one, all other entries as
    they are, gives the candidate another verdict or rank, or moves it into or out of the top k.

    Agreement is Krippendorff's alpha: 1 for perfect agreement, 0 for that of chance. Ratings count
    as their most likely points, or the middles of their intervals. For all criteria together,
    chance is that within each criterion. Intervals are those of 95 % of bootstrap samples of
    candidates; there are none for fewer than twenty. Kendall's W is that of the ranks by the list
    of each rater, among the candidates that all lists rank.

    Examples
    --------
    >>> lists = []
    >>> for rating in (2, 5):
    ...     lists.append([{"id": "flu", "ratings": {"dual_use": rating}}])
    >>> found = panel(lists, "guardrail", labels=["anna", "ben"])
    >>> found.merged["flu"].ratings["dual_use"].value
    3.5
    >>> [(effect.raters, effect.answer) for effect in found.disagreements[0].effects]
    [(('anna',), '2'), (('ben',), '5')]
    """
    if not isinstance(merge, str):
        help = choose_from(MERGES) or ""
        raise refusal_of_value(merge, "a way to merge ratings", "merge", help)
    if merge not in MERGES:
        message = f"`{merge}` is not a way to merge ratings"
        raise refusal_of_name(message, merge, MERGES, "merge")
    if not isinstance(anonymous, bool | np.bool_):
        raise refusal_of_value(anonymous, "a truth value", "anonymous", "give True or False")
    draws, seed = whole_number("draws", draws, 0, _MOST_DRAWS), whole_number("seed", seed, 0)
    given = each_list(lists)
    if len(given) < 2:
        message = "a panel needs the lists of two or more raters"
        raise UsageError(message, "lists", "to rank one list: `score`")
    refuse_repeated_files(given, _EACH_ONCE)
    named = [] if framework is None else [load_framework(framework)]
    loaded = _load_all(given, named, as_of)
    judge = named[0] if named else _common_framework(loaded)
    known = {id(judge): judge}
    for candidates in loaded:
        known |= {id(one): one for one in candidates.frameworks if one.id != judge.id}
    rated = list(map(RaterList, _labels_of(loaded, labels, anonymous=anonymous), loaded))
    ranking = _merged_ranking(rated, merge, tuple(known.values()), as_of)
    if top is not None:
        refuse_without_ranks(ranking.framework)
        top = whole_number("top", top, 1, len(ranking), "the number of candidates")
    elif ranking.has_total:
        top = ranking.few
    return Panel(ranking, tuple(rated), merge, top, draws, seed)


def _load_all(
    given: Sequence[CandidateSource], named: Sequence[Framework], as_of: str | date | None
) -> list[Candidates]:
    """Load the list of each rater; raise all that is wrong with all of them.

    A list that names no framework is read by the one that the others name.
    """
    loaded, refused = _load_each(dict(enumerate(given)), named, as_of)
    unnamed = {}
    for place, error in refused.items():
        if isinstance(error, NoFrameworkError) and loaded:
            unnamed[place] = given[place]
    if unnamed:
        judge = _common_framework(list(loaded.values()))
        more, wrong = _load_each(unnamed, [judge], as_of)
        loaded |= more
        refused = {place: refused[place] for place in refused if place not in unnamed} | wrong
    if refused:
        raise _joint_error([*refused.values()])
    return [loaded[place] for place in range(len(given))]


def _load_each(
    sources: Mapping[int, CandidateSource], judges: Sequence[Framework], as_of: Any
) -> tuple[dict[int, Candidates], dict[int, CollabscoreError]]:
    """Return the lists that can be loaded, and the errors of the others, by their places."""
    loaded: dict[int, Candidates] = {}
    refused: dict[int, CollabscoreError] = {}
    for place, source in sources.items():
        try:
            loaded[place] = load_candidates(source, judges, as_of=as_of)
        except CollabscoreError as error:
            refused[place] = error
    return loaded, refused


def _joint_error(errors: Sequence[CollabscoreError]) -> CollabscoreError:
    """Return all that is wrong with documents as one error; the first error if there is none."""
    findings: list[Diagnostic] = []
    for error in errors:
        if isinstance(error, DocumentError):
            findings += error.diagnostics
    if not findings:
        first = errors[0]
        if isinstance(first, UsageError) and first.keyword == "candidates":
            first.keyword = "lists"
        return first
    for error in errors:
        if isinstance(error, UnreadableFileError):
            findings.append(Diagnostic("not-checked", error.message, help=error.help))
    return CandidateError(findings)


def _common_framework(loaded: Sequence[Candidates]) -> Framework:
    """Return the one framework that lists name; refuse several, and two versions of one."""
    found: dict[str, Framework] = {}
    named: dict[str, str] = {}
    for candidates in loaded:
        for framework in candidates.frameworks:
            known = found.setdefault(framework.id, framework)
            source = candidates.origin.source
            named.setdefault(framework.id, f"`{framework.id}`" + (f" ({source})" if source else ""))
            if known.digest != framework.digest:
                files = " and ".join(f"`{one.origin.source}`" for one in (known, framework))
                message = f"the lists name two versions of `{framework.id}`: {files}"
                raise UsageError(message, "framework", "name the one to judge by")
    if len(found) > 1:
        message = f"the lists name several frameworks: {listed([*named.values()])}"
        raise UsageError(message, "framework", "name the one to judge by")
    return next(iter(found.values()))


def _labels_of(
    loaded: Sequence[Candidates], labels: Sequence[str] | None, *, anonymous: bool
) -> list[str]:
    """Return a label for each rater: given, made from the name of the file, or a number."""
    numbered = [f"rater {number}" for number in range(1, len(loaded) + 1)]
    if labels is None:
        return numbered if anonymous else _labels_of_files(loaded, numbered)
    if anonymous:
        raise UsageError("raters have labels or numbers, not both", "labels", "leave one out")
    found = [_clean_label(label) for label in names_of("labels", labels)]
    if len(found) != len(loaded):
        message = f"{plural(len(found), 'label')} for {plural(len(loaded), 'list')}"
        raise UsageError(message, "labels", "give one for each list")
    repeated = _repeated_in(found)
    if repeated is not None:
        raise UsageError(f"two raters have the label `{repeated}`", "labels", "change one")
    return found


def _labels_of_files(loaded: Sequence[Candidates], numbered: Sequence[str]) -> list[str]:
    """Return the names of the files, as short as they differ; a number for what is no file."""
    files = [candidates.origin.source for candidates in loaded]
    made: list[str] = []
    for form in (lambda file: Path(file).stem, lambda file: Path(file).name, str):
        made = []
        for file, number in zip(files, numbered, strict=True):
            made.append(number if file[:1] in ("", "<") else printable(form(file)))
        if _repeated_in(made) is None:
            return made
    raise UsageError(f"the list `{_repeated_in(made)}` is given twice", "lists", _EACH_ONCE)


def _repeated_in(names: Sequence[str]) -> str | None:
    """Return the first name that is there more than once."""
    return next((name for name in names if names.count(name) > 1), None)


def _clean_label(text: str) -> str:
    try:
        label: str = clean_id(text)
    except ReadingError as error:
        raise UsageError(error.diagnostic.message, "labels", error.diagnostic.help) from None
    return label


def _merged_ranking(
    lists: Sequence[RaterList],
    merge: Merge,
    frameworks: Sequence[Framework],
    as_of: str | date | None,
) -> Ranking:
    """Return the ranking of the merged list by the first of some frameworks."""
    data = merged_data(lists, merge)
    judge = frameworks[0]
    # files beside the lists are known by now, and not to be looked for
    names = data.pop("framework", [])
    if not names and shipped_path(judge.id) and load_framework(judge.id).digest == judge.digest:
        names = [judge.id]
    loaded = load_candidates(data, list(frameworks), as_of=as_of)
    merged = loaded
    if names:
        merged = loaded.model_copy(update={"framework": FrozenList(names)})
        merged.remember(loaded.origin)
    return rank(Problem.from_candidates(merged, judge))
