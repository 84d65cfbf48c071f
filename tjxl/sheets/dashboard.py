"""看板, the sheet that leaders look at, and 看板附表, what does not fit on its one page.

Formulas over the master's tables, so that they follow the office's own edits; tjxl writes two cells of 看板 as plain
values, 当前期次 and 统计截止日.
"""

from __future__ import annotations

from typing import Any

from tjxl.register import Register
from tjxl.settings import MEANINGS, Settings
from tjxl.sheets.board import FIRST_COLUMN, HELPER_COLUMNS, Board, address
from tjxl.sheets.board_lists import (
    Found,
    counted_in,
    found_due,
    found_missing,
    found_red,
    missing_list,
    reports,
    task_list,
)
from tjxl.sheets.board_tables import WIDTH, leader_table, theme_table
from tjxl.sheets.board_trend import periods_of, trend
from tjxl.sheets.board_units import RANKED_WIDTH, UnitTable, ranking, unit_table
from tjxl.sheets.figures import (
    ANNEX_AREA,
    AS_OF,
    ATTAINMENTS,
    BUTTON_BAR,
    CURRENT_PERIOD,
    DASHBOARD_AREA,
    LIGHTS,
    MILESTONE_OUTCOMES,
    Statuses,
    count,
    tasks_with_status,
    tasks_without_status,
    text,
)
from tjxl.sheets.layout import master_layout, state_titles
from tjxl.sheets.model import Page, Sheet
from tjxl.sheets.theme import colour

_CARD_SPAN = 5

Cells = dict[str, str]
"""The address of each card's number, by the card's key."""


def dashboard_sheets(register: Register, settings: Settings) -> tuple[Sheet, Sheet]:
    """看板 and 看板附表.

    The defined names are 当前期次 and 统计截止日 (blank until the first issue), 看板区 and 附表区 (whatever lies in
    them is kept computed), 按钮栏 and 单位附表.
    """
    statuses = Statuses.of(settings)
    annex = Board("annex")
    annex.sheet.tab_colour = colour("$red")
    title = annex.spec["annex"]["title"].format(year=register.year)
    annex.put(annex.heighten("title"), 0, title, "title", annex.columns)
    annex.heighten("gap")
    units = unit_table(annex, register, statuses)
    breaks = [annex.row - 1]
    header = units.first - 1
    lists = {
        "red": found_red(annex, header),
        "due": found_due(annex, header, statuses),
        "missing": found_missing(annex, units),
    }
    for section in ("red", "due"):
        _all_tasks(annex, section, lists[section], statuses)
    top = annex.row
    bottom = missing_list(annex, top, "all_missing", lists["missing"], units)
    for row in range(top, bottom):
        annex.heighten("section" if row == top else "line", row)
    _finish(annex, ANNEX_AREA, Page(landscape=False, area=_print_area(annex, 1), breaks=tuple(breaks)))
    page = _page(register, settings, units, lists)
    return page.sheet, annex.sheet


def _all_tasks(annex: Board, section: str, found: Found, statuses: Statuses) -> None:
    """A long list on 看板附表."""
    top = annex.row
    bottom = task_list(annex, (top, 0), f"all_{section}", found, statuses, short=False)
    for row in range(top, bottom):
        annex.heighten("section" if row == top else "line" if row == top + 1 else "task_line", row)
    annex.heighten("gap")


def _page(register: Register, settings: Settings, units: UnitTable, lists: dict[str, Found]) -> Board:
    """看板 proper: bar of buttons, title, cards, three rows of blocks, the units that have not reported.

    The blocks of a row start side by side; the charts and the list at the right take the height of what is at the
    left.
    """
    board, statuses = Board("page"), Statuses.of(settings)
    bar = board.heighten("buttons")
    board.put(bar, 0, None, "button_bar", board.columns)
    board.sheet.names[BUTTON_BAR] = (bar, FIRST_COLUMN, bar, board.last_column)
    title = board.heighten("title")
    board.put(title, 0, board.spec["title"].format(year=register.year), "title", board.columns)
    strip = board.heighten("strip")
    cards = _all_cards(board, register, statuses)
    _strip(board, strip, cards)
    top = board.row
    beside = WIDTH + board.gutter
    end = theme_table(board, top, register, statuses)
    rows = max(end - top - 1, board.spec["charts"]["least_rows"])
    gap = max(end, trend(board, (top, beside, rows), periods_of(register, settings), statuses, cards))
    gaps = [gap]
    ranking(board, (gap + 1, 0), "attention", units, statuses)
    end = ranking(board, (gap + 1, RANKED_WIDTH + board.gutter), "leading", units, statuses)
    gap = max(end, task_list(board, (gap + 1, beside), "red", lists["red"], statuses))
    gaps.append(gap)
    end = leader_table(board, gap + 1, register, statuses)
    room = max(end - gap - 3, board.spec["section"]["due"]["lines"])
    gap = max(end, task_list(board, (gap + 1, beside), "due", lists["due"], statuses, lines=room))
    gaps.append(gap)
    bottom = missing_list(board, gap + 1, "missing", lists["missing"], units)
    for row in range(top, bottom):
        board.heighten("gap" if row in gaps else "line", row)
    _finish(board, DASHBOARD_AREA, Page(area=_print_area(board, title), pages_tall=1))
    board.sheet.freeze = (strip, 0)
    board.sheet.tab_colour = colour("$red")
    return board


