"""Profiles: frameworks that are another one with changes, as plain data, each part with its place.

All paths are read against the framework that a profile is based on, as it is written. Its
vocabularies are no part of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import Diagnostic, KeyPath, Note, Origin, ReadingError, choose_from, likely, quotable
from ..models.criteria import criteria_path, weight_of
from ..models.framework import Change, DocumentHead, Framework, Profile
from .validation import fields_at, key_named, value_at

__all__ = ["Resolution", "path_in_words", "read_share", "weights_of_shares"]

_HEAD = frozenset({*DocumentHead.model_fields, "collabscore", "based_on"})
_NAME = r"""(?:"[^"]+"|'[^']+'|[^.\[\]"']+)"""
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME}|\[[0-9]{{1,9}}\])*")
_PARTS = re.compile(rf"({_NAME})|\[([0-9]+)\]")
_SHARE = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*%\s*")
# shares in per cent, summed up, are this exact
_EXACT = 1e-9


class Resolution:
    """A profile carried out on the framework that it is based on.

    Parameters
    ----------
    profile : Profile
    written : mapping
        The plain data of the profile.
    base : Framework
    data : mapping
        The plain data of the base.

    Attributes
    ----------
    data : dict
        The plain data of the whole.
    origin : Origin
        The text of the profile, with the places of the parts that are written elsewhere.
    changes : tuple of Change
    found : list of Diagnostic
        Mistakes, at their paths in the profile.
    """

    def __init__(
        self, profile: Profile, written: Mapping[str, Any], base: Framework, data: Mapping[str, Any]
    ) -> None:
        self.base, self.base_data = base, data
        self.own = profile.origin
        self.data = _copied(data)
        self.parts: dict[KeyPath, tuple[Origin, KeyPath]] = {}
        self.changes: list[Change] = []
        self.found: list[Diagnostic] = []
        for key in data.keys() - _HEAD:
            self.parts[key,] = (base.origin, (key,))
        self.touched: dict[KeyPath, KeyPath] = {}
        drops, sets = [*self.dropped(profile)], [*self.replaced(profile, written)]
        self.refuse_overlaps()
        if self.found:
            return
        for path, place, value in sets:
            self.put(path, place, value)
        self.remove(drops)
        for key in _HEAD:
            self.data.pop(key, None)
        head = {key: written[key] for key in written if key in _HEAD and key != "based_on"}
        self.data = {**head, **self.data}
        self.merge(self.data, {"sources": written.get("sources", {})}, (), ())
        self.extend(written.get("add", {}))
        self.set_shares(self.data, ())

    @property
    def origin(self) -> Origin:
        """The text of the profile, with the places of what is written elsewhere."""
        parts = tuple((path, *place) for path, place in self.parts.items())
        return self.own._replace(parts=parts)

    def add_finding(self, code: str, message: str, path: KeyPath, help: str, **more: Any) -> None:
        """Add a mistake at a path in the profile."""
        self.found.append(Diagnostic(code, message, path, help, **more))

    # paths

    def dropped(self, profile: Profile) -> Iterator[tuple[KeyPath, KeyPath]]:
        """Yield the paths to drop, each with its place in the profile."""
        for k, text in enumerate(profile.drop):
            place: KeyPath = ("drop", k)
            path = self.path_at(text, place, at_key=False)
            if path is not None:
                yield path, place

    def replaced(
        self, profile: Profile, written: Mapping[str, Any]
    ) -> Iterator[tuple[KeyPath, KeyPath, Any]]:
        """Yield the paths to set, each with its place in the profile and its value."""
        for text in profile.set:
            place: KeyPath = ("set", text)
            path = self.path_at(text, place, at_key=True)
            if path is not None:
                yield path, place, written["set"][text]

    def path_at(self, text: str, place: KeyPath, *, at_key: bool) -> KeyPath | None:
        """Return the path in the base that a text names; None, with a finding, where it is none.

        Parameters
        ----------
        at_key : bool
            Whether the text is a key of `set`: the last part of its path may be a key that the base
            leaves out.
        """
        if _PATH.fullmatch(text) is None:
            message = f"`{quotable(text)}` is not a path"
            help = "write keys with dots between them, such as `criteria.benefit.weight`"
            self.add_finding("not-a-path", message, place, help, at_key=at_key)
            return None
        parts = [name.strip("\"'") or int(k) for name, k in _PARTS.findall(text)]
        if parts[0] in _HEAD:
            self.refuse_head(parts[0], place, at_key=at_key)
            return None
        path: KeyPath = self.beginning_of(parts)
        if at_key and len(path) == len(parts) - 1 and parts[-1] in self.fields_at(path):
            path = (*path, parts[-1])  # which the base leaves out
        if len(path) < len(parts):
            help = self.path_meant(path, parts[len(path) :], at_key=at_key)
            message = f"`{quotable(text)}` is not in `{self.base.id}` as it is written"
            self.add_finding("unknown-path", message, place, help, at_key=at_key)
            return None
        other = self.touched.setdefault(path, place)
        if other != place:
            message = f"`{quotable(text)}` is changed twice"
            self.refuse_overlap(message, place, other, "keep one of them")
        return path

    def beginning_of(self, parts: list[Any]) -> KeyPath:
        """Return the path to what is there of a path in the base, without its vocabularies."""
        path: KeyPath = ()
        for part in parts:
            key = _key_in(value_at(self.base_data, path), part)
            if key is None or path == ("uses",):
                break
            path = (*path, key)
        return path

    def fields_at(self, path: KeyPath) -> Mapping[str, object]:
        """Return the keys that a framework may have at a path."""
        return fields_at(Framework, path, self.base_data)

    def refuse_head(self, key: object, place: KeyPath, *, at_key: bool) -> None:
        """Add the finding that a profile does not take a key from its base."""
        message = f"`{key}` is not taken from `{self.base.id}`: a profile has its own"
        help = f"write `{key}` at the top of the profile, or leave it out"
        self.add_finding("own-key", message, place, help, at_key=at_key)

    def path_meant(self, above: KeyPath, parts: list[Any], *, at_key: bool) -> str:
        """Return the help for a path of which only the first parts are there."""
        elsewhere = self.place_of_element((*above, *parts)) if len(above) < 2 else None
        if elsewhere is not None:
            return elsewhere
        fields = self.fields_at(above) if at_key else {}
        if parts[0] in fields:
            return f"write `{path_in_words((*above, parts[0]))}` under `add`"
        inner = value_at(self.base_data, above)
        if isinstance(inner, list):
            return f"choose from `0` to `{len(inner) - 1}`"
        known = dict.fromkeys(map(str, [*(inner if isinstance(inner, Mapping) else ()), *fields]))
        guess = likely(parts[0], known)
        if guess is not None:
            return f"did you mean `{path_in_words((*above, guess, *parts[1:]))}`?"
        return choose_from(known) or f"nothing is below `{path_in_words(above)}`"

    def place_of_element(self, path: tuple[Any, ...]) -> str | None:
        """Return the help that says where an element is that a path does not lead to."""
        section, name = (*map(str, path), "")[:2]
        if section == "criteria" and name in self.base.nodes:
            whole = (*criteria_path(self.base.nodes[name].path), *path[2:])
            return f"did you mean `{path_in_words(whole)}`?"
        for vocabulary in self.base.vocabularies:
            if name in getattr(vocabulary, section, ()):
                whose = f"`{name}` is defined by the vocabulary `{vocabulary.id}`"
                return f"{whose}, which a profile does not change: define another one under `add`"
        return None

    def refuse_overlaps(self) -> None:
        """Find changes of something that is inside another change."""
        for path, place in self.touched.items():
            for end in range(1, len(path)):
                other = self.touched.get(path[:end])
                if other is not None:
                    inside, whole = path_in_words(path), path_in_words(path[:end])
                    message = f"`{inside}` is inside `{whole}`, which is changed too"
                    help = "make one change of both, or remove one of them"
                    self.refuse_overlap(message, place, other, help)

    def refuse_overlap(self, message: str, place: KeyPath, other: KeyPath, help: str) -> None:
        """Add the finding that two changes are about the same part."""
        more = {"at_key": place[0] == "set", "notes": (Note("the other change", path=other),)}
        self.add_finding("overlapping-changes", message, place, help, **more)

    # changes

    def put(self, path: KeyPath, place: KeyPath, value: Any) -> None:
        """Set the value at a path."""
        inner: Any = self.data
        for part in path[:-1]:
            if inner[part] is None:  # an element that takes all from a vocabulary
                inner[part] = {}
            inner = inner[part]
        self.changes.append(Change("set", path, value_at(self.base_data, path), value))
        inner[path[-1]] = _copied(value)
        self.parts[path] = (self.own, place)

    def remove(self, drops: list[tuple[KeyPath, KeyPath]]) -> None:
        """Remove what is at some paths; entries of lists move up."""
        lists: dict[KeyPath, set[int]] = {}
        for path, place in drops:
            inner, key = value_at(self.data, path[:-1]), path[-1]
            self.changes.append(Change("dropped", path, value_at(self.base_data, path)))
            if isinstance(inner, list):
                lists.setdefault(path[:-1], set()).add(int(key))
            else:
                del inner[key]
                self.parts[path] = (self.own, place)
        # those inside others first, while the paths of these still hold
        for path in sorted(lists, key=len, reverse=True):
            entries = value_at(self.data, path)
            kept = [k for k in range(len(entries)) if k not in lists[path]]
            self.move_entries(path, kept)
            entries[:] = [entries[k] for k in kept]

    def move_entries(self, path: KeyPath, kept: list[int]) -> None:
        """Note the places of the entries of a list that are kept, at their new positions."""
        before, size = self.origin, len(path)
        positions = {old: new for new, old in enumerate(kept)}
        moved = {}
        for old, new in positions.items():
            written, origin = before.of((*path, old))
            moved[*path, new] = (origin, written)
        for part, where in self.parts.items():
            if part[:size] != path or len(part) == size:
                moved[part] = where
            elif part[size] in positions:
                moved[*path, positions[int(part[size])], *part[size + 1 :]] = where
        self.parts = moved

    def extend(self, added: Mapping[str, Any]) -> None:
        """Add everything below `add`."""
        for key in _HEAD.intersection(added):
            self.refuse_head(key, ("add", key), at_key=True)
        sections = {key: value for key, value in added.items() if key not in _HEAD}
        self.merge(self.data, sections, (), ("add",))

    def merge(self, into: dict[Any, Any], added: Any, path: KeyPath, place: KeyPath) -> None:
        """Add what a part of `add` has to the mapping of the whole at the same path."""
        for name, value in added.items():
            known, there = key_named(into, name), (*place, name)
            key = name if known is None else known
            here = (*path, key)
            before: Any = into.get(key)
            is_section = not path and isinstance(value, Mapping)
            if known is None and not is_section:
                into[key] = self.added(value, here, there)
            elif not _continues(before, value):
                message = f"`{path_in_words(here)}` is in `{self.base.id}` already"
                help = "give it another id, or change it with `set`"
                self.add_finding("already-there", message, there, help, at_key=True)
            elif isinstance(value, list):
                for k, entry in enumerate(value):
                    before.append(self.added(entry, (*here, len(before)), (*there, k)))
            else:
                self.parts.setdefault(here, (self.own, there))
                into[key] = before or {}
                self.merge(into[key], value, here, there)

    def added(self, value: Any, path: KeyPath, place: KeyPath) -> Any:
        """Return something to add to the whole, its place noted."""
        self.parts[path] = (self.own, place)
        self.changes.append(Change("added", path, None, value))
        return _copied(value)

    # shares

    def set_shares(self, group: Any, path: KeyPath) -> None:
        """Put weights in place of the shares that criteria of a group, or below it, have."""
        children = group.get("criteria") if isinstance(group, Mapping) else None
        if not isinstance(children, Mapping):
            return
        for key, child in children.items():
            self.set_shares(child, (*path, "criteria", key))
        shares = self.shares_in(children, path)
        rest = [key for key in children if key not in shares]
        others = {key: self.point_weight(key, children[key]) for key in rest}
        for key, weight in self.weights_for(shares, others, path).items():
            children[key]["weight"] = weight

    def weights_for(
        self, shares: Mapping[str, float], others: Mapping[str, float], path: KeyPath
    ) -> Mapping[str, float]:
        """Return the weights that make the shares of a group; with a finding, 1 where none do."""
        if not shares:
            return {}
        try:
            return weights_of_shares("".join(map(str, path[-1:])), shares, others)
        except ReadingError as error:
            found = error.diagnostic
            written, _ = self.origin.of((*path, "criteria", [*shares][-1], "weight"))
            help = found.help or "write other shares, or leave one out"
            self.add_finding(found.code, found.message, written, help)
            return dict.fromkeys(shares, 1)

    def shares_in(self, children: Mapping[str, Any], path: KeyPath) -> dict[str, float]:
        """Return the shares, in per cent, that criteria of a group have in place of weights."""
        shares = {}
        for key, child in children.items():
            weight = child.get("weight") if isinstance(child, Mapping) else None
            if isinstance(weight, str) and "%" in weight:
                shares[key] = self.share_at(weight, (*path, "criteria", key, "weight"))
        return shares

    def point_weight(self, key: str, child: Any) -> float:
        """Return the weight of a criterion as a number; 1 for one that the model refuses."""
        weight = child.get("weight") if isinstance(child, Mapping) else None
        if weight is None and key in self.base.nodes:
            weight = self.base.nodes[key].criterion.weight
        return _as_number(weight)

    def share_at(self, text: str, path: KeyPath) -> float:
        """Return a share, in per cent; of a text that is none, with a finding, a harmless one."""
        try:
            return read_share(text)
        except ReadingError as error:
            message = f"`{quotable(text)}`: {error}"
            help = "write a share above 0 and below 100, such as `12.5%`"
            self.add_finding(error.diagnostic.code, message, self.origin.of(path)[0], help)
            return _EXACT


