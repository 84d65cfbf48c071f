"""Where the program starts, as `tjxl` and as `python -m tjxl`."""


def main() -> None:
    """Run the command line. Ctrl-C while that is still being loaded is answered as at any later moment."""
    try:
        from tjxl.ending import take_presses_as_one

        take_presses_as_one()
        from tjxl.cli import main as run
    except KeyboardInterrupt:
        from tjxl.ending import interrupted, speak_utf8

        speak_utf8()
        interrupted()
    try:
        run()
    finally:
        from tjxl.ending import too_late_to_interrupt

        too_late_to_interrupt()


if __name__ == "__main__":
    main()
