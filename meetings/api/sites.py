"""The points of a conference, their delegates and the links that open their seats."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from meetings import invitations, links, store
from meetings.api.description import Part, answers, base, caller, description, new_blueprint, told
from meetings.lists.delegates import add_or_merge
from meetings.store import answers as point_answers
from meetings.tables import Conference, Delegate, DelegateRole, LinkKind, Site, SiteKind, SiteLink, writing

blueprint = new_blueprint("sites")


class SiteAnswer(Part):
    id: int
    kind: SiteKind
    name: str
    short_name: str
    label: str
    address: str
    room: str
    contact_name: str
    contact_phone: str | None
    contact_email: str
    expected_count: int | None
    seats: int | None
    delegate_count: int
    version: int


class Sites(Part):
    """The hall first, then the points in the order of protocol."""

    sites: list[SiteAnswer]


class SiteBody(Part):
    name: str
    short_name: str
    label: str = ""
    address: str = ""
    room: str = ""
    contact_name: str = ""
    contact_phone: str | None = None
    contact_email: str = ""
    expected_count: int | None = None
    seats: int | None = None
    map_column: int | None = None
    map_row: int | None = None


class ChangedSite(SiteBody):
    """`version` is the one that was read: 409 when somebody has saved since."""

    version: int


class DelegateAnswer(Part):
    """`label` names the delegate as a presenter of an item."""

    id: int
    site_id: int
    full_name: str | None
    title: str
    body: str
    role: DelegateRole
    precedence: int
    substitute_for_id: int | None
    label: str
    version: int


class Delegates(Part):
    delegates: list[DelegateAnswer]


class DelegateBody(Part):
    """Without a name the title stands for the person. `substitute_for_id` is whom this one stands in for."""

    full_name: str | None = None
    title: str
    body: str = ""
    role: DelegateRole = DelegateRole.DELEGATE
    precedence: int = Field(1, ge=1, le=9999)
    substitute_for_id: int | None = None


class ChangedDelegate(DelegateBody):
    """`version` is the one that was read: 409 when somebody has saved since."""

    version: int


class NewDelegate(DelegateBody):
    """`twin`: what to do where such a delegate is on the list: 409 without it."""

    twin: Literal["", "merge", "add"] = ""


class SiteOrder(Part):
    """All sites in their order of protocol, the hall first."""

    site_ids: list[int] = Field(max_length=2000)


class Removal(Part):
    """`confirmed`: that what goes with a point that has answered may go: 409 without it."""

    confirmed: bool = False


class NewLink(Part):
    """A token for an encoder in the hall or a player in another room, or a check-in desk: the hall's, or that of `site_id`."""

    kind: Literal[LinkKind.HALL_CAMERA, LinkKind.OVERFLOW, LinkKind.CHECK_IN]
    site_id: int | None = None


class LinkAnswer(Part):
    """Whoever has the address, or the PIN, is let in: treat both as passwords."""

    id: int
    kind: LinkKind
    site_id: int | None
    address: str
    pin: str | None


class ClosedLink(Part):
    """Of a place that nobody can enter: its last link was revoked. Renew it by its id."""

    id: int
    kind: LinkKind
    site_id: int | None
    revoked_at: datetime


class Links(Part):
    links: list[LinkAnswer]
    closed: list[ClosedLink]


@blueprint.get("/conferences/<public_id>/sites")
@description.validate(resp=answers(HTTP_200=Sites), tags=["sites"])
def list_sites(public_id: str) -> Sites:
    """The hall and the points."""
    return _sites(store.access_conference(caller(), public_id))


@blueprint.post("/conferences/<public_id>/sites")
@description.validate(resp=answers(HTTP_201=SiteAnswer), tags=["sites"])
def add_site(public_id: str, json: SiteBody) -> tuple[SiteAnswer, int]:
    """A new last point, with its link."""
    draft = store.read_site(store.as_fields(json.model_dump()))
    with writing():
        site = store.add_site(store.access_structure(caller(), public_id), draft)
    return _site(site, 0), 201


@blueprint.put("/conferences/<public_id>/sites/<int:site_id>")
@description.validate(resp=answers(HTTP_200=SiteAnswer), tags=["sites"])
def change_site(public_id: str, site_id: int, json: ChangedSite) -> SiteAnswer:
    """Everything of the point but its place in the order."""
    draft = store.read_site(store.as_fields(json.model_dump()))
    with writing():
        account = caller()
        site = store.access_site(store.access_structure(account, public_id), site_id)
        store.change_site(site, draft, json.version, account.display_name)
    return _site(site, len(store.delegates_of(site)))


@blueprint.delete("/conferences/<public_id>/sites/<int:site_id>")
@description.validate(resp=answers(HTTP_200=Sites), tags=["sites"])
def remove_site(public_id: str, site_id: int, query: Removal) -> Sites:
    """The point, its link and its delegates; the hall stays."""
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        site = store.access_site(conference, site_id)
        point_answers.remove_point(site, account.display_name, is_confirmed=query.confirmed)
    return _sites(conference)


@blueprint.put("/conferences/<public_id>/sites/order")
@description.validate(resp=answers(HTTP_200=Sites), tags=["sites"])
def order_sites(public_id: str, json: SiteOrder) -> Sites:
    """Another order of protocol."""
    with writing() as rows:
        conference = store.access_structure(caller(), public_id)
        store.order_sites(conference, json.site_ids)
        rows.flush()
        rows.refresh(conference, ["sites"])
    return _sites(conference)


