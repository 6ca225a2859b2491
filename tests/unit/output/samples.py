"""Tables to try the renderers on."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import strategies as st

from collabscore.output import (
    TONES,
    Badge,
    Bullets,
    CellBar,
    Column,
    Item,
    Page,
    Table,
)
from collabscore.output.blocks import cell_text
from collabscore.output.text import code_parts

NAN = float("nan")


INSIDE, OUTSIDE = Badge("inside", "●", "good"), Badge("outside", "✕", "stop")


COLUMNS = (
    Column("rank", "#", kind="number", digits=0),
    Column("title", "Candidate"),
    Column("score", "Score", kind="number"),
    Column("range", "Could be", kind="interval", priority=2),
    Column("first", "First", kind="share", priority=2),
    Column("verdict", "Verdict", kind="badge"),
    Column("interest", "Interest", kind="bar", detail="▲ 60%", priority=3),
    Column("needs", "Needs", kind="list", priority=4),
)


ROWS = (
    (
        1,
        "Influenza",
        87.46,
        (80.0, 90.0),
        0.834,
        INSIDE,
        CellBar(50, 60),
        ("ethics review", "agreement"),
    ),
    (None, "流感 | chips", NAN, (None, 43.21), 0.001, OUTSIDE, CellBar(None, 60), ()),
)


TABLE = Table(COLUMNS, ROWS, title="Ranking", notes=("2 candidates", "seed 0"))


PLAIN = Table(
    (Column("id", "Id"), Column("score", "Score", kind="number")), (("flu", 1.0), ("chips", None))
)


SECTIONED = replace(PLAIN, sections={0: "Can go ahead", 1: "Not ranked"}, notes=("Two.",))


NUMBERED = Page((Bullets((Item("First", mark=" 9."), Item("why", 1), Item("more", 2, ""))),))


ODD = [
    "<script>alert(1)</script>",
    "</style>",
    "</pre>",
    "]]>",
    "<!--",
    "&amp;",
    "&",
    '"',
    "' onload='x",
    "`",
    "`id`",
    "|",
    "\\",
]


ODD += [
    "\n",
    "\r\n",
    "\x1b[31m",
    "\x00",
    "\u202e",
    "\u200f",
    "\u2028",
    "=1+1",
    "-2",
    "@x",
    "流感",
    "e\u0301",
    "$x$",
    "# a",
    "*b*",
]


ODD += ["[a](javascript:x)", "1. ", "~~~", "\\|", "_", "<b", " ", "word"]


LABELS = st.lists(st.sampled_from(ODD) | st.text(max_size=8), max_size=5).map("".join)


SHAPES = st.sampled_from("●◆▲✕")


CELLS = {
    "text": LABELS | st.none(),
    "number": st.floats() | st.integers() | st.none(),
    "share": st.floats(0, 1),
    "interval": st.tuples(st.floats(), st.floats() | st.none()),
    "badge": st.builds(Badge, LABELS, SHAPES, st.sampled_from(TONES)),
    "bar": st.builds(CellBar, st.floats(), st.floats(0, 100)),
    "list": st.lists(LABELS, max_size=3),
}


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=7))
    columns = tuple(
        Column(
            f"{draw(LABELS)}{place}",
            draw(LABELS),
            kind=kind,
            detail=draw(LABELS),
            digits=draw(st.integers(0, 3)),
            priority=draw(st.integers(1, 3)),
            least=draw(st.integers(1, 20)),
            lines=draw(st.none() | st.integers(1, 3)),
        )
        for place, kind in enumerate(kinds)
    )
    rows = draw(st.lists(st.tuples(*(CELLS[kind] for kind in kinds)), max_size=4))
    notes = tuple(draw(st.lists(LABELS, max_size=2)))
    return Table(columns, tuple(rows), title=draw(LABELS), notes=notes)


TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}


def shown(table):
    return [
        [cell_text(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]


def without_code(text):
    return "".join(part for part, _ in code_parts(text))


def squeezed(text):
    return " ".join(text.split())


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.rows, self.others = set(), set(), [], []
        self.labels = []
        self.cell = False
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.labels += [value for name, value in attrs if name == "data-label"]
        self.inside = tag if tag == "style" else self.inside
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        self.cell = self.cell and tag not in {"td", "th"}
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data):
        data = data.replace("\u00a0", " ")  # where no line may end
        if self.cell:
            self.rows[-1][-1] += data
        elif not self.inside:
            self.others.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment
