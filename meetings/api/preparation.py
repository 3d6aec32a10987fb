"""What is prepared around a conference: units to take points from, answers of the points, papers, invitations."""

from datetime import UTC, date, datetime
from typing import Any

from flask import request
from pydantic import Field

from meetings import mailing, reminders, store
from meetings.api.description import Instant, Part, answers, caller, description, new_blueprint, told, zone
from meetings.store import answers as point_answers
from meetings.store import invitations as texts
from meetings.store import units
from meetings.tables import AnswerState, MailKind, MailState, Visibility, writing

blueprint = new_blueprint("preparation")


class UnitAnswer(Part):
    id: int
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: int | None
    valid_from: date | None
    valid_until: date | None


class Units(Part):
    units: list[UnitAnswer]


class ChosenUnits(Part):
    unit_ids: list[int] = Field(max_length=2000)


class Count(Part):
    """How many were added, reminded or queued."""

    count: int


class PointAnswered(Part):
    """What the secretariat knows of one point; `state` is null until it has answered."""

    site_id: int
    state: AnswerState | None
    remark: str
    head_count: int | None
    answered_by: str
    answered_at: Instant | None
    list_sent_at: Instant | None
    delegate_count: int
    speech_count: int


class PointsAnswered(Part):
    points: list[PointAnswered]


class PaperAnswer(Part):
    id: int
    title: str
    item_id: int | None
    visibility: Visibility
    site_ids: list[int]
    version: int
    kind: str
    size: int
    pages: int | None
    added_at: Instant
    added_by: str


class Papers(Part):
    papers: list[PaperAnswer]


class MailAnswer(Part):
    """The newest mail to an address."""

    site_id: int
    address: str
    kind: MailKind
    state: MailState
    words: str
    ended_at: Instant | None


class Invitations(Part):
    """`addresses` by site's id, as text; `mails` what became of what was sent there."""

    addresses: dict[str, list[str]]
    mails: list[MailAnswer]


class SendInvitations(Part):
    """To one point anew when `site_id` is given, else to every address that does not know the latest."""

    site_id: int | None = None


@blueprint.get("/units")
@description.validate(resp=answers(HTTP_200=Units), tags=["units"])
def list_units() -> Units:
    """Every unit, with the dates between which it was one."""
    store.require(caller(), store.Right.VIEW)
    return Units(units=[UnitAnswer(**told(unit, UnitAnswer)) for unit in units.units_on(None)])


@blueprint.post("/conferences/<public_id>/sites/units")
@description.validate(resp=answers(HTTP_200=Count), tags=["sites"])
def add_units(public_id: str, json: ChosenUnits) -> Count:
    """A point for each of these units that is one on the day and no point yet."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        return Count(count=store.add_units(conference, json.unit_ids, zone()))


@blueprint.get("/conferences/<public_id>/answers")
@description.validate(resp=answers(HTTP_200=PointsAnswered), tags=["answers"])
def list_answers(public_id: str) -> PointsAnswered:
    """Which points come, which do not, and which have not said."""
    conference = store.access_conference(caller(), public_id)
    return PointsAnswered(points=[_answered(status) for status in point_answers.point_statuses(conference)])


@blueprint.post("/conferences/<public_id>/answers/remind")
@description.validate(resp=answers(HTTP_200=Count), tags=["answers"])
def remind(public_id: str) -> Count:
    """A letter to every point that has not answered and is not being reminded."""
    with writing():
        account = caller()
        return Count(count=reminders.remind_the_others(store.access_structure(account, public_id), account))


@blueprint.get("/conferences/<public_id>/papers")
@description.validate(resp=answers(HTTP_200=Papers), tags=["papers"])
def list_papers(public_id: str) -> Papers:
    """The papers with their newest versions; for those who prepare the conference."""
    conference = store.access_conference(caller(), public_id, store.Right.EDIT)
    return Papers(papers=[_paper(paper) for paper in store.papers_of(conference)])


@blueprint.get("/conferences/<public_id>/invitations")
@description.validate(resp=answers(HTTP_200=Invitations), tags=["invitations"])
def list_invitations(public_id: str) -> Invitations:
    """To whom the letters go, and what became of them."""
    conference = store.access_conference(caller(), public_id, store.Right.EDIT)
    extras = texts.point_invitations(conference)
    addresses = {str(one.id): texts.addresses_of_site(one, extras.get(one.id)) for one in conference.sites}
    mails = [mail for of_site in texts.mails_of(conference).values() for mail in of_site.values()]
    return Invitations(addresses=addresses, mails=[MailAnswer(**told(mail, MailAnswer)) for mail in mails])


@blueprint.post("/conferences/<public_id>/invitations/send")
@description.validate(resp=answers(HTTP_200=Count), tags=["invitations"])
def send_invitations(public_id: str, json: SendInvitations) -> Count:
    """Into the queue of mail."""
    with writing():
        account = caller()
        conference = store.access_conference(account, public_id, store.Right.EDIT)
        if why := mailing.why_not_sent(conference):
            raise store.Invalid({"conference": why})
        sites = [store.access_site(conference, json.site_id)] if json.site_id is not None else conference.sites
        base = request.host_url.rstrip("/")
        anew = json.site_id is not None
        return Count(count=mailing.queue_letters(conference, sites, base, account, datetime.now(UTC), anew=anew))


def _answered(status: point_answers.PointStatus) -> PointAnswered:
    answer = status.answer
    return PointAnswered(
        site_id=status.site.id,
        state=answer.state if answer else None,
        remark=answer.remark if answer else "",
        head_count=answer.head_count if answer else None,
        answered_by=answer.answered_by if answer else "",
        answered_at=answer.answered_at if answer else None,
        list_sent_at=answer.list_sent_at if answer else None,
        delegate_count=status.delegates,
        speech_count=len(status.speeches),
    )


def _paper(paper: Any) -> PaperAnswer:
    version = paper.current
    return PaperAnswer(
        **{name: getattr(paper, name) for name in ("id", "title", "item_id", "visibility")},
        **{name: getattr(version, name) for name in ("kind", "size", "pages", "added_at", "added_by")},
        site_ids=[site.id for site in paper.sites],
        version=version.number,
    )
