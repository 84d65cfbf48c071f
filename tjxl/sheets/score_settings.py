"""The sheet 考核参数: the cells that the appraisal's formulas read, each with a name (`workbook/scoring.toml`).

A new master takes their values from `[scoring]` of tjxl.toml; from then on the cells count, so that a changed cell
shows at once what it makes of the scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.fields.spec import Spec
from tjxl.ooxml.book import Book
from tjxl.resources import layout_toml, schema_toml
from tjxl.settings import Scoring, Settings
from tjxl.sheets.entry import add_cell_entry
from tjxl.sheets.model import Content, Page, Sheet
from tjxl.sheets.textsize import row_height
from tjxl.sheets.theme import colour

_LAYOUT: Mapping[str, Any] = layout_toml("scoring.toml")
WEIGHTS: str = _LAYOUT["weights"]["name"]
GRADES: str = _LAYOUT["weights"]["labels_name"]
OUTCOMES: str = _LAYOUT["outcomes"]["name"]
SITUATIONS: str = _LAYOUT["outcomes"]["labels_name"]
_WEIGHT, _RESULT = "score_weight", "score_result"
_SHARES = ("score_share",)
_LEAST_HEIGHT = 20.0
_HEADER = ("header",) * 4
_NOTE = 4
"""The column of notes: label, value and initial value stand before it."""


def lines() -> Sequence[Mapping[str, Any]]:
    """The parameters that have one cell each: key, label, entry, note."""
    found: Sequence[Mapping[str, Any]] = _LAYOUT["line"]
    return found


def word(key: str) -> str:
    """The defined name of a parameter's cell: 考核_计分方式."""
    label = next(line["label"] for line in lines() if line["key"] == key)
    return str(_LAYOUT["sheet"]["name"].format(label=label))


def number(key: str) -> str:
    """A parameter as a number in a formula; text counts as 0."""
    return f"N({word(key)})"


def choice_name(field: str, meaning: str) -> str:
    """What a cell with a dropdown says for a meaning: 是 for yes."""
    found = next(f for f in schema_toml("office.toml")["head"] if f["name"] == field)
    return str(next(c["name"] for c in found["choices"] if c["meaning"] == meaning))


def grades() -> tuple[str, ...]:
    """高, 中, 低."""
    found = next(f for f in schema_toml("office.toml")["head"] if f["name"] == "grade")
    return tuple(c["name"] for c in found["choices"])


def score_settings_sheet(settings: Settings, office: Spec) -> Sheet:
    """考核参数 as a new master has it."""
    spec = _LAYOUT["sheet"]
    sheet = Sheet(spec["title"], tab_colour=colour(spec["tab"]), gridlines=False)
    sheet.widths = dict(enumerate(spec["widths"], 1))
    _heading(sheet, 1, spec["heading"], spec["hint"])
    row = _parameters(sheet, 2, settings.scoring, office)
    row = _weights(sheet, row + 1, settings.scoring, office)
    _outcomes(sheet, row + 1, settings.scoring, office)
    sheet.page = Page()
    return sheet


def _heading(sheet: Sheet, row: int, heading: str, hint: str) -> None:
    sheet.put(row, 1, heading, "sheet_title")
    sheet.put(row, _NOTE, hint, "sheet_hint+long")
    sheet.heights[row] = row_height([(hint, sheet.widths[_NOTE])], 30)


def _parameters(sheet: Sheet, row: int, scoring: Scoring, office: Spec) -> int:
    for line in lines():
        if "section" in line:
            _line(sheet, row, [line["section"], *_LAYOUT["sheet"]["columns"][1:]], _HEADER)
            row += 1
        kind = "share" if line["entry"] in _SHARES else "number"
        value = scoring.values[line["key"]]
        styles = ("body+long", f"body+{kind}+office", f"body+{kind}+locked", "body+long")
        _line(sheet, row, [line["label"], value, value, line["note"]], styles)
        sheet.names[word(line["key"])] = (row, 2, row, 2)
        add_cell_entry(sheet, office, line["entry"], (row, 2))
        row += 1
    return row


