"""Facts of each partner of a candidate: what they mean, and what is wrong with them."""

from __future__ import annotations

import itertools
import random
import time
from typing import Any

import pytest
import yaml

import collabscore as cs
from collabscore.analysis.checking import check
from collabscore.documents.loading import load_candidates, load_framework
from collabscore.documents.templates import candidates_template
from collabscore.errors import CandidateError, Diagnostic, FrameworkError, UsageError
from collabscore.reports.ci import answer_lines

LEVELS = ["open", "case_by_case", "denied"]
SCALE = {"range": [0, 4], "levels": {0: "none", 4: "much"}}
FRAMEWORK: dict[str, Any] = {
    "collabscore": "framework/1",
    "id": "office",
    "criteria": {"gain": {"scale": SCALE}},
    "facts": {
        "law": {
            "kind": "level",
            "levels": LEVELS,
            "per": "partner",
            "question": "Which law binds {partner}?",
        },
        "listed": {"kind": "flag", "per": "partner", "title": "{partner} on the list"},
        "topic": {"kind": "flag"},
    },
    "safeguards": {"licence": {}},
    "conditions": {"strict": "law >= case_by_case and topic"},
    "guardrails": {
        "law_rule": {
            "steps": [
                {"when": "any_partner(law == denied and listed)", "then": "outside"},
                {"when": "any_partner(strict)", "then": "refer", "needs": ["licence"]},
                {"when": "partners_where(law == open) >= 2 and not topic", "then": "refer"},
            ]
        },
        "all_listed": {"when": "topic and every_partner(listed or law == denied)", "then": "refer"},
    },
}
ORDER = ["inside", "conditional", "refer", "outside"]


def partner(name: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, "facts": facts}


def candidate(*partners: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"id": "x", "ratings": {"gain": 2}, "facts": facts, "partners": list(partners)}


# meaning


def verdict_of(topic: bool, partners: list[tuple[str, bool]], in_place: bool) -> str:
    """The verdict where all is known, in plain Python."""
    found = ["inside"]
    strict = [law != "open" and topic for law, _ in partners]
    if any(law == "denied" and listed for law, listed in partners):
        found.append("outside")
    if any(strict):
        found.append("conditional" if in_place else "refer")
    if sum(law == "open" for law, _ in partners) >= 2 and not topic:
        found.append("refer")
    if topic and all(listed or law == "denied" for law, listed in partners):
        found.append("refer")
    return max(found, key=ORDER.index)


@pytest.mark.parametrize("seed", range(4))
def test_verdicts_and_ranges_are_those_of_all_completions(seed: int) -> None:
    rng = random.Random(seed)
    listed, expected = [], []
    for number in range(60):
        partners, ways = [], []
        for place in range(rng.randint(0, 3)):
            laws = rng.choice([[one] for one in LEVELS] + [LEVELS, LEVELS[1:]])
            flags = rng.choice([[True], [False], [True, False]])
            facts = {"law": {"one_of": laws} if len(laws) > 1 else laws[0]}
            facts |= {"listed": flags[0]} if len(flags) == 1 else {}
            partners.append({"id": f"p{place}", "facts": facts})
            ways.append(list(itertools.product(laws, flags)))
        topics = rng.choice([[True], [False], [True, False]])
        in_place = rng.random() < 0.5
        one = candidate(*partners, **({"topic": topics[0]} if len(topics) == 1 else {}))
        one |= {"id": f"c{number}", "safeguards": ["licence"] if in_place else []}
        listed.append(one)
        completions = itertools.product(topics, *ways)
        verdicts = {verdict_of(topic, list(rest), in_place) for topic, *rest in completions}
        expected.append((min(verdicts, key=ORDER.index), max(verdicts, key=ORDER.index)))
    ranking = cs.score(listed, FRAMEWORK)
    for one, ends in zip(listed, expected, strict=True):
        found = ranking[one["id"]]
        assert (found.verdict_range, found.range_exact) == (ends, True)
        if ends[0] == ends[1]:
            assert found.verdict == ends[0]


def test_no_partners_and_unknown_partners() -> None:
    entries = [candidate(topic=True), {**candidate(topic=True), "id": "y"}]
    del entries[1]["partners"]
    ranking = cs.score(entries, FRAMEWORK)
    assert ranking["x"].verdict_range == ("refer", "refer")  # every one of none is on the list
    assert ranking["y"].verdict_range == ("inside", "outside")
    assert ranking["y"].findings[0].unknown == ("partners",)


