"""A picture and a tone of its own for each point, and what tells them apart at the other end.

Pictures are one colour; tones are sines that come and go, so that noise suppression does not take them for noise.
"""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FRAMES_PER_SECOND = 320, 180, 8
SAMPLE_RATE = 48000
TONE_SECONDS = 2
BEEP_SECONDS = 0.25


@dataclass(frozen=True)
class Look:
    """A colour (red, green, blue) and a tone in Hz."""

    name: str
    colour: tuple[int, int, int]
    hertz: int


HALL = Look("hall", (200, 30, 30), 440)
LOOKS = (
    HALL,
    Look("green", (20, 170, 60), 700),
    Look("blue", (30, 60, 210), 1100),
    Look("yellow", (210, 200, 30), 1700),
)


def picture_file(folder: Path, look: Look) -> Path:
    """A y4m of one colour, with a bar that moves so that every frame differs."""
    red, green, blue = look.colour
    luma = round(16 + 0.257 * red + 0.504 * green + 0.098 * blue)
    u = round(128 - 0.148 * red - 0.291 * green + 0.439 * blue)
    v = round(128 + 0.439 * red - 0.368 * green - 0.071 * blue)
    path = folder / f"{look.name}.y4m"
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420\n".encode())
        for frame in range(FRAMES_PER_SECOND):
            row = bytearray([luma]) * WIDTH
            bar = frame * WIDTH // FRAMES_PER_SECOND
            row[bar : bar + 8] = bytes([min(235, luma + 40)]) * len(row[bar : bar + 8])
            half = WIDTH * HEIGHT // 4
            file.write(b"FRAME\n" + bytes(row) * HEIGHT + bytes([u]) * half + bytes([v]) * half)
    return path


def tone_file(folder: Path, look: Look, beep_seconds: float = BEEP_SECONDS) -> Path:
    def level(seconds: float) -> float:
        # A beep swells and fades, so that its edges do not sound in the other tones' places.
        swell = math.sin(math.pi * seconds / beep_seconds / 2) ** 2
        return 12000 * swell * math.sin(2 * math.pi * look.hertz * seconds)

    return _sound_file(folder / f"{look.name}.wav", level)


def clipped_file(folder: Path) -> Path:
    """Somebody too loud for the microphone: every word at its ends."""

    def level(seconds: float) -> float:
        wave = math.sin(2 * math.pi * 180 * seconds) * (1 + math.sin(2 * math.pi * 3 * seconds))
        return max(-32768.0, min(32767.0, 90000 * wave))

    return _sound_file(folder / "clipped.wav", level)


def _sound_file(path: Path, level: Callable[[float], float]) -> Path:
    """`level` at each time in seconds, -32768 … 32767."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        samples = [round(level(n / SAMPLE_RATE)) for n in range(SAMPLE_RATE * TONE_SECONDS)]
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


def nearest(colour: tuple[float, float, float], within: float = 70) -> str | None:
    """The look a picture's mean colour belongs to, or None (black, a card, a mixture)."""
    distances = {look.name: math.dist(look.colour, colour) for look in LOOKS}
    name = min(distances, key=lambda key: distances[key])
    return name if distances[name] <= within else None