def _print_area(board: Board, first: int) -> tuple[int, int, int, int]:
    return (first, 1, board.row - 1, board.last_column + 1)


def _finish(board: Board, name: str, page: Page) -> None:
    """The name covers the cells beside the print too: tjxl refreshes the values of whatever lies in it."""
    board.sheet.names[name] = (1, 1, board.row - 1, board.helper_column + HELPER_COLUMNS - 1)
    board.sheet.page = page


def _strip(board: Board, row: int, cards: Cells) -> None:
    """Period, day of the figures, and how far the collection has come."""
    for place, label, name, style in (
        (0, "period_label", CURRENT_PERIOD, "value"),
        (10, "as_of_label", AS_OF, "date+value"),
    ):
        board.put(row, place, board.spec[label] + "：", "label", 4)
        board.put(row, place + 4, None, style, 5)
        column = FIRST_COLUMN + place + 4
        board.sheet.names[name] = (row, column, row, column)
    said = (
        f'IF({CURRENT_PERIOD}="","{board.spec["not_issued"]}",'
        f'"本期应报"&{cards["expected"]}&{counted_in()}&"，已报"&{cards["reported"]}'
        f'&"个，未报"&{cards["missing"]}&"个")'
    )
    board.formula(row, 20, said, "note", board.columns - 20)


def _all_cards(board: Board, register: Register, statuses: Statuses) -> Cells:
    """Two rows of figures in large type; a figure whose table or light does not exist has no card."""
    cells: Cells = {}
    themes = len({task.theme for task in register.tasks})
    for kind, kind_style in (("card", "card_number"), ("small_card", "card_number+small_number")):
        specs = [spec for spec in board.spec[kind] if _has_place(spec)]
        label = board.heighten("card_label")
        number = board.heighten("card_number" if kind == "card" else "small_number")
        note = board.heighten("card_note")
        board.heighten("gap")
        rows = {
            spec["key"]: address(number, FIRST_COLUMN + n * _CARD_SPAN, absolute=True) for n, spec in enumerate(specs)
        }
        cells |= rows
        formulas = _card_formulas(statuses, cells)
        for n, spec in enumerate(specs):
            place, key, accent = n * _CARD_SPAN, spec["key"], f"+accent_{spec['accent']}"
            style = kind_style + ("+card_rate" if key in ("rate", "report_rate") else "") + accent
            board.put(label, place, spec.get("label") or statuses.names[key][0], "card_label" + accent, _CARD_SPAN)
            board.formula(number, place, spec.get("formula") or formulas[key], style, _CARD_SPAN)
            if "note" in spec:
                board.put(note, place, spec["note"].format(themes=themes), "card_note", _CARD_SPAN)
            else:
                said = (
                    counted_in()
                    if key == "expected"
                    else spec.get("note_formula") or _share(cells["total"], cells[key])
                )
                board.formula(note, place, said, "card_note", _CARD_SPAN)
    return cells


def _has_place(spec: dict[str, Any]) -> bool:
    known = spec.get("table") is None or spec["table"] in master_layout()
    return known and (spec["key"] not in ("red", "yellow", "blue", "green") or spec["key"] in LIGHTS)


def _share(total: str, part: str) -> str:
    return f'"占"&TEXT(IF({total}=0,0,{part}/{total}),"0.0%")'


def _card_formulas(statuses: Statuses, cells: Cells) -> dict[str, str]:
    """The figures by key; *cells* holds the addresses of the cards placed so far."""
    states, milestones, targets = state_titles(), MILESTONE_OUTCOMES, ATTAINMENTS

    def rate(part: str, whole: str) -> str:
        return f"IF({cells[whole]}=0,0,{cells[part]}/{cells[whole]})" if whole in cells else ""

    def outcomes(*names: str) -> str:
        return "+".join(count(("节点[完成情况]", text(milestones[name]))) for name in names)

    return {
        "total": "COUNTA(任务台账[任务编码])",
        **{meaning: tasks_with_status(statuses, meaning) for meaning in MEANINGS},
        "no_report": tasks_without_status(statuses),
        "rate": rate("completed", "total"),
        "expected": reports(),
        "reported": reports("reported", "late", "awaiting_decision"),
        "missing": reports("missing", "returned"),
        "report_rate": rate("reported", "expected"),
        **{name: count(("任务台账[亮灯]", text(title))) for name, title in LIGHTS.items()},
        "milestones_done": outcomes("done", "done_late"),
        "milestones_overdue": outcomes("overdue"),
        "targets_met": count(("指标[达标情况]", text(targets["met"]))),
        "targets_not_met": count(("指标[达标情况]", text(targets["not_met"]))),
        "questions": count(("待裁决[状态]", f'"{states["open_question"]}*"')),
    }
