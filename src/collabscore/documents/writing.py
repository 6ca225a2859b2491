"""Documents as YAML, in a form that the reader of documents reads back as the same data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from ..models.base import Backed, clean_data
from ..models.candidates import Candidates
from .reader import plain

__all__ = ["WIDTH", "candidates_text", "yaml_text"]

WIDTH = 110
"""Width of written documents, in characters."""


class _Dumper(yaml.SafeDumper):
    """Writes what the reader of YAML 1.2 reads as it was, where PyYAML has YAML 1.1 in mind."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if plain(text) == text else '"'  # `1e3` is a number in YAML 1.2 alone
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_multi_representer(dict, _Dumper.represent_dict)
_Dumper.add_multi_representer(list, _Dumper.represent_list)


def yaml_text(data: Any, *, flow: bool | None = False, width: float = WIDTH) -> str:
    """Return plain data as YAML.

    Parameters
    ----------
    data : object
        The lists and mappings in it may be frozen.
    flow : bool or None
        Whether everything is written in brackets; None: only what holds nothing but words and
        numbers.
    width : float
        Characters in a line.

    Examples
    --------
    >>> print(yaml_text({"id": "flu", "ratings": {"gain": 4, "risk": 2}}, flow=None), end="")
    id: flu
    ratings: {gain: 4, risk: 2}
    """
    form: dict[str, Any] = {"sort_keys": False, "allow_unicode": True}
    text: str = yaml.dump(data, Dumper=_Dumper, default_flow_style=flow, width=width, **form)
    return text


def candidates_text(candidates: Candidates, head: Iterable[str] = ()) -> str:
    """Return a list of candidates as a YAML document that loads to the same list.

    Parameters
    ----------
    candidates : Candidates
    head : iterable of str
        Lines of a comment above it.
    """
    data = clean_data(candidates.model_dump(exclude_unset=True))
    named = data.get("framework", [])
    if len(named) == 1:
        data["framework"] = named[0]
    data["candidates"] = _backing_last(data["candidates"])
    lines = [f"# {line}".rstrip() for line in head]
    body = yaml_text({"collabscore": "candidates/1", **data}, flow=None)
    return "\n".join([*lines, body])


def _backing_last(data: Any) -> Any:
    """Return plain data with evidence, notes and dates of each entry behind its answer."""
    if isinstance(data, list):
        return list(map(_backing_last, data))
    if not isinstance(data, dict):
        return data
    answer = [key for key in data if key not in Backed.model_fields]
    backing = [key for key in data if key in Backed.model_fields]
    return {key: _backing_last(data[key]) for key in (*answer, *backing)}
