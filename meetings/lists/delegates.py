"""A list of delegates, from a sheet into a conference: checked as a whole, put in as a whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from meetings.lists.columns import Field, Head, Problem, RowReader, bare, key_of
from meetings.lists.sheets import Row
from meetings.store import DelegateDraft, add_delegate, change_delegate, count_list, delegates_of
from meetings.tables import Conference, Delegate, DelegateRole, Person, Site, db

SITE = Field(
    "site",
    lazy_gettext("Điểm cầu"),
    ("diem cau", "ten diem cau", "diem", "site", "point", "site name"),
    is_required=True,
)
OWN_FIELDS = (
    Field(
        "full_name",
        lazy_gettext("Họ và tên"),
        ("ho va ten", "ho ten", "ten dai bieu", "dai bieu", "ho va ten dai bieu", "full name", "name", "delegate"),
    ),
    Field(
        "title",
        lazy_gettext("Chức danh"),
        ("chuc danh", "chuc vu", "chuc danh chuc vu", "chuc vu chuc danh", "title", "position", "office held"),
        is_required=True,
    ),
    Field(
        "body",
        lazy_gettext("Cơ quan"),
        ("co quan", "co quan don vi", "don vi", "don vi cong tac", "co quan cong tac", "body", "organisation"),
    ),
    Field(
        "precedence", lazy_gettext("Thứ tự"), ("thu tu", "stt", "tt", "so tt", "so thu tu", "order", "no", "precedence")
    ),
    Field("role", lazy_gettext("Tư cách"), ("tu cach", "vai tro", "thanh phan", "role", "capacity")),
    Field(
        "substitute_for",
        lazy_gettext("Dự thay cho"),
        ("du thay cho", "du thay", "thay cho", "di thay", "substitute for", "substitutes"),
    ),
)
FIELDS = (SITE, *OWN_FIELDS)

ROLE_WORDS: dict[str, DelegateRole] = {
    "": DelegateRole.DELEGATE,
    "dai bieu": DelegateRole.DELEGATE,
    "thanh vien": DelegateRole.DELEGATE,
    "delegate": DelegateRole.DELEGATE,
    "khach moi": DelegateRole.GUEST,
    "khach": DelegateRole.GUEST,
    "guest": DelegateRole.GUEST,
    "chu tri": DelegateRole.CHAIR,
    "chair": DelegateRole.CHAIR,
    "dong chu tri": DelegateRole.COCHAIR,
    "co chair": DelegateRole.COCHAIR,
    "cochair": DelegateRole.COCHAIR,
    "thu ky": DelegateRole.SECRETARY,
    "secretary": DelegateRole.SECRETARY,
    "nguoi trinh bay": DelegateRole.PRESENTER,
    "trinh bay": DelegateRole.PRESENTER,
    "bao cao vien": DelegateRole.PRESENTER,
    "presenter": DelegateRole.PRESENTER,
    "bao chi": DelegateRole.PRESS,
    "phong vien": DelegateRole.PRESS,
    "press": DelegateRole.PRESS,
}
SITE_ROLES = (DelegateRole.DELEGATE, DelegateRole.GUEST, DelegateRole.PRESENTER, DelegateRole.PRESS)
"""What a site may call its own people; chair and secretaries are named by the secretariat."""


class Duplicates(StrEnum):
    """What to do with a delegate who is on the list already."""

    MERGE = "merge"
    SKIP = "skip"
    ADD = "add"


@dataclass(frozen=True)
class DelegateRow:
    line: int
    site_id: int
    full_name: str
    title: str
    body: str
    precedence: int | None
    role: DelegateRole
    substitute_for: str

    @property
    def key(self) -> tuple[int, str, str]:
        return person_key(self.site_id, self.full_name, self.title, self.body)


@dataclass(frozen=True)
class Checked:
    """`duplicates` are pairs of a line and of what it repeats: an earlier line, or 0 for the list as it stands."""

    rows: Sequence[DelegateRow]
    problems: Sequence[Problem]
    duplicates: Sequence[tuple[int, int]]
    is_complete: bool = True


def person_key(site_id: int, full_name: str | None, title: str, body: str) -> tuple[int, str, str]:
    """Two rows with the same key are the same delegate: by name where there is one, else by title and body."""
    return (site_id, key_of(full_name), "") if full_name else (site_id, "", f"{key_of(title)}|{key_of(body)}")


def twin_of(draft: DelegateDraft, site: Site, but: Delegate | None = None) -> Delegate | None:
    """The delegate of this site who is the same as the one to be written down, beside `but`."""
    key = person_key(site.id, draft.full_name, draft.title, draft.body)
    others = (one for one in delegates_of(site) if one is not but)
    return next((o for o in others if person_key(site.id, o.person.full_name, o.title, o.body) == key), None)


class Twin(Exception):
    """Such a delegate is on the list of this site already: whoever adds one says whether to add or to merge."""

    def __init__(self, delegate: Delegate) -> None:
        self.delegate = delegate


def add_or_merge(site: Site, draft: DelegateDraft, wanted: str, by: str) -> Delegate:
    """A new delegate, or the twin changed where `wanted` is `merge`; raises `Twin` where it is neither that nor `add`."""
    twin = twin_of(draft, site)
    if twin is None or wanted == Duplicates.ADD:
        return add_delegate(site, draft)
    if wanted != Duplicates.MERGE:
        raise Twin(twin)
    change_delegate(twin, draft, twin.version, by)
    return twin


def check(
    rows: Sequence[Row],
    head: Head,
    conference: Conference,
    site: Site | None,
    told: Callable[[int], None] = lambda _count: None,
) -> Checked:
    """What the lines below the head say. With `site` all of them are of that site, whatever the sheet says."""
    problems: list[Problem] = []
    fields = {field.name: field for field in (OWN_FIELDS if site else FIELDS)}
    for field in fields.values():
        if field.is_required and field.name not in head.columns:
            what = _("Bảng chưa có cột “%(label)s”", label=field.label)
            problems.append(Problem(head.line, "", what, _("Chọn cột này ở phần Ghép cột.")))
    if problems:
        return Checked((), problems, (), is_complete=False)
    by_name = sites_by_name(conference.sites)
    found: list[DelegateRow] = []
    for count, row in enumerate(rows):
        if row.line <= head.line:
            continue
        reader = RowReader(row, head, fields, problems)
        if (read := _read(reader, site, by_name)) is not None:
            found.append(read)
        if count % 250 == 0:
            told(count)
    _check_substitutes(found, conference, head, fields, problems)
    return Checked(found, sorted(problems, key=lambda p: p.line), duplicates_of(found, conference))


def _read(reader: RowReader, site: Site | None, by_name: dict[str, list[Site]]) -> DelegateRow | None:
    its_site = site or _site(reader, by_name)
    full_name, title = reader.text("full_name", 120), reader.text("title", 160)
    body, precedence = reader.text("body", 160), reader.number("precedence", 9999)
    role_word, substitute_for = reader.text("role", 60), reader.text("substitute_for", 160)
    role = ROLE_WORDS.get(bare(role_word))
    allowed = SITE_ROLES if site else tuple(DelegateRole)
    if role is None or role not in allowed:
        what = _("“%(value)s” không phải một tư cách", value=role_word)
        reader.wrong("role", what, _("Dùng: đại biểu, khách mời, người trình bày, báo chí; hoặc để trống."))
    if reader.has_problem or its_site is None or role is None:
        return None
    return DelegateRow(reader.line, its_site.id, full_name, title, body, precedence, role, substitute_for)


def _site(reader: RowReader, by_name: dict[str, list[Site]]) -> Site | None:
    name = reader.text("site", 160)
    if not name:
        return None
    found = by_name.get(key_of(name), [])
    if len(found) == 1:
        return found[0]
    what = (
        _("hội nghị không có điểm cầu “%(name)s”", name=name)
        if not found
        else _("có nhiều điểm cầu tên “%(name)s”", name=name)
    )
    reader.wrong("site", what, _("Ghi đúng tên đầy đủ như ở mục Điểm cầu, hoặc thêm điểm cầu trước."))
    return None


def sites_by_name(sites: Iterable[Site]) -> dict[str, list[Site]]:
    """By full name, short name and label; a full name beats another site's short one."""
    found: dict[str, list[Site]] = {}
    for site in sites:
        for name in {key_of(site.short_name), key_of(site.label)}:
            found.setdefault(name, []).append(site)
    for site in sites:
        found[key_of(site.name)] = [site]
    return found


