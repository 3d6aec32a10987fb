"""The office as a browser sees it, without one."""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from meetings import accounts, jobs
from meetings.tables import Conference, Role, StaffAccount, db, writing
from tests.web.program import Program, program_of

PASSWORD = "mot mat khau dai"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Browser:
    """A client that sends what a form of the page would: its CSRF token with the fields."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def open(self, path: str, **given: Any) -> TestResponse:
        """One request in a context of its own, as in the server; afterwards the test sees what it changed."""
        with self.app.app_context():
            answer = self.client.open(path, buffered=True, **given)
        db.session.rollback()
        return answer

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.open(path, **given)

    def post(self, path: str, form: dict[str, object] | None = None, seen_at: str = "/sign-in") -> TestResponse:
        """Post from a page of ours (`seen_at`), following nothing."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(seen_at).text)
        assert token, f"{seen_at} has no form"
        return self.open(path, method="POST", data={"csrf_token": token[1], **(form or {})})

    def printed(self, path: str) -> TestResponse:
        """A paper as the `jobs` process has made it: first its job's page, then the file."""
        waiting = self.get(path)
        assert waiting.status_code == 302 and "/jobs/" in waiting.location, f"{path}: {waiting.status}"
        assert path.replace("&", "&amp;") in self.get(waiting.location).text
        assert self.get(path).location == waiting.location, "who asks twice waits for the same"
        jobs.run_waiting()
        told = self.get(waiting.location, headers={"Accept": "application/json"}).json
        assert told and (told["state"], told["file"]) == ("done", path), told
        return self.get(path)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", {"name": name, "password": password})


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def conference(demonstration: None, app: Flask) -> Conference:
    """The demonstration, opening at 08:00 on 16 July 2020."""
    return db.session.scalars(sa.select(Conference)).one()


@pytest.fixture
def add_account(app: Flask) -> Callable[[str, Role], StaffAccount]:
    def add(name: str, role: Role) -> StaffAccount:
        with writing() as session:
            account = StaffAccount(name=name, display_name=name.title(), role=role)
            accounts.set_password(account, PASSWORD)
            session.add(account)
        return account

    return add


@pytest.fixture
def secretary(browser: Browser, add_account: Callable[[str, Role], StaffAccount]) -> Browser:
    """A browser with a secretary signed in."""
    add_account("ban-thu-ky", Role.SECRETARY)
    assert browser.sign_in("ban-thu-ky").status_code == 302
    return browser


@pytest.fixture
def program(app: Flask, add_account: Callable[[str, Role], StaffAccount]) -> Program:
    """A program with a secretary's token."""
    return program_of(app, add_account("van-phong", Role.SECRETARY))
