"""Logos and other dots."""

import logging
from pathlib import Path

import pytest
from PIL import Image

from hardware.printing.paper import PaperReader, Picture
from hardware.printing.pictures import LOGO_BYTES_MAX, LOGO_HEIGHT_DOTS_MAX, logo, raster


def picture(command: bytes) -> Picture:
    """What a command prints."""
    (found,) = PaperReader(48).feed(command)
    assert isinstance(found, Picture)
    return found


@pytest.mark.parametrize("name", ["logo.png", "logo.jpg", "logo.bmp", "logo.gif"])
def test_a_logo_of_any_usual_kind_is_printed(tmp_path: Path, name: str) -> None:
    """A black bar on white, as every drawing program saves it."""
    path = tmp_path / name
    drawn = Image.new("L", (64, 16), 255)
    drawn.paste(0, (0, 0, 64, 8))
    drawn.convert("P" if name.endswith("gif") else "RGB").save(path)
    found = picture(logo(str(path), 576))
    assert found.dots == b"\xff" * 64 + b"\x00" * 64


def test_a_tall_logo_is_made_smaller(tmp_path: Path) -> None:
    """A portrait photo does not use up the roll."""
    path = tmp_path / "logo.png"
    Image.new("L", (500, 3000), 0).save(path)
    assert picture(logo(str(path), 384)).height_dots == LOGO_HEIGHT_DOTS_MAX


def test_a_logo_is_drawn_once_and_again_when_its_file_changes(tmp_path: Path) -> None:
    """Drawing takes longer than the rest of a receipt; a new logo needs no restart."""
    path = tmp_path / "logo.png"
    Image.new("L", (8, 8), 0).save(path)
    first = logo(str(path), 576)
    assert logo(str(path), 576) is first
    Image.new("L", (16, 16), 0).save(path)
    assert picture(logo(str(path), 576)).width_dots == 16


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_what_is_no_picture_is_left_out_with_a_word_in_the_log(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A receipt without a logo is better than no receipt."""
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert logo(str(path), 576) == b""
    assert "logo" in caplog.text


@pytest.mark.parametrize("path", ["", "/nowhere/logo.png", "/", "logo\x00.png"])
def test_a_missing_logo_is_left_out(path: str) -> None:
    """So is a folder, and a name that cannot be one."""
    assert logo(path, 576) == b""


def test_files_and_pictures_beyond_reason_are_not_unpacked(tmp_path: Path) -> None:
    """A few kilobytes can hold more dots than the till has memory."""
    many_dots = tmp_path / "bomb.png"
    Image.new("1", (20_000, 1_001)).save(many_dots)
    assert many_dots.stat().st_size < LOGO_BYTES_MAX
    assert logo(str(many_dots), 576) == b""
    many_bytes = tmp_path / "large.png"
    with many_bytes.open("wb") as file:
        file.truncate(LOGO_BYTES_MAX + 1)
    assert logo(str(many_bytes), 576) == b""


def test_dots_that_would_be_obeyed_as_a_command_get_one_more() -> None:
    """DLE DC4 among the dots of a logo opens the drawer, DLE EOT makes the printer talk; 0x10 elsewhere stays."""
    assert picture(raster([b"\x10\x14\x01\x00\x01\x10\x04\x01\x10\x05\x10\x10"])).dots == (
        b"\x18\x14\x01\x00\x01\x18\x04\x01\x18\x05\x10\x10"
    )
