"""Everything that can happen at head office has a sentence, and one that says what to do."""

import pytest

from headoffice.views import ConflictView, TerminalStatus
from headoffice.wording import conflict_advice, conflict_text, refusal_text, terminal_status_text
from loyalty.feed import ConflictKind
from loyalty.outcomes import Reason, Refused
from tests.fakes.head_office import EPOCH
from texts.i18n import Texts

TEXTS = Texts("en")


def _conflict(kind: ConflictKind) -> ConflictView:
    return ConflictView(EPOCH, kind, None, "", None, "Mitte", "Kasse 1", -1250, 1, 0, "")


@pytest.mark.parametrize("kind", ConflictKind)
def test_every_conflict_is_told_with_what_to_do(kind: ConflictKind) -> None:
    """A new kind without words fails here; numbers are written as people write them."""
    text = conflict_text(TEXTS, _conflict(kind))
    assert text.endswith(".")
    assert "{" not in text
    assert conflict_advice(TEXTS, _conflict(kind)).endswith(".")


def test_a_conflict_names_its_points_without_a_sign() -> None:
    """Too many are too many."""
    assert "1,250 too many" in conflict_text(TEXTS, _conflict(ConflictKind.OVERSPENT))


@pytest.mark.parametrize("status", TerminalStatus)
def test_every_state_of_a_till_has_words(status: TerminalStatus) -> None:
    """Nobody reads the code's names."""
    assert terminal_status_text(TEXTS, status) != status.value


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_is_a_sentence(reason: Reason) -> None:
    """Reasons that head office never gives fall back on their names."""
    assert refusal_text(TEXTS, Refused(reason)).endswith(".")


def test_what_people_ask_of_head_office_is_refused_in_words() -> None:
    """The reasons of corrections, merges and erasures do not fall back."""
    said = {
        refusal_text(TEXTS, Refused(reason))
        for reason in (
            Reason.AMOUNT_INVALID,
            Reason.AMOUNT_MISSING,
            Reason.AMOUNT_TOO_LARGE,
            Reason.CARD_BLOCKED,
            Reason.CARD_UNKNOWN,
            Reason.MEMBER_UNKNOWN,
            Reason.REASON_MISSING,
            Reason.SAME_MEMBER,
            Reason.PROGRAMME_INVALID,
        )
    }
    assert not any(sentence.startswith("Head office refused") for sentence in said)
