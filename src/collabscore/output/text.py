"""Plain text: aligned by what letters take on a terminal, and fitted to its width.

Imports the cells.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby

from .cells import MISSING, Align, Badge, Bar, Cell, Column, Row, Tone, one_line, row_head, words

__all__ = ["ANSI", "display_width", "render_text"]

ANSI: dict[Tone | str, str] = {
    "good": "32",
    "caution": "33",
    "decide": "35",
    "stop": "31",
    "muted": "2",
    "head": "1",
}
"""Select Graphic Rendition codes of the sixteen colours that a terminal's own theme chooses."""

_LEAST_WIDTH = 20
_GAP = "  "
_BAR, _LEAST_BAR = 10, 4
_LONGEST_WORD = 16
_EIGHTHS = " ▏▎▍▌▋▊▉"
_ASCII = str.maketrans("–…─█▉▊▋▌▍▎▏●◆▲▼✕○", "-~-#####   o+^vx.")


def display_width(text: str) -> int:
    """Return the columns that a text takes: two for East Asian wide letters, none for combining ones.

    Examples
    --------
    >>> [display_width(text) for text in ("flu", "流感", "e\u0301")]
    [3, 4, 1]
    """
    return len(text) if text.isascii() else sum(map(_letter_width, text))


@cache
def _letter_width(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(frozen=True)
class _Lane:
    """A column on its way to paper: its words, and the widths it can live with."""

    column: Column
    head: tuple[str, ...]
    cells: tuple[Cell, ...]
    seen: tuple[str, ...]
    widest: int
    least: int
    natural: int

    @property
    def side(self) -> Align:
        """Where its cells stand: a bar grows from the left, beside a number that is set already."""
        return "left" if self.column.kind == "bar" else self.column.side


def _lane(column: Column, cells: Sequence[Cell]) -> _Lane:
    head = tuple(line for line in (one_line(column.head), one_line(column.detail)) if line)
    seen = tuple(MISSING if (text := words(column, cell)) is None else text for cell in cells)
    widest = max(map(display_width, seen), default=0)
    word = _longest_word(head)
    if column.is_figure:
        bar = column.kind == "bar"
        least = max(widest + bar * (1 + _LEAST_BAR), word)
        natural = max(widest + bar * (1 + _BAR), word)
    else:
        natural = max(widest, 1, *map(display_width, head))
        least = (
            widest
            if column.kind == "badge"
            else min(natural, max(column.least, _longest_word(seen)))
        )
        least = max(least, word)
    return _Lane(column, head, tuple(cells), seen, widest, least, natural)


def _longest_word(texts: Iterable[str]) -> int:
    """Return the width below which words are broken, within reason."""
    width = max((display_width(word) for text in texts for word in text.split()), default=1)
    return max(1, min(width, _LONGEST_WORD))


def render_text(
    columns: Sequence[Column],
    rows: Sequence[Row | str],
    *,
    title: str,
    below: Sequence[str],
    width: int | None,
    color: bool,
    ascii_only: bool,
) -> str:
    """Return lines no wider than `width`; what had to be left out for it is named below."""
    room = None if width is None else max(width, _LEAST_WIDTH)
    table = [row for row in rows if not isinstance(row, str)]
    lanes = [_lane(column, [row[place] for row in table]) for place, column in enumerate(columns)]
    kept = lanes if room is None else _kept(lanes, room)
    widths = _widths(kept, room)
    total = sum(widths) + len(_GAP) * (len(widths) - 1)
    lost = [lane.head[0] if lane.head else lane.column.key for lane in lanes if lane not in kept]
    footer = [f"not shown for want of width: {', '.join(lost)}"] if lost else []

    lines = (
        [_painted(line, "head", color) for line in _wrapped(one_line(title), room)] if title else []
    )
    lines += [""] if title else []
    lines += [_painted(line, "head", color) for line in _head(kept, widths)]
    lines.append("─" * total)
    lines += _body(kept, widths, rows, color=color, ascii_only=ascii_only)
    lines += ["", *(line for text in (*footer, *below) for line in _wrapped(one_line(text), room))]
    text = "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"
    return text.translate(_ASCII) if ascii_only else text


def _kept(lanes: Sequence[_Lane], room: int) -> list[_Lane]:
    """Return the columns for which there is room, the most dispensable left out first."""
    kept = list(range(len(lanes)))
    for batch in _batches([lane.column for lane in lanes]):
        if sum(lanes[place].least for place in kept) + len(_GAP) * (len(kept) - 1) <= room:
            break
        kept = [place for place in kept if place not in batch]
    return [lanes[place] for place in kept]


def _batches(columns: Sequence[Column]) -> Iterator[list[int]]:
    """Yield the places of columns that may be left out together, the most dispensable first."""
    naming = row_head(columns)
    places = sorted(
        (place for place in range(len(columns)) if place != naming),
        key=lambda place: (-columns[place].priority, -place),
    )
    for priority, batch in groupby(places, key=lambda place: columns[place].priority):
        if priority > 1:
            yield list(batch)
        else:
            yield from ([place] for place in batch)


def _widths(lanes: Sequence[_Lane], room: int | None) -> list[int]:
    """Give each column its least width, then one letter each in turn while there is room and need."""
    if room is None:
        return [lane.natural for lane in lanes]
    widths = [min(lane.least, room) for lane in lanes]
    spare = room - sum(widths) - len(_GAP) * (len(widths) - 1)
    while spare > 0:
        wanting = [place for place, lane in enumerate(lanes) if widths[place] < lane.natural]
        if not wanting:
            break
        for place in wanting[:spare]:
            widths[place] += 1
        spare -= len(wanting[:spare])
    return widths


def _head(lanes: Sequence[_Lane], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of the head, set against the rule below it."""
    stacks = [
        [line for text in lane.head for line in _wrapped(text, width)]
        for lane, width in zip(lanes, widths, strict=True)
    ]
    height = max(map(len, stacks), default=0)
    stacks = [[""] * (height - len(stack)) + stack for stack in stacks]
    for line in zip(*stacks, strict=True):
        yield _GAP.join(
            _set(text, width, lane.side)
            for text, width, lane in zip(line, widths, lanes, strict=True)
        )


def _body(
    lanes: Sequence[_Lane],
    widths: Sequence[int],
    rows: Iterable[Row | str],
    *,
    color: bool,
    ascii_only: bool,
) -> Iterator[str]:
    total = sum(widths) + len(_GAP) * (len(widths) - 1)
    # bars are compared across columns, so they are all of one length
    bar = min(
        (
            min(_BAR, width - lane.widest - 1)
            for lane, width in zip(lanes, widths, strict=True)
            if lane.column.kind == "bar"
        ),
        default=0,
    )
    place = 0
    for row in rows:
        if isinstance(row, str):
            text = row.replace("…", "...") if ascii_only else row
            yield _painted(_cut(text, total), "muted", color)
            continue
        stacks = [
            _stack(lane, place, width, bar) for lane, width in zip(lanes, widths, strict=True)
        ]
        for k in range(max(map(len, stacks))):
            yield _GAP.join(
                _painted(
                    _set(stack[k] if k < len(stack) else "", width, lane.side),
                    _tone(lane.cells[place]),
                    color,
                )
                for stack, width, lane in zip(stacks, widths, lanes, strict=True)
            )
        place += 1


def _stack(lane: _Lane, place: int, width: int, bar: int) -> list[str]:
    """Return the lines of one cell."""
    text, cell = lane.seen[place], lane.cells[place]
    if lane.column.is_figure:
        if display_width(text) > width:
            return ["…"]
        if lane.column.kind == "bar" and bar >= _LEAST_BAR:
            fraction = cell.fraction if isinstance(cell, Bar) else 0.0
            return [_set(text, lane.widest, "right") + " " + _drawn(fraction, bar)]
        return [text]
    lines = _wrapped(text, width)
    most = lane.column.lines
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), width)]
    return lines


def _drawn(fraction: float, length: int) -> str:
    full, eighths = divmod(round(fraction * length * 8), 8)
    # what is more than nothing can be seen
    if fraction > 0 and full == eighths == 0:
        eighths = 1
    return ("█" * full + (_EIGHTHS[eighths] if eighths else "")).ljust(length)


def _tone(cell: Cell) -> str | None:
    return cell.tone if isinstance(cell, Badge) else None


def _painted(text: str, style: str | None, color: bool) -> str:
    return (
        f"\x1b[{ANSI[style]}m{text}\x1b[0m"
        if color and style is not None and text.strip()
        else text
    )


def _set(text: str, width: int, side: Align) -> str:
    blanks = max(0, width - display_width(text))
    before = {"left": 0, "center": blanks // 2, "right": blanks}[side]
    return " " * before + text + " " * (blanks - before)


def _cut(text: str, width: int) -> str:
    return text if display_width(text) <= width else _start(text, width - 1).rstrip() + "…"


def _start(text: str, width: int) -> str:
    """Return as much of a text as `width` holds; combining letters stay with theirs."""
    return text[: bisect_right(list(accumulate(map(_letter_width, text))), width)]


def _wrapped(text: str, width: int | None) -> list[str]:
    """Return a text in lines of whole words; a word that no line holds is broken."""
    if width is None or display_width(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(longer) <= width:
            lines[-1] = longer
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = word
        while display_width(lines[-1]) > width:
            # a wide letter in a column of one is cut, lest this never ends
            start = _start(lines[-1], width) or "…"
            rest = lines[-1][len(start) :]
            lines[-1:] = [start, rest]
    return lines
