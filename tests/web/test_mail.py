"""Mail goes through a real server: what it takes, refuses, puts off or never answers is told for each address."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar

from meetings import appointments, jobs, mail, mailing, tls
from meetings.store import invitations as texts
from meetings.tables import Conference, ConferenceStatus, Job, JobState, Mail, MailKind, MailState, Site, db, writing

from .conftest import Browser
from .post_office import PostOffice, free_port, open_office

GOOD, OTHER = "vinhhung@example.vn", "ky-thuat@example.vn"


@pytest.fixture
def office(app: Flask) -> Iterator[Callable[..., PostOffice]]:
    """Opens a mail server that the application is set up to use."""
    with ExitStack() as stack:

        def opened(security: str = "none", user: str = "", typed: str = "", **given: object) -> PostOffice:
            office = stack.enter_context(open_office(**given))  # type: ignore[arg-type]
            set_up(app, office.port, security, user, typed)
            return office

        yield opened


def set_up(app: Flask, port: int, security: str = "none", user: str = "", password: str = "") -> None:
    app.extensions["settings"] = replace(
        app.extensions["settings"],
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security=security,
        smtp_user=user,
        smtp_password=password,
        mail_from="hop@example.vn",
    )


@pytest.fixture
def site(conference: Conference) -> Site:
    site = conference.sites[1]
    with writing():
        texts.change_point_invitation(site, texts.PointDraft("Xin mang theo <b>báo cáo</b>", [GOOD]), 0, "Thư ký")
    return site


def send(secretary: Browser, site: Site, *, anew: bool = False) -> None:
    """To everybody who does not know the latest, or to this site anew."""
    form: dict[str, object] = {"site": site.id} if anew else {}
    public_id = site.conference.public_id
    secretary.post(f"/c/{public_id}/invitations/send", form, seen_at=f"/c/{public_id}/invitations")


def only_mail() -> Mail:
    return db.session.scalars(sa.select(Mail)).one()


def wait_no_more() -> None:
    """As if the pause before the next try were over."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    with writing() as session:
        session.execute(sa.update(Mail).values(next_try_at=past))
        session.execute(sa.update(Job).where(Job.state == JobState.WAITING).values(run_after=past))


def test_an_invitation_arrives_with_its_letter_and_its_appointment(
    secretary: Browser, site: Site, office: Callable[..., PostOffice]
) -> None:
    post = office()
    send(secretary, site)
    assert jobs.run_waiting() == 1
    message = post.to(GOOD)
    assert message["Subject"] == f"Giấy mời: {site.conference.short_title}"
    assert message["From"].addresses[0].addr_spec == "hop@example.vn"
    assert message["From"].addresses[0].display_name == site.conference.organiser
    row = only_mail()
    assert message["Message-ID"] == f"<{row.message_id}@example.vn>"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text and html
    assert (
        site.name in text.get_content() and "/site#" in text.get_content() and "Xin mang theo <b>" in text.get_content()
    )
    assert "&lt;b&gt;báo cáo" in html.get_content() and 'lang="vi"' in html.get_content()
    letter, ics = message.iter_attachments()
    assert letter.get_content_type() == "application/pdf" and letter.get_content().startswith(b"%PDF")
    assert letter.get_filename() == "02-giay-moi-thanh-pho-tan-an.pdf"
    assert ics.get_content_type() == "text/calendar" and ics.get_param("method") == "REQUEST"
    event = Calendar.from_ical(ics.get_payload(decode=True)).walk("VEVENT")[0]
    assert event.decoded("dtstart") == site.conference.opens_at and event["attendee"] == f"mailto:{GOOD}"
    assert (row.state, row.tries, row.words) == (MailState.SENT, 1, "")


def test_the_subject_and_the_names_travel_as_seven_bits(
    secretary: Browser, site: Site, office: Callable[..., PostOffice]
) -> None:
    with writing():
        site.conference.short_title = "Sơ kết\r\nBcc: x@example.vn"
        site.conference.organiser = 'Ban "Tổ chức"\nX-Bad: 1'
    post = office()
    send(secretary, site)
    jobs.run_waiting()
    message = post.to(GOOD)
    assert message["Bcc"] is None and message["X-Bad"] is None
    assert message["Subject"] == "Giấy mời: Sơ kết Bcc: x@example.vn"
    assert [to for to, _ in post.taken] == [GOOD]
    head = message.as_bytes().partition(b"\n\n")[0]
    assert head.isascii() and b"=?utf-8?" in head


