"""Adding cell styles and differential styles to a workbook's styles part; those it has keep their numbers.

Styles are given by the properties that XlsxWriter has names for (`bold`, `bg_color`, `border` …), as the theme of
`workbook/theme.toml` gives them. A style that is there already, written the same way, is used again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tjxl.errors import PackageError
from tjxl.ooxml.outline import Outline, attribute_text

_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_BORDERS = {1: "thin", 2: "medium", 3: "dashed", 4: "dotted", 7: "hair"}
_SIDES = ("left", "right", "top", "bottom")
_VERTICAL = {"vcenter": "center", "top": "top", "bottom": "bottom"}
_NUMBER_FORMATS = {"General": 0, "0": 1, "@": 49}


class Styles:
    """The styles part of a workbook and what is added to it."""

    def __init__(self, xml: bytes) -> None:
        """
        Raises:
            PackageError: E303 or E305, the part cannot be changed safely.
        """
        self._outline = Outline(xml)
        self._p = self._outline.root.prefix
        self._parts = {name: self._outline.root.first(name) for name in _ORDER}
        self._known: dict[str, dict[bytes, int]] = {}
        self._counts: dict[str, int] = {}
        self._added: dict[str, list[bytes]] = {}
        if self._parts["cellXfs"] is None:
            raise PackageError("E305")

    def cell(self, properties: Mapping[str, Any]) -> int:
        """The number of a cell style (`s` of a cell)."""
        font = self._number("fonts", self._font(properties, whole=True))
        fill = self._number("fills", self._fill(properties)) if "bg_color" in properties else 0
        border = self._number("borders", self._border(properties)) if _bordered(properties) else 0
        shown = _NUMBER_FORMATS[properties.get("num_format", "General")]
        applied = "".join(
            f' apply{what}="1"'
            for what, used in (("NumberFormat", shown), ("Font", font), ("Fill", fill), ("Border", border))
            if used
        )
        xf = (
            f'<{self._p}xf numFmtId="{shown}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"{applied} '
            f'applyAlignment="1">{self._alignment(properties)}</{self._p}xf>'
        )
        return self._number("cellXfs", xf)

    def differential(self, properties: Mapping[str, Any]) -> int:
        """The number of a style of conditional formats (`dxfId`)."""
        p = self._p
        font = self._font(properties, whole=False)
        fill = ""
        if "bg_color" in properties:
            colour = _colour(properties["bg_color"])
            pattern = f'<{p}patternFill patternType="solid"><{p}bgColor rgb="{colour}"/></{p}patternFill>'
            fill = f"<{p}fill>{pattern}</{p}fill>"
        border = self._border(properties) if _bordered(properties) else ""
        return self._number("dxfs", f"<{p}dxf>{font}{fill}{border}</{p}dxf>")

    def done(self) -> bytes:
        """The styles part with what was added."""
        o = self._outline
        for name, added in self._added.items():
            part, new = self._parts[name], b"".join(added)
            if part is not None:
                o.set_attribute(part, "count", str(self._counts[name]))
                o.append(part, new)
            else:
                tag = f"{self._p}{name}".encode()
                o.insert(o.root, name, _ORDER, b'<%s count="%d">%s</%s>' % (tag, self._counts[name], new, tag))
        return o.done()

    def _number(self, name: str, text: str) -> int:
        if name not in self._known:
            part = self._parts[name]
            written = [self._outline.text_of(child) for child in part.children] if part is not None else []
            self._known[name] = {}
            for i, old in enumerate(written):
                self._known[name].setdefault(old, i)
            self._counts[name] = len(written)
        content = text.encode()
        if content not in self._known[name]:
            self._known[name][content] = self._counts[name]
            self._counts[name] += 1
            self._added.setdefault(name, []).append(content)
        return self._known[name][content]

    def _font(self, properties: Mapping[str, Any], *, whole: bool) -> str:
        p = self._p
        parts = [
            f"<{p}{tag}/>"
            for name, tag in (("bold", "b"), ("italic", "i"), ("underline", "u"))
            if properties.get(name)
        ]
        if whole:
            parts.append(f'<{p}sz val="{properties["font_size"]}"/>')
        if "font_color" in properties:
            parts.append(f'<{p}color rgb="{_colour(properties["font_color"])}"/>')
        if whole:
            parts.append(f'<{p}name val="{attribute_text(properties["font_name"])}"/><{p}family val="2"/>')
        return f"<{p}font>{''.join(parts)}</{p}font>" if parts else ""

    def _fill(self, properties: Mapping[str, Any]) -> str:
        p, colour = self._p, _colour(properties["bg_color"])
        return (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/>'
            f"</{p}patternFill></{p}fill>"
        )

    def _border(self, properties: Mapping[str, Any]) -> str:
        p = self._p
        sides = []
        for side in _SIDES:
            style = properties.get(side, properties.get("border", 0))
            colour = properties.get(f"{side}_color", properties.get("border_color", "#000000"))
            if style:
                sides.append(f'<{p}{side} style="{_BORDERS[style]}"><{p}color rgb="{_colour(colour)}"/></{p}{side}>')
            else:
                sides.append(f"<{p}{side}/>")
        return f"<{p}border>{''.join(sides)}</{p}border>"

    def _alignment(self, properties: Mapping[str, Any]) -> str:
        said = {
            "horizontal": properties.get("align"),
            "vertical": _VERTICAL.get(properties.get("valign", "")),
            "indent": properties.get("indent"),
            "wrapText": "1" if properties.get("text_wrap") else None,
        }
        return f"<{self._p}alignment" + "".join(f' {n}="{v}"' for n, v in said.items() if v) + "/>"


def _bordered(properties: Mapping[str, Any]) -> bool:
    return any(properties.get(side) for side in ("border", *_SIDES))


def _colour(value: str) -> str:
    return f"FF{value.lstrip('#').upper()}"
