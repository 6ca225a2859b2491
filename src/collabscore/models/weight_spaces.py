"""Weight spaces: which weights of siblings are admissible beside the ones given.

Imports `issues` alone. `kernels.sampling` draws from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from ..errors import Diagnostic, KeyPath, did_you_mean, printable

__all__ = ["SPACES", "WeightSpace", "weight_space_issue"]

SPACES = ("exact", "within 25%", "order", "any", "intervals")
"""The spaces as one writes them; any share up to 100 % may stand in place of 25."""

Kind = Literal["exact", "within", "order", "any", "intervals"]
_WITHIN = re.compile(r"within\s+(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True)
class WeightSpace:
    """A space of weights for the children of one group.

    Parameters
    ----------
    kind : {"exact", "within", "order", "any", "intervals"}
        The given weights; a box around their shares; their order alone; all weights; the intervals given.
    within : float
        For a box: how far a share may move, as a part of itself, above 0 and at most 1.

    Examples
    --------
    >>> WeightSpace.read("within 25%")
    WeightSpace(kind='within', within=0.25)
    >>> print(WeightSpace.read("within 12.5 %"))
    within 12.5%
    """

    kind: Kind
    within: float = 0.0

    @classmethod
    def read(cls, text: str) -> WeightSpace:
        """Return the space of that name; `weight_space_issue` says what is wrong with a text that names none."""
        found = _WITHIN.fullmatch(text.strip())
        if found is not None:
            return cls("within", float(found[1]) / 100)
        return cls(cast("Kind", text.strip()))

    def __str__(self) -> str:
        return f"within {100 * self.within:g}%" if self.kind == "within" else self.kind


def weight_space_issue(text: str, path: KeyPath = ()) -> Diagnostic | None:
    """Return what is wrong with the name of a weight space, or None."""
    found = _WITHIN.fullmatch(text.strip())
    if found is not None:
        if 0 < float(found[1]) <= 100:
            return None
        return Diagnostic(
            "out-of-range", f"`{text}`: the share goes from above 0 to 100 per cent", path
        )
    if text.strip() in SPACES:
        return None
    return Diagnostic(
        "unknown-weight-space",
        f"`{printable(text)}` is not a space of weights",
        path,
        did_you_mean(text, SPACES),
    )
