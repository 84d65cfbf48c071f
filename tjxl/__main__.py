"""Where the program starts, as `tjxl` and as `python -m tjxl`."""


def main() -> None:
    """Run the command line. Ctrl-C while that is still being loaded is answered as at any later moment."""
    try:
        from tjxl.cli import main as run
    except KeyboardInterrupt:
        from tjxl.ending import interrupted, speak_utf8

        speak_utf8()
        interrupted()
    run()


if __name__ == "__main__":
    main()
