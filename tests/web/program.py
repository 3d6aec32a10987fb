"""A program of the office, which knows a token and nothing else."""

import io
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from meetings import api_tokens, jobs
from meetings.tables import StaffAccount, db, writing

ROOT = "/api/v1"


class Program:
    """A program of the office with its token."""

    def __init__(self, app: Flask, account: StaffAccount, token: str) -> None:
        self.app, self.account = app, account
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **given: Any) -> TestResponse:
        with self.app.app_context():
            answer = self.app.test_client().open(
                ROOT + path, method=method, json=body, **{"headers": self.headers, **given}
            )
        db.session.rollback()
        return answer

    def send(self, path: str, file: tuple[bytes, str], **fields: Any) -> TestResponse:
        """A form with a file."""
        form = {"file": (io.BytesIO(file[0]), file[1]), **fields}
        return self.ask("POST", path, data=form, content_type="multipart/form-data")

    def fetch(self, path: str) -> TestResponse:
        """A file as it is."""
        answer = self.ask("GET", path, buffered=True)
        assert answer.status_code == 200, answer.text
        return answer

    def done(self, asked: TestResponse) -> Any:
        """What a job that was asked for has come to."""
        assert asked.status_code == 202, asked.text
        jobs.run_waiting()
        return self.get(f"/jobs/{asked.json['id']}")

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json


def program_of(app: Flask, account: StaffAccount) -> Program:
    with writing():
        return Program(app, account, api_tokens.new_token(account, "thử", None, datetime.now(UTC)))
