"""The master as commands meet it: one door to read and write it, closed on disk or open in a spreadsheet program."""
