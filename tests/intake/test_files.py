"""What arrives instead of a form, who sent it and for when, and several files of one unit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.formats.biff import compound, xls
from tests.intake.conftest import Desk
from tests.office import AUDIT, JUNE, SPORTS, Office, changed, filled, opened, part_of, saved, with_part, zipped
from tjxl.intake.identify import read_identity
from tjxl.intake.sources import Source, open_source
from tjxl.ooxml.book import Book

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


def docx() -> bytes:
    import docx as python_docx

    out = io.BytesIO()
    python_docx.Document().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "I211", "文件为空"),
        (b"%PDF-1.4\n...", "I214", "PDF 文档"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "I214", "图片"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "I214", "图片"),
        (b"Rar!\x1a\x07\x00", "I214", "RAR 压缩包"),
        (OLE, "I212", "损坏"),
        (compound({"Book": b"?"}), "I214", "Excel 95 或更早的工作簿"),
        (compound({"WordDocument": b"?"}), "I214", "旧版文档"),
        (compound({"EncryptedPackage": b"?"}), "I213", "打开密码"),
        (xls({"宏": b""}, kind=1), "I242", "另存为"),
        (XML_2003, "I214", "XML 表格 2003"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "I214", "网页档案"),
        ("序号,进展\r\n1,已完成\r\n".encode("gb18030"), "I214", "文本文件"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "I214", "网页"),
        (b"PK\x03\x04" + b"\x00" * 400, "I212", "损坏"),
        (bytes(range(256)), "I212", "损坏"),
    ],
)
def test_what_is_no_workbook_goes_back_with_the_reason(desk: Desk, content: bytes, code: str, said: str) -> None:
    assert desk.judge(content) == ("returned", [(code, None, None, None)])
    assert said in desk.message(content)


@pytest.mark.skipif("not __import__('importlib.util').util.find_spec('docx')", reason="python-docx is not installed")
def test_a_word_document_is_called_one(desk: Desk) -> None:
    assert desk.judge(docx()) == ("returned", [("I214", None, None, None)])
    assert "Word 文档" in desk.message(docx())


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_broken(desk: Desk, share: float) -> None:
    content = desk.filled(SPORTS)
    assert desk.judge(content[: int(len(content) * share)]) == ("returned", [("I212", None, None, None)])


def test_a_file_with_damaged_bytes_is_broken(desk: Desk) -> None:
    content = bytearray(desk.filled(SPORTS))
    entry = zipfile.ZipFile(io.BytesIO(bytes(content))).getinfo(part_of(bytes(content), "填报"))
    at = entry.header_offset + 30 + len(entry.filename) + 200
    content[at : at + 8] = b"\x00" * 8
    assert desk.judge(bytes(content)) == ("returned", [("I212", None, None, None)])


@pytest.mark.parametrize(
    "attack",
    [
        lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY e "a">]><worksheet', 1),
        lambda xml: xml.replace(b"</sheetData>", b""),
        lambda _: b"",
    ],
)
def test_xml_that_is_no_sheet_is_broken(desk: Desk, attack: Callable[[bytes], bytes]) -> None:
    content = desk.filled(SPORTS)
    assert desk.judge(with_part(content, part_of(content, "填报"), attack)) == (
        "returned",
        [("I212", None, None, None)],
    )


def test_a_workbook_of_ones_own_is_no_form(desk: Desk) -> None:
    book = opened(desk.filled(SPORTS))
    del book["_tjxl"]
    assert desk.judge(saved(book)) == ("returned", [("I201", None, None, None)])


@pytest.mark.parametrize("key", ["unit_code", "unit", "period", "issued_at", "digest"])
def test_an_identity_that_was_changed_proves_nothing(desk: Desk, key: str) -> None:
    def tamper(sheet: object) -> None:
        for row in sheet.iter_rows():  # type: ignore[attr-defined]
            if row[0].value == key:
                row[1].value = {"unit_code": "U001", "unit": "市教委", "period": "2022年5月"}.get(key, "0")

    content = changed(desk.filled(SPORTS), tamper, "_tjxl")
    assert desk.judge(content) == ("returned", [("I203", None, None, None)])


def test_a_form_of_another_master(desk: Desk) -> None:
    def tamper(sheet: object) -> None:
        sheet["B2"] = "0" * 32  # type: ignore[index]

    content = changed(desk.filled(SPORTS), tamper, "_tjxl")
    identity = read_identity(Book(content).cells("_tjxl"))
    assert identity is not None
    assert identity.master_id == "0" * 32
    assert desk.judge(content) == ("returned", [("I202", None, None, None)])


def test_a_form_of_last_period(second_period: Office) -> None:
    june = Desk(second_period, JUNE)
    assert june.judge(filled(second_period.form(SPORTS))) == ("returned", [("I204", None, None, None)])
    assert "这是2022年5月的填报表，本次收集的是2022年6月" in june.message(filled(second_period.form(SPORTS)))


def test_the_same_file_twice_counts_once(desk: Desk) -> None:
    content = desk.filled(SPORTS)
    assert desk.judge_all({"甲.xlsx": content, "乙.xlsx": content}) == {
        "甲.xlsx": ("accepted", []),
        "乙.xlsx": ("ignored", [("I207", None, None, None)]),
    }


def test_of_two_versions_the_one_with_the_later_date_of_report_counts(desk: Desk) -> None:
    old = desk.filled(SPORTS, M4="2022-05-19", K7=0.3)
    judged = desk.judge_all(
        {"新.xlsx": desk.filled(SPORTS), "旧.xlsx": old},
        {"新.xlsx": "2022-05-20T09:00:00", "旧.xlsx": "2022-05-31T09:00:00"},
    )
    assert judged == {"新.xlsx": ("accepted", []), "旧.xlsx": ("ignored", [("I206", None, None, None)])}
    assert "“新.xlsx”" in desk.messages["旧.xlsx"][0]


def test_dated_alike_the_younger_file_counts(desk: Desk) -> None:
    judged = desk.judge_all(
        {"a.xlsx": desk.filled(SPORTS), "b.xlsx": desk.filled(SPORTS, K7=0.45)},
        {"b.xlsx": "2022-05-20T10:00:01"},
    )
    assert judged == {"a.xlsx": ("ignored", [("I206", None, None, None)]), "b.xlsx": ("accepted", [])}


def test_two_versions_of_one_moment_are_a_question_about_both(desk: Desk) -> None:
    judged = desk.judge_all({"a.xlsx": desk.filled(SPORTS), "b.xlsx": desk.filled(SPORTS, K7=0.45)})
    question = ("needs_decision", [("I210", None, None, None)])
    assert judged == {"a.xlsx": question, "b.xlsx": question}


def test_a_form_as_issued_never_displaces_a_report(desk: Desk) -> None:
    judged = desk.judge_all(
        {"空.xlsx": desk.form(SPORTS), "报.xlsx": desk.filled(SPORTS)}, {"空.xlsx": "2022-05-31T09:00:00"}
    )
    assert judged["报.xlsx"] == ("accepted", [])
    assert judged["空.xlsx"] == ("ignored", [("I206", None, None, None)])


def test_another_unit_that_used_the_form_by_mistake_displaces_nobody(desk: Desk) -> None:
    mistaken = desk.filled(SPORTS, H3="市教委", M4="2022-05-25")
    judged = desk.judge_all({"市教委.xlsx": mistaken, "市体育局.xlsx": desk.filled(SPORTS)})
    assert judged["市体育局.xlsx"] == ("accepted", [])
    assert judged["市教委.xlsx"][0] == "returned"


def test_one_bad_file_never_stops_the_others(desk: Desk) -> None:
    judged = desk.judge_all({"a.xlsx": b"PK\x03\x04", "b.xlsx": desk.filled(AUDIT), "c.xlsx": desk.filled(SPORTS)})
    assert [verdict for verdict, _ in judged.values()] == ["returned", "accepted", "accepted"]


# ---- zip archives and temporary files on disk


def sources(office: Office, name: str, content: bytes) -> list[Source]:
    return list(open_source(office.send(name, content), office.project.inbox))


def test_members_of_a_zip_are_named_by_their_place(office: Office) -> None:
    form = filled(office.form(SPORTS))
    found = sources(office, "五月/报送.zip", zipped({"区县/b.xlsx": form, "a.xlsx": form, "~$a.xlsx": b"lock"}))
    assert [(s.file, s.finding.code if s.finding else None) for s in found] == [
        ("五月/报送.zip/a.xlsx", None),
        ("五月/报送.zip/~$a.xlsx", "I215"),
        ("五月/报送.zip/区县/b.xlsx", None),
    ]


class _UnmarkedEntry(zipfile.ZipInfo):
    """An entry whose name is not marked as UTF-8, whatever it is written in."""

    encoding = "utf-8"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name in zipfile
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


class _ChineseWindowsEntry(_UnmarkedEntry):
    """As the archiver of a Chinese Windows writes it."""

    encoding = "gbk"


@pytest.mark.parametrize("name", ["区县/市体育局.xlsx", "审计局.xlsx", "一.xlsx", "马·阿.xlsx", "report.xlsx"])
@pytest.mark.parametrize("entry", [_UnmarkedEntry, _ChineseWindowsEntry], ids=["Linux and macOS", "Windows"])
def test_names_in_an_archive_are_read_without_a_mark(office: Office, entry: type[_UnmarkedEntry], name: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr(entry(name), filled(office.form(SPORTS)))
    assert [s.file for s in sources(office, "a.zip", archive.getvalue())] == [f"a.zip/{name}"]


def test_a_zip_in_a_zip_is_opened_once_and_no_deeper(office: Office) -> None:
    inner = zipped({"a.xlsx": filled(office.form(SPORTS))})
    assert [s.file for s in sources(office, "1.zip", zipped({"2.zip": inner}))] == ["1.zip/2.zip/a.xlsx"]
    deeper = sources(office, "0.zip", zipped({"1.zip": zipped({"2.zip": inner})}))
    assert [(s.file, s.finding.code if s.finding else None) for s in deeper] == [("0.zip/1.zip/2.zip", "I218")]


def test_an_empty_zip_is_said_to_be_one(office: Office) -> None:
    found = sources(office, "空.zip", zipped({}))
    assert [(s.file, s.finding.code if s.finding else None) for s in found] == [("空.zip", "I214")]


def test_what_excel_leaves_behind_is_ignored(office: Office) -> None:
    office.send("~$市体育局.xlsx", b"\x05user")
    office.send(".DS_Store", b"x")
    office.send("__MACOSX/._a.xlsx", b"x")
    office.send("Thumbs.db", b"x")
    assert office.collect() == {"~$市体育局.xlsx": ("ignored", [("I215", None, None, None)])}
