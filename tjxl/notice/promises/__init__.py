"""What the tasks of a notice promise: milestones and quantitative targets. `commitments.py` is the entry."""
