"""Sheets of the office's own: a meeting's notes with formulas over the tables, a pivot table with slicers, imported data."""

from __future__ import annotations

import html
from collections import Counter

from openpyxl.utils import get_column_letter

from tests.decorated.drawings import anchored, draw, frame, shape
from tests.decorated.package import (
    MAIN,
    SPREADSHEET,
    WORKBOOK,
    WORKBOOK_ORDER,
    X14,
    X15,
    Element,
    Parts,
    R,
    child,
    extend,
    put,
    xml,
)
from tests.decorated.tables import CALCULATED, FILTERED, TASKS, inline
from tests.ooxml.examples import picture

MEETING = "调度会"
PIVOT = "透视分析"
IMPORTED = "区县来数"
_MARGINS = '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'


def meeting_sheet(parts: Parts) -> None:
    """Notes of a meeting: formulas over tjxl's tables, a rich text, one with readings, links, a view, a background."""
    strings = parts.tree("xl/sharedStrings.xml")
    first = len(strings)
    for text in (
        '<si><r><rPr><b/><sz val="12"/></rPr><t>5月</t></r><r><t>调度会</t></r></si>',
        '<si><t>天津</t><rPh sb="0" eb="2"><t>tianjin</t></rPh><phoneticPr fontId="0"/></si>',
    ):
        strings.append(xml(text))
    strings.set("count", str(int(strings.get("count", "0")) + 2))
    strings.set("uniqueCount", str(len(strings)))
    formulas = {
        "B1": f"COUNTIFS({TASKS}[进展状态],&quot;滞后&quot;)",
        "C1": f"SUM({TASKS}[{CALCULATED}])",
        "B2": "当前期次",
        "C2": "ROWS(填报流水[任务编码])",
    }
    cells = {ref: f'<c r="{ref}"><f>{text}</f></c>' for ref, text in formulas.items()}
    lines = "".join(
        f'<row r="{r}">{inline(f"A{r}", name)}<c r="B{r}"><v>{n}</v></c><c r="C{r}"><v>{n + 1}</v></c></row>'
        for r, (name, n) in enumerate((("一组", 3), ("二组", 5), ("三组", 2)), 4)
    )
    view = "{55555555-5555-4555-8555-555555555555}"
    part = parts.new_sheet(
        MEETING,
        '<sheetViews><sheetView workbookViewId="0" zoomScale="85"><pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="14"/><sheetData>'
        f'<row r="1"><c r="A1" t="s"><v>{first}</v></c>{cells["B1"]}{cells["C1"]}</row>'
        f'<row r="2"><c r="A2" t="s"><v>{first + 1}</v></c>{cells["B2"]}{cells["C2"]}</row>{lines}'
        f'<row r="8">{inline("A8", "中国政府网")}{inline("B8", "看台账")}</row></sheetData>'
        f'<customSheetViews><customSheetView guid="{view}" scale="70">{_MARGINS}</customSheetView></customSheetViews>'
        f'<hyperlinks><hyperlink ref="B8" location="{TASKS}!A1" display="看台账"/></hyperlinks>{_MARGINS}',
    )
    key = parts.relate(part, "hyperlink", "http://www.gov.cn/", external=True)
    child(parts.tree(part), "hyperlinks").insert(0, xml(f'<hyperlink ref="A8" r:id="{key}"/>'))
    put(parts.book, f'<customWorkbookViews><customWorkbookView name="打印用" guid="{view}" xWindow="0" yWindow="0" windowWidth="1200" '
        'windowHeight="800" activeSheetId="1"/></customWorkbookViews>', WORKBOOK_ORDER)  # fmt: skip
    background = parts.add("xl/media/image2.png", picture())
    put(parts.tree(part), f'<picture r:id="{parts.relate(part, "image", background)}"/>')


def sparklines(parts: Parts) -> None:
    """Small lines in the cells of the office's own sheet."""
    group = "".join(
        f"<x14:sparkline><xm:f>{MEETING}!B{r}:C{r}</xm:f><xm:sqref>D{r}</xm:sqref></x14:sparkline>" for r in (4, 5, 6)
    )
    extend(
        parts.sheet(MEETING),
        "{05C60535-1F16-4fd2-B633-F4F36F0B64E0}",
        '<x14:sparklineGroups><x14:sparklineGroup displayEmptyCellsAs="gap"><x14:colorSeries rgb="FF376092"/>'
        f"<x14:sparklines>{group}</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups>",
    )


