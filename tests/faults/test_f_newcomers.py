"""Part F: what newcomers write, each refused at its place with the words to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import collabscore as cs
from collabscore.checks.warnings import framework_warnings

from .conftest import Desk, is_a_sentence

FRAMEWORK = """\
collabscore: framework/1
id: house
scales: {five: {range: [1, 5], levels: {1: very low, 5: very high}}}
criteria:
  gain: {title: Mutual gain, scale: {range: [1, 5]}}
  risk: {title: Risk of misuse, scale: five, prefer: low, weight: 2}
facts:
  crit: {title: Critical technology, kind: flag}
  stage: {title: Stage of research, kind: level, levels: [basic, applied, late stage]}
  lead: {kind: choice, options: [health, energy]}
  budget: {kind: number, minimum: 0, unit: million USD}
  staff: {kind: number}
  about: {kind: set, of: fields}
lists:
  fields: {items: [health, quantum]}
safeguards:
  review: {title: Review by experts}
guardrails:
  g1: {when: crit, needs: [review], then: outside}
"""
LIST = """\
collabscore: candidates/1
framework: house.yaml
as_of: 2026-01-01
candidates:
  - id: flu
    title: Influenza at borders
    ratings:
      gain: 3
      risk: 2
    facts:
      crit: yes
      stage: basic
      lead: health
      budget: 3
      staff: 4
      about: [health]
    safeguards: [review]
  - id: grid
    title: Grid
    ratings: {gain: 4}
