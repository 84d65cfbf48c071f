"""The workbook in which audit, statistics and finance give their findings: headers, a dropdown of 来源, a guide."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.resources import schema_toml
from tjxl.settings import Settings
from tjxl.supervise.verification.columns import columns

_FONT = "微软雅黑"


def write_template(path: Path, settings: Settings) -> dict[str, Any]:
    """Write the template; a file that is there already is left alone.

    Raises:
        ProjectError: Q126 there is a file of that name; E212 it cannot be written.
    """
    if path.exists():
        raise ProjectError("Q126", file=path)
    with said_plainly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, template(settings))
    return {"template": str(path)}


def template(settings: Settings) -> bytes:
    """The template's bytes. Its example stands in the guide, where no import takes it for a finding."""
    import xlsxwriter

    spec: dict[str, Any] = schema_toml("verification.toml")["template"]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    plain = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True, "border": 1}
    header = book.add_format(
        plain | {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "align": "center"}
    )
    text, cell = book.add_format(plain), book.add_format(plain | {"num_format": "@"})
    title = book.add_format({"font_name": _FONT, "font_size": 11, "bold": True, "text_wrap": True})
    _findings(book.add_worksheet(spec["sheet"]), spec, settings, header, cell)
    guide = book.add_worksheet(spec["guide_sheet"])
    guide.set_column(0, 0, 12)
    guide.set_column(1, 1, 60)
    guide.set_column(2, 2, 26)
    guide.merge_range(0, 0, 0, 2, spec["heading"], title)
    guide.set_row(0, 36)
    for place, words in enumerate(spec["guide_titles"]):
        guide.write_string(1, place, words, header)
    for row, column in enumerate(columns(), 2):
        words = column.guide.format(sources="、".join(settings.verification.sources))
        for place, said in enumerate((column.title, words, column.example)):
            guide.write_string(row, place, said, text)
        guide.set_row(row, 32)
    for sheet in book.worksheets():
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _findings(sheet: Any, spec: dict[str, Any], settings: Settings, header: Any, cell: Any) -> None:
    for place, column in enumerate(columns()):
        sheet.set_column(place, place, column.width, cell)
        sheet.write_string(0, place, column.title, header)
        if column.name == "source":
            rule = {
                "validate": "list",
                "source": list(settings.verification.sources),
                "error_type": "warning",
                "input_title": column.title,
                "input_message": column.guide.format(sources="、".join(settings.verification.sources))[:250],
            }
            sheet.data_validation(1, place, spec["rows"], place, rule)
    sheet.set_row(0, 26)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
