"""What must hold when everybody has come to rest; every sentence names who and what."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from storage.files import LEDGER_FILE, VAULT_FILE
from storage.verify import verify
from tests.simulation.ledgers import OfficeFile, read_office, rows, tables
from tests.simulation.model import COUNTED, UNDONE, Sums, moved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulation.tills import SimTill
    from tests.simulation.world import World

SHOWN_MAX = 12
"""So many problems tell enough."""


def check_all(world: World) -> list[str]:
    """Everything that is wrong, in words."""
    office = read_office(world.office.database_file)
    sums = Sums(office.records.values())
    problems: list[str] = []
    checks = (_receipts, _balances, _nothing_waits, _days, _replicas, _people, _consents, _nobody_is_stuck, _erased)
    for check in (*checks, _proofs):
        problems += check(world, office, sums)
    return problems[:SHOWN_MAX]


def _receipts(world: World, office: OfficeFile, _sums: Sums) -> Iterator[str]:
    """Every acknowledged receipt is at head office as it was told, and nothing is there that nobody wrote."""
    for receipt in world.model.required():
        if receipt.kind == "erasure":
            if receipt.fact_id not in office.erased:
                yield f"the erasure of {receipt.fact_id} never reached head office"
            continue
        payload = office.records.get(receipt.fact_id)
        if payload is None:
            yield f"{receipt.kind} {receipt.fact_id} was acknowledged and is not at head office"
            continue
        facts = json.loads(payload)
        told = (receipt.kind, receipt.points, str(receipt.member_id) if receipt.member_id else None)
        if (facts["kind"], moved(facts), facts["member_id"]) != told:
            yield f"{receipt.fact_id} is at head office as {facts}, told was {told}"
    written = frozenset[UUID]().union(*(machine.ids.minted for machine in world.everybody()))
    foreign = office.records.keys() - written - world.known_before
    # An expiry's id is worked out from its lot and its day.
    invented = [i for i in foreign if json.loads(office.records[i])["kind"] != "expiry"]
    yield from (f"nobody ever wrote {record_id}, yet it is at head office" for record_id in invented)


def _balances(_world: World, office: OfficeFile, sums: Sums) -> Iterator[str]:
    """Each account is the sum of what was recorded for it and for what was merged into it."""
    wanted = {name: Counter[UUID]() for name in ("balance", "sales", "revenue_cents")}
    for name, found in zip(wanted, (sums.balances, sums.sales, sums.revenue), strict=True):
        for member_id, amount in found.items():
            wanted[name][office.root(member_id)] += amount
    for one, other in sums.merges:
        if office.root(one) != office.root(other):
            yield f"{one} and {other} were merged by a record and are two accounts"
    for account in office.accounts.values():
        for name, sum_of in wanted.items():
            due = 0 if account.merged_into else sum_of[account.member_id]
            if getattr(account, name) != due:
                is_now = getattr(account, name)
                yield f"head office: {name} of {account.member_id} is {is_now}, the records say {due}"
        if office.entries.get(account.member_id, 0) != account.balance:
            yield f"head office: account {account.member_id}: its entries do not sum to its balance"
    yield from (f"no account for {member_id}" for member_id in wanted["balance"].keys() - office.accounts.keys())


def _nothing_waits(_world: World, office: OfficeFile, sums: Sums) -> Iterator[str]:
    """A reversal waits only while its original is nowhere."""
    for record_id in office.waiting:
        record = sums.records[str(record_id)]
        if record["original_id"] in sums.records:
            yield f"{record_id} waits for {record['original_id']}, which is there"
    if office.quarantined:
        yield f"{office.quarantined} records are in quarantine"


def _days(world: World, _office: OfficeFile, sums: Sums) -> Iterator[str]:
    """Head office's sums of every day are the sums of the records themselves."""
    columns = ", ".join(f"sum({name})" for name in COUNTED)
    found = rows(world.office.database_file, f"SELECT business_day, {columns} FROM day_total GROUP BY 1")  # noqa: S608
    by_day = {row[0]: dict(zip(COUNTED, row[1:], strict=True)) for row in found}
    for day in sorted(by_day.keys() | sums.days.keys()):
        for name in COUNTED:
            is_now, should = by_day.get(day, {}).get(name, 0), sums.days[day][name]
            if is_now != should and not (sums.overdone and name in UNDONE):
                yield f"head office: {name} of {day} is {is_now}, the records say {should}"
    for name in UNDONE:
        is_now = sum(day[name] for day in by_day.values())
        if is_now != sums.undone[name]:
            yield f"head office: {name} of all days is {is_now}, the records say {sums.undone[name]}"


def _replicas(world: World, office: OfficeFile, _sums: Sums) -> Iterator[str]:
    """Every till shows what head office has, for every member it holds."""
    for sim in world.belonging():
        with sim.store.reader() as reader:
            for account in office.accounts.values():
                if not _holds(world, sim, office, account.member_id):
                    continue
                whole = office.accounts[office.root(account.member_id)]
                shown = reader.account(account.member_id)
                found = (shown.member_id, shown.balance, shown.sales, shown.revenue_cents)
                if found != (whole.member_id, whole.balance, whole.sales, whole.revenue_cents):
                    yield f"{sim.name} shows {account.member_id} as {found}, head office has {whole}"
            for number, (member_id, status) in office.cards.items():
                if not _holds(world, sim, office, member_id):
                    continue
                card = reader.card(number)
                if card is None or (office.root(card.member_id), card.status.value) != (office.root(member_id), status):
                    yield f"{sim.name} knows card {number} as {card}, head office as {member_id} {status}"


