"""Manifests: what it takes to compute a result again.

Imports the problem and the models. No clock and no path: the same input gives the same manifest.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..models.base import title_of
from ..models.framework import Framework, digest_of
from ..version import VERSION
from .columns import AnswerColumn, NumberColumn, RatingColumn
from .problem import Problem

__all__ = ["manifest_of", "outline_of"]


def outline_of(framework: Framework) -> dict[str, Any]:
    """Return what every result says of its framework: id, title and version."""
    return {
        "id": framework.id,
        "title": title_of(framework.id, framework.title),
        "version": framework.version,
    }


def manifest_of(problem: Problem) -> dict[str, Any]:
    """Return digests of the framework and the candidates, and the version of the package.

    Returns
    -------
    dict
        `package`, `framework` (id, version, digest) and `candidates` (count, digest).
    """
    framework = problem.framework
    digest = (
        digest_of(problem.document) if problem.document is not None else _digest_of_columns(problem)
    )
    return {
        "package": f"collabscore {VERSION}",
        "framework": {"id": framework.id, "version": framework.version, "digest": framework.digest},
        "candidates": {"count": problem.size, "digest": digest},
    }


def _digest_of_columns(problem: Problem) -> str:
    digest = hashlib.sha256()
    for key, column in sorted({**problem.ratings, **problem.facts}.items()):
        digest.update(key.encode())
        match column:
            case RatingColumn(low, value, high):
                parts: tuple[NDArray[Any], ...] = (low, value, high)
            case NumberColumn(low, high):
                parts = (low, high)
            case AnswerColumn(codes, answers):
                words = problem.framework.all_facts[key].words
                said = ["unknown" if answer is None else words(answer) for answer in answers]
                digest.update("\n".join(said).encode())
                parts = (codes,)
        for part in parts:
            digest.update(np.ascontiguousarray(part).tobytes())
    for name, flags in sorted(problem.in_place.items()):
        digest.update(name.encode() + np.ascontiguousarray(flags).tobytes())
    digest.update("\n".join(problem.id_of(row) for row in range(problem.size)).encode())
    return "sha256:" + digest.hexdigest()
