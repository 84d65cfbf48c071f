"""What belongs to the workbook as a whole: names, properties, protection, theme, macros, and the way Excel saves."""

from __future__ import annotations

from lxml import etree

from tests.decorated.package import MAIN, MC, SPREADSHEET, WORKBOOK, WORKBOOK_ORDER, Parts, child, put, rows
from tests.decorated.tables import TASKS

_OFFICE = "application/vnd.openxmlformats-officedocument"
_VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"


def names(parts: Parts) -> None:
    """Names of the office's own: a range of a table, a constant, a formula, one of a single sheet."""
    parts.define("滞后任务数", f'COUNTIFS({TASKS}[进展状态],"滞后")')
    parts.define("通报阈值", "0.85")
    parts.define("联系表", "设置!$A$11:$A$15")
    parts.define("本表说明", "调度会!$A$1", sheet="调度会")


def properties(parts: Parts) -> None:
    """Custom properties, data of another program (customXml), a sensitivity label."""
    parts.add(
        "docProps/custom.xml",
        f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="{_VT}"><property '
        'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="文号"><vt:lpwstr>津政办督〔2022〕1号</vt:lpwstr></property></Properties>',
        f"{_OFFICE}.custom-properties+xml",
    )
    parts.relate("", "custom-properties", "docProps/custom.xml")
    item = parts.add("customXml/item1.xml", '<档案 xmlns="urn:example:archive"><密级>内部</密级></档案>')
    about = parts.add(
        "customXml/itemProps1.xml",
        '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        'ds:itemID="{66666666-6666-4666-8666-666666666666}"><ds:schemaRefs/></ds:datastoreItem>',
        f"{_OFFICE}.customXmlProperties+xml",
    )
    parts.relate(item, "customXmlProps", about)
    parts.relate(WORKBOOK, "customXml", item)
    label = parts.add(
        "docMetadata/LabelInfo.xml",
        '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label '
        'id="{77777777-7777-4777-8777-777777777777}" enabled="1" method="Standard" '
        'siteId="{88888888-8888-4888-8888-888888888888}" removed="0"/></clbl:labelList>',
        "application/vnd.ms-office.classificationlabels+xml",
    )
    parts.relate("", "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels", label)


def protection(parts: Parts) -> None:
    """No sheet may be added or taken out without a password."""
    put(
        parts.book,
        '<workbookProtection workbookAlgorithmName="SHA-512" workbookHashValue="q83vEjRWeJA=" workbookSaltValue="3q2+796tvu8=" '
        'workbookSpinCount="100000" lockStructure="1"/>',
        WORKBOOK_ORDER,
    )


def theme(parts: Parts) -> None:
    """Colours of the office's own."""
    for colour in parts.tree("xl/theme/theme1.xml").iter("{*}accent1", "{*}accent2"):
        colour[0].set("val", "9C0006")


def as_excel_saves(parts: Parts) -> None:
    """Namespaces, row marks and the chain of calculation that Excel adds; nothing asks for recalculation any more."""
    ac = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
    chain = []
    sheets = [e for e in parts.sheets if "/worksheets/" in parts.part_of(str(e.get("name")))]
    for e in sheets:
        part = parts.part_of(str(e.get("name")))
        old = parts.tree(part)
        root = etree.Element(old.tag, dict(old.attrib), nsmap={**old.nsmap, "mc": MC, "x14ac": ac})
        root.set(f"{{{MC}}}Ignorable", "x14ac")
        root.extend(list(old))
        parts.replace(part, root)
        for row in rows(root):
            row.set(f"{{{ac}}}dyDescent", "0.2")
            chain += [
                f'<c r="{c.get("r")}" i="{e.get("sheetId")}"/>' for c in row if c.find(f"{{{MAIN}}}f") is not None
            ]
    parts.add(
        "xl/calcChain.xml", f'<calcChain xmlns="{MAIN}">{"".join(chain)}</calcChain>', f"{SPREADSHEET}.calcChain+xml"
    )
    parts.relate(WORKBOOK, "calcChain", "xl/calcChain.xml")
    calculation = child(parts.book, "calcPr")
    calculation.attrib.pop("fullCalcOnLoad", None)
    calculation.set("calcId", "191029")


BOOK_DECORATIONS = (names, properties, protection, theme, as_excel_saves)
