"""The master with its macros, ribbon and button bar, read by programs that did not write them.

1. olevba finds exactly the modules of `macros/`, xlwings' own and the (empty) ones of workbook and sheets.
2. pyOpenVBA's check and olefile in strict mode find nothing wrong.
3. openpyxl's round trip keeps macros, buttons and ribbon.
4. The macros are ASCII and nothing but calls; the version of xlwings' VBA is the installed one.
5. A button is a macro is a function of tjxl/buttons.py, in bar and ribbon alike.
"""

from __future__ import annotations

import io
import re
import zipfile
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import olefile
import openpyxl
import pytest
import xlwings
from lxml import etree
from oletools.olevba import VBA_Parser
from pyopenvba import check_file

from tjxl import flows
from tjxl.ooxml.book import Book
from tjxl.ooxml.buttons import macros_of
from tjxl.ooxml.package import Package
from tjxl.ooxml.parts import PackageEditor, suffix_of
from tjxl.resources import sample_notice
from tjxl.sheets.macros import actions, modules, out_of_date, with_macros

MACROS = files("tjxl.macros")
OWN = ("TjxlButtons.bas", "TjxlRibbon.bas")
_SUB = re.compile(
    r"Public Sub (\w+)\((?:control As Object)?\)\n    "
    r"(?:RunPython \"import tjxl\.buttons; tjxl\.buttons\.(\w+)\(\)\"|TjxlButtons\.(\w+))\nEnd Sub"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("macros") / "2022 重点=工作"
    flows.init(folder, Path(str(sample_notice())), 2022)
    return folder


@pytest.fixture(scope="module")
def master(project: Path) -> Path:
    return project / "总台账.xlsm"


def _bare(text: str) -> str:
    """The code of a module: what its editor writes in front, and the kind of line ends, apart."""
    lines = text.replace("\r\n", "\n").split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("Attribute VB_"))
    rest = [line for line in lines[at:] if not line.startswith("Attribute ")]
    return "\n".join(rest).strip()


def _text(name: str) -> str:
    return (MACROS / name).read_text(encoding="ascii")


def _own_files() -> list[str]:
    return sorted(f.name for f in MACROS.iterdir() if f.name.endswith((".bas", ".cls")))


