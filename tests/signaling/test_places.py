"""At which process whoever comes has its place, as rows."""

from signaling.places import Places

CONFERENCE, OTHER = 6, 7
ALL = (0, 1, 2)


def come(places: Places, *peers: str, running: tuple[int, ...] = ALL) -> list[int]:
    return [places.choose(CONFERENCE, peer, running) for peer in peers]


def tabs(first: int, last: int) -> list[str]:
    return [f"tab-{number}.stage.w.1" for number in range(first, last + 1)]


def test_a_small_conference_is_whole_and_a_crowd_goes_where_the_fewest_are() -> None:
    places = Places(3, crowd=3)
    assert come(places, *tabs(1, 3)) == [0, 0, 0]
    assert come(places, *tabs(4, 9)) == [1, 2, 1, 2, 1, 2]
    assert come(places, *tabs(10, 12)) == [0, 1, 2], "all have as many"
    assert places.choose(OTHER, "tab-20.stage.w.1", ALL) == 1, "another one is at home elsewhere"
    assert places.processes(CONFERENCE) == {0, 1, 2}
    assert places.processes(OTHER) == {1}


def test_the_peers_of_a_page_are_together_and_those_of_a_link_are_not() -> None:
    places = Places(3, crowd=1)
    assert come(places, *tabs(1, 2)) == [0, 1]
    assert come(places, "tab-2.tiles.w.9", "tab-1.paper.p.9") == [1, 0]
    players = [f"link:5.v.{number}" for number in range(4)]
    assert come(places, *players) == [2, 2, 0, 1]
    places.forget("tab-2.stage.w.1")
    assert come(places, "tab-2.stage.p.2") == [1], "while one of them is there"


def test_who_leaves_makes_room_at_home() -> None:
    places = Places(2, crowd=2)
    assert come(places, *tabs(1, 3), running=(0, 1)) == [0, 0, 1]
    places.forget(tabs(1, 1)[0])
    assert come(places, *tabs(4, 4), running=(0, 1)) == [0]
    assert places.of(tabs(1, 1)[0]) is None and places.of(tabs(4, 4)[0]) == 0


def test_a_process_that_is_gone_takes_its_peers_and_gets_none() -> None:
    places = Places(3, crowd=1)
    come(places, *tabs(1, 4))
    assert places.lose(1) == {"tab-2.stage.w.1"}
    assert places.processes(CONFERENCE) == {0, 2}
    assert come(places, *tabs(5, 7), running=(0, 2)) == [2, 0, 2]
    places.lose(0)
    assert come(places, *tabs(8, 8), running=(2,)) == [0], "a small conference waits for its home"
    places.note(CONFERENCE, "found again", 2)
    assert places.of("found again") == 2 and "found again" in places.peers(CONFERENCE)
