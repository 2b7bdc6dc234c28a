"""A browser in meeting mode: reads a part's form as it stands, and sends it back changed."""

from html.parser import HTMLParser

from django.db import connections
from django.test.utils import CaptureQueriesContext


class Fields(HTMLParser):
    """The values of the form for the notes, as a browser without JavaScript would send them."""

    def __init__(self):
        super().__init__()
        self.found, self.inside, self.area, self.select = {}, False, None, None

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            self.inside = of.get("id") == "anteckningar"
        if not self.inside:
            return
        if tag == "input" and of.get("type") in ("checkbox", "radio"):
            if "checked" in of:
                self.found.setdefault(of["name"], []).append(of.get("value", "on"))
        elif tag == "input":
            self.found[of["name"]] = of.get("value", "")
        elif tag == "textarea":
            self.area = of["name"]
            self.found[self.area] = ""
        elif tag == "select":
            self.select = of["name"]
        elif tag == "option" and self.select and "selected" in of:
            self.found[self.select] = of.get("value", "")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "form":
            self.inside = False

    def handle_data(self, data):
        if self.area:
            self.found[self.area] += data


class InRoom:
    """The pages of one room."""

    def __init__(self, client, room, base=""):
        self.client, self.went_to = client, ""
        self.base = base or f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/"

    def get(self, page: str) -> str:
        answer = self.client.get(self.base + page)
        assert answer.status_code == 200, (page, answer.status_code)
        return answer.content.decode()

    def read(self, shown: str) -> dict:
        fields = Fields()
        fields.feed(shown)
        return {name: value.removeprefix("\n") if isinstance(value, str) else value
                for name, value in fields.found.items()}  # fmt: skip

    def form(self, part: int) -> dict:
        return self.read(self.get(f"del/{part}/"))

    def send(self, part: int, values: dict, status: int = 302) -> str:
        answer = self.client.post(f"{self.base}del/{part}/", values)
        assert answer.status_code == status, answer.content.decode()[-3000:]
        self.went_to = answer.headers.get("Location", "")
        return answer.content.decode()

    def write(self, part: int, *, status: int = 302, **values) -> str:
        """Fill in the part's form as it stands, and press a button."""
        return self.send(part, self.form(part) | values, status)


def queries(at: InRoom, page: str) -> int:
    at.get(page)
    with CaptureQueriesContext(connections["default"]) as caught:
        at.get(page)
    return len(caught)
