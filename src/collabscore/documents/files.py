"""Files: where a document is read from, what a name in it leads to, and how its mistakes are raised.

Imports `errors`, the models and the readers of this storey.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import ValidationError

from ..errors import Diagnostic, DocumentError, UnreadableFileError, did_you_mean, likely
from ..models.base import Document
from ..models.candidates import Candidates
from ..models.cases import Cases
from ..models.framework import Framework, Vocabulary
from .diagnosis import diagnose
from .json_reader import read_json, read_json_lines
from .positions import Positions
from .validation import all_issues, validated
from .yaml_reader import read_yaml

__all__ = [
    "KINDS",
    "Origin",
    "build",
    "diagnostics_of",
    "named_file",
    "read_document",
    "require_kind",
    "shipped",
    "shipped_path",
]

KINDS: dict[str, type[Document]] = {
    "framework/1": Framework,
    "vocabulary/1": Vocabulary,
    "candidates/1": Candidates,
    "cases/1": Cases,
}
_LINES = {".jsonl", ".ndjson"}
MAX_BYTES = 256 * 1024 * 1024
"""The largest file that is read."""
_KIND_WORDS = {
    "framework/1": "a framework",
    "vocabulary/1": "a vocabulary",
    "candidates/1": "a list of candidates",
    "cases/1": "a file of cases",
}
SUFFIXES = {".yaml", ".yml", ".json", ".jsonl", ".ndjson"}
M = TypeVar("M", bound=Document)


@dataclass(frozen=True)
class Origin:
    """The text that a document was read from, kept for errors that appear later."""

    source: str
    text: bytes
    folder: FilePath | None = None
    bare: bool = False
    """Whether the text is a bare list, which stands in the document under `candidates`."""

    @cached_property
    def positions(self) -> Positions | None:
        """Places in the text; None where it has none."""
        return Positions.of(
            self.text, self.source, lines=FilePath(self.source).suffix.lower() in _LINES
        )


def _folder() -> FilePath:
    """Where the shipped frameworks are: in the package, or in the checkout of an editable install."""
    inside = FilePath(__file__).parents[1] / "frameworks"
    return inside if inside.is_dir() else FilePath(__file__).parents[3] / "frameworks"


def shipped(kind: str = "frameworks") -> list[str]:
    """Return the ids of the shipped frameworks, or of the shipped `vocabularies`."""
    folder = _folder() if kind == "frameworks" else _folder() / kind
    return sorted(file.stem for file in folder.glob("*.yaml"))


def shipped_path(name: str, kind: str = "frameworks") -> FilePath | None:
    """Return the file of a shipped framework or vocabulary; None where there is none of that id."""
    if not name or any(sign in name for sign in "/\\\0") or name.startswith("."):
        return None
    file = (_folder() if kind == "frameworks" else _folder() / kind) / f"{name}.yaml"
    return file if file.is_file() else None


def read_file(name: str) -> bytes:
    """Return the bytes of a file, of standard input where the name is `-`.

    Raises
    ------
    UnreadableFileError
        If there is no such file, it is a folder, or it is too large, which is found out before it is read.
    """
    try:
        if name == "-":
            text = sys.stdin.buffer.read(MAX_BYTES + 1)
            size = len(text)
        else:
            path = FilePath(name)
            size = path.stat().st_size
            text = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise UnreadableFileError(
            f"cannot read `{name}`: {(error.strerror or str(error)).lower()}"
        ) from None
    if size > MAX_BYTES:
        raise UnreadableFileError(
            f"cannot read `{name}`: it is larger than {MAX_BYTES // 1024**2} MiB"
        )
    return text


def read_document(source: str | FilePath) -> tuple[object, Origin]:
    """Read a file, or standard input where `source` is `-`, as plain data.

    Raises
    ------
    UnreadableFileError
        If there is no such file, or it is too large.
    DocumentError
        If it is no YAML or JSON.
    """
    name = str(source)
    text = read_file(name)
    origin = Origin(
        "<stdin>" if name == "-" else name, text, None if name == "-" else FilePath(name).parent
    )
    suffix = FilePath(name).suffix.lower()
    if suffix in _LINES:
        return read_json_lines(text, origin.source), origin
    reader = read_json if suffix == ".json" else read_yaml
    return reader(text, origin.source), origin


def named_file(
    name: str,
    kind: str,
    key: str,
    path: tuple[str | int, ...],
    data: object,
    origin: Origin | None,
    error: type[DocumentError],
) -> FilePath:
    """Return the file that a document names: a shipped id, or a bare file name beside it."""

    def fail(code: str, message: str, help: str | None) -> DocumentError:
        return error(diagnostics_of([Diagnostic(code, message, path, help)], data, origin))

    if any(sign in name for sign in "/\\\0") or name in ("", ".", ".."):
        raise fail(
            "path-not-allowed",
            f"`{key}` takes a shipped id or a bare file name, not the path `{name}`",
            "put the file beside this one",
        )
    if FilePath(name).suffix.lower() not in SUFFIXES:
        found = shipped_path(name, kind)
        if found is None:
            raise fail(
                "unknown-document",
                f"no {kind[:-3] + 'y' if kind.endswith('ies') else kind[:-1]} `{name}` is shipped",
                did_you_mean(name, shipped(kind)),
            )
        return found
    if origin is None or origin.folder is None:
        raise fail(
            "path-not-allowed",
            f"`{name}` would stand beside this document, which is no file",
            "name a shipped one",
        )
    beside = origin.folder / name
    if not beside.is_file():
        raise fail("unknown-document", f"there is no file `{name}` beside this one", None)
    if beside.resolve().parent != origin.folder.resolve():
        raise fail(
            "path-not-allowed",
            f"`{name}` is a link that leads out of this folder",
            "put the file itself beside this one",
        )
    return beside


def build(
    model: type[M],
    data: object,
    origin: Origin | None,
    look: Callable[[M], Sequence[Diagnostic]],
    error_type: type[DocumentError],
) -> M:
    """Return the model of `data`, checked by `look`; raise all that is wrong with it."""
    try:
        built = validated(model, data)
        issues = look(built)
    except ValidationError as error:
        issues = all_issues(model, data, error, look)
        built = None
    wrong = [issue for issue in issues if issue.severity == "error"]
    if wrong or built is None:
        raise error_type(diagnostics_of(wrong, data, origin))
    if origin is not None:
        built.remember(origin)
    return built


def diagnostics_of(
    issues: Sequence[Diagnostic], data: object, origin: Origin | None
) -> list[Diagnostic]:
    """Return issues as diagnostics with their places in the text of the document."""
    if origin is not None and origin.bare and isinstance(data, Mapping):
        issues = [issue.moved(lambda path: path[1:]) for issue in issues]
        data = data["candidates"]
    return diagnose(issues, data, origin.positions if origin is not None else None)


def require_kind(
    data: object, origin: Origin | None, kind: str, error: type[DocumentError]
) -> None:
    """Refuse a document of another kind with one clear finding rather than with a hundred."""
    if not isinstance(data, Mapping):
        what = "a list" if isinstance(data, list) else "a single value"
        issue = Diagnostic(
            "invalid-type", f"expected a mapping that begins with `collabscore: {kind}`, not {what}"
        )
    elif "collabscore" not in data:
        near = likely("collabscore", [str(key) for key in data])
        help = (
            f"did you mean `collabscore` where `{near}` stands?"
            if near
            else f"begin with `collabscore: {kind}`"
        )
        issue = Diagnostic(
            "missing-key", "`collabscore`, the kind of document, is missing", (), help
        )
    elif data["collabscore"] != kind:
        found = data["collabscore"]
        known = isinstance(found, str) and found in KINDS
        words = f"this is {_KIND_WORDS[found]}" if known else f"`{found}` is not a kind of document"
        cure = None if known else f"write `collabscore: {kind}`"
        issue = Diagnostic(
            "wrong-kind", f"{words}, and {_KIND_WORDS[kind]} is needed", ("collabscore",), cure
        )
    else:
        return
    raise error(diagnostics_of([issue], data, origin))
