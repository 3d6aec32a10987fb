"""The endpoint process: ``python -m signaling.sfu.endpoint``. What may be asked of it: PROTOCOL.md, Part 3."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
from pathlib import Path

import aiohttp

from .service import serving

EXIT_USAGE = 2
_PR_SET_PDEATHSIG = 1


async def run(path: str, media_path: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(media_path)) as media, serving(media, path):
        await stopping.wait()
    Path(path).unlink(missing_ok=True)


def main() -> int:
    """Read the environment, serve, and return the exit code."""
    logging.basicConfig(format="endpoint: %(message)s", level=logging.WARNING)
    path, media_path = os.environ.get("ENDPOINT_SOCKET", ""), os.environ.get("MEDIA_SOCKET", "")
    if not path or not media_path:
        print("endpoint: ENDPOINT_SOCKET and MEDIA_SOCKET must name the two control sockets", file=sys.stderr)
        return EXIT_USAGE
    if os.environ.get("PARENT_DIES") == "1" and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    asyncio.run(run(path, media_path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
