"""The media process: ``python -m signaling.sfu``. Settings: see `settings`."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
from pathlib import Path

from .control import Control, EventStream, serve
from .node import MediaNode
from .settings import Settings, SettingsError, read_settings
from .sockets import choose_calls, open_port

EXIT_USAGE = 2
TICK_SECONDS = 0.025
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends (prctl(2), Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            sys.exit(0)


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises `OSError` if the port is taken."""
    loop = asyncio.get_running_loop()
    opened = open_port(settings.bind, settings.port)

    def send(datagram: bytes, pair: tuple[str, int]) -> None:
        try:
            opened.sendto(datagram, pair)
        except OSError:  # unreachable, or the buffer is full: the other side repeats
            node.counters.egress_dropped += 1

    events = EventStream()
    calls = choose_calls(opened, settings.is_portable)
    node = MediaNode(calls, send, settings.hosts, opened.getsockname()[1], events.emit)
    runner = await serve(Control(node, events), settings.control_path)
    loop.add_reader(opened.fileno(), node.receive)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    gc.collect()
    gc.freeze()
    ticking = asyncio.create_task(_tick(node))
    await stopping.wait()
    ticking.cancel()
    node.close()
    loop.remove_reader(opened.fileno())
    await runner.cleanup()
    opened.close()
    Path(settings.control_path).unlink(missing_ok=True)


async def _tick(node: MediaNode) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        try:
            node.tick()
        except Exception:
            node.counters.internal_errors += 1
            logging.getLogger(__name__).exception("a tick failed")


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
    try:
        asyncio.run(run(settings))
    except OSError as error:
        print(f"media: cannot use UDP port {settings.port} or the control socket: {error}", file=sys.stderr)
        return EXIT_USAGE
    return 0


if __name__ == "__main__":
    sys.exit(main())
