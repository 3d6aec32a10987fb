"""Accounts of the staff: made, changed and reset by an administrator; passwords set by their owners.

An administrator never knows a password: a new or reset account gets an address that works once, and its owner
chooses the password there. The last administrator who can sign in stays one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from meetings import accounts
from meetings.store.access import NotFound
from meetings.store.forms import Invalid, Reader, as_fields
from meetings.store.versions import count_save
from meetings.tables import ApiToken, OneTimeSignIn, Role, StaffAccount, StaffSession, db


@dataclass(frozen=True)
class AccountDraft:
    name: str
    display_name: str
    role: Role


def read_account(form: Mapping[str, str], account: StaffAccount | None = None) -> AccountDraft:
    """The account as the form has it; `account` is the one that is changed."""
    reader = Reader(form)
    draft = AccountDraft(reader.text("name", 60), reader.text("display_name", 120), reader.word("role", Role))
    other = accounts.find_account(draft.name) if draft.name else None
    if draft.name and not draft.name.isprintable():
        reader.errors["name"] = _("Tên đăng nhập chỉ gồm chữ, số và dấu thông thường.")
    elif other is not None and other is not account:
        reader.errors["name"] = _("Tên đăng nhập này đã có người dùng.")
    if account is not None and draft.role is not Role.ADMIN and is_last_administrator(account):
        reader.errors["role"] = _(
            "Đây là tài khoản quản trị cuối cùng: hãy giao quyền quản trị cho tài khoản khác trước."
        )
    reader.finish()
    return draft


def add_account(draft: AccountDraft, now: datetime) -> StaffAccount:
    """An account without a password: its owner sets one through a one-time address."""
    account = StaffAccount(**vars(draft), created_at=now)
    db.session.add(account)
    db.session.flush()
    return account


def account_values(account: StaffAccount) -> dict[str, str]:
    """The account as its form shows it."""
    return as_fields({name: getattr(account, name) for name in AccountDraft.__dataclass_fields__})


def change_account(account: StaffAccount, draft: AccountDraft, seen_version: int, by: str, now: datetime) -> None:
    """Another role ends what was opened with the old one. Raises `Overwritten` when somebody has saved it since it was seen."""
    count_save(account, seen_version, by)
    if draft.role is not account.role:
        accounts.end_everything(account, now)
    account.name, account.display_name, account.role = draft.name, draft.display_name, draft.role


def reset_password(account: StaffAccount, now: datetime) -> None:
    """The old password, sign-ins and unused one-time addresses end."""
    account.password_hash = None
    accounts.end_everything(account, now)
    _spend_one_times(account)


def deactivate(account: StaffAccount, now: datetime) -> None:
    if is_last_administrator(account):
        raise Invalid({"account": _("Không khóa được tài khoản quản trị cuối cùng.")})
    account.is_active = False
    accounts.end_everything(account, now)
    _spend_one_times(account)


def activate(account: StaffAccount) -> None:
    account.is_active = True


def _spend_one_times(account: StaffAccount) -> None:
    db.session.execute(
        sa.delete(OneTimeSignIn).where(OneTimeSignIn.account_id == account.id, OneTimeSignIn.used_at.is_(None))
    )


def is_last_administrator(account: StaffAccount) -> bool:
    if account.role is not Role.ADMIN or not account.is_active:
        return False
    others = sa.select(StaffAccount.id).where(
        StaffAccount.role == Role.ADMIN, StaffAccount.is_active, StaffAccount.id != account.id
    )
    return db.session.scalar(others.limit(1)) is None


def list_accounts() -> Sequence[StaffAccount]:
    return db.session.scalars(sa.select(StaffAccount).order_by(StaffAccount.is_active.desc(), StaffAccount.name)).all()


def access_account(account_id: int) -> StaffAccount:
    """For administrators, who have been asked for already."""
    account = db.session.get(StaffAccount, account_id)
    if account is None:
        raise NotFound
    return account


def access_session(account: StaffAccount, public_id: str) -> StaffSession:
    entry = db.session.scalar(sa.select(StaffSession).where(StaffSession.public_id == public_id))
    if entry is None or entry.account_id != account.id:
        raise NotFound
    return entry


def access_token(account: StaffAccount, token_id: int) -> ApiToken:
    token = db.session.get(ApiToken, token_id)
    if token is None or token.account_id != account.id:
        raise NotFound
    return token


def read_new_password(form: Mapping[str, str], name: str) -> str:
    """A new password given twice; raises `Invalid`. It is never shown again, so only the faults come back."""
    password, errors = form.get("password", ""), {}
    says = {
        "short": _("Mật khẩu cần ít nhất %(count)d ký tự.", count=accounts.MIN_PASSWORD_LENGTH),
        "long": _("Mật khẩu có nhiều nhất %(count)d ký tự.", count=accounts.MAX_PASSWORD_LENGTH),
        "common": _("Mật khẩu này dễ đoán. Hãy dùng vài từ không liền nghĩa."),
    }
    fault = accounts.password_fault(name, password)
    if fault is not None:
        errors["password"] = says[fault]
    elif password != form.get("again", ""):
        errors["again"] = _("Hai lần nhập mật khẩu không giống nhau.")
    if errors:
        raise Invalid(errors)
    return password
