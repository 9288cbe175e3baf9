"""A form counts once."""

import pytest

from headoffice.web import once
from headoffice.web.errors import BadForm, SentTwice
from headoffice.web.once import Once


def test_a_second_sending_is_told() -> None:
    """Also while the first one is at work."""
    forms = Once()
    form_id = forms.new_id()
    with forms.sending(form_id), pytest.raises(SentTwice), forms.sending(form_id):
        pass
    with pytest.raises(SentTwice), forms.sending(form_id):
        pass


def test_a_breakage_leaves_it_unsent() -> None:
    """Who goes back and tries again has to be let through."""
    forms = Once()
    form_id = forms.new_id()
    with pytest.raises(OSError, match="gone"), forms.sending(form_id):
        raise OSError("gone")
    with forms.sending(form_id):
        pass


def test_a_form_without_an_id_is_none_of_ours() -> None:
    """An empty id would make one form of all."""
    with pytest.raises(BadForm), Once().sending(""):
        pass


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first."""
    monkeypatch.setattr(once, "FORMS_MAX", 2)
    forms = Once()
    for form_id in ("a", "b", "c"):
        with forms.sending(form_id):
            pass
    with forms.sending("a"):
        pass
    with pytest.raises(SentTwice), forms.sending("c"):
        pass
