from __future__ import annotations

from typing import Any

import pytest

import collabscore as cs
from collabscore.checks.persons import about_persons, are_persons, asked_of_persons


def warnings(**parts: Any) -> list[tuple[str, str]]:
    document = cs.load_framework({"collabscore": "framework/1", "id": "house", **parts})
    return [(found.code, ".".join(map(str, found.path))) for found in about_persons(document)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is the applicant's nationality?", "nationality"),
        ("researcher_nationality", "nationality"),
        ("Are any foreign nationals on the team?", "foreign nationals"),
        ("Not only nationality but also birthplace", "nationality"),
        ("Give the citizenship of everybody.", "citizenship"),
        ("place-of-birth", "place-of-birth"),
        ("The ethnic origin of those involved", "ethnic origin"),
        ("Was any of them born abroad?", "born abroad"),
        ("Researchers born in a listed state", "Researchers born"),
        ("origin of the researchers", "origin of the researchers"),
        ("applicants' religion", "applicants' religion"),
        ("the gender and age of each applicant", "gender and age of each applicant"),
        ("Names of the team members", "Names of the team members"),
        ("pi_name", "pi_name"),
        ("family of the student", "family of the student"),
        ("Family ties to a listed state", "Family ties"),
        ("Surname", "Surname"),
        ("Does the visa history show refusals?", "visa history"),
        ("Holds a foreign passport", "Holds a foreign passport"),
        # a question asks, whatever it denies
        ("Is there no researcher with that nationality?", "nationality"),
        ("We never ask. What is the nationality of the team?", "nationality"),
        # data are a subject; data on those who take part are not
        ("Records of the nationality of each applicant", "nationality"),
    ],
)
def test_what_asks_who_somebody_is(text: str, words: str) -> None:
    found = asked_of_persons(text)
    assert found is not None
    assert text[slice(*found)] == words
    assert found == (text.index(words), text.index(words) + len(words))


@pytest.mark.parametrize(
    "text",
    [
        "No word here asks about a person: not about nationality, origin, birthplace, name or past.",
        "It never asks for U.S. or other nationality.",
        "Nationality plays no part.",
        "Ethnicity is left out.",
        "Open to every nationality",
        "The same for all, whatever their nationality or religion",
        "Does it hold regardless of nationality?",
        "Could it be used for repression of ethnic or religious minorities?",
        "Do the records show ethnicity or religion?",
        "Ancestry and risk scores from genomes",
        "Where there is profiling by nationality, it stops.",
        "National security and international law",
        "A reviewer can name the use, the user and the step that leads to it.",
        "The applicant names the partner; the applicant name the partner",
        "First name the missing part",
        "Family of methods; citizen science; gradient descent; the origin of samples; in the name of science",
        "A declared race between two sides",
        "Benefit to people outside the two countries",
        "Native vegetation, foreign national laboratories and visas for exchange",
        "",
    ],
)
def test_what_does_not(text: str) -> None:
    assert asked_of_persons(text) is None


def test_a_label_of_one_word_says_it() -> None:
    found = asked_of_persons("gender", is_label=True)
    assert found is not None
    assert asked_of_persons("gender") is None
    assert asked_of_persons("gender studies", is_label=True) is None
    assert warnings(facts={"religion": {"kind": "flag"}}, applies="religion") == [
        ("about-persons", "facts.religion")
    ]
    flag = {"kind": "flag", "title": "Gender"}
    assert warnings(facts={"x": flag}, applies="x") == [("about-persons", "facts.x.title")]


@pytest.mark.parametrize(
    "unit", ["researcher", "Applicants", "a person", "individuals", "each scientist"]
)
def test_units_that_are_persons(unit: str) -> None:
    assert are_persons(unit)


@pytest.mark.parametrize(
    "unit", ["area or project", "partner", "project and its team", "agreement", "institution"]
)
def test_units_that_are_no_persons(unit: str) -> None:
    assert not are_persons(unit)


def test_one_warning_for_each_element() -> None:
    fact = {
        "kind": "flag",
        "title": "Nationality",
        "question": "Which nationality?",
        "note": "Or citizenship.",
    }
    assert warnings(facts={"x": fact}, applies="x") == [("about-persons", "facts.x.title")]


def test_titles_of_sources_are_their_own() -> None:
    sources = {"act": {"title": "Nationality Act", "date": 1981}}
    facts = {"x": {"kind": "flag", "source": "act"}}
    assert warnings(sources=sources, facts=facts, applies="x") == []
