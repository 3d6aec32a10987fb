"""``python -m meetings COMMAND``: see `commands`."""

from meetings.loading import loading


def main() -> None:
    with loading():
        from meetings.commands import cli
    cli(prog_name="python -m meetings")


if __name__ == "__main__":
    main()
