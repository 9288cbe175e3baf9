"""Realistic states of the form that hands out a member's data, in German and English."""

from __future__ import annotations

from msgspec.structs import replace

from terminal.presenters.form_states import FormState
from terminal.presenters.states import Choice, Field, Notice, Tone

DOCUMENTS = "/srv/kasse/Dokumente"
STICK = "/media/kasse/STICK"


class MemberDataStates:
    """The states in one language.

    Args:
        language: "de" or "en".
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def t(self, german: str, english: str) -> str:
        return german if self.language == "de" else english

    def _form(self) -> FormState:
        t = self.t
        return FormState(
            headline=t("Daten des Mitglieds: Anna Schneider", "Member's data: Anna Schneider"),
            text=t(
                "Alles, was über die Karte 29•••••4711 und ihren Inhaber gespeichert ist, für den Inhaber: zum Lesen "
                "und Drucken, für Tabellen und für Maschinen. Dafür wird ein eigener Ordner angelegt. Was an anderen "
                "Kassen gekauft wurde, liegt bei der Zentrale und ist nicht dabei.",
                "All that is stored about card 29•••••4711 and its owner, for the owner: to read and print, for a "
                "spreadsheet and for machines. A folder of its own is made for it. What was bought at other tills "
                "stands at head office and is not among it.",
            ),
            fields=(
                Field("folder", t("Ordner", "Folder"), DOCUMENTS, optional=False),
                Field("pin", t("PIN der Leitung", "Manager's PIN"), optional=False),
            ),
            people=(Choice("m", "Mira K.", chosen=True), Choice("j", "Jo")),
            offers=(
                Choice(DOCUMENTS, t("Dokumente", "Documents"), chosen=True),
                Choice(STICK, "STICK"),
                Choice("/media/kasse/INTENSO", "INTENSO"),
            ),
            fills="folder",
            secret="pin",
            primary=t("Dateien schreiben", "Write the files"),
            cancel=t("Zurück", "Back"),
        )

    def variants(self) -> dict[str, object]:
        """Every variant by name."""
        t, form = self.t, self._form()
        folder = f"{STICK}/{t('Mitgliedsdaten', 'Member data')} 2026-11-22 4711"
        typed = (form.fields[0], replace(form.fields[1], value="2580"))
        full = t(
            "{file} kann nicht geschrieben werden: {detail}. Dort bleibt nichts zurück; nehmen Sie einen anderen "
            "Ordner. (M-427)",
            "{file} can't be written: {detail}. Nothing is left there; try another folder. (M-427)",
        ).format(file=f"{folder}/member.pdf", detail="No space left on device")
        collecting = t(
            "Es wird gesammelt, was über Anna Schneider gespeichert ist … Der Verkauf kann weitergehen.",
            "Collecting what is stored about Anna Schneider … Sales can go on meanwhile.",
        )
        done = t(
            "Geben Sie den Ordner dem Mitglied: member.pdf ist zum Lesen und Drucken, bookings.csv für Tabellen, "
            "member.json für Maschinen. Löschen Sie ihn hier danach: wer ihn öffnen kann, kann ihn lesen.",
            "Give the folder to the member: member.pdf is for reading and printing, bookings.csv for a spreadsheet, "
            "member.json for machines. Then delete it here: anybody who can open it can read it.",
        )
        return {
            "member_data": replace(form, fields=typed, primary_enabled=True),
            "member_data_empty": form,
            "member_data_alone": replace(form, fields=typed[:1], people=(), offers=(), primary_enabled=True),
            "member_data_failed": replace(form, notice=Notice(full, Tone.BAD)),
            "member_data_busy": replace(
                form, notice=Notice(collecting, Tone.INFO), busy=True, primary=t("Bitte warten …", "Please wait …")
            ),
            "member_data_done": replace(
                form,
                text=done,
                fields=(),
                people=(),
                offers=(),
                notice=Notice(t("Geschrieben: {file}", "Written: {file}").format(file=folder), Tone.GOOD),
                primary=t("Zurück zum Verkauf", "Back to the sale"),
                primary_enabled=True,
            ),
        }
