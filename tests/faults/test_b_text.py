"""B3, B6, D4, I10: dates that exist, texts that a `#` cuts off, addresses, values as written."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import collabscore as cs
from collabscore.documents.json_schema import json_schema
from collabscore.errors import Diagnostic
from collabscore.models.base import Source

from .conftest import the_one

# dates

NO_DATES = {
    "B3-month-and-day": ("2024-13-45", "does not exist in the calendar"),
    "B3-day": ("2024-02-30", "does not exist in the calendar"),
    "B3-full-width": ("２０２４", "is not a date"),
    "leap-day": ("2023-02-29", "does not exist in the calendar"),
    "century": ("1900-02-29", "does not exist in the calendar"),
    "day-31": ("2024-04-31", "does not exist in the calendar"),
    "month-0": ("2024-00", "does not exist in the calendar"),
    "month-13": ("2024-13", "does not exist in the calendar"),
    "day-0": ("2024-01-00", "does not exist in the calendar"),
    "arabic-digits": ("٢٠٢٤", "is not a date"),
    "year-0": ("0000-00", "does not exist in the calendar"),
    "compact": ("20240101", "is not a date"),
    "short": ("2024-1-1", "is not a date"),
    "exponent": ("1e3", "is not a date"),
    "decimal": ("2024.0", "is not a date"),
    "negative": ("-2024", "is not a date"),
    "time": ("2024-01-01T00:00", "is not a date"),
}
PLACES_OF_DATES = {
    "as_of": "as_of: {}\ncandidates: [{{id: a}}]\n",
    "source": "sources: {{s: {{title: T, date: {}}}}}\ncandidates: [{{id: a}}]\n",
    "rating": "candidates: [{{id: a, ratings: {{gain: {{value: 3, date: {}}}}}}}]\n",
    "fact": "candidates: [{{id: a, facts: {{crit: {{value: yes, until: {}}}}}}}]\n",
}


@pytest.mark.parametrize("template", PLACES_OF_DATES.values(), ids=PLACES_OF_DATES)
@pytest.mark.parametrize(("written", "reason"), NO_DATES.values(), ids=NO_DATES)
def test_a_date_that_does_not_exist_is_refused_as_written(
    found_in: Callable[..., list[Diagnostic]], template: str, written: str, reason: str
) -> None:
    (found,) = found_in("framework: small.yaml\n" + template.format(written))
    assert (found.code, found.message) == ("invalid-date", f"`{written}` {reason}")
    is_meant = written in ("20240101", "2024-1-1", "2024-01-01T00:00")
    assert found.help == (
        "write `2024-01-01`"
        if is_meant
        else "write YYYY, YYYY-MM or YYYY-MM-DD, such as `2026-01-31`"
    )
    assert found.span is not None
    place = slice(found.span.column - 1, found.span.end_column - 1)
    assert found.span.text[place] == written


@pytest.mark.parametrize(
    "date", ["2024", 2024, "2024-02", "2024-02-29", "2000-02-29", "9999-12-31"]
)
def test_a_date_that_exists_is_one_in_the_models_and_in_the_schema(date: Any) -> None:
    assert Source(title="T", date=date).date == str(date)
    assert _is_in_schema(date)


@pytest.mark.parametrize(
    "written", [one for one, _ in NO_DATES.values() if one not in ("2023-02-29", "1900-02-29")]
)
def test_the_schema_refuses_the_date_by_its_pattern_alone(written: str) -> None:
    assert not _is_in_schema(written)


def test_the_schema_leaves_leap_days_to_the_format_of_a_date() -> None:
    assert '"format": "date"' in json.dumps(json_schema("source"))


def _is_in_schema(date: object) -> bool:
    validator = jsonschema.Draft202012Validator(json_schema("source"))
    return validator.is_valid({"title": "T", "date": date})


def test_a_date_of_another_reader_of_yaml_is_a_date() -> None:
    text = "as_of: 2024-05-01\nsources: {s: {title: T, date: 2023-01-02}}\ncandidates: [{id: a}]\n"
    read = yaml.safe_load(text)
    assert isinstance(read["as_of"], datetime.date)
    loaded = cs.load_candidates(read, "guardrail")
    assert (loaded.as_of, loaded.sources["s"].date) == ("2024-05-01", "2023-01-02")


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (
            {"as_of": datetime.datetime(2024, 5, 1, 3), "candidates": []},
            ("invalid-date", "`2024-05-01 03:00:00` is not a date"),
        ),
        (
            {"candidates": [{"id": datetime.date(2024, 5, 1)}]},
            ("invalid-type", "expected text, not `2024-05-01`"),
        ),
        (
            {"title": datetime.date(2024, 5, 1), "candidates": []},
            ("invalid-type", "expected text, not `2024-05-01`"),
        ),
    ],
    ids=["with-a-time", "as-an-id", "as-a-title"],
)
def test_a_date_elsewhere_is_told_plainly(data: Any, finding: tuple[str, str]) -> None:
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(data, "guardrail")
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == finding
    assert found.help


# texts that `#` cuts off

CUT = {
    "B6-title": ("title: Work package #3 of fusion", "#3 of fusion", "title"),
    "list-item": ("candidates: [{id: a, tags: [Project #3\n  ]}]", "#3", "candidates[a].tags[0]"),
    "block-item": (
        "candidates:\n- id: a\n  tags:\n  - Call #7 new",
        "#7 new",
        "candidates[a].tags[0]",
    ),
    "note": ("note: see #issue", "#issue", "note"),
    "summary": ("summary: Ranked # 1 of all", "# 1 of all", "summary"),
    "id": ("candidates:\n- id: fusion #2\n", "#2", "candidates[fusion].id"),
    "nothing-left": ("title: #3", "#3", "title"),
    "answer": ("candidates: [{id: a, facts: {crit: yes #1\n }}]", "#1", "candidates[a].facts.crit"),
}


@pytest.mark.parametrize(("text", "rest", "place"), CUT.values(), ids=CUT)
def test_a_text_before_a_seeming_comment_is_warned_of(
    found_in: Callable[..., list[Diagnostic]], text: str, rest: str, place: str
) -> None:
    more = "" if "candidates:" in text else "candidates: [{id: a}]\n"
    found = found_in(f"framework: small.yaml\n{text}\n{more}")
    warning = the_one(found, "comment-in-text")
    words = f"`{rest}` is read as a comment, not as text: `#` follows a space"
    assert (warning.message, warning.place) == (words, place)
    assert warning.span is not None


@pytest.mark.parametrize(
    "text",
    [
        "candidates:\n- {id: fusion #3, tags: [x]}\n",
        "candidates:\n- id: a\n  facts: {crit: yes #1}\n",
        "criteria #1\ncandidates: []\n",
    ],
    ids=["value-in-flow", "last-in-flow", "key"],
)
def test_a_mistake_of_syntax_behind_a_seeming_comment_names_it(
    found_in: Callable[..., list[Diagnostic]], text: str
) -> None:
    (found,) = found_in(text)
    assert found.code == "yaml-syntax"
    assert found.help == "`#` after a space begins a comment: put text with ` #` in quotes"


@pytest.mark.parametrize(
    "text",
    ["title: A # a remark\n", "title: 'Work package #3'\n", "title: A#3\n", "# title: A #3\n"],
    ids=["remark", "quoted", "no-blank", "commented-out"],
)
def test_a_comment_and_a_text_with_the_sign_in_it_are_fine(
    found_in: Callable[..., list[Diagnostic]], text: str
) -> None:
    assert found_in(f"framework: small.yaml\n{text}candidates: [{{id: a}}]\n") == []


# addresses

NO_ADDRESSES = {
    "I10-script": "javascript:alert(1)",
    "I10-line-break": "https://x.org/a\nb",
    "data": "data:text/html,x",
    "file": "file:///etc/passwd",
    "no-host": "https://",
    "only-a-path": "https:///page",
    "dots-for-a-host": "https://...",
    "no-scheme": "www.x.org",
    "blank": "https://x.org/a b",
    "blank-first": " https://x.org",
    "mark-up": "https://x.org/<script>",
    "quote": 'https://x.org/"onclick="x',
    "another-host": "https://who.int@evil.example/",
    "backslash": "https:\\\\x.org",
    "port": "https://x.org:999999",
    "mail": "mailto:a@x.org",
}


@pytest.mark.parametrize("url", NO_ADDRESSES.values(), ids=NO_ADDRESSES)
def test_only_a_web_address_is_a_url(found_in: Callable[..., list[Diagnostic]], url: str) -> None:
    data = {"framework": "small.yaml", "sources": {"s": {"title": "T", "url": url}}}
    (found,) = found_in(json.dumps({**data, "candidates": [{"id": "a"}]}), "list.json")
    assert (found.code, found.place) == ("invalid-url", "sources.s.url")
    assert "\n" not in found.message
    assert found.help in (
        "write an address as a browser shows it, such as `https://www.who.int/news`",
        *(f"write `https://{meant}`" for meant in ("x.org", "x.org/a", "x.org/a%20b", "www.x.org")),
    )
    assert found.span is not None
    validator = jsonschema.Draft202012Validator(json_schema("source"))
    assert not validator.is_valid({"title": "T", "url": url})


@pytest.mark.parametrize(
    "url",
    [
        "https://x.org",
        "HTTP://X.org:8080/a?b=c#d",
        "https://ü.de/ü",
        "http://[::1]/",
        "https://a-b.c/~d(e)",
    ],
)
def test_a_web_address_is_a_url_of_the_schema_too(url: str) -> None:
    assert Source(title="T", url=url).url == url
    validator = jsonschema.Draft202012Validator(json_schema("source"))
    assert validator.is_valid({"title": "T", "url": url})


# lists without candidates, without their kind, and values as they are written


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("framework: small.yaml\ncandidates: []\n", 13),
        ("[]\n", 1),
        ("candidates: []\nframework: small.yaml\n", 13),
    ],
)
def test_a_list_without_candidates_is_an_error(
    found_in: Callable[..., list[Diagnostic]], text: str, column: int, tmp_path: Path
) -> None:
    (tmp_path / "list.yaml").write_text(text)
    with pytest.raises(cs.CandidateError) as caught:
        cs.load_candidates(tmp_path / "list.yaml", str(tmp_path / "small.yaml"))
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("too-few", "this list has no candidates")
    assert found.span is not None
    assert (found.span.column, found.help) == (column, "add one: `- {id: ..., ratings: ...}`")


def test_a_list_may_leave_its_kind_out(found_in: Callable[..., list[Diagnostic]]) -> None:
    text = "framework: small.yaml\ncandidates: [{id: a, ratings: {gain: 3}}]\n"
    assert found_in(text) == []
    assert found_in(f"collabscore: candidates/1\n{text}") == []
    (found,) = found_in(f"colabscore: candidates/1\n{text}")
    assert (found.code, found.help) == ("unknown-key", "did you mean `collabscore`?")
    (found,) = found_in("cases: []\nframework: small.yaml\n")
    assert (found.code, found.span is not None) == ("missing-key", True)


@pytest.mark.parametrize("written", ["1.10", "1e3", "0x1F", "+7", "012", "1.50", "-0.0"])
def test_a_number_is_quoted_as_it_is_written(
    found_in: Callable[..., list[Diagnostic]], written: str
) -> None:
    (found,) = found_in(f"framework: small.yaml\ntitle: {written}\ncandidates: [{{id: a}}]\n")
    assert found.message == f"expected text, not `{written}`"
    assert found.help == f'put it in quotes: `"{written}"`'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[{"id": "a", "ratings": {"gain": NaN}}]', "NaN"),
        ('[{"id": "NaN", "ratings": {"gain": -Infinity}}]', "-Infinity"),
        ('[{"id": "1e999", "ratings": {"gain": 1e999}}]', "1e999"),
    ],
)
def test_a_number_of_json_that_is_not_finite_is_refused_as_written(
    found_in: Callable[..., list[Diagnostic]], text: str, name: str
) -> None:
    whole = f'{{"framework": "small.yaml", "candidates": {text}}}'
    (found,) = found_in(whole, "list.json")
    assert found.message == f"`{name}` is not a finite number"
    assert found.help == "write a finite number, or `unknown` for an unknown answer"
    assert found.span is not None
    assert found.span.column == whole.index(f": {name}") + 3


@pytest.mark.parametrize("written", [".nan", ".inf", "-.INF", "1e400"])
def test_yaml_has_them_and_ratings_do_not(
    found_in: Callable[..., list[Diagnostic]], written: str
) -> None:
    (found,) = found_in(
        f"framework: small.yaml\ncandidates: [{{id: a, ratings: {{gain: {written}}}}}]\n"
    )
    assert (found.code, found.message) == ("not-finite", f"`{written}` is not a finite number")
    assert found.help
