"""What hostile or absurd files cost: each is made here, read in a process of its own, and must stay within bounds.

The bounds are on memory, and on the work of reading (`Workload`); the time limit only ends what would never end.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.intake.damage import packed, parts_of
from tests.office import MAY, SPORTS, Office, filled, part_of, zipped
from tjxl.intake import guard
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import Limits

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 500  # MB
TIMEOUT = 60  # seconds for a process with its imports, on a busy machine; alone the files take 3 at most

Make = Callable[[bytes], bytes]
HOSTILE: dict[str, tuple[Make, str, list[str]]] = {}


def hostile(verdict: str, *codes: str) -> Callable[[Make], Make]:
    """A file made of a good form, and what it must end in."""

    def keep(make: Make) -> Make:
        HOSTILE[make.__name__] = (make, verdict, list(codes))
        return make

    return keep


def on_sheet(form: bytes, change: Make, sheet: str = "填报") -> bytes:
    parts, name = parts_of(form), part_of(form, sheet)
    parts[name] = change(parts[name])
    return packed(parts)


def rows(count: int, cells: str) -> bytes:
    return "".join(f'<row r="{r}">{cells.format(r=r)}</row>' for r in range(200, 200 + count)).encode()


SIGNATURE = re.compile(rb"<row (?:(?!</row>).)*>END<.*?</row>", re.DOTALL)


def below(form: bytes, more: bytes, *, signed: bool = True, sheet: str = "填报") -> bytes:
    """The form with more rows; not `signed`, they stand above the signature line."""

    def change(xml: bytes) -> bytes:
        return (xml if signed else SIGNATURE.sub(b"", xml)).replace(b"</sheetData>", more + b"</sheetData>")

    return on_sheet(form, change, sheet)


@hostile("accepted")
def stray_cells_at_the_far_corner(form: bytes) -> bytes:
    return below(form, b'<row r="1048576"><c r="T1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>')


@hostile("returned", "I222")
def a_million_cells(form: bytes) -> bytes:
    return below(form, rows(700_000, '<c r="A{r}"><v>1</v></c>'))


@hostile("accepted")
def a_million_blank_cells_with_borders(form: bytes) -> bytes:
    return below(form, rows(70_000, "".join(f'<c r="{c}{{r}}" s="2"/>' for c in "ABCDEFGHIJKLMNO")))


@hostile("accepted")
def a_million_cells_on_a_sheet_of_ones_own(form: bytes) -> bytes:
    return below(form, rows(700_000, '<c r="A{r}"><v>1</v></c>'), sheet="填报说明")


@hostile("returned", "I222")
def rows_of_one_task_without_end(form: bytes) -> bytes:
    return below(form, rows(99_000, '<c r="A{r}" t="str"><v>T130</v></c>'), signed=False)


@hostile("returned", "I222")
def rows_without_a_task_without_end(form: bytes) -> bytes:
    return below(form, rows(99_000, '<c r="L{r}" t="str"><v>汇总</v></c>'), signed=False)


@hostile("returned", "I222")
def two_hundred_megabytes_of_blanks(form: bytes) -> bytes:
    return on_sheet(form, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 200_000_000))


@hostile("returned", "I222")
def a_million_shared_strings(form: bytes) -> bytes:
    parts = parts_of(form)
    more = b"".join(b"<si><t>s%d</t></si>" % i for i in range(1_000_000))
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"</sst>", more + b"</sst>")
    return packed(parts)


@hostile("accepted")
def two_million_empty_elements(form: bytes) -> bytes:
    more = b'<row r="200">' + b"<c/>" * 1_900_000 + b"</row></sheetData><!-- read as a tree -->"
    return on_sheet(form, lambda xml: xml.replace(b"</sheetData>", more))


@hostile("returned", "I222")
def two_hundred_thousand_merged_areas(form: bytes) -> bytes:
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A200:B200"/>' * 200_000 + b"</mergeCells>"
    return on_sheet(form, lambda xml: xml.replace(b"</sheetData>", merged, 1))


@hostile("returned", "I212")
def elements_nested_a_million_deep(form: bytes) -> bytes:
    return on_sheet(form, lambda xml: xml.replace(b"</sheetData>", b"<a>" * 1_000_000))


@hostile("returned", "I212")
def an_address_of_three_megabytes(form: bytes) -> bytes:
    return below(form, b'<row r="300"><c r="' + b"A" * 3_000_000 + b'1"><v>1</v></c></row>')


@hostile("returned", "I212")
def a_row_number_of_six_thousand_digits(form: bytes) -> bytes:
    return below(form, b'<row r="' + b"9" * 6_000 + b'"><c r="K300"><v>1</v></c></row>')


def laughing(xml: bytes) -> bytes:
    entities = b"".join(b'<!ENTITY %c "%s">' % (c + 1, b"&%c;" % c * 10) for c in range(97, 110))
    declared = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">' + entities + b"]><worksheet"
    return xml.replace(b"<worksheet", declared, 1).replace(b"<sheetData>", b'<sheetData><row r="&n;"/>')


@hostile("returned", "I212")
def a_billion_laughs(form: bytes) -> bytes:
    return on_sheet(form, laughing)


@hostile("returned", "I212")
def a_billion_laughs_in_utf16(form: bytes) -> bytes:
    def change(xml: bytes) -> bytes:
        return laughing(xml).decode().replace("UTF-8", "UTF-16", 1).encode("utf-16")

    return on_sheet(form, change)


@hostile("returned", "I212")
def an_entity_from_a_file(form: bytes) -> bytes:
    declared = b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    return on_sheet(form, lambda xml: xml.replace(b"<worksheet", declared, 1).replace(b"<v>", b"<v>&a;", 1))


@hostile("accepted_with_notes", "V407", "V403", "V403", "V403")
def styles_that_share_a_huge_format(form: bytes) -> bytes:
    parts = parts_of(form)
    parts["xl/styles.xml"] = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<numFmts><numFmt numFmtId="200" formatCode="'
        + b"[" * 3_000_000
        + b'"/></numFmts><cellXfs>'
        + b'<xf numFmtId="200"/>' * 200_000
    ) + b"</cellXfs></styleSheet>"
    return packed(parts)


@hostile("returned", "I222")
def a_directory_of_a_million_members(_: bytes) -> bytes:
    archive = zipped({"xl/a": b""})
    start, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    entries = archive[start:end] * 900_000
    return archive[:start] + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entries), start, 0)


@hostile("returned", "I212")
def members_that_lie_over_each_other(_: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/aaaaaaaa", os.urandom(20_000_000))
    content = out.getvalue()
    start, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    entries = b"".join(content[start:end].replace(b"aaaaaaaa", b"%08d" % i) for i in range(9_000))
    return content[:start] + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9000, 9000, len(entries), start, 0)


@hostile("returned", "I214")
def fifty_megabytes_of_text(_: bytes) -> bytes:
    return "序号,进展\n".encode() * 3_500_000


@hostile("returned", "I218")
def a_zip_archive_that_unpacks_to_too_much(_: bytes) -> bytes:
    return packed({f"{i}.txt": b"a" * 45_000_000 for i in range(5)})


_READER = """
import json, sys
sys.path.append(sys.argv[3])  # behind the installed package, whose data folders the checkout would hide
from pathlib import Path
from tests.office import MAY, Office
from tjxl.intake.expected import intake_context
from tjxl.intake.gather import gather_returns
from tjxl.periods import parse_period
from tjxl.project import Project
import tjxl.fields.frame

