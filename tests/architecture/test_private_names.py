"""The name of a private function is unique in the package."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import collabscore

REPEATED = frozenset(
    [
        "_agreement_sentences",
        "_answers_in_words",
        "_answers_of",
        "_answers_table",
        "_blocks",
        "_changed_notes",
        "_column_of",
        "_copied",
        "_findings_of",
        "_head_lines",
        "_is_whole",
        "_items_of",
        "_joined",
        "_linked",
        "_list_notes",
        "_longest_word",
        "_numbers",
        "_order_sentences",
        "_plain_cell",
        "_ranks_in_words",
        "_read_text",
        "_read_unit",
        "_refuse_repeated",
        "_rounded_up",
        "_safeguards_of",
        "_say_next",
        "_verdicts_in_words",
    ]
)
"""Names that are repeated still: this list only gets shorter."""


def test_names_of_private_functions_are_unique() -> None:
    found: Counter[str] = Counter()
    for file in Path(collabscore.__file__).parent.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                found[node.name] += 1
    repeated = {name for name, count in found.items() if count > 1}
    assert repeated <= REPEATED
