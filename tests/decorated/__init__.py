"""The master as an office that has had it for a year keeps it, written part by part as Excel writes it."""
