"""What is sealed opens with the same key in the same place, and nowhere else."""

from datetime import date

from headoffice.people.sealing import Sealed, Sealer
from loyalty.directory import Profile
from loyalty.feed import ProfileField
from storage.vault import unseal
from tests.fakes.headoffice import member

KEY = bytes(range(32))
ANNA = Profile("Anna", "+4940123456", "anna@example.org", date(1990, 12, 24))


def test_a_field_opens_for_its_member_and_field_only() -> None:
    """A box that is moved to another row says nothing."""
    sealer = Sealer(KEY)
    sealed = sealer.seal_field(member(1), ProfileField.NAME, "Anna")
    assert sealer.open_field(member(1), ProfileField.NAME, sealed) == "Anna"
    assert sealer.open_field(member(2), ProfileField.NAME, sealed) is None
    assert sealer.open_field(member(1), ProfileField.EMAIL, sealed) is None
    assert Sealer(bytes(32)).open_field(member(1), ProfileField.NAME, sealed) is None


def test_the_same_value_is_sealed_differently_each_time() -> None:
    """Two members of one name can't be told from two boxes."""
    sealer = Sealer(KEY)
    assert sealer.seal_text(member(1), "Anna") != sealer.seal_text(member(1), "Anna")


def test_a_till_opens_a_profile_as_it_opens_its_own() -> None:
    """Both sides seal alike."""
    sealed = Sealer(KEY).seal_profile(member(1), ANNA)
    assert unseal(sealed.nonce, sealed.box, KEY, member(1).bytes) == ANNA
    assert Sealer(KEY).open_profile(member(1), sealed) == ANNA


def test_nobody_is_sealed_as_nothing() -> None:
    """And read back as nobody."""
    sealed = Sealer(KEY).seal_profile(member(1), None)
    assert sealed == Sealed()
    assert Sealer(KEY).open_profile(member(1), sealed) is None


def test_noise_opens_as_nothing() -> None:
    """A damaged row is no crash."""
    sealer = Sealer(KEY)
    for sealed in (Sealed(b"", b""), Sealed(bytes(12), b"noise"), Sealed(b"short", bytes(40))):
        assert sealer.open_text(member(1), sealed) is None
