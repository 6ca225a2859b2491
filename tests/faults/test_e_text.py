"""E1, E2, I8: the one door for text, from YAML, escapes, JSON, Python and columns alike."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import collabscore as cs
from collabscore.documents.reader import READERS, decoded
from collabscore.errors import Diagnostic, printable
from collabscore.models.base import Citation, ReadingError, clean_data, clean_id, clean_text
from collabscore.models.candidates import Candidate, PlacedSafeguard

from .conftest import Desk

SMALL = """\
collabscore: framework/1
id: small
scales: {five: {range: [1, 5]}}
facts:
  crit: {kind: flag}
  stage: {kind: level, levels: [basic, applied]}
  place: {kind: choice, options: [Z\u00fcrich, \ufb01eld, Bern]}
criteria: {gain: {scale: five}}
guardrails:
  g: {when: 'CONDITION', then: refer}
"""
NFC, NFD = "Z\u00fcrich", "Zu\u0308rich"


@pytest.fixture
def found_in(tmp_path: Path) -> Callable[[str, str], list[Diagnostic]]:
    """Load a text as a list of candidates of `small`; return what is wrong with it."""
    (tmp_path / "small.yaml").write_text(SMALL.replace("CONDITION", "crit"), encoding="utf-8")
    framework = cs.load_framework(tmp_path / "small.yaml")

    def found(text: str, name: str) -> list[Diagnostic]:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        try:
            cs.load_candidates(file, framework)
        except cs.DocumentError as error:
            return list(error.diagnostics)
        return []

    return found


# ids

UNSEEN = {
    "E1-U+009B": "\x9b",
    "E1-U+0085": "\x85",
    "E1-U+2028": "\u2028",
    "E1-U+200B": "\u200b",
    "E1-U+202E": "\u202e",
    "bell": "\x07",
    "delete": "\x7f",
    "tab": "\t",
    "line-break": "\n",
    "paragraph-separator": "\u2029",
    "no-break-space": "\u00a0",
    "em-space": "\u2003",
    "ideographic-space": "\u3000",
    "soft-hyphen": "\u00ad",
    "joiner": "\u200d",
    "word-joiner": "\u2060",
    "byte-order-mark": "\ufeff",
    "isolate": "\u2067",
    "arabic-mark": "\u061c",
    "variation-selector": "\ufe0f",
    "hangul-filler": "\u3164",
    "braille-blank": "\u2800",
    "grapheme-joiner": "\u034f",
    "I8-noncharacter": "\ufffe",
}


@pytest.mark.parametrize("character", UNSEEN.values(), ids=UNSEEN)
def test_a_character_that_nobody_sees_cannot_stand_in_an_id(
    found_in: Callable[[str, str], list[Diagnostic]], character: str
) -> None:
    escaped = json.dumps(f"a{character}b")
    message = f"the character U+{ord(character):04X}"
    for text, name in (
        (f"- id: {escaped}\n", "list.yaml"),
        (f'[{{"id": {escaped}}}]', "list.json"),
        (f'{{"id": {escaped}}}\n', "list.jsonl"),
    ):
        (found,) = found_in(text, name)
        assert re.fullmatch(
            rf"{re.escape(message)}( \(.+\))? is not allowed in an id", found.message
        )
        assert found.help is not None
        assert found.help.startswith(
            ("delete this invisible character", "write a plain space instead")
        )
        assert found.span is not None
        marked = found.span.text[found.span.column - 1 : found.span.end_column - 1]
        assert marked == escaped  # the escape has no column of its own
    for build in (
        lambda: Candidate(id=f"a{character}b"),
        lambda: PlacedSafeguard(id=f"{character}b"),
        lambda: Citation(id=f"a{character}"),
    ):
        with pytest.raises(ValidationError, match="is not allowed in an id"):
            build()
    with pytest.raises(cs.CandidateError, match="is not allowed in an id"):
        cs.score([{"id": f"a{character}b"}], "guardrail")
    with pytest.raises(cs.CandidateError, match="is not allowed in an id"):
        cs.Problem.from_columns("guardrail", {}, ids=["a", f"b{character}"])


KEYS_OF_IDS = {
    "criterion": "criteria: {KEY: {scale: five}}",
    "scale": "scales: {KEY: {range: [1, 5]}}",
    "source": "sources: {KEY: {title: T}}",
    "safeguard": "safeguards: {KEY: {}}",
    "item": "lists: {fields: {items: [KEY]}}",
    "item-of-a-mapping": "lists: {fields: {items: {KEY: }}}",
    "level": "facts: {stage: {kind: level, levels: [KEY, late]}}",
    "option": "facts: {place: {kind: choice, options: {KEY: x}}}",
    "verdict": "verdicts: {KEY: {}, fine: {}}",
}


@pytest.mark.parametrize("line", KEYS_OF_IDS.values(), ids=KEYS_OF_IDS)
@pytest.mark.parametrize("character", ["\x9b", "\u200b", "\u202e", "\u00a0"])
def test_nor_in_the_id_of_anything_else(tmp_path: Path, line: str, character: str) -> None:
    key = json.dumps(f"a{character}b")
    file = tmp_path / "house.yaml"
    file.write_text(f"collabscore: framework/1\nid: house\n{line.replace('KEY', key)}\n")
    with pytest.raises(cs.FrameworkError) as caught:
        cs.load_framework(file)
    (found,) = [one for one in caught.value.diagnostics if one.code == "bad-character"]
    assert found.span is not None
    assert found.span.line == 3
    assert found.span.text[found.span.column - 1 :].startswith(key)


@pytest.mark.parametrize("identifier", [" a", "a ", " a b ", "  "])
def test_an_id_has_no_blank_at_its_ends(
    found_in: Callable[[str, str], list[Diagnostic]], identifier: str
) -> None:
    (found,) = found_in(json.dumps([{"id": identifier}]), "list.json")
    bare = identifier.strip()
    message = f"the id `{identifier}` begins or ends with a space"
    help = f"write `{bare}`"
    if not bare:
        message = f"this id is empty: `{identifier}`"
        help = "write a name, which stands for this entry in results and in other places"
    assert (found.message, found.help) == (message, help)
    with pytest.raises(cs.CandidateError, match=re.escape(message)):
        cs.Problem.from_columns("guardrail", {}, ids=[identifier])


@pytest.mark.parametrize(
    "identifier",
    [
        "AI safety 1.0",
        "\u6d41\u611f",
        "\u092a\u093e\u0928\u0940",
        "a-b_c.d",
        "\ue000",
        "\U0001f9ea",
        "x" * 200,
        "\u0645\u0627\u0621",
    ],
)
def test_any_name_that_readers_see_is_an_id(identifier: str) -> None:
    assert clean_id(identifier) == identifier
    assert Candidate(id=identifier).id == identifier


def test_an_id_of_more_than_200_characters_is_refused() -> None:
    with pytest.raises(ReadingError, match="more than 200 characters"):
        clean_id("x" * 201)


def test_two_forms_of_one_id_are_one_id(
    found_in: Callable[[str, str], list[Diagnostic]],
) -> None:
    for text, name in (
        (f"- id: {NFC}\n- id: {NFD}\n", "raw.yaml"),
        (f'- id: "{NFC}"\n- id: "Zu\\u0308rich"\n', "escaped.yaml"),
        (json.dumps([{"id": NFC}, {"id": NFD}]), "escaped.json"),
        (json.dumps([{"id": NFC}, {"id": NFD}], ensure_ascii=False), "raw.json"),
        (f'{{"id": "{NFC}"}}\n{{"id": "{NFD}"}}\n', "raw.jsonl"),
    ):
        (found,) = found_in(text, name)
        assert (found.code, found.message) == ("duplicate-id", f"the id `{NFC}` is used twice")
        assert found.notes[0].span is not None
    with pytest.raises(cs.CandidateError, match="is used twice"):
        cs.score([{"id": NFC}, {"id": NFD}], "guardrail")
    with pytest.raises(cs.CandidateError):
        cs.Problem.from_columns("guardrail", {}, ids=[NFC, NFD])


def test_two_forms_of_one_key_are_defined_twice(
    found_in: Callable[[str, str], list[Diagnostic]],
) -> None:
    pair = {NFC: 1, NFD: 2}
    for text, name in (
        (f"- id: a\n  ratings: {{{NFC}: 1, {NFD}: 2}}\n", "raw.yaml"),
        ('- id: a\n  ratings: {"Z\\u00fcrich": 1, "Zu\\u0308rich": 2}\n', "escaped.yaml"),
        (json.dumps([{"id": "a", "ratings": pair}]), "escaped.json"),
        (json.dumps([{"id": "a", "ratings": pair}], ensure_ascii=False), "raw.json"),
        (json.dumps({"id": "a", "ratings": pair}) + "\n", "escaped.jsonl"),
    ):
        (found,) = found_in(text, name)
        assert (found.code, found.message) == ("duplicate-key", f"`{NFC}` is defined twice")
        assert found.span is not None
    with pytest.raises(cs.DocumentError, match="is defined twice"):
        cs.score([{"id": "a", "ratings": pair}], "guardrail")
    with pytest.raises(ValidationError, match="is defined twice"):
        Candidate(id="a", ratings=pair)
    with pytest.raises(ReadingError, match="is defined twice"):
        clean_data({"facts": pair})


def test_an_id_is_found_in_either_form() -> None:
    for given_as, asked_for in ((NFC, NFD), (NFD, NFC), (NFD, NFD)):
        assert cs.score([{"id": given_as}], "guardrail")[asked_for].id == NFC


# titles and other texts

STEERING = [
    "\x07",
    "\x1b[31m",
    "\x9b",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ufdd0",
    "\uffff",
    "\x00",
]


@pytest.mark.parametrize("character", STEERING)
@pytest.mark.parametrize("key", ["title", "summary", "note"])
def test_an_escaped_control_character_is_refused_as_a_raw_one(
    found_in: Callable[[str, str], list[Diagnostic]], key: str, character: str
) -> None:
    written = f"a{character}"
    named = f"the character U+{ord(character[0]):04X}"
    texts = [
        (f"- id: x\n  {key}: {json.dumps(written)}\n", "escaped.yaml"),
        (json.dumps([{"id": "x", key: written}]), "escaped.json"),
    ]
    if ord(character[0]) > 0x20:  # JSON has a message of its own for the others
        texts.append((json.dumps([{"id": "x", key: written}], ensure_ascii=False), "raw.json"))
    texts.append((f"- id: x\n  {key}: a{character}\n", "raw.yaml"))
    for text, name in texts:
        (found,) = found_in(text, name)
        assert found.code == "bad-character"
        assert found.message.startswith(named)
        assert found.message.isprintable()
        assert found.span is not None
    with pytest.raises(ValidationError, match="is not allowed here"):
        Candidate(id="x", **{key: written})


def test_a_steering_character_in_a_comment_is_refused_too(
    found_in: Callable[[str, str], list[Diagnostic]],
) -> None:
    (found,) = found_in("- id: a # harmless \u202e\n- id: b\n", "list.yaml")
    assert found.message == "the character U+202E (right-to-left override) is not allowed here"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (1, 20)


def test_texts_keep_line_breaks_tabs_and_joiners() -> None:
    text = "two\nlines\tand \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert clean_text(text) == text
    assert clean_text("one\r\ntwo") == "one\ntwo"
    assert Candidate(id="a", note=text).note == text


@given(st.text())
def test_the_door_refuses_or_returns_nfc_and_lets_it_pass_again(text: str) -> None:
    for clean in (clean_text, clean_id):
        found: str | Diagnostic
        try:
            found = clean(text)
        except ReadingError as error:
            found = error.diagnostic
        if isinstance(found, Diagnostic):
            assert found.help
            assert found.message == printable(found.message)
        else:
            assert unicodedata.is_normalized("NFC", found)
            assert clean(found) == found


# halves of characters, and numbers of too many digits


@pytest.mark.parametrize(
    ("text", "place", "column"),
    [
        ('[{"id": "a\\ud800"}]', "[a\ufffd].id", 3),
        ('[{"id": "a", "\\ud83d": 1}]', "[a].\ufffd", 14),
        ('[{"id": "a", "tags": ["x", "\\udc00"]}]', "[a].tags[1]", 28),
        ('[{"id": "a", "note": "\\ud83d\\ud83d\\ude00"}]', "[a].note", 14),
    ],
    ids=["I8-id", "key", "tag", "half-before-a-whole"],
)
def test_half_a_character_in_json_is_refused_at_its_place(
    found_in: Callable[[str, str], list[Diagnostic]], text: str, place: str, column: int
) -> None:
    (found,) = found_in(text, "list.json")
    assert re.fullmatch(r"the character U\+D[89C][03][0D] is not allowed here", found.message)
    assert found.place == place
    assert found.span is not None
    assert found.span.column == column
    str(found).encode()


def test_a_whole_character_in_two_escapes_is_one(
    found_in: Callable[[str, str], list[Diagnostic]],
) -> None:
    text = '[{"id": "\\ud83e\\uddea", "title": "\\\\ud800"}]'
    assert found_in(text, "list.json") == []


@pytest.mark.parametrize(
    "data", [{"id": "a\ud800"}, {"id": "a", "\ud800": 1}, {"id": "a", "tags": ["\udfff"]}]
)
def test_half_a_character_from_python_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(cs.DocumentError, match=r"the character U\+D[8F][0F][0F] is not allowed"):
        cs.score([data], "guardrail")


def test_json_and_yaml_allow_the_same_characters() -> None:
    # I8: U+FFFE passed from JSON, so `new` wrote what `check` refused
    for point in [
        *range(0x20, 0x300),
        *range(0x2000, 0x2070),
        *range(0xFD00, 0xFE10),
        0xFFFD,
        0xFFFE,
    ]:
        texts = [f'{{"a": "x{chr(point)}y"}}', f'{{"a": "x\\u{point:04x}y"}}']
        outcomes = set()
        for text in texts[: 1 if chr(point) in '"\\' else 2]:
            for reader in (READERS[".json"], READERS[".yaml"]):
                try:
                    outcomes.add(clean_text(decoded(text, "x", reader).read()["a"]))
                except (cs.DocumentError, ReadingError):
                    outcomes.add("refused")
        assert len(outcomes) == 1 or chr(point) in '"\\', hex(point)


@pytest.mark.parametrize("digits", [310, 5_000])
@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (
            '[{"id": "a", "ratings": {"gain": DIGITS}}]',
            "list.json",
            "`DIGITS` is not a finite number",
        ),
        (
            '{"id": "a", "ratings": {"gain": -DIGITS}}',
            "list.jsonl",
            "`-DIGITS` is not a finite number",
        ),
        ("- {id: a, ratings: {gain: DIGITS}}", "list.yaml", "`DIGITS` is not a finite number"),
        ("- {id: a, ratings: {gain: DIGITS.5}}", "list.yaml", "`DIGITS` is not a finite number"),
        (
            "- {id: a, ratings: {DIGITS: 3}}",
            "list.yaml",
            "a key is a word or a number, not `DIGITS`",
        ),
        ("- {id: a, note: DIGITS}", "list.yaml", "expected text, not `DIGITS`"),
        ('[{"id": DIGITS}]', "list.json", "expected text, not `DIGITS`"),
    ],
    ids=["E1-json", "negative", "yaml", "decimals", "key", "note", "id"],
)
def test_a_number_of_too_many_digits_is_refused_in_words(
    found_in: Callable[[str, str], list[Diagnostic]],
    text: str,
    name: str,
    message: str,
    digits: int,
) -> None:
    (found,) = found_in(text.replace("DIGITS", "1" * digits), name)
    ones = 59 - message.count("-DIGITS")
    assert found.message == message.replace("DIGITS", "1" * ones + "\u2026")
    assert found.help
    assert found.span is not None
    assert len(str(found)) < 800


def test_a_text_of_many_digits_is_a_text(
    found_in: Callable[[str, str], list[Diagnostic]],
) -> None:
    assert found_in(f"- {{id: a, note: '{'1' * 5_000}'}}", "list.yaml") == []


# conditions


def errors_of(condition: str, tmp_path: Path) -> list[Diagnostic]:
    file = tmp_path / "house.yaml"
    file.write_text(SMALL.replace("CONDITION", condition.replace("'", "''")), encoding="utf-8")
    try:
        cs.load_framework(file)
    except cs.FrameworkError as error:
        return list(error.diagnostics)
    return []


@pytest.mark.parametrize(
    "condition",
    [f"place == {NFD}", f"{NFD} == place", f'place in [{NFD}, "Bern"]', "place == \ufb01eld"],
    ids=["E2-decomposed", "other-side", "in-a-list", "ligature-that-python-changes"],
)
def test_a_condition_names_an_option_as_it_is_written(condition: str, tmp_path: Path) -> None:
    assert errors_of(condition, tmp_path) == []


SIGNS = {
    "E2-no-break-space": ("crit\u00a0and stage >= applied", "\u00a0", "a plain space"),
    "E2-curly-quotes": ("place == \u201cBern\u201d", "\u201c", '`"`'),
    "E2-full-width-colon": ("stage\uff1aapplied", "\uff1a", "`==`"),
    "curly-single": ("place == \u2018Bern\u2019", "\u2018", "`'`"),
    "guillemets": ("place == \u00abBern\u00bb", "\u00ab", '`"`'),
    "full-width-bracket": ("place in \uff08Bern\uff09", "\uff08", "`(`"),
    "full-width-comma": ("place in [Bern\uff0c field]", "\uff0c", "`,`"),
    "full-width-sign": ("stage \uff1e\uff1d applied", "\uff1e", "`>`"),
    "at-least": ("stage \u2265 applied", "\u2265", "`>=`"),
    "minus": ("gain > \u22121", "\u2212", "`-`"),
    "ideographic-space": ("crit\u3000and crit", "\u3000", "a plain space"),
    "zero-width": ("crit and\u200b crit", "\u200b", None),
    "after-a-decomposed-letter": (f"place == {NFD} and stage \u2265 applied", "\u2265", "`>=`"),
    "after-a-quoted-one": ("place == 'a\u201cb' and stage \u2265 applied", "\u2265", "`>=`"),
}


@pytest.mark.parametrize(("condition", "sign", "instead"), SIGNS.values(), ids=SIGNS)
def test_a_sign_that_looks_like_another_is_named_at_its_column(
    condition: str, sign: str, instead: str | None, tmp_path: Path
) -> None:
    (found,) = [one for one in errors_of(condition, tmp_path) if one.code == "condition-syntax"]
    name = f"U+{ord(sign):04X} ({unicodedata.name(sign).lower()})"
    assert found.message == f"the character {name} cannot stand in a condition"
    help = f"instead of the character {name}, write {instead}"
    assert found.help == (help if instead else f"delete the invisible character {name}")
    assert found.span is not None
    if "'" not in condition:  # doubled within quotes, it moves the columns
        assert found.span.text[found.span.column - 1] == sign


@pytest.mark.parametrize(
    ("text", "sign", "meant"),
    [
        ("- id\uff1aa\n", "\uff1a", "`:`"),
        ("- id: a\n  ratings: \uff5bgain: 3\uff5d\n", "\uff5b", "`{`"),
        ("- id: a\n\u00a0 title: x\n", "\u00a0", "a plain space"),
    ],
    ids=["full-width-colon", "full-width-bracket", "indented-with-no-break-space"],
)
def test_such_a_sign_in_a_document_is_named_too(
    found_in: Callable[[str, str], list[Diagnostic]], text: str, sign: str, meant: str
) -> None:
    (found,) = found_in(text, "list.yaml")
    name = f"U+{ord(sign):04X} ({unicodedata.name(sign).lower()})"
    assert found.help == f"instead of the character {name}, write {meant}"
    assert found.span is not None


def test_a_key_that_looks_like_another_is_told_by_its_character(
    found_in: Callable[[str, str], list[Diagnostic]],
) -> None:
    (found,) = found_in("- id: a\n  \u00a0title: x\n", "list.yaml")
    assert found.help == "write `title` without the character U+00A0 (no-break space)"


# what a finding quotes


def test_a_finding_is_printable_whatever_it_quotes(desk: Desk) -> None:
    # a key with a line break once put `::error` at the start of a line
    desk.write(
        "bad.json",
        json.dumps(
            {
                "framework": "small.yaml",
                "candidates": [{"id": "a", "x\n::error ::forged\x1b[31m": 1}],
            }
        ),
    )
    for form in ("full", "concise", "github", "json"):
        done = desk.run("check", "bad.json", "--format", form)
        assert done.code == 1
        assert not re.search(r"^\s*::error ::forged", done.out, re.MULTILINE)
        assert "\x1b" not in done.out


def test_a_list_names_the_likely_candidate_in_either_form() -> None:
    loaded = cs.load_candidates([{"id": NFD}], "guardrail")
    assert loaded[NFC] is loaded[NFD] is loaded.candidates[0]
    with pytest.raises(KeyError) as caught:
        loaded["Z\u00fcrihc"]
    assert str(caught.value) == f"there is no candidate `Z\u00fcrihc`; did you mean `{NFC}`?"
