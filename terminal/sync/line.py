"""One bounded HTTP line to head office: verified by one private CA, no redirects, no surprises in size or time.

httpx is loaded when the first line is opened, on the thread that uses it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

import msgspec

from loyalty.wire import Problem, ProblemCode
from terminal.sync.errors import Away, Broken, HeadOfficeSaysNo, Stopped, answer_wrong
from terminal.sync.status import SyncTrouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import httpx

CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 15.0
"""How long head office may be silent, in seconds; a long poll gets its own time on top."""

DEADLINE_S: Final = 120.0
"""How long one answer may take in all, in seconds, so that no trickle holds the line for ever."""

ANSWER_BYTES_MAX: Final = 16 * 1024 * 1024
"""The largest answer that is read; the largest page of changes is far smaller."""

PROBLEM_TYPE: Final = "application/problem+json"
LOOPBACK_NAMES: Final = frozenset({"localhost"})
URL_LENGTH_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with a status of 2xx."""

    status: int
    body: bytes


def checked_address(url: str) -> str:
    """An address of head office as it is stored: scheme, host, port and nothing else.

    Raises:
        Broken: It is no address, or one without encryption that leaves this machine.
    """
    text = url.strip().rstrip("/")
    text = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
        parts = urlsplit("")
    bare = not (parts.path or parts.query or parts.fragment or parts.username)
    if not (usable and bare and text.isascii() and text.isprintable() and len(text) <= URL_LENGTH_MAX):
        raise Broken(SyncTrouble.ADDRESS_WRONG, "not an address")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise Broken(SyncTrouble.NOT_ENCRYPTED, "plain http leaves this machine")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_encrypted(url: str) -> bool:
    """Whether an address is spoken to under TLS."""
    return url.startswith("https://")


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Line:
    """A connection that is kept open between calls.

    Args:
        url: Head office's address, see ``checked_address``.
        ca_pem: The one certificate authority that may vouch for it; empty on a line without encryption.
        unverified: Believe whoever answers. Only for fetching a certificate whose fingerprint is known.
    """

    def __init__(self, url: str, ca_pem: str = "", *, unverified: bool = False) -> None:
        import httpx

        self._url = checked_address(url)
        context: ssl.SSLContext | bool = False
        if is_encrypted(self._url):
            context = _context(ca_pem, unverified=unverified)
        self._client = httpx.Client(
            base_url=self._url,
            verify=context,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._hung_up = False

    def ask(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        wait_s: float = 0,
        bytes_max: int = ANSWER_BYTES_MAX,
    ) -> Answer:
        """Send one request and read the whole answer.

        Args:
            method: In capitals.
            target: Path and query.
            body: JSON, or nothing.
            headers: Besides the usual ones.
            wait_s: How much longer than usual head office may take, in seconds.
            bytes_max: The largest answer taken.

        Raises:
            Away: There is no line, or it broke.
            HeadOfficeSaysNo: It answered with a problem.
            Broken: Somebody else answered, or the answer can't be one of head office's.
        """
        import httpx

        sent = dict(headers or {})
        if body:
            sent["content-type"] = "application/json"
        timeout = httpx.Timeout(ANSWER_TIMEOUT_S + wait_s, connect=CONNECT_TIMEOUT_S)
        deadline_s = time.monotonic() + DEADLINE_S + wait_s
        if self._hung_up:
            raise Stopped("hung up")
        try:
            with self._client.stream(
                method, target, content=body, headers=sent, timeout=timeout, extensions={"trace": self._trace}
            ) as response:
                raw = _bounded(response, bytes_max, deadline_s)
                return _judged(response, raw)
        except (httpx.HTTPError, OSError, ssl.SSLError) as error:
            raise self._away(error) from error

    def hang_up(self) -> None:
        """End the call that is going on, from another thread; every further one fails at once."""
        with self._lock:
            self._hung_up = True
            if self._socket is not None:
                # The socket's own method: the one of an encrypted line would take the reading thread's state away.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        """Keep hold of the socket as soon as there is one, for ``hang_up``."""
        if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        stream = info["return_value"]
        found = getattr(stream, "get_extra_info", lambda _name: None)("socket")
        with self._lock:
            self._socket = found if isinstance(found, socket.socket) else None
            hung_up = self._hung_up
        if hung_up:
            self.hang_up()

    def _away(self, error: Exception) -> Exception:
        if self._hung_up:
            return Stopped("hung up")
        if _caused_by_certificate(error):
            return Broken(SyncTrouble.CERTIFICATE_CHANGED, str(error))
        return Away(f"{type(error).__name__}: {error}")


def _context(ca_pem: str, *, unverified: bool) -> ssl.SSLContext:
    if unverified:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context = ssl.create_default_context(cadata=ca_pem)  # with a CA given, the system's are not loaded
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _bounded(response: httpx.Response, bytes_max: int, deadline_s: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > bytes_max:
            raise answer_wrong(f"an answer of more than {bytes_max} bytes")
        if time.monotonic() > deadline_s:
            raise Away(f"an answer that takes longer than {DEADLINE_S} s")
        parts.append(part)
    return b"".join(parts)


def _judged(response: httpx.Response, raw: bytes) -> Answer:
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise answer_wrong("a packed answer that was not asked for")
        return Answer(status, raw)
    if response.headers.get("content-type", "").partition(";")[0].strip() == PROBLEM_TYPE:
        with contextlib.suppress(msgspec.MsgspecError):
            problem = msgspec.json.decode(raw, type=Problem)
            raise HeadOfficeSaysNo(problem.code, problem.detail, server_time_us=problem.server_time_us)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise HeadOfficeSaysNo(ProblemCode.RATE_LIMITED)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Away(f"status {status}")  # a proxy before head office, or head office on its way up or down
    raise answer_wrong(f"status {status} without a reason")


def _caused_by_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
