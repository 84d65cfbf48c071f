"""Workbooks of every format that units send, read alike: .xlsx by `tjxl.ooxml`, .xls and .ods by readers here."""
