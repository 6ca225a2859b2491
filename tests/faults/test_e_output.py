"""Parts E5, I6 and I10: an output is never an input, and is whole or not there."""

from __future__ import annotations

import errno
import io
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable

import pytest

from .conftest import COMMANDS, Desk, is_a_sentence

WRITING = {name: words for name, words in COMMANDS.items() if name not in ("check", "new", "adapt")}
"""Commands with the option -o."""
JSON = ("--format", "json")


def given(command: str) -> list[str]:
    kinds = {"LIST": "list.yaml", "FRAMEWORK": "small.yaml"}
    return [kinds.get(word, word) for word in WRITING[command]]


def to(output: str) -> tuple[str, ...]:
    return (*JSON, "-o", output)


# the output is an input


def named(desk: Desk, way: str) -> str:
    """Return another name of the framework, which the list of candidates names."""
    file = desk.folder / "small.yaml"
    if way == "I6-link":
        (desk.folder / "link.json").symlink_to(file)
    elif way == "I6-link-to-link":
        (desk.folder / "one").symlink_to("small.yaml")
        (desk.folder / "link.json").symlink_to("one")
    elif way == "I6-hard-link":
        os.link(file, desk.folder / "link.json")
    elif way == "I6-linked-folder":
        (desk.folder / "here").symlink_to(".")
        return "here/small.yaml"
    else:
        return {"name": "small.yaml", "I6-dots": "cases/../small.yaml", "whole": str(file)}[way]
    return "link.json"


WAYS = [
    "name",
    "whole",
    "I6-dots",
    "I6-link",
    "I6-link-to-link",
    "I6-hard-link",
    "I6-linked-folder",
]


@pytest.mark.parametrize("way", WAYS)
def test_no_command_writes_over_what_it_read(desk: Desk, way: str) -> None:
    """The framework is read since the list names it, and the cases since they are beside it."""
    output = named(desk, way)
    before = (desk.folder / "small.yaml").read_text()
    for command in WRITING:
        form = to(output)
        if command in ("show", "panel") and output.endswith(".yaml"):
            form = form[2:]  # JSON and this suffix contradict each other
        done = desk.run(*given(command), *form)
        is_a_sentence(done, "is an input of this command: choose another file")
        assert done.code == 2
    if output == "link.json":  # a framework is YAML
        (desk.folder / output).rename(desk.folder / "link.yaml")
        output = "link.yaml"
    adapted = desk.run("new", output, "--from", "small.yaml", "--force")
    is_a_sentence(adapted, "is an input of this command")
    assert (desk.folder / "small.yaml").read_text() == before


INPUTS = {
    "list": (("score", "list.yaml"), "list.yaml"),
    "framework-option": (("score", "list.yaml", "-f", "other.yaml"), "other.yaml"),
    "vocabulary": (("score", "worded.yaml"), "words.yaml"),
    "cases": (("test", "small.yaml"), "cases/small.yaml"),
    "cases-option": (("test", "small.yaml", "--cases", "more.yaml"), "more.yaml"),
    "result": (("diff", "old.json", "list.yaml"), "old.json"),
    "faulty": (("test", "small.yaml", "broken.yaml"), "broken.yaml"),
}


@pytest.mark.parametrize("fault", INPUTS)
def test_every_kind_of_input_is_known(desk: Desk, fault: str) -> None:
    words = "collabscore: vocabulary/1\nid: words\nlists: {}\n"
    desk.write("words.yaml", words + "scales: {five: {range: [1, 5]}}\n")
    text = (desk.folder / "small.yaml").read_text().replace("scales: {five: {range: [1, 5]}}\n", "")
    desk.write("using.yaml", text.replace("id: small", "id: using\nuses: words.yaml"))
    desk.write(
        "worded.yaml", "collabscore: candidates/1\nframework: using.yaml\ncandidates: [{id: a}]\n"
    )
    desk.write("more.yaml", (desk.folder / "cases/small.yaml").read_text())
    desk.write("broken.yaml", "a: [")
    assert desk.run("score", "list.yaml", "-o", "old.json").code == 0
    arguments, output = INPUTS[fault]
    before = (desk.folder / output).read_text()
    for _ in range(2):  # a vocabulary is kept from one command to the next
        done = desk.run(*arguments, *to(output))
        is_a_sentence(done, f"`{output}` is an input of this command: choose another file")
    assert (desk.folder / output).read_text() == before


