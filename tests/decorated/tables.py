"""What an office does to the tables of its master: columns, rows above, order, filters, colours, notes, outlines."""

from __future__ import annotations

import html
import re

from lxml import etree
from openpyxl.utils import get_column_letter

from tests.decorated.moved import Shift, move
from tests.decorated.package import MAIN, SPREADSHEET, X14, Element, Parts, R, cell, child, extend, put, rows, xml

TASKS = "任务台账"
LEADER = "王卫东"
FILTERED = "分管领导"
OWN_COLUMN = "联络员"
CALCULATED = "距期末天数"
BESIDE = "抄送"


def inline(ref: str, text: str, style: int = 0) -> str:
    """A cell with a text."""
    return f'<c r="{ref}" s="{style}" t="inlineStr"><is><t>{html.escape(text, quote=False)}</t></is></c>'


def column_of(parts: Parts, title: str, table: str = TASKS) -> str:
    """The letter of a column of a table."""
    _, _, root = parts.table(table)
    first = re.match("[A-Z]+", root.get("ref", ""))
    assert first is not None
    titles = [c.get("name") for c in child(root, "tableColumns")]
    offset = sum(26**i * (ord(letter) - 64) for i, letter in enumerate(reversed(first[0])))
    return get_column_letter(offset + titles.index(title))


def data_rows(parts: Parts, table: str = TASKS) -> range:
    """The rows of a table below its header."""
    _, _, root = parts.table(table)
    top, bottom = (int(n) for n in re.findall("[0-9]+", root.get("ref", "")))
    return range(top + 1, bottom + 1)


def numbered(sheet: Element) -> dict[int, Element]:
    """Rows by number."""
    return {int(row.get("r", "0")): row for row in rows(sheet)}


def add_cell(row: Element, text: str) -> None:
    """A cell at its place in a row."""
    new = xml(text)
    number = _column(new.get("r", ""))
    at = sum(_column(c.get("r", "")) < number for c in row)
    row.insert(at, new)
    row.attrib.pop("spans", None)


def _column(ref: str) -> int:
    number = 0
    for letter in re.sub("[0-9]", "", ref):
        number = 26 * number + ord(letter) - 64
    return number


# ---- 任务台账


def rows_above_the_header(parts: Parts) -> None:
    """Two rows on top of the sheet, for a note of the office and a formula of its own."""
    move(parts, TASKS, Shift(row=1, down=2))
    data = child(parts.sheet(TASKS), "sheetData")
    note = inline("A1", "办公厅内部用表，请勿外传")
    count = f'<c r="D1"><f>COUNTA({TASKS}[任务编码])</f><v>{len(data_rows(parts))}</v></c>'
    data.insert(0, xml(f'<row r="1" ht="21" customHeight="1">{note}{count}</row>'))


def column_inside_the_table(parts: Parts) -> None:
    """A column of the office's own between those of tjxl."""
    at = column_of(parts, "配合单位")
    style = cell(parts.sheet(TASKS), f"{column_of(parts, '备注')}{data_rows(parts)[0]}").get("s")
    move(parts, TASKS, Shift(column=_column(at), right=1))
    _, sheet, table = parts.table(TASKS)
    _new_column(table, f'<tableColumn id="101" name="{OWN_COLUMN}"/>', before="配合单位")
    put_column = xml(f'<col min="{_column(at)}" max="{_column(at)}" width="10.7109375" customWidth="1"/>')
    child(sheet, "cols").insert(_column(at) - 1, put_column)
    by_number = numbered(sheet)
    add_cell(by_number[data_rows(parts)[0] - 1], inline(f"{at}{data_rows(parts)[0] - 1}", OWN_COLUMN, 40))
    for i, number in enumerate(data_rows(parts)):
        text = (
            inline(f"{at}{number}", f"联络员{i % 7 + 1}", int(style or 0))
            if i % 3
            else f'<c r="{at}{number}" s="{style}"/>'
        )
        add_cell(by_number[number], text)


def calculated_column(parts: Parts) -> None:
    """A calculated column of the office's own at the right end of the table."""
    _, sheet, table = parts.table(TASKS)
    formula = f"IF({TASKS}[[#This Row],[预计（实际）完成日期]]=&quot;&quot;,0,1)"
    column = f'<tableColumn id="102" name="{CALCULATED}"><calculatedColumnFormula>{formula}</calculatedColumnFormula></tableColumn>'
    last = _new_column(table, column)
    by_number = numbered(sheet)
    add_cell(by_number[data_rows(parts)[0] - 1], inline(f"{last}{data_rows(parts)[0] - 1}", CALCULATED, 40))
    for number in data_rows(parts):
        add_cell(by_number[number], f'<c r="{last}{number}"><f>{formula}</f><v>0</v></c>')


