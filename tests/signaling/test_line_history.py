"""Readings in, samples out; what is kept of them, for how long, and who may read it."""

from datetime import UTC, datetime, timedelta

from meetings import line_history
from meetings.core.vocabulary import SiteId
from meetings.line_history import KEPT, Sample, thinned
from signaling.quality import Figures
from signaling.sampler import SAMPLE, Sampler
from tests.signaling.page import Pages, Room

AT = datetime(2020, 7, 16, 1, 0, tzinfo=UTC)
HERE, THERE = SiteId(7), SiteId(9)


def sample(n: int, site_id: SiteId = HERE, **more: object) -> Sample:
    figures = {"rtt_ms": 20, "loss_up": 0.0, "loss_down": None, "up_kbps": 100, "down_kbps": 1000, **more}
    return Sample(site_id, AT + n * SAMPLE, **figures)  # type: ignore[arg-type]


def test_half_a_minute_of_readings_is_one_sample_of_the_worst_losses_and_the_mean_rates() -> None:
    sampler, told = Sampler(), []
    for n in range(17):
        at = AT + timedelta(seconds=2 * n)
        bad = n == 4
        sampler.note(HERE, Figures(rtt_ms=300 if bad else 20, loss_up=0.04 if bad else 0.0, up_kbps=100 + n), at)
        if n > 10:
            sampler.note(THERE, Figures(down_kbps=500), at)
        told.append(sampler.due(at))
    due = next(samples for samples in told if samples)
    at = AT + SAMPLE
    assert due == [Sample(HERE, at, 300, 0.04, None, 108, 0), Sample(THERE, at, None, None, None, 0, 500)]
    assert [n for n, samples in enumerate(told) if samples] == [15], "once, and not again at the next reading"


def test_who_is_not_there_has_no_samples() -> None:
    assert Sampler().due(AT + 10 * SAMPLE) == []


def test_many_samples_are_thinned_and_no_peak_is_lost() -> None:
    many = [sample(n, rtt_ms=900 if n == 555 else 20, up_kbps=n % 2 * 200) for n in range(1000)]
    found = thinned(many, 240)
    assert len(found) == 200
    assert [one.rtt_ms for one in found].count(900) == 1
    assert {one.up_kbps for one in found} == {80, 120}
    assert found[-1].at == many[-1].at
    assert thinned(many[:240], 240) == many[:240]
    assert thinned([], 240) == []


def test_samples_are_kept_by_site_oldest_first_and_the_oldest_go(room: Room) -> None:
    here, there = SiteId(room.sites[1]), SiteId(room.sites[2])
    long_ago = int(KEPT / SAMPLE)
    line_history.add(room.conference_id, [sample(0, here), sample(0, there)])
    line_history.add(room.conference_id, [sample(long_ago, here)])
    assert line_history.of_site(room.conference_id, here) == [sample(0, here), sample(long_ago, here)]
    line_history.add(room.conference_id, [sample(long_ago + 1, here)])
    assert [one.at for one in line_history.of_site(room.conference_id, here)] == [
        AT + long_ago * SAMPLE,
        AT + (long_ago + 1) * SAMPLE,
    ]
    assert line_history.of_site(room.conference_id, there) == []


def test_the_desk_and_the_site_itself_read_the_history_of_a_line(room: Room, pages: Pages) -> None:
    here = SiteId(room.sites[1])
    line_history.add(room.conference_id, [sample(0, here, loss_down=0.015)])
    for page in (pages.secretary(), pages.site(1)):
        assert page.ask("get_line_history", {"site_id": here})["samples"] == [
            {
                "at": "2020-07-16T01:00:00.000Z",
                **{"rtt_ms": 20, "loss_up": 0.0, "loss_down": 0.015, "up_kbps": 100, "down_kbps": 1000},
            }
        ]
    for page in (pages.site(2), pages.screen()):
        assert page.ask("get_line_history", {"site_id": here})["code"] == "not_permitted"
    assert pages.chair().ask("get_line_history", {"site_id": 10**6})["code"] == "unknown_site"
    assert pages.chair().ask("get_line_history", {"site_id": "1"})["code"] == "malformed"
