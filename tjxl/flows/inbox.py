"""The folder 收件, as a command that reads all of it finds it."""

from __future__ import annotations

import os

from tjxl.durable import said_plainly
from tjxl.errors import ProjectError, plain_reason
from tjxl.findings import Finding, finding
from tjxl.project import Project


def opened_inbox(project: Project) -> list[Finding]:
    """What is to be said of the folder itself: nothing, or that it was not there and has been made again.

    Raises:
        ProjectError: E256, it cannot be opened; E212, it cannot be made.
    """
    try:
        with os.scandir(project.inbox):
            return []
    except FileNotFoundError:
        with said_plainly(project.inbox):
            project.inbox.mkdir()
        return [finding("I239", folder=project.inbox.name)]
    except OSError as error:
        raise ProjectError("E256", folder=project.inbox.name, reason=plain_reason(error)) from error
