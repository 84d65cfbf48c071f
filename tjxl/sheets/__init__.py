"""Workbooks as tjxl lays them out: the master, the report form, the annotated return."""
