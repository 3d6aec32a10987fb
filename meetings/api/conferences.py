"""Conferences: list, make, change, put on the calendar, cancel."""

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from pydantic import Field

from meetings import rehearsals, store
from meetings.api.description import Instant, Part, answers, caller, description, new_blueprint, told, zone
from meetings.api.jobs import JobAnswer, told_job
from meetings.core.vocabulary import FloorMode, OnExceed, QuorumShare
from meetings.tables import Conference, ConferenceStatus, writing

blueprint = new_blueprint("conferences")


class ConferenceSummary(Part):
    id: str
    title: str
    short_title: str
    organiser: str
    kind: str
    status: ConferenceStatus
    opens_at: Instant
    ends_at: Instant
    place: str
    rehearsal_of: str | None
    """The conference of which this is a copy to practise in."""


class ConferenceAnswer(ConferenceSummary):
    speech_limit_minutes: int
    quorum: QuorumShare | None
    quorum_count: int | None
    version: int
    are_doors_open: bool


class ConferencePage(Part):
    conferences: list[ConferenceSummary]
    page: int
    pages: int
    count: int


class ConferenceQuery(Part):
    words: str = ""
    status: ConferenceStatus | None = None
    organiser: str = ""
    year: int | None = Field(None, ge=2000, le=2100)
    page: int = Field(1, ge=1, le=100_000)
    rehearsals: bool = False
    """The copies made for rehearsals instead: else they are left out."""


class ConferenceBody(Part):
    """Opening and end lie on one day, in whole minutes."""

    title: str
    short_title: str
    organiser: str
    kind: str
    place: str
    opens_at: Instant
    ends_at: Instant
    speech_limit_minutes: int = 5
    quorum: QuorumShare | None = None
    quorum_count: int | None = None


class NewConference(ConferenceBody):
    """`holds_state_secrets` is to be answered; what holds any is refused."""

    holds_state_secrets: bool
    like: str = ""
    """The id of an earlier conference: what was prepared for it is taken over."""
    in_series: bool = False
    """Whether it is the next of the series of `like`."""
    template: str = ""
    """The key of one of `/templates`."""


class ChangedConference(ConferenceBody):
    """`version` is the one that was read: 409 when somebody has saved since."""

    version: int


class NeedAnswer(Part):
    """`met`, `todo` or `warning`."""

    kind: store.NeedKind
    text: str


class Needs(Part):
    needs: list[NeedAnswer]


class TemplateAnswer(Part):
    """`longest_minutes` is the limit of `rule`, null where none is known."""

    key: str
    kind: str
    title: str
    length_minutes: int
    longest_minutes: int | None
    rule: str
    speech_minutes: int


class Templates(Part):
    templates: list[TemplateAnswer]


class FloorBody(Part):
    """How the floor is run from the opening of the doors on; `order_categories` the kinds of points of order, the first first.

    Without `site_quota_minutes` no point has a quota. `version` is the one that was read: 409 when somebody has saved since.
    """

    mode: FloorMode = FloorMode.CHAIR_LED
    open_microphones: int = 1
    on_exceed: OnExceed = OnExceed.WARN
    cut_grace_seconds: int = 15
    order_minutes: int = 2
    site_quota_minutes: int | None = None
    order_categories: list[str] = Field(default_factory=lambda: [one.name for one in store.ORDER_CATEGORIES])
    is_clock_stopped_by_order: bool = True
    takes_orders_when_closed: bool = True
    is_present_only: bool = True
    version: int


class Reason(Part):
    reason: str


class NewTime(Part):
    """Where a conference is moved to, and why."""

    opens_at: Instant
    ends_at: Instant
    reason: str


@blueprint.get("/conferences")
@description.validate(resp=answers(HTTP_200=ConferencePage), tags=["conferences"])
def list_conferences(query: ConferenceQuery) -> ConferencePage:
    """Conferences: live ones first, then those to come, then those that were."""
    wanted = store.Wanted(query.words, query.status, query.organiser, query.year, query.page, query.rehearsals)
    listing = store.list_conferences(caller(), wanted, zone())
    return ConferencePage(
        conferences=[ConferenceSummary(**_summary(conference)) for conference in listing.shown],
        page=listing.page,
        pages=listing.pages,
        count=listing.live_count + listing.upcoming_count + listing.ended_count,
    )


