"""What units write into the cells (modes 12 to 25, 42 and 43)."""

from __future__ import annotations

from tests.books.case import Case
from tests.office import SPORTS, filled

CASES = (
    Case(
        12,
        "完成进度写成全角文字“80％”",
        lambda office: {"报表.xlsx": filled(office.form(SPORTS), K7="80％")},
        {"报表.xlsx": ("accepted_with_notes", [("V403", "填报", "K7", "80％")])},
    ),
)
