"""The use cases, one function each. Buttons and command line call these; nothing here prints.

Each takes a project, does its work under the project's lock where it writes, and returns plain data in the shape of
section 11 of the design. `progress` is called with steps done and steps in all; `master` is the door to the master,
the closed file unless one is given.
"""

from tjxl.flows.checking import check, check_marked
from tjxl.flows.forms import Progress, issue
from tjxl.flows.founding import Titles, init, init_from_form, known_units, tasks
from tjxl.flows.returns import collect, merge
from tjxl.flows.standing import history, status
from tjxl.flows.withdrawal import withdraw

__all__ = [
    "Progress", "Titles", "check", "check_marked", "collect", "history", "init", "init_from_form", "issue",
    "known_units", "merge", "status", "tasks", "withdraw",
]  # fmt: skip
