"""A browser without pictures: it keeps cookies, fills in forms, and reads pages."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Self

from litestar.testing import TestClient

from tests.fakes.staffed_office import PASSWORD

if TYPE_CHECKING:
    from types import TracebackType

    from httpx import Response

    from tests.fakes.staffed_office import StaffedOffice


class PageVisitor:
    """Visits the pages of a head office in this process.

    Attributes:
        page: The answer that is shown now.
    """

    def __init__(self, office: StaffedOffice, base_url: str = "http://127.0.0.1") -> None:
        self.office = office
        self._client: TestClient[Any] = TestClient(office.app(), base_url=base_url)
        self.page: Response

    def __enter__(self) -> Self:
        self._client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser would send along."""
        return dict(self._client.cookies)

    @property
    def words(self) -> str:
        """What the page says, without its marks."""
        plain = re.sub(r"<[^>]+>", " ", self.page.text)
        return " ".join(html.unescape(plain).split())

    @property
    def path(self) -> str:
        """Where the browser has ended up."""
        return self.page.url.path

    def look(self, path: str, **headers: str) -> Response:
        """Open a page."""
        self.page = self._client.get(path, headers={name.replace("_", "-"): each for name, each in headers.items()})
        return self.page

    def send(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Response:
        """Send a form from the page that is shown, with the token that its forms have."""
        fields = {"csrf": self.field("csrf"), **fields}
        self.page = self._client.post(path, data=fields, headers=headers)
        return self.page

    def send_file(self, path: str, name: str, content: bytes, **fields: str) -> Response:
        """Send a form with a file."""
        fields = {"csrf": self.field("csrf"), "form_id": self.field("form_id"), **fields}
        self.page = self._client.post(path, data=fields, files={name: ("programme.toml", content)})
        return self.page

    def send_bare(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Response:
        """Send only these fields, as another site's page would."""
        self.page = self._client.post(path, data=fields, headers=headers)
        return self.page

    def send_raw(self, path: str, content_type: str, body: bytes) -> Response:
        """Send bytes that no browser would."""
        self.page = self._client.post(path, content=body, headers={"content-type": content_type})
        return self.page

    def field(self, name: str) -> str:
        """A hidden field of the page, empty when it has none."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        return html.unescape(found[1]) if found else ""

    def sign_in(self, name: str, password: str = PASSWORD, go_on: str = "/") -> Response:
        """Fill in the sign-in form."""
        self.look("/sign-in")
        return self.send_bare("/sign-in", name=name, password=password, next=go_on)
