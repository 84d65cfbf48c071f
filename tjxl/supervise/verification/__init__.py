"""核查: findings of audit, statistics and finance, imported and set against what units reported."""
