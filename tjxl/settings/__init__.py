"""Settings of a project: the shipped defaults (`schemas/defaults.toml`) with the office's `tjxl.toml` over them."""

from tjxl.settings.loading import load_settings
from tjxl.settings.values import (
    LIGHT_CODES,
    MEANINGS,
    BulletinSettings,
    DocumentSettings,
    Group,
    Lights,
    OfficeRules,
    ReminderLevel,
    ReminderRules,
    ReportUp,
    Scoring,
    Settings,
    Status,
    StatusMeaning,
    Tolerances,
)

__all__ = [
    "LIGHT_CODES",
    "MEANINGS",
    "BulletinSettings",
    "DocumentSettings",
    "Group",
    "Lights",
    "OfficeRules",
    "ReminderLevel",
    "ReminderRules",
    "ReportUp",
    "Scoring",
    "Settings",
    "Status",
    "StatusMeaning",
    "Tolerances",
    "load_settings",
]
