"""What pages look like: one style sheet and the typeface, from this server and from nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from texts import typeface

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

STATIC: Final = Path(__file__).parents[1] / "static"
KEPT_S: Final = 3600
"""How long browsers keep them, in seconds; a newer version shows within the hour."""

_FILES: Final = {
    "head-office.css": (STATIC / "head-office.css", "text/css"),
    "icon.svg": (STATIC / "icon.svg", "image/svg+xml"),
    "inter-regular.ttf": (typeface.REGULAR, "font/ttf"),
    "inter-semibold.ttf": (typeface.SEMI_BOLD, "font/ttf"),
    "inter-bold.ttf": (typeface.BOLD, "font/ttf"),
}
"""What is served, by the name in the address: a list, so that no address leads to another file."""


def handlers() -> list[HTTPRouteHandler]:
    """The handlers of these files."""

    @get("/assets/{name:str}", sync_to_thread=True, include_in_schema=False)
    def asset(name: FromPath[str]) -> Response[bytes]:
        if name not in _FILES:
            raise NotFoundException
        path, media_type = _FILES[name]
        headers = {"cache-control": f"public, max-age={KEPT_S}", "x-content-type-options": "nosniff"}
        return Response(path.read_bytes(), media_type=media_type, headers=headers)

    return [asset]
