"""Part C1 and C2: the system's refusals are wrong usage in words, in every command and in Python."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import collabscore as cs
from collabscore.documents import loading

from .conftest import COMMANDS, Desk, is_a_sentence

LONG = "x" * 300
LIMIT = 1024 * 1024

# the name of a document, and words of the sentence that every command answers with
UNREADABLE = {
    "C2-missing": ("nofile.yaml", "no such file"),
    "C2-long-name": (f"{LONG}.yaml", "file name too long; use a shorter name"),
    "C2-long-id": (LONG, ""),
    "C2-null": ("a\0b.yaml", "no file can have such a name"),
    "C2-null-id": ("a\0b", ""),
    "C2-loop": ("loop.yaml", "its links lead back to themselves"),
    "C2-no-end": ("/dev/zero", "it is larger than 1 MiB"),
    "C2-folder": ("cases", "is a directory; give the name of a file"),
    "C2-no-folder": ("nowhere/list.yaml", "no such file"),
    "C2-file-as-folder": ("list.yaml/x.yaml", "not a directory"),
    "C2-surrogate": ("\ud800.yaml", "no file can have such a name"),
    "C2-empty-name": ("", "give the name of a file"),
    "C2-too-large": ("large.yaml", "it is larger than 1 MiB"),
}


@pytest.fixture
def odd(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder with a circle of links and a large file, where files may have 1 MiB."""
    monkeypatch.setattr(loading, "MAX_BYTES", LIMIT)
    (desk.folder / "loop.yaml").symlink_to("loop.yaml")
    (desk.folder / "large.yaml").write_bytes(b"#" * (LIMIT + 1))
    return desk


@pytest.mark.parametrize("fault", UNREADABLE)
def test_a_file_that_cannot_be_read(odd: Desk, fault: str) -> None:
    name, words = UNREADABLE[fault]
    for command in COMMANDS:
        done = odd.call(command, name)
        is_a_sentence(done, *words.split("; "))
        assert done.code == 2, command
        assert str(odd.folder) not in done.err


@pytest.mark.parametrize("fault", UNREADABLE)
def test_the_same_in_python(odd: Desk, fault: str) -> None:
    name, words = UNREADABLE[fault]
    calls: list[Callable[[], Any]] = [
        lambda: cs.score(name, "small.yaml"),
        lambda: cs.score("list.yaml", name),
        lambda: cs.load_framework(name),
        lambda: cs.load_candidates(name, "small.yaml"),
        lambda: cs.compare("list.yaml", ["small.yaml", name]),
        lambda: cs.diff(name, name),
    ]
    for call in calls:
        with pytest.raises(cs.UsageError) as refused:
            call()
        assert words in str(refused.value) or "there is no file" in str(refused.value)
        assert str(odd.folder) not in str(refused.value)


NAMED = {
    "C2-long-name": f"{LONG}.yaml",
    "C2-long-id": LONG,
    "C2-loop": "loop.yaml",
    "C2-null": '"a\\0b.yaml"',
    "C2-device": "/dev/zero",
    "C2-above": "../../etc/passwd",
    "C2-folder": "cases.yaml",
    "C2-out": "out.yaml",
}


@pytest.mark.parametrize("fault", NAMED)
@pytest.mark.parametrize("key", ["framework", "uses"])
def test_a_file_that_a_document_names(odd: Desk, key: str, fault: str) -> None:
    """A finding with a place and a cure, without a line of a file that the caller did not name."""
    (odd.folder / "cases.yaml").mkdir()
    (odd.folder / "out.yaml").symlink_to("/etc/passwd")
    kind = "candidates" if key == "framework" else key
    if key == "framework":
        odd.write(
            "some.yaml", f"collabscore: candidates/1\nframework: {NAMED[fault]}\ncandidates: []\n"
        )
    else:
        text = (
            (odd.folder / "small.yaml")
            .read_text()
            .replace("id: small", f"id: x\nuses: {NAMED[fault]}")
        )
        odd.write("some.yaml", text)
    done = odd.run("check", "some.yaml")
    assert done.code == 1, (kind, done)
    is_a_sentence(done, "--> some.yaml:", "= help: ")
    assert "root:" not in done.out
    assert str(odd.folder) not in done.out


