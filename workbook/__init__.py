"""Layouts and theme of the workbooks: data only, read through `tjxl.resources`."""
