"""Refusals, explanations and breakages as sentences: what happened, what to do, and a code to name on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.errors import HardwareErrorCode
from hardware.frames import RejectReason
from loyalty import explain
from loyalty.money import AmountProblem, BadAmount
from loyalty.offline import SafeLimit
from loyalty.outcomes import Reason, Refused
from loyalty.sale import WITHOUT_POINTS
from loyalty.wire import ProblemCode
from storage import errors
from texts.i18n import mark

if TYPE_CHECKING:
    from hardware.errors import HardwareError
    from loyalty.lines import Explanation
    from loyalty.offline import SafeToSpend
    from loyalty.programme import Programme
    from texts.i18n import Texts

_REFUSALS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.AMOUNT_MISSING: ("M-101", mark("Type the amount first.")),
    Reason.AMOUNT_INVALID: ("M-102", mark("This is not an amount. Type it as 12.50.")),
    Reason.AMOUNT_TOO_LARGE: ("M-103", mark("The shop books at most {max_cents} at once. Check the amount.")),
    Reason.WITHOUT_POINTS_ABOVE_AMOUNT: (
        "M-105",
        mark("The part without points is larger than the purchase. Correct one of them."),
    ),
    Reason.LINES_DIFFER_FROM_AMOUNT: ("M-106", mark("The lines don't add up to the amount. Check the basket.")),
    Reason.UNKNOWN_EXCLUSION: ("M-107", mark("The programme knows no such goods without points. Check the basket.")),
    Reason.LINES_INVALID: ("M-108", mark("The basket has a wrong line or too many lines. Check the basket.")),
    Reason.CARD_INVALID: ("M-110", mark("This is not a card number. Scan again or search with F3.")),
    Reason.CARD_CHECK_DIGIT: ("M-111", mark("The card was not read in full. Scan again or type the number.")),
    Reason.CARD_UNKNOWN: ("M-104", mark("Card unknown. Scan again or search with F3.")),
    Reason.CARD_BLOCKED: ("M-112", mark("This card is blocked. Ask for another card or search with F3.")),
    Reason.CARD_REPLACED: ("M-113", mark("This card was replaced. Ask for the new card or search with F3.")),
    Reason.CARD_TAKEN: ("M-114", mark("This card belongs to another member. Take another card.")),
    Reason.PAYMENT_CARD: ("M-115", mark("This is a payment card. Scan the member card instead; nothing was stored.")),
    Reason.NOT_A_MEMBER_CARD: ("M-116", mark("This is an article, not a member card. Scan the member card.")),
    Reason.CARD_RULE_UNKNOWN: ("M-360", mark("The programme has no card rule {rule}. Look at the programme.")),
    Reason.SYMBOLOGY_NOT_ALLOWED: (
        "M-361",
        mark("The programme does not read such cards as {symbology}. Choose another kind of barcode."),
    ),
    Reason.BARCODE_TOO_WIDE: (
        "M-362",
        mark("This barcode does not fit the cards of {sheet}. Choose larger cards or another kind of barcode."),
    ),
    Reason.NUMBERS_TOO_MANY: ("M-363", mark("At most {max} cards at once. Make several files.")),
    Reason.NUMBERS_USED_UP: (
        "M-364",
        mark("Only {left} numbers of this kind of card are left. Ask for fewer, or give the programme another rule."),
    ),
    Reason.NUMBERS_NOT_GIVEN: (
        "M-365",
        mark("This till has {left} card numbers left. Connect it to head office, which sends more, then try again."),
    ),
    Reason.REWARD_UNKNOWN: ("M-120", mark("The programme has no such reward. Choose another.")),
    Reason.INSUFFICIENT_POINTS: ("M-121", mark("Not enough points: {missing} more needed.")),
    Reason.MINIMUM_PURCHASE: ("M-122", mark("This reward needs a purchase of at least {minimum_cents}.")),
    Reason.VALUE_ABOVE_PURCHASE: (
        "M-123",
        mark("The reward is worth {value_cents}, but only {payable_cents} can be paid with points."),
    ),
    Reason.REWARD_NOT_FLEXIBLE: ("M-124", mark("This reward has a fixed price. Leave out amount and points.")),
    Reason.REWARD_NEEDS_AMOUNT: ("M-125", mark("Say how many points to use.")),
    Reason.REWARDS_TOO_MANY: ("M-126", mark("Rewards in one purchase: at most {max}. Put one back.")),
    Reason.COUPONS_NOT_OFFERED: ("M-127", mark("This programme has no coupons.")),
    Reason.NOT_SAFE_OFFLINE: (
        "M-128",
        mark("Offline, only {safe} points of this member are safe to redeem. Use fewer, or wait for head office."),
    ),
    Reason.RECORD_UNKNOWN: ("M-130", mark("This till has no such booking. Check its id.")),
    Reason.RECORD_NOT_REVERSIBLE: (
        "M-131",
        mark("This kind of booking can't be undone. Ask a manager for a correction."),
    ),
    Reason.LINE_UNKNOWN: ("M-132", mark("The booking has no line {line}.")),
    Reason.LINE_ALREADY_REVERSED: ("M-139", mark("Line {line} of this booking has been undone already.")),
    Reason.NOTHING_LEFT_TO_REVERSE: ("M-133", mark("Everything of this booking has been undone already.")),
    Reason.UNDONE_ELSEWHERE: ("M-129", mark("Another till has undone this booking already.")),
    Reason.RECORD_OF_ANOTHER_TILL: (
        "M-148",
        mark("Not of this till, and head office does not answer. Scan the code on the receipt, or ask a manager."),
    ),
    Reason.RECORD_NOT_THERE_YET: (
        "M-149",
        mark("Head office does not have this booking yet. Scan the code on the receipt, or ask a manager."),
    ),
    Reason.RECEIPT_CODE_UNREADABLE: (
        "M-157",
        mark("The receipt's code was not read in full. Scan it again, or type the booking's number."),
    ),
    Reason.RECEIPT_CODE_FORGED: ("M-158", mark("This receipt was changed: its signature is wrong. Ask a manager.")),
    Reason.RECEIPT_TILL_UNKNOWN: (
        "M-159",
        mark("The receipt is of a till this one does not know. Ask a manager."),
    ),
    Reason.RECEIPT_TILL_SHUT_OUT: (
        "M-166",
        mark("The receipt is younger than the day on which its till was shut out. Ask head office."),
    ),
    Reason.RECEIPT_INCOMPLETE: (
        "M-167",
        mark("Type what the receipt says: the purchase or the points redeemed, and the card."),
    ),
    Reason.REASON_MISSING: ("M-134", mark("Give a reason.")),
    Reason.RECEIPT_ALREADY_BOOKED: ("M-135", mark("Receipt {receipt} has been booked already.")),
    Reason.TOO_LATE: ("M-136", mark("A sale can be entered at most {days} days later.")),
    Reason.IN_THE_FUTURE: ("M-137", mark("This moment is in the future. Check the clock.")),
    Reason.ID_USED_FOR_ANOTHER_COMMAND: (
        "M-138",
        mark("The id {record_id} belongs to another booking. Nothing was changed."),
    ),
    Reason.NAME_MISSING: ("M-140", mark("Type the name.")),
    Reason.NAME_INVALID: ("M-141", mark("This name is too long or has characters that can't be stored.")),
    Reason.PHONE_INVALID: ("M-142", mark("This is not a phone number. Correct it or leave it out.")),
    Reason.EMAIL_INVALID: ("M-143", mark("This is not an e-mail address. Correct it or leave it out.")),
    Reason.BIRTHDAY_INVALID: ("M-144", mark("This is not a birthday. Type it as 24.12.1990.")),
    Reason.MEMBER_UNKNOWN: ("M-145", mark("No such member. Look for the name.")),
    Reason.SAME_MEMBER: ("M-146", mark("Both cards belong to the same member. There is nothing to join.")),
    Reason.CONSENT_UNKNOWN: ("M-147", mark("There is no such consent. Choose email, sms or profiling.")),
    Reason.PIN_WRONG: ("M-150", mark("Wrong PIN. Try again.")),
    Reason.PIN_LOCKED: ("M-151", mark("Too many wrong PINs. Wait {seconds} s.")),
    Reason.PIN_TOO_SIMPLE: (
        "M-152",
        mark("This PIN is easy to guess. Take 4 to 12 digits that are neither a row nor all the same."),
    ),
    Reason.CASHIER_UNKNOWN: ("M-153", mark("No such cashier. Check the name.")),
    Reason.CASHIER_BLOCKED: ("M-154", mark("This cashier is blocked. Ask a manager.")),
    Reason.NOT_ALLOWED: ("M-155", mark("Only a manager may do this.")),
    Reason.PROGRAMME_INVALID: ("M-160", mark("The programme has mistakes; the one in force stays.")),
    Reason.PROGRAMME_VERSION_NOT_NEWER: (
        "M-161",
        mark("Version {version} is in force. Give the programme a higher version."),
    ),
    Reason.DAY_ALREADY_CLOSED: ("M-162", mark("This day is closed already.")),
    Reason.HEAD_OFFICE_DECIDES: ("M-163", mark("Only head office can do this. Ask it to.")),
    Reason.NOT_JOINED: ("M-164", mark("This till stands alone. Join head office first.")),
    Reason.ALREADY_JOINED: ("M-165", mark("This till belongs to a head office already. Leave that one first.")),
}

_AMOUNTS: Final[dict[AmountProblem, tuple[str, str]]] = {
    AmountProblem.EMPTY: ("M-101", mark("Type the amount first.")),
    AmountProblem.ZERO: ("M-101", mark("The amount is zero. Type what was bought.")),
    AmountProblem.NEGATIVE: ("M-102", mark("An amount can't be negative. Use F6 to undo a booking.")),
    AmountProblem.AMBIGUOUS: ("M-102", mark("Two sums could be meant. Type 1500 or 1.50.")),
    AmountProblem.TOO_MANY_DECIMALS: ("M-102", mark("Money has two decimals. Type it as 12.50.")),
    AmountProblem.TOO_LARGE: ("M-103", mark("This amount is too large. Check it.")),
    AmountProblem.NOT_AN_AMOUNT: ("M-102", mark("This is not an amount. Type it as 12.50.")),
}

_BREAKAGES: Final[dict[type[errors.StorageError], tuple[str, str]]] = {
    errors.StorageError: ("M-200", mark("The till can't use its data. Call support.")),
    errors.TillOpen: ("M-201", mark("The till is open already. Close the other one first.")),
    errors.ReadOnlyDisk: (
        "M-202",
        mark("The till may not write to its data folder. Nothing was booked; call support."),
    ),
    errors.DiskFull: ("M-203", mark("The disk is full. Nothing was booked. Make room, then book again.")),
    errors.DiskFailed: ("M-204", mark("The disk reported an error. The till stops; call support.")),
    errors.OutOfResources: (
        "M-465",
        mark("The computer has no memory left. Nothing was booked. Close other programs, then try again."),
    ),
    errors.ErasureUnfinished: (
        "M-466",
        mark("The member is erased, but traces are still on the disk. Make room, then start the till again."),
    ),
    errors.NewerSchema: (
        "M-205",
        mark("The data belongs to a newer version of this program. Install the newer version."),
    ),
    errors.Damaged: ("M-206", mark("The data is damaged. Don't go on; call support.")),
    errors.RecordsMissing: (
        "M-467",
        mark("Bookings are missing from the data: an older copy stands in its place. Don't go on; call support."),
    ),
    errors.KeyMissing: (
        "M-468",
        mark("The key of these bookings is missing. Put the file ending in .key back; it lies beside each copy."),
    ),
    errors.NotALedger: ("M-207", mark("The file is not a ledger of this program. Choose another data folder.")),
    errors.AlreadyExists: ("M-208", mark("There is a shop in this folder already. Choose another data folder.")),
    errors.PartsOfShop: (
        "M-213",
        mark("Parts of a shop are in this folder, but not its bookings. Restore a backup, or choose another folder."),
    ),
    errors.MissingLedger: ("M-209", mark("There is no shop in this folder yet. Set one up with: stammkunde init")),
    errors.AffectedSqlite: (
        "M-210",
        mark("The installed database library has a known fault. Run the set-up again."),
    ),
    errors.CopyStopped: ("M-424", mark("The copy was stopped. Nothing was changed.")),
    errors.Busy: ("M-211", mark("The data is in use. Try again.")),
    errors.BlackBoxAway: (
        "M-420",
        mark("The black box can't be written. Plug its stick in again; bookings go on meanwhile."),
    ),
    errors.BlackBoxFull: (
        "M-421",
        mark("The black box is full. Take a larger stick, or back up to another place; bookings go on meanwhile."),
    ),
    errors.RecordConflict: ("M-212", mark("This booking was made already, with other contents. Nothing was changed.")),
}
"""What storage breaks with. Its own sentences are for logs and scripts; these also say what to do."""

_DEVICES: Final[dict[HardwareErrorCode, tuple[str, str]]] = {
    HardwareErrorCode.PORT_BUSY: ("M-220", mark("Another program uses the scanner. Close that program.")),
    HardwareErrorCode.PORT_DENIED: (
        "M-221",
        mark("The scanner's port may not be opened. On Linux add the user to the group dialout."),
    ),
    HardwareErrorCode.PORT_MISSING: ("M-222", mark("The scanner is not connected. Check its cable.")),
    HardwareErrorCode.NOT_A_PORT: (
        "M-223",
        mark("The scanner's port in the settings is no port. Correct it in the settings."),
    ),
    HardwareErrorCode.HOST_UNREACHABLE: (
        "M-224",
        mark("The network scanner does not answer. Check that it is switched on and connected."),
    ),
    HardwareErrorCode.DEVICE_LOST: ("M-225", mark("The scanner was unplugged. Plug it in again.")),
    HardwareErrorCode.LINE_BLOCKED: ("M-226", mark("Nobody reads the simulated scanner. Start the till.")),
    HardwareErrorCode.PORT_FAILED: (
        "M-227",
        mark("The scanner's port does not work. Unplug the scanner and plug it in again."),
    ),
    HardwareErrorCode.DRIVER_MISSING: (
        "M-228",
        mark("This till has no driver for this kind of scanner. Call support."),
    ),
}

_PROBLEMS: Final[dict[ProblemCode, tuple[str, str]]] = {
    ProblemCode.BAD_REQUEST: (
        "M-240",
        mark("Head office did not understand this till. Bring both to the same version, or call support."),
    ),
    ProblemCode.TOO_LARGE: ("M-241", mark("Head office takes no message that large. Call support.")),
    ProblemCode.NOT_SIGNED: ("M-242", mark("Head office missed this till's signature. Call support.")),
    ProblemCode.BAD_SIGNATURE: (
        "M-243",
        mark("Head office does not accept this till's signature. Join again with a new code."),
    ),
    ProblemCode.CLOCK_OFF: ("M-244", mark("The till's clock is wrong. Set date and time of this computer.")),
    ProblemCode.REPLAYED: ("M-245", mark("Head office got the same message twice. Try again.")),
    ProblemCode.UNKNOWN_TERMINAL: (
        "M-246",
        mark("Head office does not know this till. Join again with a new code."),
    ),
    ProblemCode.REVOKED: (
        "M-247",
        mark("Head office has locked this till out. Ask head office why. Awarding goes on."),
    ),
    ProblemCode.FENCED: (
        "M-248",
        mark("There are two copies of this till. Stop the other one, then join again with a new code."),
    ),
    ProblemCode.CODE_INVALID: (
        "M-249",
        mark("This code is wrong, used or too old. Ask head office for a new one."),
    ),
    ProblemCode.PROTOCOL_UNSUPPORTED: (
        "M-250",
        mark("Head office speaks another version than this till. Update the older program."),
    ),
    ProblemCode.NOT_FOUND: ("M-251", mark("There is no head office at this address. Check the address.")),
    ProblemCode.RATE_LIMITED: ("M-252", mark("Head office is asked too often. It goes on by itself in a minute.")),
    ProblemCode.UNAVAILABLE: (
        "M-253",
        mark("Head office has a fault of its own. It goes on by itself; if not, call support."),
    ),
}
"""Why head office says no. What the till itself can't do about sync is told in ``presenters.sync_words``."""

