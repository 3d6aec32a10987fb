"""Every value that pages are really told, at any depth, stands in PROTOCOL.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from signaling import handlers
from tests.signaling.page import Pages, Room
from tests.signaling.test_handlers import open_discussion, speaker

PROTOCOL = (Path(handlers.__file__).parent / "PROTOCOL.md").read_text()


def keys(value: Any) -> Iterator[str]:
    """The names in a message; numbers are ids of sites."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not key.isdecimal():
                yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_what_pages_are_told_in_a_full_sitting_is_documented(room: Room, pages: Pages) -> None:
    chair, site, other = pages.chair(), pages.site(1), pages.site(2)
    open_discussion(chair, room)
    site.do("mark_roll", delegate_id=room.delegates(room.sites[1])[1], status="excused", reason="ốm")
    site.do("mark_roll", delegate_id=room.delegates(room.sites[1])[0], status="present")
    site.do("report_head_count", site_id=room.sites[1], count=5)
    site.do("confirm_roll", site_id=room.sites[1])
    chair.do("revoke_floor", request_id=speaker(site, chair, room, 1))
    for item_id in (None, room.items[0]):
        for number in (0, 1):
            other.do("request_floor", delegate_id=room.delegates(room.sites[2])[number], item_id=item_id)
    chair.do("grant_next")
    chair.do("appoint_acting_chair", account_id=room.account("thu-ky").id)
    site.ask("report_devices", {"camera": False, "microphone": True, "fault": "camera_refused"})

    snapshot = chair.snapshot()
    public, desk = snapshot["parts"]["public"], snapshot["parts"]["desk"]
    for name, part, full in (
        ("public", public, ("connected", "agenda", "floor", "queue", "acting_chair")),
        ("own", other.snapshot()["parts"]["own"], ("delegates", "requests")),
        ("desk", desk, ("roll", "requests", "speeches", "acting_chair", "secretaries")),
    ):
        assert all(part[key] for key in full), f"nothing to compare in {name}"
        section = PROTOCOL.split(f"### Part `{name}`")[1].split("\n#")[0]
        if name == "desk":
            section += (
                PROTOCOL.split("| `queue` |")[1].split("\n")[0] + PROTOCOL.split("| `delegates` |")[1].split("\n")[0]
            )
        missing = {key for key in keys(part) if f'"{key}"' not in section and f"`{key}`" not in section}
        assert not missing, name
    rest = {key: value for key, value in snapshot.items() if key != "parts"}
    assert rest["presence"] and rest["log"]
    assert not {key for key in keys(rest) if f'"{key}"' not in PROTOCOL}
    assert not {key for key in keys(chair.all("welcome")) if f'"{key}"' not in PROTOCOL}
