"""What the office is told of forms of other periods than the one collected: with which command they can be taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tjxl.findings import Finding, finding
from tjxl.grouping import first_names
from tjxl.intake.returns import Return
from tjxl.periods import Period
from tjxl.sheets.state import MasterState

_SAID = {"I237": "P118", "I204": "P119"}
"""What is found in such a form → what the office is told: it waits; it goes back, but may be a correction."""


def of_other_periods(returns: Sequence[Return], state: MasterState, period: Period) -> Iterator[Finding]:
    """A sentence for each other period that was issued, and for each outcome."""
    for own in state.issued_periods:
        for code, said in _SAID.items():
            names = [
                r.identity.unit
                for r in returns
                if r.identity and r.identity.period == own.code and any(f.code == code for f in r.findings)
            ]
            if names:
                units, wanted = first_names(sorted(set(names))), period.title
                yield finding(said, count=len(names), own=own.title, units=units, wanted=wanted, period=own.code)
