"""The media process: ``python -m signaling.sfu``. Settings: see `settings`."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys

from .process import serving
from .selector import PortSelector, is_available
from .settings import Settings, SettingsError, read_settings

EXIT_USAGE = 2
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends (prctl(2), Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def run(settings: Settings, selector: PortSelector | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `selector` as in `serving`. Raises `OSError` if the port is taken."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with serving(settings, selector=selector):
        gc.collect()
        gc.freeze()
        await stopping.wait()


def main() -> int:
    """Read the settings, serve, and return the exit code."""
    logging.basicConfig(format="media: %(message)s", level=logging.INFO)
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        print(f"media: {error}", file=sys.stderr)
        return EXIT_USAGE
    if settings.dies_with_parent:
        die_with_parent()
    selector = PortSelector() if is_available else None
    try:
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
            runner.run(run(settings, selector))
    except OSError as error:
        print(f"media: cannot use port {settings.port} (UDP and TCP) or the control socket: {error}", file=sys.stderr)
        return EXIT_USAGE
    return 0


if __name__ == "__main__":
    sys.exit(main())
