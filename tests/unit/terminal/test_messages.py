"""Every no and every breakage is a sentence with a code, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from hardware.errors import HardwareError, HardwareErrorCode, PortDenied
from hardware.frames import RejectReason
from loyalty.money import AmountProblem, BadAmount
from loyalty.offline import SafeLimit, SafeToSpend
from loyalty.outcomes import Reason, Refused
from loyalty.wire import ProblemCode
from storage.errors import DiskFull, StorageError, TillOpen
from terminal import messages
from terminal.messages import (
    amount_text,
    error_text,
    hardware_text,
    problem_text,
    refusal_text,
    reject_text,
    safe_text,
)
from tests import source
from texts.i18n import LANGUAGES, Texts

GERMAN, ENGLISH = Texts("de"), Texts("en")

CODE = re.compile(r"\(M-\d{3}\)\Z")

VALUES: dict[Reason, tuple[dict[str, int | str], str, str]] = {
    Reason.AMOUNT_TOO_LARGE: (
        {"max_cents": 100_000},
        "Höchstens 1.000,00\u00a0€ lassen sich auf einmal buchen. Bitte den Betrag prüfen. (M-103)",
        "The shop books at most €1,000.00 at once. Check the amount. (M-103)",
    ),
    Reason.CARD_RULE_UNKNOWN: (
        {"rule": "wood"},
        "Das Programm hat keine Kartenregel wood. Bitte im Programm nachsehen. (M-360)",
        "The programme has no card rule wood. Look at the programme. (M-360)",
    ),
    Reason.SYMBOLOGY_NOT_ALLOWED: (
        {"symbology": "code128"},
        "Das Programm liest solche Karten nicht als code128. Bitte eine andere Art Barcode wählen. (M-361)",
        "The programme does not read such cards as code128. Choose another kind of barcode. (M-361)",
    ),
    Reason.BARCODE_TOO_WIDE: (
        {"sheet": "Avery L7651"},
        (
            "Dieser Barcode passt nicht auf die Karten von Avery L7651. "
            "Bitte größere Karten oder eine andere Art Barcode wählen. (M-362)"
        ),
        ("This barcode does not fit the cards of Avery L7651. Choose larger cards or another kind of barcode. (M-362)"),
    ),
    Reason.NUMBERS_TOO_MANY: (
        {"max": 10_000},
        "Höchstens 10.000 Karten auf einmal. Bitte mehrere Dateien machen. (M-363)",
        "At most 10,000 cards at once. Make several files. (M-363)",
    ),
    Reason.NUMBERS_USED_UP: (
        {"left": 3},
        (
            "Von dieser Art Karten sind nur noch 3 Nummern frei. "
            "Bitte weniger anfordern oder dem Programm eine weitere Regel geben. (M-364)"
        ),
        ("Only 3 numbers of this kind of card are left. Ask for fewer, or give the programme another rule. (M-364)"),
    ),
    Reason.NUMBERS_NOT_GIVEN: (
        {"left": 3},
        (
            "Diese Kasse hat noch 3 Kartennummern. "
            "Bitte mit der Zentrale verbinden, die weitere sendet, dann noch einmal versuchen. (M-365)"
        ),
        ("This till has 3 card numbers left. Connect it to head office, which sends more, then try again. (M-365)"),
    ),
    Reason.INSUFFICIENT_POINTS: (
        {"missing": 1216, "reward": "cake"},
        "Die Punkte reichen nicht: noch 1.216 nötig. (M-121)",
        "Not enough points: 1,216 more needed. (M-121)",
    ),
    Reason.MINIMUM_PURCHASE: (
        {"minimum_cents": 500, "reward": "coffee"},
        "Diese Prämie gibt es ab einem Einkauf von 5,00\u00a0€. (M-122)",
        "This reward needs a purchase of at least €5.00. (M-122)",
    ),
    Reason.VALUE_ABOVE_PURCHASE: (
        {"value_cents": 1000, "payable_cents": 640},
        "Die Prämie ist 10,00\u00a0€ wert, mit Punkten zahlbar sind aber nur 6,40\u00a0€. (M-123)",
        "The reward is worth €10.00, but only €6.40 can be paid with points. (M-123)",
    ),
    Reason.REWARDS_TOO_MANY: (
        {"max": 5},
        "Prämien je Einkauf: höchstens 5. Bitte eine abwählen. (M-126)",
        "Rewards in one purchase: at most 5. Put one back. (M-126)",
    ),
    Reason.NOT_SAFE_OFFLINE: (
        {"safe": 1300, "limit": "per_member", "as_of_us": 0},
        (
            "Offline, nur 1.300 Punkte dieses Mitglieds sind sicher einlösbar. "
            "Bitte weniger einlösen oder auf die Zentrale warten. (M-128)"
        ),
        ("Offline, only 1,300 points of this member are safe to redeem. Use fewer, or wait for head office. (M-128)"),
    ),
    Reason.LINE_UNKNOWN: (
        {"line": 7},
        "Die Buchung hat keine Position 7. (M-132)",
        "The booking has no line 7. (M-132)",
    ),
    Reason.LINE_ALREADY_REVERSED: (
        {"line": 2},
        "Position 2 dieser Buchung ist schon storniert. (M-139)",
        "Line 2 of this booking has been undone already. (M-139)",
    ),
    Reason.RECEIPT_ALREADY_BOOKED: (
        {"receipt": "2026-0815"},
        "Der Bon 2026-0815 ist schon gebucht. (M-135)",
        "Receipt 2026-0815 has been booked already. (M-135)",
    ),
    Reason.TOO_LATE: (
        {"days": 14},
        "Ein Einkauf lässt sich höchstens 14 Tage später nachtragen. (M-136)",  # codespell:ignore
        "A sale can be entered at most 14 days later. (M-136)",
    ),
    Reason.ID_USED_FOR_ANOTHER_COMMAND: (
        {"record_id": "0198c0de-0000-7000-8000-00000000000a"},
        (
            "Die Kennung 0198c0de-0000-7000-8000-00000000000a gehört zu einer anderen Buchung. "
            "Geändert wurde nichts. (M-138)"
        ),
        "The id 0198c0de-0000-7000-8000-00000000000a belongs to another booking. Nothing was changed. (M-138)",
    ),
    Reason.PIN_LOCKED: (
        {"seconds": 30},
        "Zu viele falsche PINs. Bitte 30 s warten. (M-151)",
        "Too many wrong PINs. Wait 30 s. (M-151)",
    ),
    Reason.PROGRAMME_VERSION_NOT_NEWER: (
        {"version": 3},
        "Version 3 ist in Kraft. Bitte dem Programm eine höhere Version geben. (M-161)",  # codespell:ignore
        "Version 3 is in force. Give the programme a higher version. (M-161)",
    ),
}
"""The refusals whose sentences name values: the values as the use cases give them, and both sentences in full."""


def placeholders(sentence: str) -> set[str]:
    """The values a sentence names."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_a_sentence_with_its_code(language: str, reason: Reason) -> None:
    """No reason breaks the till for want of words, and none shows a brace."""
    told = refusal_text(Texts(language), Refused(reason, VALUES[reason][0] if reason in VALUES else {}))
    assert told[0].isupper()
    assert CODE.search(told)
    assert "{" not in told


