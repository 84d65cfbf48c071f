"""`tjxl status` of a master that a program has saved without the values of its formulas."""

from __future__ import annotations

from tests.office import Office, resaved
from tjxl import flows


def test_problems_and_closures_are_counted_without_stored_values(june: Office) -> None:
    told = flows.status(june.project)["oversight"]
    assert told["problems"]
    june.project.master.write_bytes(resaved(june.master))
    assert {row["state"] for row in june.state.problems} == {None}
    assert flows.status(june.project)["oversight"] == told
