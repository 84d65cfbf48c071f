"""Whose form it is, for when, and how many of them (modes 26 to 30 and 47 to 50)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.books.case import Case
from tests.books.structure import FINE, asks, goes_back, notes, one, put
from tests.office import AUDIT, MAY, PROGRESS, SPORTS, Office, changed, filled, opened, saved

EDUCATION, COMMERCE = "市教委", "市商务局"


def resigned(office: Office, **values: str) -> bytes:
    """市体育局's form with an identity of other values that holds: as another version would have issued it."""
    from tjxl.intake.identify import read_identity
    from tjxl.ooxml.book import Book

    form = filled(office.form(SPORTS))
    identity = read_identity(Book(form).cells("_tjxl"))
    assert identity is not None
    signed = type(identity)(**{**identity.as_dict(), **values}).signed(office.state.meta["key"]).as_dict()

    def change(sheet: Any) -> None:
        for row in sheet.iter_rows(max_col=2):
            row[1].value = signed[row[0].value]

    return changed(form, change, "_tjxl")


def tampered(office: Office) -> bytes:
    def change(sheet: Any) -> None:
        sheet["B3"], sheet["B4"] = "U001", "市发展改革委"

    return changed(filled(office.form(SPORTS)), change, "_tjxl")


def from_another_master(office: Office) -> bytes:
    def change(sheet: Any) -> None:
        sheet["B2"] = "0" * 32

    return changed(filled(office.form(SPORTS)), change, "_tjxl")


def two_units_in_one(office: Office) -> bytes:
    """市审计局's sheet 填报 copied into 市体育局's workbook, as 「移动或复制工作表」 does it."""
    book = opened(filled(office.form(SPORTS)))
    copy = book.create_sheet("填报 (2)")
    for row in opened(filled(office.form(AUDIT)))["填报"].iter_rows():
        for cell in row:
            copy[cell.coordinate] = cell.value
    return saved(book)


def rows_of_another_unit(office: Office) -> bytes:
    """市审计局's row below those of 市体育局."""
    theirs = opened(filled(office.form(AUDIT)))["填报"]

    def change(sheet: Any) -> None:
        for column in range(1, 18):
            sheet.cell(10, column).value = theirs.cell(7, column).value

    return changed(filled(office.form(SPORTS)), change)


def two(first: dict[str, Any], then: dict[str, Any]) -> Any:
    """Two files of 市体育局."""
    return lambda office: {
        "a.xlsx": filled(office.form(SPORTS), **first),
        "b.xlsx": filled(office.form(SPORTS), **then),
    }


DIFFERENT = ("I210", None, None, None)

CASES: tuple[Case, ...] = (
    one(
        26, "牵头的任务没有填，配合的填了", put(J7=None, K7=None, L7=None),
        goes_back(("F010", "填报", "J7", None)),
    ),
    one(26, "配合的任务漏报一项", put(J8=None, K8=None, L8=None), goes_back(("F010", "填报", "J8", None))),
    Case(
        26, "牵头单位未报，配合单位已报",
        lambda office: {"体育局.xlsx": filled(office.form(SPORTS))},
        {"体育局.xlsx": FINE},
    ),
    one(27, "填报单位写作简称“体育局”", put(H3="体育局"), notes(("I232", "填报", "H3", "体育局"))),
    one(27, "填报单位写作“天津市体育局”", put(H3="天津市体育局"), notes(("I232", "填报", "H3", "天津市体育局"))),
    one(28, "填报单位改为另一单位", put(H3=EDUCATION), goes_back(("I205", "填报", "H3", EDUCATION))),
    Case(
        28, "文件以另一单位命名，表是发给本单位的",
        lambda office: {"市教委5月.xlsx": filled(office.form(SPORTS))},
        {"市教委5月.xlsx": notes(("I235", None, None, EDUCATION))},
    ),
    Case(
        28, "隐藏的单位编码被改成另一单位",
        lambda office: {"报表.xlsx": tampered(office)}, {"报表.xlsx": goes_back(("I203", None, None, None))},
    ),
    Case(
        28, "另一份总台账下发的表",
        lambda office: {"报表.xlsx": from_another_master(office)},
        {"报表.xlsx": goes_back(("I202", None, None, None))},
    ),
    Case(
        29, "两份填报日期不同",
        two({"M4": dt.date(2022, 5, 19), "K7": 0.3}, {}),
        {"a.xlsx": ("ignored", [("I206", None, None, None)]), "b.xlsx": FINE},
        times={"a.xlsx": "2022-05-23 09:00"},
    ),
    Case(
        29, "同日两份，文件时间有先后",
        two({}, {"K7": 0.45}), {"a.xlsx": ("ignored", [("I206", None, None, None)]), "b.xlsx": FINE},
        times={"a.xlsx": "2022-05-20 11:59"},
    ),
    Case(
        29, "同一时刻两份，内容不同",
        two({}, {"K7": 0.45, "L8": "已召开部门协调会，形成实施方案初稿。"}),
        {"a.xlsx": asks(DIFFERENT), "b.xlsx": asks(DIFFERENT)},
    ),
    Case(
        29, "同一文件收到两次",
        two({}, {}), {"a.xlsx": ("ignored", [("I207", None, None, None)]), "b.xlsx": FINE},
    ),
    Case(
        30, "两家单位的填报表复制到一个工作簿",
        lambda office: {"合并.xlsx": two_units_in_one(office)},
        {"合并.xlsx": goes_back(("I236", None, None, None))},
    ),
    Case(
        30, "另一家单位的行加在本单位表内",
        lambda office: {"合并.xlsx": rows_of_another_unit(office)},
        {"合并.xlsx": goes_back(("R308", "填报", "B10", None))},
    ),
    Case(
        47, "交来上月的表",
        lambda office: {"报表.xlsx": filled(office.form(SPORTS, MAY))},
        {"报表.xlsx": goes_back(("I204", None, None, None))}, "june",
    ),
    Case(
        47, "旧版程序下发的表",
        lambda office: {"报表.xlsx": resigned(office, form_version="1")},
        {"报表.xlsx": notes(("I230", None, None, None))},
    ),
    Case(
        47, "更新版本的程序下发的表",
        lambda office: {"报表.xlsx": resigned(office, form_version="9")},
        {"报表.xlsx": goes_back(("I231", None, None, None))},
    ),
    one(48, "应报日之后 6 天才报", put(M4=dt.date(2022, 5, 31)), notes(("I234", "填报", "M4", "2022-05-31"))),
    Case(
        49, "原样退回",
        lambda office: {"报表.xlsx": office.form(SPORTS)}, {"报表.xlsx": goes_back(("R310", "填报", None, None))},
    ),
    one(
        49, "“进展状态”整列清空", put(J7=None, J8=None, J9=None),
        goes_back(("F010", "填报", "J7", None), ("F010", "填报", "J8", None), ("F010", "填报", "J9", None)),
    ),
    one(
        50, "进展情况中写了手机号码", put(L7=f"{PROGRESS}联系人13800000000"),
        notes(("F035", "填报", "L7", f"{PROGRESS}联系人13800000000")),
    ),
    one(
        50, "在自加的列中写了手机号码", put(R6="联系人", R7="王强13800000000"),
        notes(("R304", "填报", "R6", "王强13800000000")),
    ),
    one(
        50, "进展情况中写了身份证号码", put(L8=f"{PROGRESS}身份证号12010119900101123X"),
        notes(("F035", "填报", "L8", f"{PROGRESS}身份证号12010119900101123X")),
    ),
)  # fmt: skip
