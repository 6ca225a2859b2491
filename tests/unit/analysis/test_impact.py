"""The impact of a changed framework, by hand: clauses, lists, words of one framework alone."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import collabscore as cs

OLD: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "house",
    "version": "1",
    "sources": {"act": {"title": "An act", "verified": "primary"}},
    "criteria": {
        "gain": {"scale": {"range": [0, 10]}},
        "reach": {"scale": {"range": [0, 10]}},
    },
    "facts": {
        "stage": {"kind": "level", "levels": ["basic", "applied", "deployed"]},
        "harmful": {"kind": "flag"},
        "personal": {"kind": "flag"},
    },
    "safeguards": {"review": {}},
    "guardrails": {
        "harm": {"when": "harmful", "then": "outside", "source": {"id": "act", "clause": "art. 1"}},
        "data": {
            "when": "personal",
            "needs": ["review"],
            "then": "refer",
            "source": {"id": "act", "clause": "art. 2"},
        },
    },
}


def changed(**guardrails: Any) -> dict[str, Any]:
    document = copy.deepcopy(OLD) | {"version": "2"}
    for key, rule in guardrails.items():
        document["guardrails"].pop(key, None)
        if rule is not None:
            document["guardrails"][key] = rule
    return document


def candidate(name: str, **facts: Any) -> dict[str, Any]:
    known = {"stage": "basic", "harmful": False, "personal": False}
    return {"id": name, "ratings": {"gain": 5, "reach": 5}, "facts": known | facts}


LATE = {
    "steps": [
        {"when": "stage == deployed", "then": "outside", "source": {"id": "act", "clause": "3a"}},
        {"when": "stage >= applied", "then": "refer"},
    ],
    "source": {"id": "act", "clause": "art. 3"},
}


def clauses(found: cs.Impact) -> list[tuple[Any, ...]]:
    return [
        (one.title, one.source, one.change, one.stricter, one.milder, one.several)
        for one in found.clauses
    ]


def test_a_new_rule_by_step_and_source() -> None:
    listed = [candidate("a", stage="deployed"), candidate("b", stage="applied"), candidate("c")]
    found = cs.impact(listed, OLD, changed(late=LATE))
    assert clauses(found) == [
        ("Late, step 1", "act (3a)", "new", 1, 0, 0),
        ("Late, step 2", "act (art. 3)", "new", 1, 0, 0),
    ]
    by_id = {row.id: row for row in found.rows}
    assert (by_id["a"].old_verdict, by_id["a"].new_verdict) == ("inside", "outside")
    assert (by_id["a"].old_rank, by_id["a"].new_rank) == (1, None)
    assert by_id.keys() == {"a", "b"}
    assert found.counts["go_ahead_no_longer"] == 2
    assert found.counts["ranked_no_longer"] == 1


def test_json_holds_what_a_clause_says_and_nothing_else() -> None:
    found = cs.impact([candidate("a", stage="deployed")], OLD, changed(late=LATE))
    assert found.moves  # looks clauses up by their hash
    (clause,) = found.document()["clauses"]
    assert list(clause) == [
        *("cause", "guardrail", "step", "title", "source", "change"),
        *("stricter", "milder", "several"),
    ]
    assert '"_' not in found.to_json()


def test_the_sentence_for_a_minister() -> None:
    listed = [candidate(f"p{k}", stage="applied" if k < 3 else "basic") for k in range(10)]
    listed[3]["facts"]["personal"] = True
    late = {"when": "stage >= applied", "then": "refer"}
    data = {"when": "personal", "then": "outside"}
    text = cs.impact(listed, OLD, changed(late=late, data=data)).to_text(80, detail="brief")
    assert "Of 10 past candidates, 4 would get another verdict: 4 a more severe one." in text
    assert '3 would now get ▲ refer (before: ● inside): 3 because of "Late".' in text
    assert '1 would now get ✕ outside (before: ▲ refer): 1 because of "Data".' in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_removed_and_a_loosened_rule() -> None:
    listed = [candidate("a", harmful=True), candidate("b", personal=True)]
    loose = OLD["guardrails"]["data"] | {"then": "conditional"}
    found = cs.impact(listed, OLD, changed(harm=None, data=loose))
    assert clauses(found) == [
        ("Harm", "act (art. 1)", "removed", 0, 1, 0),
        ("Data", "act (art. 2)", "changed", 0, 1, 0),
    ]
    assert found.counts["go_ahead_newly"] == 2


def test_two_clauses_either_of_which_explains() -> None:
    first = {"when": "stage >= applied", "then": "refer"}
    both = cs.impact(
        [candidate("a", stage="applied", harmful=False)],
        OLD,
        changed(first=first, second=first),
    )
    assert clauses(both) == [("First", None, "new", 1, 0, 1)]


def test_two_clauses_that_both_had_to_give_way() -> None:
    found = cs.impact(
        [candidate("a", harmful=True, personal=True)], OLD, changed(data=None, harm=None)
    )
    # neither alone: without the one, the other still stands in the way
    assert clauses(found) == [("Harm", "act (art. 1)", "removed", 0, 1, 1)]


def test_the_same_text_by_other_words() -> None:
    new = copy.deepcopy(OLD)
    new["conditions"] = {"sensitive": "personal"}
    old = copy.deepcopy(OLD)
    old["conditions"] = {"sensitive": "personal and harmful"}
    for document in (old, new):
        document["guardrails"]["data"] = {"when": "sensitive", "then": "refer"}
    found = cs.impact([candidate("a", personal=True)], old, new)
    assert clauses(found) == [("Data", None, "same", 1, 0, 0)]
    assert "condition changed: Sensitive" in found.framework_changes


def test_the_scope_of_the_framework() -> None:
    found = cs.impact([candidate("a"), candidate("b")], OLD, OLD | {"applies": "harmful"})
    assert clauses(found) == [("Scope of the framework", None, None, 0, 2, 0)]
    assert found.clauses[0].cause == "applies"
    assert "because of the scope of the framework" in str(found)


def test_other_verdicts_are_compared_by_their_meaning() -> None:
    new = copy.deepcopy(OLD) | {
        "verdicts": {"green": {}, "red": {"tier": 2}, "black": {"ranked": False}},
        "guardrails": {
            "harm": {"when": "harmful", "then": "black"},
            "data": {"when": "personal", "then": "red"},
        },
    }
    listed = [candidate("a", harmful=True), candidate("b", personal=True), candidate("c")]
    found = cs.impact(listed, OLD, new)
    assert found.counts["verdict"] == 0
    assert found.notes[0].startswith("Verdicts that only one framework has")


def test_an_added_verdict_keeps_the_order() -> None:
    new = copy.deepcopy(OLD) | {
        "verdicts": {
            "inside": {},
            "conditional": {},
            "refer": {"tier": 2},
            "minister": {"tier": 2},
            "outside": {"ranked": False},
        },
        "defaults": {"met": "conditional", "if_unknown": "refer"},
    }
    new["guardrails"]["data"] = {"when": "personal", "then": "minister"}
    found = cs.impact([candidate("a", personal=True)], OLD, new)
    assert [(row.direction, row.new_verdict) for row in found.rows] == [("stricter", "minister")]


def test_newly_open_and_unranked() -> None:
    unknown = candidate("a")
    del unknown["facts"]["stage"]
    found = cs.impact([unknown], OLD, changed(late=LATE))
    assert found.counts["open_newly"] == found.counts["may_be_unranked_newly"] == 1
    assert found.rows[0].may_be_unranked
    assert "Unknown answers may rule out: 1 more, 0 no longer." in str(found)


def test_several_lists_with_the_same_ids(tmp_path: Path) -> None:
    for year in ("2024", "2025"):
        (tmp_path / year).mkdir()
        facts = f"stage: {'applied' if year == '2025' else 'basic'}, harmful: no, personal: no"
        text = f"- {{id: a, facts: {{{facts}}}}}\n"
        (tmp_path / year / "list.yaml").write_text(text)
    files = [tmp_path / year / "list.yaml" for year in ("2024", "2025")]
    found = cs.impact(files, OLD, changed(late=LATE))
    assert [(row.list, row.id) for row in found.rows if row.direction] == [(str(files[1]), "a")]
    digests = [one["digest"] for one in found.manifest["candidates"]]
    assert len(set(digests)) == 2
    frameworks = [one["digest"] for one in found.manifest["frameworks"]]
    assert frameworks == [
        cs.load_framework(OLD).digest,
        cs.load_framework(changed(late=LATE)).digest,
    ]
    assert str(tmp_path) not in str(found.manifest)
    assert "in 2 lists" in str(found)


def test_words_of_one_framework_alone() -> None:
    new = copy.deepcopy(OLD)
    del new["facts"]["personal"], new["guardrails"]["data"]
    new["facts"]["remote"] = {"kind": "flag", "title": "Remote access"}
    new["guardrails"]["remote"] = {"when": "remote", "then": "refer"}
    listed = [candidate("a", personal=True, remote=False), candidate("b", remote=True)]
    found = cs.impact(listed, OLD, new)
    assert [(one.name, one.answered) for one in found.asked_newly] == [("remote", 2)]
    assert [(one.name, one.answered) for one in found.asked_no_longer] == [("personal", 2)]
    assert 'Asked by house 1 alone (known for, of 2): "Personal" (2).' in found.notes
    assert {row.id: row.new_verdict for row in found.rows} == {"a": "inside", "b": "refer"}


def test_each_reads_by_its_own_definition() -> None:
    new = copy.deepcopy(OLD) | {"version": "2"}
    new["facts"]["stage"]["levels"] = ["basic", "pilot", "applied", "deployed"]
    new["guardrails"]["late"] = {"when": "stage >= pilot", "then": "refer"}
    found = cs.impact([candidate("a", stage="applied")], OLD, new)
    assert found.redefined == ("stage",)
    assert any("Defined differently: `stage`." in note for note in found.notes)
    assert [row.new_verdict for row in found.rows] == ["refer"]


@pytest.mark.parametrize("lists", [[candidate("a")], {"candidates": [candidate("a")]}])
def test_a_single_list_in_every_form(lists: Any) -> None:
    assert cs.impact(lists, OLD, OLD).counts["candidates"] == 1
    assert cs.impact([lists, lists], OLD, OLD).counts["candidates"] == 2
    loaded = cs.load_candidates(lists, OLD)
    assert cs.impact([loaded, loaded], OLD, OLD).counts["candidates"] == 2
    assert cs.impact(loaded, OLD, OLD, as_of="2026-01-01").lists[0].name == "list 1"


def test_the_row_of_a_table() -> None:
    rows: list[Any] = [
        ["deployed", "outside"],
        {"when": ["applied"], "then": "refer", "source": "act"},
    ]
    rows.append(["any", "inside"])
    listed = [candidate("a", stage="applied"), candidate("b", stage="deployed"), candidate("c")]
    found = cs.impact(listed, OLD, changed(late={"table": {"facts": ["stage"], "rows": rows}}))
    assert clauses(found) == [
        ("Late, row 2", "act", "new", 1, 0, 0),
        ("Late, row 1", None, "new", 1, 0, 0),
    ]


def test_parties() -> None:
    old = copy.deepcopy(OLD) | {"parties": {"eu": "European Union", "in": "India"}}
    old["facts"]["law"] = {"kind": "level", "levels": ["open", "closed"], "per": "party"}
    new = copy.deepcopy(old)
    new["guardrails"]["law"] = {"when": "any_party(law == closed)", "then": "outside"}
    listed = [
        candidate("a", law={"eu": "open", "in": "closed"}),
        candidate("b", law={"eu": "open"}),
    ]
    found = cs.impact(listed, old, new)
    assert {row.id: row.new_verdict for row in found.rows} == {"a": "outside", "b": "refer"}
    assert [(one.name, one.answered) for one in found.asked_newly] == [("law_eu", 2), ("law_in", 1)]


def test_partners() -> None:
    new = changed(partner={"when": "any_partner(listed)", "then": "refer"})
    new["facts"]["listed"] = {"kind": "flag", "per": "partner"}
    partners: dict[str, Any] = {
        "a": [{"id": "acme", "facts": {"listed": True}}],
        "b": [{"id": "acme", "facts": {"listed": False}}, {"id": "beta"}],
        "c": [],
    }
    listed = [candidate(key) | {"partners": given} for key, given in partners.items()]
    found = cs.impact([*listed, candidate("d")], OLD, new)
    verdicts = {row.id: row.new_verdict for row in found.rows}
    assert verdicts == {"a": "refer", "b": "refer", "d": "refer"}
    # of all partners: of `a`, and of `c`, which has none
    assert [(one.name, one.answered) for one in found.asked_newly] == [("listed", 2)]
    assert cs.impact(listed, new, OLD).counts["milder"] == 2