def _check_substitutes(
    rows: Sequence[DelegateRow], conference: Conference, head: Head, fields: dict[str, Field], problems: list[Problem]
) -> None:
    known = {(site_id, name) for site_id, name, _id in _names_on_list(conference)}
    known |= {(row.site_id, name) for row in rows for name in _called(row.full_name, row.title)}
    for row in rows:
        if row.substitute_for and (row.site_id, key_of(row.substitute_for)) not in known:
            reader = RowReader(Row(row.line, ()), head, fields, problems)
            what = _("không có “%(name)s” trong danh sách của điểm cầu này", name=row.substitute_for)
            reader.wrong("substitute_for", what, _("Ghi đúng họ tên hoặc chức danh của người được thay."))


def _called(full_name: str | None, title: str) -> list[str]:
    return [key_of(name) for name in (full_name, title) if name]


def _names_on_list(conference: Conference) -> list[tuple[int, str, int]]:
    query = sa.select(Delegate.site_id, Person.full_name, Delegate.title, Delegate.id).join(Delegate.person)
    rows = db.session.execute(query.where(Delegate.conference_id == conference.id).order_by(Delegate.id))
    return [
        (site_id, name, delegate_id)
        for site_id, full_name, title, delegate_id in rows
        for name in _called(full_name, title)
    ]