def _new_column(table: Element, text: str, before: str | None = None) -> str:
    """One more column of a table; the letter of its last."""
    columns = child(table, "tableColumns")
    at = next((i for i, c in enumerate(columns) if c.get("name") == before), len(columns))
    columns.insert(at, xml(text))
    columns.set("count", str(len(columns)))
    m = re.fullmatch(r"([A-Z]+)([0-9]+):[A-Z]+([0-9]+)", table.get("ref", ""))
    assert m is not None
    last = get_column_letter(_column(m[1]) + len(columns) - 1)
    for e in (table, child(table, "autoFilter")):
        e.set("ref", f"{m[1]}{m[2]}:{last}{m[3]}")
    return last


def column_beside_the_table(parts: Parts) -> None:
    """Remarks to the right of the table, no part of it; a formula that spills there, with its metadata."""
    _, sheet, table = parts.table(TASKS)
    right = get_column_letter(_column(re.findall("[A-Z]+", table.get("ref", ""))[1]) + 2)
    by_number = numbered(sheet)
    add_cell(by_number[data_rows(parts)[0] - 1], inline(f"{right}{data_rows(parts)[0] - 1}", BESIDE))
    for number in data_rows(parts)[::5]:
        add_cell(by_number[number], inline(f"{right}{number}", "秘书一处"))
    spill = f'<c r="{right}1" cm="1"><f t="array" ref="{right}1">SUM(1*(1=1))</f><v>1</v></c>'
    add_cell(by_number[1], spill)
    parts.add(
        "xl/metadata.xml",
        f'<metadata xmlns="{MAIN}" xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">'
        '<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" '
        'pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" '
        'coerce="1" cellMeta="1"/></metadataTypes><futureMetadata name="XLDAPR" count="1"><bk><extLst>'
        '<ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/>'
        '</ext></extLst></bk></futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>',
        f"{SPREADSHEET}.sheetMetadata+xml",
    )
    parts.relate("xl/workbook.xml", "sheetMetadata", "xl/metadata.xml")


def what_the_office_types(parts: Parts) -> None:
    """核定状态, 领导批示, 备注 in some rows; one in two colours, one a formula."""
    sheet, first = parts.sheet(TASKS), data_rows(parts)[0]
    verified, instructions, opinion, remarks = (
        column_of(parts, t) for t in ("核定状态", "领导批示", "办公厅意见", "备注")
    )
    typed = {
        f"{verified}{first + 4}": "滞后",
        f"{verified}{first + 20}": "已完成",
        f"{remarks}{first + 2}": "每周一问",
    }
    for ref, text in typed.items():
        c = cell(sheet, ref)
        c.set("t", "inlineStr")
        c.append(xml(f"<is><t>{text}</t></is>"))
    rich = cell(sheet, f"{instructions}{first + 4}")
    rich.set("t", "inlineStr")
    rich.append(
        xml('<is><r><t xml:space="preserve">请市发展改革委</t></r><r><rPr><b/><color rgb="FFFF0000"/></rPr>'
            "<t>本月底前</t></r><r><t>报结果。</t></r></is>")
    )  # fmt: skip
    own = cell(sheet, f"{opinion}{first + 6}")
    own.append(xml(f"<f>{verified}{first + 4}&amp;&quot;！&quot;</f>"))
    own.append(xml("<v>滞后！</v>"))
    own.set("t", "str")


def sorted_and_filtered(parts: Parts) -> None:
    """The table sorted the other way round, and only one leader's tasks in view."""
    _, sheet, table = parts.table(TASKS)
    by_number, numbers = numbered(sheet), list(data_rows(parts))
    ordered = [by_number[n] for n in reversed(numbers)]
    leaders = column_of(parts, FILTERED)
    strings = [e.findtext(f"{{{MAIN}}}t") for e in parts.tree("xl/sharedStrings.xml")]
    at = list(child(sheet, "sheetData")).index(by_number[numbers[0]])
    for offset, (number, row) in enumerate(zip(numbers, ordered, strict=True)):
        row.set("r", str(number))
        for c in row:
            c.set("r", re.sub("[0-9]+", str(number), c.get("r", "")))
        child(sheet, "sheetData").insert(at + offset, row)
        shown = next(c for c in row if c.get("r") == f"{leaders}{number}")
        if strings[int(shown.findtext(f"{{{MAIN}}}v") or "0")] != LEADER:
            row.set("hidden", "1")
    area = child(table, "autoFilter")
    column = [c.get("name") for c in child(table, "tableColumns")].index(FILTERED)
    area.append(xml(f'<filterColumn colId="{column}"><filters><filter val="{LEADER}"/></filters></filterColumn>'))
    key, rest = column_of(parts, "任务编码"), table.get("ref", "").replace(str(numbers[0] - 1), str(numbers[0]), 1)
    area.addnext(
        xml(
            f'<sortState ref="{rest}"><sortCondition descending="1" ref="{key}{numbers[0]}:{key}{numbers[-1]}"/></sortState>'
        )
    )