_SAFE: Final[dict[SafeLimit, str]] = {
    SafeLimit.BALANCE: mark("Offline: {points} safe to redeem, going by head office's last word."),
    SafeLimit.PER_REDEMPTION: mark("Offline: {points} safe to redeem; no more at once."),
    SafeLimit.PER_MEMBER: mark("Offline: {points} safe to redeem; no more for one member until head office answers."),
    SafeLimit.REDEMPTIONS: mark("Offline: nothing safe to redeem; too many rewards since head office last answered."),
    SafeLimit.STATEMENT_OLD: mark("Offline: nothing safe to redeem; head office's last word is too old."),
    SafeLimit.NO_STATEMENT: mark("Offline: nothing safe to redeem; head office has not told of this account yet."),
    SafeLimit.NOT_CAUGHT_UP: mark("Nothing safe to redeem yet; the till is still fetching from head office."),
}
"""What decides how much may be redeemed without asking head office. Awarding is never limited."""

_NOT_IN_FULL: Final = ("M-173", mark("The code was not read in full. Scan again."))
_GARBLED: Final = (
    "M-176",
    mark("The scanner sent garbled characters. Scan again; if it stays, check speed and cable."),
)
_WRONG_SETTINGS: Final = (
    "M-177",
    mark("The scanner does not send what the settings expect. Compare its set-up with the settings."),
)
_REJECTED: Final[dict[RejectReason, tuple[str, str]]] = {
    RejectReason.TOO_LONG: ("M-178", mark("This code is too long for a card. Scan the member card.")),
    RejectReason.TIMEOUT: _NOT_IN_FULL,
    RejectReason.LATE_TAIL: _NOT_IN_FULL,
    RejectReason.CONTROL_CHARACTER: _GARBLED,
    RejectReason.LINE_NOISE: _GARBLED,
    RejectReason.PREFIX_MISSING: _WRONG_SETTINGS,
    RejectReason.AIM_MISSING: _WRONG_SETTINGS,
    RejectReason.NO_DATA: _NOT_IN_FULL,
}


