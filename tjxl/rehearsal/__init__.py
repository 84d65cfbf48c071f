"""A year of supervision played in a project of its own, for training and for tests."""
