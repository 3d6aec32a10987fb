"""Who may ask what (rule 36), in one table. That a site acts only for itself is judged with the command (rule 1)."""

from __future__ import annotations

from typing import Any

from . import commands as c
from .refusals import CompanionIsSilent, NotPermitted
from .state import State
from .vocabulary import Actor, Role

_CHAIR = frozenset({Role.CHAIR})
_DESK = frozenset({Role.CHAIR, Role.SECRETARY})
_SITE = frozenset({Role.SITE})
_ANYONE = _DESK | _SITE
_SYSTEM = frozenset({Role.SYSTEM})

ALLOWED: dict[type[Any], frozenset[Role]] = {
    c.OpenDoors: _DESK,
    c.Convene: _CHAIR,
    c.Suspend: _CHAIR,
    c.Resume: _CHAIR,
    c.Adjourn: _CHAIR,
    c.AppointActingChair: _CHAIR,
    c.DismissActingChair: _CHAIR,
    c.ShowCard: _DESK,
    c.HideCard: _DESK,
    c.SetScreenLanguage: _DESK,
    c.ShowGallery: _DESK,
    c.TurnGallery: _DESK | _SYSTEM,
    c.HideGallery: _DESK,
    c.OfferShare: _SITE,
    c.EndShare: _SITE | _SYSTEM,
    c.ShowShare: _DESK,
    c.HideShare: _DESK,
    c.OpenItem: _DESK,
    c.CloseItem: _DESK,
    c.MarkRoll: _ANYONE,
    c.ReportHeadCount: _ANYONE,
    c.ConfirmRoll: _ANYONE,
    c.CloseRoll: _DESK,
    c.StartRollCall: _DESK,
    c.InviteReport: _DESK,
    c.NextReport: _DESK | _SYSTEM,
    c.PauseRollCall: _DESK,
    c.ContinueRollCall: _DESK,
    c.EndRollCall: _DESK,
    c.RequestFloor: _ANYONE,
    c.WithdrawRequest: _SITE,
    c.DeferRequest: _DESK,
    c.DeclineRequest: _DESK,
    c.RemoveRequest: _DESK,
    c.ReorderQueue: _DESK,
    c.CloseQueue: _DESK,
    c.OpenQueue: _DESK,
    c.PrepareRequest: _DESK | _SYSTEM,
    c.UnprepareRequest: _DESK,
    c.ConfirmDevices: _SITE,
    c.GrantFloor: _CHAIR,
    c.GrantNext: _CHAIR,
    c.GoOnAir: _SYSTEM,
    c.CutSpeech: _SYSTEM,
    c.PassHeldSpeech: _SYSTEM,
    c.ReleaseFloor: _SITE,
    c.RevokeFloor: _CHAIR,
    c.ExtendSpeech: _CHAIR,
    c.MuteHolder: _CHAIR,
    c.MuteAll: _CHAIR,
    c.PauseSpeech: _CHAIR,
    c.ResumeSpeech: _CHAIR,
    c.ChairSpeaks: _CHAIR,
    c.EndChairSpeech: _CHAIR,
    c.CloseMicrophone: _SITE,
    c.OpenMicrophone: _SITE,
    c.SetMode: _CHAIR,
    c.SetOpenMicrophones: _CHAIR,
    c.ChangeSettings: _CHAIR,
    c.SetItemLimit: _CHAIR,
    c.AddQuota: _CHAIR,
    c.Undo: _ANYONE,
    c.AdmitSite: _DESK,
    c.AdmitAll: _DESK | _SYSTEM,
    c.RemoveSite: _DESK,
    c.LockEntry: _DESK,
    c.UnlockEntry: _DESK,
    c.ReportConnected: _SYSTEM,
    c.ReportDisconnected: _SYSTEM,
    c.HoldSpeech: _SYSTEM,
    c.ContinueSpeech: _SYSTEM,
}


COMPANION = frozenset({c.RequestFloor, c.WithdrawRequest, c.Undo})
"""What a second device of a site may ask: it has no microphone and no loudspeaker, but registers like the first."""

_OF_THE_MICROPHONE = frozenset({c.OpenMicrophone, c.CloseMicrophone, c.ConfirmDevices, c.ReleaseFloor})


def require_companions(command: c.Command) -> None:
    """Two microphones or loudspeakers in one room are an echo: only the seat itself has them."""
    if type(command) in _OF_THE_MICROPHONE:
        raise CompanionIsSilent
    if type(command) not in COMPANION:
        raise NotPermitted


def require_permission(state: State, command: c.Command, actor: Actor) -> None:
    allowed = ALLOWED[type(command)]
    if actor.role not in allowed and not (Role.CHAIR in allowed and is_acting_chair(state, actor)):
        raise NotPermitted


def require_chair(state: State, actor: Actor) -> None:
    """For a part of a command that is the chair's alone."""
    if actor.role is not Role.CHAIR and not is_acting_chair(state, actor):
        raise NotPermitted


def is_acting_chair(state: State, actor: Actor) -> bool:
    is_appointed = state.acting_chair is not None and actor.account_id == state.acting_chair
    return actor.role is Role.SECRETARY and is_appointed
