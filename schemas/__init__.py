"""Field rules, message catalogue and defaults: data only, read through `tjxl.resources`."""
