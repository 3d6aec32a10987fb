"""Who sits where."""

import pytest

from signaling.seats import ALLOWED_SECONDS, Arrival, Seats, SeatState

SEAT = (1, "site:2")


@pytest.fixture
def seats() -> Seats:
    seats = Seats()
    assert seats.arrive(SEAT, "socket-1", "tab-1") == Arrival(SeatState.HELD)
    return seats


def test_another_tab_finds_the_seat_occupied(seats: Seats) -> None:
    assert seats.arrive(SEAT, "socket-2", "tab-2") == Arrival(SeatState.OCCUPIED)
    assert seats.holder(SEAT) == "socket-1"


def test_the_same_tab_replaces_its_own_older_socket(seats: Seats) -> None:
    assert seats.arrive(SEAT, "socket-2", "tab-1") == Arrival(SeatState.HELD, replaced="socket-1")
    assert not seats.leave(SEAT, "socket-1"), "the older socket no longer holds it"
    assert seats.holder(SEAT) == "socket-2"


def test_a_seat_left_is_free_for_anybody(seats: Seats) -> None:
    assert seats.leave(SEAT, "socket-1")
    assert seats.arrive(SEAT, "socket-2", "tab-2") == Arrival(SeatState.HELD)


def test_a_watcher_that_leaves_does_not_free_the_seat(seats: Seats) -> None:
    seats.arrive(SEAT, "socket-2", "tab-2")
    assert not seats.leave(SEAT, "socket-2")
    assert seats.holder(SEAT) == "socket-1"


def test_the_seat_of_a_floor_holder_is_taken_over_only_with_the_desks_leave_and_once(seats: Seats) -> None:
    assert not seats.may_take_over(SEAT, is_on_air=True, now=0)
    assert seats.may_take_over(SEAT, is_on_air=False, now=0)
    seats.allow_takeover(SEAT, now=0)
    assert seats.may_take_over(SEAT, is_on_air=True, now=0)
    assert seats.take_over(SEAT, "socket-2", "tab-2") == "socket-1"
    assert not seats.may_take_over(SEAT, is_on_air=True, now=0)


def test_a_permission_to_take_over_expires(seats: Seats) -> None:
    seats.allow_takeover(SEAT, now=100)
    assert seats.may_take_over(SEAT, is_on_air=True, now=100 + ALLOWED_SECONDS - 1)
    assert not seats.may_take_over(SEAT, is_on_air=True, now=100 + ALLOWED_SECONDS)


def test_a_seat_whose_socket_alone_is_away_waits_for_its_own_tab(seats: Seats) -> None:
    seats.leave(SEAT, "socket-1")
    assert seats.arrive(SEAT, "socket-2", "tab-2", publishing_tab="tab-1") == Arrival(SeatState.OCCUPIED)
    assert seats.arrive(SEAT, "socket-3", "tab-1", publishing_tab="tab-1") == Arrival(SeatState.HELD)


def test_a_seat_that_nobody_holds_is_taken_over_from_nobody(seats: Seats) -> None:
    seats.leave(SEAT, "socket-1")
    assert seats.take_over(SEAT, "socket-2", "tab-2") is None


def test_the_same_label_in_another_conference_is_another_seat(seats: Seats) -> None:
    assert seats.arrive((2, "site:2"), "socket-2", "tab-2") == Arrival(SeatState.HELD)


def test_a_companion_never_holds_the_seat(seats: Seats) -> None:
    assert not seats.leave(SEAT, "socket-of-a-companion")
    assert seats.holder(SEAT) == "socket-1"
