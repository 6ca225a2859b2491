"""What the author of a document would want to know, though nothing is wrong with it: warnings.

Looked for by `check` alone, since none of it changes a score. What takes more than a few lines to find out has a
module of its own. Imports the other models.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from ..errors import Diagnostic, KeyPath
from .candidates import Candidates, RatingDetail
from .criteria import Criterion, power_of, walk
from .framework import Framework, Node, Vocabulary
from .framework_checks import criteria_path
from .person_checks import person_issues
from .reach_checks import reach_issues
from .reading import read_rating
from .scales import Scale
from .sources import Source
from .usage_checks import usage_issues

__all__ = ["LEAST_MOVE", "candidate_warnings", "framework_warnings", "vocabulary_warnings"]

_UNDATED = r"\b(?:undated|not dated|no date|without (?:a )?date|date (?:is )?unknown)\b"

LEAST_MOVE = 0.5
"""Points of the score, 0 to 100, below which a criterion is said not to matter."""


def framework_warnings(framework: Framework) -> list[Diagnostic]:
    """Return what is worth saying about a framework that has no errors, its vocabulary loaded."""
    leaves = [
        (criteria_path(node.path), node.criterion, node.scale) for node in _own_leaves(framework)
    ]
    return [
        *_sources(framework.sources),
        *_anchors(leaves),
        *_weights(framework),
        *_bands(framework.bands),
        *usage_issues(framework),
        *reach_issues(framework),
        *person_issues(framework),
    ]


def vocabulary_warnings(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return what is worth saying about a vocabulary that has no errors."""

    def scale_of(criterion: Criterion) -> Scale | None:
        return (
            vocabulary.scales.get(criterion.scale)
            if isinstance(criterion.scale, str)
            else criterion.scale
        )

    leaves = [
        (("criteria", key), criterion, scale_of(criterion))
        for key, criterion in vocabulary.criteria.items()
    ]
    return [*_sources(vocabulary.sources), *_anchors(leaves), *person_issues(vocabulary)]


def candidate_warnings(candidates: Candidates) -> list[Diagnostic]:
    """Return what is worth saying about a list of candidates that has no errors, by the words it was checked by."""
    return [*_whole_scales(candidates), *person_issues(candidates)]


def _warning(code: str, message: str, path: KeyPath, help: str, at_key: bool = True) -> Diagnostic:
    return Diagnostic(code, message, path, help, at_key=at_key, severity="warning")


# a framework and a vocabulary


def _own_leaves(framework: Framework) -> Iterator[Node]:
    """Yield the leaves that the framework defines itself."""
    theirs = framework.vocabulary.criteria if framework.vocabulary is not None else {}
    written = {ids[-1]: criterion for ids, criterion in walk(framework.criteria)}
    for key, node in framework.leaves.items():
        if key not in theirs or written[key].scale is not None:
            yield node


def _sources(sources: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """Yield the sources without a date of issue that do not say that none is shown."""
    for key, source in sources.items():
        if source.date is None and not re.search(_UNDATED, source.note or "", re.IGNORECASE):
            cure = "add `date`, its date of issue; if it shows none, say so: `note: No date shown.`"
            yield _warning("no-date", f"the source `{key}` has no date", ("sources", key), cure)


def _anchors(leaves: Iterable[tuple[KeyPath, Criterion, Scale | None]]) -> Iterator[Diagnostic]:
    for path, criterion, scale in leaves:
        if scale is None or criterion.anchors or scale.levels or scale.unit is not None:
            continue
        low, high = scale.range
        message = f"nothing says what a rating of `{path[-1]}` means: it has no anchors, and its scale names no levels"
        cure = f"add `anchors: {{{low}: ..., {high}: ...}}`, or `levels` or a `unit` to the scale"
        yield _warning("no-anchors", message, path, cure)


def _weights(framework: Framework) -> Iterator[Diagnostic]:
    """Yield the leaves that hardly move the score; where there is no total, the score of their group."""
    whole = framework.combine != "none"
    for node in framework.leaves.values():
        move = _most_move(node, framework, whole)
        if move < LEAST_MOVE:
            what = "the score" if whole else f"the score of `{node.path[0]}`"
            message = (
                f"from its worst rating to its best `{node.id}` moves {what} by {move:.2g} points at most, less than "
                f"{LEAST_MOVE:g}: too little to matter"
            )
            yield _warning(
                "tiny-weight",
                message,
                criteria_path(node.path),
                "give it more weight, or leave it out",
            )


def _most_move(node: Node, framework: Framework, whole: bool) -> float:
    """Return the points, 0 to 100, by which a leaf can move the score at most; a bound, and exact where all is added.

    A mean of power p >= 1 rises by `w**(1/p)` at most where a child of weight w rises by 1, being `(sum w v**p)**(1/p)`
    with all others at 0. Below 1 a bad child can pull down its group whatever its weight, and nothing is claimed.
    """
    values = list((node.criterion.value or {0: 0, 1: 100}).values())
    move = float(max(values) - min(values))
    for parent, key in zip((None, *node.path), node.path, strict=False):
        if parent is None and not whole:
            continue
        combine = (
            framework.nodes[parent].criterion.combine if parent is not None else framework.combine
        )
        power = power_of(combine)
        move = move * framework.nodes[key].share ** (1 / power) if power >= 1 else math.inf
    return move


def _bands(bands: Mapping[str, float]) -> Iterator[Diagnostic]:
    begins = list(bands.values())
    if begins not in (sorted(begins), sorted(begins, reverse=True)):
        order = ", ".join(
            f"{key}: {bands[key]:g}" for key in sorted(bands, key=lambda key: -bands[key])
        )
        message = "the bands stand neither in rising nor in falling order, so that a reader may mistake where one ends"
        yield _warning("bands-out-of-order", message, ("bands",), f"write `bands: {{{order}}}`")


# a list of candidates


def _whole_scales(candidates: Candidates) -> Iterator[Diagnostic]:
    """Yield the ratings that say nothing, and count for more than `unknown` would."""
    harsh = [
        (
            framework,
            {key: node.scale for key, node in framework.leaves.items() if node.missing == "worst"},
        )
        for framework in candidates.words
    ]
    for number, candidate in enumerate(candidates.candidates):
        for key, raw in candidate.ratings.items():
            if not isinstance(raw, list | RatingDetail):
                continue
            judge = next((f for f, scales in harsh if _is_whole(raw, scales.get(key))), None)
            if judge is not None:
                low, high = judge.leaves[key].scale.range  # type: ignore[union-attr]
                message = (
                    f"`{key}` from {low} to {high} is the whole scale: it says no more than `unknown`, yet counts as "
                    f"the average, where `{judge.id}` counts what is unknown as the worst"
                )
                cure = "write `unknown`, or narrow it to what can be defended"
                yield _warning(
                    "whole-scale",
                    message,
                    ("candidates", number, "ratings", key),
                    cure,
                    at_key=False,
                )


def _is_whole(raw: object, scale: Scale | None) -> bool:
    """Return whether a rating is an interval over the whole of its scale, no point of it likelier than another."""
    if scale is None:
        return False
    reading = read_rating(raw, scale)
    return (
        reading is not None
        and math.isnan(reading.value)
        and (reading.low, reading.high) == scale.range
    )