_CHOICE = {"kind": "choice", "options": ["a", "b"]}


@pytest.mark.parametrize(
    ("fact", "when", "yes", "no"),
    [
        ({"kind": "date"}, "f < '2026-01-01'", "2025-02", "2026-02-03"),
        ({"kind": "number"}, "f < 0", -2, 4),
        ({"kind": "number", "minimum": 5, "maximum": 9}, "f < 7", 6, [8, 9]),
        ({"kind": "flag"}, "f", True, False),
        ({"kind": "level", "levels": LEVELS}, "f >= denied", "denied", "open"),
        (_CHOICE, "f == b", "b", "a"),
        (_CHOICE | {"several": True}, "f == b", ["a", "b"], "a"),
        ({"kind": "set", "of": "all"}, "overlaps(f, few)", ["i", "j"], []),
    ],
    ids=["date", "number", "limits", "flag", "level", "choice", "several", "set"],
)
def test_each_kind_of_fact_with_no_partner_beside_some(
    fact: dict[str, Any], when: str, yes: Any, no: Any
) -> None:
    lists = {"all": {"items": {"i": None, "j": None}}, "few": {"items": {"j": None}}}
    document = {"collabscore": "framework/1", "id": "k", "facts": {"f": fact | {"per": "partner"}}}
    if fact["kind"] == "set":
        document |= {"lists": lists}
    some, others = ("inside", "outside"), {"yes": [yes], "no": [no], "both": [yes, no], "none": []}
    listed: list[dict[str, Any]] = [{"id": "unlisted"}, {"id": "open", "partners": [{"id": "p"}]}]
    for key, answers in others.items():
        partners = [partner(f"p{place}", f=answer) for place, answer in enumerate(answers)]
        listed.append({"id": key, "partners": partners})
    candidates = {"collabscore": "candidates/1", "as_of": "2026-06", "candidates": listed}
    for function, holds in (("any_partner", any), ("every_partner", all)):
        rule = {"g": {"when": f"{function}({when})", "then": "outside"}}
        ranking = cs.score(candidates, document | {"guardrails": rule})
        assert ranking["unlisted"].verdict_range == ranking["open"].verdict_range == some
        for key, answers in others.items():
            verdict = some[holds(answer is yes for answer in answers)]
            assert ranking[key].verdict_range == (verdict, verdict)


def test_two_partners_may_be_unknown() -> None:
    rules = {"g": {"when": "partners_where(listed) >= 2", "then": "outside"}}
    ranking = cs.score(
        [{"id": "x"}],
        {**FRAMEWORK, "criteria": {}, "guardrails": rules, "conditions": {}}
        | {"criteria": {"gain": {"scale": SCALE}}},
    )
    assert ranking["x"].verdict_range == ("inside", "outside")


def test_findings_name_the_partners_that_decide() -> None:
    entry = candidate(
        partner("acme", law="denied", listed=True),
        partner("2", law="denied", listed=False),
        partner("third", law="open"),
        topic=False,
    )
    entry["partners"][0]["title"] = "Acme Institute"
    found = cs.score([entry], FRAMEWORK)["x"].findings[0]
    assert (found.state, found.partners) == ("barred", ("acme",))
    assert found.title == "Law rule (Acme Institute)"
    entry = candidate(partner("one", listed=True), partner("2", law="open", listed=False))
    found = cs.score([entry], FRAMEWORK)["x"].findings[0]
    assert found.unknown == ("law@one", "topic")
    assert found.partners == ("one",)


def results(ranking: cs.Ranking) -> list[Any]:
    wanted = {"facts": {"c0": {"law@p0": "open"}}}
    return [
        ranking,
        cs.explain(ranking, "c0"),
        cs.next_questions(ranking, draws=500),
        cs.robustness(ranking, draws=200),
        cs.what_if(ranking, **wanted),
        cs.sensitivity(ranking),
    ]


def test_no_result_has_the_place_of_a_partner() -> None:
    rng = random.Random(5)
    listed = []
    for number in range(6):
        partners = [
            {"id": f"p{k}", "title": f"Org {k}", "facts": {"law": rng.choice(LEVELS)}}
            for k in range(number % 3 + 1)
        ]
        listed.append({**candidate(*partners), "id": f"c{number}"})
    listed.append({"id": "silent", "ratings": {"gain": 3}})
    ranking = cs.score(listed, FRAMEWORK)
    for result in results(ranking):
        for text in (result.to_text(), result.to_json(), result.to_markdown(), result.to_csv()):
            assert "#1" not in text
            assert "#2" not in text
            assert "a partner" not in text
    assert "Org 0 on the list" in cs.next_questions(ranking, draws=500).to_text()


