"""A framework changed for one call: other weights, as shares of a group or numbers; fewer rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ReadingError, UsageError, refusal_of_name, refusal_of_value
from ..models.criteria import weight_of
from ..models.framework import Framework
from .loading import load_framework
from .profiles import read_share, weights_of_shares

__all__ = [
    "GivenWeights",
    "plain_framework",
    "refuse_no_weights",
    "reweighted",
    "without_guardrails",
]

GivenWeights = Mapping[str, object]
"""New weights by criterion or group: "50%" is its share among its siblings; a number, or an
interval of them, is a weight as in the framework."""


def reweighted(framework: Framework, weights: GivenWeights) -> Framework:
    """Return the framework with other weights, loaded anew so that all of them are checked.

    Given shares are kept, and the siblings without one divide the remainder in proportion to their
    weights. The new framework knows the adopted one, and every result by it says so.

    Parameters
    ----------
    framework : Framework
    weights : mapping of criterion or group id to weight
        ``{"mutual_interest": "50%"}`` or ``{"mutual_interest": 2}``.

    Raises
    ------
    UsageError
        If there is no such criterion, or the shares of a group are not possible.
    FrameworkError
        If a framework could not contain a weight.

    Examples
    --------
    >>> changed = reweighted(load_framework("guardrail"), {"mutual_interest": "50%"})
    >>> {key: changed.nodes[key].share for key in changed.tree}
    {'mutual_interest': 0.5, 'complementarity': 0.25, 'geopolitical_sensitivity': 0.25}
    """
    shares, plain = _split_weights(framework, weights)
    changed = framework
    if plain:
        data = plain_framework(changed)
        for key, weight in plain.items():
            _set_weight(data, changed, key, weight)
        changed = load_framework(data)
    if shares:
        data = plain_framework(changed)
        for group in dict.fromkeys(framework.nodes[key].path[:-1] for key in shares):
            for key, weight in _weights_in_group(changed, "".join(group[-1:]), shares).items():
                _set_weight(data, changed, key, weight)
        changed = load_framework(data)
    if changed is not framework:
        changed.changed_from(framework, weights)
    return changed


def plain_framework(framework: Framework) -> dict[str, Any]:
    """Return a framework as the plain data of its document."""
    return framework.model_dump(mode="json", exclude_unset=True)


def _entry_at(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Return the definition of a criterion in the plain data of a framework."""
    entry = data
    for part in path:
        entry = entry["criteria"][part]
    return entry


def _set_weight(data: dict[str, Any], framework: Framework, key: str, weight: object) -> None:
    """Give a criterion a weight; one for a party has its own among those for all parties."""
    path = framework.nodes[key].path
    written = framework.written_for.get(key)
    if written is None:
        _entry_at(data, path)["weight"] = weight
        return
    entry = _entry_at(data, (*path[:-1], written))
    weights = entry.get("weight")
    if not isinstance(weights, dict):
        ids = framework.ids_by_party[written].items()
        weights = {party: framework.nodes[made].criterion.weight for party, made in ids}
    party = key.removeprefix(f"{written}_")
    entry["weight"] = {**weights, party: weight}


def _weights_in_group(
    framework: Framework, group: str, shares: Mapping[str, float]
) -> dict[str, float]:
    """Return the weights that make the given shares of a group, or refuse these."""
    children = framework.nodes[group].children if group else framework.tree
    given = {key: shares[key] for key in children if key in shares}
    others = {}
    for key in children:
        if key not in given:
            others[key] = weight_of(framework.nodes[key].criterion.weight)
    try:
        return weights_of_shares(group, given, others, "=")
    except ReadingError as error:
        found = error.diagnostic
        raise UsageError(found.message, "weights", found.help) from None


def _split_weights(
    framework: Framework, weights: GivenWeights
) -> tuple[dict[str, float], dict[str, object]]:
    """Return the weights that are shares, in per cent, and all others."""
    shares, plain = {}, {}
    for key, weight in refuse_no_weights(weights).items():
        if key not in framework.nodes:
            message = f"`{key}` is no criterion or group of `{framework.id}`"
            raise refusal_of_name(message, key, framework.nodes, "weights")
        if isinstance(weight, str) and "%" in weight:
            try:
                shares[key] = read_share(weight)
            except ReadingError as error:
                raise UsageError(f"`{key}={weight}`: {error}", "weights") from None
        else:
            plain[key] = weight
    return shares, plain


def refuse_no_weights(weights: GivenWeights) -> GivenWeights:
    """Return given weights, or refuse what is no mapping."""
    if not isinstance(weights, Mapping):
        help = "give {criterion or group: weight}, such as {...: 2} or {...: '50%'}"
        raise refusal_of_value(weights, "a mapping of weights", "weights", help)
    return weights


def without_guardrails(framework: Framework, names: Sequence[str]) -> Framework:
    """Return the framework without some of its guardrails, all else as it is.

    Raises
    ------
    UsageError
        If there is no such guardrail.
    """
    data = plain_framework(framework)
    for name in dict.fromkeys(names):
        if name not in framework.guardrails:
            message = f"`{name}` is no guardrail of `{framework.id}`"
            raise refusal_of_name(message, name, framework.guardrails, "drop_guardrails")
        del data["guardrails"][name]
    changed = load_framework(data)
    changed.changed_from(framework, {})
    return changed
