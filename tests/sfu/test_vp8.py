"""Payload descriptors and the count of pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.vp8 import PictureNumbers, parse_descriptor, starts_vp8_key_frame

KEY_HEADER = b"\x50\x00\x00\x9d\x01\x2a"


def payload(picture: int, base: int | None = None, is_key: bool = False, is_long: bool = True) -> bytes:
    """A first packet with a picture number and, if `base` is given, that of its base layer."""
    flags = 0x80 | (0x60 if base is not None else 0)
    number = (picture | 0x8000).to_bytes(2, "big") if is_long else bytes([picture])
    layers = b"" if base is None else bytes([base, 0x20])
    return b"\x90" + bytes([flags]) + number + layers + (KEY_HEADER if is_key else b"\x51rest")


def numbers(data: bytes) -> tuple[int, int]:
    found = parse_descriptor(data)
    assert found is not None
    picture = int.from_bytes(data[found.picture_at : found.picture_at + 2], "big") & 0x7FFF
    return (picture if found.picture_bits == 15 else data[found.picture_at]), data[found.base_at]


def test_the_first_source_keeps_its_numbers() -> None:
    pictures = PictureNumbers()
    pictures.begin(payload(77, 9, is_key=True))
    assert pictures.place(payload(77, 9, is_key=True)) == payload(77, 9, is_key=True)


def test_pictures_go_on_across_a_cut() -> None:
    pictures = PictureNumbers()
    for number in (100, 101, 102):
        pictures.place(payload(number, number & 0xFF))
    pictures.begin(payload(9_000, 250, is_key=True))
    placed = [numbers(pictures.place(payload(9_000 + step, (250 + step) & 0xFF))) for step in (0, 1, 2, 8)]
    assert placed == [(103, 103), (104, 104), (105, 105), (111, 111)]


def test_a_late_packet_gets_the_number_of_its_place() -> None:
    pictures = PictureNumbers()
    pictures.place(payload(10, 1))
    pictures.begin(payload(500, 50))
    for number in (500, 502, 501):
        placed = pictures.place(payload(number, number - 450))
        assert numbers(placed) == (number - 489, number - 498)


def test_counts_wrap() -> None:
    pictures = PictureNumbers()
    pictures.place(payload(0x7FFF, 255))
    pictures.begin(payload(5, 5, is_key=True))
    assert numbers(pictures.place(payload(5, 5, is_key=True))) == (0, 0)


def test_short_numbers_stay_short_and_what_follows_is_untouched() -> None:
    pictures = PictureNumbers()
    pictures.place(payload(126, is_long=False))
    pictures.begin(payload(3, is_long=False))
    placed = pictures.place(payload(4, is_long=False))
    assert placed == payload(0, is_long=False)


def test_a_source_without_numbers_is_left_alone() -> None:
    pictures = PictureNumbers()
    pictures.place(payload(5))
    pictures.begin(b"\x10\x00plain")
    assert pictures.place(b"\x10\x00plain") == b"\x10\x00plain"


@pytest.mark.parametrize("is_key", [True, False])
def test_a_key_frame_is_known_behind_its_descriptor(is_key: bool) -> None:
    assert starts_vp8_key_frame(payload(1, 2, is_key=is_key)) is is_key


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_any_bytes_keep_their_size(first: bytes, second: bytes) -> None:
    pictures = PictureNumbers()
    pictures.place(first)
    pictures.begin(second)
    placed = pictures.place(second)
    assert len(placed) == len(second)
    assert starts_vp8_key_frame(placed) == starts_vp8_key_frame(second)
