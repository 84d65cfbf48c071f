"""Which unit a printed name means: aliases, groups and their members. Pure.

A group (各区人民政府) is closed where the settings list its members for the government that issued the notice, open
where only the office can say who belongs to it. Nothing is ever guessed from a name alone but that it is a group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from tjxl.notice.names import looks_like_group, names_all_of_a_kind, plain_name, unit_kind
from tjxl.notice.words import fold
from tjxl.register import Unit, unit_code, unit_number
from tjxl.settings import Group, Settings


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for.

    Attributes:
        name: the registered name.
        group: whether it stands for several units.
        members: registered names of a closed group's members.
        unlisted: a closed group whose members are not known for this notice.
        choices: units that may belong to it, where the members are not known but these are.
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
    """Looks names up in the settings and in the registry of an earlier year, which wins.

    Args:
        authority: the issuing government (天津市), empty when not known.
        known: the units of the earlier registry.
    """

    def __init__(self, settings: Settings, authority: str, known: Sequence[Unit] = ()) -> None:
        self._authority = authority
        self._groups = {group.name: group for group in settings.groups}
        self._known = {unit.name: unit for unit in known}
        self._registered: dict[str, str] = {}
        self._aliases: dict[str, tuple[str, ...]] = {unit.name: unit.aliases for unit in known}
        for name in self._aliases:
            self._registered.setdefault(fold(name), name)
        for name, aliases in ({g.name: g.aliases for g in settings.groups} | dict(settings.aliases)).items():
            self._add_forms(name, aliases)
        for name, aliases in self._aliases.items():
            for form in (name, *aliases):
                self._registered.setdefault(fold(form), name)

    def _add_forms(self, name: str, aliases: Iterable[str]) -> None:
        """A unit of the settings; where the registry has it, perhaps under an alias, its forms go there."""
        forms = (name, *aliases)
        by_form = {fold(f): u.name for u in self._known.values() for f in (u.name, *u.aliases)}
        own = next((by_form[fold(f)] for f in forms if fold(f) in by_form), name)
        self._aliases[own] = tuple(dict.fromkeys((*self._aliases.get(own, ()), *(f for f in forms if f != own))))

    def registered(self, printed: str) -> str:
        """The registered name of a printed form; a name not met before is registered as printed."""
        return self._registered.setdefault(fold(printed), printed)

    def known(self, form: str) -> str | None:
        """The registered name of a form that has been met before or is known; None for another."""
        return self._registered.get(fold(form))

    def meaning(self, printed: str) -> Meaning:
        """What a printed name stands for."""
        name = self.registered(printed)
        listed = self._known.get(name)
        if listed is not None:
            if listed.kind != "group":
                return Meaning(name)
            if listed.members:
                return Meaning(name, True, tuple(self.registered(m) for m in listed.members))
        group = self._groups.get(name)
        if group is None:
            return self._unlisted(name) if listed or looks_like_group(name) else Meaning(name)
        members = self._members(group)
        candidates = self._groups.get(group.candidates or "")
        return Meaning(name, True, members, not group.open and not members, self._candidates(candidates))

    def _unlisted(self, name: str) -> Meaning:
        """A group that no list names. 「各区人民政府〈含开发区〉」 may have 各区人民政府's members, and more."""
        plain = self._groups.get(self.known(plain_name(name)) or "")
        return Meaning(name, True, (), names_all_of_a_kind(name), self._candidates(plain))

    def register(self, printed: Iterable[str]) -> tuple[Unit, ...]:
        """The units behind the printed names: by first appearance, then members of groups not printed themselves.

        A unit of the earlier registry keeps its code; those that this notice does not name follow at the end.
        """
        met: dict[str, Meaning] = {}
        forms: dict[str, dict[str, None]] = {}
        for form in printed:
            meaning = self.meaning(form)
            met.setdefault(meaning.name, meaning)
            forms.setdefault(meaning.name, {})[form] = None
        for meaning in list(met.values()):
            for member in meaning.members:
                met.setdefault(member, Meaning(member))
        for name in self._known:
            if name not in met:
                met[name] = self.meaning(name)
        numbers = count(max((unit_number(u.code) for u in self._known.values()), default=0) + 1)
        return tuple(self._unit(meaning, forms.get(meaning.name, {}), numbers) for meaning in met.values())

    def _unit(self, meaning: Meaning, forms: Iterable[str], numbers: Iterator[int]) -> Unit:
        aliases = dict.fromkeys((*self._aliases.get(meaning.name, ()), *forms))
        aliases.pop(meaning.name, None)
        known = self._known.get(meaning.name)
        return Unit(
            code=known.code if known else unit_code(next(numbers)),
            name=meaning.name,
            kind=known.kind if known else "group" if meaning.group else unit_kind(meaning.name),
            aliases=tuple(aliases),
            members=meaning.members,
            open_group=meaning.group and not meaning.members,
            office=known.office if known else {},
        )

    def _members(self, group: Group) -> tuple[str, ...]:
        listed = self._known.get(group.name)
        if listed is not None and listed.members:
            return tuple(self.registered(member) for member in listed.members)
        if group.open or (group.authority and group.authority != self._authority):
            return ()
        return tuple(self.registered(member) for member in group.members)

    def _candidates(self, group: Group | None) -> tuple[str, ...]:
        return self._members(group) if group else ()