@blueprint.post("/conferences")
@description.validate(resp=answers(HTTP_201=ConferenceAnswer), tags=["conferences"])
def add_conference(json: NewConference) -> tuple[ConferenceAnswer, int]:
    """A new draft with its hall, and the agenda of a template or all that was prepared for an earlier one."""
    store.require(caller(), store.Right.EDIT)
    secrets = {"secrets": "yes" if json.holds_state_secrets else "no"}
    draft = store.read_new_conference({**_fields(json), **secrets}, zone())
    _check_end(draft.ends_at, json.ends_at)
    template = store.template_of(json.template)
    if json.template and template is None:
        raise store.Invalid({"template": _("Hãy chọn trong danh sách.")})
    with writing():
        account = store.require(caller(), store.Right.EDIT)
        if json.like:
            earlier = store.access_conference(account, json.like, store.Right.EDIT)
            conference = store.create_like(draft, earlier, earlier.series_id if json.in_series else None)
        else:
            conference = store.create_conference(draft, template)
    return _answer(conference), 201


@blueprint.get("/conferences/<public_id>")
@description.validate(resp=answers(HTTP_200=ConferenceAnswer), tags=["conferences"])
def read_conference(public_id: str) -> ConferenceAnswer:
    """One conference."""
    return _answer(store.access_conference(caller(), public_id))


@blueprint.get("/conferences/<public_id>/needs")
@description.validate(resp=answers(HTTP_200=Needs), tags=["conferences"])
def read_needs(public_id: str) -> Needs:
    """What a conference that is prepared still lacks, warnings first: clashes, late papers, a missing chair."""
    conference = store.access_conference(caller(), public_id)
    today = store.Today(datetime.now(zone()).date(), zone(), store.work_calendar())
    found = store.needs_of([conference], today).get(conference.id, [])
    return Needs(needs=[NeedAnswer(**told(need, NeedAnswer)) for need in found])


@blueprint.get("/templates")
@description.validate(resp=answers(HTTP_200=Templates), tags=["conferences"])
def list_templates() -> Templates:
    """From what a conference may be made."""
    store.require(caller(), store.Right.VIEW)
    return Templates(templates=[TemplateAnswer(**told(one, TemplateAnswer)) for one in store.templates()])


@blueprint.put("/conferences/<public_id>")
@description.validate(resp=answers(HTTP_200=ConferenceAnswer), tags=["conferences"])
def change_conference(public_id: str, json: ChangedConference) -> ConferenceAnswer:
    """Another time moves the agenda with it."""
    store.access_structure(caller(), public_id)
    draft = store.read_conference(_fields(json), zone())
    _check_end(draft.ends_at, json.ends_at)
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        store.change_conference(conference, draft, json.version, account.display_name)
    return _answer(conference)


@blueprint.get("/conferences/<public_id>/floor")
@description.validate(resp=answers(HTTP_200=FloorBody), tags=["conferences"])
def read_floor(public_id: str) -> FloorBody:
    """How the floor is prepared; what a chair changes during the sitting is not told here."""
    return _floor(store.access_conference(caller(), public_id))


@blueprint.put("/conferences/<public_id>/floor")
@description.validate(resp=answers(HTTP_200=FloorBody), tags=["conferences"])
def change_floor(public_id: str, json: FloorBody) -> FloorBody:
    """Before the doors open; afterwards the chair says so."""
    floor = store.read_floor(store.as_fields(json.model_dump(exclude={"version"})))
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        store.save_floor(conference.id, floor, json.version, account.display_name)
    return _floor(conference)


