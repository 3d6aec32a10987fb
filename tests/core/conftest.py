"""What the tests of the rules start from."""

import pytest
from hypothesis import settings

from tests.core.sitting import Sitting, discussing, doors_open

settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
settings.load_profile("fixed")


@pytest.fixture
def opened() -> Sitting:
    return doors_open()


@pytest.fixture
def sitting() -> Sitting:
    return discussing()
