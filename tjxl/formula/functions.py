"""The table of all functions, by their names in upper case."""

from __future__ import annotations

from tjxl.formula import fn_conditional, fn_dates, fn_logic, fn_lookup, fn_math, fn_text
from tjxl.formula.registry import Function

FUNCTIONS: dict[str, Function] = {
    **fn_logic.FUNCTIONS,
    **fn_math.FUNCTIONS,
    **fn_conditional.FUNCTIONS,
    **fn_lookup.FUNCTIONS,
    **fn_text.FUNCTIONS,
    **fn_dates.FUNCTIONS,
}
