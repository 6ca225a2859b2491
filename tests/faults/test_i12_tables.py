"""Issue 12, point 3: which way is worse, values in logarithms, tables; what cannot be read has a cure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collabscore.errors import Diagnostic

from .conftest import marked

Found = Callable[..., list[Diagnostic]]

HOUSE = """\
collabscore: framework/1
id: house
lists: {{topics: {{items: [soil, chips, grids]}}}}
criteria: {{gain: {{{criterion}}}}}
facts:
  crit: {{kind: flag{flag}}}
  stage: {{kind: level, levels: [basic, applied, deployment]{level}}}
  partner: {{kind: choice, options: [firm, lab, agency]{choice}}}
  budget: {{kind: number{number}}}
  fields: {{kind: set, of: topics{set}}}
guardrails:
  all: {{when: "crit and stage == basic and partner == lab and budget > 1 and overlaps(fields, [soil])", then: refer}}
"""
BLANK = dict.fromkeys(("flag", "level", "choice", "number", "set"), "")
BLANK["criterion"] = "scale: {range: [1, 5], unit: points}"


def errors_in(found_in: Found, **parts: str) -> list[Diagnostic]:
    found = found_in(HOUSE.format(**BLANK | parts), "house.yaml")
    return [one for one in found if one.severity == "error"]


UNREAD = {
    "log-from-zero": (
        {"criterion": "scale: {range: [0, 5]}, log: true"},
        ("out-of-range", "`log` needs a scale that begins above 0, not at `0`"),
        ("log", "let the `range` of the scale begin above 0, or remove `log`"),
    ),
    "log-below-zero": (
        {"criterion": "scale: {range: [-2.5, 5]}, value: {1: 0, 5: 100}, log: true"},
        ("out-of-range", "`log` needs a scale that begins above 0, not at `-2.5`"),
        ("log", "let the `range` of the scale begin above 0, or remove `log`"),
    ),
    "log-yes": (
        {"criterion": "scale: {range: [1, 5]}, log: yes"},
        ("invalid-type", "expected true or false, not `yes`"),
        ("yes", "write `true` or `false`"),
    ),
    "log-of-group": (
        {"criterion": "criteria: {a: {scale: {range: [1, 5]}}}, log: true"},
        (
            "misplaced-key",
            "`log` does not belong in a group of criteria, which is not rated itself",
        ),
        ("log", "remove `log`"),
    ),
    "log-as-word": (
        {"criterion": "scale: {range: [1, 5]}, value: log"},
        ("invalid-type", "expected keys with values, not `log`"),
        ("log", "write `name: value`, one on each line below"),
    ),
    "worse-of-flag": (
        {"flag": ", worse: maybe"},
        ("invalid-choice", "`maybe` is not a valid choice for `worse`"),
        (
            "maybe",
            (
                "choose from `yes`, `no`, `high`, `low`: the worse answer: `yes` (or `high`) or `no` "
                "(or `low`)"
            ),
        ),
    ),
    "worse-level-by-name": (
        {"level": ", worse: deployment"},
        ("invalid-choice", "`deployment` is not a valid choice for `worse`"),
        (
            "deployment",
            (
                "choose from `high`, `low`: the worse end of the levels: `high` is the last one, `low` the "
                "first"
            ),
        ),
    ),
    "worse-level-in-order": (
        {"level": ", worse: [basic, applied]"},
        ("invalid-choice", "`[basic, applied]` is not a valid choice for `worse`"),
        (
            "[basic",
            (
                "choose from `high`, `low`: the worse end of the levels: `high` is the last one, `low` the "
                "first"
            ),
        ),
    ),
    "worse-number-misspelt": (
        {"number": ", worse: hihg"},
        ("invalid-choice", "`hihg` is not a valid choice for `worse`"),
        ("hihg", "did you mean `high`?"),
    ),
    "worse-option-unknown": (
        {"choice": ", worse: [lab, frim]"},
        ("unknown-option", "`frim` is not an option of this fact"),
        ("frim", "did you mean `firm`?"),
    ),
    "worse-option-twice": (
        {"choice": ", worse: [lab, firm, lab]"},
        ("repeated-word", "`lab` is listed twice"),
        ("lab", "remove one of them, or give it another name"),
    ),
    "worse-option-alone": (
        {"choice": ", worse: [lab]"},
        ("too-few", "`worse` has 1 entry; it needs at least 2"),
        ("[lab]", "add an entry: options from the best to the worst"),
    ),
    "worse-option-high": (
        {"choice": ", worse: high"},
        ("invalid-type", "options have no order, so `worse: high` has no meaning"),
        ("high", "list options from the best to the worst: `[best, ..., worst]`"),
    ),
    "worse-of-set": (
        {"set": ", worse: high"},
        ("unknown-key", "unknown key `worse`"),
        (
            "worse",
            (
                "remove it, or choose from `title`, `source`, `note`, `verified`, `basis`, `question`, "
                "`per`, `kind`, `of`"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_cannot_be_read_has_a_place_and_a_cure(found_in: Found, name: str) -> None:
    parts, (code, message), (place, help) = UNREAD[name]
    (one,) = errors_in(found_in, **parts)
    assert (one.code, one.message, one.help) == (code, message, help)
    assert marked(one).startswith(place)


@pytest.mark.parametrize(
    "parts",
    [
        {"flag": ", worse: yes"},
        {"flag": ", worse: false"},
        {"flag": ", worse: high"},
        {"level": ", worse: low"},
        {"choice": ", worse: [lab, agency]"},
        {"number": ", worse: high"},
        {"criterion": "scale: {range: [0.001, 5], unit: kg}, prefer: low, log: true"},
        {"criterion": "scale: {range: [0, 5], unit: kg}, log: false"},
        {"criterion": "scale: {range: [1, 9], unit: kg}, value: {2: 0, 4: 100}, log: true"},
    ],
    ids=str,
)
def test_what_can_be_read(found_in: Found, parts: dict[str, str]) -> None:
    assert errors_in(found_in, **parts) == []
