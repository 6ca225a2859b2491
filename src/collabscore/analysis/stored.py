"""Stored results: JSON read again, checked, as a result that is shown, exported and compared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import methodcaller
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from annotated_types import Interval, Len
from pydantic import ConfigDict
from pydantic import Field as ModelField

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
from ..models.base import Document, FrozenMap, Id, Model, Text
from ..models.candidates import State
from ..output import Column, Field, Result, Table, round_significant
from ..output.text import capitalised
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


# what a stored ranking has to be


class _Stored(Model):
    """A part of a stored result; a later version may add keys."""

    model_config = ConfigDict(extra="ignore")


class StoredFinding(_Stored):
    """The state of a guardrail."""

    guardrail: Id
    state: State
    verdict: Id


class StoredCandidate(_Stored):
    """The outcome of a candidate."""

    id: Id
    title: Text
    rank: Annotated[int, Interval(ge=1)] | None
    score: Annotated[float, Interval(ge=0, le=100)] | None
    verdict: Id | None
    verdict_range: Annotated[list[Id], Len(2, 2)] | None
    band: Id | None
    findings: list[StoredFinding]


class StoredFramework(_Stored):
    """The framework that judged."""

    id: Id
    title: Text
    version: Text | None


class StoredInput(_Stored):
    """An input in a manifest."""

    digest: Text


class StoredManifest(_Stored):
    """The inputs of a result."""

    framework: StoredInput
    candidates: StoredInput


class StoredRanking(Document, _Stored):
    """What a comparison reads in the JSON of a ranking."""

    collabscore: Literal["ranking/1"]
    framework: StoredFramework
    candidates: list[StoredCandidate]
    manifest: StoredManifest
    selection: FrozenMap[str, Any] = ModelField(default_factory=dict)


def check_stored(stored: StoredRanking) -> list[Diagnostic]:
    """Return what is wrong with a stored result whose parts are each well formed."""
    found = []
    seen: set[str] = set()
    for place, candidate in enumerate(stored.candidates):
        path: KeyPath = ("candidates", place)
        if candidate.id in seen:
            message = f"the id `{candidate.id}` is used twice"
            found.append(Diagnostic("duplicate-id", message, (*path, "id")))
        seen.add(candidate.id)
        possible = _possible_verdicts(candidate)
        if candidate.verdict not in possible:
            message = f"`{quotable(candidate.verdict)}` does not follow from the findings"
            help = did_you_mean(quotable(candidate.verdict), map(quotable, possible))
            found.append(Diagnostic("unknown-verdict", message, (*path, "verdict"), help))
        counts = Counter(finding.guardrail for finding in candidate.findings)
        for name, count in counts.items():
            if count > 1:
                message = f"the guardrail `{name}` has {count} findings"
                found.append(Diagnostic("duplicate-id", message, (*path, "findings")))
    return found


def _possible_verdicts(candidate: StoredCandidate) -> list[str | None]:
    """Return the ends of its verdict range and, if they differ, the verdicts of its findings."""
    if candidate.verdict_range is None:
        return [None]
    mild, severe = candidate.verdict_range
    verdicts = [mild, severe]
    if mild != severe:
        verdicts += [finding.verdict for finding in candidate.findings]
    return list(dict.fromkeys(verdicts))


_WRITE_ANEW = "write the result again: `collabscore score LIST --format json`"


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
    wrong: Sequence[Diagnostic]
    if document.get("collabscore") == "ranking/1":
        _, wrong = build_model(StoredRanking, document.data, check_stored)
    else:
        message = f"{name}: this is not a result of `collabscore score` (`ranking/1`)"
        wrong = [Diagnostic("wrong-kind", message, ("collabscore",))]
    _refuse_stored(document, wrong)
    return dict(document.data)


def _refuse_stored(document: PlainDocument, wrong: Sequence[Diagnostic]) -> None:
    if wrong:
        raise document.error(
            *(one if one.help else replace(one, help=_WRITE_ANEW) for one in wrong)
        )


class _WholeCandidate(StoredCandidate):
    """All numbers of a candidate, which depend on one another."""

    low: float | None
    high: float | None
    contributions: FrozenMap[Id, float] | None


class _WholeRanking(StoredRanking):
    """A stored ranking with all its numbers."""

    candidates: list[_WholeCandidate]  # type: ignore[assignment]


def _check_whole(stored: _WholeRanking) -> list[Diagnostic]:
    """Return where the numbers of a stored ranking contradict one another."""
    found = check_stored(stored)
    before: _WholeCandidate | None = None
    for place, candidate in enumerate(stored.candidates):
        path: KeyPath = ("candidates", place)
        for message in _contradict_score(candidate):
            found.append(Diagnostic("edited-result", message, (*path, "score")))
        if candidate.rank is not None and not _rank_follows(candidate, before, place, stored):
            message = f"the rank {candidate.rank} does not follow from the order"
            found.append(Diagnostic("edited-result", message, (*path, "rank")))
        before = candidate
    return found


def _contradict_score(candidate: _WholeCandidate) -> Iterator[str]:
    """Yield what contradicts the score of a candidate, in words."""
    score, low, high = candidate.score, candidate.low, candidate.high
    if score is None:
        return
    total = math.fsum((candidate.contributions or {"": score}).values())
    if abs(total - score) > _TOLERANCE:
        yield f"the score is {quotable(score)}, but its contributions sum to {total:.9g}"
    least, most = (score if end is None else end for end in (low, high))
    if not least - _TOLERANCE <= score <= most + _TOLERANCE:
        yield f"the score {quotable(score)} is outside its range, {least:.9g} to {most:.9g}"


def _rank_follows(
    candidate: _WholeCandidate, before: _WholeCandidate | None, place: int, stored: _WholeRanking
) -> bool:
    """Return whether a rank is possible at its place; a narrowed ranking leaves ranks out."""
    assert candidate.rank is not None
    last = 0 if before is None else before.rank
    if last is None:
        return False
    if candidate.rank == last:
        return True
    return candidate.rank > last if stored.selection else candidate.rank == place + 1


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
        if self.kind == "ranking":
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
        rows = _keep_verdicts(list(self.rows), names_of("verdict", verdict))
        if top is not None:
            rows = _keep_first(rows, whole_number("top", top, 1))
        selection = {"shown": len(rows), "of": len(self.rows)}
        return StoredResult(frozen({**self.content, self.things: rows, "selection": selection}))


Rows: TypeAlias = list[Mapping[str, Any]]


def _keep_verdicts(rows: Rows, verdicts: Collection[str]) -> Rows:
    known = dict.fromkeys(str(row["verdict"]) for row in rows if row.get("verdict"))
    for word in verdicts:
        if word not in known:
            raise refusal_of_name(f"no row has the verdict `{word}`", word, known, "verdict")
    return [row for row in rows if row["verdict"] in verdicts] if verdicts else rows


def _keep_first(rows: Rows, top: int) -> Rows:
    ranks = sorted(row["rank"] for row in rows if row.get("rank"))
    if not ranks:
        raise UsageError("no row has a rank", "top", "leave it out")
    last = ranks[:top][-1]
    return [row for row in rows if row.get("rank") and row["rank"] <= last]


def _is_nested(cell: object) -> bool:
    """Return whether a value is more than a text, a number or a list of texts."""
    if isinstance(cell, list):
        return not all(isinstance(entry, str) for entry in cell)
    return isinstance(cell, Mapping)


def _flat_needs(cell: Any) -> Any:
    """Return a list of texts; of safeguards of which one is enough, with "or" between them."""
    if not isinstance(cell, list):
        return cell
    return tuple(" or ".join(one) if isinstance(one, list) else str(one) for one in cell)


# reading it


class _StoredFile(Document, _Stored):
    """What every stored result has."""

    collabscore: Text
    notes: list[Text]
    manifest: FrozenMap[str, Any]


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
    wrong: Sequence[Diagnostic]
    if kind not in _ROWS or version != "1":
        message = f"this is not a stored result (`{quotable(document.get('collabscore'))}`)"
        help = f"give one of {', '.join(f'`{name}/1`' for name in _ROWS)}"
        if kind in _ROWS:
            message = f"this result is of version `{version}`, and version 1 is read"
            help = _WRITE_ANEW
        wrong = [Diagnostic("wrong-kind", message, ("collabscore",), help)]
    elif kind == "ranking":
        _, wrong = build_model(_WholeRanking, document.data, _check_whole)
    else:
        _, wrong = build_model(_StoredFile, document.data, lambda _: [])
        rows = document.get(_ROWS[kind])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            message = f"`{_ROWS[kind]}` is not a list of rows"
            wrong = [*wrong, Diagnostic("invalid-type", message, (_ROWS[kind],))]
    _refuse_stored(document, wrong)
    return StoredResult(frozen(dict(document.data)))


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
    if "selection" in stored.content:
        kept = np.isin(ranking.ids, [row["id"] for row in stored.rows])
        ranking = ranking.narrowed(", ".join(stored.content["selection"]["left_out"]), kept)
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
