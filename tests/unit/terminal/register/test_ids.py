"""The id a register's sale has in the journal."""

from uuid import UUID

from terminal.register.ids import Purpose, record_id_of

TILL = UUID("0198c0de-0000-7000-8000-000000000001")
OTHER_TILL = UUID("0198c0de-0000-7000-8000-000000000002")


def test_the_same_sale_has_the_same_id_for_ever() -> None:
    """Sales of earlier versions must be found again, so the value itself is fixed here."""
    assert record_id_of(TILL, "k1-17") == UUID("39b260b2-10e4-8f44-9770-748dfdf4c117")


def test_other_sales_tills_and_purposes_have_other_ids() -> None:
    """Two registers may count alike."""
    made = {
        record_id_of(TILL, "k1-17"),
        record_id_of(TILL, "k1-18"),
        record_id_of(OTHER_TILL, "k1-17"),
        record_id_of(TILL, "k1-17", Purpose.REVERSAL),
    }
    assert len(made) == 4


def test_it_is_a_uuid_of_version_8() -> None:
    """RFC 9562, 5.8: made by a rule of our own."""
    made = record_id_of(TILL, "k1-17")
    assert (made.version, made.variant) == (8, "specified in RFC 4122")
