"""A head office at work, and a browser without pictures that visits it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.page_visitor import PageVisitor
from tests.fakes.staffed_office import ADMIN, MANAGER, VIEWER, StaffedOffice


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, StaffedOffice]:
    """A head office that tests get copies of, with its folder; closed."""
    folder = tmp_path_factory.mktemp("founded") / "office"
    made = StaffedOffice(folder)
    made.close()
    return folder, made


@pytest.fixture
def office(founded: tuple[Path, StaffedOffice], tmp_path: Path) -> Iterator[StaffedOffice]:
    """Head office on a Saturday morning."""
    folder, like = founded
    shutil.copytree(folder, tmp_path / "office")
    made = StaffedOffice(tmp_path / "office", like)
    yield made
    made.close()


@pytest.fixture
def visitor(office: StaffedOffice) -> Iterator[PageVisitor]:
    """Somebody who has not signed in."""
    with PageVisitor(office) as made:
        yield made


@pytest.fixture
def admin(visitor: PageVisitor) -> PageVisitor:
    """An administrator."""
    visitor.sign_in(ADMIN)
    return visitor


@pytest.fixture
def manager(visitor: PageVisitor) -> PageVisitor:
    """A manager."""
    visitor.sign_in(MANAGER)
    return visitor


@pytest.fixture
def viewer(visitor: PageVisitor) -> PageVisitor:
    """Somebody who only reads."""
    visitor.sign_in(VIEWER)
    return visitor
