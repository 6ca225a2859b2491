"""Exact ranks on the command line: nothing but the result comes to stdout."""

from __future__ import annotations

import ctypes
import json
import os
import random
from pathlib import Path

import pytest

from collabscore.cli.main import cli
from collabscore.cli.terminal import c_output_discarded

C_LIBRARY = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)


def documents(seed: int) -> tuple[str, str, str]:
    """Return a framework, a list and a space of weights; JSON is YAML."""
    rng = random.Random(seed)
    m, n, step = rng.randint(2, 7), rng.randint(3, 22), rng.choice([1, 25, 10])
    scale = {"range": [0, 100]}
    criteria = {
        f"c{k}": {"weight": rng.choice([1, 2, 3, [1, 3]]), "scale": scale} for k in range(m)
    }
    if m > 3 and rng.random() < 0.5:
        items = list(criteria.items())
        criteria = {"g": {"weight": 2, "criteria": dict(items[: m // 2])}, **dict(items[m // 2 :])}
    rows = [
        {
            "id": f"x{i}",
            "ratings": {f"c{k}": step * rng.randint(0, 100 // step) for k in range(m)},
        }
        for i in range(n)
    ]
    space = rng.choice(["any", "order", "within 25%", "within 80%", "intervals"])
    framework = {"collabscore": "framework/1", "id": "t", "criteria": criteria}
    candidates = {"collabscore": "candidates/1", "framework": "t.yaml", "candidates": rows}
    return json.dumps(framework), json.dumps(candidates), space


@pytest.mark.parametrize("seed", [1, 9, 12])
def test_stdout_holds_the_result_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    seed: int,
) -> None:
    """With seed 9, HiGHS 1.12 prints a line for its developers."""
    framework, candidates, space = documents(seed)
    (tmp_path / "t.yaml").write_text(framework)
    (tmp_path / "list.yaml").write_text(candidates)
    arguments = ["robustness", "list.yaml", "--exact", "--weights", space, "--format", "json"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments, prog_name="collabscore")
    C_LIBRARY.fflush(None)  # what would be written at the end of the process
    out, err = capfd.readouterr()
    assert not stop.value.code
    assert json.loads(out)["collabscore"] == "extremes/1"
    assert out.startswith("{")
    assert err == ""


def test_lines_of_libraries_in_c_are_discarded(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(1, b"before ")
    with c_output_discarded():
        C_LIBRARY.puts(b"a line for developers")
        os.write(1, b"another")
    os.write(1, b"after")
    assert capfd.readouterr().out == "before after"
