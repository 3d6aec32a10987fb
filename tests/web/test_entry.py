"""The office prepares how points come in (rules 37-40)."""

import pytest

from meetings import journal
from meetings.core.setup import EntrySettings
from meetings.core.vocabulary import Admission
from meetings.store.entry import EntryDraft, entry_draft
from meetings.tables import Conference

from .conftest import HANOI, Browser


def test_by_default_whoever_has_a_link_comes_in(conference: Conference) -> None:
    assert journal.setup_of(conference.id).entry == EntrySettings()


def test_the_door_is_prepared_on_a_form_and_frozen_with_the_rest(secretary: Browser, conference: Conference) -> None:
    path = f"/c/{conference.public_id}/entry"
    assert f'href="{path}"' in secretary.get(f"/c/{conference.public_id}/sites").text
    form = {"admission": "by_desk", "admits_minutes": "10", "ceiling": "40"}
    assert secretary.post(path, form, seen_at=path).status_code == 302
    entry = journal.setup_of(conference.id).entry
    assert (entry.admission, entry.ceiling) == (Admission.BY_DESK, 40)
    assert entry.admits_at and f"{entry.admits_at.astimezone(HANOI):%H:%M}" == "07:50"
    assert 'value="40"' in secretary.get(path).text


@pytest.mark.parametrize(
    "form",
    [
        {"admission": "perhaps"},
        {"admission": "by_desk", "admits_minutes": "-1"},
        {"admission": "automatic", "ceiling": "0"},
        {"admission": "automatic", "ceiling": "nhiều"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_told_and_nothing_is_kept(
    secretary: Browser, conference: Conference, form: dict[str, object]
) -> None:
    path = f"/c/{conference.public_id}/entry"
    answer = secretary.post(path, form, seen_at=path)
    assert answer.status_code == 422 and "field-error" in answer.text
    assert entry_draft(conference.id) == EntryDraft()
