"""Cases: candidates of a framework's cases as a list."""

from __future__ import annotations

from collabscore.models.cases import Cases


def test_candidates_of_cases_have_ids_and_titles() -> None:
    cases = Cases.model_validate(
        {
            "collabscore": "cases/1",
            "framework": "house",
            "cases": [
                {"id": "a", "title": "First", "candidate": {}, "expect": {}},
                {
                    "id": "b",
                    "candidate": {"id": "own", "title": "Its own", "facts": {"wet": True}},
                    "expect": {"verdict": None},
                },
            ],
        }
    )
    assert len(cases) == 2
    listed = cases.candidates()
    assert listed.framework == ["house"]
    assert [(row.id, row.title) for row in listed.candidates] == [
        ("a", "First"),
        ("own", "Its own"),
    ]
    assert listed.candidates[1].facts == {"wet": True}
