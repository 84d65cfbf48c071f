"""Damaged notice files of every format: each ends in a register or in one clear refusal, never in anything else.

The long run: `python -m tests.notice.test_fuzz 20000` (number of files, then a seed).
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notice.formats import FORMATS
from tests.notice.synthetic import synthetic_notice
from tjxl.errors import NoticeError
from tjxl.notice.columns import Titles
from tjxl.notice.documents import document_of_text
from tjxl.notice.read import read_notice
from tjxl.settings import load_settings

SHORT = 60  # files of each format in the suite
SETTINGS = load_settings()


def seeds() -> dict[str, bytes]:
    text = synthetic_notice(12, 6, 3)
    document = document_of_text(text, "x.txt", Titles())
    return {"txt": text.encode(), **{kind: make(document) for kind, make in FORMATS.items()}}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A file with something wrong: bytes flipped, cut, doubled; for a package also inside one of its parts."""
    if data.startswith(b"PK") and rng.random() < 0.7:
        return _damaged_package(data, rng)
    return _damaged_bytes(data, rng)


def _damaged_bytes(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(out) or 1)
        match rng.randrange(5):
            case 0:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del out[at : at + rng.randrange(1, 200)]
            case 2:
                out[at:at] = out[at : at + rng.randrange(1, 500)]
            case 3:
                out[at:at] = rng.choice((b"<", b"</td>", b'"', b"\0", b"\t", b"\n\n", b"rowspan=9999 ", b"&#x0;"))
            case 4:
                out = out[:at] if rng.random() < 0.2 else out
        if not out:
            break
    return bytes(out)


def _damaged_package(data: bytes, rng: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = rng.choice(sorted(parts))
    if rng.random() < 0.15:
        other = rng.choice(sorted(parts))
        parts[name], parts[other] = parts[other], parts[name]
    elif rng.random() < 0.15:
        del parts[name]
    else:
        parts[name] = _damaged_bytes(parts[name], rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return out.getvalue()


def outcomes(folder: Path, kind: str, data: bytes, count: int, seed: int) -> Iterator[str]:
    """What each of `count` damaged files ends in: a code, or `read`."""
    rng = random.Random(f"{kind}-{seed}")
    path = folder / f"通知.{kind}"
    for _ in range(count):
        path.write_bytes(damaged(data, rng))
        try:
            register = read_notice(path, 2022, SETTINGS)
        except NoticeError as refusal:
            yield refusal.code
        else:
            assert len({t.code for t in register.tasks}) == len(register.tasks)
            yield "read"


@pytest.mark.parametrize("kind", ["txt", *FORMATS])
def test_damaged_files_end_in_a_register_or_a_refusal(kind: str, tmp_path: Path) -> None:
    found = Counter(outcomes(tmp_path, kind, seeds()[kind], SHORT, seed=1))
    assert sum(found.values()) == SHORT
    assert found["read"] < SHORT  # some damage must be noticed at all


def main(count: int, seed: int) -> None:
    """The long run: prints what the files of each format ended in."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, data in seeds().items():
            found = Counter(outcomes(Path(folder), kind, data, count // (1 + len(FORMATS)), seed))
            print(kind, dict(found.most_common()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
