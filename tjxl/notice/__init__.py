"""From a notice to the register: files, layouts, tasks, promises, units. `read.read_notice` is the entry."""
