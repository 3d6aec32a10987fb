"""What each audience is told: rule 30, and that changes lead where a snapshot would."""

from meetings.core import commands as c
from meetings.core.audience import changed_values, desk_part, log_entry, own_part, public_part
from meetings.core.codec import to_json
from meetings.core.state import State
from meetings.core.upcast import EVENTS
from meetings.core.vocabulary import SYSTEM, FloorMode, OnExceed, RollStatus, SpeechKind
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    DIRECTIVE,
    DIRECTORY,
    DISCUSSION,
    HALL,
    SECRETARY,
    TAN_AN,
    VINH_HUNG,
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


def test_rule_25_speaking_time_is_totalled_per_site_and_per_body_and_who_is_not_heard_is_named(
    sitting: Sitting,
) -> None:
    for site_id, seconds in ((TAN_AN, 10), (BEN_LUC, 20), (TAN_AN, 5)):
        speech = sitting.grant(delegate(site_id))
        sitting.let(seconds)
        sitting.chair(c.RevokeFloor(speech))
    granted = sitting.request(delegate(CAN_DUOC))
    sitting.chair(c.GrantFloor(granted))
    desk = desk_part(sitting.state, DIRECTORY)
    assert [(t["site_id"], t["speeches"], t["spoken_ms"], t["quota_left_ms"]) for t in desk["totals"]["sites"]] == [
        (HALL, 0, 0, None),
        (TAN_AN, 2, 15_000, None),
        (BEN_LUC, 1, 20_000, None),
        (CAN_DUOC, 0, 0, None),
        (VINH_HUNG, 0, 0, None),
    ]
    assert desk["totals"]["bodies"] == [
        {"body": "Cơ quan 2", "speeches": 2, "spoken_ms": 15_000},
        {"body": "Cơ quan 3", "speeches": 1, "spoken_ms": 20_000},
        {"body": "Cơ quan 4", "speeches": 0, "spoken_ms": 0},
    ]
    assert desk["not_yet_heard"] == [CAN_DUOC, VINH_HUNG], "whoever is only warned has not been heard"
    sitting.let(3)
    assert desk_part(sitting.state, DIRECTORY)["not_yet_heard"] == [VINH_HUNG]
    assert desk_part(State(), DIRECTORY)["totals"]["sites"][0]["speeches"] == 0


def test_rule_25_a_quota_is_drawn_down_may_go_negative_and_is_told_to_its_site(sitting: Sitting) -> None:
    sitting.chair(c.ChangeSettings(site_quota_seconds=60))
    sitting.chair(c.AddQuota(TAN_AN, 30))
    speech = sitting.grant(delegate(TAN_AN))
    sitting.let(100)
    sitting.chair(c.RevokeFloor(speech))
    own = own_part(sitting.state, DIRECTORY, TAN_AN)
    assert own["spoken"] == {"speeches": 1, "spoken_ms": 100_000, "quota_left_ms": -10_000}
    assert own_part(sitting.state, DIRECTORY, BEN_LUC)["spoken"]["quota_left_ms"] == 60_000


def test_an_entry_tells_how_long_those_ahead_of_it_may_take_and_the_forecast_how_long_all(sitting: Sitting) -> None:
    speech = sitting.grant(delegate(TAN_AN))
    sitting.request(delegate(TAN_AN, 2))
    sitting.when(SECRETARY, c.RequestFloor(delegate(BEN_LUC), limit_seconds=60))
    order = sitting.request(delegate(BEN_LUC, 2), kind=SpeechKind.POINT_OF_ORDER)
    part = public_part(sitting.state, DIRECTORY)
    assert [(q["limit_seconds"], q["wait_seconds"], q["is_first"]) for q in part["queue"]] == [
        (120, 0, True),
        (180, 120, False),
        (60, 300, True),
    ]
    assert part["forecast"] == {"speech_ends_at": "2020-07-16T01:03:03.000Z", "queue_seconds": 360}
    sitting.chair(c.PauseSpeech(speech))
    assert public_part(sitting.state, DIRECTORY)["forecast"]["speech_ends_at"] is None
    sitting.chair(c.GrantFloor(order))
    part = public_part(sitting.state, DIRECTORY)
    assert [(h["request_id"], h["paused_by"]) for h in part["holders"]] == [
        (speech, ["paused", "point_of_order"]),
        (order, []),
    ]
    assert part["floor"] == part["holders"][-1] and not part["stage"]["is_point_of_order"]
    sitting.let(3)
    assert public_part(sitting.state, DIRECTORY)["stage"]["is_point_of_order"]


def test_how_the_floor_is_run_is_told_as_it_is_now(sitting: Sitting) -> None:
    assert public_part(State(), DIRECTORY)["settings"]["speech_limit_seconds"] == 300
    sitting.chair(c.SetMode(FloorMode.FREE_DISCUSSION))
    sitting.chair(c.ChangeSettings(speech_limit_seconds=240, is_present_only=False))
    sitting.chair(c.SetItemLimit(DISCUSSION, 90))
    part = public_part(sitting.state, DIRECTORY)
    assert {"mode": "free_discussion", "speech_limit_seconds": 240, "is_present_only": False}.items() <= (
        part["settings"].items()
    )
    assert {i["id"]: i["limit_seconds"] for i in part["agenda"]} == {1: 240, 2: 90, 3: 240, 4: 240}


def test_rule_23_what_may_be_undone_is_offered_with_its_deadline_to_whom_it_concerns(sitting: Sitting) -> None:
    speech, waiting = sitting.grant(delegate(TAN_AN)), sitting.request(delegate(BEN_LUC))
    sitting.chair(c.RevokeFloor(speech))
    sitting.when(site(BEN_LUC), c.WithdrawRequest(waiting))
    end, withdrawal = desk_part(sitting.state, DIRECTORY)["undo"]
    assert (end["act"], end["by"], end["until"], end["who"]) == ("end", "chair", None, "Chức vụ 2-1")
    assert (withdrawal["act"], withdrawal["by"], withdrawal["until"], withdrawal["request_id"]) == (
        "removal",
        "secretary",
        "2020-07-16T01:00:13.000Z",
        waiting,
    )
    assert own_part(sitting.state, DIRECTORY, BEN_LUC)["undo"] == [withdrawal]
    assert own_part(sitting.state, DIRECTORY, TAN_AN)["undo"] == []
    removed = sitting.request(delegate(BEN_LUC, 2))
    sitting.when(SECRETARY, c.RemoveRequest(removed, "hết giờ"))
    sitting.request(delegate(BEN_LUC, 3))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, tuple(sitting.waiting())))
    assert own_part(sitting.state, DIRECTORY, BEN_LUC)["undo"] == [withdrawal], "a removal is the desk's"
    assert desk_part(sitting.state, DIRECTORY)["undo"][-1]["site_id"] is None


def test_a_cut_speech_is_logged_with_its_time(sitting: Sitting) -> None:
    sitting.chair(c.ChangeSettings(on_exceed=OnExceed.CUT))
    sitting.grant(delegate(TAN_AN))
    sitting.let(200)
    entry = log_entry(sitting.journal[-1], sitting.state, DIRECTORY)
    assert (entry["event"], entry["actor"], entry["spoken_ms"]) == ("floor_cut", "system", 195_000)
    sitting.chair(c.SetMode(FloorMode.FIFO))
    assert log_entry(sitting.journal[-1], sitting.state, DIRECTORY)["mode"] == "fifo"
