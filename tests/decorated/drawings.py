"""Pictures, shapes, charts: what floats over the sheets."""

from __future__ import annotations

import html

from tests.decorated.package import XDR, A, C, Parts, R, put, xml
from tests.ooxml.examples import picture

DRAWING = "application/vnd.openxmlformats-officedocument.drawing+xml"
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHOWN = '<a:prstGeom prst="{shape}"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent2"/></a:solidFill>'


def anchored(inside: str, column: int, row: int, columns: int = 3, rows: int = 5) -> str:
    """Something that moves with the cells it lies on."""
    corners = "".join(
        f"<xdr:{end}><xdr:col>{c}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{r}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{end}>"
        for end, c, r in (("from", column, row), ("to", column + columns, row + rows))
    )
    return f"<xdr:twoCellAnchor>{corners}{inside}<xdr:clientData/></xdr:twoCellAnchor>"


def drawing_of(parts: Parts, title: str) -> str:
    """The drawing of a sheet, made where it has none."""
    part = parts.part_of(title)
    found = parts.related(part, "drawing")
    if found:
        return found[0][1]
    number = 1 + sum(name.startswith("xl/drawings/drawing") for name in parts.names)
    made = parts.add(f"xl/drawings/drawing{number}.xml", f'<xdr:wsDr xmlns:xdr="{XDR}" xmlns:a="{A}"/>', DRAWING)
    put(parts.tree(part), f'<drawing r:id="{parts.relate(part, "drawing", made)}"/>')
    return made


def draw(parts: Parts, title: str, text: str) -> None:
    """Put something on a sheet."""
    parts.tree(drawing_of(parts, title)).append(xml(text))


def named(number: int, name: str, more: str = "") -> str:
    """Number and name of a drawn thing."""
    return f'<xdr:cNvPr id="{number}" name="{name}"{more}/>'


def shape(number: int, name: str, text: str, form: str = "roundRect", *, box: bool = False) -> str:
    """A shape with words on it, or a text box."""
    return (
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr>{named(number, name)}<xdr:cNvSpPr{" txBox=" + chr(34) + "1" + chr(34) if box else ""}/>'
        f'</xdr:nvSpPr><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1200000" cy="400000"/></a:xfrm>{_SHOWN.format(shape=form)}</xdr:spPr>'
        f'<xdr:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="zh-CN"/><a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
    )


def pictures_and_shapes(parts: Parts) -> None:
    """On 看板, in the drawing that holds tjxl's charts too: the office's sign, a text box, an arrow, a group."""
    parts.default("png", "image/png")
    image = parts.add("xl/media/image1.png", picture())
    drawing = drawing_of(parts, "看板")
    key = parts.relate(drawing, "image", image)
    blip = f'<xdr:blipFill><a:blip r:embed="{key}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
    pic = (
        f"<xdr:pic><xdr:nvPicPr>{named(101, '徽标')}<xdr:cNvPicPr/></xdr:nvPicPr>{blip}<xdr:spPr>"
        f"{_SHOWN.format(shape='rect')}</xdr:spPr></xdr:pic>"
    )
    group = (
        f'<xdr:grpSp><xdr:nvGrpSpPr>{named(104, "流程")}<xdr:cNvGrpSpPr/></xdr:nvGrpSpPr><xdr:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="2400000" cy="400000"/><a:chOff x="0" y="0"/><a:chExt cx="2400000" cy="400000"/></a:xfrm></xdr:grpSpPr>'
        f"{shape(105, '下发', '下发')}{shape(106, '收集', '收集', 'rightArrow')}</xdr:grpSp>"
    )
    things = (
        pic,
        shape(102, "说明框", "领导关注事项", "rect", box=True),
        shape(103, "箭头", "重点", "rightArrow"),
        group,
    )
    for i, thing in enumerate(things):
        draw(parts, "看板", anchored(thing, 32, 2 + 7 * i))


