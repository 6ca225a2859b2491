"""Texts of the shipped frameworks: short sentences, and titles of rules that are no sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

import collabscore as cs
from collabscore.checks.framework import walk_models
from collabscore.documents.loading import load_vocabulary, shipped
from collabscore.models.base import Model, Source

_TEXTS = ("question", "note", "reason", "summary", "consists_of")
_MEANINGS = ("anchors", "levels", "options")
_MOST_WORDS = 20


def _sentences(document: Model) -> list[str]:
    texts: list[str] = []
    for _, part in walk_models(document):
        texts += [getattr(part, name, None) or "" for name in _TEXTS]
        if not isinstance(part, Source):
            for name in _MEANINGS:
                meanings = getattr(part, name, None) or {}
                if isinstance(meanings, Mapping):
                    texts += [meaning or "" for meaning in meanings.values()]
    return [sentence for text in texts for sentence in re.split(r"(?<=[.?!:;]) ", text)]


@pytest.mark.parametrize("name", shipped())
def test_sentences_of_frameworks_are_short(name: str) -> None:
    framework = cs.load_framework(name)
    assert [text for text in _sentences(framework) if len(text.split()) > _MOST_WORDS] == []


def test_sentences_of_the_vocabulary_are_short() -> None:
    vocabulary = load_vocabulary("common")
    found = _sentences(vocabulary)
    assert len(found) > 400
    assert [text for text in found if len(text.split()) > _MOST_WORDS] == []


@pytest.mark.parametrize("name", shipped())
def test_titles_of_guardrails_are_noun_phrases(name: str) -> None:
    """A finding follows the title: a title that is a sentence would read as a fact."""
    for guardrail in cs.load_framework(name).guardrails.values():
        title = guardrail.title or ""
        assert 1 <= len(title.split("(")[0].split()) <= 6
        assert not re.search(r"[.:;?!]|\b(is|are|no|not|never|must|may|has|have)\b", title)
