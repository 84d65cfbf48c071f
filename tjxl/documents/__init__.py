"""Official documents as .docx: page, styles, tables, charts. Nothing of the domain."""
