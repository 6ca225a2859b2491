"""Array types of the whole package, and what cannot be changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import cache, cached_property, wraps
from operator import attrgetter
from typing import Any, ClassVar, NoReturn, ParamSpec, TypeAlias, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BoolArray",
    "FloatArray",
    "Frozen",
    "FrozenDict",
    "FrozenList",
    "IndexArray",
    "IntArray",
    "Record",
    "frozen",
    "frozen_property",
    "number_or_none",
    "read_only",
    "underflow_is_zero",
]

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
IntArray: TypeAlias = NDArray[np.int64]
IndexArray: TypeAlias = NDArray[np.intp]

Array = TypeVar("Array", bound=NDArray[Any])
K = TypeVar("K")
V = TypeVar("V")
P = ParamSpec("P")


def number_or_none(value: float) -> float | None:
    """Return a number as plain data: None for NaN."""
    return None if math.isnan(value) else float(value)


_IS_QUIET = ContextVar("_IS_QUIET", default=False)


def underflow_is_zero(compute: Callable[P, V]) -> Callable[P, V]:
    """Return a function in which a number too small for a float is 0, whatever numpy is set to."""

    @wraps(compute)
    def compute_quietly(*args: P.args, **kwargs: P.kwargs) -> V:
        if _IS_QUIET.get():  # setting it again takes eight times as long as looking
            return compute(*args, **kwargs)
        token = _IS_QUIET.set(True)
        try:
            with np.errstate(under="ignore"):
                return compute(*args, **kwargs)
        finally:
            _IS_QUIET.reset(token)

    return compute_quietly


# what cannot be changed


def read_only(array: Array) -> Array:
    """Mark an array as read-only and return it."""
    array.setflags(write=False)
    return array


def _refuse_change(self: object, *args: object, **kwargs: object) -> NoReturn:
    kind = "dict" if isinstance(self, dict) else "list"
    raise TypeError(f"this cannot be changed; change a copy: `{kind}(...)` or `model_copy(...)`")


def _copied(self: Any) -> tuple[Callable[[Any], Any], tuple[Any]]:
    """Build copies and pickles from a plain container: nothing can be added to a frozen one."""
    return frozen, (self.copy(),)


class FrozenDict(dict[K, V]):
    """A dict that refuses to be changed: documents and results share what they hold."""

    __setitem__ = __delitem__ = __ior__ = _refuse_change
    clear = pop = popitem = setdefault = update = _refuse_change
    __reduce__ = _copied

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self))  # of its keys alone: equal mappings have the same


class FrozenList(list[V]):
    """A list that refuses to be changed."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse_change
    append = extend = insert = pop = remove = _refuse_change
    clear = reverse = sort = _refuse_change
    __reduce__ = _copied

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


def frozen(value: Any) -> Any:
    """Return a value whose arrays, dicts and lists cannot be changed, however nested.

    Arrays are marked in place.
    """
    kind = type(value)
    if kind is np.ndarray:
        return read_only(value)
    if kind is dict:
        return FrozenDict({key: frozen(entry) for key, entry in value.items()})
    if kind is list:
        return FrozenList(map(frozen, value))
    if isinstance(value, tuple) and any(map(_may_change, set(map(type, value)))):
        entries = map(frozen, value)
        return tuple(entries) if kind is tuple else kind(*entries)  # or a named tuple
    return value


@cache
def _may_change(kind: type) -> bool:
    return kind in _CHANGEABLE or issubclass(kind, tuple)


class _FrozenProperty(cached_property[V]):
    """Without the lock of `cached_property`, which takes longer than all the rest."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        found = vars(instance)[self.attrname] = frozen(self.func(instance))
        return found


def frozen_property(derive: Callable[[Any], V]) -> cached_property[V]:
    """Return a property that is derived once, and cannot be changed then."""
    return _FrozenProperty(underflow_is_zero(derive))


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record:
    """Base of small frozen dataclasses, which are equal where their kind and their fields are.

    All share these methods: `dataclass(frozen=True)` writes six for each class and compiles them at
    each start, which takes 15 times as long.
    """

    __match_args__: ClassVar[tuple[str, ...]]
    _key: ClassVar[attrgetter[Any]]
    _names: ClassVar[frozenset[str]]
    _required: ClassVar[frozenset[str]]

    def __init_subclass__(cls) -> None:
        parts: Any = dataclass(init=False, repr=False, eq=False)(cls)
        cls._key = attrgetter(*(part.name for part in fields(parts) if part.compare))
        cls._names = frozenset(part.name for part in fields(parts))
        cls._required = frozenset(part.name for part in fields(parts) if part.default is MISSING)

    def __init__(self, *values: Any, **named: Any) -> None:
        given = vars(self)
        given.update(zip(self.__match_args__, values, strict=False), **named)
        once = len(given) == len(values) + len(named)
        if not once or not self._required <= given.keys() <= self._names:
            takes = ", ".join(self.__match_args__)
            raise TypeError(f"{type(self).__qualname__} takes each once, or by default: {takes}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key(self) == self._key(other)

    def __hash__(self) -> int:
        held = vars(self)
        if "_hash" not in held:  # conditions are looked up again and again, with their parts
            held["_hash"] = hash((type(self), self._key(self)))
        return int(held["_hash"])

    def __getstate__(self) -> dict[str, Any]:
        # hashes of texts differ from process to process
        return {name: value for name, value in vars(self).items() if name != "_hash"}

    def __repr__(self) -> str:
        this: Any = self
        shown = (part.name for part in fields(this) if part.repr)
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({parts})"

    def __setattr__(self, name: str, *value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    __delattr__ = __setattr__


class Frozen:
    """Base of frozen dataclasses: what they hold cannot be changed either, also in copies.

    Fields whose names begin with an underscore are memories, and stay as they are. Copies and
    pickles hold fields alone: everything else is derived anew.
    """

    def __post_init__(self) -> None:
        """Freeze the fields."""
        held = vars(self)
        for name, value in held.items():
            kind = type(value)
            if kind is np.ndarray and name[0] != "_":  # by far the commonest
                value.setflags(write=False)
            elif kind in _CHANGEABLE and name[0] != "_":
                held[name] = frozen(value)

    def __getstate__(self) -> dict[str, Any]:
        names: Mapping[str, Any] = self.__dataclass_fields__  # type: ignore[attr-defined]
        return {name: value for name, value in vars(self).items() if name in names}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state)
        Frozen.__post_init__(self)


_CHANGEABLE = frozenset({np.ndarray, dict, list, tuple})
