"""What a desk puts on the hall screen (rules 33, 35, 36)."""

from datetime import timedelta

import pytest

from meetings.core import commands as c
from meetings.core import events as e
from meetings.core.stage import Large
from meetings.core.vocabulary import SYSTEM, Card, Language
from tests.core.sitting import BEN_LUC, CHAIR, HALL, SECRETARY, TAN_AN, Sitting, delegate, site

WORDS = "Mời các đại biểu dùng nước tại sảnh tầng một"


def test_rule_35_a_card_of_the_desk_stands_until_it_is_taken_away(sitting: Sitting) -> None:
    back = sitting.now + timedelta(minutes=15)
    assert sitting.when(SECRETARY, c.ShowCard(Card.BREAK, f"  {WORDS} ", back)) == [
        e.CardShown(Card.BREAK, WORDS, back)
    ]
    stage = sitting.stage
    assert (stage.card, stage.card_words, stage.resumes_at) == (Card.BREAK, WORDS, back)
    sitting.let(3600)
    assert sitting.stage.card is Card.BREAK
    assert sitting.chair(c.HideCard()) == [e.CardHidden()]
    assert (sitting.stage.card, sitting.stage.card_words, sitting.stage.resumes_at) == (None, "", None)
    assert sitting.refused(CHAIR, c.HideCard()) == "no_card_shown"


@pytest.mark.parametrize("card", Card)
def test_rule_31_a_card_silences_nobody(sitting: Sitting, card: Card) -> None:
    sitting.grant(delegate(TAN_AN))
    before = sitting.stage
    sitting.when(SECRETARY, c.ShowCard(card))
    assert sitting.stage.card is card
    assert sitting.stage.heard == before.heard == (HALL, TAN_AN)
    assert (sitting.stage.large, sitting.stage.floor_site_id) == (Large.FLOOR, TAN_AN), "it is ready when the card goes"


def test_a_granted_speaker_is_seen_whatever_card_was_forgotten(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.ShowCard(Card.BREAK))
    sitting.chair(c.GrantFloor(sitting.request(delegate(BEN_LUC))))
    assert sitting.stage.card is None


def test_a_card_ends_with_the_opening_and_with_the_break(opened: Sitting) -> None:
    opened.when(SECRETARY, c.ShowCard(Card.BREAK, "Khai mạc chậm 10 phút"))
    opened.chair(c.Convene())
    assert opened.stage.card is None
    opened.chair(c.Suspend())
    back = opened.now + timedelta(minutes=10)
    opened.when(SECRETARY, c.ShowCard(Card.BREAK, "", back))
    assert (opened.stage.resumes_at, opened.stage.heard) == (back, ())
    opened.chair(c.HideCard())
    assert (opened.stage.card, opened.stage.resumes_at) == (Card.BREAK, None), "the sitting's own card is left"
    opened.chair(c.Resume())
    assert opened.stage.card is None


def test_a_break_keeps_its_own_card_and_no_other(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.ShowCard(Card.BREAK, WORDS))
    sitting.chair(c.Suspend())
    assert sitting.stage.card_words == WORDS
    sitting.chair(c.Resume())
    sitting.when(SECRETARY, c.ShowCard(Card.BEFORE, WORDS))
    sitting.chair(c.Suspend())
    assert (sitting.stage.card, sitting.stage.card_words) == (Card.BREAK, "")


def test_the_end_card_keeps_its_words_after_the_closing_and_may_get_new_ones(sitting: Sitting) -> None:
    sitting.when(SECRETARY, c.ShowCard(Card.END, "Trân trọng cảm ơn"))
    sitting.chair(c.Adjourn())
    assert (sitting.stage.card, sitting.stage.card_words) == (Card.END, "Trân trọng cảm ơn")
    sitting.when(SECRETARY, c.ShowCard(Card.END, "Hẹn gặp lại"))
    assert sitting.stage.card_words == "Hẹn gặp lại"
    assert sitting.refused(SECRETARY, c.ShowCard(Card.BREAK)) == "conference_is_adjourned"


def test_what_cannot_be_shown_is_refused_by_name(sitting: Sitting) -> None:
    now = sitting.now
    assert sitting.refused(SECRETARY, c.ShowCard(Card.BREAK, "x" * 121)) == "screen_words_too_long"
    assert sitting.refused(SECRETARY, c.ShowCard(Card.BREAK, "", now)) == "out_of_range"
    assert sitting.refused(SECRETARY, c.ShowCard(Card.BREAK, "", now + timedelta(days=2))) == "out_of_range"
    assert sitting.refused(SECRETARY, c.ShowCard(Card.END, "", now + timedelta(hours=1))) == "out_of_range"
    for command in (c.ShowCard(Card.BREAK), c.HideCard(), c.SetScreenLanguage(Language.ENGLISH)):
        assert Sitting().refused(SECRETARY, command) == "doors_not_open"


def test_rule_36_both_desks_show_cards_and_nobody_else(sitting: Sitting) -> None:
    for actor in (site(TAN_AN), SYSTEM):
        assert sitting.refused(actor, c.ShowCard(Card.BREAK)) == "not_permitted"
        assert sitting.refused(actor, c.SetScreenLanguage(Language.ENGLISH)) == "not_permitted"
    for actor in (CHAIR, SECRETARY):
        sitting.when(actor, c.ShowCard(Card.BEFORE))
        sitting.when(actor, c.SetScreenLanguage(Language.ENGLISH))
    assert sitting.state.screen_language is Language.ENGLISH
