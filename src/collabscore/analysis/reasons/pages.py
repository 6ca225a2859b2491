"""Pages: headings, sentences, items and tables as plain text, Markdown or HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from ...output import Block, Heading, Paragraph
from ...output import Bullets as Items
from ...output.render_html import render_html as page_html
from ...output.render_markdown import render_markdown as page_markdown
from ...output.render_text import render_text as page_text

__all__ = [
    "Block",
    "Heading",
    "Items",
    "Page",
    "Paragraph",
    "page_html",
    "page_markdown",
    "page_text",
]

Page: TypeAlias = "Sequence[Block]"
