"""The whole store's day for ``report day --store``: one question to head office, whether the till is open or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty.outcomes import Reason, Refused
from terminal.app.report import DayInStore, assumptions, day_in_store
from terminal.sync.outcomes import Declined

if TYPE_CHECKING:
    from datetime import date

    from loyalty.ports import Clock
    from storage.store import Reader
    from terminal.app.till import Till
    from terminal.cli.session import Session


def day_of_store(session: Session, till: Till, reader: Reader, day: date) -> DayInStore | Declined | Refused:
    """Ask head office; a till that stands alone has nobody to ask."""
    head_office = till.store.head_office
    if head_office is None:
        return Refused(Reason.NOT_JOINED)
    from terminal.sync.errors import SyncError  # the network's libraries are for this command alone
    from terminal.sync.keys import KeyStore, system_keyring
    from terminal.sync.questions import ask_once
    from terminal.sync.session import connect_over_http

    try:
        private_key, _ = KeyStore(session.directory, system_keyring()).find(head_office.terminal_id)
        port = connect_over_http(head_office, private_key, session.programs.clock, reader.link().offset_ms)
        told = ask_once(port, lambda line: line.store_day(day))
    except SyncError as error:
        return Declined(error.why)
    return day_in_store(told, assumptions(till.programme, session.settings.report.breakage_percent))


def waiting_of(reader: Reader, clock: Clock, day: date) -> int:
    """This till's bookings that head office has not got and that may belong to a day."""
    link = reader.link()
    acked_seq = link.acked.seq if link.acked else 0
    waiting = reader.head().seq - acked_seq
    oldest = reader.records_after(acked_seq, 1) if waiting else []
    return waiting if oldest and clock.business_day(oldest[0].at_us) <= day else 0
