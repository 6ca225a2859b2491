"""One list of candidates from the lists of several raters, in which every value and note is kept.

Axis letter: k raters of one entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from statistics import fmean, median
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from ..arrays import Frozen, frozen_property
from ..checks.completeness import entry_in_words, without_metadata
from ..errors import CandidateError, Diagnostic, Span
from ..models.answers import Answer, NumberRange, OneOf, SetAnswer
from ..models.base import UNKNOWN, Backed, clean_data, days_of, has_expired
from ..models.candidates import Candidate, Candidates, Partner, PlacedSafeguard, Unit
from ..models.criteria import Reading, Scale
from ..models.facts import Fact
from ..output.text import listed
from .reader import place_of

__all__ = ["MERGES", "Merge", "RaterList", "lists_that_count", "merged_data"]

Merge = Literal["median", "mean", "quartiles", "range"]
"""How differing ratings are merged: to a point, or to an interval."""

MERGES: tuple[Merge, ...] = get_args(Merge)

_IN_WORDS: dict[Merge, str] = {
    "median": "Ratings: their median.",
    "mean": "Ratings: their mean.",
    "quartiles": "Ratings: the interval of their first and third quartiles.",
    "range": "Ratings: the interval from the lowest to the highest.",
}
_OPEN_NOTE = (
    "Answers that differ are open. A safeguard that not all see in place is planned. Each entry"
    " notes what each rater gave."
)
# digits that a merged rating keeps, as JSON does
_DIGITS = 9


class RaterList(NamedTuple):
    """The list of one rater, under a label."""

    label: str
    candidates: Candidates

    @property
    def lists_safeguards(self) -> bool:
        """Whether it lists a safeguard somewhere; else its rater was not asked for any."""
        return any(candidate.safeguards for candidate in self.candidates.candidates)


class _Given(NamedTuple):
    """An entry as one rater gives it; None for nothing."""

    label: str
    entry: Any


def merged_data(lists: Sequence[RaterList], merge: Merge) -> dict[str, Any]:
    """Return a merged list of candidates as the plain data of a document.

    Candidates are in the order in which they first occur. Raters who do not know a candidate, or
    give no answer, do not count for it.

    Parameters
    ----------
    lists : sequence of RaterList
        Checked lists with labels that differ.
    merge : {"median", "mean", "quartiles", "range"}

    Raises
    ------
    CandidateError
        If raters write different units for a candidate.

    Examples
    --------
    >>> from collabscore.documents.loading import load_candidates
    >>> lists = []
    >>> for label, rating in (("anna", 2), ("ben", 5)):
    ...     listed = [{"id": "flu", "ratings": {"dual_use": rating}}]
    ...     lists.append(RaterList(label, load_candidates(listed, "guardrail")))
    >>> merged_data(lists, "range")["candidates"][0]["ratings"]
    {'dual_use': {'low': 2, 'high': 5, 'note': 'anna: 2; ben: 5'}}
    """
    merger = _Merger(tuple(lists), merge)
    conflict = merger.unit_conflict()
    if conflict is not None:
        raise CandidateError([conflict])
    return merger.document()


def lists_that_count(lists: Sequence[RaterList]) -> tuple[RaterList, ...]:
    """Return the candidates that each rater has rated, with the unit that the raters give them.

    A candidate without any known rating or answer in a list is listed there, and not rated.
    """
    units = _Merger(tuple(lists), "median").units
    counted = []
    for label, candidates in lists:
        rows = []
        for candidate in filter(_is_rated, candidates.candidates):
            rows.append(candidate.model_copy(update={"unit": units[candidate.id]}))
        counted.append(RaterList(label, candidates.model_copy(update={"candidates": rows})))
    return tuple(counted)


def _is_rated(candidate: Candidate) -> bool:
    """Return whether a rater knows anything of a candidate."""
    entries = (*candidate.ratings.values(), *candidate.facts.values())
    is_answered = any(without_metadata(entry) is not None for entry in entries)
    return is_answered or bool(candidate.safeguards) or candidate.partners is not None


@dataclass(frozen=True, eq=False)
class _Merger(Frozen):
    """Merges lists of candidates, entry by entry."""

    lists: tuple[RaterList, ...]
    merge: Merge

    # what all entries need

    @frozen_property
    def by_label(self) -> dict[str, Candidates]:
        """The list of each rater."""
        return dict(self.lists)

    @frozen_property
    def dates(self) -> tuple[str, ...]:
        """Dates of the lists that have one, the latest last."""
        dates = []
        for _, candidates in self.lists:
            given = candidates.given_as_of or candidates.as_of
            if given is not None:
                dates.append(given)
        return tuple(sorted(dates, key=lambda text: days_of(text)[1]))

    @frozen_property
    def day(self) -> date | None:
        """The latest date of a list, by which entries expire."""
        return days_of(self.dates[-1])[1] if self.dates else None

    @frozen_property
    def scales(self) -> dict[str, Scale]:
        """The scale of each criterion that a list may rate."""
        scales: dict[str, Scale] = {}
        for _, candidates in self.lists:
            for framework in candidates.frameworks:
                scales |= framework.rating_scales
        return scales

    @frozen_property
    def facts(self) -> dict[str, tuple[Fact, Mapping[str, frozenset[str]]]]:
        """Each fact that a list may answer, and the lists of items that its answers use."""
        facts = {}
        for _, candidates in self.lists:
            for framework in candidates.frameworks:
                for key, fact in framework.answered_facts.items():
                    facts[key] = (fact, framework.list_members)
        return facts

    @frozen_property
    def asked_for_safeguards(self) -> frozenset[str]:
        """Labels of raters who were asked for safeguards."""
        return frozenset(one.label for one in self.lists if one.lists_safeguards)

    @frozen_property
    def sources(self) -> dict[str, Any]:
        """The sources of all lists, by their new ids."""
        found: dict[str, Any] = {}
        for label, candidates in self.lists:
            for key, source in candidates.sources.items():
                found.setdefault(self.source_id(label, key), clean_data(source))
        return found

    @frozen_property
    def _first_sources(self) -> dict[str, Any]:
        """The first definition of each source."""
        found: dict[str, Any] = {}
        for _, candidates in self.lists:
            found = {**candidates.sources, **found}
        return found

    def source_id(self, label: str, key: str) -> str:
        """Return the id of a source of a list; with its label where another list has another."""
        own = self.by_label[label].sources.get(key)
        return key if own is None or own == self._first_sources[key] else f"{key} ({label})"

    @frozen_property
    def listed(self) -> dict[str, list[tuple[str, Candidate]]]:
        """Each candidate by its id: the raters who list it, and its entry in their lists."""
        found: dict[str, list[tuple[str, Candidate]]] = {}
        for label, candidates in self.lists:
            for candidate in candidates.candidates:
                found.setdefault(candidate.id, []).append((label, candidate))
        return found

    @frozen_property
    def units(self) -> dict[str, Unit]:
        """The unit of each candidate: the first that a rater writes, else that of the list."""
        units: dict[str, Unit] = {}
        for key, listed_by in self.listed.items():
            written = [self.written_unit(label, candidate) for label, candidate in listed_by]
            units[key] = next(filter(None, written), self.unit)
        return units

    @frozen_property
    def unit(self) -> Unit:
        """The unit of the merged list: the first that a list writes for all its candidates."""
        for _, candidates in self.lists:
            if "unit" in candidates.model_fields_set:
                return candidates.unit
        return self.lists[0].candidates.unit

    def written_unit(self, label: str, candidate: Candidate) -> Unit | None:
        """Return the unit that a rater writes for a candidate; None for nothing."""
        own = self.by_label[label]
        return candidate.unit or (own.unit if "unit" in own.model_fields_set else None)

    def unit_conflict(self) -> Diagnostic | None:
        """Return which candidates have two units in lists that write one; None for none."""
        first: dict[str, tuple[Unit, str]] = {}
        found: list[tuple[str, Diagnostic]] = []
        for label, candidates in self.lists:
            for place, candidate in enumerate(candidates.candidates):
                unit = self.written_unit(label, candidate)
                if unit is None:
                    continue
                known, other = first.setdefault(candidate.id, (unit, label))
                if unit == known:
                    continue
                diagnostic = Diagnostic(
                    "different-unit",
                    f"`{candidate.id}` is of unit `{unit}` here, and `{known}` in the list of"
                    f" {other}",
                    ("candidates", place),
                    f"write `unit: {known}` in both lists, or leave it out in one; or give the two"
                    " candidates two ids",
                    label=f"candidates[{candidate.id}]",
                    span=_span_of_unit(candidates, place),
                )
                found.append((label, diagnostic))
        if not found:
            return None
        diagnostic = found[0][1]
        if len(found) == 1:
            return diagnostic
        counts = Counter(label for label, _ in found)
        where = listed([f"{count:,} of {label}" for label, count in counts.items()])
        message = f"{diagnostic.message}; {len(found):,} candidates have two units ({where})"
        return replace(diagnostic, message=message)

    # the document

    def document(self) -> dict[str, Any]:
        """Return the merged list as plain data."""
        lists = [candidates for _, candidates in self.lists]
        labels = listed([label for label, _ in self.lists])
        origin = f"Merged from the lists of {labels}. {_IN_WORDS[self.merge]} {_OPEN_NOTE}"
        data = {
            "collabscore": "candidates/1",
            "title": _first_text(one.title for one in lists),
            "summary": _first_text(one.summary for one in lists),
            "note": _as_sentences([origin, *_notes_of(self.lists)]),
            "as_of": self.dates[-1] if self.dates else None,
            "framework": list(dict.fromkeys(chain.from_iterable(one.framework for one in lists))),
            "unit": self.unit,
            "sources": self.sources,
            "candidates": [self.candidate(*each) for each in self.listed.items()],
        }
        return _without_empty(data, ("unit", "candidates"))

    def candidate(self, key: str, listed_by: Sequence[tuple[str, Candidate]]) -> dict[str, Any]:
        """Return one candidate as plain data."""
        rated = [(label, one) for label, one in listed_by if _is_rated(one)]
        by = listed([label for label, _ in rated]) or "nobody"
        given: dict[str, dict[str, Any]] = {}
        for name in ("title", "summary", "part_of", "ratings", "facts", "tags"):
            given[name] = {label: getattr(one, name) for label, one in listed_by}
        remarks = [f"Rated by {by}."]
        for name in ("title", "summary", "part_of"):
            remarks += _other_texts(name, given[name])
        partners, differing = self.partners(rated)
        remarks += [*differing, *_notes_of(listed_by)]
        unit = self.units[key]
        data = {
            "id": key,
            "title": _first_text(given["title"].values()),
            "summary": _first_text(given["summary"].values()),
            "unit": unit if unit != self.unit else None,
            "ratings": self.ratings(given["ratings"]),
            "facts": self.answers(given["facts"]),
            "safeguards": list(self.safeguards(rated)),
            "partners": partners,
            "tags": list(dict.fromkeys(chain.from_iterable(given["tags"].values()))),
            "part_of": _first_text(given["part_of"].values()),
            "note": _as_sentences(remarks),
        }
        return _without_empty(data, ("partners",) if partners is not None else ())

    # entries

    def ratings(self, by_rater: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the merged ratings; those of which nobody says anything are left out."""
        found = {}
        for key in dict.fromkeys(chain.from_iterable(by_rater.values())):
            scale = self.scales[key]
            given = [_Given(label, one.get(key)) for label, one in by_rater.items()]
            readings = self.meanings(given, scale.read)
            value = {"value": UNKNOWN}
            if readings:
                value = _merged_rating(readings, scale, self.merge)
            found[key] = self.backed(value, given)
        return _without_empty(found)

    def answers(self, by_rater: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the merged answers to facts; those of which nobody says anything are left out."""
        found = {}
        for key in dict.fromkeys(chain.from_iterable(by_rater.values())):
            fact, lists = self.facts[key]
            given = [_Given(label, one.get(key)) for label, one in by_rater.items()]
            answers = self.meanings(given, partial(fact.read, lists=lists))
            value = {"value": UNKNOWN}
            if answers:
                value = _merged_answer(answers, fact)
            found[key] = self.backed(value, given)
        return _without_empty(found)

    def meanings(self, given: Sequence[_Given], read: Callable[[Any], Any]) -> list[Any]:
        """Return what raters know; of that, what has not expired, if there is any."""
        live: list[Any] = []
        expired: list[Any] = []
        for _, entry in given:
            meaning = read(entry)
            if meaning is not None:
                (expired if has_expired(entry, self.day) else live).append(meaning)
        return live or expired

    def backed(self, value: dict[str, Any], given: Sequence[_Given]) -> dict[str, Any]:
        """Return an entry with the evidence, the words and the last day of what raters gave.

        It is empty if nobody gave anything.
        """
        words: dict[str, list[str]] = {}
        for label, entry in given:
            said = entry_in_words(without_metadata(entry))
            remarks = _remarks_of(entry) if isinstance(entry, Backed) else ""
            if said != UNKNOWN or remarks:
                words.setdefault(f"{said}{remarks}", []).append(label)
        if not words:
            return {}
        note = "; ".join(f"{', '.join(labels)}: {said}" for said, labels in words.items())
        return _without_empty({**value, **self.origin(given), "note": note}, value)

    def origin(self, given: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """Return the evidence and the last day of the entries that have them."""
        evidence: list[Any] = []
        until: list[str] = []
        for label, entry in given:
            if isinstance(entry, Backed):
                evidence += self.evidence(label, entry)
                until += [entry.until] if entry.until else []
        return {"evidence": _unique(evidence), "note": "", "until": _first_day(until)}

    def evidence(self, label: str, entry: Backed) -> Iterator[Any]:
        """Yield the sources of an entry, by their new ids."""
        for cited in entry.evidence or ():
            if isinstance(cited, str):
                yield self.source_id(label, cited)
            else:
                yield {**clean_data(cited), "id": self.source_id(label, cited.id)}

    def safeguards(self, rated: Sequence[tuple[str, Candidate]]) -> Iterator[dict[str, Any]]:
        """Yield the safeguards that a rater sees: in place where all see them there."""
        seen: dict[str, dict[str, PlacedSafeguard]] = {}
        asked = [label for label, _ in rated if label in self.asked_for_safeguards]
        for label, candidate in rated:
            for placed in candidate.placed():
                seen.setdefault(placed.id, {})[label] = placed
        for key, by_rater in seen.items():
            words = [f"{label}: {_status_in_words(by_rater.get(label))}" for label in asked]
            in_place = [one.status == "in_place" for one in by_rater.values()]
            is_agreed = len(by_rater) == len(asked) and all(in_place)
            data = {
                "id": key,
                "status": None if is_agreed else "planned",
                **self.origin(by_rater.items()),
                "note": "; ".join(words),
            }
            yield _without_empty(data)

    def partners(
        self, rated: Sequence[tuple[str, Candidate]]
    ) -> tuple[list[dict[str, Any]] | None, list[str]]:
        """Return the merged partners, and remarks on lists of partners that differ.

        They are unknown where nobody lists them, and where raters list others.
        """
        by_rater = {label: one.partners for label, one in rated if one.partners is not None}
        names = {label: frozenset(one.id for one in listed) for label, listed in by_rater.items()}
        if len(set(names.values())) > 1:
            words = [f"{label}: {_ids_in_words(one)}" for label, one in by_rater.items()]
            return None, [f"Raters list other partners, so these are unknown: {'; '.join(words)}."]
        if not by_rater:
            return None, []
        first = next(iter(by_rater.values()))
        return [self.partner(one.id, by_rater) for one in first], []

    def partner(self, key: str, by_rater: Mapping[str, Sequence[Partner]]) -> dict[str, Any]:
        """Return one partner that all raters list, as plain data."""
        own = {}
        for label, partners in by_rater.items():
            own[label] = next(one for one in partners if one.id == key)
        data = {
            "id": key,
            "title": _first_text(one.title for one in own.values()),
            "facts": self.answers({label: one.facts for label, one in own.items()}),
            "note": _as_sentences(_notes_of(own.items())),
        }
        return _without_empty(data)


def _span_of_unit(candidates: Candidates, place: int) -> Span | None:
    """Return where the unit of a candidate is written, else its id; a list may have no keys."""
    for key in ("unit", "id"):
        for path in (("candidates", place, key), (place, key)):
            span, exists = place_of(path, candidates.origin)
            if exists:
                return span
    return None


def _without_empty(data: Mapping[str, Any], kept: Iterable[str] = ()) -> dict[str, Any]:
    """Return a mapping without the keys that have nothing behind them, but for some."""
    kept = set(kept)
    return {
        key: value for key, value in data.items() if key in kept or value not in (None, "", [], {})
    }


def _first_text(texts: Iterable[str | None]) -> str | None:
    """Return the first text that is given; None for none."""
    return next(filter(None, texts), None)


def _other_texts(name: str, given: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the texts of raters that differ from the first, with those who give them."""
    labels: dict[str, list[str]] = {}
    for label, text in given.items():
        if text:
            labels.setdefault(text, []).append(label)
    for text, by in list(labels.items())[1:]:
        yield f"{name.capitalize()} by {listed(by)}: {text}"


def _notes_of(noted: Iterable[tuple[str, Any]]) -> list[str]:
    """Return the notes of raters, each behind a label."""
    return [f"{label}: {one.note}" for label, one in noted if one.note]


def _ids_in_words(partners: Sequence[Partner]) -> str:
    return ", ".join(one.id for one in partners) or "none"


def _status_in_words(placed: PlacedSafeguard | None) -> str:
    if placed is None:
        return "not listed"
    return placed.status.replace("_", " ") + _remarks_of(placed)


def _first_day(dates: Iterable[str]) -> str | None:
    """Return the date that ends first; None for none."""
    return min(dates, key=lambda text: days_of(text)[1], default=None)


def _as_sentences(parts: Iterable[str]) -> str:
    """Return texts as one, each ended by a full stop where it has no end."""
    ended = [part if part.rstrip().endswith((".", "!", "?")) else f"{part}." for part in parts]
    return " ".join(ended)


def _unique(entries: Iterable[Any]) -> list[Any]:
    """Return entries without repetitions, in their order."""
    found: list[Any] = []
    for entry in entries:
        if entry not in found:
            found.append(entry)
    return found


def _remarks_of(entry: Backed) -> str:
    """Return the note, the origin and the dates of an entry, in brackets."""
    until = entry.until and f"until {entry.until}"
    said = list(filter(None, (entry.note, entry.basis, entry.by, entry.date, until)))
    return f" ({'; '.join(said)})" if said else ""


# merging


def _merged_rating(readings: Sequence[Reading], scale: Scale, merge: Merge) -> dict[str, Any]:
    """Return the merged rating as plain data: a point, or an interval."""
    low, value, high = map(float, _merged_reading(readings, merge))
    ends = {"value": low} if low == high else {"low": low, "high": high, "value": value}
    # what was given stays as it is; what was computed has the digits of JSON
    given = {number for reading in readings for number in reading}
    numbers = {}
    for key, number in ends.items():
        if np.isnan(number):
            continue
        if number not in given:
            least, most = scale.range
            number = min(max(float(f"{number:.{_DIGITS}g}"), least), most)
        numbers[key] = int(number) if float(number).is_integer() else number
    return numbers


def _merged_reading(readings: Sequence[Reading], merge: Merge) -> Sequence[float]:
    """Return the merged ends, and the point between them; NaN for none."""
    if len(set(map(str, readings))) == 1:
        return readings[0]
    lows, values, highs = np.array(readings).T
    if merge == "range":
        return lows.min(), np.nan, highs.max()
    if merge == "quartiles":
        return np.quantile(lows, 0.25), np.nan, np.quantile(highs, 0.75)
    middle = median if merge == "median" else fmean
    value = np.nan if np.isnan(values).any() else middle(values.tolist())
    return middle(lows.tolist()), value, middle(highs.tolist())


def _merged_answer(answers: Sequence[Any], fact: Fact) -> dict[str, Any]:
    """Return the merged answer as plain data: the agreed one, or all that were given."""
    meanings: list[Any] = list(dict.fromkeys(answers))
    written = fact.written(meanings[0] if len(meanings) == 1 else _joint_answer(meanings))
    return written if isinstance(written, dict) else {"value": written}


def _joint_answer(meanings: Sequence[Any]) -> Answer:
    """Return the answer that leaves all of several possible."""
    if isinstance(meanings[0], NumberRange):
        return NumberRange(min(one.low for one in meanings), max(one.high for one in meanings))
    possible = frozenset(chain.from_iterable(one.possible for one in meanings))
    if any(one.open for one in possible):
        return SetAnswer(frozenset.intersection(*(one.items for one in possible)), open=True)
    return OneOf(possible)