def test_a_file_read_as_standard_input(desk: Desk) -> None:
    text = (desk.folder / "list.yaml").read_text().replace("framework: small.yaml\n", "")
    with desk.write("bare.yaml", text).open() as opened:
        done = desk.run("score", "-", "-f", "small.yaml", *to("bare.yaml"), stdin=opened)
    is_a_sentence(done, "`bare.yaml` is an input of this command")


def test_a_result_added_to_its_own_input(desk: Desk) -> None:
    """A shell opens the file: `collabscore score list.yaml >> list.yaml`."""
    err = io.StringIO()
    before = (desk.folder / "list.yaml").read_text()
    with (desk.folder / "list.yaml").open("a") as out:
        assert desk.run_on(out, err, "score", "list.yaml") == 2
    assert "standard output is an input of this command" in err.getvalue()
    assert (desk.folder / "list.yaml").read_text() == before
    with (desk.folder / "other.txt").open("a") as out:
        assert desk.run_on(out, err, "score", "list.yaml") == 0


# places that cannot be written to


def in_a_missing_folder(desk: Desk) -> str:
    return "out/x.json"


def in_a_missing_folder_of_a_link(desk: Desk) -> str:
    (desk.folder / "dangling.json").symlink_to("nowhere/x.json")
    return "dangling.json"


def at_a_folder(desk: Desk) -> str:
    (desk.folder / "x.json").mkdir()
    return "x.json"


def with_a_stroke(desk: Desk) -> str:
    return "x.json/"


def at_a_read_only_file(desk: Desk) -> str:
    desk.write("x.json", "kept").chmod(0o444)
    return "x.json"


def at_a_link_to_a_read_only_file(desk: Desk) -> str:
    at_a_read_only_file(desk)
    (desk.folder / "y.json").symlink_to("x.json")
    return "y.json"


def at_a_circle(desk: Desk) -> str:
    (desk.folder / "x.json").symlink_to("y.json")
    (desk.folder / "y.json").symlink_to("x.json")
    return "x.json"


def with_a_long_name(desk: Desk) -> str:
    return "x" * 300


def below_a_file(desk: Desk) -> str:
    return "list.yaml/x.json"


def at_a_full_device(desk: Desk) -> str:
    return "/dev/full"


