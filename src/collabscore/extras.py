"""Extras: optional libraries, imported where they are needed.

Imports `errors` alone.
"""

from __future__ import annotations

import importlib
from typing import Any

from .errors import MissingExtraError

__all__ = ["optional"]


def optional(module: str, extra: str) -> Any:
    """Import an optional library.

    Parameters
    ----------
    module : str
        Its dotted name, such as ``scipy.optimize``.
    extra : str
        The extra of this package that installs it.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        If it is not installed, with the line that installs it. A library that is there and broken says so itself.

    Examples
    --------
    >>> optional("math", "optimize").sqrt(4)
    2.0
    """
    library = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != library:
            raise
        raise MissingExtraError(library, extra) from error
