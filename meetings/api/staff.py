"""Accounts of the staff, for tokens of administrators. Passwords and tokens are set by their owners, on the page."""

from datetime import UTC, datetime

from meetings import accounts, links, store
from meetings.api.description import Instant, Part, answers, base, caller, description, new_blueprint, told
from meetings.store import staff
from meetings.tables import Role, StaffAccount, writing

blueprint = new_blueprint("staff")


class AccountBody(Part):
    name: str
    display_name: str
    role: Role


class ChangedAccount(AccountBody):
    """`version` is the one that was read: 409 when somebody has saved since."""

    version: int


class AccountAnswer(ChangedAccount):
    id: int
    is_active: bool
    last_used_at: Instant | None


class Accounts(Part):
    accounts: list[AccountAnswer]


class HandedOver(Part):
    """`address` works once, for `hours`: there the account's owner chooses a password."""

    account: AccountAnswer
    address: str
    hours: int


class SessionAnswer(Part):
    started_at: Instant
    last_used_at: Instant
    address: str
    browser: str


class Sessions(Part):
    sessions: list[SessionAnswer]


@blueprint.get("/staff")
@description.validate(resp=answers(HTTP_200=Accounts), tags=["staff"])
def list_accounts() -> Accounts:
    """Every account, those that may sign in first."""
    _require()
    return Accounts(accounts=[_account(account) for account in staff.list_accounts()])


@blueprint.post("/staff")
@description.validate(resp=answers(HTTP_201=HandedOver), tags=["staff"])
def add_account(json: AccountBody) -> tuple[HandedOver, int]:
    """A new account, with the address to hand over."""
    now = datetime.now(UTC)
    with writing():
        _require()
        account = staff.add_account(staff.read_account(store.as_fields(json.model_dump())), now)
        return _handed_over(account, now), 201


@blueprint.put("/staff/<int:account_id>")
@description.validate(resp=answers(HTTP_200=AccountAnswer), tags=["staff"])
def change_account(account_id: int, json: ChangedAccount) -> AccountAnswer:
    """Another role ends what was opened with the old one."""
    with writing():
        by = _require().display_name
        account = staff.access_account(account_id)
        draft = staff.read_account(store.as_fields(json.model_dump()), account)
        staff.change_account(account, draft, json.version, by, datetime.now(UTC))
    return _account(account)


@blueprint.post("/staff/<int:account_id>/reset")
@description.validate(resp=answers(HTTP_200=HandedOver), tags=["staff"])
def reset_password(account_id: int) -> HandedOver:
    """The password, every sign-in and unused address end; a new address takes their place."""
    now = datetime.now(UTC)
    with writing():
        _require()
        account = staff.access_account(account_id)
        staff.reset_password(account, now)
        return _handed_over(account, now)


@blueprint.post("/staff/<int:account_id>/deactivate")
@description.validate(resp=answers(HTTP_200=AccountAnswer), tags=["staff"])
def deactivate(account_id: int) -> AccountAnswer:
    """Nobody signs in with it; the last administrator stays."""
    with writing():
        _require()
        account = staff.access_account(account_id)
        staff.deactivate(account, datetime.now(UTC))
    return _account(account)


@blueprint.post("/staff/<int:account_id>/activate")
@description.validate(resp=answers(HTTP_200=AccountAnswer), tags=["staff"])
def activate(account_id: int) -> AccountAnswer:
    """It may sign in again."""
    with writing():
        _require()
        account = staff.access_account(account_id)
        staff.activate(account)
    return _account(account)


@blueprint.get("/staff/<int:account_id>/sessions")
@description.validate(resp=answers(HTTP_200=Sessions), tags=["staff"])
def list_sessions(account_id: int) -> Sessions:
    """Where the account is signed in."""
    _require()
    found = accounts.sessions_of(staff.access_account(account_id), datetime.now(UTC))
    return Sessions(sessions=[SessionAnswer(**told(one, SessionAnswer)) for one in found])


def _require() -> StaffAccount:
    return store.require(caller(), store.Right.ADMINISTER)


def _account(account: StaffAccount) -> AccountAnswer:
    return AccountAnswer(**told(account, AccountAnswer))


def _handed_over(account: StaffAccount, now: datetime) -> HandedOver:
    address = base() + links.one_time_path(account, "/account", now)
    return HandedOver(account=_account(account), address=address, hours=links.ONE_TIME_HOURS)
