"""The paper picture: offered by a point, seen by everybody by an act of a desk, and never before (rules 42, 43)."""

from typing import Any

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.audience import desk_part, own_part, public_part
from meetings.core.codec import to_json
from meetings.core.vocabulary import SYSTEM, Card, GalleryTime, ShareSource, SiteId
from tests.core.sitting import BEN_LUC, CHAIR, DIRECTORY, HALL, SECRETARY, TAN_AN, Sitting, delegate, site

SCREEN, CAMERA = ShareSource.SCREEN, ShareSource.CAMERA


def offered(sitting: Sitting, site_id: SiteId = TAN_AN, source: ShareSource = SCREEN) -> None:
    assert sitting.when(site(site_id), c.OfferShare(site_id, source)) == [e.ShareOffered(site_id, source)]


def shown(sitting: Sitting) -> tuple[SiteId | None, ShareSource | None]:
    return sitting.stage.share_site_id, sitting.stage.share_source


def own(sitting: Sitting, site_id: SiteId) -> Any:
    return own_part(sitting.state, DIRECTORY, site_id)["share"]


def test_rule_42_nobody_but_its_point_and_the_desks_is_told_of_a_share_before_it_is_shown(sitting: Sitting) -> None:
    before = to_json(public_part(sitting.state, DIRECTORY))
    offered(sitting)
    assert shown(sitting) == (None, None)
    assert to_json(public_part(sitting.state, DIRECTORY)) == before
    assert own(sitting, BEN_LUC) is None
    assert own(sitting, TAN_AN)["is_shown"] is False
    [told] = desk_part(sitting.state, DIRECTORY)["shares"]
    assert (told["site_id"], told["source"], told["is_shown"]) == (TAN_AN, "screen", False)


def test_rule_42_chair_or_secretary_show_and_hide_it_the_sharer_is_told_and_sounds_stay(sitting: Sitting) -> None:
    offered(sitting)
    offered(sitting, HALL, CAMERA)
    sitting.grant(delegate(BEN_LUC))
    heard = sitting.stage.heard
    assert sitting.when(SECRETARY, c.ShowShare(TAN_AN)) == [e.ShareShown(TAN_AN)]
    assert shown(sitting) == (TAN_AN, SCREEN)
    assert public_part(sitting.state, DIRECTORY)["stage"]["share"] == {"site_id": TAN_AN, "source": "screen"}
    assert own(sitting, TAN_AN)["is_shown"] is True
    assert (sitting.stage.floor_site_id, sitting.stage.heard) == (BEN_LUC, heard), "the speaker stays beside it"
    assert sitting.when(CHAIR, c.ShowShare(TAN_AN)) == []
    assert sitting.chair(c.ShowShare(HALL)) == [e.ShareShown(HALL)]
    assert shown(sitting) == (HALL, CAMERA)
    assert own(sitting, TAN_AN)["is_shown"] is False, "one at a time"
    assert sitting.when(SECRETARY, c.HideShare()) == [e.ShareHidden()]
    assert shown(sitting) == (None, None)
    assert own(sitting, HALL) is not None, "it may be shown again"
    assert sitting.refused(CHAIR, c.HideShare()) == "share_not_shown"


def test_rule_42_a_site_shows_nothing_by_itself_and_offers_only_its_own(sitting: Sitting) -> None:
    offered(sitting)
    assert sitting.refused(site(TAN_AN), c.ShowShare(TAN_AN)) == "not_permitted"
    assert sitting.refused(site(TAN_AN), c.HideShare()) == "not_permitted"
    assert sitting.refused(site(TAN_AN), c.OfferShare(BEN_LUC, SCREEN)) == "not_your_site"
    assert sitting.refused(site(BEN_LUC), c.EndShare(TAN_AN)) == "not_your_site"
    assert sitting.refused(SECRETARY, c.OfferShare(TAN_AN, SCREEN)) == "not_permitted"
    assert sitting.refused(site(TAN_AN), c.OfferShare(TAN_AN, CAMERA)) == "already_sharing"
    assert sitting.refused(SECRETARY, c.ShowShare(BEN_LUC)) == "not_sharing"


