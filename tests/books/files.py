"""What arrives instead of a workbook, and workbooks of other formats (modes 31 to 40 and 45)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

from docx import Document
from openpyxl.workbook.protection import WorkbookProtection

from tests.books.case import Case, Outcome
from tests.books.packages import (
    absolute_names,
    odd_names,
    rewritten,
    strict,
    uncounted,
    with_pictures,
    with_relation,
    without_styles,
    wrong_dimension,
    x14_validation,
)
from tests.formats.biff import compound, record, xls
from tests.libreoffice import saved_as
from tests.office import SPORTS, Office, filled, opened, part_of, saved, with_part, zipped
from tests.promises import PETITIONS

FORM = "报表.xlsx"
PICTURE = '=DISPIMG("ID_8F",1)'
ACCEPTED: Outcome = ("accepted", [])
DONE = {"J7": "已完成", "K7": 1.0, "O7": dt.date(2022, 5, 18), "P7": "验收报告"}
"""完成进度 100 % stands in a percentage format: without one, 1 would be a question."""
WRONG = {"K7": "很快", "O7": "2022.6.30", "L8": None}
"""A percentage that is none, a date written out, no 进展情况."""
FOUND = [("V405", "填报", "K7", "很快"), ("V407", "填报", "O7", "2022.6.30"), ("F030", "填报", "L8", None)]
OLD_FORMAT = ("I240", None, None, None)


def form(**cells: object) -> Callable[[Office], bytes]:
    return lambda office: filled(office.form(SPORTS), **cells)


def one(mode: int, how: str, make: Callable[[Office], bytes], expected: Outcome, name: str = FORM) -> Case:
    """A case of one file."""
    return Case(mode, how, lambda office: {name: make(office)}, {name: expected})


def through(mode: int, how: str, kind: str, name: str, expected: Outcome, **cells: object) -> Case:
    """A case of one file that LibreOffice has saved in another format."""
    return Case(
        mode,
        how,
        lambda office: {name: saved_as(filled(office.form(SPORTS), **cells), kind)},
        {name: expected},
        libreoffice=True,
    )


def refused(mode: int, how: str, name: str, content: bytes, code: str = "I214") -> Case:
    """A case of one file that cannot be read as a form."""
    return one(mode, how, lambda _: content, ("returned", [(code, None, None, None)]), name)


def word_document() -> bytes:
    out = io.BytesIO()
    Document().save(out)
    return out.getvalue()


def encrypted_ods() -> bytes:
    manifest = '<manifest:manifest xmlns:manifest="urn:m"><manifest:encryption-data/></manifest:manifest>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind.encode(), "content.xml": b"\x8f\x01", "META-INF/manifest.xml": manifest.encode()})


def as_xlsb(content: bytes) -> bytes:
    """The main part of an .xlsb is binary."""

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        return name.replace("workbook.xml", "workbook.bin"), part.replace(b"xl/workbook.xml", b"xl/workbook.bin")

    return rewritten(content, change)


def with_macro(content: bytes) -> bytes:
    return with_relation(content, "xl/workbook.xml", "vbaProject", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def with_link(content: bytes) -> bytes:
    part = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    return with_relation(content, "xl/workbook.xml", "externalLink", part)


def wps_picture(content: bytes) -> bytes:
    """A picture in the cell P7 instead of its text, as WPS puts it there, and the part that holds it."""
    cell = b't="str"><f>_xlfn.DISPIMG("ID_8F",1)</f><v>=DISPIMG("ID_8F",1)</v></c>'

    def change(xml: bytes) -> bytes:
        start = xml.index(b'<c r="P7"')
        end = xml.index(b"</c>", start) + 4
        style = xml[start:end].partition(b' s="')[2].partition(b'"')[0]
        return xml[:start] + b'<c r="P7" s="' + style + b'" ' + cell + xml[end:]

    changed = with_part(content, part_of(content, "填报"), change)
    return with_relation(changed, "xl/workbook.xml", "cellImage", {"xl/cellimages.xml": b"<etc:cellImages/>"})


XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
NO_WORKBOOK = {
    "进展.pdf": b"%PDF-1.7\n",
    "照片.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "进展.docx": word_document(),
    "进展.doc": compound({"WordDocument": b"?"}),
    "进展.wps": compound({"WpsContent": b"?", "WordDocument": b"?"}),
    "进展.rar": b"Rar!\x1a\x07\x01\x00",
    "进展.ofd": zipped({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<Document/>"}),
    "进展.odt": zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
}
DISGUISED = {
    "网页导出.xls": "<html><table><tr><td>任务编码</td></tr></table></html>".encode("gbk"),
    "XML表格.xls": XML_2003.encode(),
    "文本.xls": "任务编码\t进展状态\nT130\t正常推进\n".encode("gbk"),
    "导出.csv": "\ufeff任务编码,进展状态\nT130,正常推进\n".encode(),
}


def with_passwords(content: bytes) -> bytes:
    """Sheets and structure protected with passwords of the unit's own, as Excel's 审阅 does: nothing is encrypted."""
    book = opened(content)
    for sheet in book.worksheets:
        sheet.protection.set_password("tj2022")
        sheet.protection.enable()
    book.security = WorkbookProtection(workbookPassword="CC1A", lockStructure=True)
    return saved(book)


CASES = (
    Case(
        31,
        "文件名是“新建 Microsoft Excel 工作表 (2).xlsx”",
        lambda office: {"新建 Microsoft Excel 工作表 (2).xlsx": filled(office.form(SPORTS))},
        {"新建 Microsoft Excel 工作表 (2).xlsx": ("accepted", [])},
    ),
    through(32, "存为 .xls，完成进度 100%", "xls", "报表.xls", ("accepted_with_notes", [OLD_FORMAT]), **DONE),
    through(32, "存为 .xls，填错三处", "xls", "报表.xls", ("returned", [OLD_FORMAT, *FOUND]), **WRONG),
    through(32, "存为 .ods，完成进度 100%", "ods", "报表.ods", ("accepted_with_notes", [OLD_FORMAT]), **DONE),
    through(32, "存为 .ods，填错三处", "ods", "报表.ods", ("returned", [OLD_FORMAT, *FOUND]), **WRONG),
    through(32, "存为 .fods（单个 XML 文件）", "fods", "报表.fods", ("accepted_with_notes", [OLD_FORMAT]), **DONE),
    through(32, "用 LibreOffice 打开后另存为 .xlsx", "xlsx", FORM, ACCEPTED, **DONE),
    through(33, "WPS 的 .et（内容为 .xls）", "xls", "报表.et", ("accepted_with_notes", [OLD_FORMAT]), **DONE),
    one(33, "扩展名 .et，内容为 .xlsx", form(**DONE), ACCEPTED, "报表.et"),
    *(refused(34, f"不是工作簿：{name}", name, content) for name, content in NO_WORKBOOK.items()),
    one(
        34,
        "二进制工作簿 .xlsb",
        lambda office: as_xlsb(office.form(SPORTS)),
        ("returned", [("I214", None, None, None)]),
        "报表.xlsb",
    ),
    through(35, ".xls 改名为 .xlsx", "xls", FORM, ("accepted_with_notes", [OLD_FORMAT]), **DONE),
    one(35, ".xlsx 改名为 .xls", form(**DONE), ACCEPTED, "报表.xls"),
    *(refused(35, f"冒充工作簿：{name}", name, content) for name, content in DISGUISED.items()),
    one(35, "“Strict Open XML 电子表格”", lambda office: strict(form(**DONE)(office)), ACCEPTED),
    refused(36, "有打开密码的 .xlsx", FORM, compound({"EncryptedPackage": b"?", "EncryptionInfo": b"?"}), "I213"),
    refused(36, "有打开密码的 .xls", "报表.xls", xls({"填报": b""}, record(0x2F, bytes(54))), "I213"),
    refused(36, "有打开密码的 .ods", "报表.ods", encrypted_ods(), "I213"),
    refused(38, "0 字节的文件", FORM, b"", "I211"),
    refused(38, "损坏的 .xls", "报表.xls", xls({"填报": b""})[:1500], "I212"),
    one(
        39,
        "WPS 存盘，填报表声称只有 A1 一格",
        lambda office: wrong_dimension(filled(office.form(SPORTS))),
        ACCEPTED,
    ),
    one(39, "部件名用反斜杠和大写", lambda office: odd_names(form(**DONE)(office)), ACCEPTED),
    one(39, "部件名写成绝对路径", lambda office: absolute_names(form(**DONE)(office)), ACCEPTED),
    one(39, "共享字符串没有计数", lambda office: uncounted(form(**DONE)(office)), ACCEPTED),
    one(
        39,
        "没有样式部件，完成进度 1 无从判定",
        lambda office: without_styles(filled(office.form(SPORTS), K7=1.0, O7=None)),
        (
            "needs_decision",
            [
                ("V407", "填报", "M4", "44701"),
                ("V404", "填报", "K7", 1.0),
                ("V403", "填报", "K8", 0.4),
                ("V403", "填报", "K9", 0.4),
            ],
        ),
    ),
    one(40, "扩展的数据有效性（x14）", lambda office: x14_validation(form(**DONE)(office)), ACCEPTED),
    one(
        36,
        "含有宏的 .xlsm",
        lambda office: with_macro(form(**DONE)(office)),
        ("returned", [("I242", None, None, None)]),
        "报表.xlsm",
    ),
    refused(36, "含有宏的 .xls", "报表.xls", xls({"填报": b""}, storages=["_VBA_PROJECT_CUR"]), "I242"),
    one(37, "单位另设了工作表保护密码", lambda office: with_passwords(form(**DONE)(office)), ACCEPTED),
    one(
        43,
        "工作簿含有指向其他文件的链接",
        lambda office: with_link(form(**DONE)(office)),
        ("accepted_with_notes", [("I241", None, None, None)]),
    ),
    one(
        45,
        "填报表上贴了 2 张图片",
        lambda office: with_pictures(form(**DONE)(office), "填报", 2),
        ("accepted_with_notes", [("R340", "填报", None, None)]),
    ),
    one(
        45,
        "WPS 的单元格图片（DISPIMG）",
        lambda office: wps_picture(form(**DONE)(office)),
        ("accepted_with_notes", [("R340", "填报", None, None), ("F070", "填报", "P7", PICTURE)]),
    ),
    one(
        45,
        "嵌入了 Word 文件",
        lambda office: with_relation(
            form(**DONE)(office), part_of(office.form(SPORTS), "填报"), "package", {"xl/embeddings/a.docx": b"PK"}
        ),
        ("accepted_with_notes", [("R340", "填报", None, None)]),
    ),
    *(
        Case(
            45,
            f"带节点、指标两表的填报表贴了图片，存为 .{kind}",
            lambda office, kind=kind: {  # type: ignore[misc]
                f"报表.{kind}": saved_as(with_pictures(filled(office.form(PETITIONS)), "节点", 2), kind)
            },
            {f"报表.{kind}": ("accepted_with_notes", [OLD_FORMAT, ("R340", "节点", None, None)])},
            stage="promised",
            libreoffice=True,
        )
        for kind in ("xls", "ods")
    ),
)