def test_what_if_one_partner_answers() -> None:
    entry = candidate(
        partner("one", law="open"), partner("two", law="open", listed=False), topic=1 > 0
    )
    ranking = cs.score([entry], FRAMEWORK)
    changed = cs.what_if(ranking, facts={"x": {"law@one": "denied", "listed@one": True}})
    assert changed.ranking["x"].verdict == "outside"
    assert changed.ranking["x"].findings[0].partners == ("one",)
    with pytest.raises(UsageError, match="`law@three` is no fact of `office`"):
        cs.what_if(ranking, facts={"x": {"law@three": "open"}})
    reweighted = cs.what_if(ranking, weights={"gain": 2})
    assert reweighted.ranking["x"].verdict_range == ranking["x"].verdict_range


def test_a_difference_names_the_partner() -> None:
    runs = []
    for law in ("open", "denied"):
        entry = candidate(partner("acme", law=law, listed=False), topic=True)
        runs.append(cs.score([entry], FRAMEWORK))
    text = cs.diff(*runs).to_text()
    assert "Law (Acme): open → denied" in text


def test_an_answer_of_a_partner_expires() -> None:
    entry = candidate(partner("one", law={"value": "open", "until": "2020"}, listed=False))
    entry["facts"] = {"topic": True}
    ranking = cs.score({"as_of": "2021", "candidates": [entry]}, FRAMEWORK)
    assert ranking["x"].expired == ("law@one",)
    assert ranking["x"].verdict_range == ("inside", "refer")


def test_a_doubt_is_about_the_answers_of_all_partners() -> None:
    doubt = {"when": "any_partner(law == open) and topic", "doubts": ["law"]}
    entry = candidate(partner("one", law="open", listed=False), topic=True)
    ranking = cs.score([entry], {**FRAMEWORK, "contradictions": {"c": doubt}})
    assert ranking["x"].doubted == ("law@one",)
    assert ranking["x"].verdict_range == ("inside", "refer")


def test_a_framework_stays_the_same_document() -> None:
    loaded = load_framework(FRAMEWORK)
    ranking = cs.score([candidate(partner("one"))], loaded)
    assert ranking.framework.digest == loaded.digest
    assert [*loaded.candidate_facts] == ["topic"]


def test_time_grows_with_the_list_alone() -> None:
    rng = random.Random(1)
    seconds = []
    loaded = load_framework(FRAMEWORK)
    for size in (500, 2_000):
        listed = []
        for number in range(size):
            partners = []
            for k in range(rng.randint(0, 5)):
                law = rng.choice([*LEVELS, "unknown"])
                partners.append(partner(f"p{k}", law=law, listed=rng.random() < 0.3))
            listed.append({**candidate(*partners, topic=rng.random() < 0.5), "id": f"c{number}"})
        candidates = load_candidates(listed, loaded)
        start = time.process_time()
        ranking = cs.score(candidates, loaded)
        seconds.append(time.process_time() - start)
        assert ranking.judgement.exact.all()
    assert seconds[1] < 8 * seconds[0] + 0.2


def test_twenty_partners_with_open_facts_are_judged() -> None:
    partners = [partner(f"p{k}", listed="unknown") for k in range(20)]
    found = cs.score([candidate(*partners, topic=True)], FRAMEWORK)["x"]
    assert found.verdict_range == ("inside", "outside")
    assert not found.range_exact


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["flag", "date", "number"])
def test_more_completions_than_a_float_holds(kind: str) -> None:
    when = {"flag": "f", "date": "f < '2026-01-01'", "number": "f < 3"}[kind]
    rule = {"g": {"when": f"any_partner({when}) and every_partner({when})", "then": "outside"}}
    document = {"collabscore": "framework/1", "id": "k", "guardrails": rule}
    document["facts"] = {"f": {"kind": kind, "per": "partner"}}
    listed = [partner(f"p{k}") for k in range(1_030 if kind == "flag" else 500)]
    found = cs.score([{"id": "x", "partners": listed}], document)["x"]
    assert (found.verdict_range, found.range_exact) == (("inside", "outside"), False)


# bad input


def refused(entry: dict[str, Any]) -> Diagnostic:
    with pytest.raises(CandidateError) as raised:
        cs.load_candidates([{"id": "x", **entry}], FRAMEWORK)
    (found,) = raised.value.diagnostics
    return found


