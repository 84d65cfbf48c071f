"""`python -m tjxl`: the command line, where the program `tjxl` is not on the path."""

from tjxl.cli import main

if __name__ == "__main__":
    main()