def read_share(text: str) -> float:
    """Return a share of a weight among its siblings, in per cent.

    Raises
    ------
    ReadingError
        If it is none, or not above 0 and at most 100.

    Examples
    --------
    >>> read_share("12.5 %")
    12.5
    """
    found = _SHARE.fullmatch(text)
    share = float(found[1]) if found is not None else 0.0
    if found is None:
        message = "a share is a number from 0 to 100, for example 12.5%"
    elif share == 0:
        message = "a share is above 0 %, for example 0.1%"
    elif share > 100:
        message = "a share is at most 100 %"
    else:
        return share
    raise ReadingError("out-of-range", message)


def weights_of_shares(
    group: str, shares: Mapping[str, float], others: Mapping[str, float], sign: str = ": "
) -> dict[str, float]:
    """Return the weights that give some criteria of a group their shares, the others as they are.

    Parameters
    ----------
    group : str
        Its id; "" for the top.
    shares : mapping of criterion to share, in per cent
    others : mapping of criterion to weight
        All others of the group.
    sign : str
        The sign between a name and its share, for the help.

    Raises
    ------
    ReadingError
        If the shares are above 100 % in all, leave nothing for the others, or do not sum to 100 %
        where there is no other.

    Examples
    --------
    >>> weights_of_shares("", {"gain": 50}, {"risk": 1, "cost": 2})
    {'gain': 3.0}
    """
    total = sum(shares.values())
    is_whole = abs(total - 100) <= _EXACT
    if is_whole and not others:
        return dict(shares)
    if others and total < 100 - _EXACT:
        rest, left = sum(others.values()), 100 - total
        return {key: share * rest / left for key, share in shares.items()}
    raise _refusal_of_shares(group, shares, others, sign)


