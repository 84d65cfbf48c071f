"""The command line as the tests run it: in their own process, with what it prints and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tjxl.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left: exit status, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        value: dict[str, Any] = json.loads(self.out)
        return value


Tjxl = Callable[..., Done]


@pytest.fixture
def tjxl(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Tjxl:
    """Run the command line; what libraries print counts too."""

    # where the tests themselves run as `python -m pytest`, usage pages would name that
    monkeypatch.setattr(sys.modules["__main__"], "__package__", None, raising=False)

    def run(*args: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["tjxl", *map(str, args)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfd.readouterr()
        return Done(int(stop.value.code or 0), out, err)

    return run


def failed(done: Done, *words: str) -> bool:
    """Exit 2, nothing on standard output, one line on standard error that says this."""
    return (
        done.code == 2
        and done.out == ""
        and done.err.count("\n") == 1
        and "Traceback" not in done.err
        and all(w in done.err for w in words)
    )


def silent_json(done: Done, code: int) -> dict[str, Any]:
    """The JSON of a command that says nothing else and ends with this status."""
    assert (done.code, done.err, done.out.count("\n")) == (code, "", 1)
    return done.json
