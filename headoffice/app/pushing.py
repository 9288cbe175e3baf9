"""A batch of records from a till: taken, and signed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headoffice.app.programmes import count_on_behind
from headoffice.intake import ingest
from headoffice.signatures import sign
from loyalty.wire import PushReply, ack_bytes

if TYPE_CHECKING:
    from headoffice.office import Office
    from headoffice.store.rows import TerminalRow
    from loyalty.wire import PushRequest


def push(office: Office, terminal: TerminalRow, request: PushRequest) -> PushReply:
    """Take a batch over and sign for the new head of its epoch.

    Raises:
        Refusal: ``FENCED`` when a position has two contents, or ``BAD_REQUEST``.
    """
    outcome = ingest.push(office.database, terminal, request, office.clock.now_us())
    signature = b""
    if outcome.head is not None:
        count_on_behind(office, request)
        acknowledged = ack_bytes(terminal.terminal_id, office.server.epoch, outcome.head)
        signature = sign(office.secrets.signing_key, acknowledged)
    return PushReply(
        server_epoch=office.server.epoch,
        heads=outcome.heads,
        verdicts=outcome.verdicts,
        gap=outcome.gap,
        records=outcome.records,
        points=outcome.points,
        signature=signature,
    )