@pytest.mark.parametrize(
    ("entry", "code", "message", "help", "label"),
    [
        pytest.param(
            {"partners": [{"facts": {}}]},
            "missing-key",
            "`id` is missing",
            "add `id: ...`: the organisation's name in results",
            "candidates[x].partners[0]",
            id="no-id",
        ),
        pytest.param(
            {"partners": [{"id": "a"}, {"id": "b"}, {"id": "a"}]},
            "duplicate-id",
            "two partners have the id `a`",
            "give each its own id",
            "candidates[x].partners[a].id",
            id="one-id-twice",
        ),
        pytest.param(
            {"partners": [{"id": "a", "facts": {"topic": "yes"}}]},
            "unknown-fact",
            "`topic` is not a partner fact of `office`",
            "`topic` is a fact of the candidate: write it under `facts` of the candidate",
            "candidates[x].partners[a].facts.topic",
            id="fact-of-the-candidate",
        ),
        pytest.param(
            {"partners": [{"id": "a", "facts": {"lw": "open"}}]},
            "unknown-fact",
            "`lw` is not a partner fact of `office`",
            "did you mean `law`?",
            "candidates[x].partners[a].facts.lw",
            id="misspelt-fact",
        ),
        pytest.param(
            {"facts": {"law": "open"}},
            "unknown-fact",
            "`law` is not a fact of `office`",
            "it is asked of each partner: write it under `partners`, as `partners: [{id: ..., "
            "facts: {law: ...}}]`",
            "candidates[x].facts.law",
            id="fact-of-partners-outside",
        ),
        pytest.param(
            {"facts": {"law#1": "open"}},
            "unknown-fact",
            "`law#1` is not a fact of `office`",
            "choose from `topic`",
            "candidates[x].facts.law#1",
            id="id-of-a-place",
        ),
        pytest.param(
            {"partners": [{"id": "a", "facts": {"law": "opn"}}]},
            "unknown-level",
            "`law`: `opn` is not a level of this fact",
            "did you mean `open`?",
            "candidates[x].partners[a].facts.law",
            id="misspelt-level",
        ),
        pytest.param(
            {"partners": [{"id": "a", "fact": {}}]},
            "unknown-key",
            "unknown key `fact`",
            "did you mean `facts`?",
            "candidates[x].partners[a].fact",
            id="misspelt-key",
        ),
        pytest.param(
            {"partners": [{"id": "a"}, None]},
            "invalid-type",
            "expected keys with values, not nothing",
            "write keys with values, or remove this entry",
            "candidates[x].partners[1]",
            id="empty-entry",
        ),
        pytest.param(
            {"safeguards": [None, "licence"]},
            "invalid-type",
            "expected text or keys with values, not nothing",
            "write text or keys with values, or remove this entry",
            "candidates[x].safeguards[0]",
            id="empty-safeguard",
        ),
        pytest.param(
            {"tags": ["new", None]},
            "invalid-type",
            "expected text, not nothing",
            "write text, or remove this entry",
            "candidates[x].tags[1]",
            id="empty-tag",
        ),
        pytest.param(
            {"partners": "acme"},
            "invalid-type",
            "expected a list, not `acme`",
            "write `[acme]`",
            "candidates[x].partners",
            id="no-list",
        ),
        pytest.param(
            {"partners": [{"id": "a", "facts": {"law": {"value": "open", "evidence": ["reg"]}}}]},
            "unknown-source",
            "`reg` is not a source of the list or of its framework",
            "list it under `sources`",
            "candidates[x].partners[a].facts.law.evidence[0]",
            id="evidence",
        ),
    ],
)
def test_partners(entry: dict[str, Any], code: str, message: str, help: str, label: str) -> None:
    found = refused(entry)
    assert (found.code, found.message, found.help, found.label) == (code, message, help, label)


