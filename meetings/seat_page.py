"""What a point's page before the day holds, and what a point may do to its list of delegates."""

from collections.abc import Mapping

from flask_babel import gettext as _

from meetings import store
from meetings.core.parts import instant
from meetings.lists.delegates import SITE_ROLES, twin_of
from meetings.store import answers
from meetings.tables import Delegate, DelegateRole, PointAnswer, Site, db


def access_delegate(site: Site, delegate_id: int) -> Delegate:
    delegate = db.session.get(Delegate, delegate_id)
    if delegate is None or delegate.site_id != site.id:
        raise store.NotFound
    return delegate


def read_delegate(form: Mapping[str, str], site: Site, delegate: Delegate | None = None) -> store.DelegateDraft:
    """A point names its people; who chairs and who is secretary, and the order of protocol, is the secretariat's."""
    others = [other for other in store.delegates_of(site) if other is not delegate]
    precedence = delegate.precedence if delegate else max((other.precedence for other in others), default=0) + 1
    kept = delegate.role if delegate else DelegateRole.DELEGATE
    role = kept if kept not in SITE_ROLES else form.get("role") or kept
    given = {**form, "precedence": str(min(precedence, 9999)), "role": str(role)}
    draft = store.read_delegate(given, site, delegate.id if delegate else None)
    errors = {}
    if draft.role not in SITE_ROLES and draft.role is not kept:
        errors["role"] = _("Hãy chọn trong danh sách.")
    if twin_of(draft, site, delegate):
        errors["full_name" if draft.full_name else "title"] = _("Người này đã có trong danh sách.")
    if errors:
        raise store.Invalid(errors)
    return draft


def change_delegate(delegate: Delegate, form: Mapping[str, str]) -> None:
    """`version` in the form is the one that it shows: raises `Overwritten` when somebody has saved since."""
    seen = form.get("version", "")
    draft = read_delegate(form, delegate.site, delegate)
    store.change_delegate(delegate, draft, int(seen) if seen.isdecimal() else 0, delegate.site.name)


def remove_delegate(site: Site, delegate_id: int) -> None:
    """Only whom the point itself has named; for one who was invited it names a substitute."""
    delegate = access_delegate(site, delegate_id)
    if not delegate.is_from_site:
        raise store.Invalid({"delegate": _("Đại biểu này do ban tổ chức mời. Nếu vắng, hãy thêm người dự thay.")})
    store.remove_delegate(delegate, site.name)


def preparation_of(site: Site) -> dict[str, object]:
    """Everything the page shows, in one answer."""
    conference, terms = site.conference, answers.terms_of(site.conference)
    answer = db.session.get(PointAnswer, site.id)
    return {
        "conference": {
            "title": conference.title,
            "organiser": conference.organiser,
            "kind": conference.kind,
            "note": conference.reenactment_note,
            "opens_at": instant(conference.opens_at),
            "ends_at": instant(conference.ends_at),
            "place": conference.place,
            "is_cancelled": conference.status == "cancelled",
            "items": [
                {
                    "title": item.title,
                    "planned_at": instant(item.planned_at),
                    "presenter": item.presenter,
                    "topics": item.topics,
                }
                for item in conference.items
            ],
        },
        "site": {
            name: getattr(site, name)
            for name in ("name", "room", "address", "contact_name", "contact_phone", "expected_count")
        },
        "terms": {
            "until": instant(terms.until) if terms.until else None,
            "contact_name": terms.contact_name,
            "contact_phone": terms.contact_phone,
            "is_open": answers.may_site_change(site),
        },
        "answer": {
            "state": answer.state if answer else None,
            "remark": answer.remark if answer else "",
            "answered_by": answer.answered_by if answer else "",
            "head_count": answer.head_count if answer else None,
            "answered_at": instant(answer.answered_at) if answer and answer.answered_at else None,
            "list_sent_at": instant(answer.list_sent_at) if answer and answer.list_sent_at else None,
        },
        "delegates": [
            {
                "id": delegate.id,
                "full_name": delegate.person.full_name or "",
                "title": delegate.title,
                "body": delegate.body,
                "role": delegate.role.value,
                "substitute_for_id": delegate.substitute_for_id,
                "is_from_site": delegate.is_from_site,
                "version": delegate.version,
            }
            for delegate in store.delegates_of(site)
        ],
        "speeches": [
            {
                "id": speech.id,
                "who": speech.delegate.person.full_name or speech.delegate.title,
                "topic": speech.topic,
                "minutes": speech.minutes,
            }
            for speech in answers.speeches_of([site])
        ],
    }
