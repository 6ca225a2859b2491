"""Of 500 random errors of documents, each has its place and its cure."""

from __future__ import annotations

import json
from random import Random

from fuzzing.fuzz import DOCUMENTS, mutated

from .conftest import Desk

SEED = 20261128
ERRORS = 500


def test_every_error_of_a_document_has_its_place_and_its_cure(desk: Desk) -> None:
    rng = Random(SEED)
    for name, text in DOCUMENTS.items():
        desk.write(name, text)
    seen, lacking = 0, []
    while seen < ERRORS:
        name = rng.choice([*DOCUMENTS])
        (desk.folder / name).write_bytes(mutated(DOCUMENTS[name], rng))
        done = desk.run("check", name, "--format", "json")
        for found in json.loads(done.out)["files"][0]["diagnostics"]:
            if found["severity"] == "error":
                seen += 1
                has_place = found["span"] is not None and found["span"]["line"] > 0
                if not has_place or not found["help"]:
                    lacking.append((name, found["code"], found["message"]))
        desk.write(name, DOCUMENTS[name])
    assert lacking == []