@pytest.mark.parametrize("reason", VALUES)
def test_a_refusals_values_are_written_as_people_write_them(reason: Reason) -> None:
    """Cents become money, numbers get their groups, words stay."""
    values, german, english = VALUES[reason]
    assert refusal_text(GERMAN, Refused(reason, values)) == german
    assert refusal_text(ENGLISH, Refused(reason, values)) == english


def test_the_values_above_are_those_of_all_sentences_with_placeholders() -> None:
    """A new placeholder needs a line in the table."""
    named = {reason for reason, (_, sentence) in messages._REFUSALS.items() if placeholders(sentence)}
    assert named == set(VALUES)


def test_each_refusal_has_a_code_of_its_own() -> None:
    """Support hears the code and nothing else; M-101 to M-169 are the refusals', and from M-300 on those of devices."""
    codes = [code for code, _ in messages._REFUSALS.values()]
    assert len(set(codes)) == len(codes) == len(Reason)
    assert all("M-101" <= code <= "M-169" or code >= "M-300" for code in codes)


def refusals_in_code() -> Iterator[tuple[str, Reason, set[str]]]:
    """Every refusal the till's code makes with its values spelled out; head office has sentences of its own."""
    packages = {*source.PACKAGES} - {"headoffice"}
    till = (module for module in source.modules() if module.relative_to(source.ROOT).parts[0] in packages)
    for module, tree in source.trees_with(re.compile(r"\bRefused\b"), till):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Refused"
                and node.args
            ):
                given = node.args[1] if len(node.args) > 1 else ast.Dict([], [])
                if isinstance(given, ast.Dict):
                    names = {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}
                    for reason in re.findall(r"\bReason\.([A-Z_]+)", ast.unparse(node.args[0])):
                        yield f"{module.name}:{node.lineno}", Reason[reason], names


