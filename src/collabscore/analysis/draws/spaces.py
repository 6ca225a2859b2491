"""Spaces of weights: which one each group of siblings has, and the samplers that draw from it.

Imports the kernels and the models. Axis letter: c children of a group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError, did_you_mean
from ...kernels.sampling import (
    Sampler,
    any_weights,
    exact_weights,
    ordered_weights,
    weights_between,
)
from ...models.criteria import weight_of
from ...models.framework import Framework
from ...models.sources import title_of
from ...models.weight_spaces import WeightSpace, weight_space_issue

__all__ = ["DEFAULT", "GroupSpace", "Weights", "describe", "spaces_of"]

Floats: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = str | Mapping[str, str] | None
"""A space for all groups, or for each by its id, the top being "" and all others "*"; None: as the framework says."""

DEFAULT = WeightSpace("within", 0.25)
"""The space where neither the framework nor the call names one, and no weight is an interval."""


@dataclass(frozen=True, eq=False)
class GroupSpace:
    """The weights that the children of one group may have.

    Parameters
    ----------
    group : str
        Its id; "" for the top.
    children : tuple of str
    shares : array of shape (c,)
        The given weights, as shares that sum to 1.
    space : WeightSpace
    ends : array of shape (c, 2)
        The written weights, low and high the same where one is a number, divided by the total of point weights.
    """

    group: str
    children: tuple[str, ...]
    shares: Floats
    space: WeightSpace
    ends: Floats

    @property
    def free(self) -> bool:
        """Whether there is more than one point in it."""
        if len(self.children) == 1 or self.space.kind == "exact":
            return False
        return self.space.kind != "intervals" or bool(self._open.any())

    @property
    def _open(self) -> NDArray[np.bool_]:
        return np.asarray(self.ends[:, 0] < self.ends[:, 1])

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the least and the greatest share of each child, (c,) each.

        The given weights, the middles of their intervals, are always within.
        """
        if not self.free:
            return self.shares, self.shares
        if self.space.kind == "within":
            return self.shares * (1 - self.space.within), np.minimum(
                self.shares * (1 + self.space.within), 1.0
            )
        if self.space.kind != "intervals":
            return np.zeros(len(self.shares)), np.ones(len(self.shares))
        low, high = self.ends.T.copy()
        if not self._open.all():
            least, most = self._rest()
            low[~self._open], high[~self._open] = self._divided * least, self._divided * most
        return low, np.minimum(high, 1.0)

    @property
    def _divided(self) -> Floats:
        """How the children with a plain weight divide what the intervals leave; sums to 1."""
        plain = self.shares[~self._open]
        return np.asarray(plain / plain.sum())

    def _rest(self) -> tuple[float, float]:
        """Return the least and the greatest share that the intervals leave to the plain weights."""
        low, high = self.ends[self._open].sum(axis=0).tolist()
        return max(0.0, 1 - high), 1 - low

    def sampler(self, seed: np.random.SeedSequence) -> Sampler:
        """Return the uniform distribution on it."""
        if not self.free:
            return exact_weights(self.shares)
        if self.space.kind == "any":
            return any_weights(len(self.children), seed)
        if self.space.kind == "order":
            return ordered_weights(self.shares, seed)
        if self.space.kind == "within" or self._open.all():
            return weights_between(*self.bounds(), seed)
        return self._between_and_rest(seed)

    def _between_and_rest(self, seed: np.random.SeedSequence) -> Sampler:
        """Draw the intervals, with what they leave as one child more, and divide that in proportion."""
        open_ends = np.minimum(self.ends[self._open], 1.0)
        least, most = self._rest()
        inner = weights_between(
            np.append(open_ends[:, 0], least), np.append(open_ends[:, 1], most), seed
        )
        # a matrix from drawn points to the shares of all children
        spread = np.zeros((len(open_ends) + 1, len(self.children)))
        spread[np.arange(len(open_ends)), np.flatnonzero(self._open)] = 1.0
        spread[-1, ~self._open] = self._divided
        return Sampler((part @ spread for part in inner.points), inner.independent)


def spaces_of(framework: Framework, weights: Weights = None) -> tuple[GroupSpace, ...]:
    """Return the space of each group, the top first, then in the order of the document.

    Parameters
    ----------
    framework : Framework
    weights : str, mapping of group id to str, or None
        A space for all groups, or for some of them; the top is "", and "*" stands for all others. Where none is named,
        the framework's own; without one, `intervals` where a weight is an interval, else `within 25%`.

    Raises
    ------
    UsageError
        If a space or a group does not exist.
    """
    if not framework.leaves:
        return ()
    named = _named(framework, weights)
    found = []
    for key in ("", *framework.groups):
        criteria = (
            framework.criteria if key == "" else framework.nodes[key].criterion.criteria
        ) or {}
        written = [criterion.weight for criterion in criteria.values()]
        points = np.array([weight_of(weight) for weight in written])
        own = framework.weights if key == "" else framework.nodes[key].criterion.weights
        space = named.get(key) or (WeightSpace.read(own) if own is not None else None)
        if space is None:
            space = (
                WeightSpace("intervals") if any(isinstance(w, tuple) for w in written) else DEFAULT
            )
        ends = np.array(
            [weight if isinstance(weight, tuple) else (weight, weight) for weight in written]
        )
        found.append(
            GroupSpace(key, tuple(criteria), points / points.sum(), space, ends / points.sum())
        )
    return tuple(found)


def _named(framework: Framework, weights: Weights) -> dict[str, WeightSpace]:
    if weights is None:
        return {}
    if isinstance(weights, str):
        return dict.fromkeys(("", *framework.groups), _space(weights))
    for group in weights:
        if group not in ("", "*", *framework.groups):
            help = did_you_mean(group, framework.groups)
            raise UsageError(
                f"`{group}` is no group of criteria of `{framework.id}`"
                + (f"; {help}" if help else "")
            )
    named = {group: _space(text) for group, text in weights.items()}
    rest = named.pop("*", None)
    return named if rest is None else dict.fromkeys(("", *framework.groups), rest) | named


def _space(text: str) -> WeightSpace:
    issue = weight_space_issue(text)
    if issue is not None:
        raise UsageError(issue.message + (f"; {issue.help}" if issue.help else ""))
    return WeightSpace.read(text)


_WORDS = {
    "exact": "as given",
    "order": "any in the order of those given",
    "any": "any at all",
    "intervals": "any within the intervals given",
}


def describe(spaces: tuple[GroupSpace, ...], framework: Framework) -> str:
    """Return in words which weights are drawn.

    Examples
    --------
    >>> from collabscore.documents.loading import load_framework
    >>> framework = load_framework("guardrail")
    >>> describe(spaces_of(framework, "order"), framework)
    'Weights: any in the order of those given.'
    """
    texts: dict[str, list[str]] = {}
    for group in spaces:
        if len(group.children) > 1:
            space = group.space if group.free else WeightSpace("exact")
            words = (
                f"within {100 * space.within:g} % of those given"
                if space.kind == "within"
                else _WORDS[space.kind]
            )
            name = (
                title_of(group.group, framework.nodes[group.group].title)
                if group.group
                else "the top"
            )
            texts.setdefault(words, []).append(name)
    if len(texts) == 1:
        return f"Weights: {next(iter(texts))}."
    parts = [f"{words} ({', '.join(names)})" for words, names in texts.items()]
    return f"Weights: {'; '.join(parts)}." if parts else "Weights: as given."
