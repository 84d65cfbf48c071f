"""Styles by name, from `workbook/theme.toml`: fonts, colours and number formats as XlsxWriter properties."""

from __future__ import annotations

from functools import cache
from typing import Any

from tjxl.resources import layout_toml


@cache
def style_properties(style: str) -> dict[str, Any]:
    """The properties of a style chain such as ``body+long+office``; later parts override earlier ones.

    Raises:
        KeyError: a part is not in theme.toml: a fault of the program.
    """
    parts = layout_toml("theme.toml")["part"]
    chained: dict[str, Any] = dict(parts["base"])
    for name in style.split("+"):
        chained.update(parts[name])
    return {key: colour(value) for key, value in chained.items()}


@cache
def highlight_properties(name: str) -> dict[str, Any]:
    """The properties of a conditional format."""
    return {key: colour(value) for key, value in layout_toml("theme.toml")["highlight"][name].items()}


@cache
def chart_fill(name: str) -> dict[str, Any]:
    """The fill (or pattern) and border of a chart series or point, as XlsxWriter takes them."""
    spec = layout_toml("theme.toml")["fill"][name]
    strong = colour(spec["colour"])
    line = {"color": colour("$grey"), "width": 0.75}
    if "pattern" in spec:
        return {"pattern": {"pattern": spec["pattern"], "fg_color": strong, "bg_color": "#FFFFFF"}, "border": line}
    return {"fill": {"color": strong}, "border": line}


def label_colour(name: str) -> str:
    """The colour of figures that stand on a chart fill."""
    return str(colour(layout_toml("theme.toml")["fill"][name].get("label", "$ink")))


def colour(value: Any) -> Any:
    """`$name` looked up among the colours; anything else as it is."""
    if isinstance(value, str) and value.startswith("$"):
        return layout_toml("theme.toml")["colours"][value[1:]]
    return value
