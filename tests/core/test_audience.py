"""What each audience is told: rule 30, and that changes lead where a snapshot would."""

from meetings.core import commands as c
from meetings.core.audience import changed_values, desk_part, log_entry, own_part, public_part
from meetings.core.codec import to_json
from meetings.core.upcast import EVENTS
from meetings.core.vocabulary import SYSTEM, RollStatus
from tests.core.sitting import (
    BEN_LUC,
    DIRECTIVE,
    DIRECTORY,
    DISCUSSION,
    HALL,
    SECRETARY,
    TAN_AN,
    Sitting,
    delegate,
    site,
)


def test_rule_30_a_site_is_told_only_its_own_delegates_requests_and_reasons(sitting: Sitting) -> None:
    sitting.when(site(BEN_LUC), c.MarkRoll(delegate(BEN_LUC), RollStatus.EXCUSED, "bí-mật-1"))
    declined = sitting.request(delegate(BEN_LUC, 2), topic="Chủ đề")
    sitting.when(SECRETARY, c.DeclineRequest(declined, "bí-mật-2"))
    sitting.request(delegate(BEN_LUC, 3), item_id=DIRECTIVE, topic="bí-mật-3")
    told = to_json([public_part(sitting.state, DIRECTORY), own_part(sitting.state, DIRECTORY, TAN_AN)])
    theirs = to_json([own_part(sitting.state, DIRECTORY, BEN_LUC), desk_part(sitting.state, DIRECTORY)])
    for secret in ("bí-mật-1", "bí-mật-2", "bí-mật-3"):
        assert secret in theirs and secret not in told
    own = own_part(sitting.state, DIRECTORY, TAN_AN)
    assert [d["id"] for d in own["delegates"]] == [delegate(TAN_AN, n) for n in (1, 2, 3)]
    assert own["requests"] == []


def test_a_page_that_takes_over_changes_holds_what_a_snapshot_says(sitting: Sitting) -> None:
    held = public_part(sitting.state, DIRECTORY)
    sitting.grant(delegate(TAN_AN))
    after = public_part(sitting.state, DIRECTORY)
    changes = changed_values(held, after)
    assert set(changes) == {"floor", "holders", "forecast", "stage"}
    assert held | changes == after
    assert changed_values(after, after) == {}


def test_the_floor_is_told_with_its_clock(sitting: Sitting) -> None:
    speech = sitting.request(delegate(TAN_AN), topic="Nhân sự")
    sitting.chair(c.GrantFloor(speech))
    warned = public_part(sitting.state, DIRECTORY)["floor"]
    assert (warned["state"], warned["running_since"], warned["on_air_at"]) == (
        "warning",
        None,
        "2020-07-16T01:00:03.000Z",
    )
    sitting.let(13)
    sitting.chair(c.MuteHolder(speech))
    paused = public_part(sitting.state, DIRECTORY)["floor"]
    assert (paused["state"], paused["spoken_ms"], paused["running_since"]) == ("paused", 10_000, None)
    sitting.when(SYSTEM, c.HoldSpeech(TAN_AN))
    held = public_part(sitting.state, DIRECTORY)["floor"]
    assert (held["state"], held["paused_by"]) == ("held", ["line", "muted"])
    assert (held["who"], held["name"], held["topic"]) == ("Chức vụ 2-1", "Người-2-1", "Nhân sự")


def test_the_queue_is_told_in_order_and_marks_who_is_not_connected(sitting: Sitting) -> None:
    sitting.request(delegate(TAN_AN))
    sitting.request(delegate(HALL))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    queue = public_part(sitting.state, DIRECTORY)["queue"]
    assert [(q["site_id"], q["is_connected"], q["limit_seconds"]) for q in queue] == [
        (TAN_AN, False, 180),
        (HALL, True, 180),
    ]


def test_the_desk_is_told_the_roll_the_speeches_newest_first_and_who_registered_early(sitting: Sitting) -> None:
    for site_id in (TAN_AN, BEN_LUC):
        speech = sitting.grant(delegate(site_id))
        sitting.let(10)
        sitting.when(site(site_id), c.ReleaseFloor(speech))
    early = sitting.request(delegate(TAN_AN), item_id=DIRECTIVE)
    sitting.when(SECRETARY, c.MarkRoll(delegate(TAN_AN), RollStatus.SUBSTITUTE))
    desk = desk_part(sitting.state, DIRECTORY)
    assert [(s["site_id"], s["spoken_ms"], s["ending"]) for s in desk["speeches"]] == [
        (BEN_LUC, 10_000, "released"),
        (TAN_AN, 10_000, "released"),
    ]
    assert [(r["request_id"], r["item_id"]) for r in desk["requests"]] == [(early, DIRECTIVE)]
    roll = next(r for r in desk["roll"] if r["site_id"] == TAN_AN)
    assert (roll["substitute"], roll["unmarked"], roll["expected"]) == (1, 2, 3)
    item = next(i for i in public_part(sitting.state, DIRECTORY)["agenda"] if i["id"] == DISCUSSION)
    assert (item["speeches"], item["status"]) == (2, "open")


def test_the_log_names_who_what_and_where_of_every_event(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(10)
    sitting.chair(c.RevokeFloor(speech))
    entries = [log_entry(recorded, sitting.state, DIRECTORY) for recorded in sitting.journal]
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1))
    assert {e["event"] for e in entries} <= set(EVENTS)
    assert entries[-1] == {
        "seq": sitting.state.seq,
        "at": "2020-07-16T01:00:13.000Z",
        "event": "floor_revoked",
        "actor": "chair",
        "site_id": TAN_AN,
        "who": "Chức vụ 2-1",
        "spoken_ms": 10_000,
    }
