"""A form of a page as a browser has it: the fields that it would send."""

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[MultiDict[str, str]] = []
        self._is_in_form = False
        self._select: str | None = None
        self._first_option: str | None = None
        self._area: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form":
            self.forms.append(MultiDict())
            self._is_in_form = True
        elif not self._is_in_form:
            return
        elif tag == "input" and name:
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.forms[-1].add(name, value)
        elif tag == "select":
            self._select, self._first_option = name, None
        elif tag == "option" and self._select:
            if "selected" in given:
                self.forms[-1].add(self._select, value)
                self._select = None
            elif self._first_option is None:
                self._first_option = value
        elif tag == "textarea" and name:
            self._area, self._words = name, ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in_form = False
        elif tag == "select" and self._select:
            self.forms[-1].add(self._select, self._first_option or "")
            self._select = None
        elif tag == "textarea" and self._area:
            self.forms[-1].add(self._area, self._words)
            self._area = None


def form_with(page: str, field: str) -> MultiDict[str, str]:
    """The first form of a page that has this field."""
    reader = _Forms()
    reader.feed(page)
    return next(form for form in reader.forms if field in form)