def hand_formats(parts: Parts) -> None:
    """Colours of cells that tjxl writes, heights of rows, in a named style and with a number format of the office's."""
    styles = parts.tree("xl/styles.xml")
    formats, fills, cells = (child(styles, n) for n in ("numFmts", "fills", "cellXfs"))
    formats.append(xml('<numFmt numFmtId="190" formatCode="[Red]0.0&quot;成&quot;"/>'))
    fills.append(
        xml(
            '<fill><patternFill patternType="solid"><fgColor theme="7" tint="0.6"/><bgColor indexed="64"/></patternFill></fill>'
        )
    )
    named = child(styles, "cellStyleXfs")
    fill = len(fills) - 1
    named.append(xml(f'<xf numFmtId="0" fontId="0" fillId="{fill}" borderId="0" applyFill="1"/>'))
    child(styles, "cellStyles").append(xml('<cellStyle name="督办重点" xfId="1"/>'))
    sheet, first = parts.sheet(TASKS), data_rows(parts)[0]
    places = {"进展情况": "0", "完成进度": "190", "重点工作": "0"}
    for title, number_format in places.items():
        for row in (first + 1, first + 30):
            c = cell(sheet, f"{column_of(parts, title)}{row}")
            own = etree.fromstring(etree.tostring(cells[int(c.get("s", "0"))]))
            own.set("fillId", str(fill))
            own.set("applyFill", "1")
            own.set("xfId", "1")
            if number_format != "0":
                own.set("numFmtId", number_format)
                own.set("applyNumberFormat", "1")
            cells.append(own)
            c.set("s", str(len(cells) - 1))
    for group in (formats, fills, named, child(styles, "cellStyles"), cells):
        group.set("count", str(len(group)))
    for row, height in ((first + 1, "123"), (first + 30, "37.5")):
        numbered(sheet)[row].set("ht", height)
        numbered(sheet)[row].set("customHeight", "1")


def bars_and_icons(parts: Parts) -> None:
    """Conditional formats with extensions over columns that tjxl writes: a data bar of Excel 2010, icons, both kinds."""
    sheet, numbers = parts.sheet(TASKS), data_rows(parts)
    column, key = column_of(parts, "完成进度"), "{DA7ABA51-AAAA-BBBB-0001-000000000001}"
    area = f"{column}{numbers[0]}:{column}{numbers[-1]}"
    put(
        sheet,
        f'<conditionalFormatting sqref="{area}"><cfRule type="dataBar" priority="901"><dataBar><cfvo type="num" val="0"/>'
        '<cfvo type="num" val="1"/><color rgb="FF638EC6"/></dataBar><extLst><ext '
        f'xmlns:x14="{X14}" uri="{{B025F937-C7B1-47D3-B67F-A62EFF666E3E}}"><x14:id>{key}</x14:id></ext></extLst></cfRule>'
        '<cfRule type="iconSet" priority="902"><iconSet iconSet="3TrafficLights1"><cfvo type="percent" val="0"/>'
        '<cfvo type="num" val="0.3"/><cfvo type="num" val="0.7"/></iconSet></cfRule></conditionalFormatting>',
    )
    extend(
        sheet,
        "{78C0D931-6437-407d-A8EE-F0AAD7539E65}",
        '<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="dataBar" '
        f'id="{key}"><x14:dataBar minLength="0" maxLength="100" gradient="0"><x14:cfvo type="num"><xm:f>0</xm:f></x14:cfvo>'
        '<x14:cfvo type="num"><xm:f>1</xm:f></x14:cfvo><x14:negativeFillColor rgb="FFFF0000"/><x14:axisColor '
        f'rgb="FF000000"/></x14:dataBar></x14:cfRule><xm:sqref>{area}</xm:sqref></x14:conditionalFormatting>'
        "</x14:conditionalFormattings>",
    )