@pytest.mark.parametrize(
    ("when", "code", "message", "help"),
    [
        pytest.param(
            "law == open",
            "partner-missing",
            "`law` exists for each partner, and this does not say for which",
            "write `any_partner(...)` or `every_partner(...)` around it",
            id="bare",
        ),
        pytest.param(
            "any_partner(law == open and partners_where(listed) > 1)",
            "partner-nested",
            "`any_partner(law == open and partners_where(listed) > 1)` has another function for "
            "each partner inside",
            "ask once for all of them: move it out, and join the two with `and` or `or`",
            id="nested",
        ),
        pytest.param(
            "every_partner(topic)",
            "partner-unused",
            "`every_partner(topic)` has no name that exists for each partner",
            "name something with `per: partner` in it, or write the condition alone; choose from "
            "`law`, `listed`, `strict`",
            id="no-name",
        ),
        pytest.param(
            "partners_where(listed)",
            "condition-type",
            "`partners_where` gives a number, not true or false",
            "compare it: `partners_where(listed) >= 2`",
            id="a-number",
        ),
        pytest.param(
            "any_party(law == open)",
            "partner-missing",
            "`law` exists for each partner, and this does not say for which",
            "write `any_partner(...)` or `every_partner(...)` around it",
            id="function-for-parties",
        ),
    ],
)
def test_conditions_on_partners(when: str, code: str, message: str, help: str) -> None:
    rules = {"g": {"when": when, "then": "refer"}}
    with pytest.raises(FrameworkError) as raised:
        load_framework({**FRAMEWORK, "guardrails": rules})
    (found,) = raised.value.diagnostics
    assert (found.code, found.message, found.help) == (code, message, help)


def test_party_and_partner_together() -> None:
    facts = {**FRAMEWORK["facts"], "rule": {"kind": "flag", "per": "party"}}
    when = "any_partner(listed and any_party(rule)) and every_party(not rule or topic)"
    rules = {"g": {"when": when, "then": "outside"}}
    document = {**FRAMEWORK, "facts": facts, "guardrails": rules, "parties": {"eu": "E", "in": "I"}}
    entry = candidate(partner("one", listed=True), topic=True, rule={"eu": True, "in": False})
    assert cs.score([entry], document)["x"].verdict == "outside"
    entry["facts"]["topic"] = False
    assert cs.score([entry], document)["x"].verdict == "inside"


def test_proofs_list_partners_in_their_examples() -> None:
    rules = {"g": {"when": "any_partner(listed and law == denied)", "then": "outside"}}
    document = {**FRAMEWORK, "guardrails": rules, "conditions": {}}
    proof = cs.prove(document)
    text = proof.to_json()
    assert "#1" not in text
    assert '"partners"' in text
    assert "Candidates have at most 1 partner; more were not tried." in proof.notes
    assert all(statement.outcome != "not confirmed" for statement in proof.statements)


def test_cases_expect_what_is_unknown_of_a_partner(tmp_path: Any) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "office.yaml").write_text(yaml.safe_dump(FRAMEWORK, sort_keys=False))
    case = {
        "id": "silent",
        "candidate": {"facts": {"topic": True}, "partners": [partner("one", listed=False)]},
        "expect": {"findings": {"law_rule": "unknown"}, "unknown": ["law@one"]},
    }
    cases = {"collabscore": "cases/1", "framework": "office", "cases": [case]}
    (tmp_path / "cases" / "office.yaml").write_text(yaml.safe_dump(cases, sort_keys=False))
    assert cs.run_cases(tmp_path / "office.yaml").passed
    assert not check(tmp_path / "cases" / "office.yaml").diagnostics


def test_a_short_new_list_asks_for_the_answers_of_partners() -> None:
    judge = load_framework(FRAMEWORK)
    text = candidates_template(judge, short=True)
    line = "    # partners: [{id: first-partner, facts: {law: unknown, listed: unknown}}]"
    assert line in text.splitlines()
    filled = text.replace("# partners", "partners").replace("law: unknown", "law: open")
    (entry,) = load_candidates(yaml.safe_load(filled), judge).candidates
    assert [(one.id, one.facts) for one in entry.partners or ()] == [
        ("first-partner", {"law": "open", "listed": "unknown"})
    ]


def test_check_says_that_answers_of_all_partners_are_counted(tmp_path: Any) -> None:
    whole = partner("a", law="open", listed=False)
    half = partner("b", law="open")
    entries = [candidate(whole), {**candidate(whole, half), "id": "y"}]
    (tmp_path / "office.yaml").write_text(yaml.safe_dump(FRAMEWORK))
    document = {"collabscore": "candidates/1", "framework": "office.yaml", "candidates": entries}
    (tmp_path / "list.yaml").write_text(yaml.safe_dump(document))
    answers = check(tmp_path / "list.yaml").answers
    line, *_ = answer_lines(answers, 100, whole=False)
    assert line == "answers given: ratings 2 of 2, facts 0 of 2, facts of all partners 3 of 4"