def _modules_found(path: Path) -> dict[str, str]:
    parser = VBA_Parser(str(path))
    found = {Path(name).stem: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    return found


def test_init_makes_a_workbook_with_macros(master: Path) -> None:
    assert suffix_of(Package(master.read_bytes())) == ".xlsm"


def test_an_office_that_forbids_macros_gets_a_workbook_without(tmp_path: Path) -> None:
    flows.init(tmp_path, Path(str(sample_notice())), 2022, macros=False)
    package = Package((tmp_path / "总台账.xlsx").read_bytes())
    assert suffix_of(package) == ".xlsx"
    assert [n for n in package.names if "vba" in n.lower() or "customui" in n.lower() or n.endswith(".vml")] == []


def test_olevba_finds_exactly_the_sources(master: Path) -> None:
    found = _modules_found(master)
    package = Path(xlwings.__file__).parent
    expected = {name.partition(".")[0]: _bare(_text(name)) for name in _own_files()}
    expected["xlwings"] = _bare((package / "xlwings.bas").read_text("utf-8"))
    expected["Dictionary"] = _bare((package / "addin" / "Dictionary.cls").read_text("utf-8"))
    assert {name: _bare(code) for name, code in found.items() if _bare(code)} == expected
    assert len(Book(master.read_bytes()).sheets) == len(found) - len(expected) - 1  # one is the workbook's


def test_code_names_of_sheets_and_workbook_are_the_document_modules(master: Path) -> None:
    package = Package(master.read_bytes())
    parts = [package.workbook_part, *(s.part for s in Book(master.read_bytes()).sheets.values())]
    names = {e.get("codeName") for part in parts for e in package.xml(part).iter() if e.get("codeName")}
    documents = {name for name, code in _modules_found(master).items() if not _bare(code)}
    assert names == documents
    assert len(documents) == len(parts)


def test_the_project_stands_two_strict_checks(master: Path) -> None:
    report = check_file(master)
    assert (report.ok, report.complete, report.issues) == (True, True, ())
    with zipfile.ZipFile(master) as package:
        vba = package.read("xl/vbaProject.bin")
    with olefile.OleFileIO(io.BytesIO(vba), raise_defects=olefile.DEFECT_INCORRECT) as compound:
        assert compound.exists("VBA/dir")
        assert compound.parsing_issues == []
        for stream in compound.listdir():
            compound.openstream(stream).read()


def test_openpyxl_carries_macros_buttons_and_ribbon_along(master: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.xlsm"
    openpyxl.load_workbook(master, keep_vba=True).save(copy)
    assert _modules_found(copy) == _modules_found(master)
    assert out_of_date(copy.read_bytes()) == []


def test_the_macros_are_ascii_and_nothing_but_calls() -> None:
    assert _own_files() == list(OWN)
    for name in OWN:
        lines = _text(name).replace("\r\n", "\n").split("\n")
        code = "\n".join(line for line in lines if not line.startswith(("'", "Attribute VB_Name", "Option Explicit")))
        blocks = [b.strip() for b in code.split("\n\n") if b.strip()]
        assert blocks
        assert [b for b in blocks if not _SUB.fullmatch(b)] == []


def test_each_macro_runs_the_function_of_its_own_name() -> None:
    called = [m[1] == m[2] for m in _SUB.finditer(_text("TjxlButtons.bas").replace("\r\n", "\n"))]
    assert called == [True] * len(actions())


def test_the_ribbon_calls_what_the_bar_calls(master: Path) -> None:
    callbacks = {m[1]: m[3] for m in _SUB.finditer(_text("TjxlRibbon.bas").replace("\r\n", "\n"))}
    root = etree.fromstring((MACROS / "ribbon.xml").read_bytes())
    buttons = [b for b in root.iter() if etree.QName(b).localname == "button"] if root is not None else []
    assert {callbacks[b.get("onAction")] for b in buttons} == {b.get("id") for b in buttons}
    book = Book(master.read_bytes())
    assert macros_of(PackageEditor(book.package), book.sheets["看板"].part) == [a.macro for a in actions()]


def test_the_vba_of_xlwings_is_of_the_installed_version() -> None:
    text = next(m.text for m in modules() if m.name == "xlwings")
    assert f'Public Const XLWINGS_VERSION As String = "{version("xlwings")}"' in text


def test_buttons_lie_in_their_row_and_are_not_printed(master: Path) -> None:
    with zipfile.ZipFile(master) as package:
        drawings = [package.read(n).decode() for n in package.namelist() if n.endswith(".vml")]
    anchors = [[int(n) for n in a.split(",")] for a in re.findall(r"<x:Anchor>(.*?)</x:Anchor>", drawings[0])]
    assert len(drawings) == 1
    assert {(a[2], a[6]) for a in anchors} == {(0, 0)}
    assert all(left[4] < right[0] for left, right in pairwise(anchors))
    assert drawings[0].count("<x:PrintObject>False</x:PrintObject>") == len(anchors) == len(actions())


class TestBroughtUpToDate:
    """`with_macros` on an older master."""

    def test_a_master_up_to_date_stays_as_it_is(self, master: Path) -> None:
        content = master.read_bytes()
        assert with_macros(content) is content

    def test_old_macros_are_replaced_and_every_other_part_stays(self, master: Path) -> None:
        old = _with_old_macro(master)
        assert out_of_date(old) == ["TjxlButtons"]
        new = with_macros(old)
        before, after = Package(old), Package(new)
        assert out_of_date(new) == []
        assert before.names == after.names
        assert [n for n in before.names if before.read(n) != after.read(n)] == ["xl/vbaProject.bin"]

    def test_macros_of_the_office_stay(self, master: Path, tmp_path: Path) -> None:
        from pyopenvba import ExcelFile

        path = tmp_path / "own.xlsm"
        path.write_bytes(_with_old_macro(master))
        with ExcelFile(path) as book:
            book.vba_project().add_module("Mine", "Public Sub Mine()\r\nEnd Sub\r\n")
            book.save()
        path.write_bytes(with_macros(path.read_bytes()))
        assert "Public Sub Mine()" in _modules_found(path)["Mine"]

    def test_a_workbook_without_macros_becomes_one_with(self, tmp_path: Path) -> None:
        flows.init(tmp_path / "plain", Path(str(sample_notice())), 2022, macros=False)
        old = (tmp_path / "plain" / "总台账.xlsx").read_bytes()
        assert set(out_of_date(old)) >= {"TjxlButtons", "TjxlRibbon", "xlwings", "Dictionary", "ribbon", "buttons"}
        new = with_macros(old)
        assert out_of_date(new) == []
        assert suffix_of(Package(new)) == ".xlsm"


def _with_old_macro(master: Path) -> bytes:
    from tjxl.ooxml.vba import Module, with_modules

    old = 'Attribute VB_Name = "TjxlButtons"\r\nOption Explicit\r\n\r\nPublic Sub merge()\r\nEnd Sub\r\n'
    return with_modules(master.read_bytes(), [Module("TjxlButtons", old)])
