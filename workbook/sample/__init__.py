"""The sample notice: data only, read through `tjxl.resources`."""