def _refusal_of_shares(
    group: str, shares: Mapping[str, float], others: Mapping[str, float], sign: str
) -> ReadingError:
    """Return the error that shares of a group are not possible."""
    total, help = sum(shares.values()), None
    made = f"the shares given{group and f' in `{group}`'} sum to {total:g} %"
    if total > 100 + _EXACT:
        message = f"{made}, above 100 %"
    elif others:
        names = ", ".join(f"`{key}`" for key in others)
        message = f"{made}, which leaves no weight for {names}"
    elif len(shares) == 1:
        message = f"`{''.join(shares)}` is the only criterion of its group, so its share is 100 %"
    else:
        message = f"{made}, not 100 %"
        rounded = {key: float(f"{100 * share / total:.3g}") for key, share in shares.items()}
        largest = max(rounded, key=rounded.__getitem__)  # which takes what rounding leaves
        rounded[largest] += 100 - math.fsum(rounded.values())
        written = [f"`{key}{sign}{share:.12g}%`" for key, share in rounded.items()]
        help = f"leave one out, or write {', '.join(written)}"
    return ReadingError("impossible-shares", message, help=help)


def _continues(before: Any, value: Any) -> bool:
    """Return whether an addition goes into what is there: an element may be left empty."""
    if isinstance(value, Mapping):
        return isinstance(before, Mapping | None)
    return isinstance(value, list) and isinstance(before, list)


def _as_number(weight: Any) -> float:
    """Return a weight as a number; 1 for none, and for one that the model refuses."""
    if isinstance(weight, Mapping):  # one for each party
        return sum(map(_as_number, weight.values()))
    ends = weight if isinstance(weight, list | tuple) and len(weight) == 2 else (weight, weight)
    are_numbers = all(isinstance(end, int | float) for end in ends)
    return weight_of((ends[0], ends[1])) if are_numbers else 1.0


def _key_in(inner: Any, part: str | int) -> Any:
    """Return the key of a mapping or a list that a part of a path names; None where none is."""
    if isinstance(inner, list) and isinstance(part, str) and part.isascii() and part.isdigit():
        part = int(part)
    return key_named(inner, part)


def path_in_words(path: KeyPath) -> str:
    """Return a path as a profile writes it, keys with dots quoted."""
    text = ""
    for part in path:
        name = f'"{part}"' if re.search(r"[.\[\]']", str(part)) else str(part)
        text += f".{name}" if text else name
    return text


def _copied(data: Any) -> Any:
    """Return plain data in new dicts and lists; what an alias repeats is copied each time."""
    if isinstance(data, Mapping):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data
