"""Rule 36: every command by every role."""

from typing import Any, get_args

import pytest

from meetings.core import commands as c
from meetings.core.conference import APPLY, DECIDE
from meetings.core.events import ActingChairAppointed, ActingChairDismissed, Event
from meetings.core.permissions import require_permission
from meetings.core.refusals import NotPermitted
from meetings.core.state import State
from meetings.core.vocabulary import SYSTEM, AccountId, Actor, RequestId, Role
from tests.core.sitting import CHAIR, OTHER_SECRETARY, SECRETARY, SETUP, TAN_AN, Sitting, delegate, site

CHAIRS = {
    c.Convene,
    c.Suspend,
    c.Resume,
    c.Adjourn,
    c.GrantFloor,
    c.GrantNext,
    c.RevokeFloor,
    c.ExtendSpeech,
    c.MuteHolder,
    c.MuteAll,
    c.PauseSpeech,
    c.SetMode,
    c.SetOpenMicrophones,
    c.ChangeSettings,
    c.SetItemLimit,
    c.AddQuota,
    c.ResumeSpeech,
    c.ChairSpeaks,
    c.EndChairSpeech,
    c.AppointActingChair,
    c.DismissActingChair,
}
DESKS = {
    c.OpenDoors,
    c.CloseRoll,
    c.StartRollCall,
    c.InviteReport,
    c.NextReport,
    c.PauseRollCall,
    c.ContinueRollCall,
    c.EndRollCall,
    c.OpenItem,
    c.CloseItem,
    c.DeferRequest,
    c.DeclineRequest,
    c.RemoveRequest,
    c.ReorderQueue,
    c.CloseQueue,
    c.OpenQueue,
    c.PrepareRequest,
    c.UnprepareRequest,
    c.ShowCard,
    c.HideCard,
    c.SetScreenLanguage,
    c.AdmitSite,
    c.AdmitAll,
    c.RemoveSite,
    c.LockEntry,
    c.UnlockEntry,
    c.ShowGallery,
    c.TurnGallery,
    c.HideGallery,
    c.ShowShare,
    c.HideShare,
}
SITES = {
    *(c.WithdrawRequest, c.ConfirmDevices, c.ReleaseFloor, c.CloseMicrophone, c.OpenMicrophone),
    *(c.OfferShare, c.EndShare),
}
EVERYBODYS = {c.MarkRoll, c.ReportHeadCount, c.ConfirmRoll, c.RequestFloor, c.Undo}
SYSTEMS = {
    *(c.GoOnAir, c.CutSpeech, c.PassHeldSpeech, c.PrepareRequest, c.AdmitAll, c.TurnGallery, c.NextReport),
    *(c.ReportConnected, c.ReportDisconnected, c.HoldSpeech, c.ContinueSpeech, c.EndShare),
}
COMMANDS: tuple[type[Any], ...] = get_args(c.Command)
ACTING = State(acting_chair=SECRETARY.account_id)


def is_permitted(form: type[Any], actor: Actor, state: State = ACTING) -> bool:
    try:
        require_permission(state, object.__new__(form), actor)
    except NotPermitted:
        return False
    return True


def test_every_command_is_decided_and_every_event_applied_in_one_place() -> None:
    assert set(DECIDE) == set(COMMANDS) == CHAIRS | DESKS | SITES | EVERYBODYS | SYSTEMS
    assert set(APPLY) == set(get_args(Event))


@pytest.mark.parametrize("form", COMMANDS, ids=lambda f: f.__name__)
def test_rule_36_each_role_does_what_is_its_own(form: type[Any]) -> None:
    """The acting chair is `SECRETARY`; `OTHER_SECRETARY` is not appointed."""
    assert {
        "chair": is_permitted(form, CHAIR),
        "acting chair": is_permitted(form, SECRETARY),
        "secretary": is_permitted(form, OTHER_SECRETARY),
        "site": is_permitted(form, site(TAN_AN)),
        "system": is_permitted(form, SYSTEM),
    } == {
        "chair": form in CHAIRS | DESKS | EVERYBODYS,
        "acting chair": form in CHAIRS | DESKS | EVERYBODYS,
        "secretary": form in DESKS | EVERYBODYS,
        "site": form in SITES | EVERYBODYS,
        "system": form in SYSTEMS,
    }


@pytest.mark.parametrize("form", sorted(CHAIRS, key=lambda f: f.__name__), ids=lambda f: f.__name__)
def test_rule_36_without_an_acting_chair_no_secretary_is_one(form: type[Any]) -> None:
    assert not is_permitted(form, SECRETARY, State())
    assert not is_permitted(form, Actor(Role.SECRETARY), State()), "nobody appointed is not the account None"
    assert not is_permitted(form, Actor(Role.SITE, TAN_AN, SECRETARY.account_id), ACTING)


def test_rule_36_appointing_and_dismissing_an_acting_chair_is_recorded(sitting: Sitting) -> None:
    request_id = sitting.request(delegate(TAN_AN))
    grant = c.GrantFloor(request_id)
    assert sitting.refused(SECRETARY, grant) == "not_permitted"
    assert sitting.chair(c.AppointActingChair(AccountId(2))) == [ActingChairAppointed(AccountId(2))]
    assert sitting.refused(OTHER_SECRETARY, grant) == "not_permitted"
    assert sitting.when(SECRETARY, grant)
    assert sitting.chair(c.DismissActingChair()) == [ActingChairDismissed()]
    assert sitting.refused(SECRETARY, c.RevokeFloor(request_id)) == "not_permitted"
    assert sitting.refused(CHAIR, c.DismissActingChair()) == "no_acting_chair"


def test_rule_36_permission_is_judged_before_anything_else_is_told() -> None:
    assert Sitting().refused(site(TAN_AN), c.GrantFloor(RequestId(99))) == "not_permitted"
    assert Sitting().refused(site(TAN_AN), c.OpenDoors(SETUP)) == "not_permitted"