"""

Check = Callable[[str, str, str], list[str]]


@pytest.fixture
def check(desk: Desk) -> Check:
    """Return a function that checks a document with one change: `column: message | help` each."""
    desk.write("house.yaml", FRAMEWORK)

    def errors_of(text: str, old: str, new: str) -> list[str]:
        assert old in text
        name = "list.yaml" if text is LIST else "house.yaml"
        changed = text.replace(old, new, 1)
        desk.write(name, changed)
        done = desk.run("check", name, "--format", "json")
        found = []
        for one in json.loads(done.out)["files"][0]["diagnostics"]:
            if one["severity"] == "error":
                span = one["span"]
                line = changed.splitlines()[span["line"] - 1]
                marked = line[span["column"] - 1 : span["end_column"] - 1]
                found.append(f"{marked} @{span['line']} | {one['message']} | {one['help']}")
        return found

    return errors_of


# scalars: what is marked is what was written, and the help is the value that was meant

NUMBER = "write a number from 1 to 5, or `unknown`"
SCALARS: dict[str, dict[str, str]] = {
    "gain: 3": {
        '"4"': "write `4`, without quotes",
        "3,5": "write `3.5`",
        '"3,5"': "write `3.5`",
        "3-5": "write `[3, 5]`",
        "80%": NUMBER,
        "n/a": "write `unknown`",
        '"?"': "write `unknown`",
        "four": "write `4`",
        # siblings
        "'5'": "write `5`, without quotes",
        "3–5": "write `[3, 5]`",
        "3 to 5": "write `[3, 5]`",
        "5 - 3": "write `[3, 5]`",
        "3..5": "write `[3, 5]`",
        "between 2 and 4": "write `[2, 4]`",
        "4/5": "write `4`",
        "4 out of 5": "write `4`",
        "4 (high)": "write `4`",
        "about 4": "write `4`",
        "4;": "write `4`",
        "٣": "write `3`",
        "N/A": "write `unknown`",
        "tbd": "write `unknown`",
        "Unknown": "write `unknown`",
        "none": "write `unknown`",
        "Three": "write `3`",
        "4.5 %": "write `4.5`",
        "7,5": NUMBER,
        "high": NUMBER,
        "½": NUMBER,
        "≥3": NUMBER,
        "[4]": "write `4`",
        "[3 5]": "write `[3, 5]`",
        "[3-5]": "write `[3, 5]`",
        "[2, 3, 4]": "write `[2, 4]` or `{value: 3, low: 2, high: 4}`",
        "9": "use a number from 1 to 5, or `unknown`",
    },
    "risk: 2": {
        "Very high": "did you mean `very high`?",
        "very_high": "did you mean `very high`?",
        "2,5": "write `2.5`",
        "medium": (
            "choose from `very low`, `very high`, or write a number from 1 (very low) to 5 "
            "(very high), or `unknown`"
        ),
    },
    "crit: yes": {
        "Yes": "write `yes`",
        "y": "write `yes`",
        "1": "write `yes`",
        "0": "write `no`",
        "No.": "write `no`",
        "off": "write `no`",
        "ja": "write `yes`",
        "?!": "write `yes`, `no` or `unknown`",
        "maybe": "write `yes`, `no` or `unknown`",
    },
    "stage: basic": {
        "Basic": "did you mean `basic`?",
        "LATE STAGE": "did you mean `late stage`?",
        "late_stage": "did you mean `late stage`?",
        "latestage": "did you mean `late stage`?",
        "basic or applied": "write `[basic, applied]`",
        "basic/applied": "write `[basic, applied]`",
        "3": "choose from `basic`, `applied`, `late stage`",
        "n/a": "write `unknown`",
    },
    "lead: health": {
        "Health": "did you mean `health`?",
        "health, energy": "write `[health, energy]`",
    },
    "budget: 3": {
        "5 million": "write `5`",
        "5.0 million USD": "write `5`",
        "USD 5": "write `5`",
        "5.000.000": "write `5000000`",
        "[5 million, 6]": "write `5`",
    },
    "staff: 4": {
        "5 million": "write `5000000`",
        "2-5 million": "write `[2000000, 5000000]`",
        "5M": "write `5000000`",
        "1.5k": "write `1500`",
        "5,000,000": "write `5000000`",
        "5 000 000": "write `5000000`",
        "5'000'000": "write `5000000`",
        "5_000_000": "write `5000000`",
        "1.234,5": "write `1234.5`",
        "1,000": "write `1000` or `1`",
        "USD 5": "write `5`",
        "$5": "write `5`",
        "five": "write `5`",
        "yes": "use a number, or `unknown`",
    },
    "about: [health]": {
        "health": "write `[health]`",
        "health, quantum": "write `[health, quantum]`",
        "none": "write `[]` or `unknown`",
        "Health": "did you mean `health`?",
    },
    "as_of: 2026-01-01": {
        "1/2/2026": "write `2026-02-01` or `2026-01-02`",
        "31/12/2026": "write `2026-12-31`",
        "12/31/2026": "write `2026-12-31`",
        "2026/01/02": "write `2026-01-02`",
        "2026.1.2": "write `2026-01-02`",
        "2.1.2026": "write `2026-01-02`",
        "20260102": "write `2026-01-02`",
        "2 Jan 2026": "write `2026-01-02`",
        "Jan 2026": "write `2026-01`",
        "01/2026": "write `2026-01`",
        "2026-01-02T10:00": "write `2026-01-02`",
        "today": "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
        "2026-02-30": "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`",
    },
}
CASES = [
    pytest.param(line, written, help, id=f"F-{line.partition(':')[0]}-{written}")
    for line, answers in SCALARS.items()
    for written, help in answers.items()
]


@pytest.mark.parametrize(("line", "written", "help"), CASES)
def test_a_wrong_value_is_marked_and_what_was_meant_is_said(
    check: Check, line: str, written: str, help: str
) -> None:
    (found,) = check(LIST, line, f"{line.partition(':')[0]}: {written}")
    marked, _, said = found.partition(" @")
    assert marked in (written, written.strip("[]").partition(",")[0])
    assert said.endswith(f" | {help}")


# lines and shapes: the text that is replaced, its replacement, and the errors

SYNTAX = "this is not valid YAML: "
NO_COLON = f"{SYNTAX}this line has no `: ` behind its key"
DEEPER = f"{SYNTAX}this line is indented deeper than the line above, which has its value already"
COMMA = (
    "inside `{...}` a comma begins a new key: write `0.2` with a point, `[1, 5]` for a list, and "
    "put other text in quotes"
)
KEYS = "`id`, `title`, `summary`, `unit`, `ratings`, `facts`, `safeguards`, `partners`, `tags`, `part_of`, `note`"
LINES: dict[str, tuple[str, str, str]] = {
    "F-missing-colon": (
        "gain: 3",
        "gain 3",
        f"gain 3 @8 | {NO_COLON} | write `gain: 3`, with a colon and a space",
    ),
    "F-no-blank": (
        "gain: 3",
        "gain:3",
        f"gain:3 @8 | {NO_COLON} | write `gain: 3`, with a colon and a space",
    ),
    "last-of-its-mapping": (
        "risk: 2",
        "risk:2",
        f"risk:2 @9 | {NO_COLON} | write `risk: 2`, with a colon and a space",
    ),
    "equals-sign": (
        "crit: yes",
        "crit = yes",
        f"crit = yes @11 | {NO_COLON} | write `crit: yes`, with a colon and a space",
    ),
    "of-a-section": (
        "candidates:\n",
        "candidates\n",
        f"candidates @4 | {NO_COLON} | write `candidates:`",
    ),
    "of-the-first-line": (
        "collabscore: ",
        "collabscore:",
        (
            f"collabscore:candidates/1 @1 | {NO_COLON} | write `collabscore: candidates/1`, with a "
            "colon and a space"
        ),
    ),
    "F-id": (
        "- id: flu",
        "- id flu",
        f"id flu @5 | {NO_COLON} | write `id: flu`, with a colon and a space",
    ),
    "in-braces": (
        "{gain: 4}",
        "{gain:4}",
        (
            "gain:4 @20 | `gain:4` is not a criterion of `house` | write `gain: 4`, with a colon and a "
            "space"
        ),
    ),
    "F-apostrophe": (
        "title: Grid",
        "title: 'People's grid'",
        (
            f"' @19 | {SYNTAX}the value ends at this `'`, and the line goes on | write an apostrophe "
            "inside it twice: `''`, or put the text in double quotes"
        ),
    ),
    "double-quotes": (
        "title: Grid",
        'title: "The "grid" itself"',
        (
            f'" @19 | {SYNTAX}the value ends at this `"`, and the line goes on | write a double quote '
            'inside it as `\\"`, or put the text in single quotes'
        ),
    ),
    "brackets": (
        "title: Grid",
        "title: [WP3] Grid",
        (
            f"] @19 | {SYNTAX}the value ends at this `]`, and the line goes on | put the whole text in "
            "double quotes"
        ),
    ),
    "quote-open": (
        "title: Grid",
        "title: 'Grid",
        f"' @19 | {SYNTAX}this `'` is not closed | add a `'` at its end",
    ),
    "bracket-open": (
        "gain: 3",
        "gain: [3, 5",
        f"[ @8 | {SYNTAX}this `[` is not closed | add a `]` at its end",
    ),
    "colon-in-text": (
        "title: Grid",
        "title: Grid: models",
        f': @19 | {SYNTAX}this line has `: ` twice | put the text in quotes: `"Grid: models"`',
    ),
    "F-question-mark": (
        "gain: 3",
        "gain: ?",
        (
            f"? @8 | {SYNTAX}a value cannot begin with `?` | write `unknown` for an "
            "unknown answer, or put text that begins with `?` in quotes"
        ),
    ),
    "dash": (
        "gain: 3",
        "gain: -",
        (
            f"- @8 | {SYNTAX}a list cannot begin on the line of its key | begin a list on "
            "the line below, or write `unknown` for an unknown answer"
        ),
    ),
    "F-tab": ("      gain: 3", "\tgain: 3", "\t @8 | a tab cannot indent YAML | use spaces"),
    "tab-before-hyphen": (
        "  - id: flu",
        "\t- id: flu",
        "\t @5 | a tab cannot indent YAML | use spaces",
    ),
    "F-indented-deeper": (
        "    title: Grid",
        "      title: Grid",
        f"title @19 | {DEEPER} | begin it at the same column as the key above",
    ),
    "F-forgotten-candidates": (
        "candidates:\n",
        "",
        (
            f"- id @4 | {DEEPER} | write the key of this list on a line above it, such as "
            "`candidates:`"
        ),
    ),
    "no-hyphen": (
        "  - id: grid\n    title: Grid\n    ratings: {gain: 4}\n",
        "    id: grid\n",
        (
            "id @18 | `id` is defined twice | first defined at line 5; keep one, or begin the next "
            "entry with `- `"
        ),
    ),
    "F-list-not-mapping": (
        "ratings: {gain: 4}",
        "ratings: [gain: 4]",
        "[gain: 4] @20 | expected keys with values, not `[gain: 4]` | leave out the hyphens: write `gain: 4`",
    ),
    "words-not-mapping": (
        "ratings: {gain: 4}",
        "facts: [crit]",
        "[crit] @20 | expected keys with values, not `[crit]` | write `crit: ...`, one on each line below",
    ),
    "text-not-list": (
        "safeguards: [review]",
        "safeguards: review",
        "review @17 | expected a list, not `review` | write `[review]`",
    ),
    "texts-not-list": (
        "title: Grid",
        "tags: energy, water",
        "energy, water @19 | expected a list, not `energy, water` | write `[energy, water]`",
    ),
    "mapping-not-list": (
        "safeguards: [review]",
        "safeguards: {review: yes}",
        (
            "{review: yes} @17 | expected a list, not `{review: yes}` | begin each entry with `- id: "
            "review`, and put its other keys below it"
        ),
    ),
    "F-criterion-title": (
        "gain: 3",
        "Mutual gain: 3",
        "Mutual gain @8 | `Mutual gain` is not a criterion of `house` | did you mean `gain`?",
    ),
    "criterion-capitals": (
        "gain: 3",
        "GAIN: 3",
        "GAIN @8 | `GAIN` is not a criterion of `house` | did you mean `gain`?",
    ),
    "fact-title": (
        "crit: yes",
        "critical technology: yes",
        (
            "critical technology @11 | `critical technology` is not a fact of `house` | did you mean "
            "`crit`?"
        ),
    ),
    "F-safeguard-title": (
        "[review]",
        "[Review by experts]",
        (
            "Review by experts @17 | `Review by experts` is not a safeguard of `house` | did you mean "
            "`review`?"
        ),
    ),
    "part-of-title": (
        "title: Grid",
        "part_of: Influenza at borders",
        (
            "Influenza at borders @19 | `Influenza at borders` is not the id of another candidate in this file, of which this one is a part | did "
            "you mean `flu`?"
        ),
    ),
    "F-id-with-blanks": (
        "id: flu",
        'id: "flu "',
        '"flu " @5 | the id `flu ` begins or ends with a space | write `flu`',
    ),
    "rating-beside-title": (
        "title: Grid",
        "gain: 4",
        (
            f"gain @19 | unknown key `gain` | remove it, or choose from {KEYS}; write a criterion below `ratings` "
            "and a fact below `facts`, indented"
        ),
    ),
    "F-framework-capital": (
        "framework: house.yaml",
        "framework: Guardrail",
        "Guardrail @2 | no framework `Guardrail` comes with collabscore | did you mean `guardrail`?",
    ),
    "framework-without-ending": (
        "framework: house.yaml",
        "framework: house",
        "house @2 | no framework `house` comes with collabscore | did you mean the file `house.yaml`?",
    ),
    "framework-misspelt": (
        "framework: house.yaml",
        "frameworks: house.yaml",
        "frameworks @2 | unknown key `frameworks` | did you mean `framework`?",
    ),
}


@pytest.mark.parametrize(("old", "new", "error"), LINES.values(), ids=LINES)
def test_a_line_is_marked_itself(check: Check, old: str, new: str, error: str) -> None:
    assert check(LIST, old, new) == [error]


NOT_POSITIVE = "a weight must be positive, but `0` is not | write a number above 0, or remove the criterion if it should not count"
NO_NUMBER = "expected a number, two numbers or keys with values, not"
IN_FRAMEWORKS: dict[str, tuple[str, str, list[str]]] = {
    "F-weight-0": ("weight: 2", "weight: 0", [f"0 @6 | {NOT_POSITIVE}"]),
    "F-weight-per-cent": (
        "weight: 2",
        "weight: 50 %",
        [f"50 % @6 | {NO_NUMBER} `50 %` | write `50`"],
    ),
    "F-weight-comma": (
        "weight: 2",
        "weight: 0,2",
        [f"0 @6 | {NOT_POSITIVE}", f"2 @6 | unknown key `2` | {COMMA}"],
    ),
    "weight-comma-in-quotes": (
        "weight: 2",
        'weight: "0,2"',
        [f'"0,2" @6 | {NO_NUMBER} `0,2` | write `0.2`'],
    ),
    "weight-word": ("weight: 2", "weight: two", [f"two @6 | {NO_NUMBER} `two` | write `2`"]),
    "weight-range": ("weight: 2", "weight: 1-3", [f"1-3 @6 | {NO_NUMBER} `1-3` | write `[1, 3]`"]),
    "weight-fraction": (
        "weight: 2",
        "weight: 1/3",
        [f"1/3 @6 | {NO_NUMBER} `1/3` | write a number, without quotes, such as `0.5`"],
    ),
    "range-text": (
        "{range: [1, 5]}}",
        "{range: 1-5}}",
        ["1-5 @5 | expected two numbers, not `1-5` | write `[1, 5]`"],
    ),
    "band-per-cent": (
        "lists:",
        "bands: {strong: 60%, weak: 0}\nlists:",
        ["60% @14 | expected a number, not `60%` | write `60`"],
    ),
    "kind-of-another-tool": (
        "kind: flag",
        "kind: boolean",
        ["boolean @8 | `boolean` is not a valid choice for `kind` | write `flag`"],
    ),
    "prefer-min": (
        "prefer: low",
        "prefer: min",
        ["min @6 | `min` is not a valid choice for `prefer` | write `low`"],
    ),
    "needs-title": (
        "needs: [review]",
        "needs: [Review by experts]",
        [
            (
                "Review by experts @19 | `Review by experts` is not a safeguard here | did you mean "
                "`review`?"
            )
        ],
    ),
    "criterion-as-number": (
        "gain: {title: Mutual gain, scale: {range: [1, 5]}}",
        "gain: 3",
        [
            (
                "3 @5 | expected keys with values, not `3` | write `{scale: ..., title: ...}`, or the "
                "same keys on lines below"
            )
        ],
    ),
    "guardrails-as-list": (
        "  g1: {when: crit, needs: [review], then: outside}",
        "  - {when: crit, then: outside}",
        [
            (
                "- @19 | expected keys with values, not `[{when: crit, then: outside}]` | write the "
                "name of each entry in place of its hyphen: `name:`"
            )
        ],
    ),
    "F-thousands-in-braces": (
        "when: crit",
        "when: budget > 5,000,000",
        [f"000 @19 | `000` is defined twice | {COMMA}"],
    ),
}


@pytest.mark.parametrize(("old", "new", "errors"), IN_FRAMEWORKS.values(), ids=IN_FRAMEWORKS)
def test_a_mistake_in_a_framework_has_its_form(
    check: Check, old: str, new: str, errors: list[str]
) -> None:
    assert check(FRAMEWORK, old, new) == errors


@pytest.mark.parametrize(
    ("weights", "total", "shares", "whole"),
    [
        pytest.param("40 50", "90", "`gain` 44.4%, `risk` 55.6%", 100, id="F-90"),
        pytest.param("0.4 0.5", "0.9", "`gain` 44.4%, `risk` 55.6%", 1, id="of-1"),
        pytest.param("60 50", "110", "`gain` 54.5%, `risk` 45.5%", 100, id="above"),
        pytest.param("33.3 66.6", None, "", 100, id="rounded"),
        pytest.param("2 1", None, "", 100, id="ratio"),
        pytest.param("1 1", None, "", 1, id="equal"),
    ],
)
def test_weights_that_look_like_shares_are_summed(
    weights: str, total: str | None, shares: str, whole: int
) -> None:
    one, other = map(float, weights.split())
    framework = {
        "collabscore": "framework/1",
        "id": "x",
        "criteria": {
            "gain": {"scale": {"range": [1, 5]}, "weight": one},
            "risk": {"scale": {"range": [1, 5]}, "weight": other},
        },
    }
    found = [
        one for one in framework_warnings(cs.load_framework(framework)) if one.code == "weights-sum"
    ]
    expected = []
    if total is not None:
        expected.append(f"the weights sum to {total}, so the shares are {shares}")
        assert (
            found[0].help == f"if they are meant as shares, change them until they sum to {whole}"
        )
    assert [one.message for one in found] == expected


# conditions: the caret stands under the sign

CONDITIONS: dict[str, tuple[str, str]] = {
    "budget > 5,000,000": ("5,000,000", "write `5`: the unit of `budget` is million USD"),
    "crit AND budget > 3": ("AND", "write `and`"),
    "crit = yes": ("=", "write `==`"),
    # siblings
    "crit and Not crit": ("Not", "write `not`"),
    "crit OR crit": ("OR", "write `or`"),
    "stage IN [basic]": ("IN", "write `in`"),
    "crit && crit": ("&&", "write `and`"),
    "crit || crit": ("||", "write `or`"),
    "!crit": ("!", "write `not`"),
    "~crit": ("~", "write `not`"),
    "budget => 3": ("=>", "write `>=`"),
    "budget =< 3": ("=<", "write `<=`"),
    "budget <> 3": ("<>", "write `!=`"),
    "budget > 5 million": ("5 million", "write `5`: the unit of `budget` is million USD"),
    "budget > 5.000.000": ("5.000.000", "write `5`: the unit of `budget` is million USD"),
    "budget > 0,5": ("0,5", "write `0.5`"),
    "budget > 50%": ("50%", "write `50`"),
    "budget > $5": ("$5", "write `5`"),
    "budget > five": ("five", "write `5`"),
    "crit; crit": (";", "write `and` or `or`"),
    "budget between 3 and 5": ("between", "write two comparisons: `budget >= 3 and budget <= 5`"),
    "about contains health": ("contains", "write `includes(set, item)`"),
    "has review": ("has review", "put brackets around the name, as in `has(review)`"),
    "stage == late stage": (
        "late stage",
        "join names with `and` or `or`; put an answer of several words in quotes",
    ),
    "stage > 'basic": ("'", "close the quotation mark"),
    "crit, budget > 3": (
        "crit, budget > 3",
        "join parts with `and` or `or`, and write lists as `[basic, applied]`",
    ),
    "stage >= Applied": ("Applied", "did you mean `applied`?"),
    "overlaps(about)": ("overlaps(about)", "write `overlaps(about, list)`"),
    "score > 50": ("score", "write `score(gain)`; choose from `gain`, `risk`"),
    "0.5": (
        "0.5",
        (
            "write comparisons joined by `and`, `or`, `not`: for example `stage >= applied and not "
            "open_data`"
        ),
    ),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_sign_that_conditions_lack_is_marked(check: Check, condition: str) -> None:
    marked, help = CONDITIONS[condition]
    (found,) = check(FRAMEWORK, "when: crit", f'when: "{condition}"')
    assert found.startswith(f"{marked} @19 | ")
    assert found.endswith(f" | {help}")


def test_python_remarks_on_no_condition(check: Check, recwarn: pytest.WarningsRecorder) -> None:
    assert check(FRAMEWORK, "when: crit", 'when: "budget > 5and crit"') == []
    assert [str(one.message) for one in recwarn] == []


# what is silently read, and commands


@pytest.mark.parametrize(
    "line", ['crit: "yes"', "crit: TRUE", "crit: true", "budget: 5e6", "gain:\t3"]
)
def test_what_can_only_mean_one_thing_is_read(check: Check, line: str) -> None:
    key = line.partition(":")[0]
    old = {"crit": "crit: yes", "budget": "budget: 3", "gain": "gain: 3"}[key]
    assert check(LIST, old, line) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_of_windows_are_read(desk: Desk, ending: str, mark: bytes) -> None:
    desk.write("house.yaml", FRAMEWORK)
    text = LIST.replace("\n", ending).encode()
    (desk.folder / "list.yaml").write_bytes(mark + text)
    assert desk.run("check", "list.yaml").code == 0
    (desk.folder / "list.yaml").write_bytes(mark + text.replace(b"gain: 3", b"gain: 9"))
    is_a_sentence(desk.run("check", "list.yaml"), "list.yaml:8:13", "8 |       gain: 9\n")


def test_ten_equal_errors_are_one(desk: Desk) -> None:
    desk.write("house.yaml", FRAMEWORK)
    entries = "".join(f"- {{id: c{k}, ratings: {{gain: '4'}}}}\n" for k in range(10))
    desk.write("ten.yaml", f"framework: house.yaml\ncandidates:\n{entries}")
    done = desk.run("check", "ten.yaml")
    assert done.out.count("error[") == 1
    is_a_sentence(done, "(10 times)", "ten.yaml:3:28", "= help: write `4`, without quotes")


COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "F-explain-title": (
        ("explain", "list.yaml", "Influenza at borders"),
        ("there is no candidate `Influenza at borders`; did you mean `flu`?",),
    ),
    "explain-part-of-title": (
        ("explain", "list.yaml", "influenza at border"),
        ("did you mean `flu`?",),
    ),
    "what-if-title": (
        ("what-if", "list.yaml", "--set", "Grid.gain=4"),
        ("did you mean `grid`?",),
    ),
    "what-if-word": (("what-if", "list.yaml", "--set", "flu.gain=four"), ("write `4`",)),
    "F-weights-of-90": (
        ("what-if", "list.yaml", "--weight", "gain=40%", "--weight", "risk=50%"),
        ("sum to 90 %, not 100 %; leave one out, or write `gain=44.4%`, `risk=55.6%`",),
    ),
    "F-framework-as-list": (
        ("score", "house.yaml"),
        ("this is a framework, but a list of candidates is needed", "house.yaml:1:14", "`-f`"),
    ),
    "F-list-as-framework": (
        ("score", "list.yaml", "-f", "list.yaml"),
        ("this is a list of candidates, but a framework is needed", "`framework/1`"),
    ),
    "shipped-id-as-list": (
        ("score", "guardrail"),
        ("give a list of candidates, and the framework with `-f guardrail`",),
    ),
    "list-without-ending": (("score", "list"), ("did you mean the file `list.yaml`?",)),
    "F-forgotten-f": (
        ("score", "bare.yaml"),
        ("-f: no framework is named; name one, or add `framework: guardrail` to the list",),
    ),
    "framework-capital": (
        ("score", "bare.yaml", "-f", "Guardrail"),
        ("did you mean `guardrail`?",),
    ),
}


@pytest.mark.parametrize(("words", "said"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_says_what_to_give(
    desk: Desk, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    desk.write("house.yaml", FRAMEWORK)
    desk.write("list.yaml", LIST)
    desk.write("bare.yaml", LIST.replace("framework: house.yaml\n", ""))
    is_a_sentence(desk.run(*words), *said)


@pytest.mark.parametrize("command", ["check", "score", "explain", "next"])
def test_a_result_is_no_document(desk: Desk, command: str) -> None:
    desk.write("result.json", desk.run("score", "list.yaml", "--format", "json").out)
    is_a_sentence(
        desk.call(command, "result.json"),
        "this is a result of `collabscore`",
        "result.json:",
        "give the document that it was made from",
    )
