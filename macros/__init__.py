"""The VBA of the master workbook as text, and its ribbon: data, no code. Read through tjxl.resources."""
