"""Where head office may listen: anywhere with TLS, on this computer alone without."""

import pytest

from headoffice.api.server import (
    Address,
    AddressInvalid,
    AddressTaken,
    PlainHttpRefused,
    is_loopback,
    listen,
    parse_address,
    url_of,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8000", Address("127.0.0.1", 8000)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:8000", Address("::1", 8000)),
        ("[::1]", Address("::1", 8470)),
        ("127.0.0.1", Address("127.0.0.1", 8470)),
        ("office.example:65535", Address("office.example", 65535)),
    ],
)
def test_addresses_are_read(text: str, address: Address) -> None:
    """A port can be left out; brackets keep the colons of IPv6 apart."""
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", ":8000", "host:", "host:x", "host:65536", "host:-1", "[]:1", "host:٣"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(AddressInvalid):
        parse_address(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - not listened on
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_loopback_is_what_only_this_computer_reaches(host: str, loopback: bool) -> None:
    """A name that only begins like it is another computer."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "office.example"])  # noqa: S104 - refused
def test_plain_http_listens_on_this_computer_only(host: str) -> None:
    """The port is not even opened."""
    with pytest.raises(PlainHttpRefused):
        listen(Address(host, 0), None)


def test_a_free_port_is_taken_and_said() -> None:
    """Port 0 asks the system for one."""
    with listen(Address("127.0.0.1", 0), None) as opened:
        port = opened.getsockname()[1]
        assert port > 0
        assert url_of(opened, Address("127.0.0.1", 0), None) == f"http://127.0.0.1:{port}"


def test_a_port_that_is_taken_is_a_known_error() -> None:
    """Another program has it."""
    with listen(Address("127.0.0.1", 0), None) as opened, pytest.raises(AddressTaken):
        listen(Address("127.0.0.1", opened.getsockname()[1]), None)
