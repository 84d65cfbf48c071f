"""Commands of the command line, one module a topic; `tjxl.cli` puts them together."""
