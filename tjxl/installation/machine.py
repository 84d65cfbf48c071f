"""What the doctor asks of the machine, so that a test can be another machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_EXCEL_PATHS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\excel.exe"
_SECURITY = "Software\\{policies}Microsoft\\Office\\{release}\\Excel\\Security"
_RELEASES = ("16.0", "15.0", "14.0")  # Excel 2016 and later, 2013, 2010


def _registry(root: str, key: str, name: str) -> str | int | None:
    """A value of the Windows registry; None where there is none, and everywhere else."""
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(getattr(winreg, root), key) as opened:
            value = winreg.QueryValueEx(opened, name)[0]
    except OSError:
        return None
    return value if isinstance(value, (str, int)) else None


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine at hand.

    Attributes:
        platform: as `sys.platform` says.
        python: the interpreter that runs tjxl.
        registry: root, key, name → value or None.
        has_module: whether a module can be imported.
        home: the user's folder.
    """

    platform: str = sys.platform
    python: str = sys.executable
    registry: Callable[[str, str, str], str | int | None] = _registry
    has_module: Callable[[str], bool] = field(default=lambda name: importlib.util.find_spec(name) is not None)
    home: Path = field(default_factory=Path.home)

    @property
    def excel(self) -> str | None:
        """The path of Excel; None where there is none, or none that could be found."""
        if self.platform == "win32":
            found = self.registry("HKEY_LOCAL_MACHINE", _EXCEL_PATHS, "")
            return str(found) if found else None
        bundle = Path("/Applications/Microsoft Excel.app")
        return str(bundle) if self.platform == "darwin" and bundle.exists() else None

    @property
    def macro_warnings(self) -> int | None:
        """How Excel treats macros on Windows: 1 runs all, 2 asks, 3 only signed ones, 4 none; None: not set, it asks.

        A group policy outweighs what the user has chosen.
        """
        for policies, release in itertools.product(("Policies\\", ""), _RELEASES):
            key = _SECURITY.format(policies=policies, release=release)
            if isinstance(value := self.registry("HKEY_CURRENT_USER", key, "VBAWarnings"), int):
                return value
        return None

    def from_internet(self, path: Path) -> bool:
        """Whether Windows has marked a file as coming from the internet: Excel then blocks its macros."""
        if self.platform != "win32":
            return False
        try:
            return b"ZoneId=3" in Path(f"{path}:Zone.Identifier").read_bytes()
        except OSError:
            return False

    def version_of(self, distribution: str) -> str | None:
        """The installed version of a package."""
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            return None
