"""Issue 11: siblings of its bad input, and sentences on answers in doubt that have to be true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.analysis.explanation import Explanation
from collabscore.cli.main import cli
from collabscore.errors import UsageError

DOUBT: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "doubt",
    "criteria": {"gain": {"scale": {"range": [1, 5]}}, "risk": {"scale": {"range": [1, 5]}}},
    "lists": {"topics": {"items": ["soil", "chips"]}},
    "facts": {
        "crit": {"kind": "flag"},
        "budget": {"kind": "number"},
        "stage": {"kind": "level", "levels": ["basic", "applied"], "several": True},
        "link": {"kind": "level", "levels": ["none", "uses"]},
        "fields": {"kind": "set", "of": "topics"},
    },
    "safeguards": {"review": {}},
    "contradictions": {
        "cheap": {"when": "not crit and budget < 1", "doubts": ["crit"]},
        "useful": {"when": "not crit and gain > 3.37", "doubts": ["crit"]},
        "linked": {"when": "crit and link == none", "doubts": ["crit", "link"]},
    },
    "guardrails": {
        "g": {"when": "crit", "needs": ["review"], "then": "refer", "met": "conditional"},
        "h": {"when": "stage >= applied and link == uses", "then": "refer"},
        "i": {"when": "overlaps(fields, [chips])", "then": "refer"},
    },
}
SETTLED = {"stage": "basic", "link": "uses", "fields": []}
_TWICE = ("repeated-word", "is listed twice", "remove one of them")
_NESTED = (
    "invalid-fact",
    "is not a single answer",
    "write single answers in a list, or `{one_of: [...]}` in place of the list",
)


@pytest.fixture
def found_in(tmp_path: Path) -> Any:
    def found(facts: str) -> list[Any]:
        file = tmp_path / "list.yaml"
        text = f"as_of: 2026-01-15\ncollabscore: candidates/1\ncandidates:\n- {{id: a, {facts}}}\n"
        file.write_text(text, encoding="utf-8")
        return list(check(file, [cs.load_framework(DOUBT)]).diagnostics)

    return found


@pytest.mark.parametrize(
    ("facts", "quoted", "place", "expected"),
    [
        ("stage: {at_least: [basic, basic]}", "basic", ("stage", "at_least", 1), _TWICE),
        ("fields: {at_least: [soil, soil]}", "soil", ("fields", "at_least", 1), _TWICE),
        ("stage: [basic, {one_of: [applied]}]", "{one_of: [applied]}", ("stage", 1), _NESTED),
        ("stage: [basic, [applied]]", "[applied]", ("stage", 1), _NESTED),
        ("stage: {all_of: [[basic]]}", "[basic]", ("stage", "all_of", 0), _NESTED),
        ("fields: [[soil]]", "[soil]", ("fields", 0), _NESTED),
        ("stage: {one_of: [[[basic]], applied]}", "[basic]", ("stage", "one_of", 0, 0), _NESTED),
    ],
)
def test_lists_of_answers(
    found_in: Any, facts: str, quoted: str, place: tuple[Any, ...], expected: tuple[str, str, str]
) -> None:
    (one,) = found_in(f"facts: {{{facts}}}")
    code, message, help = expected
    assert (one.code, one.help) == (code, help)
    assert one.message.endswith(f"`{quoted}` {message}")
    assert one.path[-len(place) :] == place
    assert one.span is not None


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ("stage: [basic, applied, basic]", "{all_of: [basic, applied]}"),
        ("stage: {value: [applied, applied, basic]}", "{all_of: [applied, basic]}"),
        ("stage: [basic, basic]", None),
        ("link: [uses, uses]", None),
        ("fields: [soil, soil]", None),
    ],
)
def test_plain_lists_of_before_load_and_what_is_offered_can_be_read(
    found_in: Any, facts: str, offered: str | None
) -> None:
    found = found_in(f"facts: {{{facts}}}")
    assert [one.code for one in found] == ["plain-list"] * (offered is not None)
    if offered is not None:
        assert f"`{offered}`" in found[0].help
        assert found_in(f"facts: {{stage: {offered}}}") == []


def test_all_answers_leave_no_room_for_more() -> None:
    fact = cs.load_framework(DOUBT).all_facts["stage"]
    some, every = (
        fact.read(cs.Candidate(id="a", facts={"stage": {"at_least": words}}).facts["stage"], {})
        for words in (["basic"], ["basic", "applied"])
    )
    assert not some.settled
    assert every.settled
    assert fact.words(every) == "basic and applied"


@pytest.mark.parametrize("entry", ["{until: 2025}", "{value: unknown, until: 2025}"])
def test_an_entry_without_an_answer_does_not_expire(found_in: Any, entry: str) -> None:
    assert found_in(f"facts: {{link: {entry}}}, ratings: {{gain: {entry}}}") == []
    # as in the result
    listed = {"until": "2025"}
    candidate = {"id": "a", "facts": {"link": listed}, "ratings": {"gain": listed}}
    assert cs.score({"as_of": "2026", "candidates": [candidate]}, DOUBT)["a"].expired == ()


def test_the_help_on_two_doubted_facts_is_a_sentence(found_in: Any) -> None:
    (one,) = found_in("facts: {crit: yes, link: none}")
    cure = "correct one of these answers; until then `crit` and `link` also count as unknown"
    assert one.help == cure


def test_a_fact_is_doubted_once() -> None:
    twice = {"when": "crit and link == none", "doubts": ["link", "crit", "link"]}
    with pytest.raises(cs.FrameworkError) as error:
        cs.load_framework({**DOUBT, "contradictions": {"c": twice}})
    (one,) = error.value.diagnostics
    assert (one.code, one.path) == ("repeated-word", ("contradictions", "c", "doubts", 2))


def explained(facts: dict[str, Any], gain: float = 2, **more: Any) -> Explanation:
    answers = {"ratings": {"gain": gain, "risk": 3}, "facts": {**SETTLED, **facts}}
    return cs.explain(cs.score([{"id": "a", **answers, **more}], DOUBT), "a")


def milder(explanation: Explanation) -> list[tuple[str, str]]:
    return [
        (change.fact, change.answer)
        for change in explanation.fact_changes
        if change.aim == "milder_verdict"
    ]


def test_a_doubted_answer_is_among_the_changes() -> None:
    found = explained({"crit": True, "link": "none", "budget": 2}, safeguards=["review"])
    assert found.assessment.verdict == "conditional"
    assert milder(found) == [("crit", "no")]
    assert "No single change would give a better verdict" not in found.to_text(100)


def test_an_answer_that_ends_a_doubt_is_among_the_changes() -> None:
    found = explained({"crit": False})
    assert (found.assessment.verdict, found.assessment.doubted) == ("refer", ("crit",))
    assert milder(found) == [("budget", "1 or more")]


@pytest.mark.parametrize(
    ("gain", "aim", "beyond"), [(4, "milder_verdict", False), (3, "severer_verdict", True)]
)
def test_a_rating_moves_to_where_a_doubt_ends_or_begins(
    gain: float, aim: str, beyond: bool
) -> None:
    found = explained({"crit": False, "budget": 2}, gain=gain)
    (change,) = [one for one in found.rating_changes if one.aim == aim]
    assert (change.to, change.beyond) == (3.37, beyond)


def test_exact_ranks_need_doubts_that_do_not_depend_on_weights() -> None:
    by_score = {"when": "not crit and score(gain) > 40", "doubts": ["crit"]}
    groups = {"all": {"criteria": DOUBT["criteria"]}, "other": {"scale": {"range": [1, 5]}}}
    of_group = {"when": "not crit and score(all) > 40", "doubts": ["crit"]}
    listed = [{"id": name, "facts": SETTLED} for name in "ab"]
    fixed = cs.score(listed, {**DOUBT, "contradictions": {"c": by_score}})
    assert cs.extreme_ranks(fixed, weights="any") is not None
    moving = {**DOUBT, "criteria": groups, "contradictions": {"c": of_group}}
    moving["guardrails"] = {"g": {"when": "crit", "then": "refer"}}
    with pytest.raises(UsageError, match="contradiction `c` uses score"):
        cs.extreme_ranks(cs.score(listed, moving), weights={"all": "any"})


def test_a_doubted_answer_is_not_shown_as_unknown() -> None:
    ranking = cs.score([{"id": "a", "facts": {**SETTLED, "crit": True, "link": "none"}}], DOUBT)
    evidence = {one.name: one.answer for one in cs.explain(ranking, "a").guardrails[0].decided}
    assert evidence == {"crit": "yes (in doubt)"}


@pytest.mark.parametrize("until", [None, "2025"])
def test_no_answer_is_hidden_for_a_milder_verdict(until: str | None) -> None:
    """It would be, where a condition asks whether there is an answer; that is no advice."""
    document = {**DOUBT, "guardrails": {"g": {"when": "known(crit) and crit", "then": "outside"}}}
    answers = {"crit": {"value": True, "until": until}, "link": "none", "budget": 2}
    ranking = cs.score({"as_of": "2026", "candidates": [{"id": "a", "facts": answers}]}, document)
    assert ranking["a"].verdict == "outside"
    assert milder(cs.explain(ranking, "a")) == [("crit", "no")]


def test_frameworks_may_know_different_contradictions_of_one_id(tmp_path: Path) -> None:
    other = {**DOUBT, "id": "other"}
    other["contradictions"] = {
        "linked": {"when": "crit and budget < 3", "doubts": ["budget"], "say": "No."}
    }
    file = tmp_path / "list.yaml"
    file.write_text("- {id: a, facts: {crit: yes, link: none, budget: 2}}\n", encoding="utf-8")
    found = check(file, [cs.load_framework(DOUBT), cs.load_framework(other)]).diagnostics
    assert [one.path[-1] for one in found] == ["crit", "budget"]
    # one that both know is said once
    same = check(file, [cs.load_framework(DOUBT), cs.load_framework({**DOUBT, "id": "other"})])
    assert [one.path[-1] for one in same.diagnostics] == ["crit"]


def test_the_cure_of_a_case_without_a_date_is_of_cases(tmp_path: Path) -> None:
    expiring = {"value": True, "until": "2025"}
    case = {"id": "a", "candidate": {"facts": {"crit": expiring}}, "expect": {"verdict": "refer"}}
    document = {"collabscore": "cases/1", "framework": "doubt", "cases": [case]}
    with pytest.raises(cs.DocumentError) as error:
        cs.run_cases(cs.load_framework(DOUBT), document)
    (one,) = error.value.diagnostics
    assert one.message == "`until` is compared with the date of the cases, which have none"
    assert one.help == "add `as_of: ...` to the cases"


@pytest.mark.parametrize("items", [10, 11])
def test_explain_says_so_where_not_all_answers_could_be_tried(items: int) -> None:
    names = [f"item_{k}" for k in range(items)]
    asked = ", ".join(f"includes(fields, {name})" for name in names)
    document = {
        **DOUBT,
        "lists": {"topics": {"items": names}},
        "contradictions": {},
        "guardrails": {"g": {"when": f"count({asked}) >= {items}", "then": "outside"}},
    }
    lines = cs.explain(cs.score([{"id": "a"}], document), "a").to_text(100).split()
    untried = "No change that was tried would give a worse verdict or worsen the rank. "
    untried += 'Not all answers to "Fields" were tried.'
    assert (untried in " ".join(lines)) is (items > 10)
    assert "No single change would" not in " ".join(lines)


def test_every_form_of_a_result_says_that_another_date_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.json").write_text(json.dumps(DOUBT), encoding="utf-8")
    text = "collabscore: candidates/1\nas_of: 2026-01-15\ncandidates:\n- {id: a}\n- {id: b}\n"
    Path("list.yaml").write_text(text, encoding="utf-8")
    Path("other.json").write_text(json.dumps({**DOUBT, "id": "other"}), encoding="utf-8")
    by = ["-f", "d.json", "--as-of"]
    note = "note: judged as of 2025-06 (earlier than the list: 2026-01-15)\n"
    for command in (
        ["score", "list.yaml", "--format", "csv", *by],
        ["explain", "list.yaml", "a", "--format", "json", *by],
        ["diff", "list.yaml", "list.yaml", *by],
        ["compare", "list.yaml", "-f", "other.json", "--format", "csv", *by],
    ):
        shown = CliRunner().invoke(cli, [*command, "2025-06"])
        assert (shown.exit_code, note in shown.stderr) == (0, True), (command, shown.stderr)
        same = CliRunner().invoke(cli, [*command, "2026-01-15"])
        assert "judged as of" not in same.stderr


def test_the_template_says_how_alternatives_are_written() -> None:
    template = CliRunner().invoke(cli, ["new", "-", "-f", "guardrail"]).output
    words = " ".join(template.replace("\n# ", " ").split())
    assert "If one of several answers is the case, write {one_of: [...]}." in words


def test_a_range_over_the_whole_scale_is_counted_as_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    entries = ["[1, 5]", "{low: 1, high: 5}", "{low: 1, value: 2, high: 5}", "[1, 4]", "3"]
    rows = [
        f"- {{id: {k}, ratings: {{gain: {entry}}}}}"
        for k, entry in zip("abcde", entries, strict=True)
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    answers = check(file, [cs.load_framework(DOUBT)]).answers
    (gain,) = [one for one in answers if one.title == "Gain"]
    assert (gain.given, gain.missing) == (3, ("a", "b"))


@pytest.mark.parametrize("when", ["not crit and has(review)", "crit and not has(review)", "bare"])
def test_no_doubt_rests_on_a_safeguard_that_could_be_left_out(when: str) -> None:
    document = {**DOUBT, "conditions": {"bare": {"when": "crit and has(review)"}}}
    document["contradictions"] = {"c": {"when": when, "doubts": ["crit"]}}
    with pytest.raises(cs.FrameworkError) as error:
        cs.load_framework(document)
    (one,) = error.value.diagnostics
    assert (one.code, one.path) == ("condition-not-allowed", ("contradictions", "c", "when"))
    assert one.message.startswith("a contradiction is of answers, and `has(...)` is about none")
    assert one.help == "compare the answers themselves, such as `stage == basic`"
