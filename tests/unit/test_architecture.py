"""Arrows between the parts that import-linter cannot express, and what must not be loaded with the program."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import PACKAGES, ROOT, imported, modules

# Imports are most of the start-up; these wait until they are needed.
HEAVY = (
    "escpos",
    "keyring",
    "httpx",
    "litestar",
    "sqlalchemy",
    "fpdf",
    "segno",
    "barcode",
    "PIL",
    "usb",
    "hid",
    "uvicorn",
    "tomlkit",
    "jinja2",
    "tenacity",
    "pyqtgraph",
    "numpy",
    "hypothesis",
    "phonenumbers.geocoder",
)


# Who alone may import a library: folders, or single modules.
HOMES = {
    "PySide6": ("terminal/ui", "terminal/main.py", "terminal/assembly.py", "terminal/attach.py"),
    "sqlite3": ("storage",),
    "pysqlite3": ("storage", "headoffice/store"),
    "sqlite_utils": ("storage",),
    "serial": ("hardware",),
    "escpos": ("hardware",),
    "hid": ("hardware",),
    "usb": ("hardware",),
    "sqlalchemy": ("headoffice",),
    "psycopg": ("headoffice",),
    "alembic": ("headoffice",),
    "litestar": ("headoffice", "terminal/register"),
    "uvicorn": ("headoffice", "terminal/register"),
    "httpx": ("terminal/sync",),
    "keyring": ("terminal/sync",),
}


def _modules_of(package: str) -> list[Path]:
    return [module for module in modules() if module.relative_to(ROOT).parts[0] == package]


def test_the_rules_stand_on_the_standard_library_and_msgspec_alone() -> None:
    """The rules give the same points in the till, at head office and in a script."""
    allowed = sys.stdlib_module_names | {"loyalty", "msgspec"}
    foreign = {
        module.name: names
        for module in _modules_of("loyalty")
        if (names := {name for name in imported(module) if name.partition(".")[0] not in allowed})
    }
    assert not foreign


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_in_its_home_alone(library: str) -> None:
    """Everything else reaches a screen, a file or a port through the package that knows it."""
    homes = [ROOT / home for home in HOMES[library]]
    strays = [
        str(module.relative_to(ROOT))
        for package in PACKAGES
        for module in _modules_of(package)
        if any(name.partition(".")[0] == library for name in imported(module))
        and not any(home in (module, *module.parents) for home in homes)
    ]
    assert not strays


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_keep_their_own_imports_out_of_the_tests(package: str) -> None:
    """Shipped code never leans on a fake or a fixture."""
    leaning = [
        module.name for module in _modules_of(package) if any(n.partition(".")[0] == "tests" for n in imported(module))
    ]
    assert not leaning


def test_heavy_libraries_are_not_loaded_with_the_program() -> None:
    """The till is on the screen before charts, printers and networks are loaded."""
    code = f"import sys, terminal.main; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.split() == []
