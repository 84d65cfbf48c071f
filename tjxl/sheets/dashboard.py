"""看板: the sheet that leaders look at.

Formulas over the master's tables, so that it follows the office's own edits; tjxl writes two cells of it as plain
values, 当前期次 and 统计截止日.
"""

from __future__ import annotations

from typing import Any

from tjxl.formula import Area, Formula
from tjxl.register import Register
from tjxl.settings import MEANINGS, Settings
from tjxl.sheets.board import FIRST_COLUMN, HELPER_COLUMNS, Board, address
from tjxl.sheets.board_lists import in_states, missing_condition, missing_units, red_tasks, tasks_soon_due
from tjxl.sheets.board_tables import STATUS_ORDER, Block, leader_table, theme_table
from tjxl.sheets.board_units import unit_table
from tjxl.sheets.figures import (
    AS_OF,
    CURRENT_PERIOD,
    DASHBOARD_AREA,
    LIGHTS,
    Statuses,
    count,
    tasks_with_status,
    tasks_without_status,
)
from tjxl.sheets.layout import state_titles
from tjxl.sheets.model import Chart, ChartKind, Page, Series, Sheet
from tjxl.sheets.theme import colour

_CARD_SPAN = 3
_PIXELS = 40
"""Width of a grid column."""

Cells = dict[str, str]
"""The address of each card's number, by the card's key."""


def dashboard_sheet(register: Register, settings: Settings) -> Sheet:
    """看板, with the defined names 当前期次, 统计截止日 (blank until the first issue) and 看板区."""
    board = Board()
    statuses = Statuses.of(settings)
    strip = _title(board, register)
    cards = _cards(board, register, statuses)
    _strip(board, strip, cards)
    chart_row = _chart_room(board)
    themes = theme_table(board, register, statuses)
    leader_table(board, register, statuses)
    board.next_row("page_1_end")
    breaks = [board.row - 1]
    red_tasks(board)
    tasks_soon_due(board, statuses)
    missing_units(board)
    board.next_row("page_2_end")
    breaks.append(board.row - 1)
    unit_table(board, register, statuses)
    board.sheet.charts = _charts(board, chart_row, cards, themes, statuses)
    last = board.row - 1
    # The name covers the cells beside the print too: tjxl refreshes the values of whatever lies in it.
    board.sheet.names[DASHBOARD_AREA] = (1, 1, last, board.helper_column + HELPER_COLUMNS - 1)
    area = (1, 1, last, board.last_column + 1)
    board.sheet.page = Page(landscape=False, area=area, breaks=tuple(breaks))
    board.sheet.freeze = (strip, 0)
    board.sheet.tab_colour = colour("$red")
    return board.sheet


def _title(board: Board, register: Register) -> int:
    """The title band, the row kept free for buttons, and the strip below; returns the strip's row."""
    whole = board.columns + 2
    board.put(-1, board.spec["title"].format(year=register.year), "title", whole)
    board.next_row("title")
    board.put(-1, None, "button_bar", whole)
    board.next_row("buttons")
    strip = board.row
    board.next_row("strip")
    board.next_row("gap")
    return strip


def _strip(board: Board, row: int, cards: Cells) -> None:
    """Period, day of the figures, and how far the collection has come."""
    for place, label, name, style in (
        (0, "period_label", CURRENT_PERIOD, "value"),
        (6, "as_of_label", AS_OF, "date+value"),
    ):
        board.put(place, board.spec[label] + "：", "label", 3, row)
        board.put(place + 3, None, style, 3, row)
        column = FIRST_COLUMN + place + 3
        board.sheet.names[name] = (row, column, row, column)
    said = (
        f'IF({CURRENT_PERIOD}="","{board.spec["not_issued"]}",'
        f'"本期应报"&{cards["expected"]}&"个单位，已报"&{cards["reported"]}&"个，未报"&{cards["missing"]}&"个")'
    )
    board.formula(12, said, "note", board.columns - 12, row)


