"""Field rules, written once in `schemas/`, with four faces: frame, validation, self-check, guide."""
