"""``serve`` as a process: it says where it listens, serves signed tills, refuses floods, and ends when asked to."""

import contextlib
import json
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from headoffice.api.tls import load_certificates
from tests.fakes.served import Served, command, document, join


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without TLS, on loopback."""
    data = tmp_path_factory.mktemp("plain") / "office"
    with Served(data, "--port-file", str(data / "port")) as served:
        yield served


@pytest.fixture(scope="module")
def plain_data(plain: Served) -> Path:
    """Its data directory."""
    return plain.log.parent


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with TLS of its own."""
    data = tmp_path_factory.mktemp("secure") / "office"
    document(data, "init-tls", "--host", "localhost", "--host", "127.0.0.1")
    with Served(data) as served:
        yield served


def _socket(served: Served) -> socket.socket:
    place = urlsplit(served.url)
    assert place.hostname is not None
    return socket.create_connection((place.hostname, place.port or 0), timeout=10)


def test_it_says_where_it_listens_once_it_answers(plain: Served, plain_data: Path) -> None:
    """A script waits for one line, or for the file with the port."""
    assert plain.url == f"http://127.0.0.1:{plain.said['port']}"
    assert (plain_data / "port").read_text() == f"{plain.said['port']}\n"
    assert httpx.get(f"{plain.url}/readyz").json() == {"status": "ok"}


def test_a_till_joins_and_is_answered(plain: Served, plain_data: Path) -> None:
    """A code lets one till in, once; its signature then opens what is closed to everybody else."""
    code = document(plain_data, "enrol-terminal", "Mitte", "Kasse 1")["code"]
    with httpx.Client(base_url=plain.url) as client:
        reply, till = join(client, code)
        assert reply.store == "Mitte"
        again = client.post(
            "/v1/join",
            json={
                "code": code,
                "public_key": "A" * 43 + "=",
                "till_name": "Kasse 2",
                "ledger_id": str(reply.terminal_id),
                "programme_version": 1,
            },
        )
        assert (again.status_code, again.json()["code"]) == (403, "code_invalid")
        assert client.get("/v1/changes").status_code == 401
        assert client.get("/v1/changes", auth=till).status_code == 200
        listed = document(plain_data, "terminals")["terminals"]
        assert str(reply.terminal_id) in {each["terminal_id"] for each in listed}
        document(plain_data, "revoke", str(reply.terminal_id))
        refused = client.get("/v1/changes", auth=till)
        assert (refused.status_code, refused.json()["code"]) == (403, "revoked")


def test_a_flood_is_refused_before_it_is_taken_in(plain: Served) -> None:
    """100 MB are announced; the answer comes while the first bytes are still on their way, and the line is closed."""
    with _socket(plain) as line:
        line.sendall(
            b"POST /v1/push HTTP/1.1\r\nHost: head\r\nContent-Type: application/json\r\n"
            b"Content-Length: 104857600\r\n\r\n" + b"[" * 1000
        )
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert json.loads(body)["code"] == "too_large"


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"],
    ids=["TLS", "no request", "no length"],
)
def test_what_is_no_http_is_refused(plain: Served, sent: bytes) -> None:
    """The server says so and goes on."""
    with _socket(plain) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(65_536)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413", b"")
    assert httpx.get(f"{plain.url}/healthz").status_code == 200


def test_its_log_is_json_and_holds_no_secret(plain: Served, plain_data: Path) -> None:
    """One object a line, whatever happened; no code, no key, no address."""
    code = document(plain_data, "enrol-terminal", "Mitte", "Kasse 9")["code"]
    with httpx.Client(base_url=plain.url) as client:
        join(client, code)
    text = plain.log.read_text()
    assert all(isinstance(json.loads(line), dict) for line in text.splitlines())
    assert code not in text
    assert "127.0.0.1" not in text


def test_a_second_server_on_the_same_file_is_refused(plain: Served, plain_data: Path) -> None:
    """Two servers on one embedded database would only be in each other's way."""
    ran = command(plain_data, "--json", "serve", "--listen", "127.0.0.1:0")
    assert (ran.returncode, json.loads(ran.stdout)["error"]["code"]) == (1, "already_serving")
    assert plain.process.poll() is None


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1"])  # noqa: S104 - refused, which is the point
def test_plain_http_is_for_this_computer_only(tmp_path: Path, host: str) -> None:
    """Anything else needs TLS, and the sentence says how to get it."""
    ran = command(tmp_path / "office", "--lang", "en", "serve", "--listen", f"{host}:0")
    assert ran.returncode == 1
    assert "init-tls" in ran.stderr
    assert ran.stdout == ""


def test_tills_know_the_server_by_its_own_authority(secure: Served) -> None:
    """The certificate of the authority fits the fingerprint in the code, and vouches for the server alone."""
    code = document(secure.log.parent, "enrol-terminal", "Mitte", "Kasse 1")["code"]
    certificates = load_certificates(secure.log.parent)
    assert certificates is not None
    told = httpx.get(f"{secure.url}/v1/ca", verify=False).text  # noqa: S501 - checked by the fingerprint below
    assert told == certificates.ca_pem
    assert code.partition(".")[2] == certificates.fingerprint == secure.said["fingerprint"]
    with httpx.Client(base_url=secure.url, verify=ssl.create_default_context(cadata=told)) as client:
        _, till = join(client, code)
        assert client.get("/v1/changes", auth=till).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secure.url}/healthz")


def test_a_server_that_pretends_is_not_believed(secure: Served, tmp_path: Path) -> None:
    """Another authority of the same name does not vouch for this server."""
    document(tmp_path / "other", "init-tls", "--host", "127.0.0.1")
    other = load_certificates(tmp_path / "other")
    assert other is not None
    assert other.fingerprint != secure.said["fingerprint"]
    context = ssl.create_default_context(cadata=other.ca_pem)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secure.url}/healthz", verify=context)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_asked_to_stop_ends_a_long_poll_and_is_no_failure(tmp_path: Path, number: int) -> None:
    """A till that waits gets its answer at once; the process exits 0 long before the poll's time is up."""
    data = tmp_path / "office"
    document(data, "init", "--name", "Morgenrot")
    code = document(data, "enrol-terminal", "Mitte", "Kasse 1")["code"]
    with Served(data) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        _, till = join(client, code)
        newest = client.get("/v1/changes", auth=till).json()["cursor"]["n"]
        client.get(f"/v1/wait?n={newest}&seconds=0", auth=till)  # asked to stop before it ever looked, it says no
        answers: list[httpx.Response] = []

        def wait() -> None:
            with httpx.Client(base_url=served.url, timeout=60) as waiting:
                answers.append(waiting.get(f"/v1/wait?n={newest}&seconds=25", auth=till))

        thread = threading.Thread(target=wait)
        thread.start()
        while "stammkunde_waiting_tills 1.0" not in client.get("/metrics").text:
            pass
        assert served.stop(number) == 0
        thread.join(10)
        assert [answer.status_code for answer in answers] == [200]
