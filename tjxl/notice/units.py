"""Which unit a printed name means: aliases, groups and their members. Pure.

A group (各区人民政府) is closed where the settings list its members for the government that issued the notice, open
where only the office can say who belongs to it. Nothing is ever guessed from a name alone but that it is a group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tjxl.notice.names import looks_like_group, unit_kind
from tjxl.notice.words import fold
from tjxl.register import Unit
from tjxl.settings import Group, Settings


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for.

    Attributes:
        name: the registered name.
        group: whether it stands for several units.
        members: registered names of a closed group's members.
        unlisted: a closed group whose members are not known for this notice.
        choices: units that may belong to an open group, where that is known.
    """

    name: str
    group: bool = False
    members: tuple[str, ...] = ()
    unlisted: bool = False
    choices: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the office must say, task by task, who belongs to it."""
        return self.group and not self.members and not self.unlisted


class UnitNames:
    """Looks names up in the settings. `authority` is the issuing government (天津市), empty when not known."""

    def __init__(self, settings: Settings, authority: str) -> None:
        self._authority = authority
        self._groups = {group.name: group for group in settings.groups}
        self._registered: dict[str, str] = {}
        self._aliases: dict[str, tuple[str, ...]] = {g.name: g.aliases for g in settings.groups}
        self._aliases.update(settings.aliases)
        for name, aliases in self._aliases.items():
            for form in (name, *aliases):
                self._registered.setdefault(fold(form), name)

    def registered(self, printed: str) -> str:
        """The registered name of a printed form; a name not met before is registered as printed."""
        return self._registered.setdefault(fold(printed), printed)

    def meaning(self, printed: str) -> Meaning:
        """What a printed name stands for."""
        name = self.registered(printed)
        group = self._groups.get(name)
        if group is None:
            return Meaning(name, group=looks_like_group(name))
        members = self._members(group)
        unlisted = not group.open and not members
        candidates = self._groups.get(group.candidates or "")
        return Meaning(name, True, members, unlisted, self._members(candidates) if candidates else ())

    def register(self, printed: Iterable[str]) -> tuple[Unit, ...]:
        """The units behind the printed names: by first appearance, then members of groups not printed themselves."""
        met: dict[str, Meaning] = {}
        forms: dict[str, dict[str, None]] = {}
        for form in printed:
            meaning = self.meaning(form)
            met.setdefault(meaning.name, meaning)
            forms.setdefault(meaning.name, {})[form] = None
        for meaning in list(met.values()):
            for member in meaning.members:
                met.setdefault(member, Meaning(member))
        return tuple(
            self._unit(number, meaning, forms.get(meaning.name, {})) for number, meaning in enumerate(met.values(), 1)
        )

    def _unit(self, number: int, meaning: Meaning, forms: Iterable[str]) -> Unit:
        aliases = dict.fromkeys((*self._aliases.get(meaning.name, ()), *forms))
        aliases.pop(meaning.name, None)
        return Unit(
            code=f"U{number:03d}",
            name=meaning.name,
            kind="group" if meaning.group else unit_kind(meaning.name),
            aliases=tuple(aliases),
            members=meaning.members,
            open_group=meaning.group and not meaning.members,
        )

    def _members(self, group: Group) -> tuple[str, ...]:
        if group.open or (group.authority and group.authority != self._authority):
            return ()
        return tuple(self.registered(member) for member in group.members)
