"""The office's words about the field rules (`tjxl.toml`) laid over the shipped ones: here and nowhere else. Pure.

`[limits]` and `[phrases]` replace numbers and lists that rules name, `[rules.F031]` replaces keys of a shipped rule,
`[[own_rule]]` adds one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tjxl.errors import SpecError
from tjxl.fields.entries import Reader
from tjxl.fields.spec import HEAD, PARTS, Part
from tjxl.resources import schema_toml
from tjxl.settings import OfficeRules

SEVERITIES: Mapping[str, str] = {"退回": "error", "提示": "warning"}
"""How an office may write a severity: what a broken rule does to the return."""

OWN_CODE = "X"
"""Codes of the office's own rules begin with it, so that no later rule of tjxl has the same."""

_CHANGEABLE = ("severity", "off", "when", "must", "message", "remedy", "guide", "good", "bad")
_OF_A_GATE = ("message", "remedy", "guide")
_OF_AN_OWN_RULE = (*_CHANGEABLE, "sheet", "code", "field")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule as TOML, and where it stands.

    Attributes:
        file, key: for complaints: the office's file for whatever the office touched.
        proven: its examples are the office's and have to fit the rule.
    """

    values: Mapping[str, Any]
    file: str
    key: str
    proven: bool = False


def rule_entries(data: Mapping[str, Any], part: Part, office: OfficeRules) -> list[RuleEntry]:
    """The rules of a sheet with the office's changes, those switched off left out.

    Raises:
        SpecError: E220, E221, E223, E225, E228: the office's file says something that has no meaning.
    """
    _check_codes(office, data)
    entries = [*_shipped(data, part, office), *_own(part, office)]
    return [e for e in entries if not Reader(e.file, {}).truth(e.values.get("off", False), f"{e.key} off")]


def _shipped(data: Mapping[str, Any], part: Part, office: OfficeRules) -> Iterator[RuleEntry]:
    for number, rule in enumerate(data.get("rule", ()), 1):
        code = rule.get("code", number)
        change = office.changes.get(code)
        if change is None:
            yield RuleEntry(rule, f"{part}.toml", f"[[rule]] {code}")
            continue
        key = f"[rules.{code}]"
        reader = Reader(office.file, {})
        for name in change:
            reader.one_of(name, _CHANGEABLE, key)
            if rule.get("gate") and name not in _OF_A_GATE:
                raise reader.wrong(f"{key} {name}", change[name], "本条用于识别填写内容，只能改提示文字")
        # The shipped texts and examples speak of the shipped condition.
        dropped: dict[str, Any] = {}
        if {"must", "when"} & set(change):
            for name in ("message", "remedy"):
                reader.need(change, name, key)
            dropped = {"good": (), "bad": (), "guide": change["remedy"]}
        yield RuleEntry(
            _plain({**rule, **dropped, **change}), office.file, key, proven=bool({"good", "bad"} & set(change))
        )


def _own(part: Part, office: OfficeRules) -> Iterator[RuleEntry]:
    reader = Reader(office.file, {})
    for number, rule in enumerate(office.own, 1):
        key = f"[[own_rule]] {rule.get('code', number)}"
        for name in rule:
            reader.one_of(name, _OF_AN_OWN_RULE, key)
        code = reader.need(rule, "code", key)
        if not (isinstance(code, str) and code.startswith(OWN_CODE) and code[1:].isdecimal() and code.isascii()):
            raise reader.wrong(f"{key} code", code, f"编号应为字母{OWN_CODE}加数字，例如{OWN_CODE}001")
        titles = {schema_toml(f"{p}.toml")["sheet"]: p for p in PARTS}
        sheet = reader.one_of(reader.need(rule, "sheet", key), (*titles, HEAD), f"{key} sheet")
        if titles.get(sheet, "report") == part:
            scope = "head" if sheet == HEAD else "row"
            yield RuleEntry(_plain({**rule, "scope": scope}), office.file, key, proven=True)


def _plain(rule: Mapping[str, Any]) -> dict[str, Any]:
    severity = rule.get("severity")
    return {**rule, "severity": SEVERITIES.get(severity, severity) if isinstance(severity, str) else severity}


def _check_codes(office: OfficeRules, data: Mapping[str, Any]) -> None:
    """A change of a rule that there is not would go unnoticed."""
    files = (data, *(schema_toml(f"{name}.toml") for name in (*PARTS, "office")))
    codes = {rule.get("code") for file in files for rule in file.get("rule", ())}
    for code in office.changes:
        if code not in codes:
            raise SpecError("E228", file=office.file, name=code)
    Reader(office.file, {}).once((str(r.get("code")), "[[own_rule]]") for r in office.own)


def limits_of(data: Mapping[str, Any], file: str, office: OfficeRules) -> dict[str, float]:
    """The numbers that rules name: whole numbers stay whole, none is negative."""
    shipped = dict(data.get("limits", {}))
    for name, value in shipped.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Reader(file, {}).wrong(f"[limits] {name}", value, "应为数字")
    for name, value in office.limits.items():
        key, reader = f"[limits] {name}", Reader(office.file, {})
        if name not in shipped:
            raise SpecError("E223", file=office.file, key="[limits]", name=name)
        whole = isinstance(shipped[name], int)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 32_767:
            raise reader.wrong(key, value, "应为 0 至 32767 的数字")
        if whole and value != int(value):
            raise reader.wrong(key, value, "应为整数")
    limits = shipped | dict(office.limits)
    if limits.get("min_text", 0) > limits.get("max_text", 32_767):
        raise Reader(office.file, {}).wrong("[limits] min_text", limits["min_text"], "大于 max_text")
    return limits


def phrases_of(data: Mapping[str, Any], file: str, office: OfficeRules) -> dict[str, tuple[str, ...]]:
    """The lists of set phrases that rules name."""
    shipped = data.get("phrases", {})
    for name in office.phrases:
        if name not in shipped:
            raise SpecError("E223", file=office.file, key="[phrases]", name=name)
    out = {}
    for name, value in {**shipped, **office.phrases}.items():
        reader = Reader(office.file if name in office.phrases else file, {})
        if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(v, str) for v in value):
            raise reader.wrong(f"[phrases] {name}", value, "应为词语的列表")
        out[name] = tuple(value)
    return out