@blueprint.get("/conferences/<public_id>/sites/<int:site_id>/delegates")
@description.validate(resp=answers(HTTP_200=Delegates), tags=["delegates"])
def list_delegates(public_id: str, site_id: int) -> Delegates:
    """Who comes to this point, by order of precedence."""
    site = store.access_site(store.access_conference(caller(), public_id), site_id)
    return Delegates(delegates=[_delegate(delegate) for delegate in store.delegates_of(site)])


@blueprint.post("/conferences/<public_id>/sites/<int:site_id>/delegates")
@description.validate(resp=answers(HTTP_201=DelegateAnswer), tags=["delegates"])
def add_delegate(public_id: str, site_id: int, json: NewDelegate) -> tuple[DelegateAnswer, int]:
    """One more who comes to this point."""
    with writing() as rows:
        account = caller()
        site = store.access_site(store.access_structure(account, public_id), site_id)
        draft = store.read_delegate(store.as_fields(json.model_dump(exclude={"twin"})), site)
        delegate = add_or_merge(site, draft, json.twin, account.display_name)
        rows.flush()
    return _delegate(delegate), 201


@blueprint.put("/conferences/<public_id>/delegates/<int:delegate_id>")
@description.validate(resp=answers(HTTP_200=DelegateAnswer), tags=["delegates"])
def change_delegate(public_id: str, delegate_id: int, json: ChangedDelegate) -> DelegateAnswer:
    """Everything of the delegate but the point."""
    with writing():
        account = caller()
        delegate = store.access_delegate(store.access_structure(account, public_id), delegate_id)
        draft = store.read_delegate(store.as_fields(json.model_dump()), delegate.site, delegate.id)
        store.change_delegate(delegate, draft, json.version, account.display_name)
    return _delegate(delegate)


@blueprint.delete("/conferences/<public_id>/delegates/<int:delegate_id>")
@description.validate(resp=answers(HTTP_200=Delegates), tags=["delegates"])
def remove_delegate(public_id: str, delegate_id: int) -> Delegates:
    """Answers with who still comes to that point."""
    with writing():
        account = caller()
        delegate = store.access_delegate(store.access_structure(account, public_id), delegate_id)
        site = delegate.site
        store.remove_delegate(delegate, account.display_name)
    return Delegates(delegates=[_delegate(other) for other in store.delegates_of(site)])


@blueprint.get("/conferences/<public_id>/links")
@description.validate(resp=answers(HTTP_200=Links), tags=["links"])
def list_links(public_id: str) -> Links:
    """The address of every seat; for those who may give them out."""
    return _links(store.access_conference(caller(), public_id, store.Right.EDIT))


@blueprint.post("/conferences/<public_id>/links")
@description.validate(resp=answers(HTTP_201=Links), tags=["links"])
def add_link(public_id: str, json: NewLink) -> tuple[Links, int]:
    """For what has no link from the beginning."""
    with writing():
        conference = store.access_conference(caller(), public_id, store.Right.EDIT)
        site = store.access_site(conference, json.site_id) if json.site_id is not None else None
        if json.kind is LinkKind.CHECK_IN:
            store.open_check_in(conference, site)
        else:
            store.add_client_link(conference, json.kind)
    return _links(conference), 201


@blueprint.post("/conferences/<public_id>/links/<int:link_id>/renew")
@description.validate(resp=answers(HTTP_200=Links), tags=["links"])
def renew_link(public_id: str, link_id: int) -> Links:
    """The old address stops working, unless it has already; a new one takes its place."""
    with writing():
        conference = store.access_conference(caller(), public_id, store.Right.EDIT)
        links.renew_link(store.access_link(conference, link_id), datetime.now(UTC))
    return _links(conference)


@blueprint.post("/conferences/<public_id>/links/<int:link_id>/revoke")
@description.validate(resp=answers(HTTP_200=Links), tags=["links"])
def revoke_link(public_id: str, link_id: int) -> Links:
    """The address stops working, and whoever holds it is sent away; its place is among `closed` until it is renewed."""
    with writing():
        conference = store.access_conference(caller(), public_id, store.Right.EDIT)
        links.revoke_link(store.access_link(conference, link_id), datetime.now(UTC))
    return _links(conference)


def _sites(conference: Conference) -> Sites:
    counts = store.delegate_counts(conference)
    return Sites(sites=[_site(site, counts.get(site.id, 0)) for site in conference.sites])


def _site(site: Site, delegate_count: int) -> SiteAnswer:
    return SiteAnswer(**told(site, SiteAnswer, but=("delegate_count",)), delegate_count=delegate_count)


def _delegate(delegate: Delegate) -> DelegateAnswer:
    of_row = told(delegate, DelegateAnswer, but=("full_name", "label"))
    return DelegateAnswer(**of_row, full_name=delegate.person.full_name, label=store.label_of(delegate))


def _links(conference: Conference) -> Links:
    invitations.with_pins(conference)
    pins = invitations.pins_by_link(conference)
    closed = [ClosedLink(**told(link, ClosedLink)) for link in store.closed_links_of(conference)]
    return Links(links=[_link(link, pins.get(link.id)) for link in store.links_of(conference)], closed=closed)


def _link(link: SiteLink, pin: str | None) -> LinkAnswer:
    return LinkAnswer(**told(link, LinkAnswer, but=("address", "pin")), address=base() + links.link_path(link), pin=pin)
