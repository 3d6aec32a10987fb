"""The agenda of a conference: its items in order."""

from pydantic import Field

from meetings import store
from meetings.api.description import Instant, Part, answers, caller, description, new_blueprint, told, zone
from meetings.tables import AgendaItem, Conference, ItemKind, writing

blueprint = new_blueprint("agenda")


class SpeechBody(Part):
    delegate_id: int
    topic: str = ""
    minutes: int | None = None


class SpeechAnswer(SpeechBody):
    id: int


class SpeechOrder(Part):
    """All speeches of an item, in their new order."""

    speech_ids: list[int] = Field(max_length=1000)


class Start(Part):
    """A time of the day of the conference, such as 08:00."""

    start: str


class ItemAnswer(Part):
    """`label` is what the item is called in the agenda: 4, or 4.1 below it. `speeches` are assigned, in their order."""

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
    speeches: list[SpeechAnswer]
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
def readtold_agenda(public_id: str) -> Agenda:
    """The agenda in order, with the times that follow from the lengths."""
    return told_agenda(store.access_conference(caller(), public_id))


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
    return told_agenda(conference), 201


@blueprint.put("/conferences/<public_id>/items/<int:item_id>")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def change_item(public_id: str, item_id: int, json: ChangedItem) -> Agenda:
    """Another length moves the items after it."""
    draft = store.read_item(_fields(json))
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        store.change_item(store.access_item(conference, item_id), draft, json.version, account.display_name)
    return told_agenda(conference)


@blueprint.delete("/conferences/<public_id>/items/<int:item_id>")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def remove_item(public_id: str, item_id: int) -> Agenda:
    """Its sub-items become items."""
    with writing():
        account = caller()
        conference = store.access_structure(account, public_id)
        store.remove_item(store.access_item(conference, item_id), account.display_name)
    return told_agenda(conference)


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
    return told_agenda(conference)


@blueprint.post("/conferences/<public_id>/items/start")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def start_agenda(public_id: str, json: Start) -> Agenda:
    """The first item begins at this time, the others after it."""
    reader = store.Reader({"start": json.start})
    at = reader.minute("start")
    reader.finish()
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.start_agenda(conference, at, zone())
    return told_agenda(conference)


@blueprint.post("/conferences/<public_id>/items/<int:item_id>/speeches")
@description.validate(resp=answers(HTTP_201=Agenda), tags=["agenda"])
def add_speech(public_id: str, item_id: int, json: SpeechBody) -> tuple[Agenda, int]:
    """A delegate is to speak at this item, after those who are."""
    with writing() as rows:
        conference = store.access_structure(caller(), public_id)
        item = store.access_item(conference, item_id)
        delegate = store.access_delegate(conference, json.delegate_id)
        store.add_speech(item, store.read_speech(store.as_fields(json.model_dump()), item, delegate))
        rows.flush()
    return told_agenda(conference), 201


@blueprint.put("/conferences/<public_id>/items/<int:item_id>/speeches/order")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def order_speeches(public_id: str, item_id: int, json: SpeechOrder) -> Agenda:
    """Put the speeches of an item in another order."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.order_speeches(store.access_item(conference, item_id), json.speech_ids)
    return told_agenda(conference)


@blueprint.delete("/conferences/<public_id>/items/<int:item_id>/speeches/<int:speech_id>")
@description.validate(resp=answers(HTTP_200=Agenda), tags=["agenda"])
def remove_speech(public_id: str, item_id: int, speech_id: int) -> Agenda:
    """The delegate is not assigned a speech here any more."""
    with writing():
        conference = store.access_structure(caller(), public_id)
        store.remove_speech(store.access_speech(store.access_item(conference, item_id), speech_id))
    return told_agenda(conference)


def _fields(body: ItemBody) -> dict[str, str]:
    return store.as_fields(
        {**body.model_dump(exclude={"speech_limit_minutes"}), "limit_minutes": body.speech_limit_minutes}
    )


def told_agenda(conference: Conference) -> Agenda:
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
        speeches=[SpeechAnswer(**told(speech, SpeechAnswer)) for speech in item.speeches],
        version=item.version,
    )
