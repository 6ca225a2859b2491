from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collabscore.cli.main import cli

HOUSE = """\
collabscore: framework/1
id: house
title: House rules
version: "1"
issuer: An office
legal_force: guidance
as_of: 2025-06-30
summary: Cooperate where it helps.
sources:
  accord: {title: An accord, issuer: An office, date: 2024, url: "https://example.org/accord", verified: primary}
  hearsay: {title: A report, verified: no}
scales:
  five: {range: [1, 5], levels: {1: very low, 5: very high}}
criteria:
  benefit:
    title: Benefit
    side: gain
    criteria:
      shared:
        title: Shared problem
        question: "Does it address one?"
        weight: 2
        scale: five
        anchors: {1: not at all, 5: it is the answer}
        source: {id: accord, clause: article 3}
      skills: {scale: five, source: hearsay}
  sensitivity: {side: risk, scale: five, prefer: low, missing: worst, basis: judgement}
lists:
  fields: {items: {quantum: Quantum, health: {title: Health, items: [flu]}}}
facts:
  touches: {kind: set, of: fields, question: "Which fields?"}
  stage: {kind: level, levels: {basic: no use in view, applied: a use in view}, question: "At which stage?"}
  harmful: {kind: flag, question: "Is harm intended?"}
  budget: {kind: number, unit: million, minimum: 0}
  lead: {kind: choice, options: [health, energy]}
safeguards:
  terms: {title: Written terms, consists_of: a signed text}
  review: {title: Review}
guardrails:
  harm: {title: No harm, when: harmful, then: outside, reason: It serves nobody.}
  papers: {when: stage >= applied, needs: [terms, [review, terms]], then: refer}
bands: {strong: 70, weak: 0}
"""

PROJECTS = """\
collabscore: candidates/1
framework: house.yaml
candidates:
  - id: chips
    ratings: {shared: 2, skills: [2, 4], sensitivity: 5}
    facts: {harmful: yes, stage: basic}
    tags: [tech]
  - id: flu
    title: Influenza
    ratings: {shared: 5, skills: 4, sensitivity: 2}
    facts: {harmful: no, stage: basic}
    tags: [health]
  - id: ocean
    ratings: {shared: 4}
    facts: {harmful: no, stage: applied}
    safeguards: [terms]
    tags: [health, earth]
"""

BAD = """\
- id: a
  wieght: 2
- id: a
  ratings: {shard: 3}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "house.yaml").write_text(HOUSE, encoding="utf-8")
    (tmp_path / "projects.yaml").write_text(PROJECTS, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class Command:
    def __call__(self, *args: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(cli, list(args), input=stdin, prog_name="collabscore")


@pytest.fixture
def collabscore(folder: Path) -> Command:
    return Command()


def printed(capture: pytest.CaptureFixture[str], *args: str) -> tuple[str, str]:
    """Return what a command writes to the streams of this process, which are no terminals."""
    with suppress(SystemExit):
        cli.main(list(args), prog_name="collabscore")
    return capture.readouterr()


SCRIPT = "from collabscore.cli import run; run()"


def run_process(
    *args: str, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *args],
        text=True,
        encoding="utf-8",
        capture_output=True,
        timeout=60,
        env={**os.environ, **(env or {})},
        check=False,
        **options,  # type: ignore[call-overload]
    )