@blueprint.post("/conferences/<public_id>/schedule")
@description.validate(resp=answers(HTTP_200=ConferenceAnswer), tags=["conferences"])
def schedule(public_id: str) -> ConferenceAnswer:
    """Put a draft on the calendar."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.schedule(conference)
    return _answer(conference)


@blueprint.post("/conferences/<public_id>/move")
@description.validate(resp=answers(HTTP_200=ConferenceAnswer), tags=["conferences"])
def move(public_id: str, json: NewTime) -> ConferenceAnswer:
    """Another time, with the reason; the agenda follows."""
    store.access_structure(caller(), public_id)
    hours = _hours(json.opens_at, json.ends_at)
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.move(conference, {**hours, "reason": json.reason}, zone())
        _check_end(conference.ends_at, json.ends_at)
    return _answer(conference)


@blueprint.post("/conferences/<public_id>/rehearsal")
@description.validate(resp=answers(HTTP_201=ConferenceAnswer), tags=["conferences"])
def rehearse(public_id: str) -> tuple[ConferenceAnswer, int]:
    """A copy to practise in, which opens in half an hour and is listed only when rehearsals are asked for."""
    with writing():
        earlier = store.access_conference(caller(), public_id, store.Right.REHEARSE)
        made = store.create_rehearsal(earlier, datetime.now(UTC))
    return _answer(made), 201


@blueprint.post("/conferences/<public_id>/rehearsal/points")
@description.validate(resp=answers(HTTP_202=JobAnswer), tags=["conferences"])
def let_points_in(public_id: str) -> tuple[JobAnswer, int]:
    """Simulated points come into a copy made for a rehearsal, for two hours at most; `done` of `total` are in."""
    with writing():
        conference = store.access_conference(caller(), public_id, store.Right.REHEARSE)
        job = rehearsals.let_points_in(conference, caller())
    return told_job(job), 202


@blueprint.delete("/conferences/<public_id>/rehearsal/points")
@description.validate(resp=answers(HTTP_204=None), tags=["conferences"])
def send_points_away(public_id: str) -> tuple[str, int]:
    """They leave within seconds."""
    rehearsals.send_points_away(store.access_conference(caller(), public_id, store.Right.REHEARSE))
    return "", 204


@blueprint.post("/conferences/<public_id>/cancel")
@description.validate(resp=answers(HTTP_200=ConferenceAnswer), tags=["conferences"])
def cancel(public_id: str, json: Reason) -> ConferenceAnswer:
    """Cancel a conference that has not begun, with the reason."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.cancel(conference, {"reason": json.reason})
    return _answer(conference)


def _floor(conference: Conference) -> FloorBody:
    floor = store.floor_of(conference.id)
    own = ("order_minutes", "site_quota_minutes", "order_categories", "is_present_only", "version")
    quota = floor.settings.site_quota_seconds
    return FloorBody(
        **told(floor.settings, FloorBody, but=own),
        order_minutes=floor.settings.point_of_order_seconds // 60,
        site_quota_minutes=quota // 60 if quota else None,
        order_categories=store.category_names(floor),
        is_present_only=floor.is_present_only,
        version=store.rules_of(conference.id).version,
    )


def _hours(opens: datetime, ends: datetime) -> dict[str, str]:
    """As the form has them: one day, and two times of it."""
    try:
        opens_at, ends_at = opens.astimezone(zone()), ends.astimezone(zone())
    except OverflowError:
        opens_at = ends_at = datetime.min
    return {"day": f"{opens_at:%d/%m/%Y}", "opens": f"{opens_at:%H:%M}", "ends": f"{ends_at:%H:%M}"}


def _fields(body: ConferenceBody) -> dict[str, str]:
    return store.as_fields(
        {
            **body.model_dump(include={"title", "short_title", "organiser", "kind", "place"}),
            **_hours(body.opens_at, body.ends_at),
            "limit_minutes": body.speech_limit_minutes,
            "quorum": body.quorum,
            "quorum_count": body.quorum_count,
        }
    )


def _check_end(read: datetime, given: datetime) -> None:
    """The form has one day for both; an end on another day must not be taken for one on this."""
    if read != given.replace(second=0, microsecond=0):
        raise store.Invalid({"ends_at": _("Hội nghị phải kết thúc trong ngày khai mạc.")})


def _summary(conference: Conference) -> dict[str, Any]:
    names = ("title", "short_title", "organiser", "kind", "status", "opens_at", "ends_at", "place")
    of = conference.rehearsal_of.public_id if conference.rehearsal_of else None
    return {"id": conference.public_id, "rehearsal_of": of, **{name: getattr(conference, name) for name in names}}


def _answer(conference: Conference) -> ConferenceAnswer:
    return ConferenceAnswer(
        **_summary(conference),
        speech_limit_minutes=conference.speech_limit_seconds // 60,
        quorum=conference.quorum_share,
        quorum_count=conference.quorum_count,
        version=conference.version,
        are_doors_open=store.is_frozen(conference),
    )
