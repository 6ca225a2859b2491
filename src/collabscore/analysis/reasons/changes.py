"""Changes: the least that would lift one candidate, and the least that would cost it its place.

Imports the variants. Axis letter: `v` variants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .variants import Outcomes, Variants

__all__ = [
    "Aim",
    "Consequence",
    "FactChange",
    "RatingChange",
    "SafeguardChange",
    "aims_of",
    "consequence_of",
]

Flags: TypeAlias = NDArray[np.bool_]
AimId = Literal["milder_verdict", "better_place", "severer_verdict", "lost_place"]


@dataclass(frozen=True)
class Aim:
    """What a change is to bring about, or would cost.

    Parameters
    ----------
    id : {"milder_verdict", "better_place", "severer_verdict", "lost_place"}
    words : str
        What is gained or lost, as a noun: "a milder verdict than refer", "its place among the first 3".
    severity : int
        The present verdict, by its place among the verdicts.
    rank : int or None
        The rank that is to be reached, or that would no longer be; None for verdicts.
    """

    id: AimId
    words: str
    severity: int
    rank: int | None = None

    @property
    def gain(self) -> bool:
        """Whether it is something gained."""
        return self.id in ("milder_verdict", "better_place")

    def holds(self, outcomes: Outcomes) -> Flags:
        """Return for which variants it has come about, (v,)."""
        if self.rank is not None:
            reached = (outcomes.ranks > 0) & (outcomes.ranks <= self.rank)
            return reached if self.gain else ~reached
        if self.gain:
            return outcomes.applicable & (outcomes.severity < self.severity)
        return ~outcomes.applicable | (outcomes.severity > self.severity)

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {"id": self.id, "words": self.words, "rank": self.rank}


@dataclass(frozen=True)
class Consequence:
    """What would become of the candidate: its verdict (None: the framework is not about it), rank and score."""

    verdict: str | None
    rank: int | None
    score: float | None

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {"verdict": self.verdict, "rank": self.rank, "score": self.score}


@dataclass(frozen=True)
class RatingChange:
    """The least change of one rating that brings an aim about.

    Parameters
    ----------
    aim : str
        Its id.
    criterion, title : str
    present : str
        The rating as it is, in words.
    uncertain : bool
        Whether it is an interval or unknown now; the change then settles it.
    start : float
        Where the change is counted from, in the units of the scale: the rating; of an interval its most likely
        point, else its middle; of an unknown rating the middle of the scale, or the end that counts, where an
        unknown one counts as the worst.
    to : float
        The rating at which the aim is reached.
    beyond : bool
        Whether it is reached only beyond `to`, however little.
    until : float or None
        How far it holds, going on; None: to the end of the scale.
    first, last : float
        The nearest float at which it holds, and the last one on the way there at which it does not; `last` is NaN
        where settling the rating at `start` is enough.
    share : float
        How far it is from `start`, as a share of the scale, in [0, 1].
    consequence : Consequence
        At `first`.
    """

    aim: AimId
    criterion: str
    title: str
    present: str
    uncertain: bool
    start: float
    to: float
    beyond: bool
    until: float | None
    first: float
    last: float
    share: float
    consequence: Consequence

    @property
    def rises(self) -> bool:
        """Whether the rating has to be higher."""
        return self.first > self.start

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "aim": self.aim,
            "criterion": self.criterion,
            "present": self.present,
            "start": self.start,
            "to": self.to,
            "beyond": self.beyond,
            "until": self.until,
            "share_of_scale": self.share,
            "consequence": self.consequence.record(),
        }


@dataclass(frozen=True)
class FactChange:
    """An answer to one open fact that brings an aim about.

    Parameters
    ----------
    aim : str
    fact, title : str
    present, answer : str
        What is known now, and the answer, in words.
    consequence : Consequence
    """

    aim: AimId
    fact: str
    title: str
    present: str
    answer: str
    consequence: Consequence

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "aim": self.aim,
            "fact": self.fact,
            "present": self.present,
            "answer": self.answer,
            "consequence": self.consequence.record(),
        }


@dataclass(frozen=True)
class SafeguardChange:
    """Safeguards that bring an aim about once they are in place or, for a loss, once they are not.

    Parameters
    ----------
    aim : str
    safeguards : tuple of tuple of str
        All of them; of each inner tuple any one will do.
    planned : tuple of str
        Those that are planned.
    consequence : Consequence
    """

    aim: AimId
    safeguards: tuple[tuple[str, ...], ...]
    planned: tuple[str, ...]
    consequence: Consequence

    def record(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "aim": self.aim,
            "safeguards": [
                options[0] if len(options) == 1 else list(options) for options in self.safeguards
            ],
            "planned": list(self.planned),
            "consequence": self.consequence.record(),
        }


def aims_of(variants: Variants, top: int | None) -> tuple[Aim, ...]:
    """Return what is asked for: a milder verdict, a better place, and what it would take to lose either.

    Parameters
    ----------
    variants : Variants
    top : int or None
        The place that is asked for: among the first so many; one place up, if left out.

    Returns
    -------
    tuple of Aim
        Those that there is room for: nothing is milder than the mildest verdict. None where the framework is not
        about the candidate.
    """
    ranking, present = variants.ranking, variants.present
    if not present.applicable[0]:
        return ()
    severity, words = int(present.severity[0]), variants.verdict_words
    aims = []
    if severity > 0:
        aims.append(Aim("milder_verdict", f"a milder verdict than {words[severity]}", severity))
    if ranking.has_total:
        aims += _place_gained(variants, top)
    if severity < len(words) - 1:
        aims.append(Aim("severer_verdict", f"its verdict ({words[severity]})", severity))
    if ranking.has_total:
        aims += _place_lost(variants, top)
    return tuple(aims)


def _place_gained(variants: Variants, top: int | None) -> Iterator[Aim]:
    rank, severity = int(variants.present.ranks[0]), int(variants.present.severity[0])
    if top is not None:
        if not 0 < rank <= top:
            yield Aim("better_place", _among(top, "a place"), severity, top)
    elif rank == 0:
        yield Aim("better_place", "a rank", severity, variants.rivals.count + 1)
    elif rank > 1:
        words = "rank 1" if rank == 2 else f"rank {rank - 1} or better"
        yield Aim("better_place", words, severity, rank - 1)


def _place_lost(variants: Variants, top: int | None) -> Iterator[Aim]:
    rank, severity = int(variants.present.ranks[0]), int(variants.present.severity[0])
    if top is not None and 0 < rank <= top:
        yield Aim("lost_place", _among(top, "its place"), severity, top)
    elif rank > 0:
        yield Aim("lost_place", f"rank {rank}", severity, rank)


def _among(top: int, place: str) -> str:
    return (
        f"{'the' if place == 'a place' else 'its'} first place"
        if top == 1
        else f"{place} among the first {top}"
    )


def consequence_of(variants: Variants, outcomes: Outcomes, k: int) -> Consequence:
    """Return what becomes of one variant, in words and plain numbers."""
    score = float(outcomes.scores[k])
    return Consequence(
        verdict=variants.verdict_words[outcomes.severity[k]] if outcomes.applicable[k] else None,
        rank=int(outcomes.ranks[k]) or None,
        score=None if np.isnan(score) else score,
    )