def test_rule_42_it_is_shown_while_the_conference_sits_only(opened: Sitting) -> None:
    assert Sitting().refused(site(TAN_AN), c.OfferShare(TAN_AN, SCREEN)) == "doors_not_open"
    assert Sitting().refused(SECRETARY, c.ShowShare(TAN_AN)) == "doors_not_open"
    offered(opened)
    assert opened.refused(SECRETARY, c.ShowShare(TAN_AN)) == "not_convened"
    opened.chair(c.Convene())
    opened.when(SECRETARY, c.ShowShare(TAN_AN))
    opened.chair(c.Suspend())
    assert shown(opened) == (None, None)
    assert opened.refused(SECRETARY, c.ShowShare(TAN_AN)) == "conference_is_suspended"
    opened.chair(c.Resume())
    assert shown(opened) == (None, None), "what stood on that screen in the break is nobody's business"
    assert own(opened, TAN_AN) is not None
    opened.when(SECRETARY, c.ShowShare(TAN_AN))
    opened.chair(c.Adjourn())
    assert (shown(opened), own(opened, TAN_AN)) == ((None, None), None)
    assert opened.refused(site(TAN_AN), c.OfferShare(TAN_AN, SCREEN)) == "conference_is_adjourned"


def test_rule_42_a_card_covers_it_showing_takes_the_card_away_and_it_goes_before_the_gallery(sitting: Sitting) -> None:
    offered(sitting)
    sitting.when(SECRETARY, c.ShowGallery(GalleryTime.ALWAYS))
    sitting.when(SECRETARY, c.ShowShare(TAN_AN))
    assert not sitting.stage.is_gallery
    sitting.when(SECRETARY, c.ShowCard(Card.BREAK))
    assert shown(sitting) == (None, None)
    assert own(sitting, TAN_AN)["is_shown"] is False, "covered, it is not sent"
    assert sitting.when(SECRETARY, c.ShowShare(TAN_AN)) == [e.CardHidden()]
    assert shown(sitting) == (TAN_AN, SCREEN)
    sitting.when(SECRETARY, c.HideShare())
    assert sitting.stage.is_gallery


def test_rule_43_its_sharer_ends_it_also_while_it_is_shown(sitting: Sitting) -> None:
    offered(sitting)
    sitting.when(SECRETARY, c.ShowShare(TAN_AN))
    assert sitting.when(site(TAN_AN), c.EndShare(TAN_AN)) == [e.ShareEnded(TAN_AN)]
    assert (shown(sitting), own(sitting, TAN_AN)) == ((None, None), None)
    assert sitting.refused(site(TAN_AN), c.EndShare(TAN_AN)) == "not_sharing"
    assert sitting.when(SYSTEM, c.EndShare(TAN_AN)) == []


def test_rule_43_it_ends_with_the_removal_of_its_point_and_nobody_outside_offers(sitting: Sitting) -> None:
    offered(sitting)
    sitting.when(SECRETARY, c.ShowShare(TAN_AN))
    sitting.when(SECRETARY, c.RemoveSite(TAN_AN, "mở loa ngoài"))
    assert (shown(sitting), own(sitting, TAN_AN)) == ((None, None), None)
    assert sitting.refused(site(TAN_AN), c.OfferShare(TAN_AN, SCREEN)) == "not_admitted"
    sitting.when(SECRETARY, c.AdmitSite(TAN_AN))
    assert own(sitting, TAN_AN) is None, "it does not come back by itself"


@pytest.mark.parametrize(("seconds", "is_kept"), [(29, True), (30, False)])
def test_rule_43_a_short_loss_of_the_line_keeps_it_and_a_long_one_ends_it(
    sitting: Sitting, seconds: int, is_kept: bool
) -> None:
    offered(sitting)
    sitting.when(SECRETARY, c.ShowShare(TAN_AN))
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.let(seconds) == ([] if is_kept else [e.ShareEnded(TAN_AN)])
    sitting.when(SYSTEM, c.ReportConnected(TAN_AN))
    assert sitting.let(60) == []
    assert shown(sitting) == ((TAN_AN, SCREEN) if is_kept else (None, None))


def test_rule_43_what_is_lost_is_not_newly_shown(sitting: Sitting) -> None:
    offered(sitting)
    sitting.when(SYSTEM, c.ReportDisconnected(TAN_AN))
    assert sitting.refused(SECRETARY, c.ShowShare(TAN_AN)) == "site_not_connected"
