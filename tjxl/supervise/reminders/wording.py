"""The wording of reminders: `workbook/reminders.toml`, with the office's own 模板/催办.toml over it.

Every text of the office is judged before it is used: a key that does not exist, a value of another kind, a
placeholder that nothing fills. All that is wrong is said at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from tjxl.errors import SpecError, toml_reason
from tjxl.resources import layout_file, layout_toml

TEMPLATE = "催办.toml"
_SHIPPED = "reminders.toml"
_PLACEHOLDERS, _LEVEL, _DEFAULT = "placeholders", "level", "default"


class Wording:
    """The texts in force."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        self._texts = texts

    def value(self, *path: str) -> Any:
        """What stands at a key: a text that is not filled, a number, a list."""
        found: Any = self._texts
        for key in path:
            found = found[key]
        return found

    def say(self, *path: str, **facts: object) -> str:
        """The text at a key, its placeholders filled."""
        return str(self.value(*path)).format(**facts)

    def closing(self, level: str) -> str:
        """The closing sentence of a level, not filled; an office's own level has that of `default`."""
        levels = self._texts[_LEVEL]
        return str(levels.get(level, levels[_DEFAULT]).get("closing", levels[_DEFAULT]["closing"]))


def load_wording(folder: Path) -> Wording:
    """The shipped texts, with those of the office's file in `folder` over them.

    Raises:
        SpecError: E290 the file cannot be read; E291 some of its texts cannot be used, all named.
    """
    shipped = layout_toml(_SHIPPED)
    path = folder / TEMPLATE
    if not path.is_file():
        return Wording(shipped)
    name = f"{folder.name}/{TEMPLATE}"
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError("E290", file=name, reason=toml_reason(error)) from error
    own.pop(_PLACEHOLDERS, None)  # only tells what there is
    problems = list(_problems(own, shipped, ()))
    if problems:
        raise SpecError("E291", file=name, count=len(problems), problems="；".join(problems))
    return Wording(_over(shipped, own))


def template_text() -> str:
    """The shipped file, for an office to change."""
    return layout_file(_SHIPPED).read_text(encoding="utf-8")


def _over(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(shipped)
    for key, value in own.items():
        merged[key] = _over(merged.get(key, {}), value) if isinstance(value, dict) else value
    return merged


def _problems(own: Mapping[str, Any], shipped: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the office's texts, each with its place."""
    for key, value in own.items():
        place = (*path, key)
        model = shipped.get(key, shipped[_DEFAULT] if path == (_LEVEL,) else None)
        where = f"“{'.'.join(place)}”"
        if model is None:
            yield f"没有{where}这一项"
        elif isinstance(model, dict):
            if isinstance(value, dict):
                yield from _problems(value, model, place)
            else:
                yield f"{where}应是一节"
        elif not _alike(value, model):
            yield f"{where}应是{_kind(model)}"
        elif isinstance(value, str):
            yield from (f"{where}{reason}" for reason in _of_text(value, model, place[0]))


def _alike(value: Any, model: Any) -> bool:
    if isinstance(model, list):
        return isinstance(value, list) and len(value) == len(model) and all(isinstance(v, str) for v in value)
    return type(value) is type(model) and (not isinstance(model, int) or value >= 1)


def _kind(model: Any) -> str:
    return f"{len(model)}项文字的列表" if isinstance(model, list) else "正整数" if isinstance(model, int) else "文字"


def _of_text(text: str, model: str, section: str) -> Iterator[str]:
    """The placeholders of a text that nothing fills. What the shipped text has is filled."""
    known = {*layout_toml(_SHIPPED)[_PLACEHOLDERS].get(section, ()), *_names(model)}
    try:
        fields = [(name, spec, turn) for _, name, spec, turn in Formatter().parse(text) if name is not None]
    except ValueError:
        yield "的花括号不成对"
        return
    for name, spec, turn in fields:
        if spec or turn or name not in known:
            shown = f"{{{name}{'!' + turn if turn else ''}{':' + spec if spec else ''}}}"
            yield f"中的占位{shown}不能用，可用的有：{'、'.join(f'{{{n}}}' for n in sorted(known)) or '无'}"


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
