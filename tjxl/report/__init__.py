"""Results as people read them: short Chinese tables and sentences on standard output, a module per topic."""
