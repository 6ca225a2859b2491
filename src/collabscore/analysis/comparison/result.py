"""The comparison itself: rankings of one list by several frameworks, side by side.

Imports the other modules of this package, scoring and the loading of documents. Axis letters: n candidates, f
frameworks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...documents.loading import CandidateSource, FrameworkSource, load_candidates, load_framework
from ...errors import UsageError
from ...models.candidates import Candidates
from ...models.framework import Framework
from ...output import Table, as_json
from ...scoring.columns import facts_of, ratings_of
from ...scoring.manifest import outline_of
from ...scoring.problem import Problem
from ...scoring.ranking import Ranking, rank
from .crosswalk import Codes, answer_words, answers_of, crosswalk
from .disagreements import Disagreement, Group, disagreement_of, groups_of, is_disputed
from .grounds import Grounds
from .page import SHOWN, notes_of, page_of
from .pairs import Pair, pairs_of
from .sheets import sheet_of, table_of

__all__ = ["Comparison", "compare"]

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """One list of candidates as several frameworks judge it.

    Candidates stand in the order of the first framework; arrays are read-only and in that order.

    Parameters
    ----------
    rankings : tuple of Ranking
        One for each framework, of the same candidates in the same rows.
    """

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
        raise UsageError(
            f"`{framework}` is not one of the frameworks compared: {_listed(self.frameworks)}"
        )

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Ids of the frameworks, f of them."""
        return tuple(ranking.framework.id for ranking in self.rankings)

    @property
    def title(self) -> str:
        """The frameworks as a heading."""
        *names, last = self.frameworks
        return f"{', '.join(names)} and {last}, side by side"

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, n of them."""
        return self.rankings[0].ids

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Titles of the candidates, n of them."""
        return tuple(self._problem.title_of(row) for row in self._order.tolist())

    @cached_property
    def answers(self) -> Codes:
        """What the verdicts come to, (n, f): 0, goes ahead, to 3, does not; -1 where a framework is not about it."""
        return _read_only(self._answers[self._order])

    @cached_property
    def verdicts(self) -> NDArray[np.object_]:
        """Ids of the verdicts, (n, f); None where a framework is not about the candidate."""
        return _read_only(
            np.stack(
                [self._aligned(ranking, ranking.verdicts) for ranking in self.rankings], axis=1
            )
        )

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Ranks, (n, f); 0 for none."""
        return _read_only(
            np.stack([self._aligned(ranking, ranking.ranks) for ranking in self.rankings], axis=1)
        )

    @cached_property
    def judged(self) -> NDArray[np.int64]:
        """How many of the frameworks are about each candidate, (n,)."""
        return _read_only((self.answers >= 0).sum(axis=1))

    @cached_property
    def disputed(self) -> Flags:
        """Where the frameworks that are about a candidate do not all answer alike, (n,)."""
        return _read_only(is_disputed(self.answers))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Each two frameworks, and how far they agree."""
        return pairs_of(self.rankings, self._answers)

    @property
    def reasons(self) -> int:
        """How many reasons of disagreement there are: guardrails that make one framework more severe than another."""
        return len(self._groups)

    def explained(self, most: int | None = None) -> Iterator[Disagreement]:
        """Yield the disagreements, each with its reason, those first that hold candidates which none before holds.

        Parameters
        ----------
        most : int, optional
            How many; all, if left out.
        """
        for group in self._groups[:most]:
            yield disagreement_of(group, self._grounds, self._answers)

    def explained_by(self, most: int) -> int:
        """Return how many candidates the first so many reasons hold."""
        return len(
            np.unique(
                np.concatenate([group.rows for group in self._groups[:most]] or [self._order[:0]])
            )
        )

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """All disagreements, each with its reason."""
        return tuple(self.explained())

    # in the order of the problem

    @property
    def _problem(self) -> Problem:
        return self.rankings[0].problem

    @property
    def _order(self) -> NDArray[np.intp]:
        return self.rankings[0].order

    def _aligned(self, ranking: Ranking, values: NDArray[Any]) -> NDArray[Any]:
        """Return what stands in the order of one ranking in that of the first."""
        by_row = np.empty_like(values)
        by_row[ranking.order] = values
        return by_row[self._order]

    @cached_property
    def _answers(self) -> Codes:
        return answers_of(self.rankings)

    @cached_property
    def _grounds(self) -> tuple[Grounds, ...]:
        return tuple(map(Grounds, self.rankings))

    @cached_property
    def _groups(self) -> tuple[Group, ...]:
        return groups_of(self._grounds, self._answers)

    # as the other results

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the words and numbers."""
        return notes_of(self)

    def table(self) -> Table:
        """Return a row for each candidate, with its verdict and rank under each framework."""
        return table_of(self)

    def to_csv(self) -> str:
        """Return a row for each candidate as CSV: verdict, answer, rank and deciding guardrails by each framework."""
        return sheet_of(self).to_csv()

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping of plain data for each candidate, in the order of the first framework."""
        scores = np.stack(
            [self._aligned(ranking, ranking.scores) for ranking in self.rankings], axis=1
        )
        deciding = [ground.deciding[self._order] for ground in self._grounds]
        return [
            {
                "id": self.ids[place],
                "title": self.titles[place],
                "agree": None if self.judged[place] < 2 else not self.disputed[place],
                "by": {
                    framework: {
                        "verdict": self.verdicts[place, f],
                        "answer": answer_words(int(self.answers[place, f])),
                        "rank": int(self.ranks[place, f]) or None,
                        "score": float(scores[place, f]),
                        "decided_by": [
                            self._grounds[f].guardrails[k]
                            for k in np.flatnonzero(deciding[f][place])
                        ],
                    }
                    for f, framework in enumerate(self.frameworks)
                },
            }
            for place in range(len(self))
        ]

    def to_json(self) -> str:
        """Return the whole comparison as JSON, numbers with nine significant digits."""
        document = {
            "collabscore": "comparison/1",
            "frameworks": [
                {
                    **outline_of(ranking.framework),
                    "ranks": ranking.has_total,
                    "answers": crosswalk(ranking.framework),
                }
                for ranking in self.rankings
            ],
            "options": {},
            "candidates": self.records(),
            "pairs": [pair.record() for pair in self.pairs],
            "disagreements": [found.record() for found in self.disagreements],
            "notes": list(self.notes),
            "manifest": self.manifest,
        }
        return as_json(document)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What it takes to compute the same again: digests of the inputs, versions."""
        manifests = [ranking.manifest for ranking in self.rankings]
        return {
            "package": manifests[0]["package"],
            "frameworks": [manifest["framework"] for manifest in manifests],
            "candidates": manifests[0]["candidates"],
        }

    def to_text(self, width: int | None = None, *, disagreements: int | None = SHOWN) -> str:
        """Return the comparison as a page of plain text.

        Parameters
        ----------
        width : int, optional
            Letters in a line; as many as it takes, if left out.
        disagreements : int, optional
            How many reasons of disagreement are explained; None for all.
        """
        return page_of(self, disagreements).to_text(width)

    def to_markdown(self, *, disagreements: int | None = SHOWN) -> str:
        """Return the comparison as a page of Markdown."""
        return page_of(self, disagreements).to_markdown()

    def to_html(self, *, disagreements: int | None = SHOWN) -> str:
        """Return the comparison as a fragment of HTML: no script, its own style, light and dark."""
        return page_of(self, disagreements).to_html()

    def __str__(self) -> str:
        return self.to_text(100).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return page_of(self).shortened().to_html()


def compare(candidates: CandidateSource, frameworks: Sequence[FrameworkSource]) -> Comparison:
    """Judge one list of candidates by several frameworks, and set what they say side by side.

    Verdicts are compared by what they come to, whatever they are called: it goes ahead, it goes ahead with conditions,
    a person decides, it does not go ahead. Where frameworks differ, the guardrails and facts behind it are named.

    Parameters
    ----------
    candidates : str, Path, mapping, Candidates or iterable of candidates
        A file, or what it holds. Frameworks that the list itself names lend it their words; they do not judge it.
    frameworks : sequence of str, Path, mapping or Framework
        Two or more to judge by, each a shipped id, a file, or what it holds.

    Returns
    -------
    Comparison

    Raises
    ------
    DocumentError
        With everything that is wrong with a framework or the candidates.
    UsageError
        If there are fewer than two frameworks, or two with one id.

    Examples
    --------
    >>> strict = {"collabscore": "framework/1", "id": "strict", "facts": {"sensitive": {"kind": "flag"}},
    ...           "guardrails": {"sensitive": {"when": "sensitive", "then": "outside"}}}
    >>> open_ = {"collabscore": "framework/1", "id": "open", "facts": {"sensitive": {"kind": "flag"}}}
    >>> found = compare([{"id": "chips", "facts": {"sensitive": True}}], [strict, open_])
    >>> found.verdicts.tolist(), found.disagreements[0].sides[0].reason.guardrail
    ([['outside', 'inside']], 'sensitive')
    """
    judges = _judges(frameworks)
    loaded = load_candidates(candidates, judges)
    return Comparison(tuple(map(rank, _problems(loaded, judges))))


def _problems(candidates: Candidates, judges: Sequence[Framework]) -> Iterator[Problem]:
    """Yield the problem of each framework; what several of them ask for is read once.

    One word has one meaning in a call: the loading of candidates refuses frameworks that define it differently.
    """
    problem = Problem.from_candidates(candidates, judges[0])
    yield problem
    rows, ratings, facts = problem.candidates, dict(problem.ratings), dict(problem.facts)
    for judge in judges[1:]:
        leaves = {key: node.scale for key, node in judge.leaves.items()}
        ratings |= {
            key: ratings_of(rows, key, scale) for key, scale in leaves.items() if key not in ratings
        }
        facts |= {
            key: facts_of(rows, key, fact, judge.list_members)
            for key, fact in judge.all_facts.items()
            if key not in facts
        }
        yield replace(
            problem,
            framework=judge,
            ratings={key: ratings[key] for key in leaves},
            facts={key: facts[key] for key in judge.all_facts},
        )


def _judges(frameworks: Sequence[FrameworkSource]) -> list[Framework]:
    if isinstance(frameworks, str | Path | Mapping | Framework) or len(frameworks) < 2:
        raise UsageError(
            "a comparison takes two frameworks or more: name them in a list, or each with `-f`"
        )
    judges: list[Framework] = []
    for source in frameworks:
        framework = load_framework(source)
        for other in judges:
            if other.id == framework.id:
                raise UsageError(_taken(framework, other))
        judges.append(framework)
    return judges


def _taken(framework: Framework, other: Framework) -> str:
    if framework.digest == other.digest:
        return f"`{framework.id}` is named twice: a comparison takes frameworks that differ"
    places = [_place(entry) for entry in (other, framework)]
    return f"two frameworks have the id `{framework.id}`: {' and '.join(places)}; give one of them another id"


def _place(framework: Framework) -> str:
    """Return where a framework was read, else what tells it from its namesake."""
    if framework.origin is not None:
        return f"`{framework.origin.source}`"
    return (
        f"version {framework.version}"
        if framework.version
        else f"one without a file ({framework.digest[:19]}…)"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
