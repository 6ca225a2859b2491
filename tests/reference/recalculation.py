"""Recalculates a workbook with the library `formulas`, from the cells that its file holds.

Each formula is compiled once for all rows that have the same one.
"""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any

import formulas
import numpy as np
import schedula

_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_REFERENCE = re.compile(
    r'"[^"]*"|((?:[A-Za-z]+!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w(])'
)
_PLACE = re.compile(r"([A-Z]+)(\d+)")


class Recalculation:
    """The cells of a workbook; those that are formulas are computed when they are asked for."""

    def __init__(
        self, content: bytes, changes: dict[tuple[str, str], float | None] | None = None
    ) -> None:
        self.formulas: dict[tuple[str, str], str] = {}
        self.values: dict[tuple[str, str], Any] = {}
        self.compiled: dict[str, Any] = {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self._read(archive)
        for place, value in (changes or {}).items():
            self.values[place] = schedula.EMPTY if value is None else value

    def _read(self, archive: zipfile.ZipFile) -> None:
        shared = archive.read("xl/sharedStrings.xml").decode()
        texts = [unescape(text) for text in re.findall(r"<t[^>]*>(.*?)</t>", shared, re.DOTALL)]
        names = re.findall(r'<sheet name="([^"]*)"', archive.read("xl/workbook.xml").decode())
        for number, name in enumerate(names, 1):
            if name not in ("Ranking", "Model"):
                continue
            for place, attributes, inner in _CELL.findall(
                archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            ):
                key = (name.upper(), place)
                formula = re.search(r"<f>(.*?)</f>", inner, re.DOTALL)
                value = re.search(r"<v>(.*?)</v>", inner, re.DOTALL)
                if formula:
                    self.formulas[key] = unescape(formula[1])
                elif value:
                    self.values[key] = (
                        texts[int(value[1])] if 't="s"' in attributes else float(value[1])
                    )

    def __call__(self, sheet: str, place: str) -> Any:
        """Return the value of a cell: a number, a text, or None where it is empty."""
        value = self._value((sheet.upper(), place))
        return None if value is schedula.EMPTY else value

    def _value(self, key: tuple[str, str]) -> Any:
        if key not in self.values:
            self.values[key] = self._computed(key) if key in self.formulas else schedula.EMPTY
        return self.values[key]

    def _computed(self, key: tuple[str, str]) -> Any:
        text = self.formulas[key]
        references = list(dict.fromkeys(found for found in _REFERENCE.findall(text) if found))
        numbers = {found: f"@{number}@" for number, found in enumerate(references)}
        pattern = _REFERENCE.sub(
            lambda found: numbers.get(found[1], found[0]) if found[1] else found[0], text
        )
        if pattern not in self.compiled:
            function = formulas.Parser().ast(f"={text}")[1].compile()
            known = [found.replace("$", "").upper() for found in references]
            single = [_single(found) for found in known]
            self.compiled[pattern] = (
                function,
                [single.index(_single(name)) for name in function.inputs],
            )
        function, order = self.compiled[pattern]
        arrays = [self._array(key[0], references[number]) for number in order]
        found = np.asarray(function(*arrays), dtype=object).ravel()[0]
        return found if isinstance(found, str) else float(found)

    def _array(self, sheet: str, reference: str) -> Any:
        before, _, cells = reference.replace("$", "").rpartition("!")
        sheet = before.upper() or sheet
        first, _, last = cells.partition(":")
        (column, start), (_, stop) = _PLACE.findall(first)[0], _PLACE.findall(last or first)[0]
        values = [
            [self._value((sheet, f"{column}{row}"))] for row in range(int(start), int(stop) + 1)
        ]
        array = np.empty((len(values), 1), dtype=object)
        array[:] = values
        return array


def _single(reference: str) -> str:
    """Return a range of one cell as that cell."""
    first, _, last = reference.partition(":")
    return first if first.rpartition("!")[2] == last else reference
