"""The judge of packages finds what it is there to find."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.merge.test_preserved import content_of, parts
from tests.ooxml.consistency import problems_of
from tests.ooxml.examples import decorated

Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet1.xml"


def test_a_sound_workbook() -> None:
    assert problems_of(decorated()) == []


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    def change(package: Parts) -> None:
        assert old in package[name]
        package[name] = package[name].replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.pop("xl/comments1.xml"), "no xl/comments1.xml"),
        (lambda p: p.update({"xl/extra.dat": b"x"}), "xl/extra.dat has no content type"),
        (replaced("xl/workbook.xml", b'sheetId="2"', b'sheetId="1"'), "sheetId 1 2 times"),
        (replaced("xl/workbook.xml", b'localSheetId="1"', b'localSheetId="7"'), "name of sheet 7"),
        (replaced("xl/workbook.xml", b"/></bookViews>", b' activeTab="1"/></bookViews>'), "sheets [0] selected"),
        (replaced("xl/styles.xml", b'<dxfs count="1"', b'<dxfs count="9"'), "of 9"),
        (replaced("xl/comments1.xml", b'ref="A4"', b'ref="B4"'), "without comment"),
        (replaced(SHEET, b'priority="2"', b'priority="1"'), "priority 1 2 times"),
        (replaced(SHEET, b'dxfId="0"', b'dxfId="5"'), "no such dxf"),
    ],
)
def test_what_excel_would_repair(change: Callable[[Parts], object], said: str) -> None:
    package = parts(decorated())
    change(package)
    assert any(said in problem for problem in problems_of(content_of(package)))
