"""The gallery: which sites are on the tiles, and when the hall screen shows them (rules 31, 35, 36)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.audience import log_entries, public_part
from meetings.core.conference import replay
from meetings.core.gallery import TILES
from meetings.core.setup import SetupSite
from meetings.core.vocabulary import SYSTEM, Card, GalleryTime, SiteId
from tests.core.sitting import (
    BEN_LUC,
    CHAIR,
    DIRECTORY,
    DISCUSSION,
    HALL,
    SECRETARY,
    SETUP,
    SITES,
    TAN_AN,
    Sitting,
    delegate,
    doors_open,
    site,
)

BETWEEN, ALWAYS = GalleryTime.BETWEEN_SPEECHES, GalleryTime.ALWAYS


def with_sites(count: int) -> Sitting:
    """Convened with `count` sites, the hall first, of which only the usual five are connected."""
    numbers = (*SITES, *range(100, 100 + count - len(SITES)))
    setup = replace(SETUP, sites=tuple(SetupSite(SiteId(n), is_hall=n == HALL) for n in numbers))
    sitting = doors_open(setup)
    sitting.chair(c.Convene())
    sitting.chair(c.OpenItem(DISCUSSION))
    return sitting


def test_the_tiles_are_the_sites_in_protocol_order_connected_or_not(sitting: Sitting) -> None:
    assert sitting.stage.tiles == SITES
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.stage.tiles == SITES, "nobody moves because a line is lost"
    assert not sitting.stage.is_gallery, "only the desk puts it on the hall screen"


def test_ninety_seven_points_fill_seven_pages_and_the_last_has_one_tile() -> None:
    sitting = with_sites(97)
    seen: list[SiteId] = []
    for page in range(1, 8):
        sitting.when(SECRETARY, c.TurnGallery(page))
        assert len(sitting.stage.tiles) == (TILES if page < 7 else 1)
        seen += sitting.stage.tiles
    assert seen == [site.id for site in sitting.state.frozen.sites]
    for page in (0, 8):
        assert sitting.refused(SECRETARY, c.TurnGallery(page)) == "out_of_range"
    assert sitting.when(SECRETARY, c.TurnGallery(7)) == [], "it lies there already"


def test_between_speeches_the_gallery_gives_way_and_comes_back(sitting: Sitting) -> None:
    assert sitting.when(SECRETARY, c.ShowGallery()) == [e.GalleryShown(BETWEEN, 1, None)]
    assert sitting.stage.is_gallery
    speech = sitting.grant(delegate(TAN_AN))
    assert not sitting.stage.is_gallery
    sitting.chair(c.RevokeFloor(speech))
    assert sitting.stage.is_gallery
    sitting.chair(c.ChairSpeaks())
    assert not sitting.stage.is_gallery
    sitting.chair(c.EndChairSpeech())
    assert sitting.when(SECRETARY, c.HideGallery()) == [e.GalleryHidden()]
    assert not sitting.stage.is_gallery
    assert sitting.refused(SECRETARY, c.HideGallery()) == "gallery_not_shown"


def test_rule_31_shown_always_it_stays_in_speeches_and_silences_nobody(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.ShowGallery(ALWAYS))
    sitting.grant(delegate(BEN_LUC))
    assert sitting.stage.is_gallery
    assert (sitting.stage.heard, sitting.stage.floor_site_id) == ((HALL, BEN_LUC), BEN_LUC)


def test_a_card_covers_the_gallery_and_showing_the_gallery_takes_the_card_away(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.ShowGallery())
    sitting.when(SECRETARY, c.ShowCard(Card.BREAK))
    assert not sitting.stage.is_gallery
    sitting.when(SECRETARY, c.HideCard())
    assert sitting.stage.is_gallery
    sitting.when(SECRETARY, c.ShowCard(Card.BREAK))
    assert sitting.when(SECRETARY, c.ShowGallery(ALWAYS)) == [e.CardHidden(), e.GalleryShown(ALWAYS, 1, None)]
    assert (sitting.stage.card, sitting.stage.is_gallery) == (None, True)


def test_before_the_opening_the_hall_may_see_who_is_there_and_a_break_is_private(opened: Sitting) -> None:
    opened.when(SECRETARY, c.ShowGallery())
    assert (opened.stage.card, opened.stage.is_gallery) == (Card.BEFORE, True)
    opened.chair(c.Convene())
    opened.chair(c.Suspend())
    assert (opened.stage.tiles, opened.stage.is_gallery) == ((), False)
    opened.chair(c.Resume())
    assert opened.stage.is_gallery
    opened.chair(c.Adjourn())
    assert (opened.stage.tiles, opened.stage.is_gallery) == ((), False)
    assert opened.refused(SECRETARY, c.ShowGallery()) == "conference_is_adjourned"


def test_rule_15_the_page_turns_by_itself_while_the_hall_sees_it_and_each_turn_happens_once() -> None:
    sitting = with_sites(40)
    sitting.when(SECRETARY, c.ShowGallery(page=2, turn_seconds=20))
    assert sitting.let(19.9) == []
    assert sitting.let(0.1) == [e.GalleryTurned(3)]
    assert sitting.let(40) == [e.GalleryTurned(1), e.GalleryTurned(2)], "after the last page comes the first"
    speech = sitting.grant(delegate(TAN_AN))
    assert sitting.let(100) == []
    sitting.chair(c.RevokeFloor(speech))
    assert sitting.let(0) == [e.GalleryTurned(3)]
    sitting.let(10)
    sitting.when(CHAIR, c.TurnGallery(1))
    assert sitting.let(19) == [], "a page that a hand turned stays as long as any other"
    assert sitting.let(1) == [e.GalleryTurned(2)]
    sitting.when(SECRETARY, c.ShowGallery())
    assert (sitting.let(600), sitting.state.gallery.page) == ([], 2)


def test_a_single_page_never_turns(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.ShowGallery(turn_seconds=10))
    assert sitting.let(60) == []


@pytest.mark.parametrize("seconds", [0, 9, 601, -20])
def test_what_cannot_be_shown_is_refused_by_name(sitting: Sitting, seconds: int) -> None:
    assert sitting.refused(SECRETARY, c.ShowGallery(turn_seconds=seconds)) == "out_of_range"
    assert sitting.refused(SECRETARY, c.ShowGallery(page=2)) == "out_of_range"
    for command in (c.ShowGallery(), c.TurnGallery(1), c.HideGallery()):
        assert Sitting().refused(SECRETARY, command) == "doors_not_open"
        assert sitting.refused(site(TAN_AN), command) == "not_permitted"


def test_rule_33_who_comes_late_finds_the_gallery_as_it_is_and_the_log_is_not_full_of_pages() -> None:
    sitting = with_sites(33)
    sitting.when(SECRETARY, c.ShowGallery(ALWAYS, turn_seconds=10))
    sitting.let(25)
    told = public_part(replay(sitting.journal), DIRECTORY)["gallery"]
    assert told == {
        "is_on_screen": True,
        "shown": "always",
        "page": 3,
        "pages": 3,
        "turn_seconds": 10,
        "tiles": [sitting.state.frozen.sites[32].id],
    }
    assert sitting.state.gallery.turned_at == sitting.now - timedelta(seconds=5)
    names = [entry["event"] for entry in log_entries(sitting.journal, sitting.state, DIRECTORY)]
    assert names.count("gallery_shown") == 1
    assert "gallery_turned" not in names
