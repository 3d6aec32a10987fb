"""How the pages show what they hold: dates, names of roles and states, badges, whose page it is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import format_date, format_decimal, lazy_gettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from meetings import accounts, jobs, prints, rehearsals, store, words
from meetings.config import Settings
from meetings.core.vocabulary import FloorMode, OnExceed, QuorumShare
from meetings.tables import Conference, ConferenceStatus, DelegateRole, ItemKind, Rhythm, Role, SiteKind, Visibility

ROLES = {
    Role.ADMIN: lazy_gettext("Quản trị"),
    Role.SECRETARY: lazy_gettext("Thư ký"),
    Role.CHAIR: lazy_gettext("Chủ trì"),
    Role.VIEWER: lazy_gettext("Chỉ xem"),
}
STATUSES = {
    ConferenceStatus.DRAFT: ("", "file-pen-line", lazy_gettext("Bản nháp")),
    ConferenceStatus.SCHEDULED: ("ok", "check", lazy_gettext("Đã lên lịch")),
    ConferenceStatus.CONVENED: ("live rec", "", lazy_gettext("Đang diễn ra")),
    ConferenceStatus.SUSPENDED: ("warn", "pause", lazy_gettext("Tạm dừng")),
    ConferenceStatus.ADJOURNED: ("", "circle-check", lazy_gettext("Đã kết thúc")),
    ConferenceStatus.CANCELLED: ("bad", "x", lazy_gettext("Đã hủy")),
}
ITEM_KINDS = {
    ItemKind.OPENING: lazy_gettext("Khai mạc"),
    ItemKind.REPORT: lazy_gettext("Báo cáo"),
    ItemKind.PREPARED_SPEECH: lazy_gettext("Tham luận"),
    ItemKind.DISCUSSION: lazy_gettext("Thảo luận"),
    ItemKind.BREAK: lazy_gettext("Giải lao"),
    ItemKind.VOTE: lazy_gettext("Biểu quyết"),
    ItemKind.DIRECTIVE_REMARKS: lazy_gettext("Phát biểu chỉ đạo"),
    ItemKind.CONCLUSION: lazy_gettext("Kết luận"),
    ItemKind.CLOSING: lazy_gettext("Bế mạc"),
    ItemKind.OTHER: lazy_gettext("Nội dung khác"),
}
DELEGATE_ROLES = {
    DelegateRole.DELEGATE: lazy_gettext("Đại biểu"),
    DelegateRole.GUEST: lazy_gettext("Khách mời"),
    DelegateRole.CHAIR: lazy_gettext("Chủ trì"),
    DelegateRole.COCHAIR: lazy_gettext("Đồng chủ trì"),
    DelegateRole.SECRETARY: lazy_gettext("Thư ký"),
    DelegateRole.PRESENTER: lazy_gettext("Người trình bày"),
    DelegateRole.PRESS: lazy_gettext("Báo chí"),
}
RHYTHMS = {
    Rhythm.WEEKLY: lazy_gettext("Hằng tuần"),
    Rhythm.MONTHLY: lazy_gettext("Hằng tháng"),
    Rhythm.QUARTERLY: lazy_gettext("Hằng quý"),
    Rhythm.HALF_YEARLY: lazy_gettext("6 tháng một lần"),
    Rhythm.YEARLY: lazy_gettext("Hằng năm"),
}
QUORUMS = {
    "": lazy_gettext("Không quy định"),
    QuorumShare.HALF: lazy_gettext("Quá nửa số triệu tập"),
    QuorumShare.TWO_THIRDS: lazy_gettext("Ít nhất 2/3 số triệu tập"),
    QuorumShare.THREE_QUARTERS: lazy_gettext("Ít nhất 3/4 số triệu tập"),
    QuorumShare.COUNT: lazy_gettext("Một số cụ thể"),
}
FLOOR_MODES = {
    FloorMode.CHAIR_LED: (lazy_gettext("chủ trì mời"), lazy_gettext("Chủ trì mời từng người.")),
    FloorMode.FIFO: (
        lazy_gettext("lần lượt theo danh sách"),
        lazy_gettext("Nói xong một người thì người kế tiếp được mời ngay."),
    ),
    FloorMode.PRESENTATION: (
        lazy_gettext("trình bày"),
        lazy_gettext("Chỉ người trình bày của mục được đăng ký và mời."),
    ),
    FloorMode.FREE_DISCUSSION: (
        lazy_gettext("thảo luận tự do"),
        lazy_gettext("Điểm cầu tự bật micro, đến đủ số micro."),
    ),
}
ON_EXCEED = {OnExceed.WARN: lazy_gettext("Chỉ báo"), OnExceed.CUT: lazy_gettext("Tự ngắt")}
VISIBILITIES = {
    Visibility.DESK: lazy_gettext("Chỉ thư ký và chủ trì"),
    Visibility.ALL: lazy_gettext("Mọi điểm cầu, kể cả hội trường"),
    Visibility.CHOSEN: lazy_gettext("Những điểm cầu được chọn"),
}
NEED_ICONS = {"met": ("ok", "circle-check"), "todo": ("todo", "circle-dot"), "warning": ("warn", "triangle-alert")}
SITE_KINDS = {
    SiteKind.HALL: lazy_gettext("Hội trường"),
    SiteKind.SITE: lazy_gettext("Điểm cầu"),
}


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    zone = ZoneInfo(settings.timezone)

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    def clock(moment: datetime) -> str:
        return f"{local(moment):%H:%M}"

    def day(moment: datetime) -> str:
        return f"{local(moment):%d/%m/%Y}"

    def weekday(moment: datetime | date) -> str:
        return str(format_date(_as_date(moment), "EEEE", rebase=False))

    def month(moment: datetime | date) -> str:
        return str(format_date(_as_date(moment), "LLL" if words.language() == "en" else "'tháng' L", rebase=False))

    def _as_date(moment: datetime | date) -> date:
        return local(moment).date() if isinstance(moment, datetime) else moment

    def weekday_short(moment: date) -> str:
        return (
            "CN"
            if words.language() == "vi" and moment.weekday() == 6
            else str(format_date(moment, "EEEEEE" if words.language() == "vi" else "EEE", rebase=False))
        )

    app.jinja_env.filters.update(
        browser_name=_browser_name,
        local=local,
        clock=clock,
        day=day,
        weekday=weekday,
        weekday_short=weekday_short,
        month=month,
    )
    app.jinja_env.globals.update(
        role_name=ROLES.__getitem__,
        status_badge=STATUSES.__getitem__,
        item_kind_name=ITEM_KINDS.__getitem__,
        delegate_role_name=DELEGATE_ROLES.__getitem__,
        site_kind_name=SITE_KINDS.__getitem__,
        rhythm_name=RHYTHMS.__getitem__,
        rhythm_options=tuple(RHYTHMS.items()),
        floor_mode_name=lambda mode: FLOOR_MODES[mode][0],
        floor_mode_options=tuple(FLOOR_MODES.items()),
        on_exceed_name=ON_EXCEED.__getitem__,
        on_exceed_options=tuple(ON_EXCEED.items()),
        quorum_name=QUORUMS.__getitem__,
        quorum_options=tuple(QUORUMS.items()),
        visibility_name=VISIBILITIES.__getitem__,
        visibility_options=tuple(VISIBILITIES.items()),
        need_icon=NEED_ICONS.__getitem__,
        presenter_words=store.presenter_words,
        delegate_label=store.label_of,
        initials=_initials,
        job_words=jobs.state_in_words,
        job_file=jobs.file_of,
        print_address=prints.address_of,
        switch_address=_switch_address,
        minutes_words=_minutes_words,
        hours_words=store.hours_words,
        file_size=_file_size,
        count_papers=_count_papers,
        rehearsals_of=store.rehearsals_of,
        rehearsal_job=rehearsals.job_of,
        rehearsal_words=rehearsals.result_in_words,
        item_kind_options=tuple(ITEM_KINDS.items()),
        role_options=tuple(ROLES.items()),
        delegate_role_options=tuple(DELEGATE_ROLES.items()),
        signed_in_as=_signed_in_as,
        one_day=timedelta(days=1),
        one_minute=timedelta(minutes=1),
    )
    app.context_processor(_whose_page)


# The first that is found in the User-Agent names the browser: Chromium's children all call themselves Chrome and Safari too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("CocCoc", "Cốc Cốc"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def _browser_name(text: str) -> str:
    """A User-Agent in two words, such as Firefox, Windows."""
    browser = next((name for mark, name in _BROWSERS if mark in text), "Safari" if "Safari" in text else "")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return ", ".join(filter(None, (browser, system))) or str(_("trình duyệt khác"))


def _whose_page() -> dict[str, Any]:
    account = accounts.office_account()
    return {
        "account": account,
        "may_edit": store.may(account, store.Right.EDIT),
        "may_rehearse": store.may(account, store.Right.REHEARSE),
        "now": datetime.now(UTC),
    }


def _signed_in_as(roles: tuple[str, ...]) -> bool:
    return accounts.signed_in_as([Role(role) for role in roles]) is not None


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def _switch_address(language: str) -> str:
    """This page in the other language, with whatever else its address carried."""
    arguments = MultiDict(request.args)
    arguments["lang"] = language
    return f"{request.path}?{urlencode(list(arguments.items(multi=True)))}"


def _minutes_words(minutes: int) -> str:
    return str(_("%(count)d phút", count=minutes))


def _file_size(size: int) -> str:
    """As file managers tell it: "340 KB", "1,2 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{format_decimal(round(size / 1_000_000, 1))} MB"


def _count_papers(conference: Conference) -> int:
    account = accounts.office_account()
    return len(store.papers_for(account, conference)) if account else 0
