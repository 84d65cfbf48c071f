"""E-mail drafts (.eml, RFC 5322): any mail program opens, completes and sends them; tjxl sends nothing itself."""

from __future__ import annotations

import datetime as dt
import email.policy
from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

_TYPES = {
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".xls": ("application", "vnd.ms-excel"),
    ".ods": ("application", "vnd.oasis.opendocument.spreadsheet"),
}


def address_of(unit: str, text: object) -> Address | None:
    """The address of a unit's mailbox; None where the text is none that mail can be sent to."""
    said = str(text or "").strip()
    if not said.isascii() or said.count("@") != 1:
        return None
    try:
        address = Address(" ".join(unit.split()), addr_spec=said)
    except (ValueError, IndexError, MessageError):
        return None
    return address if address.username and "." in address.domain else None


def draft(
    to: Address, subject: str, text: str, attachments: Sequence[tuple[str, bytes]], *, sender: str, now: dt.datetime
) -> bytes:
    """A mail that is not sent yet (X-Unsent: Outlook opens it as a draft).

    Args:
        attachments: name and content; names in Chinese are written as RFC 2231 has it.
        sender: the office's address; empty for the mail program to fill in.
        now: with its time zone.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["X-Unsent"] = "1"
    mail["Date"] = format_datetime(now)
    if sender:
        mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())
    mail.set_content(text, charset="utf-8", cte="base64")
    for name, content in attachments:
        suffix = name[name.rfind(".") :].lower() if "." in name else ""
        main, sub = _TYPES.get(suffix, ("application", "octet-stream"))
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()