def validation_from_another_sheet(parts: Parts) -> None:
    """A dropdown over the office's own column whose list stands on another sheet, stored as Excel 2010 does."""
    numbers, column = data_rows(parts), column_of(parts, OWN_COLUMN)
    extend(
        parts.sheet(TASKS),
        "{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}",
        '<x14:dataValidations count="1"><x14:dataValidation type="list" allowBlank="1" showErrorMessage="0"><x14:formula1>'
        "<xm:f>设置!$A$11:$A$15</xm:f></x14:formula1>"
        f"<xm:sqref>{column}{numbers[0]}:{column}{numbers[-1]}</xm:sqref></x14:dataValidation></x14:dataValidations>",
    )


def remarks_on_cells(parts: Parts) -> None:
    """A note and a thread of comments on cells that tjxl writes; a watched cell; an error that is to be ignored."""
    sheet, part, first = parts.sheet(TASKS), parts.part_of(TASKS), data_rows(parts)[0]
    note, thread = f"{column_of(parts, '进展情况')}{first + 1}", f"{column_of(parts, '完成进度')}{first + 3}"
    root, reply = "{11111111-1111-4111-8111-111111111111}", "{22222222-2222-4222-8222-222222222222}"
    legacy = parts.add(
        "xl/comments1.xml",
        f'<comments xmlns="{MAIN}"><authors><author>王处</author><author>tc={root}</author></authors><commentList>'
        f'<comment ref="{note}" authorId="0" shapeId="0"><text><r><rPr><b/><sz val="9"/></rPr><t xml:space="preserve">王处：\n'
        f'</t></r><r><t>与单位通话，下周补材料</t></r></text></comment><comment ref="{thread}" authorId="1" shapeId="0"><text>'
        "<t>[线程批注]\n\n你的Excel版本可读取此线程批注。\n\n批注:\n    进度对吗？</t></text></comment></commentList></comments>",
        f"{SPREADSHEET}.comments+xml",
    )
    shapes = "".join(_note_shape(1025 + i, ref) for i, ref in enumerate((note, thread)))
    vml = parts.add("xl/drawings/vmlDrawing91.vml", _VML.format(map=1, kind=_NOTE_KIND, shapes=shapes).encode())
    parts.default("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
    parts.relate(part, "comments", legacy)
    put(sheet, f'<legacyDrawing r:id="{parts.relate(part, "vmlDrawing", vml)}"/>')
    threads = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    person = "{33333333-3333-4333-8333-333333333333}"
    comments = parts.add(
        "xl/threadedComments/threadedComment1.xml",
        f'<ThreadedComments xmlns="{threads}" xmlns:x="{MAIN}"><threadedComment ref="{thread}" dT="2022-05-20T08:00:00.00" '
        f'personId="{person}" id="{root}"><text>进度对吗？</text></threadedComment><threadedComment ref="{thread}" '
        f'dT="2022-05-20T09:00:00.00" personId="{person}" id="{reply}" parentId="{root}"><text>已核。</text>'
        "</threadedComment></ThreadedComments>",
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    parts.relate(part, "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment", comments)
    people = parts.add(
        "xl/persons/person.xml",
        f'<personList xmlns="{threads}" xmlns:x="{MAIN}"><person displayName="王处" id="{person}" userId="wang" '
        'providerId="None"/></personList>',
        "application/vnd.ms-excel.person+xml",
    )
    parts.relate("xl/workbook.xml", "http://schemas.microsoft.com/office/2017/10/relationships/person", people)
    put(sheet, f'<cellWatches><cellWatch r="{thread}"/></cellWatches>')
    put(sheet, f'<ignoredErrors><ignoredError sqref="{note}:{note}" numberStoredAsText="1"/></ignoredErrors>')


_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{map}"/>'
    "</o:shapelayout>{kind}{shapes}</xml>"
)
_NOTE_KIND = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _note_shape(number: int, ref: str) -> str:
    row, column = int(re.sub("[A-Z]", "", ref)) - 1, _column(ref) - 1
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:1.5pt;'
        'width:108pt;height:60pt;z-index:1;visibility:hidden" fillcolor="infoBackground [80]" o:insetmode="auto">'
        '<v:fill color2="infoBackground [80]"/><v:shadow color="none [81]" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>'
        f"{column + 1}, 15, {row}, 2, {column + 3}, 15, {row + 4}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def header_picture(parts: Parts) -> None:
    """The office's sign in the page header of 任务台账; the printer's own settings."""
    sheet, part = parts.sheet(TASKS), parts.part_of(TASKS)
    picture = "xl/media/image1.png"
    shape = (
        '<v:shapetype id="_x0000_t75" coordsize="21600,21600" o:spt="75" o:preferrelative="t" path="m@4@5l@4@11@9@11@9@5xe" '
        'filled="f" stroked="f"><v:stroke joinstyle="miter"/><v:path o:extrusionok="f" gradientshapeok="t" '
        'o:connecttype="rect"/></v:shapetype><v:shape id="LH" o:spid="_x0000_s3073" type="#_x0000_t75" '
        'style="position:absolute;margin-left:0;margin-top:0;width:24pt;height:24pt;z-index:1">'
        '<v:imagedata o:relid="rId1" o:title="徽标"/><o:lock v:ext="edit" rotation="t"/></v:shape>'
    )
    vml = parts.add("xl/drawings/vmlDrawing92.vml", _VML.format(map=3, kind="", shapes=shape).encode())
    parts.relate(vml, "image", picture)
    head = child(sheet, "headerFooter")
    head.insert(0, xml("<oddHeader>&amp;L&amp;G&amp;C内部资料</oddHeader>"))
    put(sheet, f'<legacyDrawingHF r:id="{parts.relate(part, "vmlDrawing", vml)}"/>')
    parts.default("bin", f"{SPREADSHEET}.printerSettings")
    printer = parts.add(
        "xl/printerSettings/printerSettings1.bin", "办公厅打印机".encode("utf-16-le").ljust(220, b"\0")
    )
    child(sheet, "pageSetup").set(f"{{{R}}}id", parts.relate(part, "printerSettings", printer))


# ---- the other tables


def renamed_and_moved(parts: Parts) -> None:
    """责任分工 under a name of the office's own, behind the others; local names follow their sheets."""
    titles = [e.get("name", "") for e in parts.sheets]
    sheets = child(parts.book, "sheets")
    moved = next(e for e in sheets if e.get("name") == "责任分工")
    sheets.insert(titles.index("使用说明"), moved)
    order = [e.get("name", "") for e in sheets]
    for name in child(parts.book, "definedNames"):
        if (at := name.get("localSheetId")) is not None:
            name.set("localSheetId", str(order.index(titles[int(at)])))
        name.text = re.sub("^'?责任分工'?!", "'分工（王处用）'!", name.text or "")
    moved.set("name", "分工（王处用）")


def outline(parts: Parts) -> None:
    """Rows and columns of 责任分工 in groups, one of them closed."""
    title, sheet, _ = parts.table("责任分工")
    for number, row in numbered(sheet).items():
        if 5 <= number <= 12:
            row.set("outlineLevel", "1")
        if 5 <= number <= 8:
            row.set("outlineLevel", "2")
            row.set("hidden", "1")
        if number == 9:
            row.set("collapsed", "1")
    child(sheet, "sheetFormatPr").set("outlineLevelRow", "2")
    child(sheet, "sheetFormatPr").set("outlineLevelCol", "1")
    for column in child(sheet, "cols"):
        if column.get("min") == "6":
            column.set("outlineLevel", "1")
    assert title == "分工（王处用）"


def protected_ledger(parts: Parts) -> None:
    """填报流水 locked with a password; one area may be changed by those who know another."""
    sheet = parts.sheet("填报流水")
    put(
        sheet,
        '<sheetProtection algorithmName="SHA-512" hashValue="q83vEjRWeJA=" saltValue="3q2+796tvu8=" spinCount="100000" '
        'sheet="1" objects="1" scenarios="1" autoFilter="0" sort="0"/>',
    )
    put(sheet, '<protectedRanges><protectedRange password="CC1A" sqref="T3:T9999" name="批注栏"/></protectedRanges>')


def bars_in_the_ledger(parts: Parts) -> None:
    """Over the percentages of 填报流水, as long as the table: what grows with it. It has one row yet."""
    (first,), column = data_rows(parts, "填报流水"), column_of(parts, "完成进度", "填报流水")
    area = f"{column}{first}"
    put(
        parts.sheet("填报流水"),
        f'<conditionalFormatting sqref="{area}"><cfRule type="colorScale" priority="901"><colorScale><cfvo type="min"/>'
        '<cfvo type="max"/><color rgb="FFFFFFFF"/><color rgb="FF63BE7B"/></colorScale></cfRule></conditionalFormatting>',
    )


TABLE_DECORATIONS = (
    rows_above_the_header,
    column_inside_the_table,
    calculated_column,
    column_beside_the_table,
    what_the_office_types,
    hand_formats,
    sorted_and_filtered,
    bars_and_icons,
    validation_from_another_sheet,
    remarks_on_cells,
    renamed_and_moved,
    outline,
    protected_ledger,
    bars_in_the_ledger,
)