def chart_xml(
    title: str, categories: str, values: str, points: list[tuple[str, float]], kind: str = "barChart"
) -> str:
    """A chart of Excel 2007 with its cached points."""
    names = "".join(f'<c:pt idx="{i}"><c:v>{html.escape(n)}</c:v></c:pt>' for i, (n, _) in enumerate(points))
    numbers = "".join(f'<c:pt idx="{i}"><c:v>{v:g}</c:v></c:pt>' for i, (_, v) in enumerate(points))
    count = f'<c:ptCount val="{len(points)}"/>'
    direction = (
        '<c:barDir val="col"/><c:grouping val="clustered"/>' if kind == "barChart" else '<c:grouping val="standard"/>'
    )
    return (
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r>'
        f'<a:t>{title}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        f'<c:{kind}>{direction}<c:ser><c:idx val="0"/><c:order val="0"/><c:cat><c:strRef><c:f>{categories}</c:f><c:strCache>{count}'
        f"{names}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>{values}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'{count}{numbers}</c:numCache></c:numRef></c:val></c:ser><c:axId val="11"/><c:axId val="12"/></c:{kind}>'
        '<c:catAx><c:axId val="11"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        '<c:crossAx val="12"/></c:catAx><c:valAx><c:axId val="12"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:crossAx val="11"/></c:valAx></c:plotArea><c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
    )


def frame(number: int, name: str, uri: str, inside: str) -> str:
    """A frame that shows a chart or a slicer."""
    return (
        f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr>{named(number, name)}<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm>'
        f'<a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="{uri}">{inside}</a:graphicData></a:graphic>'
        "</xdr:graphicFrame>"
    )


def own_charts(parts: Parts) -> None:
    """A chart beside tjxl's own on 看板, one on the office's own sheet, one of Excel 2016, one as a sheet of its own."""
    points = [("一组", 3.0), ("二组", 5.0), ("三组", 2.0)]
    places = ("调度会!$A$4:$A$6", "调度会!$B$4:$B$6")
    for number, (title, kind, column) in enumerate((("看板", "barChart", 36), ("调度会", "lineChart", 6)), 101):
        drawing = drawing_of(parts, title)
        part = parts.add(f"xl/charts/chart{number}.xml", chart_xml("办公厅自绘", *places, points, kind), CHART)
        key = parts.relate(drawing, "chart", part)
        draw(
            parts,
            title,
            anchored(frame(number + 100, f"自绘{number}", C, f'<c:chart r:id="{key}"/>'), column, 20, 4, 12),
        )
    _chart_of_excel_2016(parts)
    view = '<sheetPr/><sheetViews><sheetView workbookViewId="0" zoomToFit="1"/></sheetViews><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    sheet = parts.new_sheet("领导图", view, kind="chartsheet")
    drawing = parts.add("xl/drawings/drawing99.xml", f'<xdr:wsDr xmlns:xdr="{XDR}" xmlns:a="{A}"/>', DRAWING)
    parts.tree(sheet).append(xml(f'<drawing r:id="{parts.relate(sheet, "drawing", drawing)}"/>'))
    part = parts.add("xl/charts/chart103.xml", chart_xml("报领导", *places, points), CHART)
    inside = frame(2, "报领导", C, f'<c:chart r:id="{parts.relate(drawing, "chart", part)}"/>')
    whole = f'<xdr:absoluteAnchor><xdr:pos x="0" y="0"/><xdr:ext cx="9300000" cy="6070000"/>{inside}<xdr:clientData/></xdr:absoluteAnchor>'
    parts.tree(drawing).append(xml(whole))


def _chart_of_excel_2016(parts: Parts) -> None:
    cx = "http://schemas.microsoft.com/office/drawing/2014/chartex"
    names = "".join(f'<cx:pt idx="{i}">{n}</cx:pt>' for i, n in enumerate(("一组", "二组", "三组")))
    numbers = "".join(f'<cx:pt idx="{i}">{n}</cx:pt>' for i, n in enumerate((3, 5, 2)))
    part = parts.add(
        "xl/charts/chartEx1.xml",
        f'<cx:chartSpace xmlns:a="{A}" xmlns:r="{R}" xmlns:cx="{cx}"><cx:chartData><cx:data id="0"><cx:strDim type="cat">'
        f'<cx:f>调度会!$A$4:$A$6</cx:f><cx:lvl ptCount="3">{names}</cx:lvl></cx:strDim><cx:numDim type="size">'
        f'<cx:f>调度会!$B$4:$B$6</cx:f><cx:lvl ptCount="3" formatCode="General">{numbers}</cx:lvl></cx:numDim></cx:data></cx:chartData>'
        '<cx:chart><cx:title pos="t" align="ctr" overlay="0"/><cx:plotArea><cx:plotAreaRegion><cx:series layoutId="treemap" '
        'uniqueId="{44444444-4444-4444-8444-444444444444}"><cx:dataId val="0"/><cx:layoutPr><cx:parentLabelLayout val="overlapping"/>'
        "</cx:layoutPr></cx:series></cx:plotAreaRegion></cx:plotArea></cx:chart></cx:chartSpace>",
        "application/vnd.ms-office.chartex+xml",
    )
    drawing = drawing_of(parts, "调度会")
    key = parts.relate(drawing, "http://schemas.microsoft.com/office/2014/relationships/chartEx", part)
    new = frame(301, "树状图", cx, f'<cx:chart xmlns:cx="{cx}" r:id="{key}"/>')
    choice = (
        '<mc:AlternateContent><mc:Choice xmlns:cx1="http://schemas.microsoft.com/office/drawing/2015/9/8/chartex" '
        f'Requires="cx1">{new}</mc:Choice><mc:Fallback>{shape(301, "树状图", "此图表在您的Excel版本中不可用。", "rect")}</mc:Fallback></mc:AlternateContent>'
    )
    draw(parts, "调度会", anchored(choice, 6, 36, 5, 12))