# ---- the pivot table and its slicers


def _records(parts: Parts) -> tuple[list[str], list[list[str | float | None]]]:
    """Titles and rows of 任务台账, as a pivot table's cache keeps them."""
    _, sheet, table = parts.table(TASKS)
    strings = ["".join(e.itertext()) for e in parts.tree("xl/sharedStrings.xml")]
    titles = [str(c.get("name")) for c in child(table, "tableColumns")]
    top, bottom = (int("".join(c for c in ref if c.isdigit())) for ref in table.get("ref", "").split(":"))
    records = []
    for row in child(sheet, "sheetData"):
        if top < int(row.get("r", "0")) <= bottom:
            found = {c.get("r", "").rstrip("0123456789"): _value(c, strings) for c in row}
            records.append([found.get(get_column_letter(i + 1)) for i in range(len(titles))])
    return titles, records


def _value(c: Element, strings: list[str]) -> str | float | None:
    value = c.findtext(f"{{{MAIN}}}v")
    if c.get("t") == "inlineStr":
        return "".join(child(c, "is").itertext())
    if c.get("t") == "s":
        return strings[int(value or "0")]
    if c.get("t") == "str":
        return value or None
    return float(value) if value else None


def _item(value: str | float | None) -> str:
    if value is None:
        return "<m/>"
    return f'<s v="{html.escape(value[:255])}"/>' if isinstance(value, str) else f'<n v="{value:g}"/>'


def pivot_table(parts: Parts) -> None:
    """Tasks by leader, fed by 任务台账, with its cache; Excel refreshes it on opening."""
    titles, records = _records(parts)
    at = titles.index(FILTERED)
    leaders = sorted({str(r[at]) for r in records})
    fields = []
    for i, title in enumerate(titles):
        values = [r[i] for r in records]
        if i == at:
            items = "".join(_item(v) for v in leaders)
            fields.append(
                f'<cacheField name="{title}" numFmtId="0"><sharedItems count="{len(leaders)}">{items}</sharedItems></cacheField>'
            )
            continue
        blank, text = None in values, any(isinstance(v, str) for v in values)
        number = any(isinstance(v, float) for v in values)
        kinds = f'containsBlank="{int(blank)}" containsMixedTypes="{int(text and number)}" containsString="{int(text)}" containsNumber="{int(number)}"'
        fields.append(f'<cacheField name="{title}" numFmtId="0"><sharedItems {kinds}/></cacheField>')
    cache = parts.add(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{R}" r:id="rId1" refreshOnLoad="1" refreshedBy="王处" refreshedVersion="6" '
        f'createdVersion="6" minRefreshableVersion="3" recordCount="{len(records)}"><cacheSource type="worksheet"><worksheetSource name="{TASKS}"/>'
        f'</cacheSource><cacheFields count="{len(fields)}">{"".join(fields)}</cacheFields><extLst><ext uri="{{725AE2AE-9491-48be-B2B4-4EB974FC3084}}" '
        f'xmlns:x14="{X14}"><x14:pivotCacheDefinition pivotCacheId="7"/></ext></extLst></pivotCacheDefinition>',
        f"{SPREADSHEET}.pivotCacheDefinition+xml",
    )
    lines = "".join(
        "<r>"
        + "".join(f'<x v="{leaders.index(str(v))}"/>' if i == at else _item(v) for i, v in enumerate(r))
        + "</r>"
        for r in records
    )
    kept = parts.add(
        "xl/pivotCache/pivotCacheRecords1.xml",
        f'<pivotCacheRecords xmlns="{MAIN}" count="{len(records)}">{lines}</pivotCacheRecords>',
        f"{SPREADSHEET}.pivotCacheRecords+xml",
    )
    parts.relate(cache, "pivotCacheRecords", kept)
    key = parts.relate(WORKBOOK, "pivotCacheDefinition", cache)
    put(parts.book, f'<pivotCaches><pivotCache cacheId="7" r:id="{key}"/></pivotCaches>', WORKBOOK_ORDER)
    counts = Counter(str(r[at]) for r in records)
    shown = [*((name, counts[name]) for name in leaders), ("总计", len(records))]
    body = "".join(
        f'<row r="{r}">{inline(f"A{r}", n)}<c r="B{r}"><v>{v}</v></c></row>' for r, (n, v) in enumerate(shown, 4)
    )
    part = parts.new_sheet(
        PIVOT,
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="14"/><cols><col min="1" max="1" width="14" '
        f'customWidth="1"/></cols><sheetData><row r="3">{inline("A3", FILTERED)}{inline("B3", "任务数")}</row>{body}</sheetData>{_MARGINS}',
    )
    axis = "".join(f'<item x="{i}"/>' for i in range(len(leaders)))
    pivot_fields = "".join(
        f'<pivotField axis="axisRow" showAll="0"><items count="{len(leaders) + 1}">{axis}<item t="default"/></items></pivotField>' if i == at
        else '<pivotField dataField="1" showAll="0"/>' if i == 0 else '<pivotField showAll="0"/>'
        for i in range(len(titles))
    )  # fmt: skip
    items = "<i><x/></i>" + "".join(f'<i><x v="{i}"/></i>' for i in range(1, len(leaders))) + '<i t="grand"><x/></i>'
    table = parts.add(
        "xl/pivotTables/pivotTable1.xml",
        f'<pivotTableDefinition xmlns="{MAIN}" name="按领导" cacheId="7" applyNumberFormats="0" applyBorderFormats="0" applyFontFormats="0" '
        'applyPatternFormats="0" applyAlignmentFormats="0" applyWidthHeightFormats="1" dataCaption="值" updatedVersion="6" '
        'minRefreshableVersion="3" useAutoFormatting="1" itemPrintTitles="1" createdVersion="6" indent="0" outline="1" outlineData="1" '
        f'multipleFieldFilters="0"><location ref="A3:B{4 + len(leaders)}" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        f'<pivotFields count="{len(titles)}">{pivot_fields}</pivotFields><rowFields count="1"><field x="{at}"/></rowFields>'
        f'<rowItems count="{len(leaders) + 1}">{items}</rowItems><colItems count="1"><i/></colItems><dataFields count="1"><dataField name="任务数" '
        'fld="0" subtotal="count" baseField="0" baseItem="0"/></dataFields><pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" '
        'showColHeaders="1" showRowStripes="0" showColStripes="0" showLastColumn="1"/></pivotTableDefinition>',
        f"{SPREADSHEET}.pivotTable+xml",
    )
    parts.relate(part, "pivotTable", table)
    parts.relate(table, "pivotCacheDefinition", cache)


