"""What handlers answer with beside pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect


def go(path: str, said: str = "") -> Response[Any]:
    """Send the browser on after a form, so that reloading does not send it again.

    Args:
        path: Where to.
        said: What the page there says, a word of ``words.SAID``.
    """
    return Redirect(f"{path}?{urlencode({'said': said})}" if said else path, status_code=303)


def download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file to keep; its name is plain ASCII, so that every browser takes it."""
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