def button(parts: Parts) -> None:
    """A button of the office's own on its own sheet: a form control in all the four places where Excel keeps it."""
    sheet, part = parts.sheet("调度会"), parts.part_of("调度会")
    control = parts.add(
        "xl/ctrlProps/ctrlProp91.xml",
        '<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" objectType="Button" lockText="1"/>',
        "application/vnd.ms-excel.controlproperties+xml",
    )
    vml = parts.add(
        "xl/drawings/vmlDrawing93.vml",
        (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
            'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="5"/></o:shapelayout>'
            '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
            '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/><o:lock v:ext="edit" shapetype="t"/></v:shapetype>'
            '<v:shape id="_x0000_s5121" type="#_x0000_t201" style="position:absolute;width:72pt;height:20pt;z-index:1" o:button="t" '
            'fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto"><v:fill color2="buttonFace [67]" o:detectmouseclick="t"/>'
            '<o:lock v:ext="edit" rotation="t"/><v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
            '<font face="宋体" size="220" color="#000000">打印</font></div></v:textbox><x:ClientData ObjectType="Button"><x:Anchor>3, 0, 0, 0, 4, 10, 1, 5'
            "</x:Anchor><x:PrintObject>False</x:PrintObject><x:AutoFill>False</x:AutoFill><x:TextHAlign>Center</x:TextHAlign>"
            "<x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape></xml>"
        ).encode(),
    )
    put(sheet, f'<legacyDrawing r:id="{parts.relate(part, "vmlDrawing", vml)}"/>')
    ends = "".join(
        f"<{end}><xdr:col>{c}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{r}</xdr:row><xdr:rowOff>0</xdr:rowOff></{end}>"
        for end, c, r in (("from", 3, 0), ("to", 4, 1))
    )
    key = parts.relate(part, "ctrlProp", control)
    put(
        sheet,
        '<mc:AlternateContent><mc:Choice Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14">'
        f'<control shapeId="5121" r:id="{key}" name="打印"><controlPr defaultSize="0" print="0" autoFill="0" autoPict="0"><anchor '
        f'moveWithCells="1" sizeWithCells="1">{ends}</anchor></controlPr></control></mc:Choice></mc:AlternateContent></controls>'
        "</mc:Choice></mc:AlternateContent>".replace(
            'Requires="x14"',
            'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" Requires="x14"',
            1,
        ),
    )
    a14 = "http://schemas.microsoft.com/office/drawing/2010/main"
    hidden = (
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="5121" name="打印" hidden="1"><a:extLst><a:ext '
        f'uri="{{63B3BB69-23CF-44E3-9099-C40C66FF867C}}"><a14:compatExt xmlns:a14="{a14}" spid="_x0000_s5121"/></a:ext></a:extLst></xdr:cNvPr>'
        f"<xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>{_SHOWN.format(shape='rect')}</xdr:spPr></xdr:sp>"
    )
    whole = f'<mc:AlternateContent><mc:Choice xmlns:a14="{a14}" Requires="a14">{anchored(hidden, 3, 0, 1, 1)}</mc:Choice><mc:Fallback/></mc:AlternateContent>'
    draw(parts, "调度会", whole)
