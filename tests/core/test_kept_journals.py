"""Journals written by each release are read by this one and lead to the same state (rule 29).

A row of `journals/*.jsonl` is what the table holds: seq, at, actor, kind, v, data. `journals/*.state.json` is the state they
led to; later releases may add to it, never differ from it. A file, once released, never changes;
`python -m tests.core.test_kept_journals NAME` writes a new one for a new release.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meetings.core import commands as c
from meetings.core.codec import from_plain, to_json, to_plain
from meetings.core.conference import replay
from meetings.core.events import EVENT_VERSION, Recorded
from meetings.core.setup import SetupSite
from meetings.core.state import State
from meetings.core.upcast import EVENTS, KINDS, event_from
from meetings.core.vocabulary import (
    SYSTEM,
    AccountId,
    Card,
    CurrentSpeech,
    FloorMode,
    GalleryTime,
    Language,
    OnExceed,
    Role,
    RollStatus,
    ShareSource,
    SiteId,
    SpeechKind,
)
from tests.core.sitting import (
    BEN_LUC,
    CAN_DUOC,
    DIRECTIVE,
    DISCUSSION,
    HALL,
    SECRETARY,
    SETUP,
    TAN_AN,
    VINH_HUNG,
    Sitting,
    delegate,
    doors_open,
    site,
)

FOLDER = Path(__file__).parent / "journals"
KEPT = sorted(FOLDER.glob("*.jsonl"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def read(rows: list[dict[str, Any]]) -> Iterator[Recorded]:
    for row in rows:
        at = from_plain(datetime, row["at"])
        role = Role(row["actor"].partition("/")[0])
        yield Recorded(row["seq"], at, role, event_from(row["kind"], row["v"], row["data"]))


def digest(state: State) -> str:
    return hashlib.sha256(to_json(state).encode()).hexdigest()


def differences(kept: Any, now: Any, path: str = "") -> list[str]:
    """Where `now` lacks or changes a kept value; what it has in addition does not count."""
    if isinstance(kept, dict) and isinstance(now, dict):
        return [d for key in kept for d in differences(kept[key], now.get(key), f"{path}.{key}")]
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        return [
            d
            for i, (one, other) in enumerate(zip(kept, now, strict=True))
            for d in differences(one, other, f"{path}[{i}]")
        ]
    return [] if kept == now else [f"{path}: {kept!r} became {now!r}"]


@pytest.mark.parametrize("path", KEPT, ids=lambda p: p.stem)
def test_rule_29_a_kept_journal_still_leads_to_its_state(path: Path) -> None:
    kept = json.loads(path.with_suffix(".state.json").read_text())
    assert differences(kept, json.loads(to_json(replay(read(rows_of(path)))))) == []


def test_the_journal_of_this_release_holds_every_kind_of_event_with_its_version() -> None:
    rows = rows_of(KEPT[-1])
    assert {row["kind"] for row in rows} == set(EVENTS)
    assert all(set(row) == {"seq", "at", "actor", "kind", "v", "data"} for row in rows)
    assert max(row["v"] for row in rows) == EVENT_VERSION


def test_rule_29_another_process_reads_the_same_bytes() -> None:
    program = "from tests.core import test_kept_journals as k; print(k.digest(k.replay(k.read(k.rows_of(k.KEPT[-1])))))"
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/Lima"},
            cwd=FOLDER.parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == digest(replay(read(rows_of(KEPT[-1]))))


def held() -> Sitting:
    """A sitting in which everything happens that can be recorded."""
    crowd = tuple(SetupSite(SiteId(n)) for n in range(101, 113))
    sitting = doors_open(replace(SETUP, sites=(*SETUP.sites, *crowd)))
    sitting.when(site(TAN_AN), c.MarkRoll(delegate(TAN_AN), RollStatus.PRESENT))
    sitting.when(SECRETARY, c.MarkRoll(delegate(TAN_AN, 2), RollStatus.EXCUSED, "đi công tác"))
    sitting.when(site(TAN_AN), c.ReportHeadCount(TAN_AN, 22))
    sitting.when(site(TAN_AN), c.MarkRoll(delegate(TAN_AN, 3), RollStatus.SUBSTITUTE))
    sitting.when(site(TAN_AN), c.ConfirmRoll(TAN_AN))
    sitting.when(SECRETARY, c.CloseRoll())
    sitting.when(SYSTEM, c.ReportDisconnected(VINH_HUNG))
    sitting.when(SECRETARY, c.StartRollCall())
    sitting.when(SECRETARY, c.PauseRollCall())
    sitting.when(SECRETARY, c.ContinueRollCall())
    sitting.let(60)
    sitting.when(SYSTEM, c.ReportConnected(VINH_HUNG))
    sitting.let(1800)
    sitting.chair(c.Convene())
    sitting.when(SECRETARY, c.OpenItem(DISCUSSION))
    first = sitting.request(delegate(TAN_AN), topic="Kiện toàn cấp ủy xã sau sáp nhập")
    second = sitting.request(delegate(BEN_LUC), kind=SpeechKind.PREPARED_SPEECH)
    withdrawn = sitting.request(delegate(CAN_DUOC))
    declined = sitting.request(delegate(CAN_DUOC, 2))
    removed = sitting.request(delegate(VINH_HUNG))
    sitting.when(SECRETARY, c.RequestFloor(delegate(HALL), limit_seconds=90, item_id=DIRECTIVE))
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (second, first, withdrawn, declined, removed)))
    sitting.when(site(CAN_DUOC), c.WithdrawRequest(withdrawn))
    sitting.when(SECRETARY, c.DeclineRequest(declined, "trùng nội dung"))
    sitting.when(SECRETARY, c.RemoveRequest(removed, "hết giờ"))
    sitting.when(SECRETARY, c.CloseQueue(DISCUSSION))
    sitting.when(SECRETARY, c.PrepareRequest(first))
    sitting.prepare(second)
    sitting.let(5)
    sitting.chair(c.GrantNext())
    sitting.let(20.5)
    sitting.chair(c.ExtendSpeech(second))
    sitting.chair(c.MuteHolder(second))
    sitting.let(7)
    sitting.chair(c.ResumeSpeech(second))
    sitting.let(220)
    sitting.when(site(BEN_LUC), c.ReleaseFloor(second))
    sitting.chair(c.AppointActingChair(AccountId(2)))
    sitting.when(SECRETARY, c.GrantFloor(first))
    sitting.chair(c.DismissActingChair())
    sitting.let(10)
    sitting.when(site(TAN_AN), c.CloseMicrophone(TAN_AN))
    sitting.when(site(TAN_AN), c.OpenMicrophone(TAN_AN))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    sitting.let(30)
    sitting.when(SYSTEM, c.ReportConnected(TAN_AN))
    sitting.when(SYSTEM, c.ContinueSpeech(TAN_AN))
    sitting.chair(c.ChairSpeaks())
    sitting.let(15)
    sitting.chair(c.EndChairSpeech())
    sitting.when(SECRETARY, c.SetScreenLanguage(Language.ENGLISH))
    sitting.when(SECRETARY, c.ShowCard(Card.BEFORE))
    sitting.chair(c.HideCard())
    sitting.when(SECRETARY, c.ShowGallery(GalleryTime.ALWAYS, turn_seconds=20))
    sitting.let(25)
    sitting.when(SECRETARY, c.TurnGallery(1))
    sitting.when(SECRETARY, c.HideGallery())
    sitting.chair(c.Suspend())
    sitting.when(SECRETARY, c.ShowCard(Card.BREAK, "Mời đại biểu dùng nước", sitting.now + timedelta(minutes=15)))
    sitting.let(900)
    sitting.chair(c.Resume())
    sitting.let(12.345)
    sitting.chair(c.ChairSpeaks(CurrentSpeech.END))
    sitting.when(SECRETARY, c.OpenQueue(DISCUSSION))
    led_in_every_way(sitting)
    sitting.when(SECRETARY, c.OpenItem(DIRECTIVE, is_confirmed=True))
    sitting.chair(c.GrantNext())
    sitting.let(60)
    at_the_door(sitting)
    sharing(sitting)
    sitting.chair(c.Adjourn())
    sitting.when(SYSTEM, c.ReportDisconnected(BEN_LUC))
    return sitting


def at_the_door(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.LockEntry())
    sitting.when(SECRETARY, c.RemoveSite(CAN_DUOC, "mở loa ngoài"))
    sitting.when(SECRETARY, c.AdmitSite(CAN_DUOC))
    sitting.when(SECRETARY, c.RemoveSite(VINH_HUNG, "đã về"))
    sitting.when(SECRETARY, c.UnlockEntry())
    sitting.when(SECRETARY, c.AdmitAll())


def sharing(sitting: Sitting) -> None:
    sitting.when(site(TAN_AN), c.OfferShare(TAN_AN, ShareSource.SCREEN))
    sitting.when(site(HALL), c.OfferShare(HALL, ShareSource.CAMERA))
    sitting.when(SECRETARY, c.ShowShare(TAN_AN))
    sitting.let(10)
    sitting.when(SECRETARY, c.HideShare())
    sitting.when(site(TAN_AN), c.EndShare(TAN_AN))


def led_in_every_way(sitting: Sitting) -> None:
    """Modes, several microphones, a point of order, a cut, a quota and undoing: what came with form 2."""
    sitting.chair(c.SetOpenMicrophones(2))
    sitting.chair(c.ChangeSettings(site_quota_seconds=1200, on_exceed=OnExceed.CUT))
    sitting.chair(c.AddQuota(BEN_LUC, 120))
    sitting.chair(c.SetItemLimit(DISCUSSION, 120))
    one, two = sitting.request(delegate(VINH_HUNG, 2)), sitting.request(delegate(CAN_DUOC, 3))
    sitting.when(SECRETARY, c.DeferRequest(one))
    sitting.undo(SECRETARY)
    sitting.when(SECRETARY, c.ReorderQueue(DISCUSSION, (two, one)))
    sitting.undo(SECRETARY)
    sitting.chair(c.GrantFloor(two))
    sitting.undo()
    sitting.chair(c.GrantFloor(one))
    sitting.let(20)
    sitting.chair(c.RevokeFloor(one))
    sitting.undo()
    sitting.chair(c.GrantFloor(two))
    order = sitting.request(delegate(BEN_LUC, 2), kind=SpeechKind.POINT_OF_ORDER)
    sitting.chair(c.GrantFloor(order))
    sitting.let(30)
    sitting.when(site(BEN_LUC), c.ReleaseFloor(order))
    sitting.chair(c.PauseSpeech(two))
    sitting.let(150)
    sitting.chair(c.RevokeFloor(two))
    sitting.chair(c.SetMode(FloorMode.FREE_DISCUSSION))
    sitting.when(site(TAN_AN), c.OpenMicrophone(TAN_AN, delegate(TAN_AN)))
    sitting.let(10)


def write(name: str) -> None:
    sitting = held()
    rows = [
        {
            "seq": recorded.seq,
            "at": to_plain(recorded.at),
            "actor": recorded.role.value,
            "kind": KINDS[type(recorded.event)],
            "v": EVENT_VERSION,
            "data": to_plain(recorded.event),
        }
        for recorded in sitting.journal
    ]
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    (FOLDER / f"{name}.state.json").write_text(to_json(sitting.state) + "\n")


if __name__ == "__main__":
    write(sys.argv[1])
