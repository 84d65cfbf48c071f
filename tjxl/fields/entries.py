"""Reading entries of a rule file (parsed TOML): every complaint names the file and the key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tjxl.errors import SpecError


@dataclass(frozen=True, slots=True)
class Reader:
    """Takes values out of entries.

    Attributes:
        file: whose entries these are.
        words: what texts may name in braces: limits, statuses, the texts of 自检.
    """

    file: str
    words: Mapping[str, object]

    def need(self, entry: Mapping[str, Any], name: str, key: str) -> Any:
        """A value that must be there and not empty (E220)."""
        if entry.get(name) in (None, ""):
            raise SpecError("E220", file=self.file, key=key, name=name)
        return entry[name]

    def text(
        self, entry: Mapping[str, Any], name: str, key: str, limit: int = 32_767, *, required: bool = False
    ) -> str:
        """A text of the entry, not longer than `limit`, with limits and statuses filled in (E221)."""
        raw = self.need(entry, name, key) if required else entry.get(name, "")
        try:
            text = str(raw).format_map(self.words)
        except (KeyError, ValueError, IndexError) as error:
            raise self.wrong(f"{key} {name}", raw, f"花括号中的“{error.args[0]}”不认识") from error
        if len(text) > limit:
            raise self.wrong(f"{key} {name}", text, f"超过 {limit} 个字")
        return text

    def one_of(self, value: Any, allowed: tuple[str, ...], key: str) -> Any:
        """A value of a fixed list (E221)."""
        if value not in allowed:
            raise self.wrong(key, value, f"应为 {'、'.join(allowed)} 之一")
        return value

    def known(self, entry: Mapping[str, Any], allowed: Iterable[str], key: str) -> None:
        """No key but these: a misspelt one would go unnoticed (E229)."""
        for name in entry:
            if name not in allowed:
                raise SpecError("E229", file=self.file, key=key, name=name)

    def truth(self, value: Any, key: str) -> bool:
        """true or false (E221)."""
        if not isinstance(value, bool):
            raise self.wrong(key, value, "应为 true 或 false")
        return value

    def once(self, names: Iterable[tuple[str, str]]) -> None:
        """No name twice (E225)."""
        seen: set[str] = set()
        for name, key in names:
            if name in seen:
                raise SpecError("E225", file=self.file, key=key, name=name)
            seen.add(name)

    def wrong(self, key: str, value: Any, reason: str) -> SpecError:
        """The error of a value that cannot be used."""
        return SpecError("E221", file=self.file, key=key, value=value, reason=reason)
