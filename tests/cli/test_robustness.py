from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from .conftest import SCRIPT, Command


def test_it_says_how_sure_the_order_is(collabscore: Command) -> None:
    result = collabscore("robustness", "projects.yaml", "--draws", "500")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("projects.yaml\nHouse rules, version 1\n")
    assert '"Influenza" is first in 96 % of 500 draws.' in result.stdout
    assert "seed" not in result.stdout
    verbose = collabscore("-v", "robustness", "projects.yaml", "--draws", "500")
    assert "500 draws of 3 candidates, seed 0." in verbose.stdout
    assert 'Chips: not ranked; verdict "outside".' in verbose.stdout


def test_the_same_seed_gives_the_same_bytes(collabscore: Command, folder: Path) -> None:
    for name, seed in (("one.json", "7"), ("two.json", "7"), ("three.json", "8")):
        assert (
            collabscore(
                "robustness", "projects.yaml", "--draws", "300", "--seed", seed, "-o", name
            ).exit_code
            == 0
        )
    one, two, three = (
        (folder / name).read_bytes() for name in ("one.json", "two.json", "three.json")
    )
    assert one == two != three
    document = json.loads(one)
    assert document["collabscore"] == "robustness/1"
    assert document["options"]["seed"] == 7


def test_spaces_by_group(collabscore: Command) -> None:
    result = collabscore(
        "robustness",
        "projects.yaml",
        "--draws",
        "50",
        "--weights",
        "any",
        "--weights",
        "benefit=exact",
        "--format",
        "json",
    )
    assert json.loads(result.stdout)["options"]["weights"] == {"": "any", "benefit": "exact"}
    only = collabscore(
        "robustness", "projects.yaml", "--draws", "50", "--weights", "=order", "--format", "json"
    )
    assert json.loads(only.stdout)["options"]["weights"] == {"": "order", "benefit": "within 25%"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--draws", "0"), "draws: `0` is out of range; give one from 1"),
        (("--weights", "anny"), "did you mean `any`"),
        (("--weights", "any", "--weights", "order"), "both apply to all groups"),
        (("--weights", "benefitt=any"), "did you mean `benefit`"),
        (("--weights", "benefit="), "does not say how far weights may vary"),
        (("--weights", "benefit=any", "--weights", "benefit=exact"), "named twice"),
        (("--weights", "within 120%"), "at most 100 per cent"),
        (("--over", "mising"), "did you mean `missing`"),
        (("--over", "guardrail:hrm"), "did you mean `guardrail:harm`"),
        (("--top", "9"), "top: `9` is out of range; give one from 1 to 3"),
        (("--precision", "2"), "--precision: `2.0` is not a standard error within reach"),
        (("--draws", "many"), "not a valid integer"),
        (("--show", "0"), "--show"),
    ],
)
def test_misuse_is_answered(collabscore: Command, arguments: tuple[str, ...], words: str) -> None:
    result = collabscore("robustness", "projects.yaml", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_list_and_a_framework_that_only_gates(collabscore: Command, folder: Path) -> None:
    (folder / "none.yaml").write_text("[]\n")
    (folder / "gate.yaml").write_text(
        "collabscore: framework/1\nid: gate\nfacts: {f: {kind: flag}}\nguardrails: {g: {when: f, then: outside}}\n"
    )
    (folder / "one.yaml").write_text("- {id: a, facts: {f: no}}\n")
    assert "no candidates" in collabscore("robustness", "none.yaml", "-f", "house.yaml").stderr
    assert (
        "has guardrails and no criteria"
        in collabscore("robustness", "one.yaml", "-f", "gate.yaml").stderr
    )


def test_choices_and_forms(collabscore: Command, folder: Path) -> None:
    result = collabscore(
        "robustness",
        "projects.yaml",
        "--draws",
        "300",
        "--over",
        "missing",
        "--over",
        "guardrail:harm",
        "-v",
    )
    assert "Also drawn, each equally likely: missing (average, worst, omit)." in result.stdout
    assert "guardrail:harm: of scores 0 %" in result.stdout
    for name in ("r.md", "r.html", "r.csv"):
        assert (
            collabscore(
                "robustness", "projects.yaml", "--draws", "50", "--show", "1", "-o", name
            ).exit_code
            == 0
        )
    assert (folder / "r.csv").read_text().count("\n") == 2
    assert "Shown: 1 of 3 candidates" in (folder / "r.md").read_text()


def test_every_form_holds_the_candidates_that_are_shown(collabscore: Command) -> None:
    arguments = ("robustness", "projects.yaml", "--draws", "50", "--show", "2", "--format")
    document = json.loads(collabscore(*arguments, "json").stdout)
    assert len(document["candidates"]) == 2
    assert document["selection"] == {"shown": 2, "of": 3, "left_out": {"top 2": 1}}
    rows = collabscore(*arguments, "csv").stdout.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [c["id"] for c in document["candidates"]]
    whole = json.loads(
        collabscore("robustness", "projects.yaml", "--draws", "50", "--format", "json").stdout
    )
    assert document["candidates"] == whole["candidates"][:2]
    assert "selection" not in whole


def test_interrupted_nothing_is_written(folder: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SCRIPT.replace("run()", "print(flush=True); run()"),
            "robustness",
            "projects.yaml",
            "--draws",
            "9000000",
            "-o",
            "r.json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(1.2)  # it draws by then
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert sorted(path.name for path in folder.iterdir()) == [
        "bad.yaml",
        "house.yaml",
        "projects.yaml",
    ]


def test_a_terminal_sees_how_far_it_is_and_a_pipe_does_not(folder: Path) -> None:
    here, there = pty.openpty()
    command = [
        sys.executable,
        "-c",
        f"from collabscore.cli import terminal; terminal._PATIENCE_S = 0; {SCRIPT}",
        "robustness",
        "projects.yaml",
        "--draws",
        "20000",
        "--format",
        "csv",
    ]
    seen: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(here, 4096):
                seen.append(part)
        except OSError:  # the other end is closed
            return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    subprocess.run(
        command,
        stderr=there,
        stdout=subprocess.DEVNULL,
        check=True,
        env={**os.environ, "TERM": "xterm"},
        timeout=60,
    )
    os.close(there)
    reader.join(timeout=10)
    os.close(here)
    shown = b"".join(seen).decode()
    assert "of 20,000" in shown
    assert shown.rstrip("\r\n ").split("\r")[-1].strip() == "" or shown.endswith("\r")
    quiet = subprocess.run(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=True, timeout=60
    )
    assert quiet.stderr == b""


def test_exact_ranks(collabscore: Command, folder: Path) -> None:
    result = collabscore("robustness", "projects.yaml", "--exact", "--weights", "any")
    assert result.exit_code == 0
    assert "Best and worst ranks" in result.stdout
    assert "Weights: any at all." in result.stdout
    assert collabscore("robustness", "projects.yaml", "--exact", "-o", "e.json").exit_code == 0
    assert json.loads((folder / "e.json").read_text())["collabscore"].startswith("extremes")


@pytest.mark.parametrize(
    "option", [("--draws", "100"), ("--over", "missing"), ("--show", "2"), ("--seed", "0")]
)
def test_exact_ranks_pass_over_nothing(collabscore: Command, option: tuple[str, str]) -> None:
    result = collabscore("robustness", "projects.yaml", "--exact", *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{option[0]} is for random draws" in result.stderr


def test_tables_are_in_the_json_of_long_lists_where_asked_for(
    collabscore: Command, folder: Path
) -> None:
    lines = [f"  - {{id: c{k}, ratings: {{shared: {1 + k % 5}}}}}" for k in range(201)]
    head = "collabscore: candidates/1\nframework: house.yaml\ncandidates:\n"
    (folder / "many.yaml").write_text(head + "\n".join(lines), encoding="utf-8")
    arguments = ("robustness", "many.yaml", "--draws", "20", "--format", "json")
    assert "pairwise_wins" not in json.loads(collabscore(*arguments).stdout)["candidates"][0]
    first = json.loads(collabscore(*arguments, "--tables").stdout)["candidates"][0]
    assert len(first["rank_acceptability"]) == len(first["pairwise_wins"]) == 201
    refused = collabscore("robustness", "projects.yaml", "--exact", "--tables")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--tables is for random draws" in refused.stderr