def _weights(sheet: Sheet, row: int, scoring: Scoring, office: Spec) -> int:
    pairs = [(i, d) for i in range(len(grades())) for d in range(len(grades()))]
    texts = [(grade_label(grades()[i], grades()[d]), scoring.weights[i][d], "") for i, d in pairs]
    return _list(sheet, row, "weights", texts, (office, _WEIGHT))


def grade_label(importance: str, difficulty: str) -> str:
    """The line of the list of weights for a task's two grades."""
    return str(_LAYOUT["weights"]["label"].format(importance=importance, difficulty=difficulty))


def _outcomes(sheet: Sheet, row: int, scoring: Scoring, office: Spec) -> int:
    titles, notes = _LAYOUT["results"], _LAYOUT["results_note"]
    texts = [(title, scoring.results[key], notes[key]) for key, title in titles.items()]
    return _list(sheet, row, "outcomes", texts, (office, _RESULT))


def _list(sheet: Sheet, row: int, name: str, rows: Sequence[tuple[str, float, str]], entry: tuple[Spec, str]) -> int:
    """A list whose labels formulas look up, and whose numbers they take; returns the row below it."""
    spec = _LAYOUT[name]
    _heading(sheet, row, spec["heading"], spec["hint"])
    _line(sheet, row + 1, spec["columns"], _HEADER)
    top = row + 2
    styles = ("body+long+locked", "body+number+office", "body+number+locked", "body+long")
    for at, (label, value, note) in enumerate(rows, top):
        _line(sheet, at, [label, value, value, note], styles)
        add_cell_entry(sheet, entry[0], entry[1], (at, 2))
    bottom = top + len(rows) - 1
    sheet.names[spec["labels_name"]] = (top, 1, bottom, 1)
    sheet.names[spec["name"]] = (top, 2, bottom, 2)
    return bottom + 1


def _line(sheet: Sheet, row: int, contents: Sequence[Content], styles: Sequence[str]) -> None:
    for column, (content, style) in enumerate(zip(contents, styles, strict=True), 1):
        sheet.put(row, column, content, style)
    texts = [(str(c), sheet.widths[i]) for i, c in enumerate(contents, 1)]
    sheet.heights[row] = row_height(texts, _LEAST_HEIGHT)


def parameter_cells(book: Book) -> dict[str, tuple[str, str, int, int]]:
    """Every parameter cell that is there: key → its field in office.toml, sheet, row, column.

    Keys are those of the settings: `late`, `scoring_weights.高.2` (second column), `scoring_results.on_time`. A cell
    whose name was deleted is left out.
    """
    wanted = {line["key"]: (word(line["key"]), line["entry"], 0) for line in lines()}
    pairs = [(grade, across) for grade in grades() for across in range(1, len(grades()) + 1)]
    for down, (grade, across) in enumerate(pairs):
        wanted[f"scoring_weights.{grade}.{across}"] = (WEIGHTS, _WEIGHT, down)
    for down, key in enumerate(_LAYOUT["results"]):
        wanted[f"scoring_results.{key}"] = (OUTCOMES, _RESULT, down)
    found = {}
    for key, (name, entry, down) in wanted.items():
        if name in book.names and book.names[name][0] in book.sheets:
            sheet, area = book.names[name]
            found[key] = (entry, sheet, area.top + down, area.left)
    return found


def parameters_of(book: Book) -> dict[str, Any]:
    """What the parameter cells say now, by key."""
    out = {}
    for key, (_, sheet, row, column) in parameter_cells(book).items():
        cell = book.cells(sheet).cells.get((row, column))
        out[key] = cell.value if cell else None
    return out


def missing_names(book: Book) -> list[str]:
    """The defined names of 考核参数 that are gone: formulas that use them show an error."""
    names = [*(word(line["key"]) for line in lines()), WEIGHTS, GRADES, OUTCOMES, SITUATIONS]
    return [name for name in names if name not in book.names]
