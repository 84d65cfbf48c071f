"""What lies in 退回/<期次>/ after a collection: annotated copies, a text per return, the list of all of them.

Only what the files are: writing them is the caller's. The same returns give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tjxl.intake.context import Context
from tjxl.intake.feedback_text import Copy, Letters, overview
from tjxl.intake.identify import Identity
from tjxl.intake.refill import refilled
from tjxl.intake.returns import Return
from tjxl.intake.sources import content_of
from tjxl.ooxml.package import Package
from tjxl.ooxml.parts import suffix_of
from tjxl.resources import layout_toml
from tjxl.sheets.annotate import annotated
from tjxl.stages import stage_title

BlankForm = Callable[[Identity], bytes | None]
"""The form as it was issued to a unit, without its answers; None where it can no longer be had."""
# File names may have 255 bytes, and a Chinese character takes three.
_LONGEST_UNIT, _LONGEST_STEM = 30, 24


@dataclass(frozen=True, slots=True)
class FeedbackFile:
    """A file for 退回/<期次>/; `copy_of` names the return that it is the annotated copy of."""

    name: str
    content: bytes
    copy_of: str | None = None


class Feedback:
    """The feedback on the returns of a period."""

    def __init__(
        self, inbox: Path, context: Context, letters: Letters, contacts: Mapping[str, str], blank_form: BlankForm
    ) -> None:
        """
        Args:
            contacts: unit code → whom the office may call.
        """
        self._inbox, self._context, self._letters = inbox, context, letters
        self._contacts, self._blank_form = contacts, blank_form

    def files(self, returns: Sequence[Return]) -> Iterator[FeedbackFile]:
        """The files, one at a time; none where everything can be accepted."""
        words = layout_toml("feedback.toml")["text"]
        written = []
        for r in returns:
            if r.verdict not in ("returned", "needs_decision"):
                continue
            copy = None
            if r.verdict == "returned":
                content, copy = self._copy(r)
                if copy is not None:
                    yield FeedbackFile(copy.name, content, r.source.file)
            letter = self._letters.letter(r, copy)
            ending = words["returned" if r.verdict == "returned" else "asked"]
            yield FeedbackFile(f"{_stem(r)}_{ending}.txt", _text_file(letter))
            written.append((r, copy, self._contact(r), letter))
        if written:
            yield FeedbackFile(words["file"], _text_file(overview(self._letters.period, written)))

    def _copy(self, r: Return) -> tuple[bytes, Copy | None]:
        """The unit's own file, marked; else its form with its values; else none: the text says what to do."""
        content = content_of(r.source, self._inbox)
        if r.identity is None or content is None:
            return b"", None
        for make in (self._own_copy, self._new_copy):
            try:
                return make(r, r.identity, content)
            except Exception:  # whatever is odd about this one file must not stop the others: the next best is made
                continue
        return b"", None

    def _own_copy(self, r: Return, identity: Identity, content: bytes) -> tuple[bytes, Copy | None]:
        copy = annotated(content, r.findings, self._heading(identity))
        return copy, Copy(f"{_stem(r)}_{_copy_ending()}{suffix_of(Package(content))}", "own")

    def _new_copy(self, r: Return, identity: Identity, _: bytes) -> tuple[bytes, Copy | None]:
        blank = self._blank_form(identity) if r.form is not None else None
        if blank is None or r.form is None:
            return b"", None
        specs = self._context.specs_of(identity.stage)
        filled, findings = refilled(blank, r.form, r.findings, specs)
        return annotated(filled, findings, self._heading(identity)), Copy(f"{_stem(r)}_{_copy_ending()}.xlsx", "new")

    def _heading(self, identity: Identity) -> str:
        return f"{identity.unit} {self._letters.period.title}"

    def _contact(self, r: Return) -> str:
        """Whom to write to: as the office noted it, else who filled the form in."""
        known = self._contacts.get(r.identity.unit_code) if r.identity else None
        if known or r.form is None:
            return known or ""
        said = (r.form.head.get(name) for name in ("prepared_by", "phone"))
        return " ".join(str(value) for value in said if value)


def stale_files(
    present: Iterable[str], written: Collection[str], returns: Sequence[Return], context: Context, whole: bool
) -> list[str]:
    """The files of earlier collections that no longer hold: of units seen again now or merged since.

    Args:
        present: names of the files in 退回/<期次>/.
        written: those of this collection.
        whole: everything in 收件 was looked at, not single files.
    """
    words = layout_toml("feedback.toml")["text"]
    own = (r.identity for r in returns if r.identity and r.identity.period == context.period.code)
    seen = {_sender_name(identity.unit, identity.stage) for identity in own}
    endings = tuple(f"_{words[name]}" for name in ("copy", "returned", "asked"))
    if whole:
        merged = (_sender_name(context.unit_names[code], stage) for code, stage in context.merged)
        seen |= {words["unknown_unit"], *merged}
    out = []
    for name in present:
        ours = PurePosixPath(name).stem.endswith(endings) and name.partition("_")[0] in seen
        if name not in written and (ours or (whole and name == words["file"])):
            out.append(name)
    return sorted(out)


def _copy_ending() -> str:
    return str(layout_toml("feedback.toml")["text"]["copy"])


def _stem(r: Return) -> str:
    """Unit and original name; the digest keeps two files of one name apart."""
    unit = _unit_name(r.identity.unit) if r.identity else layout_toml("feedback.toml")["text"]["unknown_unit"]
    name = _safe(PurePosixPath(r.source.file).stem).removeprefix(unit).strip("_- ")
    sender = _sender_name(r.identity.unit, r.identity.stage) if r.identity else unit
    return "_".join(part for part in (sender, name[:_LONGEST_STEM], r.source.sha256[:6]) if part)


def _unit_name(unit: str) -> str:
    return _safe(unit)[:_LONGEST_UNIT]


def _sender_name(unit: str, stage: str) -> str:
    """The unit, and which of two stages: what goes back of the one says nothing of the other."""
    title = stage_title(stage)
    return _unit_name(unit) + (f"（{title}）" if title else "")


def _safe(name: str) -> str:
    """A name as part of a file name on every system, without the mark that parts are kept apart by."""
    return "".join("-" if c in '<>:"/\\|?*_' or ord(c) < 32 else c for c in name)


def _text_file(text: str) -> bytes:
    """As the Windows notepad of any age opens it."""
    return (text + "\n").replace("\n", "\r\n").encode("utf-8-sig")