def _people(world: World, office: OfficeFile, _sums: Sums) -> Iterator[str]:
    """Whom and which cards any till knows head office knows, too."""
    for sim in world.belonging():
        for number, member in rows(sim.directory / LEDGER_FILE, "SELECT number, member_id FROM card"):
            if number not in office.cards:
                yield f"{sim.name} has card {number} of {UUID(bytes=member)}, head office has never heard of it"
    there = {receipt.member_id for receipt in world.model.required() if receipt.kind == "enrolment"}
    gone = {office.root(member_id) for member_id in office.erased}
    named = {member_id for place in world.everybody() for member_id in place.named}
    for member_id in there:
        if member_id is not None and office.root(member_id) not in gone:
            view = world.office.head.member(member_id)
            if view is None or (view.profile is None and member_id in named):
                yield f"{member_id} was enrolled and is nobody at head office"


def _holds(world: World, sim: SimTill, office: OfficeFile, member_id: UUID) -> bool:
    scope = world.scope_of(sim)
    return not scope or office.accounts[office.root(member_id)].region == scope


def _consents(world: World, office: OfficeFile, sums: Sums) -> Iterator[str]:
    """Everybody says that a purpose is agreed to when the last yes of all that are one person is newer than any no."""
    wanted: dict[UUID, dict[str, tuple[int, int]]] = {}
    for (member_id, purpose), (yes, no) in sums.consents.items():
        root = office.root(member_id)
        if not {member_id, root} & office.erased:
            known = wanted.setdefault(root, {}).get(purpose, (-1, -1))
            wanted[root][purpose] = max(yes, known[0]), max(no, known[1])
    half_erased = {office.root(member_id) for member_id in office.erased}
    for account in office.accounts.values():
        if account.merged_into:
            continue
        due = {purpose: yes > no for purpose, (yes, no) in wanted.get(account.member_id, {}).items()}
        view = world.office.head.member(account.member_id)
        told = {state.purpose.value: state.granted for state in view.statement.consents} if view else {}
        if told != due:
            yield f"head office: {account.member_id} agrees to {told}, the records say {due}"
        for sim in world.belonging():
            if account.member_id in half_erased or not _holds(world, sim, office, account.member_id):
                continue
            with sim.store.reader() as reader:
                shown = {state.purpose.value: state.granted for state in reader.consents(account.member_id)}
            if shown != due:
                yield f"{sim.name}: {account.member_id} agrees to {shown}, the records say {due}"


def _nobody_is_stuck(world: World, _office: OfficeFile, _sums: Sums) -> Iterator[str]:
    """Nothing waits at any till that head office wants, and all have the programme that is in force."""
    versions = set()
    for sim in world.belonging():
        standing = sim.standing()
        if standing.waiting or standing.edits or standing.failure or not standing.complete:
            yield f"{sim.name} is stuck: {standing}"
        versions.add(sim.store.programme.version)
    if len(versions) > 1:
        yield f"the tills have programmes {sorted(versions)}"


def _erased(world: World, office: OfficeFile, _sums: Sums) -> Iterator[str]:
    """Nothing personal of an erased member is left in any table of any file."""
    gone = {receipt.fact_id for receipt in world.model.required() if receipt.kind == "erasure"}
    names = {name for name, member_id in world.model.names.items() if member_id in gone}
    for who, path in _files(world):
        for table, found in tables(path):
            yield from _personal(f"{who}: {path.name} {table}", found, names)
    for number, (member_id, _) in office.cards.items():
        if member_id in gone:
            yield f"head office: card {number} still means {member_id}, who was erased"
    for member_id in gone:
        if rows(world.office.database_file, "SELECT 1 FROM profile_field WHERE member_id = ?", (member_id.hex,)):
            yield f"head office: {member_id} was erased and has a profile"
        for sim in world.belonging():
            with sim.store.reader() as reader:
                if reader.profile(member_id) is not None or reader.cards_of(member_id):
                    yield f"{sim.name}: {member_id} was erased and has a profile or cards"


def _files(world: World) -> Iterator[tuple[str, Path]]:
    yield "head office", world.office.database_file
    for sim in world.belonging():
        yield from ((sim.name, sim.directory / name) for name in (LEDGER_FILE, VAULT_FILE))
        yield sim.name, sim.store.replica_path


def _personal(where: str, found: list[tuple[Any, ...]], names: set[str]) -> Iterator[str]:
    for row in found:
        for value in row:
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            if isinstance(text, str):
                folded = text.casefold().split()
                yield from (f"{where} still says {name}" for name in names if name.casefold() in folded)


def _proofs(world: World, _office: OfficeFile, _sums: Sums) -> Iterator[str]:
    """Head office and every till prove their own books."""
    result = world.office.head.verify()
    if not result.ok:
        yield f"head office's verify: {result.problems}"
    for sim in world.tills:
        proof = verify(sim.directory)
        if not proof.ok:
            yield f"{sim.name}'s verify: {proof.problems}"
