"""Speeches assigned before the conference, in order, item by item. They wait in the list of speakers when the doors open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from meetings.store.access import NotFound
from meetings.store.agenda import delegate_labelled
from meetings.store.forms import Invalid, Reader
from meetings.tables import AgendaItem, Conference, Delegate, PreparedSpeech, RegisteredSpeech, db


@dataclass(frozen=True)
class SpeechDraft:
    delegate_id: int
    topic: str
    minutes: int | None


def read_speech(form: Mapping[str, str], item: AgendaItem, chosen: Delegate | None = None) -> SpeechDraft:
    """Of the delegate `chosen`, else of the one whom the form's line names."""
    reader = Reader(form)
    label = "" if chosen else reader.text("delegate", 400)
    topic = reader.text("topic", 250, is_required=False)
    minutes = reader.number_or_none("minutes", 1, 60)
    delegate = delegate_labelled(item.conference, label) if label else chosen
    if label and delegate is None:
        reader.errors["delegate"] = _("Không tìm thấy đúng một đại biểu như vậy. Hãy chọn trong danh sách gợi ý.")
    elif delegate and any(speech.delegate_id == delegate.id for speech in item.speeches):
        reader.errors["delegate"] = _("Đại biểu này đã có tham luận ở mục này.")
    reader.finish()
    assert delegate is not None
    return SpeechDraft(delegate.id, topic, minutes)


def speeches_of(item: AgendaItem) -> Sequence[PreparedSpeech]:
    return db.session.scalars(
        sa.select(PreparedSpeech)
        .where(PreparedSpeech.item_id == item.id)
        .options(
            selectinload(PreparedSpeech.delegate).selectinload(Delegate.person),
            selectinload(PreparedSpeech.delegate).selectinload(Delegate.site),
        )
        .order_by(PreparedSpeech.position)
    ).all()


def speeches_of_agenda(conference: Conference) -> Sequence[PreparedSpeech]:
    """All of a conference, in the order of the agenda."""
    return db.session.scalars(
        sa.select(PreparedSpeech)
        .join(AgendaItem)
        .where(AgendaItem.conference_id == conference.id)
        .options(
            selectinload(PreparedSpeech.delegate).selectinload(Delegate.person),
            selectinload(PreparedSpeech.delegate).selectinload(Delegate.site),
        )
        .order_by(AgendaItem.number, PreparedSpeech.position)
    ).all()


def access_speech(item: AgendaItem, speech_id: int) -> PreparedSpeech:
    speech = db.session.get(PreparedSpeech, speech_id)
    if speech is None or speech.item_id != item.id:
        raise NotFound
    return speech


def add_speech(item: AgendaItem, draft: SpeechDraft) -> PreparedSpeech:
    speech = PreparedSpeech(**vars(draft), position=len(item.speeches))
    item.speeches.append(speech)
    return speech


def access_registered(conference: Conference, speech_id: int) -> RegisteredSpeech:
    """A speech that a point of the conference has asked for beforehand."""
    speech = db.session.get(RegisteredSpeech, speech_id)
    if speech is None or speech.site.conference_id != conference.id:
        raise NotFound
    return speech


def take_registered(item: AgendaItem, asked: RegisteredSpeech) -> PreparedSpeech:
    """The speech that a point has asked for, as a further one of the item."""
    if any(speech.delegate_id == asked.delegate_id for speech in item.speeches):
        raise Invalid({"speech": _("Đại biểu này đã có tham luận ở mục này.")})
    return add_speech(item, SpeechDraft(asked.delegate_id, asked.topic, asked.minutes))


def items_taken(conference: Conference) -> dict[tuple[int, str], int]:
    """In which item each delegate speaks on each topic, as assigned."""
    return {(speech.delegate_id, speech.topic): speech.item_id for speech in speeches_of_agenda(conference)}


def move_speech(speech: PreparedSpeech, places: int) -> None:
    rest = list(speech.item.speeches)
    at = rest.index(speech)
    rest.insert(max(0, at + places), rest.pop(at))
    _number(rest)


def order_speeches(item: AgendaItem, speech_ids: Sequence[int]) -> None:
    """All the speeches of an item in this order; raises `Invalid` when one is missing or foreign."""
    speeches = {speech.id: speech for speech in item.speeches}
    if sorted(speeches) != sorted(speech_ids):
        raise Invalid({"speech_ids": _("Danh sách vừa thay đổi; hãy xem lại thứ tự.")})
    _number([speeches[speech_id] for speech_id in speech_ids])


def remove_speech(speech: PreparedSpeech) -> None:
    rest = [other for other in speech.item.speeches if other is not speech]
    db.session.delete(speech)
    _number(rest)


def _number(speeches: Sequence[PreparedSpeech]) -> None:
    for position, speech in enumerate(speeches):
        speech.position = position