def test_what_is_refused_for_good_has_failed_with_the_servers_words(
    secretary: Browser, site: Site, office: Callable[..., PostOffice]
) -> None:
    with writing():
        texts.change_point_invitation(site, texts.PointDraft("", [GOOD, OTHER]), 1, "Thư ký")
    post = office(answers={GOOD: "550 5.1.1 no such mailbox"})
    send(secretary, site)
    jobs.run_waiting()
    rows = {row.address: row for row in db.session.scalars(sa.select(Mail))}
    assert (rows[GOOD].state, rows[OTHER].state) == (MailState.FAILED, MailState.SENT)
    assert "550 5.1.1 no such mailbox" in rows[GOOD].words
    page = secretary.get(f"/c/{site.conference.public_id}/invitations").text
    assert "550 5.1.1 no such mailbox" in page and "Không gửi được" in page
    wait_no_more()
    assert jobs.run_waiting() == 0
    post.answers.clear()
    send(secretary, site, anew=True)
    jobs.run_waiting()
    assert {to for to, _ in post.taken} == {GOOD, OTHER}


@pytest.mark.parametrize("where", ["answers", "at_data"])
def test_what_is_put_off_is_tried_again_later_and_later(
    secretary: Browser, site: Site, office: Callable[..., PostOffice], where: str
) -> None:
    words = "451 4.7.1 greylisted, come back"
    post = office(**{where: {GOOD: words} if where == "answers" else words})
    send(secretary, site)
    assert jobs.run_waiting() == 1
    row = only_mail()
    assert (row.state, row.tries) == (MailState.WAITING, 1) and words in row.words
    first_pause = row.next_try_at - datetime.now(UTC)
    assert timedelta(0) < first_pause <= mailing.PAUSES[0]
    assert jobs.run_waiting() == 0
    wait_no_more()
    assert jobs.run_waiting() == 1
    assert only_mail().next_try_at - datetime.now(UTC) > first_pause
    post.answers.clear()
    post.at_data = ""
    wait_no_more()
    jobs.run_waiting()
    assert only_mail().state is MailState.SENT and len(post.taken) == 1


def test_it_is_given_up_in_the_end(secretary: Browser, site: Site, office: Callable[..., PostOffice]) -> None:
    office(answers={GOOD: "450 later"})
    send(secretary, site)
    for _ in range(len(mailing.PAUSES) + 1):
        wait_no_more()
        jobs.run_waiting()
    assert only_mail().state is MailState.FAILED


def test_without_a_connection_everything_waits_and_nothing_is_lost(
    app: Flask, secretary: Browser, site: Site, conference: Conference
) -> None:
    with writing():
        texts.change_point_invitation(conference.sites[2], texts.PointDraft("", [OTHER]), 0, "Thư ký")
    port = free_port()
    set_up(app, port)
    send(secretary, site)
    jobs.run_waiting()
    rows = list(db.session.scalars(sa.select(Mail)))
    assert [row.state for row in rows] == [MailState.WAITING] * 2
    assert all("Không kết nối được máy chủ thư" in row.words for row in rows)
    job = db.session.scalars(sa.select(Job)).one()
    assert job.state is JobState.WAITING and "Không kết nối được" in job.words


