"""Of random errors of documents, each has its place and its cure; messages are clear alone.

Messages were read without their documents, by someone who has never seen the tool. What to do was
unclear for the kinds below; the first input of each kind is that of the reading.
"""

from __future__ import annotations

import json
from random import Random

import pytest

from fuzzing import fuzz

from .conftest import Desk
from .test_f_newcomers import FRAMEWORK, LIST

SEED = 20261128
ERRORS = 500
DOCUMENTS = {
    "small.yaml": fuzz.FRAMEWORK,
    "words.yaml": fuzz.VOCABULARY,
    "list.yaml": fuzz.CANDIDATES,
    "small.cases.yaml": fuzz.CASES,
}


def test_every_error_of_a_document_has_its_place_and_its_cure(desk: Desk) -> None:
    rng = Random(SEED)
    for name, text in DOCUMENTS.items():
        desk.write(name, text)
    seen, lacking = 0, []
    while seen < ERRORS:
        name = rng.choice([*DOCUMENTS])
        (desk.folder / name).write_bytes(fuzz.mutated(name, DOCUMENTS, rng))
        done = desk.run("check", name, "--format", "json")
        for found in json.loads(done.out)["files"][0]["diagnostics"]:
            if found["severity"] == "error":
                seen += 1
                has_place = found["span"] is not None and found["span"]["line"] > 0
                if not has_place or not found["help"]:
                    lacking.append((name, found["code"], found["message"]))
        desk.write(name, DOCUMENTS[name])
    assert lacking == []


