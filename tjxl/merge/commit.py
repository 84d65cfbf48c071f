"""What a commit does on disk around the master, so that at any instant there is the old one or the new one.

Order (DESIGN section 8): archive the files (content, then folder, forced to disk), back up the master, write
the new master beside the old, force it to disk, replace, and only then take the merged files out of 收件. What
an interruption leaves is a temporary file, or files in 收件 that are already merged: the next run clears both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tjxl.durable import said_plainly, sync_folder, write_whole
from tjxl.project import TEMPORARY_PREFIX, Project
from tjxl.stages import STAGES, stage_title

_WRITERS = 8


def archive_files(project: Project, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Store files as 归档/<sha256>.<ext>; one already there is the same by its name.

    Args:
        files: sha256 → (extension with dot, content).
    """
    with said_plainly(project.archive):
        project.archive.mkdir(parents=True, exist_ok=True)
        paths = {project.archive / f"{sha256}{suffix}": content for sha256, (suffix, content) in files.items()}
        missing = [(path, content) for path, content in paths.items() if not path.exists()]
        with ThreadPoolExecutor(_WRITERS) as pool:  # a disk takes many files in the time of a few, if asked at once
            for written in [pool.submit(write_whole, path, content) for path, content in missing]:
                written.result()
        sync_folder(project.archive)


def clear_leftovers(project: Project) -> None:
    """Remove temporary files that an interrupted command left. Call while holding the project's lock."""
    of_periods = [folder for parent in (project.issued(""), project.returned("")) for folder in parent.glob("*")]
    of_periods += [project.issued(p.name) / t for p in of_periods for s in STAGES if (t := stage_title(s))]
    inbox = (project.inbox, *(p for p in project.inbox.rglob("*") if p.is_dir()))  # an undo puts files back there
    volumes = (project.volumes, project.volume_copies)
    for folder in (project.root, project.archive, project.backups, *volumes, *of_periods, *inbox):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
            with contextlib.suppress(OSError):  # held by another program: it does no harm, and goes next time
                path.unlink(missing_ok=True)
