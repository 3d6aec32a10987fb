"""The demonstration: the conference of 16 July 2020 as the press reported it, to be held again today.

Names, bodies, topics and the order of events are the report's. It names two persons and no chair; everybody
else is a title. It gives no clock times and no head counts: those are examples and marked as such.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from meetings import accounts, store
from meetings.lists import units
from meetings.tables import (
    Conference,
    ConferenceStatus,
    DelegateRole,
    ItemKind,
    Role,
    SiteKind,
    StaffAccount,
    Unit,
    db,
    writing,
)

REENACTMENT_NOTE = "diễn lại hội nghị 16/07/2020"
_OPENING = time(8, 0)

# Examples, as all head counts here.
_HEAD_COUNTS = {
    "Thành phố Tân An": 22,
    "Thị xã Kiến Tường": 20,
    "Huyện Bến Lức": 21,
    "Huyện Cần Đước": 20,
    "Huyện Cần Giuộc": 22,
    "Huyện Châu Thành": 18,
    "Huyện Đức Hòa": 25,
    "Huyện Đức Huệ": 18,
    "Huyện Mộc Hóa": 18,
    "Huyện Tân Hưng": 18,
    "Huyện Tân Thạnh": 19,
    "Huyện Tân Trụ": 18,
    "Huyện Thạnh Hóa": 19,
    "Huyện Thủ Thừa": 20,
    "Huyện Vĩnh Hưng": 18,
}
_COMMITTEES = {"Thành phố": "Thành ủy", "Thị xã": "Thị ủy", "Huyện": "Huyện ủy"}
_DISTRICT_TITLES = (
    "Phó Bí thư Thường trực",
    "Trưởng ban Tổ chức",
    "Phó Trưởng ban Thường trực Ban Tổ chức",
    "Chủ nhiệm Ủy ban Kiểm tra",
    "Trưởng ban Tuyên giáo",
)
_HALL_HEAD_COUNT = 200
# full name, title, body, role
_HALL_DELEGATES = (
    ("Nguyễn Văn Được", "Phó Bí thư Thường trực Tỉnh ủy", "Tỉnh ủy Long An", DelegateRole.DELEGATE),
    ("Nguyễn Thanh Hải", "Trưởng ban Tổ chức Tỉnh ủy", "Ban Tổ chức Tỉnh ủy", DelegateRole.DELEGATE),
    (None, "Đại diện Vụ Địa phương III", "Ban Tổ chức Trung ương", DelegateRole.GUEST),
    (None, "Đại diện Ban Tổ chức Tỉnh ủy", "Ban Tổ chức Tỉnh ủy", DelegateRole.PRESENTER),
    (None, "Đại diện Ban Tuyên giáo Tỉnh ủy", "Ban Tuyên giáo Tỉnh ủy", DelegateRole.DELEGATE),
    (None, "Đại diện Ban Dân vận Tỉnh ủy", "Ban Dân vận Tỉnh ủy", DelegateRole.DELEGATE),
    (None, "Đại diện Ủy ban Kiểm tra Tỉnh ủy", "Ủy ban Kiểm tra Tỉnh ủy", DelegateRole.DELEGATE),
    (None, "Đại diện Ban Nội chính Tỉnh ủy", "Ban Nội chính Tỉnh ủy", DelegateRole.DELEGATE),
    (None, "Đại diện Văn phòng Tỉnh ủy", "Văn phòng Tỉnh ủy", DelegateRole.DELEGATE),
)
_TOPICS = [
    "Kiện toàn cấp ủy xã sau sáp nhập",
    "Kinh nghiệm trong công tác chuẩn bị nhân sự",
    "Triển khai, tổ chức, đánh giá việc lấy phiếu nhận diện 82 biểu hiện suy thoái theo Nghị quyết Trung ương 4, Khóa XII",
    "Mô hình Bí thư Chi bộ kiêm Trưởng ấp, nhất thể hóa chức danh theo Đề án 02 của Tỉnh ủy",
]
# title, kind, presenter, minutes; the second begins at the opening
_AGENDA = (
    (
        "Đón tiếp đại biểu, kiểm tra đường truyền, điểm danh",
        ItemKind.OTHER,
        "Tổ kỹ thuật, Tổ thư ký",
        30,
    ),
    (
        "Ổn định tổ chức, tuyên bố lý do, giới thiệu đại biểu",
        ItemKind.OPENING,
        "Văn phòng Ban Tổ chức Tỉnh ủy",
        10,
    ),
    ("Phát biểu khai mạc", ItemKind.OPENING, "Trưởng ban Tổ chức Tỉnh ủy", 10),
    (
        "Báo cáo sơ kết 6 tháng đầu năm; phương hướng, nhiệm vụ 6 tháng cuối năm",
        ItemKind.REPORT,
        "Ban Tổ chức Tỉnh ủy",
        30,
    ),
    (
        "Thảo luận, ý kiến của các điểm cầu",
        ItemKind.DISCUSSION,
        "Các Ban xây dựng Đảng, các địa phương",
        80,
    ),
    ("Giải lao", ItemKind.BREAK, "", 15),
    (
        "Phát biểu của đại diện Vụ Địa phương III, Ban Tổ chức Trung ương",
        ItemKind.PREPARED_SPEECH,
        "Vụ Địa phương III",
        15,
    ),
    ("Phát biểu chỉ đạo hội nghị", ItemKind.DIRECTIVE_REMARKS, "Phó Bí thư Thường trực Tỉnh ủy", 25),
    ("Tiếp thu, kết luận, bế mạc", ItemKind.CONCLUSION, "Trưởng ban Tổ chức Tỉnh ủy", 10),
)
_ACCOUNTS = (("chu-tri", "Chủ trì hội nghị", Role.CHAIR), ("thu-ky", "Thư ký hội nghị", Role.SECRETARY))


class NotEmpty(Exception):
    """There are conferences already; the demonstration would mix with them."""


@dataclass(frozen=True)
class Demo:
    """What was loaded. The passwords are kept nowhere else: print them now."""

    conference_id: int
    passwords: dict[str, str]


def load_demo(day: date | None, zone: ZoneInfo, now: datetime) -> Demo:
    """Load the demonstration into an empty database.

    It opens at 08:00 on `day`; without one, half an hour from `now`, on the next five minutes.
    """
    opens_at = datetime.combine(day, _OPENING, zone) if day else _next_five_minutes(now + timedelta(minutes=30))
    with writing() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(Conference)):
            raise NotEmpty
        conference = _conference(opens_at)
        _hall(conference)
        _sites(conference)
        _agenda(conference)
        passwords = _accounts()
        return Demo(conference.id, passwords)


def _next_five_minutes(moment: datetime) -> datetime:
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + (timedelta(minutes=5) if over else timedelta())


def _conference(opens_at: datetime) -> Conference:
    minutes_after_opening = sum(minutes for *_, minutes in _AGENDA[1:])
    conference = Conference(
        title=(
            "Hội nghị trực tuyến sơ kết công tác Tổ chức xây dựng Đảng 6 tháng đầu năm "
            "và phương hướng, nhiệm vụ 6 tháng cuối năm 2020"
        ),
        short_title="Sơ kết công tác Tổ chức xây dựng Đảng 6 tháng đầu năm 2020",
        organiser="Ban Tổ chức Tỉnh ủy Long An",
        kind="Sơ kết",
        status=ConferenceStatus.SCHEDULED,
        opens_at=opens_at,
        ends_at=opens_at + timedelta(minutes=minutes_after_opening),
        place="Hội trường tỉnh",
        speech_limit_seconds=300,
        reenactment_note=REENACTMENT_NOTE,
        is_example=True,
    )
    db.session.add(conference)
    db.session.flush()
    return conference


def _hall(conference: Conference) -> None:
    draft = store.SiteDraft(
        name="Hội trường tỉnh",
        short_name="Hội trường",
        label="Hội trường tỉnh",
        contact_name="Tổ kỹ thuật tỉnh",
        contact_phone=None,
        expected_count=_HALL_HEAD_COUNT,
        map_column=1,
        map_row=3,
    )
    hall = store.add_site(conference, draft, SiteKind.HALL)
    conference.presiding_site_id = hall.id
    for precedence, (full_name, title, body, role) in enumerate(_HALL_DELEGATES, start=1):
        store.add_delegate(hall, store.DelegateDraft(full_name, title, body, role, precedence))


def _sites(conference: Conference) -> None:
    units.load_shipped()
    for name, head_count in _HEAD_COUNTS.items():
        unit = db.session.scalars(sa.select(Unit).where(Unit.name == name, Unit.level == "huyện")).one()
        kind, short_name = unit.kind, unit.short_name
        committee = _COMMITTEES[kind]
        draft = store.site_of_unit(unit, contact_name=f"Văn phòng {committee}", expected_count=head_count)
        site = store.add_site(conference, draft, unit=unit)
        for precedence, title in enumerate(_DISTRICT_TITLES, start=1):
            store.add_delegate(
                site,
                store.DelegateDraft(
                    full_name=None,
                    title=f"{title} {committee}",
                    body=f"{committee} {short_name}",
                    role=DelegateRole.DELEGATE,
                    precedence=precedence,
                ),
            )


def _agenda(conference: Conference) -> None:
    for title, kind, presenter, minutes in _AGENDA:
        is_discussion = kind is ItemKind.DISCUSSION
        store.add_item(
            conference,
            store.ItemDraft(
                title=title,
                kind=kind,
                presenters=[presenter] if presenter else [],
                planned_minutes=minutes,
                speech_limit_seconds=300 if is_discussion else None,
                topics=_TOPICS if is_discussion else [],
            ),
        )
    for item in conference.items:
        item.planned_at -= timedelta(minutes=_AGENDA[0][3])


def _accounts() -> dict[str, str]:
    passwords = {}
    for name, display_name, role in _ACCOUNTS:
        if accounts.find_account(name) is None:
            account = StaffAccount(name=name, display_name=display_name, role=role)
            passwords[name] = accounts.new_password()
            accounts.set_password(account, passwords[name])
            db.session.add(account)
    return passwords