def refusal_text(texts: Texts, refused: Refused) -> str:
    """A refusal as a sentence with its code, for example "Not enough points: 216 more needed. (M-121)"."""
    code, sentence = _REFUSALS[refused.reason]
    return f"{texts._(sentence).format(**_shown(texts, refused))} ({code})"


def _shown(texts: Texts, refused: Refused) -> dict[str, str]:
    """Format the numbers of a refusal: cents as money, other numbers with their groups."""
    shown: dict[str, str] = {}
    for name, value in refused.values.items():
        if isinstance(value, str):
            shown[name] = value
        else:
            shown[name] = texts.money(value) if name.endswith("_cents") else texts.number(value)
    return shown


def amount_text(texts: Texts, bad: BadAmount) -> str:
    """Why what was typed is no amount, with its code."""
    return _with_code(texts, _AMOUNTS[bad.problem])


def explain_text(texts: Texts, programme: Programme, reason: Explanation) -> str:
    """One reason for an award as a sentence."""
    match reason.rule:
        case explain.BASE:
            sentence = texts.n_("{points} base point for {amount}", "{points} base points for {amount}", reason.points)
            return sentence.format(
                points=texts.number(reason.points), amount=texts.money(reason.values.get("eligible_cents", 0))
            )
        case explain.EXCLUDED:
            name = _exclusion_name(texts, programme, reason.subject)
            return texts._("{amount} without points ({what})").format(
                amount=texts.money(reason.values.get("cents", 0)), what=name
            )
        case explain.PAID_WITH_POINTS:
            return texts._("{amount} paid with points").format(amount=texts.money(reason.values.get("cents", 0)))
        case _:
            return texts._("{points} by rule {rule}").format(points=texts.signed(reason.points), rule=reason.rule)


