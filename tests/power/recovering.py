"""A till whose disk was lost comes back while the power goes once more: from a copy, from its black box, from both."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from storage.backup import backup
from storage.blackbox import BlackBox
from storage.connection import open_frozen
from storage.errors import StorageError
from storage.files import KEY_FILE, LEDGER_FILE, VAULT_FILE
from storage.staging import ASIDE
from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, WhyNot, recover
from tests.power.boxes import FOLDER
from tests.power.scenario import DATA, Scenario
from tests.power.state import read_state
from tests.power.workloads import admit, buy, end_day, forget, reopen, settle, take, undo

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.ports import Clock, Ids
    from storage.store import Store
    from tests.power.scenario import Moves
    from tests.power.state import State

NAS: Final = "nas"
COPY: Final = f"{NAS}/till.backup"
STEPS: Final = 8

LIFE: Final[Moves] = {buy: 6, take: 1, undo: 1, admit: 3, forget: 1, end_day: 1, settle: 1}


class Source(NamedTuple):
    """What a till is recovered from, below the recorded folder.

    Attributes:
        copy: A backup; empty for none.
        box: The folder of the black box; empty for none.
        set_aside: Whether what stands in the directory is kept beside.
    """

    copy: str
    box: str
    set_aside: bool

    def command(self, root: Path) -> RecoverCommand:
        """What a person types, again and again until it is done."""
        return RecoverCommand(
            black_box=root / self.box if self.box else None,
            backup=root / self.copy if self.copy else None,
            set_aside=self.set_aside,
        )


def recovery(root: Path, seed: int) -> None:
    """A life, a lost disk, a recovery, and some life behind it."""
    shop = Scenario(root, seed)
    shop.make()
    (root / NAS).mkdir()
    with closing(BlackBox(shop.directory, root / FOLDER)) as box:
        shop.run(LIFE, STEPS)
        backup(shop.directory, root / COPY)
        receipts = receipts_of(shop.store)
        shop.run(LIFE, STEPS)
        box.catch_up()
    kinds = (Source(COPY, FOLDER, False), Source("", FOLDER, False), Source(COPY, "", False))
    source = shop.rng.choice(kinds)._replace(set_aside=shop.rng.random() < 0.5)
    if source.box:
        receipts = receipts_of(shop.store)
    shop.close()
    aside = shop.state() if source.set_aside else None
    if not source.set_aside:
        shutil.rmtree(shop.directory)
    shop.mark(start=None)
    shop.mark(recovering=source, receipts=receipts, aside=aside)
    shop.mark(begin="recovery", whole=False)
    done = recover(shop.directory, source.command(root), clock=shop.clock, ids=shop.ids)
    assert isinstance(done, Recovered), done
    shop.mark(recovered=True)
    shop.mark(done="recovery", state=shop.state())
    shop.sold, shop.people = [], {}
    shop.open()
    shop.run({buy: 2, admit: 1, reopen: 1}, 3)
    shop.close()


def receipts_of(store: Store) -> list[str]:
    """The ids of all bookings; an epoch's beginning is none."""
    with store.reader() as reader:
        rows = reader._ledger.all("SELECT record_id FROM journal WHERE kind <> 'epoch_start' ORDER BY seq")
        return [record.hex() for (record,) in rows]


def recover_again(root: Path, source: Source, clock: Clock, ids: Ids) -> str:
    """Type the command again behind a cut; why it does not work, empty when the till is whole."""
    done = recover(root / DATA, source.command(root), clock=clock, ids=ids)
    return str(done) if isinstance(done, NotRecovered) and done.why is not WhyNot.SHOP_HERE else ""


def aside_trouble(root: Path, wanted: State) -> str:
    """Whether the shop that was set aside lies there as it was."""
    folders = sorted((root / DATA).glob(f"{ASIDE}-*"))
    for folder in folders:
        if not all((folder / name).exists() for name in (LEDGER_FILE, VAULT_FILE, KEY_FILE)):
            continue
        try:
            with closing(open_frozen(folder / LEDGER_FILE)) as ledger:
                if read_state(ledger) == wanted:
                    return ""
        except StorageError:
            continue
    return f"the shop that was set aside is in none of {[sorted(p.name for p in f.iterdir()) for f in folders]}"
