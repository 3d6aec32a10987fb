"""Pictures of every page and state, in both languages: `make shots` puts them into `static/shots/`.

`python -m tests.browser.shots FOLDER [vi|en] [WORDS…]` takes those whose name holds one of the words, elsewhere.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import av
from av.video.reformatter import ColorRange
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.points import launch
from tests.browser.states import catalogue
from tests.browser.tour import PHONE, Tour, View
from tests.server import ROOT, Server

SCENES = Path(__file__).parent / "scenes"
CAMERAS = {"station": "hall", "site": "speaker"}
SHOTS = ROOT / "static" / "shots"
QUALITY = 72
LONGEST_PHONE = 3000
FRAMES_PER_SECOND = 5


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHOTS
    chosen = sys.argv[2:3] if sys.argv[2:3] and sys.argv[2] in ("vi", "en") else ["vi", "en"]
    words = sys.argv[2 + (len(chosen) == 1) :]
    if folder == SHOTS:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        template = Path(place) / "demo" / "data"
        template.parent.mkdir()
        Server(template).command("demo")
        cameras = make_cameras(playwright, Path(place))
        for language in chosen:
            take(playwright, Path(place), template, cameras, language, folder, words)


def take(
    playwright: Playwright,
    place: Path,
    template: Path,
    cameras: dict[str, Path],
    language: str,
    folder: Path,
    words: list[str],
) -> None:
    tour = Tour(playwright, place, language, template, video="640x360")
    tour.cameras = cameras
    try:
        for views in catalogue(tour):
            for view in views:
                if not words or any(word in view.name for word in words):
                    photograph(tour, view, folder)
    finally:
        tour.close()
    for error in tour.errors:
        print(f"{language}: {error}", file=sys.stderr)


def photograph(tour: Tour, view: View, folder: Path) -> None:
    for size in view.sizes:
        view.page.set_viewport_size({"width": size[0], "height": size[1]})
        tour.wait_pictures(view.page)
        view.page.evaluate("document.activeElement?.closest('dialog') || document.activeElement?.blur()")
        suffix = ""
        if size == PHONE:
            # The whole page as on a phone long enough: what is fixed to the bottom edge stays there.
            suffix = "-phone"
            height = view.page.evaluate("document.documentElement.scrollHeight")
            view.page.set_viewport_size({"width": size[0], "height": min(height, LONGEST_PHONE)})
        path = folder / f"{view.name}{suffix}.{tour.language}.webp"
        png = view.page.screenshot(animations="disabled")
        path.write_bytes(as_webp(png))
    if len(view.sizes) > 1:
        view.page.set_viewport_size({"width": view.sizes[0][0], "height": view.sizes[0][1]})


def picture(png: bytes) -> av.VideoFrame:
    return av.codec.CodecContext.create("png", "r").decode(av.packet.Packet(png))[0]


def as_webp(png: bytes) -> bytes:
    frame = picture(png)
    encoder = av.codec.CodecContext.create("libwebp", "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt = "bgra"
    encoder.options = {"quality": str(QUALITY), "compression_level": "3"}
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame.reformat(format="bgra")), *encoder.encode(None)])


def make_cameras(playwright: Playwright, folder: Path) -> dict[str, Path]:
    """What the cameras show: the drawn scenes, as Y4M for Chromium's false camera. Nobody's photograph."""
    browser: Browser = launch(playwright)
    page = browser.new_page(viewport={"width": 640, "height": 360})
    cameras = {}
    for kind, scene in CAMERAS.items():
        page.goto((SCENES / f"{scene}.svg").as_uri())
        cameras[kind] = folder / f"{scene}.y4m"
        frame = picture(page.screenshot()).reformat(format="yuv420p", dst_color_range=ColorRange.MPEG)
        planes = b"".join(
            bytes(plane)[row * plane.line_size :][: plane.width]
            for plane in frame.planes
            for row in range(plane.height)
        )
        header = f"YUV4MPEG2 W{frame.width} H{frame.height} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420\n"
        cameras[kind].write_bytes(header.encode() + (b"FRAME\n" + planes) * 2)
    browser.close()
    return cameras


if __name__ == "__main__":
    main()
