"""Issue 12, point 3: which way is worse, values in logarithms, tables; what cannot be read has a cure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import collabscore as cs
from collabscore.errors import Diagnostic
from collabscore.reports.framework import framework_data

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


# tables

TABLE = """\
collabscore: framework/1
id: rows
lists: {topics: {items: [soil, chips, grids]}, listed: {among: topics, items: [chips]}}
parties: {eu: European Union, ca: Canada}
facts:
  law: {kind: level, levels: [open, closed], per: party}
  owner: {kind: choice, options: [state, funds], per: partner}
  partner: {kind: choice, options: [firm, lab, any], worse: [lab, firm]}
  stage: {kind: level, levels: [basic, applied, very late], worse: high}
  crit: {kind: flag}
  budget: {kind: number, minimum: 0}
  fields: {kind: set, of: topics}
safeguards: {review: {}}
guardrails:
  rule:
    table:
      facts: [FACTS]
      rows:
ROWS
  each: {when: any_party(law == closed) and any_partner(owner == state), then: refer}
  other: {when: partner == firm and stage == basic and crit and budget > 1 and size(fields) > 1, then: refer}
"""


def of_rows(facts: str, rows: list[str], beside: str = "") -> str:
    written = "\n".join(f"      - {row}" for row in rows) + beside
    return TABLE.replace("FACTS", facts).replace("ROWS", written)


REST, SIZE = "[any, refer]", "write one cell for each fact, in their order, and then the verdict"
EACH = "write a cell for each fact, in their order, in `[...]`"
CELL = "write an answer, a list of answers, or `any` for every answer"
BESIDE = "write it in the rows: `{when: [...], then: ..., needs: [...]}`; or remove `table`"
WRONG: dict[str, tuple[tuple[Any, ...], tuple[str, str], tuple[str, str]]] = {
    "gap": (
        (
            "stage, crit",
            ["[basic, any, inside]", "[applied, yes, refer]", "[very late, any, refer]"],
        ),
        ("table-gap", "no row matches `stage` applied, `crit` no"),
        ("rows", "add a row for these answers, or a last row for all others: `[any, any, ...]`"),
    ),
    "gap-of-numbers": (
        ("budget", ["['>= 5', refer]", "['< 4', inside]"]),
        ("table-gap", "no row matches `budget` 4 to below 5"),
        ("rows", "add a row for these answers, or a last row for all others: `[any, ...]`"),
    ),
    "gap-of-sets": (
        ("fields", ["[listed, refer]", "[soil, inside]"]),
        ("table-gap", "no row matches `fields` nothing of listed or soil"),
        ("rows", "add a row for these answers, or a last row for all others: `[any, ...]`"),
    ),
    "verdict": (
        ("stage", ["[basic, insdie]", REST]),
        ("unknown-verdict", "`insdie` is not a verdict here"),
        ("insdie", "did you mean `inside`?"),
    ),
    "verdict-number": (
        ("stage", ["[basic, 5]", REST]),
        ("unknown-verdict", "`5` is not a verdict here"),
        ("5", "choose from `inside`, `conditional`, `refer`, `outside`"),
    ),
    "verdict-missing": (
        ("stage, crit", ["[basic, yes]", "[any, any, refer]"]),
        ("too-few", "this row has 1 cell, but the table has 2 facts"),
        ("[basic, yes]", SIZE),
    ),
    "cell-too-many": (
        ("stage", ["[basic, yes, refer]", REST]),
        ("too-many", "this row has 2 cells, but the table has 1 fact"),
        ("[basic, yes, refer]", SIZE),
    ),
    "cell-too-few": (
        ("stage, crit", ["{when: [basic], then: refer}", "[any, any, refer]"]),
        ("too-few", "this row has 1 cell, but the table has 2 facts"),
        ("[basic]", "write one cell for each fact, in their order"),
    ),
    "answer": (
        ("stage", ["[bsic, refer]", REST]),
        ("unknown-level", "`bsic` is not an answer to `stage`"),
        ("bsic", "did you mean `basic`?"),
    ),
    "answer-in-list": (
        ("partner", ["[[firm, labb], refer]", "[[firm, lab, any], refer]"]),
        ("unknown-level", "`labb` is not an answer to `partner`"),
        ("labb", "did you mean `lab`?"),
    ),
    "answer-to-flag": (
        ("crit", ["[maybe, refer]", REST]),
        ("unknown-level", "`maybe` is not an answer to `crit`"),
        ("maybe", "choose from `no`, `yes`"),
    ),
    "answer-of-number": (
        ("budget", ["[high, refer]", REST]),
        ("condition-type", "`high` is a word and cannot be compared with a number"),
        ("high", "write a number, or a comparison such as `>= 1`"),
    ),
    "comparison-of-choice": (
        ("partner", ["['>= firm', refer]", "[[firm, lab, any], refer]"]),
        ("condition-type", "`partner` has no order, so `>=` cannot compare it"),
        ("'>= firm'", "list the answers that match: `[firm, lab]`"),
    ),
    "comparison-with-no-level": (
        ("stage", ["['>= late', refer]", REST]),
        ("unknown-level", "`late` is not an answer to `stage`"),
        ("'>= late'", "choose from `basic`, `applied`, `very late`"),
    ),
    "comparison-of-set": (
        ("fields", ["['>= soil', refer]", REST]),
        ("unknown-item", "`>= soil` is neither a list nor an item of `topics`"),
        ("'>= soil'", "did you mean `soil`?"),
    ),
    "comparison-sign": (
        ("budget", ["['=> 5', refer]", REST]),
        ("condition-type", "`=> 5` is a word and cannot be compared with a number"),
        ("'=> 5'", "write a number, or a comparison such as `>= 1`"),
    ),
    "item": (
        ("fields", ["[chps, refer]", REST]),
        ("unknown-item", "`chps` is neither a list nor an item of `topics`"),
        ("chps", "did you mean `chips`?"),
    ),
    "any-is-an-answer": (
        ("partner", ["[any, refer]"]),
        ("ambiguous-cell", "`any` stands for every answer, but is also an answer to `partner`"),
        (
            "any",
            ("write `\"'any'\"` for this answer; for every answer, list them all: `[any, ...]`"),
        ),
    ),
    "cell-null": (
        ("stage, crit", ["[basic, null, refer]", "[any, any, refer]"]),
        ("empty-cell", "an empty cell matches no answer"),
        ("null", CELL),
    ),
    "cell-empty-list": (
        ("stage, crit", ["[[], yes, refer]", "[any, any, refer]"]),
        ("empty-cell", "an empty list matches no answer"),
        ("[]", CELL),
    ),
    "cell-mapping": (
        ("stage, crit", ["[basic, {a: b}, refer]", "[any, any, refer]"]),
        ("invalid-type", "`{a: b}` is not a cell"),
        ("{a: b}", CELL),
    ),
    "fact": (
        ("stage, crti", ["[basic, yes, refer]", "[any, any, refer]"]),
        ("unknown-fact", "`crti` is not a fact here"),
        ("crti", "did you mean `crit`?"),
    ),
    "fact-of-each-party": (
        ("law", ["[closed, refer]", REST]),
        ("unknown-fact", "`law` is asked of each party, but a table asks the candidate"),
        ("law", "choose from `law_eu`, `law_ca`"),
    ),
    "fact-of-each-partner": (
        ("crit, owner", ["[yes, state, refer]", "[any, any, refer]"]),
        ("unknown-fact", "`owner` is asked of each partner, but a table asks the candidate"),
        ("owner", "write a step: `when: any_partner(owner == ...)`"),
    ),
    "fact-twice": (
        ("stage, stage", ["[basic, basic, refer]", "[any, any, refer]"]),
        ("repeated-word", "`stage` is listed twice"),
        ("stage", "remove one of them, or give it another name"),
    ),
    "fact-missing": (
        ("", ["[refer]"]),
        ("too-few", "`facts` has 0 entries; it needs at least 1"),
        ("[]", "add an entry: the facts that its columns ask for"),
    ),
    "if-unknown-in-a-mildest-row": (
        ("stage", ["{when: [basic], then: inside, if_unknown: refer}", REST]),
        (
            "misplaced-key",
            "`if_unknown` does not belong in a row for `inside`, the mildest verdict",
        ),
        ("if_unknown", "remove `if_unknown`"),
    ),
    "needs-in-a-mildest-row": (
        ("stage", ["{when: [basic], then: inside, needs: [review], met: inside}", REST]),
        ("misplaced-key", "`needs` does not belong in a row for `inside`, the mildest verdict"),
        ("needs", "remove `needs`"),
    ),
    "met-without-needs": (
        ("stage", ["{when: [basic], then: refer, met: inside}", REST]),
        ("met-without-needs", "`met` is the verdict with safeguards in place, but none is needed"),
        ("met", "add `needs` with the ids of safeguards, or remove `met`"),
    ),
    "met-above-then": (
        ("stage", ["{when: [basic], then: conditional, needs: [review], met: refer}", REST]),
        (
            "met-above-then",
            "`refer`, with safeguards in place, is more severe than `conditional` without them",
        ),
        ("refer", "write a milder verdict as `met`, or a more severe one as `then`"),
    ),
    "safeguard": (
        ("stage", ["{when: [basic], then: refer, needs: [reviw]}", REST]),
        ("unknown-safeguard", "`reviw` is not a safeguard here"),
        ("reviw", "did you mean `review`?"),
    ),
    "then-missing": (
        ("stage", ["{when: [basic], needs: [review]}", REST]),
        ("missing-key", "`then` is missing"),
        ("{when", "add `then: ...`: verdict if it matches and a needed safeguard is missing"),
    ),
    "key": (
        ("stage", ["{when: [basic], then: refer, need: [review]}", REST]),
        ("unknown-key", "unknown key `need`"),
        ("need", "did you mean `needs`?"),
    ),
    "condition-in-place-of-cells": (
        ("stage", ["{when: stage == basic, then: refer}", REST]),
        ("invalid-type", "expected a list of cells, not `stage == basic`"),
        ("stage == basic", EACH),
    ),
    "text-in-place-of-row": (
        ("stage", ["basic", REST]),
        ("invalid-type", "expected a list of cells, not `basic`"),
        ("basic", EACH),
    ),
    "rows-too-many": (
        ("stage", [REST] * 251),
        ("too-many", "`rows` has 251 entries; it may have at most 250"),
        ("-", "leave some out, or divide the document"),
    ),
    "rows-missing": (
        ("stage", []),
        ("invalid-type", "expected a list, not nothing"),
        ("", "write a list, or remove `rows`"),
    ),
    "beside-steps": (
        ("stage", [REST], "\n    steps: [{when: crit, then: refer}]"),
        ("misplaced-key", "`steps` and `table` cannot both be there: each row has its own verdict"),
        ("steps", BESIDE),
    ),
    "beside-when": (
        ("stage", [REST], "\n    when: crit"),
        ("misplaced-key", "`when` and `table` cannot both be there: each row has its own verdict"),
        ("when", BESIDE),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_table_that_cannot_be_read_has_a_place_and_a_cure(found_in: Found, name: str) -> None:
    given, (code, message), (place, help) = WRONG[name]
    (one,) = [one for one in found_in(of_rows(*given), "rows.yaml") if one.severity == "error"]
    assert (one.code, one.message, one.help) == (code, message, help)
    assert marked(one).startswith(place)


WARNED = {
    "overlap": (
        (
            "stage, crit",
            ["[basic, any, inside]", "['<= applied', yes, refer]", "[any, any, refer]"],
        ),
        "table-overlap",
        "this row gives `refer`, but for some of its answers row 1 counts, which gives `inside`",
    ),
    "milder": (
        ("stage, crit", ["[basic, yes, refer]", "[applied, yes, inside]", "[any, any, refer]"]),
        "table-not-monotone",
        (
            "this row gives `inside`, and row 1 the more severe `refer` for a better answer: "
            "`stage` basic, not applied"
        ),
    ),
    "milder-option": (
        ("partner", ["[lab, refer]", "[firm, inside]", "[[any], refer]"]),
        "table-not-monotone",
        (
            "this row gives `inside`, and row 1 the more severe `refer` for a better answer: "
            "`partner` lab, not firm"
        ),
    ),
    "covered": (
        ("stage", ["[[basic, applied], refer]", "[basic, refer]", "[any, outside]"]),
        "covered-step",
        "this row has no effect: rows above it match first",
    ),
    "behind-the-rest": (
        ("stage", ["[any, refer]", "[basic, refer]"]),
        "covered-step",
        "this row has no effect: rows above it match first",
    ),
    "all-mildest": (
        ("stage", ["[any, inside]"]),
        "never-holds",
        "every row gives `inside`, so this table changes no verdict",
    ),
    "fine-if-unknown": (
        ("stage", ["{when: [basic], then: refer, if_unknown: inside}", "[any, outside]"]),
        "unknown-is-fine",
        "`if_unknown: inside` lets a missing fact pass as if it were fine",
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_odd_rows_are_warned_of(found_in: Found, name: str) -> None:
    given, code, message = WARNED[name]
    found = [one for one in found_in(of_rows(*given), "rows.yaml") if "table" in one.path]
    assert (found[0].code, found[0].message, found[0].severity) == (code, message, "warning")
    assert found[0].help
    assert found[0].span is not None


def test_rest_of_a_table_is_no_overlap(found_in: Found) -> None:
    given = ("stage, crit", ["[basic, any, inside]", "[any, any, refer]"])
    assert [one for one in found_in(of_rows(*given), "rows.yaml") if "table" in one.path] == []


def of_flags(last: list[str], more: str = "") -> str:
    """Write a table with a row for each of twenty flags, and then some last rows."""
    facts = "\n".join(f"  f{k}: {{kind: flag{more}}}" for k in range(20))
    rows = []
    for k in range(20):
        cells = ["yes" if j == k else "any" for j in range(20)]
        rows.append(f"[{', '.join(cells)}, refer]")
    text = of_rows(", ".join(f"f{k}" for k in range(20)), [*rows, *last])
    return text.replace("\nfacts:\n", f"\nfacts:\n{facts}\n", 1)


ALL = "any, " * 20


def test_table_with_too_many_combinations_says_so(found_in: Found) -> None:
    many = "this table has too many combinations of answers to"
    # as many sets of rows match together as there are sets of flags
    text = of_flags([f"[{ALL}inside]", f"[no, {ALL[5:]}refer]"])
    odd, covered = [one for one in found_in(text, "rows.yaml") if "table" in one.path]
    assert (odd.code, odd.message) == (
        "table-not-checked",
        f"{many} look for rows without effect",
    )
    assert (covered.code, covered.path[-1]) == ("covered-step", 21)
    (odd,) = [one for one in found_in(of_flags([]), "rows.yaml") if "table" in one.path]
    assert odd.message == f"{many} look for gaps and rows without effect"
    assert odd.help == "divide it into several guardrails, or end it with a row of `any`"
    listed = [{"id": "a", "facts": {"f7": True}}]
    assert cs.score(listed, cs.load_framework(decoded_framework(text)))["a"].verdict == "refer"


def test_table_whose_rows_cannot_be_compared_says_so(found_in: Found) -> None:
    text = of_flags([f"[{ALL}inside]"], more=", worse: yes")
    # one row for all flags: few sets of rows, and many combinations
    start, end = text.index("      rows:\n"), text.index(f"      - [{ALL}inside]")
    text = f"{text[:start]}      rows:\n      - [{'yes, ' * 20}refer]\n{text[end:]}"
    (odd,) = [one for one in found_in(text, "rows.yaml") if "table" in one.path]
    assert odd.message == (
        "this table has too many combinations of answers to compare rows by `worse`"
    )


def decoded_framework(text: str) -> Any:
    return cs.documents.reader.decoded(text, "rows.yaml").read()


def judged(facts: dict[str, Any], rows: list[str], names: str) -> Any:
    framework = cs.load_framework(decoded_framework(of_rows(names, rows)))
    return cs.score([{"id": "a", "facts": facts}], framework)["a"].findings[0]


@pytest.mark.parametrize(
    ("names", "row", "facts", "matches"),
    [
        ("partner", "[\"'any'\", refer]", {"partner": "any"}, True),
        ("partner", "[[any], refer]", {"partner": "any"}, True),
        ("partner", "[[any], refer]", {"partner": "lab"}, False),
        ("stage", "['>= very late', refer]", {"stage": "very late"}, True),
        ("stage", "[\">= 'very late'\", refer]", {"stage": "applied"}, False),
        ("stage", "['!= basic', refer]", {"stage": "applied"}, True),
        ("crit", "[true, refer]", {"crit": "yes"}, True),
        ("law_ca", "[closed, refer]", {"law": {"eu": "open", "ca": "closed"}}, True),
        ("crit", "[no, refer]", {"crit": "yes"}, False),
        ("budget", "[5, refer]", {"budget": 5}, True),
        ("budget", "['<4.5', refer]", {"budget": 4.5}, False),
        ("budget", "[[1, 2.5], refer]", {"budget": 2.5}, True),
        ("fields", "[listed, refer]", {"fields": ["chips", "soil"]}, True),
        ("fields", "[[listed, soil], refer]", {"fields": ["grids"]}, False),
        ("fields", "[soil, refer]", {"fields": ["soil"]}, True),
    ],
)
def test_cells_match(names: str, row: str, facts: dict[str, Any], matches: bool) -> None:
    rest = "[[firm, lab, any], inside]" if names == "partner" else "[any, inside]"
    found = judged(facts, [row, rest], names)
    assert found.state == ("barred" if matches else "clear")


def test_words_are_those_of_the_row() -> None:
    rows = [
        "{when: [basic, any], then: outside, reason: Too early.}",
        "[any, yes, refer]",
        "[any, any, inside]",
    ]
    found = judged({"stage": "basic"}, rows, "stage, crit")
    assert (found.verdict, found.reason) == (
        "outside",
        "Too early. Row 1 of the table (stage: basic).",
    )
    found = judged({"stage": "applied", "crit": "yes"}, rows, "stage, crit")
    assert (found.verdict, found.reason) == ("refer", "Row 2 of the table (crit: yes).")
    framework = cs.load_framework(decoded_framework(of_rows("stage, crit", rows)))
    listed = [{"id": "a", "facts": {"stage": "applied", "crit": "no"}}]
    memo = cs.explain(cs.score(listed, framework), "a")
    # no row but the rest matches: the answers by which the others do not
    assert [part.answer for part in memo.guardrails[0].decided] == ["applied", "no"]
    data = framework_data(framework)["guardrails"][0]
    assert [step["when"] for step in data["steps"]] == ["stage: basic", "crit: yes", "any answers"]
    assert data["table"]["rows"][1] == ["any", "yes", "refer"]


def test_what_is_written_stays_as_written() -> None:
    rows = ["{when: [basic, any], then: outside}", "[any, yes, refer]", "[any, any, inside]"]
    framework = cs.load_framework(decoded_framework(of_rows("stage, crit", rows)))
    again = cs.load_framework(framework.model_dump(mode="json", exclude_unset=True))
    assert again.digest == framework.digest
    assert again.guardrails["rule"].table == framework.guardrails["rule"].table