@pytest.mark.parametrize("endless", [True, False], ids=["C2-endless-fifo", "fifo"])
def test_a_pipe_is_read_up_to_the_limit(odd: Desk, endless: bool) -> None:
    os.mkfifo("pipe.yaml")
    text = b"#" * 65536 if endless else Path("list.yaml").read_bytes()

    def feed() -> None:
        with open("pipe.yaml", "wb", buffering=0) as pipe:  # noqa: PTH123
            try:
                pipe.write(text)
                while endless:
                    pipe.write(text)
            except BrokenPipeError:
                pass

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    done = odd.run("score", "pipe.yaml", "-f", "small.yaml")
    feeder.join(10)
    assert not feeder.is_alive()
    if endless:
        is_a_sentence(done, "cannot read `pipe.yaml`: it is larger than 1 MiB")
    else:
        assert (done.code, done.err) == (0, "")


def test_standard_input_has_the_same_limit(odd: Desk) -> None:
    is_a_sentence(odd.run("check", "-", stdin=b"#" * (LIMIT + 1)), "it is larger than 1 MiB")
    assert odd.run("check", "-", stdin=b"#" * LIMIT).code == 1


# streams


class Full(io.RawIOBase):
    """A disk that is full."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def on(raw: io.RawIOBase, encoding: str = "utf-8") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding)


OUTPUTS = {**COMMANDS, "schema": ("schema",), "list": ("frameworks",), "help": ("--help",)}
OUTPUTS |= {"json": ("check", "LIST", "--format", "json"), "version": ("--version",)}
OUTPUTS |= {"findings": ("check", "bad.yaml", "-f", "small.yaml"), "help-of-one": ("score", "-h")}


def words_of(command: str) -> list[str]:
    kinds = {"LIST": "list.yaml", "FRAMEWORK": "small.yaml"}
    return [kinds.get(word, word) for word in OUTPUTS[command]]


WRITING = [name for name in OUTPUTS if name != "check"]


@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk(desk: Desk, command: str) -> None:
    desk.write("bad.yaml", "- id: a\n  wieght: 2\n")
    streams = [on(Full()), io.StringIO()]
    code = desk.run_on(*streams, *words_of(command))
    assert code == 2
    assert "no space left on device; free some space" in streams[1].getvalue()  # type: ignore[attr-defined]
    assert "internal error" not in streams[1].getvalue()  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="No space"):
        streams[0].close()


@pytest.mark.parametrize("command", WRITING)
def test_a_closed_stdout(desk: Desk, command: str) -> None:
    desk.write("bad.yaml", "- id: a\n  wieght: 2\n")
    err = io.StringIO()
    assert desk.run_on(None, err, *words_of(command)) == 2
    assert "the stream is closed" in err.getvalue()


def test_a_closed_stdout_is_no_matter_for_a_file(desk: Desk) -> None:
    err = io.StringIO()
    for form in ("json", "txt", "html", "md", "csv"):
        assert desk.run_on(None, err, "score", "list.yaml", "-o", f"x.{form}") == 0
        assert (desk.folder / f"x.{form}").stat().st_size > 0
    assert err.getvalue() == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_stderr_or_stdin_is_no_matter(desk: Desk, command: str) -> None:
    assert desk.run_on(io.StringIO(), None, *words_of(command)) == 0
    full = on(Full())
    assert desk.run_on(io.StringIO(), full, *words_of(command)) == 0
    assert desk.run_on(io.StringIO(), None, command, "--no-such-option") == 2


def test_a_closed_stdin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(cs.UsageError, match="cannot read `<stdin>`: the stream is closed"):
        cs.load_framework("-")


ENCODINGS = ("ascii", "cp1252", "latin-1", "utf-16")


@pytest.mark.parametrize("command", OUTPUTS)
def test_letters_that_a_stream_has_not(desk: Desk, command: str) -> None:
    """I5: `check` printed past the one function that writes."""
    names = {
        "list.yaml": ("The second", "Größe 東京"),
        "small.yaml": ("facts:", "title: Łódź ∑\nfacts:"),
    }
    for name, (word, instead) in names.items():
        desk.write(name, (desk.folder / name).read_text().replace(word, instead))
    desk.write("bad.yaml", "- id: a\n  größe東京: 2\n")
    for encoding in ENCODINGS:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
        code = desk.run_on(out, err, *words_of(command))
        assert code == (1 if command == "findings" else 0), encoding
        shown = out.buffer.getvalue() + err.buffer.getvalue()  # type: ignore[attr-defined]
        assert shown, encoding


# real processes

RUN = [sys.executable, "-c", "from collabscore.cli import run; run()"]

PROCESSES = {
    "C2-full": ('"$@" schema > /dev/full', 2, "no space left on device"),
    "C2-stdout": ('"$@" schema >&-', 2, "the stream is closed"),
    "C2-stdin": ('"$@" check - <&-', 2, "the stream is closed"),
    "C2-stderr": ('"$@" score nofile.yaml 2>&-', 2, ""),
    "C2-removed": ('mkdir gone; cd gone; rmdir ../gone; "$@" score list.yaml', 2, "no such file"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
def test_the_real_command(desk: Desk) -> None:
    """All at once, since each takes the start of an interpreter."""
    started = {}
    for fault, (line, _, _) in PROCESSES.items():
        started[fault] = subprocess.Popen(
            ["sh", "-c", line, "sh", *RUN],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    for fault, (_, code, words) in PROCESSES.items():
        out, err = started[fault].communicate(timeout=60)
        assert (started[fault].returncode, out) == (code, ""), (fault, err)
        assert words in err, fault
        assert not words or len(err.splitlines()) == 1, (fault, err)


def test_a_removed_folder_disturbs_no_file_elsewhere(desk: Desk) -> None:
    gone = desk.folder / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    for arguments in (
        ("score", f"{desk.folder}/list.yaml"),
        ("test", f"{desk.folder}/small.yaml", "--format", "github"),
        ("check", f"{desk.folder}/list.yaml"),
        ("new", "-", "-f", "guardrail"),
    ):
        assert desk.run(*arguments).code == 0
    is_a_sentence(desk.run("score", f"{desk.folder}/list.yaml", "-o", "x.md"), "no such file")
    is_a_sentence(desk.run("new", "x.yaml", "-f", "guardrail"), "no such file")


# lists for several frameworks


@pytest.mark.parametrize("judge", ["small.yaml", "other.yaml"])
@pytest.mark.parametrize("form", [(), ("--format", "json"), ("-v",)], ids=["text", "json", "-v"])
@pytest.mark.parametrize("command", [name for name in COMMANDS if "LIST" in COMMANDS[name]])
def test_c1_a_list_with_words_of_several_frameworks(
    desk: Desk, command: str, judge: str, form: tuple[str, ...]
) -> None:
    given = {"check": ("-f", judge), "compare": ()}.get(command, ("-f", judge))
    words = ["--drop-guardrail", "g1" if judge == "small.yaml" else "h1"]
    if command == "what-if":
        done = desk.run("what-if", "both.yaml", *words, *given, *form)
    elif command == "check" and form == ("-v",):
        done = desk.run("check", "both.yaml", "-v", *given)
    else:
        done = desk.call(command, "both.yaml", *given, *form)
    assert done.code == 0, done


def test_c1_every_candidate_is_explained(desk: Desk) -> None:
    for candidate in "abc":
        for judge in ("small.yaml", "other.yaml"):
            done = desk.run("explain", "both.yaml", candidate, "-f", judge, "--full")
            assert done.code == 0, done


def test_memory_that_is_not_enough(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("collabscore.cli.options.score", fails)
    is_a_sentence(desk.run("score", "list.yaml"), "not enough memory")
