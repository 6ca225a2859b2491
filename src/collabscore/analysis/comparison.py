"""Comparison: one list of candidates as several frameworks judge it.

Axis letters: n candidates, f frameworks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import combinations, starmap
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..arrays import (
    BoolArray,
    Frozen,
    IndexArray,
    IntArray,
    Record,
    frozen_property,
    underflow_is_zero,
)
from ..documents.loading import (
    CandidateSource,
    FrameworkSource,
    load_candidates,
    load_framework,
    sources_of,
)
from ..documents.reweighting import GivenWeights, refuse_no_weights, reweighted
from ..errors import NoFrameworkError, UnknownIdError, UsageError, did_you_mean, refusal_of_name
from ..kernels.statistics import Estimate, interval, tau_b
from ..models.candidates import Candidates
from ..models.framework import Framework
from ..output import ID_FIELD, TITLE_FIELD, Badge, Detail, Field, Page, Result
from ..output.text import short_digest
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, outline_of, rank
from ..scoring.verdicts import crosswalk
from ..scoring.wording import badge
from .disagreements import (
    NOT_JUDGED,
    UNJUDGED,
    Codes,
    Disagreement,
    FrameworkAnswer,
    Judge,
    disagreements_of,
    is_disputed,
)

__all__ = [
    "LEAST_FOR_INTERVAL",
    "ComparedCandidate",
    "Comparison",
    "Move",
    "Pair",
    "compare",
]

LEAST_FOR_INTERVAL = 10
"""With fewer candidates the interval of tau-b would hold the truth less often than it claims."""
_MOST_MOVES = 10


@dataclass(frozen=True)
class ComparedCandidate(Frozen):
    """One candidate, with the answers of all frameworks.

    Parameters
    ----------
    id, title : str
    agree : bool or None
        Whether all frameworks that judge it give the same answer; None for fewer than two.
    by : mapping of framework id to FrameworkAnswer
    """

    id: str
    title: str
    agree: bool | None
    by: Mapping[str, FrameworkAnswer]


# two frameworks at a time


class Move(Record):
    """A candidate with another rank by another framework.

    Parameters
    ----------
    id, title : str
    first, second : int
        Its ranks in the two rankings.
    by : int
        Number of ranks gained in the second order; below 0 for ranks lost.
    """

    id: str
    title: str
    first: int
    second: int
    by: int


@dataclass(frozen=True, eq=False)
class Pair(Frozen):
    """Agreement of two frameworks.

    Parameters
    ----------
    first, second : Ranking
    judged : int
        Number of candidates that both judge.
    not_judged : int
        Number of others to which both apply.
    same, first_milder, second_milder : int
        Number of those judged with the same answer, and with a milder one by the first or second
        framework.
    rows : integer array
        Rows, in the problem, of the candidates that both rank, and judge if they have guardrails.
    first_ranks, second_ranks : integer arrays
        Their ranks in each ranking, in the order of `rows`.
    """

    first: Ranking
    second: Ranking
    judged: int
    not_judged: int
    same: int
    first_milder: int
    second_milder: int
    rows: IndexArray
    first_ranks: IntArray
    second_ranks: IntArray

    @classmethod
    def of(cls, first: Judge, second: Judge) -> Pair:
        """Return the agreement of two judges of one list."""
        one, other = first.judged_answers, second.judged_answers
        milder = np.sign(other - one)[(one >= 0) & (other >= 0)]
        is_ranked = (first.ranks > 0) & (second.ranks > 0)
        rows = np.flatnonzero(is_ranked & (one != UNJUDGED) & (other != UNJUDGED))
        return cls(
            first=first.ranking,
            second=second.ranking,
            judged=len(milder),
            not_judged=int(((one != -1) & (other != -1)).sum()) - len(milder),
            same=int((milder == 0).sum()),
            first_milder=int((milder > 0).sum()),
            second_milder=int((milder < 0).sum()),
            rows=rows,
            first_ranks=first.ranks[rows],
            second_ranks=second.ranks[rows],
        )

    @property
    def rankable(self) -> bool:
        """Whether both make a total score, and so ranks."""
        return self.first.has_total and self.second.has_total

    @frozen_property
    def tau(self) -> Estimate:
        """Kendall's tau-b of the two orders of these candidates."""
        return tau_b(self.first_ranks, self.second_ranks)

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the 95 % interval of tau-b; NaN with fewer than ten candidates."""
        if len(self.first_ranks) < LEAST_FOR_INTERVAL:
            return math.nan, math.nan
        return interval(self.tau)

    @property
    def moved(self) -> int:
        """Number of candidates whose ranks differ."""
        return int((self.first_ranks != self.second_ranks).sum())

    @frozen_property
    def moves(self) -> tuple[Move, ...]:
        """Candidates whose ranks differ most, the farthest first; ten at most."""
        problem, moves = self.first.problem, []
        gained = self.first_ranks - self.second_ranks
        farthest_first = np.argsort(-np.abs(gained), kind="stable")[:_MOST_MOVES]
        for k in farthest_first[gained[farthest_first] != 0].tolist():
            row = int(self.rows[k])
            ranks = int(self.first_ranks[k]), int(self.second_ranks[k]), int(gained[k])
            moves.append(Move(problem.id_of(row), problem.title_of(row), *ranks))
        return tuple(moves)

    def record(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        ranks = None
        if self.rankable:
            low, high = self.interval
            ranks = {
                "ranked": len(self.rows),
                "tau_b": self.tau.value,
                "standard_error": self.tau.error,
                "low": low,
                "high": high,
                "moves": list(map(asdict, self.moves)),
            }
        return {
            "first": self.first.framework.id,
            "second": self.second.framework.id,
            "judged": self.judged,
            "not_judged": self.not_judged,
            "same": self.same,
            "first_milder": self.first_milder,
            "second_milder": self.second_milder,
            "ranks": ranks,
        }


# the result


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """One list of candidates as several frameworks judge it.

    Candidates are in the order of the first framework; arrays are read-only and in that order.

    Parameters
    ----------
    rankings : tuple of Ranking
        One for each framework, of the same candidates in the same rows.
    """

    kind: ClassVar[str] = "comparison"

    rankings: tuple[Ranking, ...]

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.rankings[0])

    def __getitem__(self, framework: str) -> Ranking:
        """Return the ranking by one framework.

        Raises
        ------
        UsageError
            If it is not one of those compared.
        """
        for ranking in self.rankings:
            if ranking.framework.id == framework:
                return ranking
        message = f"`{framework}` is not one of the frameworks compared"
        raise UnknownIdError(message, help=did_you_mean(framework, self.frameworks))

    def __contains__(self, framework: object) -> bool:
        """Whether it is the id of one of the frameworks compared."""
        return framework in self.frameworks

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Ids of the frameworks, f of them."""
        return tuple(ranking.framework.id for ranking in self.rankings)

    @property
    def title(self) -> str:
        """The frameworks as a heading."""
        *names, last = self.frameworks
        return f"Comparison of {', '.join(names)} and {last}"

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, n of them."""
        return self.rankings[0].ids

    @frozen_property
    def judges(self) -> tuple[Judge, ...]:
        """The frameworks as judges, f of them; their arrays are in the order of the problem."""
        return tuple(map(Judge, self.rankings))

    @frozen_property
    def answers(self) -> Codes:
        """Meanings of the verdicts, (n, f): 0, goes ahead, to 3, does not.

        Or BEYOND, the framework does not apply; UNJUDGED, its verdict rests on unknown answers.
        """
        return self._stacked("judged_answers")

    @frozen_property
    def needed(self) -> IntArray:
        """Number of ratings and facts that each framework asks for, (n, f)."""
        return self._stacked("needed")

    @frozen_property
    def missing(self) -> IntArray:
        """Number of those that are unknown, or leave several answers to a guardrail, (n, f)."""
        return self._stacked("missing")

    @frozen_property
    def verdicts(self) -> NDArray[np.object_]:
        """Ids of the verdicts, (n, f); None where a framework does not apply to the candidate."""
        return self._stacked("verdicts")

    @frozen_property
    def ranks(self) -> IntArray:
        """Ranks, (n, f); 0 for none."""
        return self._stacked("ranks")

    def _stacked(self, name: str) -> NDArray[Any]:
        order = self.rankings[0].order
        return np.stack([getattr(judge, name)[order] for judge in self.judges], axis=1)

    @frozen_property
    def judged(self) -> IntArray:
        """Number of frameworks that judge each candidate, (n,)."""
        judged: IntArray = np.count_nonzero(self.answers >= 0, axis=1)
        return judged

    @frozen_property
    def disputed(self) -> BoolArray:
        """Where the frameworks that judge a candidate do not all give the same answer, (n,)."""
        return is_disputed(self.answers)

    @frozen_property
    def pairs(self) -> tuple[Pair, ...]:
        """Agreement of each two frameworks."""
        return tuple(starmap(Pair.of, combinations(self.judges, 2)))

    @frozen_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Disagreements, first those with candidates that none before has; facts are read late.

        A candidate for which several guardrails decide is in several of them.
        """
        return tuple(disagreements_of(self.judges))

    # as a result

    @frozen_property
    def rows(self) -> tuple[ComparedCandidate, ...]:
        """The candidates, each with the answers of all frameworks."""
        problem, rows = self.rankings[0].problem, []
        for position, row in enumerate(self.rankings[0].order.tolist()):
            agree = None
            if self.judged[position] >= 2:
                agree = not self.disputed[position]
            by = {judge.framework.id: judge.answer_at(row) for judge in self.judges}
            rows.append(ComparedCandidate(problem.id_of(row), problem.title_of(row), agree, by))
        return tuple(rows)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Columns of a candidate; JSON has the answers of the frameworks under `by`."""
        fields = [
            ID_FIELD,
            replace(TITLE_FIELD, lines=2),
        ]
        for ranking in self.rankings:
            fields += _framework_fields(ranking.framework)
        fields.append(Field("agree", "Agree", priority=2))
        fields.append(
            Field("by", cell=lambda row: {key: asdict(row.by[key]) for key in row.by}, csv=False)
        )
        return tuple(fields)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table; ranks only of frameworks that give them."""
        keys = ["title"]
        for ranking in self.rankings:
            keys.append(f"verdict_{ranking.framework.id}")
            if ranking.has_total:
                keys.append(f"rank_{ranking.framework.id}")
        return (*keys, "agree", "id")

    @property
    def outline(self) -> dict[str, Any]:
        """The frameworks: id, title, version, whether they rank, and what their verdicts mean.

        Also the answers that each needs and misses, and how many candidates it judges.
        """
        outlines = []
        for judge in self.judges:
            more = {
                "ranks": judge.framework.has_total,
                "answers": crosswalk(judge.framework),
                "needed": int(judge.needed.sum()),
                "missing": int(judge.missing.sum()),
                "judged": int(judge.is_judged.sum()),
                "not_judged": int((judge.judged_answers == UNJUDGED).sum()),
            }
            outlines.append(outline_of(judge.framework) | more)
        return {"frameworks": outlines}

    @frozen_property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs and the version of the package."""
        manifests = [ranking.manifest for ranking in self.rankings]
        return {
            "package": manifests[0]["package"],
            "frameworks": [manifest["framework"] for manifest in manifests],
            "candidates": manifests[0]["candidates"],
        }

    def body(self) -> dict[str, Any]:
        """Return the candidates, the agreement of each two frameworks, and all disagreements."""
        return {
            **super().body(),
            "pairs": list(map(Pair.record, self.pairs)),
            "disagreements": list(map(Disagreement.record, self.disagreements)),
        }

    def page(self, *, detail: Detail = "default", disagreements: int | None = 5) -> Page:
        """Return the comparison as the blocks of a page.

        Parameters
        ----------
        detail : {"brief", "default", "verbose"}
            As of every result.
        disagreements : int, optional
            Number of disagreements to explain; None for all.
        """
        return self._page(detail=detail, disagreements=disagreements)


def _framework_fields(framework: Framework) -> tuple[Field, ...]:
    """Return the fields for one framework; only JSON has them elsewhere."""
    key = framework.id
    return (
        Field(
            f"verdict_{key}",
            key,
            lambda row: _verdict_badge(row.by[key], framework),
            lambda row: row.by[key].verdict,
            kind="badge",
            priority=0,
            json=False,
        ),
        Field(f"answer_{key}", cell=lambda row: row.by[key].answer, json=False),
        Field(f"needed_{key}", cell=lambda row: row.by[key].needed, json=False),
        Field(f"missing_{key}", cell=lambda row: row.by[key].missing, json=False),
        Field(
            f"rank_{key}", "Rank", lambda row: row.by[key].rank, kind="number", digits=0, json=False
        ),
        Field(f"decided_by_{key}", cell=lambda row: row.by[key].decided_by, json=False),
    )


def _verdict_badge(found: FrameworkAnswer, framework: Framework) -> Badge | None:
    """Return the verdict; in place of one that rests on silence, the number of missing answers.

    None where there are no guardrails: every verdict is the mildest one.
    """
    if not framework.guardrails:
        return None
    if found.answer != NOT_JUDGED:
        return badge(found.verdict, framework)
    return Badge(f"{found.missing} unknown", "?") if found.missing else Badge(NOT_JUDGED, "?")


@underflow_is_zero
def compare(
    candidates: CandidateSource,
    frameworks: Sequence[FrameworkSource] | None = None,
    *,
    weights: GivenWeights | None = None,
    as_of: str | date | None = None,
) -> Comparison:
    """Judge one list of candidates by several frameworks, and compare their verdicts and ranks.

    Verdicts are compared by their meaning, not by their names: it goes ahead, it goes ahead with
    conditions, a person decides, it does not go ahead. Where frameworks differ, the guardrails and
    facts behind it are named. A verdict that unknown answers could still make milder is not
    compared: that framework has not judged the candidate.

    Parameters
    ----------
    candidates : str, Path, mapping, Candidates or iterable of candidates
        A file, or its contents.
    frameworks : sequence of str, Path, mapping or Framework, optional
        Two or more to judge by, each a shipped id, a file, or its contents; those that the list
        names, if left out.
    weights : mapping of criterion or group id to weight, optional
        As of `score`, for each framework that has the criterion.
    as_of : str or date, optional
        As of `score`.

    Returns
    -------
    Comparison

    Raises
    ------
    DocumentError
        With all errors of a framework or the candidates.
    UsageError
        If there are fewer than two frameworks, or two with one id; if no framework has a
        criterion of `weights`.

    Examples
    --------
    >>> facts = {"sensitive": {"kind": "flag"}}
    >>> strict = {"collabscore": "framework/1", "id": "strict", "facts": facts}
    >>> strict["guardrails"] = {"sensitive": {"when": "sensitive", "then": "outside"}}
    >>> mild = {**strict, "id": "mild"}
    >>> mild["guardrails"] = {"sensitive": {"when": "sensitive", "then": "refer"}}
    >>> found = compare([{"id": "chips", "facts": {"sensitive": True}}], [strict, mild])
    >>> found.verdicts.tolist(), found.disagreements[0].sides[0].reason.guardrail
    ([['outside', 'refer']], 'sensitive')
    """
    if frameworks is None:
        candidates, frameworks = _frameworks_of_list(candidates)
    named = sources_of(frameworks, "frameworks")
    if len(named) < 2:
        raise UsageError(_TWO_NEEDED, "frameworks", _GIVE_EACH)
    judges: dict[str, Framework] = {}
    for source in named:
        framework = load_framework(source)
        if framework.id in judges:
            raise _repeated_id(judges[framework.id], framework)
        judges[framework.id] = framework
    loaded = load_candidates(candidates, list(judges.values()), as_of=as_of)
    given = {} if weights is None else refuse_no_weights(weights)
    _refuse_unknown_weights(judges.values(), given)
    return Comparison(tuple(_ranking_by(judge, loaded, given) for judge in judges.values()))


_TWO_NEEDED = "a comparison needs two frameworks or more"
_GIVE_EACH = "name each, such as `guardrail` and `ca-strac`"


def _frameworks_of_list(candidates: CandidateSource) -> tuple[Candidates, Sequence[Framework]]:
    """Return a list, loaded, and the frameworks that it names, two or more."""
    try:
        loaded = load_candidates(candidates)
    except NoFrameworkError:
        message = f"{_TWO_NEEDED}, and the list names none"
        raise UsageError(message, "frameworks", _GIVE_EACH) from None
    if len(loaded.frameworks) < 2:
        named = ", ".join(f"`{framework.id}`" for framework in loaded.frameworks)
        message = f"{_TWO_NEEDED}, and the list names only {named}"
        raise UsageError(message, "frameworks", _GIVE_EACH)
    return loaded, loaded.frameworks


def _refuse_unknown_weights(frameworks: Iterable[Framework], weights: GivenWeights) -> None:
    """Refuse weights of what is a criterion or group of none of the frameworks."""
    known: set[str] = set()
    for framework in frameworks:
        known.update(framework.nodes)
    for name in weights:
        if name not in known:
            message = f"`{name}` is a criterion of none of these frameworks"
            raise refusal_of_name(message, name, known, "weights")


def _ranking_by(judge: Framework, candidates: Candidates, weights: GivenWeights) -> Ranking:
    """Return the ranking by a framework, with those of the weights that are of its criteria."""
    problem = Problem.from_candidates(candidates, judge)
    own = {key: weights[key] for key in weights if key in judge.nodes}
    if own:
        problem = replace(problem, framework=reweighted(judge, own))
    return rank(problem)


def _repeated_id(first: Framework, second: Framework) -> UsageError:
    if first.digest == second.digest:
        message = f"`{first.id}` is named twice"
        return UsageError(message, "frameworks", "compare different frameworks")
    names = [f"`{one.origin.source or short_digest(one.digest)}`" for one in (first, second)]
    message = f"two frameworks have the id `{first.id}`: {' and '.join(names)}"
    return UsageError(message, "frameworks", "change one of them")
