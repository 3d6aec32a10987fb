"""The media process where the system is not Linux: no call of Linux alone is looked up, and nothing is missed.

There is no other system here: so a media process is started in which those calls fail.
"""

from aiortc import AudioStreamTrack, VideoStreamTrack

from .media_process import open_page, running_media
from .test_media import VIEWS, run

ELSEWHERE = """
import ctypes, errno, runpy, socket, sys
import aiohttp.web, cffi, ifaddr, numpy, OpenSSL.SSL, pylibsrtp

def refuse(*arguments, **options):
    raise OSError(errno.ENOSYS, "not on this system")

PORTABLE = {
    (socket.SOL_SOCKET, socket.SO_SNDBUF), (socket.SOL_SOCKET, socket.SO_RCVBUF),
    (socket.SOL_SOCKET, socket.SO_REUSEADDR), (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
    (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY), (socket.IPPROTO_TCP, socket.TCP_NODELAY),
}

def setsockopt(self, level, option, value, *more):
    if (level, option) not in PORTABLE:
        refuse()
    if option in (socket.SO_SNDBUF, socket.SO_RCVBUF) and value > 300_000:
        raise OSError(errno.ENOBUFS, "no buffer space available")
    return super(socket.socket, self).setsockopt(level, option, value, *more)

socket.socket.setsockopt = setsockopt
cffi.FFI.dlopen = ctypes.CDLL = refuse
sys.platform = "darwin"
runpy.run_module("signaling.sfu", run_name="__main__")
"""


def test_where_nothing_of_linux_is_there_media_flow_all_the_same() -> None:
    async def test() -> None:
        async with running_media(command=("-c", ELSEWHERE)) as media:
            assert (await media.call("GET", "/health"))[1]["backend"] == "portable"
            await media.route(hall_audio="site:1", hall_video="site:1")
            await open_page(media, "p", "site:1", (AudioStreamTrack(), VideoStreamTrack()))
            view = await open_page(media, "v", "screen:1", views=VIEWS)
            frame = await view.tracks["hall", "video"].recv()
            sound = await view.tracks["hall", "audio"].recv()
            assert (frame.width, sound.sample_rate) == (640, 48_000)
            assert (await media.process())["internal_errors"] == 0

    run(test())
