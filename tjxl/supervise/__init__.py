"""The year's supervision: what the office does with what was reported."""