def peak():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0

office, inbox = Office(Project(Path(sys.argv[1]))), Path(sys.argv[2])
context = intake_context(office.state, parse_period(MAY), office.project.settings())
before = peak()
(r,) = gather_returns(inbox, context)
codes = [f.code for f in r.findings]
json.dump({"verdict": r.verdict, "codes": codes, "memory": peak() - before}, sys.stdout)
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_cost_and_verdict(name: str, issued_project: Office, tmp_path: Path) -> None:
    make, verdict, codes = HOSTILE[name]
    content = make(filled(issued_project.form(SPORTS)))
    assert len(content) <= guard.MAX_FILE
    (tmp_path / "报表.xlsx").write_bytes(content)
    command = [sys.executable, "-P", "-c", _READER, str(issued_project.project.root), str(tmp_path), str(ROOT)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT, cwd=ROOT)
    said = json.loads(done.stdout)
    assert (said["verdict"], said["codes"]) == (verdict, codes)
    assert said["memory"] < MEMORY


def test_only_form_sheets_and_the_hidden_identity_are_read(issued_project: Office) -> None:
    from tjxl.intake import returns

    opened: list[Book] = []

    def kept(content: bytes) -> Book:
        opened.append(guard.open_book(content))
        return opened[-1]

    from tests.intake.conftest import Desk

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(returns, "open_book", kept)
        assert Desk(issued_project, MAY).judge(filled(issued_project.form(SPORTS)))[0] == "accepted"
    assert sorted(opened[0]._cells) == ["_tjxl", "填报"]
    assert set(opened[0].sheets) == {"_tjxl", "_lists", "填报", "填报说明", "自检"}


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(cells=20), "E306"),
        (Limits(tree=1_000), "E304"),
        (Limits(work=30_000), "E306"),
        (Limits(part=9_000), "E306"),
    ],
)
def test_each_limit_holds(issued_project: Office, limits: Limits, code: str) -> None:
    from tjxl.errors import PackageError

    with pytest.raises(PackageError) as caught:
        Book(filled(issued_project.form(SPORTS)), limits).cells("填报")
    assert caught.value.code == code


