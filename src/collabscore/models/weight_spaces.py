"""Weights beside the written ones: the space of weights that each group of a framework may have."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..arrays import Frozen
from ..errors import (
    Diagnostic,
    KeyPath,
    UsageError,
    as_called,
    choose_from,
    likely,
    printable,
    refusal_of_name,
    refusal_of_value,
)
from ..kernels.weights import WeightSet
from .criteria import Criteria
from .framework import Framework

__all__ = [
    "SPACES",
    "GroupWeights",
    "WeightSpace",
    "Weights",
    "describe_weights",
    "group_weights",
    "weights_by_group",
]

SPACES = ("exact", "within 25%", "order", "any", "intervals")
"""The spaces as written; any share up to 100 % may stand in place of 25."""

Weights: TypeAlias = str | Mapping[str, str] | Sequence[str] | None
"""A space for all groups; or for each by its id, the top being "" and all others "*", as a mapping
or as texts "GROUP=SPACE"; None: as the framework says."""

_WITHIN = re.compile(r"within\s+(\d+(?:\.\d+)?)\s*%")
_PHRASES = {
    "exact": "as given",
    "within": "within {} % of the given weights",
    "order": "any weights in the given order",
    "any": "any at all",
    "intervals": "any weights within the given intervals",
}


class WeightSpace(NamedTuple):
    """The name of a space of weights for the children of one group.

    Parameters
    ----------
    kind : {"exact", "within", "order", "any", "intervals"}
        The given weights; a box around their shares; their order alone; all weights; the intervals
        given.
    within : float
        For a box: how far a share may move, as a part of itself, above 0 and at most 1.

    Examples
    --------
    >>> WeightSpace.read("within 25%")
    WeightSpace(kind='within', within=0.25)
    >>> print(WeightSpace.read("within 12.5 %"))
    within 12.5%
    >>> WeightSpace.read("within 0%").message
    '`within 0%`: the share must be above 0 and at most 100 per cent'
    """

    kind: str
    within: float = 0.0

    @classmethod
    def read(cls, text: str, path: KeyPath = ()) -> "WeightSpace | Diagnostic":
        """Return the space of that name, or a diagnostic of a text that names none."""
        name = text.strip()
        found = _WITHIN.fullmatch(name)
        if found is not None:
            share = float(found[1])
            if 0 < share <= 100:
                return cls("within", share / 100)
            message = f"`{text}`: the share must be above 0 and at most 100 per cent"
            return Diagnostic("out-of-range", message, path, "write a number in this range")
        if name in SPACES:
            return cls(name)
        message = f"`{printable(text)}` does not say how far weights may vary"
        help = (
            "choose from `exact` (as written), `within 25%` (or another share), `order` (in the "
            "given order), `any`, `intervals` (written as `[low, high]` in place of weights)"
        )
        if (meant := likely(text, SPACES)) is not None:
            help = f"did you mean `{meant}`?"
        return Diagnostic("unknown-weight-space", message, path, help)

    def __str__(self) -> str:
        return f"within {100 * self.within:g}%" if self.kind == "within" else self.kind


@dataclass(frozen=True, eq=False)
class GroupWeights(Frozen):
    """The weights that the children of one group may have.

    Parameters
    ----------
    group : str
        Its id; "" for the top.
    children : tuple of str
    space : WeightSpace
        Its name.
    weights : WeightSet
        The weights themselves, as shares of the group.
    """

    group: str
    children: tuple[str, ...]
    space: WeightSpace
    weights: WeightSet

    @property
    def free(self) -> bool:
        """Whether there is more than one point in it."""
        return not self.weights.is_point


def group_weights(framework: Framework, weights: Weights = None) -> tuple[GroupWeights, ...]:
    """Return the admissible weights of each group, the top first, in the order of the document.

    Parameters
    ----------
    framework : Framework
    weights : str, mapping of group id to str, sequence of str, or None
        A space for all groups, or for some of them; the top is "", and "*" stands for all others.
        The texts of a sequence are spaces for all others or of the form "GROUP=SPACE". Where none
        is named, the framework's own; without one, `intervals` where a weight is an interval, else
        `within 25%`.

    Raises
    ------
    UsageError
        If a space or a group does not exist, or a group is named twice.
    """
    if not framework.leaves:
        return ()
    named = _spaces_by_group(framework, weights)
    found = []
    for group in ("", *framework.groups):
        whole = framework.nodes[group].criterion if group else framework
        children = (framework.nodes[group].criterion.criteria if group else framework.tree) or {}
        space = named.get(group)
        if space is None:
            intervals = any(isinstance(child.weight, tuple) for child in children.values())
            default = "intervals" if intervals else "within 25%"
            space = _known_space(whole.weights or default)
        found.append(GroupWeights(group, tuple(children), space, _weight_set(children, space)))
    return tuple(found)


def describe_weights(groups: Iterable[GroupWeights], framework: Framework) -> str:
    """Return in words which weights are admissible.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> framework = load_framework("guardrail")
    >>> describe_weights(group_weights(framework, "order"), framework)
    'any weights in the given order'
    """
    titles: dict[str, list[str]] = {}
    for part in groups:
        if len(part.children) == 1:
            continue
        kind = part.space.kind
        if not part.free and kind != "within":
            kind = "exact"
        phrase = _PHRASES[kind].format(f"{100 * part.space.within:g}")
        title = framework.nodes[part.group].title if part.group else "the top level"
        titles.setdefault(phrase, []).append(title)
    parts = list(titles) or ["as given"]
    if len(titles) > 1:
        parts = [f"{phrase} ({', '.join(names)})" for phrase, names in titles.items()]
    return "; ".join(parts)


def _spaces_by_group(framework: Framework, weights: Weights) -> dict[str, WeightSpace]:
    named = weights_by_group(weights)
    groups = ("", *framework.groups)
    for group in named:
        if group not in ("*", *groups):
            message = f"`{as_called(group)}` is not a group of criteria of `{framework.id}`"
            if isinstance(group, str):
                message = f"`{group}` is not a group of criteria of `{framework.id}`"
            raise refusal_of_name(message, group, framework.groups, "weights")
    spaces = {group: _known_space(text) for group, text in named.items()}
    rest = spaces.pop("*", None)
    return spaces if rest is None else dict.fromkeys(groups, rest) | spaces


def weights_by_group(weights: Weights) -> Mapping[str, str]:
    """Return the name of a space for each group that has one, "*" standing for all others."""
    if weights is None:
        return {}
    if isinstance(weights, Mapping):
        return weights
    if isinstance(weights, str) or not isinstance(weights, Sequence):
        weights = (weights,)
    return _read_group_spaces(weights)


def _read_group_spaces(texts: Sequence[object]) -> dict[str, str]:
    """Return the name of a space by group from texts such as "GROUP=SPACE" or "SPACE"."""
    found: dict[str, str] = {}
    for text in texts:
        if not isinstance(text, str):
            raise _refusal_of_space(text)
        before, sign, after = text.partition("=")
        group, space = (before.strip(), after.strip()) if sign else ("*", text)
        if group in found and not sign:
            message = f"`{found['*']}` and `{text}` both apply to all groups"
            raise UsageError(message, "weights", "give only one")
        if group in found:
            message = f"the group `{group}` is named twice"
            raise UsageError(message, "weights", "name each group once")
        found[group] = space
    return found


def _known_space(text: object) -> WeightSpace:
    """Return the space of weights of a name in a call, which may hold anything."""
    if not isinstance(text, str):
        raise _refusal_of_space(text)
    found = WeightSpace.read(text)
    if isinstance(found, Diagnostic):
        raise UsageError(found.message, "weights", found.help)
    return found


def _refusal_of_space(value: object) -> UsageError:
    help = choose_from(SPACES) or ""
    if isinstance(value, float) and 0 < value <= 1:
        help = f"did you mean `within {100 * value:g}%`?"
    return refusal_of_value(value, "a choice of weights", "weights", help)


def _weight_set(children: Criteria, space: WeightSpace) -> WeightSet:
    """Return the set of weights of a name around the written ones, which count by their middles."""
    weights: list[Any] = [child.weight for child in children.values()]
    ends = np.array([np.broadcast_to(weight, 2) for weight in weights])
    middles = ends.mean(axis=1)
    shares = middles / middles.sum()
    if len(children) == 1 or space.kind == "exact":
        return WeightSet.fixed(shares)
    if space.kind == "within":
        return WeightSet.between(shares * (1 - space.within), shares * (1 + space.within))
    if space.kind == "order":
        return WeightSet.in_order(shares)
    if space.kind == "any":
        return WeightSet.between(np.zeros_like(shares), np.ones_like(shares))
    low, high = ends.T / middles.sum()
    return WeightSet.between_and_rest(low, high, shares)
