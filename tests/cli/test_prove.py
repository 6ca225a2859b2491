from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from .conftest import Command

z3 = pytest.importorskip("z3", reason="proofs need the extra `prove`")


def test_a_framework_is_proved_and_examples_are_written(collabscore: Command, folder: Path) -> None:
    result = collabscore("prove", "house.yaml", "--examples", "examples.yaml", "-v")
    assert result.exit_code == 0
    assert "statements: " in result.stdout
    assert "verdict: 8 statements, " in result.stderr
    scored = collabscore("score", "examples.yaml", "-f", "house.yaml", "--format", "json")
    assert scored.exit_code == 0
    for candidate in json.loads(scored.stdout)["candidates"]:
        if candidate["id"].startswith("verdict-"):
            assert candidate["verdict"] in candidate["id"]


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "html"])
def test_every_form(collabscore: Command, folder: Path, form: str) -> None:
    result = collabscore("prove", "house.yaml", "house.yaml", "--format", form)
    assert result.exit_code == 0
    assert "at least as severe" in result.stdout


def test_frameworks_of_one_id_are_named_by_their_files(collabscore: Command, folder: Path) -> None:
    Path("old").mkdir()
    text = Path("house.yaml").read_text()
    for other in ("new.yaml", "old/house.yaml"):
        Path(other).write_text(f"{text}note: Another.\n")
        result = collabscore("prove", "house.yaml", other, "--examples", "examples.yaml")
        assert result.exit_code == 0
        assert f"`house.yaml` is at least as severe as `{other}`" in result.stdout
        assert "sha256" not in result.stdout


CLAIMS = {
    "proved": ("always: {when: budget > 5, at_least: inside}", 0, "● proved: x"),
    "refuted": ("never: {verdict: inside}", 1, "✕ refuted: x"),
    "of-no-candidate": (
        "always: {when: budget > 5 and budget < 3, at_least: inside}",
        1,
        "✕ refuted: x (no candidate meets the condition)",
    ),
}


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize(("claim", "code", "line"), CLAIMS.values(), ids=CLAIMS)
def test_a_claim_that_does_not_hold_gives_exit_code_1(
    collabscore: Command, folder: Path, claim: str, code: int, line: str, form: str
) -> None:
    Path("small.yaml").write_text(
        "collabscore: framework/1\nid: small\nfacts:\n  budget: {kind: number, minimum: 0}\n"
        "guardrails:\n  money: {when: budget > 5, then: refer}\n"
    )
    Path("claims.yaml").write_text(
        "collabscore: cases/1\nframework: small.yaml\n"
        "cases: [{id: a, candidate: {facts: {budget: 1}}, expect: {verdict: inside}}]\n"
        f"claims: [{{id: x, title: x, {claim}}}]\n"
    )
    assert collabscore("check", "claims.yaml").exit_code == 0
    result = collabscore("prove", "small.yaml", "--cases", "claims.yaml", "--format", form)
    assert result.exit_code == code
    if form == "table":
        assert line in result.stdout


def test_it_says_how_to_install_z3(
    collabscore: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    result = collabscore("prove", "house.yaml")
    assert result.exit_code == 2
    assert result.stderr == "error: `z3` is needed for this: pip install 'collabscore[prove]'\n"


WRONG = {
    ("house.yaml", "--time-limit", "0"): "error: --time-limit: `0` is not a time limit; give a number of seconds above 0",
    ("house.yaml", "--time-limit", "nan"): "error: --time-limit: `nan` is not a time limit; give a number of seconds above 0",
    ("house.yaml", "--verdict", "a=b"): "error: --verdict: verdicts are mapped between two frameworks, and one is given; give another framework, or leave it out",
    ("house.yaml", "house.yaml", "--verdict", "inside"): "error: --verdict: `inside` is not of the form THEIRS=OURS",
    ("house.yaml", "house.yaml", "--verdict", "a=b", "--verdict", "a=c"): "error: --verdict: `a` is given twice; give it once",
    ("house.yaml", "house.yaml", "--cases", "x.yaml"): "error: --cases: claims are about one framework, and two are given; leave the cases out",
    ("-", "-"): "error: standard input can be read only once: give the others as files",
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG.items())
def test_wrong_usage(
    collabscore: Command, folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = collabscore("prove", *arguments)
    assert result.exit_code == 2
    assert result.stderr.strip() == message
