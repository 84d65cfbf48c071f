"""A return as a careful unit sends it: filled in, with comments, pictures, charts, colours and sheets of its own."""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.workbook import Workbook

from tests.merge.test_preserved import content_of, parts
from tests.office import opened, saved
from tjxl.ooxml.book import Book

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)

PICTURE = b"""<oneCellAnchor><from><col>3</col><colOff>0</colOff><row>19</row><rowOff>0</rowOff></from>\
<ext cx="95250" cy="95250"/><pic><nvPicPr><cNvPr id="9" name="\xe5\x9b\xbe"/><cNvPicPr/></nvPicPr><blipFill>\
<a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" \
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rIdPicture"/></blipFill>\
<spPr><a:prstGeom xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" prst="rect"/></spPr></pic>\
<clientData/></oneCellAnchor>"""
PICTURE_REL = b"""<Relationship Id="rIdPicture" Target="/xl/media/picture.png" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>"""

OWN_SHEET = "佐证材料 A&B"
UNIT = "小刘"
OWN_NOTE = "此数与统计局核对过"
OTHER_NOTE = "待财务确认"
SHAPE = """<twoCellAnchor><from><col>5</col><colOff>0</colOff><row>1</row><rowOff>0</rowOff></from><to><col>7</col>\
<colOff>0</colOff><row>3</row><rowOff>0</rowOff></to><sp macro="" textlink=""><nvSpPr><cNvPr id="7" name="文本框"/>\
<cNvSpPr txBox="1"/></nvSpPr><spPr><a:prstGeom xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" \
prst="rect"><a:avLst/></a:prstGeom></spPr><txBody><a:bodyPr \
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/><a:p \
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:r><a:t>附图说明</a:t></a:r></a:p></txBody></sp>\
<clientData/></twoCellAnchor>""".encode()
X14 = b"""<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" \
xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>\
<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">\
<x14:cfRule type="dataBar" id="{11111111-2222-3333-4444-555555555555}"><x14:dataBar minLength="0" maxLength="100">\
<x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule><xm:sqref>K7:K9</xm:sqref>\
</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"""


def decorated(content: bytes) -> bytes:
    """The return with everything that people add, as Excel's ways of writing allow."""
    book = opened(content)
    _by_hand(book)
    out = parts(saved(book))
    with_sheets = Book(content_of(out))
    form, own = with_sheets.sheets["填报"].part, with_sheets.sheets[OWN_SHEET].part
    out[form] = out[form].replace(b"</worksheet>", X14 + b"</worksheet>")
    drawing = next(t for t, k in with_sheets.package.relations(own).values() if k.endswith("/drawing"))
    out[drawing] = out[drawing].replace(b"</wsDr>", SHAPE + PICTURE + b"</wsDr>")
    rels = drawing.replace("drawings/", "drawings/_rels/") + ".rels"
    out[rels] = out[rels].replace(b"</Relationships>", PICTURE_REL + b"</Relationships>")
    out["xl/media/picture.png"] = PNG
    types = "[Content_Types].xml"
    out[types] = out[types].replace(b"<Override", b'<Default Extension="png" ContentType="image/png"/><Override', 1)
    return content_of(out)


def _by_hand(book: Workbook) -> None:
    form = book["填报"]
    form["K7"].comment = Comment(OWN_NOTE, UNIT)
    form["M7"].comment = Comment(OTHER_NOTE, UNIT)
    form["L8"].fill = PatternFill("solid", fgColor="00FF00")
    form.conditional_formatting.add("K7:K9", CellIsRule("lessThan", ["0.5"], fill=PatternFill(bgColor="FF0000")))
    form.print_area = "B1:P12"
    form.row_dimensions[8].height = 123
    own = book.create_sheet(OWN_SHEET)
    own["A1"], own["A2"], own["B2"] = "5月完成量", 3, "=A2*2"
    chart = BarChart()
    chart.add_data(Reference(own, min_col=1, min_row=2, max_row=2))
    own.add_chart(chart, "D4")
    own.print_area = "A1:F30"
    book.defined_names["完成量"] = DefinedName("完成量", attr_text=f"'{OWN_SHEET}'!$A$2")