def _cards(board: Board, register: Register, statuses: Statuses) -> Cells:
    """The figures in large type, eight to a row: label, number, note."""
    specs: list[dict[str, Any]] = board.spec["card"]
    in_a_row = board.columns // _CARD_SPAN
    places = {
        spec["key"]: (board.row + n // in_a_row * 4 + 1, n % in_a_row * _CARD_SPAN) for n, spec in enumerate(specs)
    }
    cells = {key: address(row, FIRST_COLUMN + place, absolute=True) for key, (row, place) in places.items()}
    formulas = _card_formulas(statuses, cells)
    themes = len({task.theme for task in register.tasks})
    for spec in specs:
        row, place = places[spec["key"]]
        key, accent = spec["key"], f"accent_{spec['accent']}"
        label = spec.get("label") or statuses.names[key][0]
        number = "card_number+card_rate" if key in ("rate", "report_rate") else "card_number"
        board.put(place, label, f"card_label+{accent}", _CARD_SPAN, row - 1)
        board.formula(place, formulas[key], f"{number}+{accent}", _CARD_SPAN, row)
        if spec.get("share"):
            share = f'"占 "&TEXT(IF({cells["total"]}=0,0,{cells[key]}/{cells["total"]}),"0.0%")'
            board.formula(place, share, "card_note", _CARD_SPAN, row + 1)
        else:
            board.put(place, spec["note"].format(themes=themes), "card_note", _CARD_SPAN, row + 1)
    for _ in range(0, len(specs), in_a_row):
        for height in ("card_label", "card_number", "card_note", "gap"):
            board.next_row(height)
    return cells


def _card_formulas(statuses: Statuses, cells: Cells) -> dict[str, str]:
    states = state_titles()
    return {
        "total": "COUNTA(任务台账[任务编码])",
        **{meaning: tasks_with_status(statuses.names[meaning]) for meaning in MEANINGS},
        "no_report": tasks_without_status(),
        "rate": f"IF({cells['total']}=0,0,{cells['completed']}/{cells['total']})",
        "expected": f'SUMPRODUCT((报送情况[期次]={CURRENT_PERIOD})*(报送情况[单位编码]<>""))',
        "reported": f"SUMPRODUCT({in_states('reported', 'late', 'awaiting_decision')})",
        "missing": f"SUMPRODUCT({missing_condition()})",
        "report_rate": f"IF({cells['expected']}=0,0,{cells['reported']}/{cells['expected']})",
        **{name: count(("任务台账[亮灯]", f'"{title}"')) for name, title in LIGHTS.items()},
        "questions": count(("待裁决[状态]", f'"{states["open_question"]}*"')),
    }


def _chart_room(board: Board) -> int:
    """Keep rows free for the charts; returns the first."""
    board.section("charts")
    first = board.row
    for _ in range(board.heights["chart_rows"]):
        board.next_row("chart")
    board.next_row("gap")
    return first


def _charts(board: Board, row: int, cards: Cells, themes: Block, statuses: Statuses) -> list[Chart]:
    """Three charts side by side; the first two draw on cells beside the board that repeat the cards in a column."""
    titles = board.spec["charts"]
    labels = {meaning: statuses.names[meaning][0] for meaning in STATUS_ORDER} | {
        "no_report": board.spec["metric"]["no_report"]
    }
    height = round(board.heights["chart"] * board.heights["chart_rows"] / 0.75) - 6
    left = board.helper_column
    board.sheet.put(row - 1, left, board.spec["helper_title"], "helper")
    status_series = _column_of(board, row, {key: (title, cards[key]) for key, title in labels.items()})
    lights = {name: (f"{title}灯", cards[name]) for name, title in LIGHTS.items()}
    unlit = f"{cards['total']}-{cards['red']}-{cards['yellow']}-{cards['green']}"
    light_series = _column_of(board, row + len(labels) + 1, {**lights, "none": (titles["no_light"], unlit)})
    names = Area(board.sheet.title, themes.first, themes.name_column, themes.last, themes.name_column)
    theme_series = tuple(
        Series(
            Area(names.sheet, themes.header, column, themes.header, column),
            names,
            Area(names.sheet, themes.first, column, themes.last, column),
            key,
        )
        for key, column in ((key, themes.columns[key]) for key in labels)
    )
    spans = (7, 5, 12)
    described = board.spec["chart_description"]
    charts: list[Chart] = []
    place = FIRST_COLUMN
    for name, series, span in zip(titles, ((status_series,), (light_series,), theme_series), spans, strict=False):
        title = titles[name]
        kind: ChartKind = "stacked_bar" if name == "themes" else "column"
        size = (span * _PIXELS - 4, height)
        charts.append(Chart(kind, title, described.format(title=title), series, row, place, *size))
        place += span
    return charts


def _column_of(board: Board, top: int, figures: dict[str, tuple[str, str]]) -> Series:
    """Labels and figures below each other beside the board, as a chart series with a fill for each point."""
    left, title = board.helper_column, board.sheet.title
    for row, (label, formula) in enumerate(figures.values(), top):
        board.sheet.put(row, left, label, "helper")
        board.sheet.put(row, left + 1, Formula(formula), "helper")
    last = top + len(figures) - 1
    categories, values = Area(title, top, left, last, left), Area(title, top, left + 1, last, left + 1)
    return Series("", categories, values, points=tuple(figures))
