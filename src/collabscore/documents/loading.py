"""Checked frameworks, vocabularies, candidates and cases from files, texts and mappings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..checks.candidates import check_candidates, check_cases
from ..checks.framework import check_framework, check_vocabulary
from ..errors import (
    CandidateError,
    Diagnostic,
    DocumentError,
    FrameworkError,
    KeyPath,
    Origin,
    UnreadableFileError,
    UsageError,
    choose_from,
    did_you_mean,
    likely,
)
from ..models.base import Document
from ..models.candidates import Candidate, Candidates
from ..models.cases import Cases
from ..models.framework import Framework, Vocabulary
from .json_reader import read_json, read_json_lines
from .positions import JSON_LINES, locate
from .validation import build_model
from .yaml_reader import read_yaml

__all__ = [
    "KINDS",
    "SUFFIXES",
    "CandidateSource",
    "CaseSource",
    "FrameworkSource",
    "Kind",
    "PlainDocument",
    "Source",
    "cases_beside",
    "cases_from",
    "load_candidates",
    "load_cases",
    "load_framework",
    "load_policy",
    "load_vocabulary",
    "read_document",
    "read_named",
    "shipped",
    "shipped_path",
]

M = TypeVar("M", bound=Document)

MAX_BYTES = 256 * 1024 * 1024
"""The largest file that is read."""
SUFFIXES = {".yaml", ".yml", ".json", *JSON_LINES}
_CASES_FOLDER = "cases"  # beside a framework


class Kind(NamedTuple):
    """A kind of document: its first line, its name in a sentence, its model and its error."""

    version: str
    name: str
    model: type[Document]
    error: type[DocumentError]


KINDS = {
    "framework": Kind("framework/1", "a framework", Framework, FrameworkError),
    "vocabulary": Kind("vocabulary/1", "a vocabulary", Vocabulary, FrameworkError),
    "candidates": Kind("candidates/1", "a list of candidates", Candidates, CandidateError),
    "cases": Kind("cases/1", "a file of cases", Cases, DocumentError),
}
"""The kinds of documents."""


@dataclass(frozen=True)
class PlainDocument:
    """A document as plain data, and the text it was read from.

    Parameters
    ----------
    data : object
    origin : Origin, optional
        None where it came from no text.
    """

    data: Any
    origin: Origin | None = None

    @property
    def kind(self) -> str | None:
        """The kind that the document says it is, by name; None where it says none that exists."""
        version = self.get("collabscore")
        return next((name for name, kind in KINDS.items() if kind.version == version), None)

    def get(self, key: str) -> Any:
        """Return the value of a key of the document; None where there is none."""
        return self.data.get(key) if isinstance(self.data, Mapping) else None

    def located(
        self, findings: Iterable[Diagnostic], frameworks: Sequence[Framework] = ()
    ) -> list[Diagnostic]:
        """Return findings with their places; `frameworks` are those that notes may lead to."""
        data = self.data
        if isinstance(
            data, list
        ):  # its entries have no other place, and the model has them under a key
            findings = [finding.moved(lambda path: path[1:]) for finding in findings]
        return locate(findings, data, self.origin, frameworks)

    def error(
        self, code: str, message: str, path: KeyPath, help: str | None = None
    ) -> DocumentError:
        """Return an error of the document with one finding."""
        error = KINDS[self.kind].error if self.kind is not None else DocumentError
        return error(self.located([Diagnostic(code, message, path, help)]))

    def require(self, kind: str) -> None:
        """Refuse a document of another kind with one clear finding rather than with a hundred."""
        version, expected = KINDS[kind].version, KINDS[kind].name
        if self.kind == kind:
            return
        if not isinstance(self.data, Mapping):
            given = "a list" if isinstance(self.data, list) else "a single value"
            message = f"expected a mapping that begins with `collabscore: {version}`, not {given}"
            found = Diagnostic("invalid-type", message)
        elif "collabscore" not in self.data:
            near = likely("collabscore", map(str, self.data))
            help = f"begin with `collabscore: {version}`"
            if near is not None:
                help = f"did you mean `collabscore` where `{near}` stands?"
            message = "`collabscore`, the kind of document, is missing"
            found = Diagnostic("missing-key", message, help=help)
        elif self.kind is not None:
            message = f"this is {KINDS[self.kind].name}, and {expected} is needed"
            found = Diagnostic("wrong-kind", message, ("collabscore",))
        else:
            written = self.data["collabscore"]
            message = f"`{written}` is not a kind of document, and {expected} is needed"
            help = f"write `collabscore: {version}`"
            found = Diagnostic("wrong-kind", message, ("collabscore",), help)
        raise KINDS[kind].error(self.located([found]))

    def build(
        self,
        model: type[M],
        check: Callable[[M], Sequence[Diagnostic]],
        frameworks: Sequence[Framework] = (),
    ) -> M:
        """Return the model of the document, checked; raise everything that is wrong with it."""
        data = self.data
        if isinstance(data, list):
            data = {"collabscore": KINDS["candidates"].version, "candidates": data}
        built, found = build_model(model, data, check)
        wrong = [finding for finding in found if finding.severity == "error"]
        if wrong or built is None:
            error = next(kind.error for kind in KINDS.values() if kind.model is model)
            raise error(self.located(wrong, frameworks))
        if self.origin is not None:
            built.remember(self.origin)
        return built


Source = str | Path | Mapping[str, Any] | PlainDocument
"""The sources of all kinds of documents: a shipped id, a file, its content, or a document read."""
FrameworkSource = Source | Framework
CaseSource = Source | Cases
CandidateSource = Source | Candidates | Iterable[Candidate | Mapping[str, Any]]


# reading


def _shipped_folder(kind: str) -> Path:
    """Return the folder of shipped documents: in the package, or in the checkout."""
    here = Path(__file__)
    folder = here.parents[1] / "frameworks"
    if not folder.is_dir():
        folder = here.parents[3] / "frameworks"
    return folder if kind == "framework" else folder / _FOLDERS[kind]


_FOLDERS = {"vocabulary": "vocabularies", "cases": _CASES_FOLDER}


def shipped(kind: str = "framework") -> list[str]:
    """Return the ids of the shipped documents of a kind: framework, vocabulary or cases."""
    return sorted(file.stem for file in _shipped_folder(kind).glob("*.yaml"))


def shipped_path(name: str, kind: str = "framework") -> Path | None:
    """Return the file of a shipped document; None where there is none of that id."""
    if not name or not _is_file_name(name):
        return None
    file = _shipped_folder(kind) / f"{name}.yaml"
    return file if _is_file(file) else None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or that no file can have
        return False


def _is_file(path: Path) -> bool:
    return _exists(path) and path.is_file()


def _is_file_name(name: str) -> bool:
    return not any(sign in name for sign in "/\\\0") and not name.startswith(".")


def read_document(source: str | Path) -> PlainDocument:
    """Read a file, or standard input where `source` is `-`, as plain data.

    Raises
    ------
    UnreadableFileError
        If there is no such file, or it is too large.
    DocumentError
        If it is no YAML or JSON.
    """
    name = str(source)
    text = _read_bytes(name)
    if name == "-":
        origin = Origin("<stdin>", text)
    else:
        origin = Origin(name, text, Path(name).parent)
    suffix = Path(name).suffix.lower()
    if suffix in JSON_LINES:
        return PlainDocument(read_json_lines(text, origin.source), origin)
    read = read_json if suffix == ".json" else read_yaml
    return PlainDocument(read(text, origin.source), origin)


def _read_bytes(name: str) -> bytes:
    """Return the bytes of a file, whose size is looked at first, or of standard input."""
    try:
        if name == "-":
            text = sys.stdin.buffer.read(MAX_BYTES + 1)
            size = len(text)
        else:
            path = Path(name)
            size = path.stat().st_size
            text = path.read_bytes() if size <= MAX_BYTES else b""
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnreadableFileError(f"cannot read `{name}`: {reason}") from None
    if size > MAX_BYTES:
        limit = f"{MAX_BYTES // 1024**2} MiB"
        raise UnreadableFileError(f"cannot read `{name}`: it is larger than {limit}")
    return text


def read_named(source: Source, kind: str) -> PlainDocument:
    """Read a shipped document by its id, a file, or a mapping.

    Raises
    ------
    UsageError
        If there is no such file and no shipped document of that id.
    """
    if isinstance(source, PlainDocument):
        return source
    if isinstance(source, Mapping):
        return PlainDocument(dict(source))
    found = shipped_path(source, kind) if isinstance(source, str) else None
    if found is not None:
        return read_document(found)
    path, name = Path(source), str(source)
    is_path = path.suffix.lower() in SUFFIXES or path.name != name
    if name != "-" and not is_path and not _exists(path):
        help = did_you_mean(name, shipped(kind))
        raise UsageError(f"there is no file `{name}` and no shipped {kind} of that id; {help}")
    return read_document(source)


def _named_file(document: PlainDocument, kind: str, name: str, key: str, path: KeyPath) -> Path:
    """Return the file that a document names under a key: a shipped one, or one beside it."""
    if any(sign in name for sign in "/\\\0") or name in ("", ".", ".."):
        message = f"`{key}` takes a shipped id or a bare file name, not the path `{name}`"
        raise document.error("path-not-allowed", message, path, "put the file beside this one")
    if Path(name).suffix.lower() not in SUFFIXES:
        found = shipped_path(name, kind)
        if found is None:
            help = did_you_mean(name, shipped(kind))
            raise document.error("unknown-document", f"no {kind} `{name}` is shipped", path, help)
        return found
    folder = document.origin.folder if document.origin is not None else None
    if folder is None:
        message = f"`{name}` would stand beside this document, which is no file"
        raise document.error("path-not-allowed", message, path, "name a shipped one")
    beside = folder / name
    if not _is_file(beside):
        raise document.error("unknown-document", f"there is no file `{name}` beside this one", path)
    if beside.resolve().parent != folder.resolve():
        message = f"`{name}` is a link that leads out of this folder"
        raise document.error(
            "path-not-allowed", message, path, "put the file itself beside this one"
        )
    return beside


# frameworks and vocabularies


def load_vocabulary(source: Source | Vocabulary) -> Vocabulary:
    """Load a vocabulary: a shipped id, a path, or a mapping.

    Raises
    ------
    FrameworkError
        With everything that is wrong with it.
    """
    if isinstance(source, Vocabulary):
        return source
    document = read_named(source, "vocabulary")
    document.require("vocabulary")
    return document.build(Vocabulary, check_vocabulary)


def load_framework(source: FrameworkSource) -> Framework:
    """Load a framework: a shipped id, a path, or a mapping.

    Parameters
    ----------
    source : str, Path, mapping or Framework
        ``"guardrail"``, ``"house.yaml"``, or what a YAML reader would give.

    Returns
    -------
    Framework
        Checked, the vocabulary it uses loaded.

    Raises
    ------
    FrameworkError
        With everything that is wrong with it, each with its place.
    UsageError
        If there is no such file and no shipped framework of that id.

    Examples
    --------
    >>> load_framework("guardrail").id
    'guardrail'
    """
    if isinstance(source, Framework):
        if source.uses is None or source.vocabulary is not None:
            return source
        source = source.model_dump(mode="json", exclude_unset=True)
    document = read_named(source, "framework")
    document.require("framework")
    # a vocabulary that cannot be had is one mistake, and what rests on it is not looked into
    vocabulary = _vocabulary_of(document)

    def check(framework: Framework) -> list[Diagnostic]:
        return check_framework(framework.model_copy(update={"uses": vocabulary}))

    framework = document.build(Framework, check)
    if vocabulary is None:
        return framework
    return framework.model_copy(update={"uses": vocabulary})


def _vocabulary_of(document: PlainDocument) -> Vocabulary | None:
    """Return the vocabulary that a framework uses; None where it uses none."""
    uses = document.get("uses")
    if isinstance(uses, Mapping):
        return load_vocabulary(uses)
    if not isinstance(uses, str):
        return None
    path = _named_file(document, "vocabulary", uses, "uses", ("uses",))
    help = choose_from(shipped("vocabulary"))
    if document.origin is not None and Path(document.origin.source) == path:
        message = f"`uses: {uses}` leads back to this document"
        raise document.error("circular-uses", message, ("uses",), help)
    found = path.stat()
    vocabulary = _vocabulary_in(path, found.st_mtime_ns, found.st_size)
    if isinstance(vocabulary, Vocabulary):
        return vocabulary
    message = f"`{uses}` is no vocabulary"
    if vocabulary == "framework":
        message = f"`{uses}` is another framework, and `uses` takes a vocabulary"
    raise document.error("not-a-vocabulary", message, ("uses",), help)


@lru_cache(maxsize=8)
def _vocabulary_in(path: Path, changed: int, size: int) -> Vocabulary | str | None:
    """Return the vocabulary in a file, or the kind of document it is instead.

    Several frameworks share one, which is large: while the file is the same it is read once.
    """
    document = read_document(path)
    return load_vocabulary(document) if document.kind == "vocabulary" else document.kind


# candidates


def load_candidates(
    source: CandidateSource, framework: FrameworkSource | Sequence[FrameworkSource] | None = None
) -> Candidates:
    """Load a list of candidates and check every word of it.

    Parameters
    ----------
    source : str, Path, mapping, Candidates or iterable of candidates
        A YAML, JSON or JSON Lines file, `-` for standard input, or what such a file holds.
    framework : str, Path, mapping, Framework or list of them, optional
        The frameworks to judge by. Those that the list itself names count too: a word must be known
        to one of them.

    Returns
    -------
    Candidates

    Raises
    ------
    CandidateError
        With everything that is wrong with it, each with its place.
    UsageError
        If no framework is named, here or in the list.

    Examples
    --------
    >>> listed = [{"id": "flu", "ratings": {"global_challenge": 5}}]
    >>> load_candidates(listed, "guardrail").candidates[0].id
    'flu'
    """
    if framework is None:
        named: Sequence[FrameworkSource] = ()
    elif isinstance(framework, str | Path | Mapping | PlainDocument | Framework):
        named = [framework]
    else:
        named = framework
    frameworks = [load_framework(entry) for entry in named]
    if isinstance(source, Candidates) and source.frameworks:
        checked_with = set(map(id, source.frameworks))
        if checked_with.issuperset(map(id, frameworks)):
            return source
    document = _candidates_document(source)
    if not isinstance(document.data, list):  # a bare list of candidates
        document.require("candidates")
    known = [*frameworks, *_frameworks_named(document, frameworks)]
    if not known:
        raise UsageError(
            "no framework is named: name one with `-f`, or in the list with `framework: guardrail`"
        )
    candidates = document.build(Candidates, lambda built: check_candidates(built, known), known)
    candidates.checked_by(tuple(known))
    return candidates


def _candidates_document(source: CandidateSource) -> PlainDocument:
    if isinstance(source, PlainDocument):
        return source
    if isinstance(source, str | Path):
        return read_document(source)
    if isinstance(source, Mapping):
        return PlainDocument(dict(source))
    data: dict[str, Any] = {}
    if isinstance(source, Candidates):
        data = source.model_dump(exclude_unset=True)
    else:
        data["candidates"] = [
            entry.model_dump(exclude_unset=True) if isinstance(entry, Candidate) else entry
            for entry in source
        ]
    return PlainDocument({**data, "collabscore": KINDS["candidates"].version})


def _frameworks_named(document: PlainDocument, known: Sequence[Framework]) -> list[Framework]:
    """Load the frameworks that a list of candidates names, but for those already `known`."""
    entry = document.get("framework")
    ids = {framework.id for framework in known}
    named: list[tuple[object, KeyPath]] = [(entry, ("framework",))]
    if isinstance(entry, list):
        named = [(name, ("framework", k)) for k, name in enumerate(entry)]
    found: list[Framework] = []
    for name, path in named:
        if not isinstance(name, str) or name in ids:
            continue
        file = _named_file(document, "framework", name, "framework", path)
        framework = load_framework(file)
        if framework.id not in ids:
            found.append(framework)
    return found


# cases


def load_cases(source: CaseSource, framework: FrameworkSource) -> Cases:
    """Load the cases of a framework: a path, or a mapping.

    Raises
    ------
    DocumentError
        With everything that is wrong with them, each with its place.
    """
    if isinstance(source, Cases):
        document = PlainDocument(source.model_dump(exclude_unset=True), source.origin)
    elif isinstance(source, str | Path):
        document = read_document(source)  # no id: cases are shipped with their framework
    else:
        document = read_named(source, "cases")
    return cases_from(document, load_framework(framework))[0]


def load_policy(source: str | Path) -> tuple[Framework, Cases | None]:
    """Load a framework and the cases beside it, or cases and the framework that they name.

    Parameters
    ----------
    source : str or Path
        A shipped id, the file of a framework, or a file of cases.

    Returns
    -------
    framework : Framework
    cases : Cases or None
        None where the framework has none beside it.

    Raises
    ------
    DocumentError
        With everything that is wrong with them, each with its place.
    UsageError
        If there is no such file and no shipped framework of that id.
    """
    document = read_named(source, "framework")
    if document.kind == "cases":
        cases, framework = cases_from(document)
        return framework, cases
    framework = load_framework(document)
    file = cases_beside(framework)
    return framework, load_cases(file, framework) if file is not None else None


def cases_beside(framework: Framework) -> Path | None:
    """Return the file of the cases of a framework, `cases/<id>.yaml` beside it, or None."""
    folder = framework.origin.folder if framework.origin is not None else None
    if folder is None or not _is_file_name(framework.id):
        return None
    for suffix in (".yaml", ".yml", ".json"):
        file = folder / _CASES_FOLDER / f"{framework.id}{suffix}"
        if _is_file(file):
            return file
    return None


def cases_from(
    document: PlainDocument, framework: Framework | None = None
) -> tuple[Cases, Framework]:
    """Return the cases in plain data, checked with their framework, and that framework.

    Parameters
    ----------
    framework : Framework, optional
        The one to check with; the one that the cases name, if left out.
    """
    document.require("cases")
    name = document.get("framework")
    if isinstance(name, str):
        if framework is None:
            framework = load_framework(_framework_of_cases(document, name))
        file = framework.origin.source if framework.origin is not None else ""
        if name not in (framework.id, Path(file).name):
            message = f"these are cases of `{name}`, and not of `{framework.id}`"
            help = f"write `framework: {framework.id}`, or test `{name}`"
            raise document.error("wrong-framework", message, ("framework",), help)
    judge = framework

    def check(cases: Cases) -> list[Diagnostic]:
        return check_cases(cases, judge) if judge is not None else []

    known = [judge] if judge is not None else []
    cases = document.build(Cases, check, known)
    assert judge is not None  # a name that is missing is an error by now
    return cases, judge


def _framework_of_cases(document: PlainDocument, name: str) -> Path:
    """Return the file of a framework that cases name: above, else shipped or beside them."""
    written = document.origin.folder if document.origin is not None else None
    if written is not None and _is_file_name(name):
        folder = written.resolve()
        file = folder.parent / (name if Path(name).suffix in SUFFIXES else f"{name}.yaml")
        is_above = folder.name == _CASES_FOLDER and _is_file(file)
        if is_above and file.resolve().parent == folder.parent:
            # a path that a reader gave as `frameworks/cases/x.yaml` leads to `frameworks/...`
            return (written.parent if written.name == _CASES_FOLDER else folder.parent) / file.name
    return _named_file(document, "framework", name, "framework", ("framework",))