def _keys_on_list(conference: Conference) -> dict[tuple[int, str, str], int]:
    query = sa.select(Delegate.site_id, Person.full_name, Delegate.title, Delegate.body, Delegate.id)
    rows = db.session.execute(query.join(Delegate.person).where(Delegate.conference_id == conference.id))
    return {
        person_key(site_id, full_name, title, body): delegate_id
        for site_id, full_name, title, body, delegate_id in rows
    }


def duplicates_of(rows: Sequence[DelegateRow], conference: Conference) -> list[tuple[int, int]]:
    seen = dict.fromkeys(_keys_on_list(conference), 0)
    found = []
    for row in rows:
        if row.key in seen:
            found.append((row.line, seen[row.key]))
        else:
            seen[row.key] = row.line
    return found


@dataclass(frozen=True)
class PutIn:
    added: int
    changed: int
    skipped: int


def put_in(rows: Sequence[DelegateRow], conference: Conference, duplicates: Duplicates, *, is_from_site: bool) -> PutIn:
    """Add the rows inside `writing()`, all or none. A merged line fills in and changes, and never empties."""
    on_list = {} if duplicates is Duplicates.ADD else _keys_on_list(conference)
    fresh: list[DelegateRow] = []
    place: dict[tuple[int, str, str], int] = {}
    changed: list[tuple[int, DelegateRow]] = []
    skipped = 0
    for row in rows:
        if duplicates is not Duplicates.ADD and (row.key in on_list or row.key in place):
            if duplicates is Duplicates.SKIP:
                skipped += 1
            elif row.key in on_list:
                changed.append((on_list[row.key], row))
            else:
                fresh[place[row.key]] = _merged(fresh[place[row.key]], row)
                skipped += 1
        else:
            place[row.key] = len(fresh)
            fresh.append(row)
    _change(changed)
    _insert(fresh, conference, is_from_site)
    _link_substitutes([*fresh, *(row for _id, row in changed)], conference)
    return PutIn(len(fresh), len(changed), skipped)


def _merged(earlier: DelegateRow, later: DelegateRow) -> DelegateRow:
    given = {name: value for name, value in vars(later).items() if value and name not in ("line", "role")}
    role = later.role if later.role is not DelegateRole.DELEGATE else earlier.role
    return replace(earlier, **given, role=role)


def _change(changed: Sequence[tuple[int, DelegateRow]]) -> None:
    ids = [delegate_id for delegate_id, _row in changed]
    query = sa.select(Delegate).where(Delegate.id.in_(ids))
    delegates = {delegate.id: delegate for delegate in db.session.scalars(query)}
    for delegate_id, row in changed:
        delegate = delegates[delegate_id]
        delegate.title = row.title or delegate.title
        delegate.body = row.body or delegate.body
        delegate.precedence = row.precedence or delegate.precedence
        if row.role is not DelegateRole.DELEGATE:
            delegate.role = row.role
        count_list(delegate)
    db.session.flush()


def _insert(rows: Sequence[DelegateRow], conference: Conference, is_from_site: bool) -> None:
    if not rows:
        return
    last: dict[int, int] = dict(
        db.session.execute(
            sa.select(Delegate.site_id, sa.func.max(Delegate.precedence))
            .where(Delegate.conference_id == conference.id)
            .group_by(Delegate.site_id)
        ).all()
    )
    persons = [{"full_name": row.full_name or None, "title": row.title, "body": row.body} for row in rows]
    made = sa.insert(Person).returning(Person.id, sort_by_parameter_order=True)
    person_ids = db.session.scalars(made, persons).all()
    delegates = []
    for row, person_id in zip(rows, person_ids, strict=True):
        precedence = row.precedence or last.get(row.site_id, 0) + 1
        last[row.site_id] = max(precedence, last.get(row.site_id, 0))
        delegates.append(
            {
                "conference_id": conference.id,
                "site_id": row.site_id,
                "person_id": person_id,
                "title": row.title,
                "body": row.body,
                "precedence": min(precedence, 9999),
                "role": row.role,
                "is_from_site": is_from_site,
            }
        )
    db.session.execute(sa.insert(Delegate), delegates)


def _link_substitutes(rows: Sequence[DelegateRow], conference: Conference) -> None:
    wanted = [row for row in rows if row.substitute_for]
    if not wanted:
        return
    named = {(site_id, name): delegate_id for site_id, name, delegate_id in reversed(_names_on_list(conference))}
    keys = _keys_on_list(conference)
    for row in wanted:
        target, own = named.get((row.site_id, key_of(row.substitute_for))), keys.get(row.key)
        if target and own and target != own:
            db.session.execute(sa.update(Delegate).where(Delegate.id == own).values(substitute_for_id=target))