# ---- what lies in 收件


@pytest.fixture
def locked_folder(office: Office) -> Iterator[Path]:
    folder = office.project.inbox / "锁住"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(filled(office.form(SPORTS)))
    folder.chmod(0)
    try:
        list(folder.iterdir())
    except PermissionError:
        yield folder
    else:
        pytest.skip("this user may open every folder")
    finally:
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_opened_is_said(office: Office, locked_folder: Path) -> None:
    assert office.collect() == {locked_folder.name: ("returned", [("I229", None, None, None)])}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_links_pipes_and_folders_in_the_inbox(office: Office) -> None:
    inbox = office.project.inbox
    office.send("a.xlsx/真的.xlsx", filled(office.form(SPORTS)))  # a folder called a.xlsx
    (inbox / "断链.xlsx").symlink_to("没有.xlsx")
    (inbox / "兜圈.xlsx").symlink_to("兜圈.xlsx")
    (inbox / "文件夹").symlink_to("a.xlsx")
    os.mkfifo(inbox / "管道.xlsx")
    office.send(".隐藏/b.xlsx", b"x")
    office.send(".~lock.a.xlsx#", b"x")
    none = (None, None, None)
    assert office.collect() == {
        "a.xlsx/真的.xlsx": ("accepted", []),
        "兜圈.xlsx": ("returned", [("I217", *none)]),
        "断链.xlsx": ("returned", [("I217", *none)]),
        "文件夹": ("returned", [("I227", *none)]),
        "管道.xlsx": ("ignored", [("I224", *none)]),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names as bytes")
def test_a_name_that_is_not_utf8_is_read_as_gbk(office: Office) -> None:
    path = os.fsencode(office.project.inbox) + "/体育局.pdf".encode("gbk")
    Path(os.fsdecode(path)).write_bytes(b"%PDF")
    assert office.collect() == {"体育局.pdf": ("returned", [("I214", None, None, None)])}
    assert "体育局.pdf" in (office.project.returned(MAY) / "退回说明.txt").read_text(encoding="utf-8-sig")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_in_a_zip_archive_lead_nowhere_and_two_of_a_name_are_two(office: Office) -> None:
    form = filled(office.form(SPORTS))
    archive = io.BytesIO()
    link = zipfile.ZipInfo("链接.xlsx")
    link.external_attr, link.create_system = 0o120777 << 16, 3
    with zipfile.ZipFile(archive, "w") as z:
        for name in ("../../上级.xlsx", "/根.xlsx", "C:\\盘.xlsx", "区县\\a.xlsx", "同名.xlsx", "同名.xlsx"):
            z.writestr(zipfile.ZipInfo(name), form)
        z.writestr(link, "/etc/passwd")
    office.send("包.zip", archive.getvalue())
    found = office.collect()
    assert sorted(found) == sorted(
        f"包.zip/{n}"
        for n in ("上级.xlsx", "根.xlsx", "盘.xlsx", "区县/a.xlsx", "同名.xlsx", "同名 (2).xlsx", "链接.xlsx")
    )
    assert found["包.zip/链接.xlsx"] == ("returned", [("I214", None, None, None)])
    assert office.merge()["rows"] == 3
