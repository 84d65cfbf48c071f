"""The Office Open XML package format: reading, splicing, guarding. Nothing of the domain."""
