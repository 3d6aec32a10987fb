"""Runs Firefox in a network namespace while Playwright, outside, steers it.

    firefox_inside.py NAMESPACE PROGRAM ARGUMENTS…

Firefox is steered over a WebSocket on its loopback address, which from outside nobody reaches: so the port it names is
opened outside too, and each connection is carried in.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import socket
import subprocess
import sys
import threading

CLONE_NEWNET = 0x40000000
LISTENING = re.compile(rb"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")


def connect_inside(namespace: str, port: int) -> socket.socket:
    """A connection to loopback in there. It leaves this thread in the namespace."""
    descriptor = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)
    return socket.create_connection(("127.0.0.1", port))


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def carry(namespace: str, port: int, outside: socket.socket) -> None:
    inside = connect_inside(namespace, port)
    threading.Thread(target=copy, args=(inside, outside), daemon=True).start()
    copy(outside, inside)


def accept(namespace: str, port: int, listener: socket.socket) -> None:
    while True:
        outside, _ = listener.accept()
        threading.Thread(target=carry, args=(namespace, port, outside), daemon=True).start()


def main() -> int:
    namespace, *command = sys.argv[1:]
    firefox = subprocess.Popen(["ip", "netns", "exec", namespace, *command], stderr=subprocess.PIPE)
    assert firefox.stderr is not None
    for line in firefox.stderr:
        if found := LISTENING.search(line):
            port = int(found[1])
            listener = socket.create_server(("127.0.0.1", port))
            threading.Thread(target=accept, args=(namespace, port, listener), daemon=True).start()
        sys.stderr.buffer.write(line)
        sys.stderr.flush()
    return firefox.wait()


if __name__ == "__main__":
    sys.exit(main())