def test_a_server_that_never_answers_is_left_in_time(
    secretary: Browser, site: Site, office: Callable[..., PostOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "CONNECT_SECONDS", 0.3)
    office(is_slow=True)
    send(secretary, site)
    jobs.run_waiting()
    row = only_mail()
    assert row.state is MailState.WAITING and "ngắt kết nối" in row.words


def test_one_connection_serves_all_letters(
    secretary: Browser, site: Site, conference: Conference, office: Callable[..., PostOffice]
) -> None:
    with writing():
        for other in conference.sites[2:5]:
            texts.change_point_invitation(other, texts.PointDraft("", [f"point{other.id}@example.vn"]), 0, "Thư ký")
    post = office()
    send(secretary, site)
    jobs.run_waiting()
    assert (len(post.taken), post.connections) == (4, 1)


def test_the_connection_is_encrypted_and_the_password_checked(
    app: Flask, secretary: Browser, site: Site, office: Callable[..., PostOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = tls.certificate(Path(app.extensions["settings"].data_dir))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    post = office("starttls", "hop", "dung mat khau", context=context, password="dung mat khau")
    send(secretary, site)
    jobs.run_waiting()
    assert only_mail().state is MailState.FAILED and "certificate" in only_mail().words.lower()

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(secretary, site, anew=True)
    jobs.run_waiting()
    assert len(post.taken) == 1

    set_up(app, post.port, "starttls", "hop", "sai mat khau")
    send(secretary, site, anew=True)
    jobs.run_waiting()
    newest = db.session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()
    assert newest and newest.state is MailState.FAILED and "535" in newest.words


def test_who_knows_the_latest_is_not_written_to_again(
    secretary: Browser, site: Site, office: Callable[..., PostOffice]
) -> None:
    post = office()
    send(secretary, site)
    send(secretary, site)
    jobs.run_waiting()
    send(secretary, site)
    assert jobs.run_waiting() == 0
    assert len(post.taken) == 1


def test_a_change_and_a_cancellation_are_told_with_a_higher_sequence(
    secretary: Browser, site: Site, office: Callable[..., PostOffice]
) -> None:
    post, seen = office(), []

    def sent() -> tuple[str, str, int, str]:
        send(secretary, site)
        jobs.run_waiting()
        _to, message = post.taken.pop()
        (ics,) = (part for part in message.iter_attachments() if part.get_content_type() == "text/calendar")
        event = Calendar.from_ical(ics.get_payload(decode=True)).walk("VEVENT")[0]
        seen.append(event["uid"])
        return message["Subject"].partition(":")[0], ics.get_param("method"), event["sequence"], event["status"]

    assert sent() == ("Giấy mời", "REQUEST", 0, "CONFIRMED")
    with writing():
        site.conference.opens_at += timedelta(days=1)
        site.conference.ends_at += timedelta(days=1)
    assert sent() == ("Thay đổi", "REQUEST", 1, "CONFIRMED")
    with writing():
        site.conference.status = ConferenceStatus.CANCELLED
    assert sent() == ("Hủy", "CANCEL", 2, "CANCELLED")
    assert len(set(seen)) == 1
    send(secretary, site)
    assert jobs.run_waiting() == 0


def test_a_cancellation_goes_only_to_who_was_invited(
    secretary: Browser, site: Site, office: Callable[..., PostOffice]
) -> None:
    post = office()
    with writing():
        site.conference.status = ConferenceStatus.CANCELLED
    send(secretary, site, anew=True)
    assert jobs.run_waiting() == 0 and not post.taken


def test_no_invitation_of_a_draft(secretary: Browser, site: Site, office: Callable[..., PostOffice]) -> None:
    office()
    with writing():
        site.conference.status = ConferenceStatus.DRAFT
    send(secretary, site)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 0
    assert "bản nháp" in secretary.get(f"/c/{site.conference.public_id}/invitations").text


def test_the_test_letter_tells_what_the_server_says(
    app: Flask, secretary: Browser, office: Callable[..., PostOffice]
) -> None:
    post = office()
    assert secretary.post("/mail/test", {"address": "khong phai"}, seen_at="/mail").status_code == 422
    secretary.post("/mail/test", {"address": "toi@example.vn"}, seen_at="/mail")
    jobs.run_waiting()
    assert post.to("toi@example.vn")["Subject"] == "Điểm Cầu: thử gửi thư"
    post.answers["toi@example.vn"] = "451 try later"
    secretary.post("/mail/test", {"address": "toi@example.vn"}, seen_at="/mail")
    jobs.run_waiting()
    page = secretary.get("/mail").text
    assert "451 try later" in page and "127.0.0.1" in page
    newest = db.session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()
    assert newest and (newest.kind, newest.state) == (MailKind.TEST, MailState.FAILED)


def test_the_password_of_the_server_is_shown_nowhere(app: Flask, secretary: Browser) -> None:
    set_up(app, 1, user="hop", password="mat-khau-smtp")
    assert "mat-khau-smtp" not in secretary.get("/mail").text
    assert "mat-khau-smtp" not in repr(app.extensions["settings"])


def test_a_plain_letter_of_another_job_goes_out_or_says_why(app: Flask, office: Callable[..., PostOffice]) -> None:
    send_plain = app.extensions["send_mail"]
    with pytest.raises(jobs.Failed, match="chưa được cài đặt"):
        send_plain(GOOD, "Nhắc", "Xin trả lời")
    post = office(answers={OTHER: "450 busy", "x@example.vn": "550 no"})
    send_plain(GOOD, "Nhắc", "Xin trả lời")
    assert post.to(GOOD).get_content().strip() == "Xin trả lời"
    with pytest.raises(jobs.Retry, match="450 busy"):
        send_plain(OTHER, "Nhắc", "Xin trả lời")
    with pytest.raises(jobs.Failed, match="550 no"):
        send_plain("x@example.vn", "Nhắc", "Xin trả lời")


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a b@c.vn", "a@b\r\nBcc: c@d", "a@b..c", "<a@b.vn", "ấ@b.vn", "a@-b.vn", "a" * 65 + "@b.vn"],
)
def test_what_is_no_address(address: str) -> None:
    assert not mail.is_address(address)


def test_addresses_are_read_however_they_are_listed() -> None:
    assert mail.read_addresses("a@b.vn; c@d.vn,\n<e@f.vn> a@b.vn sai@") == (["a@b.vn", "c@d.vn", "e@f.vn"], ["sai@"])


def test_the_sequence_stays_while_nothing_changes(conference: Conference) -> None:
    now = datetime.now(UTC)
    assert [appointments.current(conference, now).sequence for _ in range(3)] == [0, 0, 0]
