"""Parts B4, B5 and I5: a report fails whenever the command does, and nobody can forge its lines."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import click
import pytest

from collabscore.cli.main import Commands, cli

from .conftest import Desk, Done

WARNED = """\
collabscore: framework/1
id: warned
facts: {crit: {kind: flag}, never: {kind: flag}}
guardrails: {g1: {when: crit, then: outside}}
"""


@pytest.fixture
def documents(desk: Desk) -> Desk:
    desk.write("warned.yaml", WARNED)
    desk.write("bad.yaml", "collabscore: framework/1\nid: bad\nwieght: 2\n")
    desk.write("free.yaml", "collabscore: candidates/1\ncandidates: [{id: a}]\n")
    desk.write("failing.yaml", WARNED.replace("warned", "failing"))
    cases = (desk.folder / "cases/small.yaml").read_text()
    desk.write("cases/failing.yaml", cases.replace("small", "failing").replace("outside", "inside"))
    return desk


# fault: the arguments, the exit code, and what the report names
TESTS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "B4": (("small.yaml", "nofile.yaml"), 2, "nofile.yaml"),
    "B4-alone": (("nofile.yaml",), 2, "nofile.yaml"),
    "B4-id": (("small.yaml", "guardrial"), 2, "guardrial"),
    "B4-folder": (("cases",), 2, "cases"),
    "B4-cases": (("small.yaml", "--cases", "nofile.yaml"), 2, "nofile.yaml"),
    "B4-stdin": (("small.yaml", "-"), 1, "stdin"),
    "strict": (("warned.yaml", "--strict"), 1, "warned"),
    "errors": (("small.yaml", "bad.yaml"), 1, "bad.yaml"),
    "failing": (("failing.yaml",), 1, "failing"),
    "fine": (("small.yaml",), 0, "small"),
    "no-cases": (("warned.yaml",), 0, "warned"),
}


@pytest.mark.parametrize("fault", TESTS)
def test_a_report_of_tests_fails_when_the_command_does(documents: Desk, fault: str) -> None:
    arguments, code, name = TESTS[fault]
    done = documents.run("test", *arguments, "--format", "json")
    assert done.code == code
    report = json.loads(done.out)
    assert report["passed"] == (code == 0)
    assert all(one["passed"] for one in report["tests"]) == (code == 0)
    assert name in done.out

    root = ET.fromstring(documents.run("test", *arguments, "--format", "junit").out)
    wrong = int(root.get("failures", "0")) + int(root.get("errors", "0"))
    assert (wrong > 0) == (code != 0)
    assert name in ET.tostring(root, encoding="unicode")

    notes = documents.run("test", *arguments, "--format", "github")
    assert notes.code == code
    assert ("::error " in notes.out) == (code != 0)
    if code:
        assert name in notes.out


@pytest.mark.parametrize("fault", [fault for fault in TESTS if TESTS[fault][1]])
def test_a_report_of_before_does_not_stay(documents: Desk, fault: str) -> None:
    arguments, code, name = TESTS[fault]
    for form in ("report.json", "report.xml", "report.txt"):
        assert documents.run("test", "small.yaml", "-o", form).code == 0
        before = (documents.folder / form).read_text()
        assert documents.run("test", *arguments, "-o", form).code == code
        after = (documents.folder / form).read_text()
        assert after != before
        assert name.removesuffix(".yaml") in after or form == "report.txt"


CHECKS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "B4": (("small.yaml", "nofile.yaml"), 2, "nofile.yaml"),
    "B4-alone": (("nofile.yaml",), 2, "nofile.yaml"),
    "B4-no-framework": (("small.yaml", "free.yaml"), 2, "free.yaml"),
    "B4-option": (("list.yaml", "-f", "nofile.yaml"), 2, "nofile.yaml"),
    "B4-faulty-option": (("list.yaml", "-f", "bad.yaml"), 1, "bad.yaml"),
    "B4-stdin": (("-",), 1, "<stdin>"),
    "errors": (("small.yaml", "bad.yaml"), 1, "bad.yaml"),
    "warnings": (("warned.yaml", "--fail-on", "warning"), 1, "warned.yaml"),
    "fine": (("small.yaml", "list.yaml"), 0, "list.yaml"),
    "never": (("bad.yaml", "--fail-on", "never"), 0, "bad.yaml"),
}


@pytest.mark.parametrize("fault", CHECKS)
def test_a_report_of_a_check_fails_when_the_command_does(documents: Desk, fault: str) -> None:
    arguments, code, name = CHECKS[fault]
    done = documents.run("check", *arguments, "--format", "json")
    assert done.code == code
    report = json.loads(done.out)
    assert report["passed"] == (code == 0)
    assert name in [one["file"] for one in report["files"]]
    notes = documents.run("check", *arguments, "--format", "github")
    assert notes.code == code
    assert ("::error " in notes.out) == (code != 0 or fault == "never")
    for form in ("full", "concise"):
        told = documents.run("check", *arguments, "--format", form)
        assert told.code == code
        assert name in told.out + told.err


# B5: an option that takes one value is given once


def one_valued() -> list[tuple[tuple[str, ...], str]]:
    """Return the commands with each of their options that take one value."""
    found = []
    for name in cli.list_commands(click.Context(cli)):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        parts = [((name,), command)]
        if isinstance(command, Commands):
            parts += [((name, key), part) for key, part in command.commands.items()]
        for words, part in parts:
            for option in part.params:
                if isinstance(option, click.Option) and not (
                    option.multiple or option.is_flag or option.count
                ):
                    found.append((words, option.opts[-1]))
    return found


@pytest.mark.parametrize(("words", "option"), one_valued(), ids=str)
def test_b5_an_option_with_one_value_is_given_once(
    desk: Desk, words: tuple[str, ...], option: str
) -> None:
    needed = {"new": ["mine.yaml"], "diff": ["list.yaml", "list.yaml"], "frameworks": []}
    given = needed.get(words[0], ["list.yaml", "a"][: 1 + (words[0] == "explain")])
    if words[-1] == "show":
        given = ["small.yaml"]
    for values in (("1", "2"), ("1", "1")):
        done = desk.run(*words, *given, option, values[0], option, values[1])
        assert (done.code, done.out) == (2, "")
        assert "is given more than once; give it once" in done.err
    assert not (desk.folder / "mine.yaml").exists()


# I5: lines that an author of a document would like to forge

EVIL = (
    "a\n::error file=x::forged",
    "a\r::error file=x::forged",
    "a\r\n::error::forged",
    "a\u2028::error::forged",
    "a\u2029::error::forged",
    "a\x85::error::forged",
    "a\v::error::forged",
    "a\x1c::error::forged",
    "::error file=x::forged",
    "a%0A::error::forged",
    "\x1b[2Ka\nok: everything",
)


def has_forged_lines(done: Done, own: tuple[str, ...] = ()) -> list[str]:
    """Return lines of either stream that a workflow would run as a command, but for our own."""
    found = []
    for line in (done.out + "\n" + done.err).splitlines():
        if line.lstrip().startswith(("::", "##[")) and not line.startswith(own or ("\0",)):
            found.append(line)
        if line.startswith(("ok: everything", "forged")):
            found.append(line)
    return found


@pytest.mark.parametrize("evil", EVIL, ids=[f"I5-{k}" for k in range(len(EVIL))])
def test_no_text_of_a_document_begins_a_line(desk: Desk, evil: str) -> None:
    key = json.dumps(evil)
    documents = {
        "key.yaml": f"collabscore: framework/1\nid: x\n{key}: 1\n",
        "id.yaml": f"collabscore: framework/1\nid: {key}\nfacts: {{f: {{kind: flagg}}}}\n",
        "deep.json": f'{{"collabscore": "candidates/1", "framework": {key}, "candidates": [{{{key}: {key}}}]}}',
        "titled.yaml": f"collabscore: candidates/1\nframework: small.yaml\ntitle: {key}\n"
        f"candidates:\n- {{id: a, title: {key}, ratings: {{gain: 9, {key}: 2}}, facts: {{{key}: yes}}}}\n",
        "file.yaml": f"collabscore: candidates/1\nframework: small.yaml\ncandidates:\n- {{id: {key}, {key}: 1}}\n",
    }
    for name, text in documents.items():
        desk.write(name, text)
        for form in ("full", "concise", "json", "github"):
            done = desk.run("check", name, "--format", form)
            assert done.code in (1, 2)
            own = (f"::error file={name},", f"::warning file={name},")
            assert has_forged_lines(done, own if form == "github" else ()) == []
        assert has_forged_lines(desk.run("score", name)) == []
    if evil.isprintable():  # a title that a list may have
        text = (desk.folder / "list.yaml").read_text().replace("The second", key)
        desk.write("fine.yaml", text.replace("framework:", f"title: {key}\nframework:"))
        for words in (
            ("score",),
            ("explain", "b"),
            ("robustness", "--draws", "8"),
            ("check", "-v"),
        ):
            done = desk.run(words[0], "fine.yaml", *words[1:])
            assert done.code == 0
            assert has_forged_lines(done) == []
    # names on the command line
    for arguments in (
        ("check", evil),
        ("score", "list.yaml", "-f", evil),
        ("explain", "list.yaml", evil),
    ):
        assert has_forged_lines(desk.run(*arguments)) == []
    github = desk.run("check", evil, "--format", "github").out
    assert len(github.splitlines()) == 1
    assert github.startswith("::error file=")


@pytest.mark.parametrize("evil", ["a\ufffeb", "a\uffffb", "a\ud800b", "a\x00b", "a\ufdd0b", *EVIL])
def test_a_report_for_junit_is_always_xml(desk: Desk, evil: str) -> None:
    text = (desk.folder / "cases/small.yaml").read_text()
    cases: dict[str, Any] = {"id": "x", "title": evil, "candidate": {}, "expect": {"verdict": evil}}
    desk.write("cases/small.yaml", text + "- " + json.dumps(cases) + "\n")
    for arguments in (("small.yaml",), (evil,), ("small.yaml", "--cases", evil)):
        done = desk.run("test", *arguments, "--format", "junit")
        assert done.code in (0, 1, 2)
        root = ET.fromstring(done.out)
        assert not re.search(
            "[\ufffe\uffff\ud800-\udfff\x00-\x08]", ET.tostring(root, encoding="unicode")
        )
        assert root.get("errors") != "0"