def test_whoever_refuses_gives_the_values_the_sentence_names() -> None:
    """A value forgotten where the refusal is made would only show when a customer stands there."""
    found = list(refusals_in_code())
    missing = {
        where: sorted(absent)
        for where, reason, given in found
        if (absent := placeholders(messages._REFUSALS[reason][1]) - given)
    }
    assert found
    assert missing == {}


# -- amounts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", AmountProblem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unreadable_amount_is_told_with_a_code(language: str, problem: AmountProblem) -> None:
    """The same codes as the refusals of an amount, because support asks the same questions."""
    told = amount_text(Texts(language), BadAmount(problem))
    assert told[0].isupper()
    assert re.search(r"[.] \(M-10[123]\)\Z", told)


def test_amounts_in_german_sentences_have_a_comma() -> None:
    """An example has to be what one would type."""
    assert "12,50" in amount_text(GERMAN, BadAmount(AmountProblem.NOT_AN_AMOUNT))
    assert "12.50" in amount_text(ENGLISH, BadAmount(AmountProblem.NOT_AN_AMOUNT))
    assert amount_text(GERMAN, BadAmount(AmountProblem.AMBIGUOUS)).startswith(
        "Zwei Beträge wären möglich. Bitte 1500 oder 1,50 eingeben."
    )


# -- breakages of the ledger -------------------------------------------------------------------------------------------


def kinds(base: type[StorageError]) -> Iterator[type[StorageError]]:
    """An error and everything the ledger derives from it; tests may have derived more."""
    if base.__module__.startswith("storage."):
        yield base
        for kind in base.__subclasses__():
            yield from kinds(kind)


def of_kind(kind: type[StorageError]) -> StorageError:
    """An error as it would arrive, without its own constructor's demands."""
    error = kind.__new__(kind)
    StorageError.__init__(error, "support reads this")
    return error


@pytest.mark.parametrize("kind", list(kinds(StorageError)))
def test_every_breakage_of_the_ledger_is_a_translated_sentence_with_its_own_code(kind: type[StorageError]) -> None:
    """What is shown is a full sentence, even where the ledger's own words are only a phrase for scripts."""
    english, german = error_text(ENGLISH, of_kind(kind)), error_text(GERMAN, of_kind(kind))
    assert kind in messages._BREAKAGES
    assert english[0].isupper()
    assert german[0].isupper()
    assert CODE.search(english) is not None
    assert CODE.findall(english) == CODE.findall(german)
    assert english != german
    assert "support reads this" not in english + german


def test_codes_of_breakages_are_all_different() -> None:
    """M-200 to M-219 are the ledger's, M-220 to M-239 the devices'."""
    ledger = [code for code, _ in messages._BREAKAGES.values()]
    devices = [code for code, _ in messages._DEVICES.values()]
    assert len(set(ledger + devices)) == len(ledger) + len(devices)
    assert all("M-200" <= code <= "M-219" or "M-412" <= code <= "M-469" for code in ledger)
    assert all("M-220" <= code <= "M-239" for code in devices)


