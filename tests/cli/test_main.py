from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SCRIPT, Command, printed, run_process

ANSI = re.compile(r"\x1b\[")


@pytest.mark.parametrize(
    "command",
    [(), ("new",), ("check",), ("score",), ("frameworks",), ("frameworks", "show"), ("schema",)],
)
def test_help_has_lines_to_copy(collabscore: Command, command: tuple[str, ...]) -> None:
    result = collabscore(*command, "--help")
    assert result.exit_code == 0
    assert "Examples:\n  collabscore " in result.stdout


def test_no_argument_shows_the_help(collabscore: Command) -> None:
    result = collabscore()
    assert result.exit_code == 2
    assert "collabscore new projects.yaml -f guardrail" in result.output


def test_the_version_is_said(collabscore: Command) -> None:
    assert re.fullmatch(r"collabscore \d+\.\d+\.\d+\S*\n", collabscore("--version").stdout)


def test_a_misspelt_command_is_answered_with_the_right_one(collabscore: Command) -> None:
    result = collabscore("scroe", "projects.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr.splitlines()[0] == "error: there is no command `scroe`; did you mean `score`?"
    )


def test_a_misspelt_option_is_answered_with_the_right_one(collabscore: Command) -> None:
    result = collabscore("score", "projects.yaml", "--fromat", "json")
    assert result.exit_code == 2
    assert "--format" in result.stderr


def test_a_fault_of_ours_takes_two_lines(
    collabscore: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr("collabscore.cli.options.score", breaks)
    result = collabscore("score", "projects.yaml")
    assert (result.exit_code, result.stdout) == (70, "")
    assert len(result.stderr.splitlines()) == 2
    assert "ZeroDivisionError: no such luck" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in collabscore("score", "projects.yaml", "--debug").stderr


def test_an_interruption_is_130(collabscore: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("collabscore.cli.options.score", interrupted)
    result = collabscore("score", "projects.yaml")
    assert result.exit_code == 130
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("env", "args", "colour"),
    [
        ({}, (), False),
        ({}, ("--color", "always"), True),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"NO_COLOR": "1"}, (), False),
    ],
)
def test_colour_off_a_terminal(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    env: dict[str, str],
    args: tuple[str, ...],
    colour: bool,
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    for command in (("score", "projects.yaml"), ("check", "bad.yaml", "-f", "house.yaml")):
        out, _ = printed(capsys, *command, *args)
        assert out
        assert bool(ANSI.search(out)) is colour


@pytest.mark.parametrize(("args", "colour"), [((), False), (("--color", "always"), True)])
def test_colour_in_a_pipe(folder: Path, args: tuple[str, ...], colour: bool) -> None:
    done = run_process("score", "projects.yaml", *args)
    assert bool(ANSI.search(done.stdout)) is colour


class _Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("env", "colour"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], colour: bool
) -> None:
    from collabscore.cli.terminal import is_coloured

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert is_coloured(_Terminal()) is colour  # type: ignore[arg-type]


def test_the_real_command_parts_result_and_talk(folder: Path) -> None:
    done = run_process("score", "projects.yaml", "--fail-on", "outside")
    assert done.returncode == 1
    assert done.stdout.startswith("projects.yaml\nHouse rules, version 1\n")
    assert done.stderr == "--fail-on outside: 1 of 3 candidates: `chips`\n"


def test_a_narrow_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    out, err = printed(capsys, "score", "projects.yaml")
    assert err == ""
    assert 30 < max(map(len, out.splitlines())) <= 50