_SLICER = "http://schemas.microsoft.com/office/2007/relationships/slicer"


def slicers(parts: Parts) -> None:
    """One for the pivot table, one for 任务台账 itself, both on the pivot table's and the ledger's sheet."""
    titles, records = _records(parts)
    items = "".join(f'<i x="{i}" s="1"/>' for i in range(len({r[titles.index(FILTERED)] for r in records})))
    tab = next(e.get("sheetId") for e in parts.sheets if e.get("name") == PIVOT)
    _, _, table = parts.table(TASKS)
    column = next(c.get("id") for c in child(table, "tableColumns") if c.get("name") == FILTERED)
    of_pivot = (
        f'<pivotTables><pivotTable tabId="{tab}" name="按领导"/></pivotTables><data><tabular pivotCacheId="7"><items count="{items.count("<i ")}">'
        f"{items}</items></tabular></data>"
    )
    of_table = (
        f'<extLst><x:ext xmlns:x="{MAIN}" xmlns:x15="{X15}" uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}"><x15:tableSlicerCache '
        f'tableId="{table.get("id")}" column="{column}"/></x:ext></extLst>'
    )
    a14, sle15 = (
        "http://schemas.microsoft.com/office/drawing/2010/main",
        "http://schemas.microsoft.com/office/drawing/2012/slicer",
    )
    for number, sheet, inside, choice in (
        (1, PIVOT, of_pivot, f'<mc:Choice xmlns:a14="{a14}" Requires="a14">'),
        (2, TASKS, of_table, f'<mc:Choice xmlns:sle15="{sle15}" Requires="sle15">'),
    ):
        name, cache_name = f"分管领导 {number}", f"切片器_分管领导{number}"
        cache = parts.add(
            f"xl/slicerCaches/slicerCache{number}.xml",
            f'<slicerCacheDefinition xmlns="{X14}" name="{cache_name}" sourceName="{FILTERED}">{inside}</slicerCacheDefinition>',
            "application/vnd.ms-excel.slicerCache+xml",
        )
        slicer = parts.add(
            f"xl/slicers/slicer{number}.xml",
            f'<slicers xmlns="{X14}"><slicer name="{name}" cache="{cache_name}" caption="分管领导" rowHeight="241300"/></slicers>',
            "application/vnd.ms-excel.slicer+xml",
        )
        key = parts.relate(WORKBOOK, "http://schemas.microsoft.com/office/2007/relationships/slicerCache", cache)
        entry = f'<x14:slicerCache r:id="{key}"/>'
        if number == 1:
            extend(
                parts.book,
                "{BBE1A952-AA13-448e-AADC-164F8A28A991}",
                f"<x14:slicerCaches>{entry}</x14:slicerCaches>",
                WORKBOOK_ORDER,
            )
        else:
            extend(
                parts.book,
                "{46BE6895-7355-4a93-B00E-2C351335B9C9}",
                f"<x15:slicerCaches>{entry}</x15:slicerCaches>",
                WORKBOOK_ORDER,
            )
        listed = f'<x14:slicerList><x14:slicer r:id="{parts.relate(parts.part_of(sheet), _SLICER, slicer)}"/></x14:slicerList>'
        uri = "{A8765BA9-456A-4dab-B4F3-ACF838C121DE}" if number == 1 else "{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}"
        extend(parts.sheet(sheet), uri, listed)
        parts.define(cache_name, "#N/A")
        sle = "http://schemas.microsoft.com/office/drawing/2010/slicer"
        box = frame(401, name, sle, f'<sle:slicer xmlns:sle="{sle}" name="{name}"/>')
        fallback = f"<mc:Fallback>{shape(401, name, '此形状表示切片器。', 'rect')}</mc:Fallback>"
        place = (4, 3) if number == 1 else (26, 4)
        draw(
            parts,
            sheet,
            anchored(
                f"<mc:AlternateContent>{choice}{box}</mc:Choice>{fallback}</mc:AlternateContent>", *place, 2, 10
            ),
        )


