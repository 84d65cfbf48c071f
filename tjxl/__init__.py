"""tjxl: supervision of a government's key tasks, from the notice to a master workbook."""

__version__ = "0.1.0"
