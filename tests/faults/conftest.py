"""A folder with small documents of every kind, and the commands run in it, in this process."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TextIO

import pytest

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.cli.main import cli
from collabscore.documents.reader import decoded
from collabscore.errors import Diagnostic

SMALL = """\
collabscore: framework/1
id: small
scales: {five: {range: [1, 5]}}
criteria: {gain: {scale: five}, risk: {scale: five, prefer: low}}
facts: {crit: {kind: flag}, stage: {kind: level, levels: [basic, applied]}, budget: {kind: number}}
safeguards: {review: {}}
guardrails: {g1: {when: crit, needs: [review], then: outside, met: conditional}}
"""

OTHER = """\
collabscore: framework/1
id: other
scales: {ten: {range: [0, 10]}}
criteria: {fit: {scale: ten}}
facts: {open: {kind: flag}, phase: {kind: level, levels: [early, late]}}
safeguards: {audit: {}, board: {}}
guardrails: {h1: {when: not open, needs: [[audit, board]], then: refer}}
"""

CANDIDATES = """\
collabscore: candidates/1
framework: small.yaml
candidates:
- {id: a, ratings: {gain: 3, risk: 2}, facts: {crit: yes}, safeguards: [review]}
- {id: b, title: The second, ratings: {gain: [2, 4], risk: 1}, facts: {crit: no}}
"""

BOTH = """\
collabscore: candidates/1
framework: [small.yaml, other.yaml]
candidates:
- id: a
  ratings: {gain: 3, risk: 2, fit: 7}
  facts: {crit: yes, open: no, phase: late, budget: 3}
  safeguards: [review, {id: audit, status: planned}]
- {id: b, ratings: {gain: [2, 4], fit: 2}, facts: {open: yes}, safeguards: [board]}
- {id: c, ratings: {gain: 1}, safeguards: [audit]}
"""

CASES = """\
collabscore: cases/1
framework: small
cases:
- {id: barred, candidate: {facts: {crit: yes}}, expect: {verdict: outside}}
"""

COMMANDS: dict[str, tuple[str, ...]] = {
    "score": ("score", "LIST"),
    "explain": ("explain", "LIST", "a"),
    "versus": ("explain", "LIST", "a", "--versus", "b"),
    "robustness": ("robustness", "LIST", "--draws", "8"),
    "exact": ("robustness", "LIST", "--exact"),
    "sensitivity": ("sensitivity", "LIST"),
    "tornado": ("sensitivity", "LIST", "a"),
    "next": ("next", "LIST", "--draws", "8"),
    "what-if": ("what-if", "LIST", "--safeguard", "a-=review"),
    "compare": ("compare", "LIST", "-f", "small.yaml", "-f", "other.yaml"),
    "diff": ("diff", "LIST", "LIST"),
    "panel": ("panel", "LIST", "second.yaml", "--draws", "8"),
    "check": ("check", "LIST"),
    "test": ("test", "FRAMEWORK"),
    "show": ("frameworks", "show", "FRAMEWORK"),
    "new": ("new", "-", "-f", "FRAMEWORK"),
    "adapt": ("new", "-", "--from", "FRAMEWORK"),
}
"""A call of every command that reads a list of candidates or a framework."""


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Desk:
    """The commands, run in a folder with documents."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        for name, text in {
            "small.yaml": SMALL,
            "other.yaml": OTHER,
            "list.yaml": CANDIDATES,
            "both.yaml": BOTH,
            "second.yaml": CANDIDATES.replace("gain: 4", "gain: 2"),
            "cases/small.yaml": CASES,
        }.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *args: str, stdin: str | bytes | TextIO = "") -> Done:
        """Run a command with streams of UTF-8."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        code = self.run_on(out, err, *args, stdin=stdin)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
        return Done(code, *texts)

    def run_on(self, out: object, err: object, *args: str, stdin: str | bytes | TextIO = "") -> int:
        """Run a command with streams of the caller; return the exit code."""
        given = stdin
        if isinstance(stdin, str | bytes):
            given = io.TextIOWrapper(
                io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin)
            )
        with self.monkeypatch.context() as patched:
            patched.setattr("sys.stdin", given)
            patched.setattr("sys.stdout", out)
            patched.setattr("sys.stderr", err)
            with pytest.raises(SystemExit) as stop:
                cli.main(list(args), prog_name="collabscore")
        assert isinstance(stop.value.code, int)
        return stop.value.code

    def call(self, command: str, document: str, *more: str) -> Done:
        """Run one of `COMMANDS` with a document of the kind that it reads."""
        words = [document if word in ("LIST", "FRAMEWORK") else word for word in COMMANDS[command]]
        return self.run(*words, *more)


FRAMEWORK = cs.load_framework(decoded(SMALL, "small.yaml").read())


@pytest.fixture
def found_in(tmp_path: Path) -> Callable[..., list[Diagnostic]]:
    """Check a text as a file, by `small`, which also stands beside it."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")

    def found(text: str | bytes, name: str = "list.yaml") -> list[Diagnostic]:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(check(file, [FRAMEWORK]).diagnostics)

    return found


def the_one(found: list[Diagnostic], code: str) -> Diagnostic:
    """Return the finding of a code, of which there is one, with its place and its cure."""
    (one,) = [finding for finding in found if finding.code == code]
    assert one.span is not None
    assert one.help or one.notes
    return one


def marked(finding: Diagnostic) -> str:
    """Return the text that a finding marks."""
    assert finding.span is not None
    return finding.span.text[finding.span.column - 1 : finding.span.end_column - 1]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    return Desk(tmp_path, monkeypatch)


def is_a_sentence(done: Done, *words: str) -> None:
    """Assert that a command refused its input in words, as the user's or the system's fault."""
    assert done.code in (1, 2), done
    assert "Traceback" not in done.err
    assert "internal error" not in done.err
    for word in words:
        assert word in done.err + done.out, (word, done)