# ---- what comes from elsewhere


def imported_data(parts: Parts) -> None:
    """A hidden sheet filled from a text file, with its connection and query; a formula that looks into another workbook."""
    rows = "".join(
        f'<row r="{r}">{inline(f"A{r}", name)}<c r="B{r}"><v>{n}</v></c></row>'
        for r, (name, n) in enumerate((("甲区", 1), ("乙区", 2)), 1)
    )
    linked = '<row r="4"><c r="A4"><f>[1]汇总!$A$1</f><v>42</v></c></row>'
    part = parts.new_sheet(IMPORTED, f"<sheetData>{rows}{linked}</sheetData>{_MARGINS}", state="hidden")
    parts.add(
        "xl/connections.xml",
        f'<connections xmlns="{MAIN}"><connection id="1" name="区县来数" type="6" refreshedVersion="6" background="1" saveData="1"><textPr '
        'codePage="936" sourceFile="区县来数.csv" comma="1"><textFields count="2"><textField/><textField/></textFields></textPr></connection></connections>',
        f"{SPREADSHEET}.connections+xml",
    )
    parts.relate(WORKBOOK, "connections", "xl/connections.xml")
    query = parts.add(
        "xl/queryTables/queryTable1.xml",
        f'<queryTable xmlns="{MAIN}" name="区县来数" connectionId="1" autoFormatId="16" applyNumberFormats="0" applyBorderFormats="0" '
        'applyFontFormats="1" applyPatternFormats="1" applyAlignmentFormats="0" applyWidthHeightFormats="0"/>',
        f"{SPREADSHEET}.queryTable+xml",
    )
    parts.relate(part, "queryTable", query)
    parts.define("区县来数", f"{IMPORTED}!$A$1:$B$2", sheet=IMPORTED)
    link = parts.add(
        "xl/externalLinks/externalLink1.xml",
        f'<externalLink xmlns="{MAIN}" xmlns:r="{R}"><externalBook r:id="rId1"><sheetNames><sheetName val="汇总"/></sheetNames><sheetDataSet>'
        '<sheetData sheetId="0"><row r="1"><cell r="A1"><v>42</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>',
        f"{SPREADSHEET}.externalLink+xml",
    )
    parts.relate(link, "externalLinkPath", "统计局.xlsx", external=True)
    put(
        parts.book,
        f'<externalReferences><externalReference r:id="{parts.relate(WORKBOOK, "externalLink", link)}"/></externalReferences>',
        WORKBOOK_ORDER,
    )


OWN_DECORATIONS = (meeting_sheet, sparklines, pivot_table, imported_data)