def test_a_breakage_says_what_happened_and_what_to_do() -> None:
    """The two that a shop meets most often, in full."""
    assert error_text(ENGLISH, DiskFull("x")) == (
        "The disk is full. Nothing was booked. Make room, then book again. (M-203)"
    )
    assert error_text(GERMAN, DiskFull("x")) == (
        "Die Festplatte ist voll. Gebucht wurde nichts. Bitte Platz schaffen und erneut buchen. (M-203)"
    )
    assert error_text(GERMAN, TillOpen("x")) == (
        "Die Kasse ist schon geöffnet. Bitte zuerst die andere schließen. (M-201)"
    )


def test_a_kind_without_words_of_its_own_is_told_as_what_it_derives_from() -> None:
    """A new error must never replace the old one's sentence with a crash."""

    class QuotaReached(DiskFull):
        code = "quota"

    assert error_text(ENGLISH, QuotaReached("x")) == error_text(ENGLISH, DiskFull("x"))
    assert error_text(ENGLISH, type("Other", (StorageError,), {})("x")).endswith("(M-200)")


# -- devices -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", HardwareErrorCode)
def test_every_trouble_with_a_scanner_says_what_to_do(code: HardwareErrorCode) -> None:
    """Two sentences and a code: what happened, what helps."""
    for texts in (ENGLISH, GERMAN):
        told = hardware_text(texts, code)
        assert CODE.search(told) is not None
        assert told.count(". ") == 2
    assert hardware_text(ENGLISH, code) != hardware_text(GERMAN, code)


def test_a_scanners_error_is_told_by_its_code() -> None:
    """The status line hands over the error itself; its port and the system's words are for support."""
    error: HardwareError = PortDenied("/dev/ttyACM0", "[Errno 13] Permission denied")
    assert hardware_text(ENGLISH, error) == hardware_text(ENGLISH, HardwareErrorCode.PORT_DENIED)
    assert hardware_text(ENGLISH, error) == (
        "The scanner's port may not be opened. On Linux add the user to the group dialout. (M-221)"
    )


@pytest.mark.parametrize("reason", RejectReason)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_was_not_taken_is_told(language: str, reason: RejectReason) -> None:
    """Bytes that are no card never pass in silence; M-173 and M-176 to M-178 are theirs."""
    told = reject_text(Texts(language), reason)
    assert re.search(r"[.] \(M-17[3678]\)\Z", told)


def test_only_a_code_cut_short_is_worth_scanning_again_at_once() -> None:
    """A scanner that is set up wrongly would be scanned with in vain all day."""
    again = {reason for reason in RejectReason if "Scan again." in reject_text(ENGLISH, reason)}
    assert again == {RejectReason.TIMEOUT, RejectReason.LATE_TAIL, RejectReason.NO_DATA}


# -- head office -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ProblemCode)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_no_of_head_office_says_what_to_do(language: str, problem: ProblemCode) -> None:
    """Two sentences and a code of their own range, M-240 to M-259; none speaks of protocols."""
    told = problem_text(Texts(language), problem)
    assert re.search(r"\A[A-Z].*[.;] \w.*[.] \(M-2[45]\d\)\Z", told)


def test_each_no_of_head_office_has_a_code_of_its_own() -> None:
    """Support hears the code and nothing else."""
    codes = [problem_text(ENGLISH, problem)[-6:] for problem in ProblemCode]
    assert len(set(codes)) == len(ProblemCode)


@pytest.mark.parametrize("limit", SafeLimit)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_limit_of_what_is_safe_is_a_sentence(language: str, limit: SafeLimit) -> None:
    """No code: nothing is wrong, and nobody calls support about it."""
    told = safe_text(Texts(language), SafeToSpend(1300, limit))
    assert told[0].isupper()
    assert told.endswith(".")
    assert "{" not in told


def test_what_is_safe_is_told_with_its_number_or_with_what_forbids_it() -> None:
    """The number where there is one; "nothing" where a limit forbids all."""
    assert safe_text(ENGLISH, SafeToSpend(300, SafeLimit.PER_REDEMPTION)) == (
        "Offline: 300 points safe to redeem; no more at once."
    )
    nothing = set(SafeLimit) - {SafeLimit.BALANCE, SafeLimit.PER_REDEMPTION, SafeLimit.PER_MEMBER}
    assert all("othing safe" in safe_text(ENGLISH, SafeToSpend(0, limit)) for limit in nothing)
