"""The copy of a conference to practise in, and who may let simulated points into it. They really enter in `test_rehearsal`."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from meetings import jobs, rehearsals, store
from meetings.core.vocabulary import Admission
from meetings.store.entry import EntryDraft, entry_of, save_entry
from meetings.tables import Conference, ConferenceStatus, JobState, Role, StaffAccount, db, writing

from .conftest import Browser

SEEN = {
    "joined": 12,
    "join_p50": 0.61,
    "join_p95": 2.16,
    "failed": 0,
    "drops": 3,
    "requests": 7,
    "switches": 4,
    "packets": 5000,
    "lost": 5,
}


def test_a_chair_rehearses_alone_with_simulated_points_and_sends_them_away(
    app: Flask, conference: Conference, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    with writing():
        save_entry(conference.id, EntryDraft(Admission.BY_DESK, 15, 3), 0, "Thư ký")
    add_account("chu-tri-tap", Role.CHAIR)
    chair = Browser(app)
    chair.sign_in("chu-tri-tap")
    path = f"/c/{conference.public_id}"
    assert f'action="{path}/rehearsal"' in chair.get(path).text
    copy = chair.post(f"{path}/rehearsal", seen_at=path).location
    (made,) = store.rehearsals_of(conference)
    assert entry_of(made).is_free, "nobody is at the door for a chair who practises alone"
    job = rehearsals.job_of(made)
    assert job and (job.state, job.payload.keys()) == (JobState.WAITING, {"until"})
    assert len(rehearsals.tokens_of(made)) == len(conference.sites) - 1, "all points but the hall"
    page = chair.get(copy).text
    assert f'data-job="/jobs/{job.public_id}"' in page and "Cho các điểm giả lập rời" in page
    chair.post(f"{copy}/rehearsal/points", seen_at=copy)
    assert rehearsals.job_of(made) == job, "they are there already"
    chair.post(f"{copy}/rehearsal/points", {"away": "1"}, seen_at=copy)
    db.session.rollback()
    assert jobs.is_asked_to_stop(job)
    chair.post(f"{copy}/rehearsal/points", seen_at=copy)
    following = rehearsals.job_of(made)
    assert following and following != job, "once more, after the others have left"


def test_simulated_points_enter_copies_that_are_not_over_and_never_the_conference(
    app: Flask, secretary: Browser, conference: Conference, add_account: Callable[[str, Role], StaffAccount]
) -> None:
    path = f"/c/{conference.public_id}"
    secretary.post(f"{path}/rehearsal/points", seen_at=path)
    assert "không vào hội nghị thật" in secretary.get(path).text
    assert rehearsals.job_of(conference) is None
    copy = secretary.post(f"{path}/rehearsal", seen_at=path).location
    (made,) = store.rehearsals_of(conference)
    with writing():
        job = rehearsals.job_of(made)
        assert job
        job.state, job.finished_at, job.result = JobState.DONE, datetime.now(UTC), SEEN
    told = secretary.get(copy).text
    assert "Vào 12 lượt, chậm nhất khoảng 2,2 giây. Xin phát biểu 7 lượt" in told and "mất 0,10% gói tin" in told
    english = secretary.get(f"{copy}?lang=en").text
    assert "Joined 12 times, the slowest in about 2.2 seconds. Asked for the floor 7 times" in english
    with writing():
        job.result = {**SEEN, "failed": 3}
    assert "Có 3 lượt không vào được" in secretary.get(f"{copy}?lang=vi").text
    with writing():
        job.state, job.words = JobState.FAILED, "Việc này đã dừng giữa chừng."
    failed = secretary.get(copy).text
    assert 'class="job is-bad"' in failed and "Việc này đã dừng giữa chừng." in failed
    assert "Cho các điểm giả lập vào" in failed, "it may be tried again"
    with writing():
        made.status = ConferenceStatus.ADJOURNED
    page = secretary.get(f"{copy}?lang=vi").text
    assert "Cho các điểm giả lập vào" not in page
    secretary.post(f"{copy}/rehearsal/points", seen_at=copy)
    assert "đã kết thúc" in secretary.get(copy).text
    add_account("xem-tap", Role.VIEWER)
    viewer = Browser(app)
    viewer.sign_in("xem-tap")
    assert viewer.post(f"{path}/rehearsal", seen_at=path).status_code == 403
    assert viewer.post(f"{copy}/rehearsal/points", seen_at=path).status_code == 403
