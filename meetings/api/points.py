"""What the points answer before the day, until when they may, and how they come in."""

from flask_babel import gettext as _

from meetings import reminders, store
from meetings.api.agenda import Agenda, told_agenda
from meetings.api.description import Instant, Part, answers, caller, description, new_blueprint, told, zone
from meetings.core.vocabulary import Admission
from meetings.store import answers as point_answers
from meetings.store import entry
from meetings.tables import AnswerState, Conference, writing

blueprint = new_blueprint("points", day="until", hour="until")


class Reminded(Part):
    count: int


class RegisteredSpeechAnswer(Part):
    """A speech that the point asks for; `item_id` where it was taken into the agenda."""

    id: int
    delegate_id: int
    topic: str
    minutes: int
    item_id: int | None


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
    speeches: list[RegisteredSpeechAnswer]


class PointsAnswered(Part):
    points: list[PointAnswered]


class Terms(Part):
    """Until when points may answer, and whom they ask; without a time, until the doors open.

    `version` is the one that was read: 409 when somebody has saved since.
    """

    until: Instant | None = None
    contact_name: str = ""
    contact_phone: str = ""
    version: int


class Entry(Part):
    """`admits_minutes`: so long before the opening all are let in, where the desk admits. `ceiling`: the most points.

    `version` is the one that was read: 409 when somebody has saved since.
    """

    admission: Admission = Admission.AUTOMATIC
    admits_minutes: int | None = None
    ceiling: int | None = None
    version: int


class IntoItem(Part):
    item_id: int


@blueprint.get("/conferences/<public_id>/answers")
@description.validate(resp=answers(HTTP_200=PointsAnswered), tags=["answers"])
def list_answers(public_id: str) -> PointsAnswered:
    """Which points come, which do not, and which have not said."""
    conference = store.access_conference(caller(), public_id)
    taken = store.items_taken(conference)
    return PointsAnswered(points=[_answered(status, taken) for status in point_answers.point_statuses(conference)])


@blueprint.post("/conferences/<public_id>/answers/remind")
@description.validate(resp=answers(HTTP_200=Reminded), tags=["answers"])
def remind(public_id: str) -> Reminded:
    """A letter to every point that has not answered and is not being reminded."""
    with writing():
        account = caller()
        return Reminded(count=reminders.remind_the_others(store.access_structure(account, public_id), account))


@blueprint.post("/conferences/<public_id>/answers/speeches/<int:speech_id>/take")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["answers"])
def take_speech(public_id: str, speech_id: int, json: IntoItem) -> Agenda:
    """A speech that a point asks for becomes an assigned one."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        item = store.access_item(conference, json.item_id)
        store.take_registered(item, store.access_registered(conference, speech_id))
    return told_agenda(conference)


@blueprint.get("/conferences/<public_id>/answers/terms")
@description.validate(resp=answers(HTTP_200=Terms), tags=["answers"])
def read_terms(public_id: str) -> Terms:
    """Until when points may answer."""
    return _terms(store.access_conference(caller(), public_id))


@blueprint.put("/conferences/<public_id>/answers/terms")
@description.validate(resp=answers(HTTP_200=Terms), tags=["answers"])
def change_terms(public_id: str, json: Terms) -> Terms:
    """In whole minutes."""
    fields = {**store.as_fields(json.model_dump(exclude={"until"})), **_until(json)}
    draft = point_answers.read_terms(fields, zone())
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        point_answers.set_terms(conference, draft, json.version, account.display_name)
    return _terms(conference)


@blueprint.get("/conferences/<public_id>/entry")
@description.validate(resp=answers(HTTP_200=Entry), tags=["sites"])
def read_entry(public_id: str) -> Entry:
    """How points come in."""
    return _entry(store.access_conference(caller(), public_id))


@blueprint.put("/conferences/<public_id>/entry")
@description.validate(resp=answers(HTTP_200=Entry), tags=["sites"])
def change_entry(public_id: str, json: Entry) -> Entry:
    """Before the doors open; afterwards the desk says so."""
    draft = entry.read_entry(store.as_fields(json.model_dump()))
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        entry.save_entry(conference.id, draft, json.version, account.display_name)
    return _entry(conference)


def _until(terms: Terms) -> dict[str, str]:
    try:
        until = terms.until.astimezone(zone()) if terms.until else None
    except OverflowError:
        raise store.Invalid({"until": _("Hạn phải trước giờ khai mạc.")}) from None
    return {"day": f"{until:%d/%m/%Y}", "hour": f"{until:%H:%M}"} if until else {}


def _terms(conference: Conference) -> Terms:
    return Terms(**told(point_answers.terms_of(conference), Terms))


def _entry(conference: Conference) -> Entry:
    return Entry(**told(entry.entry_rules_of(conference.id), Entry))


def _answered(status: point_answers.PointStatus, taken: dict[tuple[int, str], int]) -> PointAnswered:
    answer = status.answer
    speeches = [
        RegisteredSpeechAnswer(
            **told(speech, RegisteredSpeechAnswer, but=("item_id",)),
            item_id=taken.get((speech.delegate_id, speech.topic)),
        )
        for speech in status.speeches
    ]
    return PointAnswered(
        site_id=status.site.id,
        state=answer.state if answer else None,
        remark=answer.remark if answer else "",
        head_count=answer.head_count if answer else None,
        answered_by=answer.answered_by if answer else "",
        answered_at=answer.answered_at if answer else None,
        list_sent_at=answer.list_sent_at if answer else None,
        delegate_count=status.delegates,
        speech_count=len(speeches),
        speeches=speeches,
    )
