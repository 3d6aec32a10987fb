"""Where the media processes of this machine are found: the first at the socket that is set, each further one beside it."""

from pathlib import Path


def media_sockets(first: str, count: int) -> list[str]:
    """The control sockets of `count` processes."""
    path = Path(first)
    return [first, *(str(path.with_name(f"{path.stem}-{number}{path.suffix}")) for number in range(1, count))]
