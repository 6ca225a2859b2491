"""Stored results: JSON read again, checked, as a result that is shown, exported and compared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import methodcaller
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import numpy as np
from annotated_types import Interval, Len
from pydantic import ConfigDict

from ..arrays import frozen, underflow_is_zero
from ..documents.loading import (
    CandidateSource,
    FrameworkSource,
    PlainDocument,
    document_of,
    load_candidates,
    load_framework,
)
from ..documents.reweighting import reweighted
from ..documents.validation import build_model
from ..errors import (
    Diagnostic,
    KeyPath,
    UsageError,
    did_you_mean,
    names_of,
    quotable,
    refusal_of_name,
    whole_number,
)
from ..models.base import (
    IN_ORDER,
    Document,
    FrozenMap,
    FrozenSequence,
    Id,
    Model,
    Text,
    list_field,
    map_field,
)
from ..models.candidates import State
from ..output import Column, Field, Result, Table, round_significant
from ..output.text import capitalised, plural
from ..scoring.problem import Problem
from ..scoring.ranking import Ranking, rank

__all__ = ["StoredResult", "load_result", "stored_ranking"]

_ROWS = {
    "ranking": "candidates",
    "comparison": "candidates",
    "difference": "candidates",
    "explanation": "criteria",
    "extremes": "candidates",
    "impact": "candidates",
    "influences": "influences",
    "panel": "disagreements",
    "proof": "statements",
    "questions": "questions",
    "robustness": "candidates",
    "test": "cases",
    "tornado": "bars",
    "what-if": "candidates",
}
"""The entry of each kind of result that holds its rows."""
_TOLERANCE = 1e-6
"""In points: stored numbers have nine digits."""


# what a stored result has to be


class _Stored(Model):
    """A part of a stored result; a later version may add keys."""

    model_config = ConfigDict(extra="ignore")


class _StoredFramework(_Stored):
    id: Id
    title: Text
    version: Text | None


class _StoredInput(_Stored):
    """A framework in a manifest."""

    id: Id
    version: Text | None
    digest: Text


class _StoredList(_Stored):
    """A list in a manifest."""

    count: Annotated[int, Interval(ge=0)]
    digest: Text


class _StoredManifest(_Stored):
    package: Text
    framework: _StoredInput | None = None
    frameworks: FrozenSequence[_StoredInput] = list_field("")
    candidates: Annotated[_StoredList | FrozenSequence[_StoredList] | None, IN_ORDER] = None


class _StoredSelection(_Stored):
    """What a narrowed result shows."""

    shown: Annotated[int, Interval(ge=0)]
    of: Annotated[int, Interval(ge=0)]
    left_out: FrozenMap[Text, Annotated[int, Interval(ge=0)]]


class _StoredFile(Document, _Stored):
    """What every stored result has."""

    collabscore: Text
    framework: _StoredFramework | None = None
    options: FrozenMap[Text, Any] = map_field("")
    notes: FrozenSequence[str]
    manifest: _StoredManifest
    selection: _StoredSelection | None = None


class _StoredFinding(_Stored):
    """The state of a guardrail."""

    guardrail: Id
    state: State
    verdict: Id


class _StoredCandidate(_Stored):
    """The outcome of a candidate, whose numbers depend on one another."""

    id: Id
    title: Text
    rank: Annotated[int, Interval(ge=1)] | None
    score: Annotated[float, Interval(ge=0, le=100)] | None
    low: float | None
    high: float | None
    contributions: FrozenMap[Id, float] | None
    verdict: Id | None
    verdict_range: Annotated[list[Id], Len(2, 2)] | None
    band: Id | None
    findings: list[_StoredFinding]


class _ManifestOfRanking(_StoredManifest):
    framework: _StoredInput
    candidates: _StoredList


class _StoredRanking(_StoredFile):
    framework: _StoredFramework
    candidates: list[_StoredCandidate]
    manifest: _ManifestOfRanking


def _check_ranking(stored: _StoredRanking) -> list[Diagnostic]:
    """Return where the parts of a stored ranking, each well formed, contradict one another."""
    found = []
    seen: set[str] = set()
    before: _StoredCandidate | None = None
    for place, candidate in enumerate(stored.candidates):
        path: KeyPath = ("candidates", place)
        if candidate.id in seen:
            message = f"the id `{candidate.id}` is used twice"
            found.append(Diagnostic("duplicate-id", message, (*path, "id")))
        seen.add(candidate.id)
        found += _contradict_findings(candidate, path)
        for message in _contradict_score(candidate):
            found.append(Diagnostic("edited-result", message, (*path, "score")))
        follows = _rank_follows(candidate, before, place, stored.selection is not None)
        if not follows:
            message = f"the rank {candidate.rank} does not follow from the order"
            found.append(Diagnostic("edited-result", message, (*path, "rank")))
        before = candidate
    return found


def _contradict_findings(candidate: _StoredCandidate, path: KeyPath) -> Iterator[Diagnostic]:
    """Yield a verdict that does not follow from the findings, and repeated findings."""
    possible = _possible_verdicts(candidate)
    if candidate.verdict not in possible:
        message = f"`{quotable(candidate.verdict)}` does not follow from the findings"
        help = did_you_mean(quotable(candidate.verdict), map(quotable, possible))
        yield Diagnostic("unknown-verdict", message, (*path, "verdict"), help)
    counts = Counter(finding.guardrail for finding in candidate.findings)
    for name, count in counts.items():
        if count > 1:
            message = f"the guardrail `{name}` has {count} findings"
            yield Diagnostic("duplicate-id", message, (*path, "findings"))


def _possible_verdicts(candidate: _StoredCandidate) -> list[str | None]:
    """Return the ends of its verdict range and, if they differ, the verdicts of its findings."""
    if candidate.verdict_range is None:
        return [None]
    mild, severe = candidate.verdict_range
    verdicts = [mild, severe]
    if mild != severe:
        verdicts += [finding.verdict for finding in candidate.findings]
    return list(dict.fromkeys(verdicts))


_WRITE_ANEW = "write the result again, with `--format json`"


def stored_ranking(document: PlainDocument, name: str) -> dict[str, Any]:
    """Return the content of a stored ranking that can be compared, checked.

    Parameters
    ----------
    document : PlainDocument
    name : str
        The keyword of the call that names it.

    Raises
    ------
    DocumentError
        With everything that is wrong with it.
    """
    if document.get("collabscore") != "ranking/1":
        message = f"{name}: this is not a result of `collabscore score` (`ranking/1`)"
        _refuse_stored(document, [Diagnostic("wrong-kind", message, ("collabscore",))])
    return dict(_checked_result(document).content)


def _refuse_stored(document: PlainDocument, wrong: Sequence[Diagnostic]) -> None:
    if wrong:
        raise document.error(
            *(one if one.help else replace(one, help=_WRITE_ANEW) for one in wrong)
        )


def _contradict_score(candidate: _StoredCandidate) -> Iterator[str]:
    """Yield what contradicts the score of a candidate, in words."""
    score, low, high = candidate.score, candidate.low, candidate.high
    if score is None or candidate.contributions is None:
        if score is not None or candidate.contributions is not None:
            yield f"the score is {quotable(score)}, but its contributions are not"
        return
    total = math.fsum(candidate.contributions.values())
    if abs(total - score) > _TOLERANCE:
        yield f"the score is {quotable(score)}, but its contributions sum to {total:.9g}"
    least, most = (score if end is None else end for end in (low, high))
    if not least - _TOLERANCE <= score <= most + _TOLERANCE:
        yield f"the score {quotable(score)} is outside its range, {least:.9g} to {most:.9g}"


def _rank_follows(
    candidate: _StoredCandidate, before: _StoredCandidate | None, place: int, is_narrowed: bool
) -> bool:
    """Return whether a rank is possible at its place; a narrowed ranking leaves ranks out."""
    last = 0 if before is None else before.rank
    if last is None or candidate.rank is None:
        return candidate.rank is None
    if candidate.rank == last:
        return True
    return candidate.rank > last if is_narrowed else candidate.rank == place + 1


def _check_file(stored: _StoredFile, count: int) -> list[Diagnostic]:
    """Return where parts, each well formed, contradict one another; `count` is that of rows."""
    found = []
    if not stored.manifest.framework and not stored.manifest.frameworks:
        found.append(Diagnostic("missing-key", "`framework` is missing", ("manifest",)))
    selection = stored.selection
    if selection is not None:
        shown = selection.of - sum(selection.left_out.values())
        if selection.shown != shown:
            message = f"{selection.shown} are shown, but the numbers left out leave {shown}"
            found.append(Diagnostic("edited-result", message, ("selection", "shown")))
        if selection.shown != count:
            message = f"{selection.shown} rows are shown, but {count} are here"
            found.append(Diagnostic("edited-result", message, ("selection", "shown")))
    if isinstance(stored, _StoredRanking):
        scored = stored.manifest.candidates.count
        before, key = (count, "candidates") if selection is None else (selection.of, "selection")
        if before != scored:
            message = f"{scored} candidates were scored, but {before} are here"
            found.append(Diagnostic("edited-result", message, (key,)))
        found += _check_ranking(stored)
    return found


# the result


@dataclass(frozen=True, eq=False, repr=False)
class StoredResult(Result):
    """A result as its JSON has it: its rows, as a table, as records, and in every form of rows.

    It holds no ratings and no framework, so that it cannot be explained or analysed.

    Parameters
    ----------
    content : mapping
        The whole JSON.
    """

    content: Mapping[str, Any]

    @property
    def kind(self) -> str:  # type: ignore[override]
        """Word with which its JSON begins."""
        return str(self.content["collabscore"]).partition("/")[0]

    @property
    def things(self) -> str:  # type: ignore[override]
        """The entry of the JSON that holds its rows."""
        return _ROWS[self.kind]

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The records."""
        rows: Sequence[Mapping[str, Any]] = self.content[self.things]
        return rows

    @property
    def fields(self) -> tuple[Field, ...]:
        """A field for each key of the records."""
        keys = list(dict.fromkeys(key for row in self.rows for key in row))
        return tuple(map(self._field, keys or ["id"]))

    def _field(self, key: str) -> Field:
        cells = [row[key] for row in self.rows if row.get(key) is not None]
        is_nested = any(map(_is_nested, cells))
        is_number = bool(cells) and all(type(cell) in (int, float) for cell in cells)
        digits = int(any(isinstance(cell, float) for cell in cells))
        kind: Any = "number" if is_number else "text"
        head = "" if is_nested else capitalised(key.replace("_", " "))
        getter = methodcaller("get", key)
        return Field(key, head, getter, kind=kind, digits=digits, csv=not is_nested)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns of the table."""
        if self.kind == "ranking" and self.rows:
            return ("rank", "title", "score", "low", "high", "verdict")
        return super().shown

    @property
    def title(self) -> str:
        """Kind and framework."""
        framework = self.content.get("framework")
        title = f", by {framework['title']}" if isinstance(framework, Mapping) else ""
        return f"Stored result: {self.kind}{title}"

    @property
    def outline(self) -> dict[str, Any]:
        """The entries before the options."""
        keys = list(self.content)
        first = keys[1 : keys.index("options")] if "options" in keys else []
        return {key: self.content[key] for key in first}

    @property
    def options(self) -> dict[str, Any]:
        """Options of the call."""
        return dict(self.content.get("options", {}))

    @property
    def manifest(self) -> dict[str, Any]:
        """Digests of the inputs, and the version of the package that wrote it."""
        return dict(self.content["manifest"])

    def _reported(self, name: str, **options: Any) -> Any:
        if name == "notes_of":
            return self.content["notes"]
        return (
            {"findings": self._findings} if name == "tables_of" and self.kind == "ranking" else None
        )

    def _findings(self) -> Table:
        """Return a row for each candidate and guardrail."""
        keys = ("state", "verdict", "code", "missing", "may_need", "planned", "in_place", "unknown")
        columns = [Column("id"), Column("title"), Column("guardrail"), *map(Column, keys)]
        rows = []
        for row in self.rows:
            for finding in row["findings"]:
                cells = (_flat_needs(finding.get(key)) for key in ("guardrail", *keys))
                rows.append((row["id"], row["title"], *cells))
        return Table(tuple(columns), tuple(rows))

    def document(self) -> dict[str, Any]:
        """Return the JSON as it was read."""
        return dict(self.content)

    def select(
        self, *, verdict: str | Collection[str] = (), top: int | None = None
    ) -> StoredResult:
        """Return the rows of some verdicts, and of the first ranks.

        Raises
        ------
        UsageError
            If the rows have no verdicts or ranks, or none has such a verdict.
        """
        stored = self
        if verdicts := names_of("verdict", verdict):
            condition = f"verdict {' or '.join(verdicts)}"
            stored = stored.narrowed(condition, _keep_verdicts(stored.rows, verdicts))
        if top is not None:
            kept = _keep_first(stored.rows, whole_number("top", top, 1))
            stored = stored.narrowed(f"top {top}", kept)
        return stored

    def narrowed(self, condition: str, rows: Rows) -> StoredResult:
        """Return some of its rows, those left out noted by the condition in words."""
        count = len(self.rows) - len(rows)
        if count == 0:
            return self
        before = self.content.get("selection") or {"of": len(self.rows), "left_out": {}}
        left_out = {**before["left_out"], condition: before["left_out"].get(condition, 0) + count}
        changed = {
            self.things: rows,
            "selection": {"shown": len(rows), "of": before["of"], "left_out": left_out},
            "notes": [f"{plural(count, 'more row')} (shown: {condition}).", *self.notes],
        }
        return StoredResult(frozen({**self.content, **changed}))


Rows: TypeAlias = Sequence[Mapping[str, Any]]


def _keep_verdicts(rows: Rows, verdicts: Sequence[str]) -> Rows:
    known = dict.fromkeys(str(row["verdict"]) for row in rows if row.get("verdict"))
    for word in verdicts:
        if word not in known:
            raise refusal_of_name(f"no row has the verdict `{word}`", word, known, "verdict")
    return [row for row in rows if row.get("verdict") in verdicts]


def _keep_first(rows: Rows, top: int) -> Rows:
    ranked = [row for row in rows if type(row.get("rank")) is int]
    if not ranked:
        raise UsageError("no row has a rank", "top", "leave it out")
    last = sorted(row["rank"] for row in ranked)[:top][-1]
    return [row for row in ranked if row["rank"] <= last]


def _is_nested(cell: object) -> bool:
    """Return whether a value is more than a text, a number or a list of texts."""
    if isinstance(cell, list):
        return not all(isinstance(entry, str) for entry in cell)
    return isinstance(cell, Mapping)


def _flat_needs(cell: Any) -> Any:
    """Return a list of texts; of safeguards of which one is enough, with "or" between them."""
    if not isinstance(cell, list):
        return cell
    return tuple(" or ".join(map(str, one if isinstance(one, list) else [one])) for one in cell)


# reading it


@underflow_is_zero
def load_result(
    source: Mapping[str, Any] | str | Path,
    candidates: CandidateSource | None = None,
    framework: FrameworkSource | None = None,
) -> Result:
    """Return a stored JSON result again, checked.

    Parameters
    ----------
    source : str, Path or mapping
        The file of a result, or its content.
    candidates : str, Path, mapping, Candidates or iterable of candidates, optional
        The list that was scored. It is scored again, with the options of the result, and has to
        give the same.
    framework : str, Path, mapping or Framework, optional
        The framework that judged it; that of the stored id, if left out.

    Returns
    -------
    StoredResult or Ranking
        Without candidates, what the JSON holds: table, records, data frames, workbook, and one of
        the two sides of `diff`. With candidates, the ranking itself, which `explain` and all
        analyses accept.

    Raises
    ------
    DocumentError
        If it is no stored result, is of another version, or contradicts itself or its inputs.
    UsageError
        If a file cannot be read, or candidates or framework are not those of the result.

    Examples
    --------
    >>> import json
    >>> import collabscore as cs
    >>> ranking = cs.score([{"id": "flu"}], "guardrail")
    >>> stored = cs.load_result(json.loads(ranking.to_json()))
    >>> stored.records()[0]["verdict"], len(cs.diff(stored, ranking))
    ('refer', 1)
    """
    document = document_of(source, "source")
    stored = _checked_result(document)
    if candidates is None:
        if framework is not None:
            help = "leave it out, or give the candidates too"
            raise UsageError("a framework alone repeats no result", "framework", help)
        return stored
    if stored.kind != "ranking":
        help = "leave them out, or call the analysis again"
        raise UsageError(f"only a ranking is scored again, not `{stored.kind}`", "candidates", help)
    return _ranking_again(document, stored, candidates, framework)


def _checked_result(document: PlainDocument) -> StoredResult:
    """Return a document as a stored result, or raise everything that is wrong with it."""
    kind, _, version = str(document.get("collabscore")).partition("/")
    if kind not in _ROWS or version != "1":
        _refuse_stored(document, [_wrong_kind(document, kind, version)])
    model: type[_StoredFile] = _StoredRanking if kind == "ranking" else _StoredFile
    stored, wrong = build_model(model, document.data, lambda _: [])
    rows = document.get(_ROWS[kind])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        if kind != "ranking":
            message = f"`{_ROWS[kind]}` is not a list of rows"
            wrong.append(Diagnostic("invalid-type", message, (_ROWS[kind],)))
    elif stored is not None and not wrong:
        wrong = _check_file(stored, len(rows))
    _refuse_stored(document, wrong)
    return StoredResult(frozen(dict(document.data)))


def _wrong_kind(document: PlainDocument, kind: str, version: str) -> Diagnostic:
    """Return why a document is not read as a stored result."""
    message = f"this is not a stored result (`{quotable(document.get('collabscore'))}`)"
    help = f"give one of {', '.join(f'`{name}/1`' for name in _ROWS)}"
    if kind in _ROWS:
        message = f"this result is of version `{version}`, and version 1 is read"
        help = _WRITE_ANEW
    elif kind == "sensitivity":
        message = "a result of `sensitivity` has rows of several kinds, and is not read"
    elif document.sheet is not None:
        message, help = "a table is no stored result: only JSON is read", _WRITE_ANEW
    return Diagnostic("wrong-kind", message, ("collabscore",), help)


def _ranking_again(
    document: PlainDocument,
    stored: StoredResult,
    candidates: CandidateSource,
    framework: FrameworkSource | None,
) -> Ranking:
    """Return the ranking of the inputs of a result, if it is the same."""
    manifest, options = stored.manifest, stored.options
    if framework is None:
        framework = manifest["framework"]["id"]
    judge = load_framework(framework)
    listed = load_candidates(candidates, judge, as_of=options.get("as_of"))
    problem = Problem.from_candidates(listed, judge)
    if options.get("weights"):
        problem = replace(problem, framework=reweighted(judge, options["weights"]))
    ranking = rank(problem)
    for keyword in ("framework", "candidates"):
        now, then = ranking.manifest[keyword]["digest"], manifest[keyword]["digest"]
        if now != then:
            message = f"this is not what the result was made from: digest {now}, not {then}"
            raise UsageError(message, keyword, "give the file as it was then, or score it anew")
    if stored.content.get("selection"):
        kept = np.isin(ranking.ids, [row["id"] for row in stored.rows])
        left_out = dict(stored.content["selection"]["left_out"])
        ranking = replace(ranking.narrowed("", kept), left_out=left_out)
    _refuse_stored(document, list(_differ_from_inputs(stored, ranking)))
    return ranking


def _differ_from_inputs(stored: StoredResult, ranking: Ranking) -> Iterator[Diagnostic]:
    """Yield the entries of a stored ranking that its inputs do not give now."""
    now = {row["id"]: row for row in round_significant(ranking.records())}
    help = f"it was edited, or another version wrote it ({stored.manifest.get('package')})"
    for place, row in enumerate(stored.rows):
        again = now.get(row["id"], {})
        for key in row:
            if key in again and again[key] != row[key]:
                message = (
                    f"the same inputs give `{quotable(again[key])}`, not `{quotable(row[key])}`"
                )
                yield Diagnostic("edited-result", message, ("candidates", place, key), help)
