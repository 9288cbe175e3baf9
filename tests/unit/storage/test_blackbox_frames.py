"""Frames of the black box: whole ones are found behind any damage, and none of another file is taken for one."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.blackbox_frames import (
    FRAME_BYTES_MAX,
    FRAME_HEAD_BYTES,
    Boxed,
    BoxedEdit,
    BoxedProgramme,
    Heading,
    box_name,
    frame_bytes,
    frames,
)

FILE: Final = bytes(range(16))
OTHER: Final = bytes(16)
HEADING: Final = Heading(UUID(int=1), "Morgenrot", "Kasse 1", "EUR", 1)
CONTENTS: Final[tuple[Boxed, ...]] = (
    HEADING,
    BoxedProgramme(1, "rules"),
    BoxedEdit(b"i" * 16, b"n" * 12, b"box"),
    BoxedProgramme(2, "x"),
)


def written(file_id: bytes = FILE) -> list[bytes]:
    """All contents as frames."""
    return [frame_bytes(content, file_id, number) for number, content in enumerate(CONTENTS)]


def test_what_was_written_is_read() -> None:
    """In order, with the place of each."""
    found = list(frames(b"".join(written())))
    assert tuple(frame.content for frame in found) == CONTENTS
    assert [frame.number for frame in found] == [0, 1, 2, 3]
    assert found[-1].end == sum(map(len, written()))


@given(st.data())
def test_a_flipped_bit_costs_its_frame_and_no_other(data: st.DataObject) -> None:
    """Wherever it is, the frames before and behind are whole, and the broken one is never given out."""
    parts = written()
    hit = data.draw(st.integers(0, len(parts) - 1))
    place = data.draw(st.integers(0, len(parts[hit]) - 1))
    broken = bytearray(parts[hit])
    broken[place] ^= 1 << data.draw(st.integers(0, 7))
    parts[hit] = bytes(broken)
    found = [frame.content for frame in frames(b"".join(parts))]
    assert found == [content for number, content in enumerate(CONTENTS) if number != hit]


@given(st.integers(0, sum(map(len, written()))))
def test_a_file_that_was_cut_off_gives_its_whole_frames(length: int) -> None:
    """At every byte."""
    found = [frame.content for frame in frames(b"".join(written())[:length])]
    ends = [sum(map(len, written()[: number + 1])) for number in range(len(CONTENTS))]
    assert found == [content for content, end in zip(CONTENTS, ends, strict=True) if end <= length]


def test_blocks_of_an_older_file_behind_the_end_are_not_its_own() -> None:
    """Their checksums are right, but their file is another one."""
    found = list(frames(b"".join(written()[:2] + written(OTHER))))
    assert {frame.file_id for frame in found} == {FILE}
    assert len(found) == 2


def test_a_frame_of_a_later_layout_is_passed_over() -> None:
    """Whole by its checksum, but nothing that this program can read."""
    frame = frame_bytes(BoxedProgramme(1, "rules"), FILE, 0)
    assert list(frames(frame.replace(b"document", b"newspell"))) == []
    later = _of_other_content()
    assert [found.content for found in frames(later + written()[1])] == [CONTENTS[1]]


def _of_other_content() -> bytes:
    """A programme frame that holds an edit."""
    from storage import blackbox_frames

    payload = blackbox_frames._ENCODER.encode(["no", "programme"])
    digest = blackbox_frames._digest(FILE, b"p", 0, payload)
    return blackbox_frames._FRAME.pack(b"\xb1STKBX1\n", FILE, b"p", 0, len(payload), digest) + payload


def test_a_frame_has_a_bound() -> None:
    """Nothing that is boxed comes near it."""
    with pytest.raises(ValueError, match="larger than the limit"):
        frame_bytes(BoxedProgramme(1, "x" * FRAME_BYTES_MAX), FILE, 0)
    assert FRAME_HEAD_BYTES == 49


def test_headings_of_one_till_say_the_same() -> None:
    """What was copied, or how many were erased, is no other till."""
    later = Heading(UUID(int=1), "Morgenrot", "Kasse 1", "EUR", 1, copied=(1, 2), erased=3)
    assert HEADING.says_the_same(later)
    assert not HEADING.says_the_same(Heading(UUID(int=2), "Morgenrot", "Kasse 1", "EUR", 1))
    assert box_name(UUID(int=1)) == f"stammkunde-{UUID(int=1)}.blackbox"
