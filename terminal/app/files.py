"""Writing files that people keep, so that they are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.errors import FileUnwritable

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, through a temporary one beside it.

    Raises:
        FileUnwritable: The folder is missing, or the disk did not take it; what was there before stays.
    """
    beside: str | None = None
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except OSError as error:
        if beside is not None:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
        raise FileUnwritable(path, error.strerror or "") from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write several files to a folder, which is made when it is missing.

    Raises:
        FileUnwritable: The folder can't be made, or the disk did not take a file.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnwritable(folder, error.strerror or "") from error
    for name, content in files.items():
        write_file(folder / name, content)
    return [folder / name for name in files]


def documents_folder() -> Path:
    """Where the person at this machine keeps documents."""
    from platformdirs import user_documents_path

    return user_documents_path()
