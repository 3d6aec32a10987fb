"""The agenda of a conference: its items in order."""

from pydantic import Field

from meetings import store
from meetings.api.description import Instant, Part, answers, as_fields, caller, description, new_blueprint
from meetings.tables import AgendaItem, Conference, ItemKind, writing

blueprint = new_blueprint("agenda")


class ItemAnswer(Part):
    """`label` is what the item is called in the agenda: 4, or 4.1 below it."""

    id: int
    label: str
    title: str
    kind: ItemKind
    presenters: list[str]
    planned_at: Instant
    planned_minutes: int
    speech_limit_minutes: int | None
    topics: list[str]
    script_say: str
    script_do: str
    private_note: str
    version: int


class Agenda(Part):
    """`version` counts the changes of the order."""

    items: list[ItemAnswer]
    version: int


class ItemBody(Part):
    """A presenter is a delegate's label as the agenda page offers it, or free words."""

    title: str
    kind: ItemKind = ItemKind.OTHER
    presenters: list[str] = Field(default_factory=list, max_length=50)
    planned_minutes: int
    speech_limit_minutes: int | None = None
    topics: list[str] = Field(default_factory=list, max_length=50)
    script_say: str = ""
    script_do: str = ""
    private_note: str = ""


class NewItem(ItemBody):
    """`parent_id` makes it a sub-item."""

    parent_id: int | None = None


class ChangedItem(ItemBody):
    version: int


class OrderEntry(Part):
    id: int
    is_sub_item: bool = False


class Order(Part):
    """The whole agenda in its new order; `version` is that of the agenda that was read."""

    items: list[OrderEntry] = Field(max_length=1000)
    version: int


@blueprint.get("/conferences/<public_id>/items")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def read_agenda(public_id: str) -> Agenda:
    """The agenda in order, with the times that follow from the lengths."""
    return _agenda(store.access_conference(caller(), public_id))


@blueprint.post("/conferences/<public_id>/items")
@description.validate(resp=answers(HTTP_201=Agenda), tags=["agenda"])
def add_item(public_id: str, json: NewItem) -> tuple[Agenda, int]:
    """A new last item; answers with the whole agenda."""
    draft = store.read_item(_fields(json))
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        parent = store.access_item(conference, json.parent_id) if json.parent_id is not None else None
        store.add_item(conference, draft, parent, account.display_name)
    return _agenda(conference), 201


@blueprint.put("/conferences/<public_id>/items/<int:item_id>")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def change_item(public_id: str, item_id: int, json: ChangedItem) -> Agenda:
    """Another length moves the items after it."""
    draft = store.read_item(_fields(json))
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        store.change_item(store.access_item(conference, item_id), draft, json.version, account.display_name)
    return _agenda(conference)


@blueprint.delete("/conferences/<public_id>/items/<int:item_id>")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def remove_item(public_id: str, item_id: int) -> Agenda:
    """Its sub-items become items."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.remove_item(store.access_item(conference, item_id))
    return _agenda(conference)


@blueprint.put("/conferences/<public_id>/items/order")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def reorder(public_id: str, json: Order) -> Agenda:
    """Put the whole agenda in another order."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        wanted = tuple((entry.id, int(entry.is_sub_item)) for entry in json.items)
        try:
            store.reorder(conference, wanted, json.version)
        except store.StaleOrder:
            raise store.Overwritten from None
    return _agenda(conference)


def _fields(body: ItemBody) -> dict[str, str]:
    return as_fields({**body.model_dump(exclude={"speech_limit_minutes"}), "limit_minutes": body.speech_limit_minutes})


def _agenda(conference: Conference) -> Agenda:
    items = store.items_of(conference)
    labels = store.labels(items)
    return Agenda(items=[_item(item, labels[item.id]) for item in items], version=conference.agenda_version)


def _item(item: AgendaItem, label: str) -> ItemAnswer:
    names = ("id", "title", "kind", "planned_at", "planned_minutes", "topics", "script_say", "script_do")
    limit = item.speech_limit_seconds
    return ItemAnswer(
        **{name: getattr(item, name) for name in names},
        label=label,
        presenters=store.presenter_lines(item),
        speech_limit_minutes=limit // 60 if limit else None,
        private_note=item.private_note,
        version=item.version,
    )
