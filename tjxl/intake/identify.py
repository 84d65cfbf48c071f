"""Who sent which form: the very hidden sheet `_tjxl`, held by a keyed digest. File names prove nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.fields.spec import Part
from tjxl.findings import Finding, finding
from tjxl.ooxml.cells import SheetCells
from tjxl.periods import parse_period
from tjxl.resources import layout_toml
from tjxl.sheets.form_places import FORM_VERSION
from tjxl.stages import Sender

_SIGNED = ("form_version", "master_id", "unit_code", "unit", "period", "stage", "issued_at")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a form says of itself (the two columns of `_tjxl`)."""

    form_version: str
    master_id: str
    unit_code: str
    unit: str
    period: str
    stage: str
    issued_at: str
    digest: str = ""

    @property
    def sender(self) -> Sender:
        """Who reports, and in which stage of the period: what one return is of."""
        return self.unit_code, self.stage

    def signed(self, key: str) -> Identity:
        """The same identity with its digest under the master's key."""
        return Identity(**{**self.as_dict(), "digest": identity_digest(self.as_dict(), key)})

    def as_dict(self) -> dict[str, str]:
        """The keys and values in the order in which they stand in `_tjxl`."""
        return {name: getattr(self, name) for name in (*_SIGNED, "digest")}


def identity_digest(values: Mapping[str, str], key: str) -> str:
    """HMAC-SHA-256 of the signed values under the master's key, in hexadecimal."""
    text = "\n".join(f"{name}={values.get(name, '')}" for name in _SIGNED)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def read_identity(sheet: SheetCells) -> Identity | None:
    """The identity in a `_tjxl` sheet; None where a key is missing."""
    values: dict[str, str] = {}
    for (row, column), cell in sheet.cells.items():
        if column == 1 and isinstance(cell.value, str):
            value = sheet.cells.get((row, 2))
            values[cell.value] = _plain(value.value) if value is not None else ""
    if not all(values.get(name) for name in _SIGNED):
        return None
    return Identity(**{name: values.get(name, "") for name in (*_SIGNED, "digest")})


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value or "")


def check_identity(identity: Identity, *, master_id: str, key: str | None, period: str | None) -> Finding | None:
    """What speaks against an identity: another master's form, a changed one, an unknown version, another period's.

    None when it holds.

    Without the master's `key` the digest is not checked.
    """
    if identity.master_id != master_id:
        return finding("I202")
    # in bytes: a digest that somebody has typed over may hold any character
    if key is not None and not hmac.compare_digest(
        identity.digest.encode(), identity_digest(identity.as_dict(), key).encode()
    ):
        return finding("I203")
    if identity.form_version not in (FORM_VERSION, *_older_versions()):
        known = "、".join((*_older_versions(), FORM_VERSION))
        return finding("I231", own=identity.form_version, known=known)
    if period is not None and identity.period != period:
        return finding("I204", own=parse_period(identity.period).title, wanted=parse_period(period).title)
    return None


def sheets_without(identity: Identity) -> frozenset[Part]:
    """The sheets that forms of its version did not have."""
    return frozenset(_older_versions().get(identity.form_version, ()))


def _older_versions() -> Mapping[str, list[Part]]:
    """Versions that are still read, by their titles like any other → sheets that they did not have."""
    versions: Mapping[str, list[Part]] = layout_toml("form.toml")["older_versions"]
    return versions
