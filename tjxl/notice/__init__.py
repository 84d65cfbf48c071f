"""From a notice to the register: readers, task table, deadlines, units."""