def _exclusion_name(texts: Texts, programme: Programme, exclusion_id: str) -> str:
    if exclusion_id == WITHOUT_POINTS:
        return texts._("as typed")
    exclusion = next((item for item in programme.exclusions if item.id == exclusion_id), None)
    return exclusion.name.in_language(texts.language) if exclusion else exclusion_id


def reward_name(texts: Texts, programme: Programme, reward_id: str) -> str:
    """A reward's name, or its id when the programme in force no longer has it."""
    reward = programme.reward(reward_id)
    return reward.name.in_language(texts.language) if reward else reward_id


def error_text(texts: Texts, error: errors.StorageError) -> str:
    """A breakage of the ledger as a sentence with its code; a kind not listed is told as the kind it derives from."""
    return _with_code(texts, next(_BREAKAGES[kind] for kind in type(error).__mro__ if kind in _BREAKAGES))


def breakage_code(kind: type[errors.StorageError]) -> str:
    """The code of a kind of error, for who says it in other words."""
    return _BREAKAGES[kind][0]


def hardware_text(texts: Texts, error: HardwareError | HardwareErrorCode) -> str:
    """What is wrong with the scanner and what to do, with a code."""
    return _with_code(texts, _DEVICES[error if isinstance(error, HardwareErrorCode) else error.code])


def problem_text(texts: Texts, problem: ProblemCode) -> str:
    """Why head office says no and what to do, with a code."""
    return _with_code(texts, _PROBLEMS[problem])


def safe_text(texts: Texts, safe: SafeToSpend) -> str:
    """How much may be redeemed without head office, and what decides it."""
    return texts._(_SAFE[safe.limit]).format(points=texts.points(safe.points))


def reject_text(texts: Texts, reason: RejectReason) -> str:
    """Why bytes from the scanner were not taken as a code, with a code to name on the phone."""
    return _with_code(texts, _REJECTED[reason])


def _with_code(texts: Texts, told: tuple[str, str]) -> str:
    code, sentence = told
    return f"{texts._(sentence)} ({code})"
