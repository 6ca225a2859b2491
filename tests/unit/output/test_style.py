"""The style sheet and its colours."""

from __future__ import annotations

import re

import pytest

from collabscore.output import (
    TONES,
)
from collabscore.output.style import DARK, LIGHT, STYLE
from unit.output.samples import PLAIN


def luminance(color):
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("palette", "paper"), [(LIGHT, "#ffffff"), (DARK, "#1e1e1e")])
def test_contrast(palette, paper):
    assert palette["paper"] == paper
    assert min(contrast(palette[name], paper) for name in ("ink", "soft", *TONES)) >= 4.5
    assert contrast(palette["fill"], paper) >= 3
    assert contrast(palette["fill"], palette["track"]) >= 3


def test_the_style_shows_the_table_and_hides_the_text_that_stands_in_for_it():
    assert ".collabscore .cs-plain{display:none}" in STYLE
    assert ".collabscore .cs-sheet{display:block!important;" in STYLE
    assert (
        '<div class="cs-sheet tex2jax_ignore mathjax_ignore" hidden style="display:none">'
        in PLAIN.to_html()
    )
    rules = re.sub(r"@media [^{]*\{", "", STYLE)
    selectors = [
        part for rule in re.findall(r"([^{}]+)\{", rules) for part in rule.strip().split(",")
    ]
    assert all(".collabscore" in selector for selector in selectors)
