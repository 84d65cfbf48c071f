"""What this level's master says of the tasks that go up: parts, milestones and targets as of a period. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tjxl.decisions.splits import superior_code
from tjxl.fields.spec import Part
from tjxl.periods import Period
from tjxl.register import ROLE_TITLES
from tjxl.settings import Settings, StatusMeaning
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState
from tjxl.supervise.superior.consolidate import Piece


@dataclass(frozen=True)
class Own:
    """This level's master as of a period: nothing that was reported later counts."""

    state: MasterState
    period: Period
    settings: Settings

    @cached_property
    def parts(self) -> dict[str, list[str]]:
        """Task from above → the tasks here that are part of it, in the order of 分解."""
        splits = {str(r["task_code"]): str(r["given_code"] or "") for r in self.state.splits if r["task_code"]}
        serials = {str(t["task_code"]): t["serial_no"] for t in self.state.tasks}
        out: dict[str, list[str]] = {}
        for code in dict.fromkeys((*splits, *serials)):
            above = superior_code(code, serials.get(code, 0), splits, self.state.given)
            if above is not None and code in self.state.leads:
                out.setdefault(above, []).append(code)
        return out

    def pieces(self, given: str) -> list[Piece]:
        """The parts of a task from above."""
        return [self._piece(code) for code in self.parts.get(given, ())]

    def promise(self, part: Part, code: str) -> tuple[TableRow | None, bool]:
        """What the lead of a milestone or target reported of it last, and whether in this period."""
        lead = self.state.leads.get(self._task_of(part).get(code, ""))
        entry = self._latest(part).get((code, lead)) if lead else None
        return entry, entry is not None and entry["period"] == self.period.code

    def _piece(self, code: str) -> Piece:
        lead = self.state.leads[code]
        entry = self._latest("report").get((code, lead))
        verified = self._meaning(self._tasks[code]["verified_status"])
        status = verified or (self._meaning(entry["status"]) if entry else None)
        fresh = entry is not None and entry["period"] == self.period.code
        others: dict[str, StatusMeaning] = {}
        silent = []
        for unit in self._cooperating.get(code, ()):
            other = self._latest("report").get((code, unit))
            meaning = self._meaning(other["status"]) if other else None
            if meaning and other is not None and (other["period"] == self.period.code or meaning == "completed"):
                others[self._names.get(unit, unit)] = meaning
            else:
                silent.append(self._names.get(unit, unit))
        return Piece(
            code=code,
            unit=self._names.get(lead, lead),
            weight=self._weights.get(code, 1.0),
            status=status,
            verified=verified is not None,
            reported=fresh or status == "completed" or verified is not None,
            values=dict(entry.values) if entry else {},
            others=others,
            silent=tuple(silent),
        )

    def _meaning(self, status: Any) -> StatusMeaning | None:
        return next((s.meaning for s in self.settings.statuses if s.name == status), None)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {code: unit.name for code, unit in self.state.registry.by_code.items()}

    @cached_property
    def _tasks(self) -> dict[str, TableRow]:
        return {str(t["task_code"]): t for t in self.state.tasks}

    @cached_property
    def _cooperating(self) -> dict[str, list[str]]:
        """Task → codes of the departments that cooperate."""
        out: dict[str, list[str]] = {}
        for row in self.state.assignments:
            if row["role"] == ROLE_TITLES["cooperating"]:
                out.setdefault(str(row["task_code"]), []).append(str(row["unit_code"]))
        return out

    @cached_property
    def _weights(self) -> dict[str, float]:
        """权重 of the rows of 分解; what is no positive number is told by every command and counts as 1."""
        weights = {str(r["task_code"]): r.values.get("weight") for r in self.state.splits if r["task_code"]}
        return {code: float(w) for code, w in weights.items() if isinstance(w, int | float) and w > 0}

    def _task_of(self, part: Part) -> Mapping[str, str]:
        rows = self.state.milestones if part == "milestones" else self.state.targets
        return {str(r[PART_TABLES[part].key]): str(r["task_code"]) for r in rows}

    def _latest(self, part: Part) -> dict[tuple[str, str], TableRow]:
        """(row code, unit) → its newest ledger row up to the period."""
        if part not in self._cache:
            latest: dict[tuple[str, str], TableRow] = {}
            for (period, code, unit), row in sorted(self.state.effective[part].items(), key=lambda i: i[0]):
                if period <= self.period.code:
                    latest[code, unit] = row
            self._cache[part] = latest
        return self._cache[part]

    @cached_property
    def _cache(self) -> dict[Part, dict[tuple[str, str], TableRow]]:
        return {}