PLACES: dict[Callable[[Desk], str], str] = {
    in_a_missing_folder: "cannot write `out/x.json`: there is no folder `out`; create it first",
    in_a_missing_folder_of_a_link: "cannot write `dangling.json`: no such file or directory",
    at_a_folder: "cannot write `x.json`: it is a folder",
    with_a_stroke: "cannot write `x.json/`: it is a folder",
    at_a_read_only_file: "cannot write `x.json`: it is read-only; choose another file",
    at_a_link_to_a_read_only_file: "cannot write `y.json`: it is read-only",
    at_a_circle: "cannot write `x.json`: too many levels of symbolic links",
    with_a_long_name: "file name too long; use a shorter name",
    below_a_file: "cannot write `list.yaml/x.json`: ",
    at_a_full_device: "cannot write `/dev/full`: no space left on device",
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_place_that_cannot_be_written_to(desk: Desk, place: Callable[[Desk], str]) -> None:
    output = place(desk)
    before = {file: file.lstat().st_mtime_ns for file in desk.folder.rglob("*")}
    for command in WRITING:
        done = desk.run(*given(command), *to(output))
        is_a_sentence(done, PLACES[place])
        assert (done.code, done.out) == (2, "")
        assert str(desk.folder) not in done.err
    is_a_sentence(desk.run("schema", "-o", output), PLACES[place])
    assert {file: file.lstat().st_mtime_ns for file in desk.folder.rglob("*")} == before


PLACES_OF_LISTS = {
    "out/x.yaml": "cannot write `out/x.yaml`: there is no folder `out`; create it first",
    "cases/": "cannot write `cases/`: it is a folder",
    "list.yaml/x.yaml": "cannot write `list.yaml/x.yaml`: ",
    "kept.yaml": "cannot write `kept.yaml`: it is read-only; choose another file",
}


@pytest.mark.parametrize("output", PLACES_OF_LISTS)
def test_a_place_where_no_list_can_be_made(desk: Desk, output: str) -> None:
    desk.write("kept.yaml", "kept").chmod(0o444)
    done = desk.run("new", output, "-f", "small.yaml", "--force")
    is_a_sentence(done, PLACES_OF_LISTS[output])


# whole or not at all


@pytest.fixture(params=["unnamed", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With and without files that have no name, which not every system has."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no files without names")
    return str(request.param)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_a_file_keeps_its_mode(desk: Desk, way: str, mode: int) -> None:
    desk.write("x.json", "old").chmod(mode)
    assert desk.run("score", "list.yaml", *to("x.json")).code == 0
    assert stat.S_IMODE((desk.folder / "x.json").stat().st_mode) == mode
    assert (desk.folder / "x.json").read_text().startswith("{")


def test_a_new_file_has_the_mode_of_the_process(desk: Desk, way: str) -> None:
    old = os.umask(0o027)
    try:
        assert desk.run("score", "list.yaml", *to("x.json")).code == 0
    finally:
        os.umask(old)
    assert stat.S_IMODE((desk.folder / "x.json").stat().st_mode) == 0o640


def test_a_link_is_followed_and_stays(desk: Desk, way: str) -> None:
    desk.write("cases/real.json", "old")
    (desk.folder / "x.json").symlink_to("cases/real.json")
    (desk.folder / "new.json").symlink_to("cases/made.json")
    for name in ("x.json", "new.json"):
        assert desk.run("score", "list.yaml", *to(name)).code == 0
        assert (desk.folder / name).is_symlink()
    assert (desk.folder / "cases/real.json").read_text().startswith("{")
    assert (desk.folder / "cases/made.json").read_text().startswith("{")


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, SystemExit(143), OSError(errno.EIO, "Bad disk")]
)
def test_an_interrupted_file_leaves_nothing(
    desk: Desk, way: str, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fails(*_: object) -> None:
        raise error

    desk.write("x.json", "old")
    before = sorted(file.name for file in desk.folder.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        done = desk.run("score", "list.yaml", *to("x.json"))
    assert done.code in (130, 143, 2)
    assert sorted(file.name for file in desk.folder.iterdir()) == before
    assert (desk.folder / "x.json").read_text() == "old"


def test_a_file_left_by_a_killed_process_disturbs_nobody(desk: Desk, way: str) -> None:
    desk.write(f".collabscore-{os.getpid()}", "half")
    assert desk.run("score", "list.yaml", *to("x.json")).code == 0
    assert [file.name for file in desk.folder.glob(".*")] == []


def test_a_name_of_the_greatest_length(desk: Desk, way: str) -> None:
    name = "x" * 250 + ".json"
    assert desk.run("score", "list.yaml", "-o", name).code == 0
    assert (desk.folder / name).is_file()


def test_a_device_is_written_to(desk: Desk) -> None:
    assert desk.run("score", "list.yaml", *to("/dev/null")) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_process_leaves_no_file(desk: Desk, number: signal.Signals) -> None:
    """The process stops when all but the name is written."""
    code = (
        "import os, time\nfrom collabscore.cli import run\n"
        "def fsync(file):\n    print(flush=True); time.sleep(60)\n"
        "os.fsync = fsync\nrun()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "schema", "framework", "-o", "x.json"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        assert process.wait(30) == (143 if number == signal.SIGTERM else -9)
    left = [
        file.name for file in desk.folder.iterdir() if "json" in file.name or file.name[0] == "."
    ]
    assert left == []