CASES = """\
collabscore: cases/1
framework: house.yaml
cases: CASES
"""
KINDS: dict[str, list[tuple[str, str, str, str]]] = {
    "2-address": [
        (
            FRAMEWORK,
            "lists:",
            "sources: {s: {title: S, url: www.who.int}}\nlists:",
            "`www.who.int` is not a full web address | write `https://www.who.int`",
        ),
        (
            FRAMEWORK,
            "lists:",
            "sources: {s: {title: S, url: http:/who.int/a b}}\nlists:",
            "`http:/who.int/a b` is not a full web address | write `https://who.int/a%20b`",
        ),
        (
            FRAMEWORK,
            "lists:",
            "sources: {s: {title: S, url: doi:10.1000/xyz}}\nlists:",
            "`doi:10.1000/xyz` is not a full web address | write `https://doi.org/10.1000/xyz`",
        ),
        (
            FRAMEWORK,
            "lists:",
            "sources: {s: {title: S, url: see the page}}\nlists:",
            "`see the page` is not a full web address | write an address as a browser shows it, such as `https://www.who.int/news`",
        ),
        (
            FRAMEWORK,
            "lists:",
            "sources: {s: {title: S, url: report.pdf}}\nlists:",
            "`report.pdf` is not a full web address | write an address as a browser shows it, such as `https://www.who.int/news`",
        ),
    ],
    "9-inside-itself": [
        (
            LIST,
            "[review]",
            "&l [*l]",
            '`*l` stands for the value marked `&l`, but is inside that value | replace `*l` with what you mean; put text in quotes: `"*l"`',
        ),
        (
            LIST,
            "ratings: {gain: 4}",
            "ratings: &r {gain: *r}",
            '`*r` stands for the value marked `&r`, but is inside that value | replace `*r` with what you mean; put text in quotes: `"*r"`',
        ),
        (
            LIST,
            "title: Grid",
            "tags: &t [a, [*t]]",
            '`*t` stands for the value marked `&t`, but is inside that value | replace `*t` with what you mean; put text in quotes: `"*t"`',
        ),
    ],
    "28-no-such-mark": [
        (
            LIST,
            "title: Grid",
            "title: *grid",
            '`*grid` stands for a value marked `&grid`, but none above is so marked | put text that begins with `*` in quotes: `"*grid"`',
        ),
        (
            LIST,
            "lead: health",
            "lead: *health",
            '`*health` stands for a value marked `&health`, but none above is so marked | put text that begins with `*` in quotes: `"*health"`',
        ),
    ],
    "19-type": [
        (
            LIST,
            "title: Grid",
            "title: !!python/name:os.system x",
            "`!!python/name:os.system` names a type (a tag), which is not allowed here | delete `!!python/name:os.system`; put text that begins with `!` in quotes",
        ),
        (
            LIST,
            "title: Grid",
            "title: !secret x",
            "`!secret` names a type (a tag), which is not allowed here | delete `!secret`; put text that begins with `!` in quotes",
        ),
        (
            LIST,
            "staff: 4",
            "staff: !!int four",
            "`four` is not of the type (the tag) `!!int` | delete `!!int`",
        ),
    ],
    "38-key": [
        (
            LIST,
            "title: Grid",
            "[a, b]: Grid",
            'a key is a word or a number, not `[a, b]` | write a word before the colon, or put this in quotes: `"[a, b]"`',
        ),
        (
            LIST,
            "title: Grid",
            "{a: b}: Grid",
            'a key is a word or a number, not `{a: b}` | write a word before the colon, or put this in quotes: `"{a: b}"`',
        ),
        (
            LIST,
            "title: Grid",
            "? null\n    : Grid",
            'a key is a word or a number, not `null` | write a word before the colon, or put this in quotes: `"null"`',
        ),
    ],
    "11-nothing": [
        (
            CASES,
            "CASES",
            "[]",
            "there are neither cases nor claims | write `cases` or `claims`, or both",
        ),
        (
            FRAMEWORK,
            "needs: [review]",
            "needs: []",
            "`needs` has 0 entries; it needs at least 1 | add an entry: needed safeguards",
        ),
        (
            FRAMEWORK,
            "levels: [basic, applied, late stage]",
            "levels: []",
            "`levels` has 0 entries; it needs at least 1 | add an entry: the levels from low to high: a list, or {level: meaning}",
        ),
        (
            FRAMEWORK,
            "lists:",
            "verdicts: {}\nlists:",
            "`verdicts` has 0 entries; it needs at least 1 | add one, such as `name: {title: ...}`",
        ),
    ],
    "14-unseen": [
        (
            LIST,
            "title: Grid",
            "title: Gr\u0085id",
            "the character U+0085 (next line) is not allowed here | delete this invisible character, often pasted from a web page or a PDF: delete the spaces and letters around it, and type them again",
        ),
        (
            LIST,
            "title: Grid",
            "title: Gr\u0007id",
            "the character U+0007 (bell) is not allowed here | delete this invisible character, often pasted from a web page or a PDF: delete the spaces and letters around it, and type them again",
        ),
        (
            LIST,
            "title: Grid",
            "title: Gr\u2028id",
            "the character U+2028 (line separator) is not allowed here | delete this invisible character, often pasted from a web page or a PDF: delete the spaces and letters around it, and type them again",
        ),
        (
            LIST,
            "title: Grid",
            'title: "Gr\\u009did"',
            "the character U+009D is not allowed here | delete this invisible character, often pasted from a web page or a PDF: delete the spaces and letters around it, and type them again",
        ),
        (
            LIST,
            "id: grid",
            "id: gr\u200bid",
            "the character U+200B (zero width space) is not allowed in an id | delete this invisible character, often pasted from a web page or a PDF: delete the spaces and letters around it, and type them again",
        ),
        (
            LIST,
            "id: grid",
            "id: gr\u00a0id",
            "the character U+00A0 (no-break space) is not allowed in an id | write a plain space instead",
        ),
    ],
    "16-function": [
        (
            FRAMEWORK,
            "when: crit",
            "when: score > 3",
            "`score` needs a name in brackets | write `score(gain)`; choose from `gain`, `risk`",
        ),
        (
            FRAMEWORK,
            "when: crit",
            "when: has",
            "`has` needs a name in brackets | write `has(review)`",
        ),
        (
            FRAMEWORK,
            "when: crit",
            "when: known",
            "`known` needs a name in brackets | write `known(crit)`; choose from `crit`, `stage`, `lead`, `budget`, `staff`, `about`, `gain`, `risk`",
        ),
        (
            FRAMEWORK,
            "when: crit",
            "when: overlaps",
            "`overlaps` needs a name in brackets | write `overlaps(about, list)`",
        ),
    ],
    "22-json": [
        (
            "",
            "",
            '{"a": }',
            "this is not valid JSON: a value must stand here, not `}` | write a text in double quotes or a number before it, or remove the comma before it",
        ),
        (
            "",
            "",
            '{"a": yes}',
            'this is not valid JSON: a value must stand here, not `yes` | put text in double quotes: `"yes"`',
        ),
        (
            "",
            "",
            '{"a": None}',
            "this is not valid JSON: a value must stand here, not `None` | write `null`",
        ),
        (
            "",
            "",
            "[1, ]",
            "this is not valid JSON: a value must stand here, not `]` | write a text in double quotes or a number before it, or remove the comma before it",
        ),
        (
            "",
            "",
            '{"a" 1}',
            "this is not valid JSON: a colon must stand before `1` | put a colon between a key and its value",
        ),
        (
            "",
            "",
            "[1 2]",
            "this is not valid JSON: a comma or a closing bracket must stand before `2` | put a comma between two entries, and close `[` with `]` and `{` with `}`",
        ),
        (
            "",
            "",
            "{'a': 1}",
            "this is not valid JSON: a key in double quotes must stand here, not `'a'` | put each key in double quotes, and no comma after the last entry",
        ),
        (
            "",
            "",
            '{"a": 1} 2',
            "this is not valid JSON: the document ends before `2` | remove a closing bracket that is too many, or save one entry a line as `.jsonl`",
        ),
        (
            "",
            "",
            '{"a": "b',
            "this is not valid JSON: this text is not closed | close it with a double quote",
        ),
        (
            "",
            "",
            '["a\tb"]',
            "this is not valid JSON: a line break or a tab cannot stand in a text | write a line break as `\\n` and a tab as `\\t`",
        ),
        (
            "",
            "",
            '["\\q"]',
            "this is not valid JSON: a backslash begins a code, and this is none | write a backslash as `\\\\`",
        ),
    ],
    "23-part": [
        (
            LIST,
            "title: Grid",
            "part_of: gird",
            "`gird` is not the id of another candidate in this file, of which this one is a part | did you mean `grid`?",
        ),
        (
            LIST,
            "title: Grid",
            "part_of: nothing like it",
            "`nothing like it` is not the id of another candidate in this file, of which this one is a part | choose from `flu`, `grid`",
        ),
        (
            CASES,
            "CASES",
            "[{id: a, candidate: {part_of: b}, expect: {verdict: inside}}]",
            "`b` is not the id of another candidate in this file, of which this one is a part | remove `part_of`: there is no other candidate",
        ),
    ],
    "25-circle": [
        (
            LIST,
            "title: Grid",
            "part_of: grid",
            "`grid` is part of itself | remove `part_of` from `grid`",
        ),
    ],
    "29-beside-steps": [
        (
            FRAMEWORK,
            "when: crit, needs: [review], then: outside",
            "steps: [{when: crit, then: outside}], needs: [review]",
            "`needs` and `steps` cannot both be there: each step has its own | move it into the step it belongs to, or remove it; or remove `steps`",
        ),
        (
            FRAMEWORK,
            "when: crit, needs: [review], then: outside",
            "steps: [{when: crit, then: outside}], then: outside",
            "`then` and `steps` cannot both be there: each step has its own | move it into the step it belongs to, or remove it; or remove `steps`",
        ),
        (
            FRAMEWORK,
            "when: crit, needs: [review], then: outside",
            "steps: [{when: crit, then: outside}], met: inside",
            "`met` and `steps` cannot both be there: each step has its own | move it into the step it belongs to, or remove it; or remove `steps`",
        ),
        (
            FRAMEWORK,
            "when: crit, needs: [review], then: outside",
            "steps: [{when: crit, then: outside}], if_unknown: refer",
            "`if_unknown` and `steps` cannot both be there: each step has its own | move it into the step it belongs to, or remove it; or remove `steps`",
        ),
    ],
    "33-one-letter": [
        (
            FRAMEWORK,
            "review: {title",
            "rev\u00efew: {title",
            "`review` is not a safeguard here | did you mean `rev\u00efew`? it has `\u00ef` (latin small letter i with diaeresis) where this has `i` (latin small letter i)",
        ),
        (
            FRAMEWORK,
            "review: {title",
            "r\u0435view: {title",
            "`review` is not a safeguard here | did you mean `r\u0435view`? it has `\u0435` (cyrillic small letter ie) where this has `e` (latin small letter e)",
        ),
        (
            FRAMEWORK,
            "review: {title",
            "revie\u1e83: {title",
            "`review` is not a safeguard here | did you mean `revie\u1e83`? it has `\u1e83` (latin small letter w with acute) where this has `w` (latin small letter w)",
        ),
    ],
    "34-cross": [
        (LIST, "crit: yes", "crit: x", "`crit`: expected yes or no, not `x` | write `yes` or `no`"),
        (LIST, "crit: yes", "crit: X", "`crit`: expected yes or no, not `X` | write `yes` or `no`"),
        (
            LIST,
            "crit: yes",
            'crit: "x."',
            "`crit`: expected yes or no, not `x.` | write `yes` or `no`",
        ),
    ],
    "35-word": [
        (
            LIST,
            "gain: 3",
            "gain: VERY HIGH",
            "`gain`: `VERY HIGH` is a word, but this scale has numbers alone | write a number from 1 to 5, or `unknown`",
        ),
        (
            LIST,
            "gain: 3",
            "gain: [low, 3]",
            "`gain`: `low` is a word, but this scale has numbers alone | write a number from 1 to 5, or `unknown`",
        ),
        (
            LIST,
            "risk: 2",
            "risk: medium",
            "`risk`: `medium` is not a level of this scale | choose from `very low`, `very high`, or write a number from 1 (very low) to 5 (very high), or `unknown`",
        ),
        (
            LIST,
            "risk: 2",
            "risk: 8",
            "`risk`: `8` is off the scale | use a number from 1 (very low) to 5 (very high), or `unknown`",
        ),
    ],
    "40-three": [
        (
            LIST,
            "gain: 3",
            "gain: [2, 3, 4]",
            "`gain`: `[2, 3, 4]` has 3 numbers, but an interval has two | write `[2, 4]` or `{value: 3, low: 2, high: 4}`",
        ),
        (
            LIST,
            "gain: 3",
            "gain: [4, 2, 3]",
            "`gain`: `[4, 2, 3]` has 3 numbers, but an interval has two | write `[2, 4]` or `{value: 3, low: 2, high: 4}`",
        ),
        (
            LIST,
            "gain: 3",
            "gain:\n      - 2\n      - 3\n      - 4",
            "`gain`: `[2, 3, 4]` has 3 numbers, but an interval has two | write `[2, 4]` or `{value: 3, low: 2, high: 4}`",
        ),
        (
            LIST,
            "gain: 3",
            "gain: [1, 2, 3, 4]",
            "`gain`: `[1, 2, 3, 4]` has 4 numbers, but an interval has two | write `[1, 4]`",
        ),
        (
            LIST,
            "gain: 3",
            "gain: []",
            "`gain`: `[]` has 0 numbers, but an interval has two | write `[low, high]`: the lowest and the highest possible rating",
        ),
        (
            LIST,
            "budget: 3",
            "budget: [1, 2, 3]",
            "`budget`: `[1, 2, 3]` is not a number, nor a range of two | write `[1, 3]`",
        ),
    ],
    "7-name": [
        (
            FRAMEWORK,
            "crit: {title",
            "two words: {title",
            "`two words` cannot be the id of a fact: conditions could not name it | write `two_words`: use letters, digits and `_` alone, and begin with a letter",
        ),
        (
            FRAMEWORK,
            "crit: {title",
            "2nd: {title",
            "`2nd` cannot be the id of a fact: conditions could not name it | use letters, digits and `_` alone, and begin with a letter",
        ),
        (
            FRAMEWORK,
            "crit: {title",
            "and: {title",
            "`and` cannot be the id of a fact: conditions could not name it | use another word, such as `and_1`: conditions have `and` for something else",
        ),
        (
            FRAMEWORK,
            "crit: {title",
            "score: {title",
            "`score` cannot be the id of a fact: conditions could not name it | use another word, such as `score_1`: conditions have `score` for something else",
        ),
        (
            FRAMEWORK,
            "crit: {title",
            "co-op: {title",
            "`co-op` cannot be the id of a fact: conditions could not name it | write `co_op`: use letters, digits and `_` alone, and begin with a letter",
        ),
    ],
    "21-range": [
        (
            FRAMEWORK,
            "scale: {range: [1, 5]}",
            "scale: {range: [5, 1]}",
            "a range goes from a low end to a higher one, but `[5, 1]` does not | write `[1, 5]`",
        ),
        (
            FRAMEWORK,
            "scale: {range: [1, 5]}",
            "scale: {range: [3, 3]}",
            "a range goes from a low end to a higher one, but `[3, 3]` does not | write two different numbers, the lower one first",
        ),
    ],
    "36-list": [
        (
            FRAMEWORK,
            "when: crit",
            "when: 'stage in basic, applied'",
            "`stage in basic, applied` cannot stand in a condition | write the list in brackets: `stage in [basic, applied]`",
        ),
        (
            FRAMEWORK,
            "when: crit",
            "when: 'lead in health, energy'",
            "`lead in health, energy` cannot stand in a condition | write the list in brackets: `lead in [health, energy]`",
        ),
        (
            FRAMEWORK,
            "when: crit",
            "when: 'crit, budget > 3'",
            "`crit, budget > 3` cannot stand in a condition | join parts with `and` or `or`, and write lists as `[basic, applied]`",
        ),
        (
            FRAMEWORK,
            "when: crit",
            "when: 'budget ** 2 > 3'",
            "`budget ** 2` cannot stand in a condition | numbers, ratings and constants can be added, subtracted, and multiplied by numbers",
        ),
    ],
    "39-options": [
        (
            FRAMEWORK,
            "kind: choice",
            "kind: enum",
            "`enum` is not a valid choice for `kind` | write `choice`",
        ),
        (
            FRAMEWORK,
            "kind: choice",
            "kind: dropdown",
            "`dropdown` is not a valid choice for `kind` | choose from `flag`, `level`, `choice`, `number`, `date`, `set`",
        ),
        (
            FRAMEWORK,
            "prefer: low",
            "prefer: middle",
            "`middle` is not a valid choice for `prefer` | choose from `high`, `low`: the good end of the scale",
        ),
    ],
    "13-met": [
        (
            FRAMEWORK,
            "needs: [review], then: outside",
            "then: outside, met: inside",
            "`met` is the verdict with safeguards in place, but none is needed | add `needs` with the ids of safeguards, or remove `met`",
        ),
    ],
    "20-empty": [
        (
            "",
            "",
            "",
            "this document is empty | make a list of candidates with `collabscore new list.yaml -f guardrail`, or a framework of criteria and rules with `collabscore new house.yaml --from guardrail`",
        ),
        (
            "",
            "",
            "# a remark\n",
            "this document is empty | make a list of candidates with `collabscore new list.yaml -f guardrail`, or a framework of criteria and rules with `collabscore new house.yaml --from guardrail`",
        ),
        (
            "",
            "",
            "\n \n",
            "this document is empty | make a list of candidates with `collabscore new list.yaml -f guardrail`, or a framework of criteria and rules with `collabscore new house.yaml --from guardrail`",
        ),
    ],
}
"""For each kind: a document, the text in it that is replaced, its replacement, the first error."""
READ = [
    pytest.param(*case, id=f"{kind}-{number}")
    for kind, cases in KINDS.items()
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize(("document", "old", "new", "text"), READ)
def test_what_to_do_is_clear_from_the_message_alone(
    desk: Desk, document: str, old: str, new: str, text: str
) -> None:
    desk.write("house.yaml", FRAMEWORK)
    assert old in document
    name = "list.json" if new[:1] in ("{", "[") and not document else "document.yaml"
    desk.write(name, document.replace(old, new, 1))
    found = json.loads(desk.run("check", name, "--format", "json").out)["files"][0]["diagnostics"]
    first = next(one for one in found if one["severity"] == "error")
    assert f"{first['message']} | {first['help']}" == text
    assert first["span"]["line"] >= 1
