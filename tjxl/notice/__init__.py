"""From a notice to the register: readers, task table, deadlines, units. `read.read_notice` is the entry."""
