"""The screen of copies: whether the data outlives this disk, and what to do when it would not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.errors import CommandError, SettingsWrong, settings_text
from terminal.presenters.backup_view import ICONS, facts, notes, tiles
from terminal.presenters.backup_words import (
    TONES,
    headline,
    is_busy,
    level_now,
    may_choose,
    meaning,
    progress_text,
    size_text,
)
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import Notice, Tone
from terminal.presenters.status_states import StatusAction, StatusState

if TYPE_CHECKING:
    from pathlib import Path

    from terminal.backup.places import Volume

EMPTY: Final = StatusState(title="", headline="", text="", icon="")

VOLUMES_SHOWN_MAX: Final = 3
"""How many volumes are offered as a second place; nobody has more sticks in a till at once."""

NOW: Final = "now"
RESTORE: Final = "restore"
USE: Final = "use:"


class BackupPresenter(Presenter[StatusState]):
    """Shows the newest status, takes a copy when asked, and makes a stick the second place."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._said: Notice | None = None
        self._volumes: tuple[Volume, ...] = ()
        self._choosing = False

    def open(self) -> None:
        """Show the screen, and look what is plugged in."""
        self._said = None
        self.refresh()
        self._look_for_places()

    def cancel(self) -> None:
        """Leave, back to an open sale if there is one."""
        self._flow.sale()

    def say(self, notice: Notice) -> None:
        """Show a sentence above the others."""
        self._said = notice
        self.refresh()

    def status_changed(self) -> None:
        """Something was copied, plugged in or pulled out."""
        self.refresh()

    def act(self, key: str) -> None:
        """Do what a button says."""
        action = next((action for action in self._actions() if action.key == key), None)
        actions = self._around.backup_actions
        if action is None or not action.enabled or actions is None:
            return
        self._said = None
        if key == NOW:
            actions.back_up_now()
            self._look_for_places()
        elif key == RESTORE:
            self._around.open_restore()
        else:
            self._use(next(volume.folder for volume in self._volumes if f"{USE}{volume.folder}" == key))
        self.refresh()

    def _look_for_places(self) -> None:
        if self._around.backup_actions is not None and may_choose(self._around):
            self._around.backup_actions.look_for_places(self._found)

    def _found(self, volumes: tuple[Volume, ...]) -> None:
        self._volumes = volumes
        self.refresh()

    def _use(self, folder: Path) -> None:
        actions = self._around.backup_actions
        assert actions is not None, "asked for by a button that is there only then"
        self._choosing = True
        actions.use_place(folder, self._used, self._failed)

    def _used(self) -> None:
        self._choosing = False
        sentence = self._around.texts._("Copies are kept there from now on. The first one is on its way.")
        self.say(Notice(sentence, Tone.GOOD))

    def _failed(self, error: Exception) -> None:
        self._choosing = False
        texts = self._around.texts
        match error:
            case SettingsWrong():
                self.say(Notice(settings_text(texts, error), Tone.WARN))
            case CommandError():
                sentence = texts._(error.sentence).format(file=error.file, detail=error.detail)
                self.say(Notice(sentence, Tone.WARN))
            case _:
                self.refresh()
                self._flow.broke(error)

    def _actions(self) -> tuple[StatusAction, ...]:
        texts, status = self._around.texts, self._around.backup
        free = self._around.backup_actions is not None and not is_busy(status) and not self._choosing
        found = [StatusAction(NOW, texts._("Back up now"), "backup", free)]
        if may_choose(self._around) and not self._around.is_demo:
            for volume in self._volumes[:VOLUMES_SHOWN_MAX]:
                if str(volume.folder) != status.elsewhere.folder:
                    sentence = texts._("Keep copies on {name} ({size} free)")
                    caption = sentence.format(name=volume.name, size=size_text(texts, volume.free_bytes))
                    found.append(StatusAction(f"{USE}{volume.folder}", caption, "usb", free))
            if self._around.can_restore:
                found.append(StatusAction(RESTORE, texts._("Put a copy back …"), "restart_alt", not is_busy(status)))
        return tuple(found)

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts, status = self._around.texts, self._around.backup
        level, running = level_now(self._around), status.running
        said = () if self._said is None else (self._said,)
        self._show(
            StatusState(
                title=texts._("Copies of the data"),
                headline=texts._("Demo shop") if self._around.is_demo else headline(texts, level),
                text=meaning(self._around, level),
                icon=ICONS[level],
                tone=TONES[level],
                percent=running.percent if running is not None and running.percent else None,
                progress=progress_text(texts, running) if running is not None else "",
                tiles=tiles(self._around),
                notes=(*said, *notes(self._around)),
                facts=facts(self._around),
                actions=self._actions(),
            )
        )
