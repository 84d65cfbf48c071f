"""An issued form of thousands of rows, filled in and judged by LibreOffice: 自检 as units have it before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.libreoffice import shown_texts
from tjxl.fields.loading import load_specs
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.periods import parse_period
from tjxl.settings import Settings
from tjxl.sheets.form import FormContent, FormRow, FormTemplate
from tjxl.sheets.form_places import geometry

Row = Mapping[str, Any]
JUNE = parse_period("2022-06")


def issued_form(settings: Settings, rows: Mapping[Part, Sequence[Row]]) -> bytes:
    """The form of June 2022 with these rows; of each row only what tjxl knows (`Spec.facts`) is there."""
    specs = load_specs(settings)
    sheets = {part: tuple(_row(specs[part], i, row) for i, row in enumerate(rows[part], 1)) for part in PARTS}
    return FormTemplate(settings, JUNE, "2022").filled(FormContent("市体育局", {"form_version": "1"}, sheets))


def _row(spec: Spec, number: int, row: Row) -> FormRow:
    return FormRow(
        {spec.key.name: f"T{number:04d}", "serial_no": number}, {}, {name: row.get(name) for name in spec.facts}
    )


def filled_in(form: bytes, settings: Settings, rows: Mapping[Part, Sequence[Row]]) -> bytes:
    """The form after the unit typed its columns, saved by a program that calculates nothing: 自检 is out of date."""
    editor = BookEditor(form)
    for part, spec in load_specs(settings).items():
        places = geometry(spec)
        for number, row in enumerate(rows[part], places.first_row):
            for field in spec.unit_fields:
                editor.edit(spec.sheet, number, places.columns[field.name], Put(row.get(field.name)))
    return editor.save(level=1)


def self_checks(form: bytes, settings: Settings, folder: Path) -> dict[Part, list[str]]:
    """What 自检 says of each row once the form has been recalculated."""
    path = folder / "form.xlsx"
    path.write_bytes(form)
    texts = shown_texts(path)
    said: dict[Part, list[str]] = {}
    for part, spec in load_specs(settings).items():
        places = geometry(spec)
        column = places.columns["self_check"] - 1
        said[part] = [line[column] for line in texts[spec.sheet][places.first_row - 1 :] if line[0].startswith("T")]
    return said
