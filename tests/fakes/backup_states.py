"""Realistic states of the screen of copies, in German and English."""

from __future__ import annotations

from msgspec.structs import replace

from terminal.presenters.states import Notice, Pill, Tile, Tone
from terminal.presenters.status_states import StatusAction, StatusState


class BackupStates:
    """The states in one language.

    Args:
        language: "de" or "en".
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def t(self, german: str, english: str) -> str:
        return german if self.language == "de" else english

    def dot(self) -> Pill:
        """What the bar shows while no copy is off this disk."""
        return Pill("", Tone.BAD, self.t("Keine Kopie außerhalb dieser Platte", "No copy off this disk"))

    def fine(self) -> StatusState:
        """A copy here, one on the stick, and the black box."""
        t = self.t
        today, all_of_it = t("Heute 14:02", "Today 14:02"), t("enthält jede Buchung", "holds every booking")
        return StatusState(
            title=t("Kopien der Daten", "Copies of the data"),
            headline=t("Die Daten sind sicher", "The data is safe"),
            text=t(
                "Jede Buchung ist auf dieser Platte und in einer Kopie außerhalb davon.",
                "Every booking is on this disk and in a copy off it.",
            ),
            icon="backup_done",
            tone=Tone.GOOD,
            tiles=(
                Tile(t("Auf dieser Platte", "On this disk"), today, all_of_it),
                Tile(t("Außerhalb", "Off this disk"), today, all_of_it),
            ),
            notes=(
                Notice(
                    t(
                        "Nehmen Sie den Stick abends mit: Feuer und Diebe nehmen, was neben der Kasse steht.",
                        "Take a stick home in the evening: fire and thieves take what stands beside the till.",
                    ),
                    Tone.NEUTRAL,
                ),
            ),
            facts=(
                (t("Buchungen hier", "Bookings kept here"), "12.345"),
                (t("Kopien auf dieser Platte", "Copies on this disk"), "/var/lib/stammkunde/kasse-2/daten/backups"),
                (t("Wie viele", "How many"), "31"),
                (t("Größe der neuesten", "Size of the newest"), "104 MB"),
                (t("Zweiter Ort", "Second place"), "/media/kasse/SICHERUNG/stammkunde-backups"),
                (t("Kopien dort", "Copies there"), "28"),
                (t("Blackbox", "Black box"), "/media/kasse/SICHERUNG/blackbox"),
                (t("Blackbox gefüllt bis Buchung", "Black box filled up to booking"), "12.345"),
            ),
            actions=(
                StatusAction("now", t("Jetzt sichern", "Back up now"), "backup"),
                StatusAction("restore", t("Kopie zurückspielen …", "Put a copy back …"), "restart_alt"),
            ),
        )

    def none(self) -> StatusState:
        """No copy off this disk, and two sticks that would do."""
        t, fine = self.t, self.fine()
        return replace(
            fine,
            headline=t("Keine Kopie außerhalb dieser Platte", "No copy off this disk"),
            text=t(
                "Fällt diese Platte aus, sind alle Buchungen verloren. Stecken Sie einen Stick ein und wählen Sie ihn "
                "hier; ein Ordner auf einem anderen Rechner steht als second_folder in den Einstellungen. (M-419)",
                "If this disk fails, all bookings are lost. Plug a stick in and choose it here; a folder on another "
                "machine is set as second_folder in the settings. (M-419)",
            ),
            icon="backup_none",
            tone=Tone.BAD,
            tiles=(
                fine.tiles[0],
                Tile(
                    t("Außerhalb", "Off this disk"),
                    t("keine", "none"),
                    t("noch keine Kopie gemacht", "no copy was taken yet"),
                ),
            ),
            notes=(),
            actions=(
                fine.actions[0],
                StatusAction(
                    "use:1", t("Kopien auf SICHERUNG (28 GB frei)", "Keep copies on SICHERUNG (28 GB free)"), "usb"
                ),
                StatusAction(
                    "use:2", t("Kopien auf INTENSO (1.000 MB frei)", "Keep copies on INTENSO (1,000 MB free)"), "usb"
                ),
                fine.actions[1],
            ),
        )

    def troubled(self) -> StatusState:
        """An old copy elsewhere, and both places in trouble."""
        t, fine = self.t, self.fine()
        return replace(
            fine,
            headline=t("Die letzte Kopie außerhalb ist alt", "The last copy elsewhere is old"),
            text=t(
                "Fällt diese Platte aus, sind die Buchungen seither verloren. Stecken Sie den Stick ein, oder sehen "
                "Sie unten, was die Kopien aufhält. (M-418)",
                "If this disk fails, the bookings since then are lost. Plug the stick in, or see below what keeps the "
                "copies from getting there. (M-418)",
            ),
            icon="backup_old",
            tone=Tone.WARN,
            notes=(
                Notice(
                    t(
                        "Diese Platte: Für eine weitere Kopie fehlt der Platz, und keine ältere wird dafür gelöscht. "
                        "Schaffen Sie Platz, oder wählen Sie einen anderen Ort. (M-414)",
                        "This disk: There is no room for another copy, and no older one is deleted for it. "
                        "Make room, or choose another place. (M-414)",
                    ),
                    Tone.WARN,
                ),
                Notice(
                    t(
                        "Zweiter Ort: Der Ort ist nicht erreichbar. Stecken Sie den Stick ein, oder schalten Sie den "
                        "anderen Rechner ein; die Kasse macht dann von selbst weiter. (M-412)",
                        "Second place: The place can't be reached. Plug the stick in, or switch the other machine on; "
                        "the till then goes on by itself. (M-412)",
                    ),
                    Tone.WARN,
                ),
            ),
        )

    def running(self) -> StatusState:
        """A copy is being made."""
        t, fine = self.t, self.fine()
        return replace(
            fine,
            percent=42,
            progress=t("Das Journal wird kopiert: 42 %", "The ledger is copied: 42%"),
            actions=(replace(fine.actions[0], enabled=False), replace(fine.actions[1], enabled=False)),
        )

    def variants(self) -> dict[str, StatusState]:
        """Every variant by name."""
        return {
            "backup": self.fine(),
            "backup_none": self.none(),
            "backup_troubled": self.troubled(),
            "backup_running": self.running(),
        }
