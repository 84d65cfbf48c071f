"""通报: the bulletin of a period, from the master to a .docx and to the sheet 通报."""
