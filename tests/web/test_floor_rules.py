"""How a conference's floor is prepared, and frozen when the doors open."""

from dataclasses import replace

import pytest
from flask import Flask

from meetings import journal, store
from meetings.core.setup import FloorSettings
from meetings.core.vocabulary import FloorMode, OnExceed
from meetings.store.floor import DEFAULTS
from meetings.tables import writing
from tests.signaling.conftest import new_conference


def test_the_floor_that_was_prepared_is_frozen_with_the_structure(app: Flask) -> None:
    with app.app_context():
        with writing() as session:
            conference = new_conference(session)
        setup = journal.setup_of(conference.id)
        assert (setup.floor, setup.is_present_only) == (DEFAULTS, True)
        wanted = replace(
            DEFAULTS, mode=FloorMode.FIFO, open_microphones=3, on_exceed=OnExceed.CUT, site_quota_seconds=600
        )
        for prepared in (store.PreparedFloor(wanted, is_present_only=False), store.PreparedFloor(wanted)):
            with writing():
                store.save_floor(conference.id, prepared)
            setup = journal.setup_of(conference.id)
            assert (setup.floor, setup.is_present_only) == (wanted, prepared.is_present_only)


def test_more_microphones_than_a_chair_could_open_are_not_kept(app: Flask) -> None:
    with app.app_context(), writing() as session:
        conference = new_conference(session)
        with pytest.raises(ValueError, match="open_microphones"):
            store.save_floor(conference.id, store.PreparedFloor(FloorSettings(open_microphones=5)))