def test_a_stream_without_such_signs_gets_others(folder: Path) -> None:
    done = run_process(
        "score", "projects.yaml", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "x outside" in done.stdout


def test_standard_input_of_the_real_command(folder: Path) -> None:
    text = (folder / "projects.yaml").read_text().replace("framework: house.yaml\n", "")
    done = run_process("score", "-", "-f", "house.yaml", "--format", "csv", input=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].startswith("flu,Influenza,1,")


def test_a_reader_that_has_enough_is_no_error(folder: Path) -> None:
    lines = [f"  - {{id: c{k}, ratings: {{shared: 3}}}}\n" for k in range(3000)]
    (folder / "many.yaml").write_text(
        "collabscore: candidates/1\nframework: house.yaml\ncandidates:\n" + "".join(lines)
    )
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "score", "many.yaml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(60) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_an_interruption_of_the_real_command(folder: Path) -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            SCRIPT.replace("run()", "print(flush=True); run()"),
            "check",
            "-",
            "-f",
            "house.yaml",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        try:
            process.wait(1.5)  # it waits for standard input by then
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert b"Traceback" not in process.stderr.read()


def test_what_is_loaded_for_a_ranking(folder: Path) -> None:
    code = (
        "import sys; from collabscore.cli import run\n"
        "sys.argv = ['collabscore', 'score', 'projects.yaml']\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('rich', 'jsonschema', 'pandas', 'hypothesis', 'jinja2')"
        " if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    bare = "import collabscore, sys; print([name for name in ('click', 'rich') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", bare], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


COMMANDS = [
    ("score", "projects.yaml"),
    ("explain", "projects.yaml", "flu"),
    ("robustness", "projects.yaml"),
    ("sensitivity", "projects.yaml"),
    ("next", "projects.yaml"),
    ("what-if", "projects.yaml"),
    ("diff", "projects.yaml", "projects.yaml"),
    ("new", "mine.yaml"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda given: given[0])
def test_an_option_that_takes_one_value_is_given_once(
    collabscore: Command, folder: Path, arguments: tuple[str, ...]
) -> None:
    result = collabscore(*arguments, "-f", "house.yaml", "--framework", "guardrail")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`-f` is given more than once; give it once" in result.stderr
    assert ("collabscore compare" in result.stderr) == (arguments[0] != "new")
    assert not (folder / "mine.yaml").exists()


def test_the_same_holds_for_every_such_option(collabscore: Command) -> None:
    for option, values in (("--top", "12"), ("-o", "ab"), ("--format", ("csv", "json"))):
        result = collabscore("score", "projects.yaml", option, values[0], option, values[1])
        assert result.exit_code == 2
        assert f"`{option}` is given more than once" in result.stderr
    assert collabscore("score", "projects.yaml", "-v", "-v", "--only", "a").exit_code == 2
    assert collabscore("new", "m.yaml", "--from", "house.yaml", "--from", "x").exit_code == 2
    repeated = ("--only", "inside", "--only", "outside")
    assert collabscore("score", "projects.yaml", *repeated, "-v", "-v").exit_code == 0


ALL_COMMANDS = [
    *(
        "new",
        "convert",
        "check",
        "score",
        "explain",
        "robustness",
        "sensitivity",
        "next",
        "what-if",
    ),
    *("compare", "diff", "panel", "test", "prove", "frameworks", "schema"),
]


def test_without_arguments_the_help_is_short(collabscore: Command) -> None:
    result = collabscore()
    lines = result.output.splitlines()
    assert len(lines) < 30
    assert [line.split()[0] for line in lines if line.startswith("  ")][
        -len(ALL_COMMANDS) :
    ] == ALL_COMMANDS
    assert "--debug" not in result.output


@pytest.mark.parametrize("command", [(), *((name,) for name in ALL_COMMANDS)])
def test_help_leads_with_examples_and_fits(
    collabscore: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = collabscore(*command, "--help").stdout
    assert text.index("Examples:") < text.index("Options:")
    assert len(text[: text.index("Examples:")].splitlines()) <= 6
    assert "..." not in text.partition("Commands:")[2].partition("Options:")[0]
    literary = r"\b(Say|alone|Letters|this one|told|stands?|asked|unasked|lift)\b"
    assert not re.search(literary, text), re.search(literary, text)
    examples = text.partition("Examples:\n")[2].partition("\n\n")[0]
    others = [line for line in text.splitlines() if line not in examples]
    assert max(map(len, others)) <= 80


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "projects.yaml", "-o", "projects.yaml", "--format", "md"),
        ("score", "projects.yaml", "-o", "link.md"),
        ("score", "projects.yaml", "-f", "house.yaml", "-o", "house.yaml", "--format", "csv"),
        ("explain", "projects.yaml", "flu", "-f", "house.yaml", "-o", "./house.yaml"),
        ("diff", "projects.yaml", "projects.yaml", "-o", "projects.yaml", "--format", "json"),
        ("what-if", "projects.yaml", "--set", "flu.shared=1", "-o", "projects.yaml"),
        ("panel", "projects.yaml", "other.yaml", "-o", "projects.yaml", "--format", "yaml"),
    ],
)
def test_an_input_is_not_written_over(
    collabscore: Command, folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "link.md").symlink_to(folder / "projects.yaml")
    (folder / "other.yaml").write_text((folder / "projects.yaml").read_text())
    before = [(folder / name).read_text() for name in ("projects.yaml", "house.yaml")]
    if "--format" not in arguments:
        arguments = (*arguments, "--format", "md")
    result = collabscore(*arguments)
    assert result.exit_code == 2
    assert "is an input of this command: choose another file" in result.stderr
    assert [(folder / name).read_text() for name in ("projects.yaml", "house.yaml")] == before


def test_a_folder_that_is_missing_is_named(collabscore: Command, folder: Path) -> None:
    result = collabscore("score", "projects.yaml", "-o", "out/x.html")
    assert result.exit_code == 2
    assert "cannot write `out/x.html`: there is no folder `out`; create it first" in result.stderr
    assert str(folder) not in result.stderr
