"""Realistic states of the sync screen and its forms."""

from __future__ import annotations

from terminal.presenters.form_states import FormState
from terminal.presenters.states import Choice, Field, Notice, Tile, Tone
from terminal.presenters.status_states import StatusAction
from terminal.presenters.sync_states import SyncState
from tests.fakes.desk_states import DeskStates, replace

LONG_CODE = "K7QF-2M9X-ABCD-8PZT.\nMZXW6YTBOI4DCMRTGQ2TMNZYHE"


class SyncStates(DeskStates):
    """The states of the screens about head office."""

    def sync_actions(self) -> tuple[StatusAction, ...]:
        t = self.t
        return (
            StatusAction("sync_now", t("Jetzt abgleichen", "Sync now"), "sync"),
            StatusAction(
                "export",
                t("Ungesendete Buchungen in eine Datei", "Unsent bookings to a file"),
                "receipt_long",
            ),
            StatusAction("leave", t("Zentrale verlassen", "Leave head office"), "close"),
        )

    def online(self) -> SyncState:
        """Everything is sent."""
        t = self.t
        return SyncState(
            title=t("Zentrale", "Head office"),
            headline=t("Online, alles gesendet", "Online, all sent"),
            text=t("Die Zentrale hat jede Buchung dieser Kasse.", "Head office has every booking of this till."),
            icon="cloud_done",
            tone=Tone.GOOD,
            tiles=(
                Tile(t("Buchungen in der Warteschlange", "Bookings waiting"), "0", t("nichts wartet", "nothing waits")),
                Tile(
                    t("Letzter Kontakt", "Last contact"),
                    t("Heute 14:32", "Today 14:32"),
                    t("als die Zentrale zuletzt antwortete", "when head office last answered"),
                ),
            ),
            facts=(
                (t("Filiale", "Store"), "Innenstadt"),
                (t("Anschrift", "Address"), "https://zentrale.baeckerei-morgenrot.example:8443"),
                (
                    t("Schlüssel dieser Kasse", "Key of this till"),
                    t("im Schlüsselspeicher dieses Rechners", "in this computer's key store"),
                ),
                (t("Gesendet bis Buchung", "Sent up to booking"), "12.345"),
            ),
            actions=self.sync_actions(),
        )

    def sync(self) -> dict[str, object]:
        t, online = self.t, self.online()
        offline = replace(
            online,
            headline=t("Offline, 12 Buchungen warten", "Offline, 12 bookings waiting"),
            text=t(
                "Die Zentrale antwortet nicht. Gutschreiben geht weiter, Einlösen im sicheren Rahmen. Alle Buchungen "
                "bleiben erhalten und werden von selbst gesendet.",
                "Head office does not answer. Awarding goes on, redeeming within what is safe. All bookings are kept "
                "and sent by themselves.",
            ),
            icon="cloud_off",
            tone=Tone.WARN,
            tiles=(
                Tile(
                    t("Buchungen in der Warteschlange", "Bookings waiting"),
                    "12",
                    t("die älteste seit: Heute 14:02", "the oldest since: Today 14:02"),
                ),
                online.tiles[1],
            ),
        )
        locked = t(
            "Die Zentrale hat diese Kasse gesperrt. Fragen Sie dort nach. Gutschreiben geht weiter. (M-247)",
            "Head office has locked this till out. Ask head office why. Awarding goes on. (M-247)",
        )
        return {
            "sync": online,
            "sync_alone": self._alone(online),
            "sync_demo": self._demo(self._alone(online)),
            "sync_unreadable": self._unreadable(online),
            "sync_offline": offline,
            "sync_fetching": replace(
                online,
                headline=t("Mitglieder werden geholt, 42 %", "Fetching members, 42%"),
                icon="sync",
                tone=Tone.INFO,
                percent=42,
                progress=t("Mitglieder werden geholt, 42 %", "Fetching members, 42%"),
                notes=(
                    Notice(
                        t(
                            "Mitglieder werden noch geholt. Gutschreiben geht; Einlösen wartet so lange. (M-184)",
                            "Members are still being fetched. Awarding works; redeeming waits until then. (M-184)",
                        ),
                        Tone.INFO,
                    ),
                ),
            ),
            "sync_problem": replace(
                offline,
                headline=t("Abgleich gestört", "Sync problem"),
                text=locked,
                icon="sync_problem",
                tone=Tone.BAD,
                actions=(
                    *self.sync_actions()[:1],
                    StatusAction("join", t("Neu beitreten", "Join again"), "restart_alt"),
                    *self.sync_actions()[1:],
                ),
            ),
            "sync_cases": replace(online, notes=self._cases()),
            "sync_serving": self._serving(online),
        }

    def _demo(self, alone: SyncState) -> SyncState:
        """What could be done is there to be seen, and why it can't be done here."""
        t = self.t
        return replace(
            alone,
            text=t(
                "Dies ist der Demo-Laden: seine Buchungen sind erfunden, und seine Kasse spricht mit niemandem.",
                "This is the demo shop: its bookings are made up, and its till talks to nobody.",
            ),
            notes=(
                Notice(
                    t(
                        "Im eigenen Laden gehen diese Knöpfe, und hier steht, was wartet und was zu tun ist.",
                        "In a shop of your own these buttons work, and this screen says what waits and what to do.",
                    ),
                    Tone.INFO,
                ),
                Notice(
                    t(
                        "Mehrere Kassen im Laden? Eine davon kann die anderen bedienen; es braucht keinen weiteren "
                        "Rechner.",
                        "Several tills in this shop? One of them can serve the others; no further computer is needed.",
                    ),
                    Tone.NEUTRAL,
                ),
            ),
            actions=tuple(replace(action, enabled=False) for action in alone.actions),
        )

    def _unreadable(self, online: SyncState) -> SyncState:
        t = self.t
        return replace(
            online,
            headline=t("Online, Kasse aktualisieren", "Online, update the till"),
            icon="sync_problem",
            tone=Tone.BAD,
            notes=(
                Notice(
                    t(
                        "Programmversion 7 gilt, aber diese Kasse kann sie nicht lesen und rechnet nach den alten "
                        "Regeln weiter. Bitte die Kasse aktualisieren. (M-190) Ist sie aktuell, soll die Zentrale das "
                        "Programm neu veröffentlichen.",
                        "Programme version 7 is in force, but this till can't read it and goes on by the old rules. "
                        "Update the till. (M-190) If it is up to date, ask head office to publish the programme again.",
                    ),
                    Tone.WARN,
                ),
            ),
        )

    def _alone(self, online: SyncState) -> SyncState:
        t = self.t
        return replace(
            online,
            headline=t("Steht allein", "Stands alone"),
            text=t(
                "Diese Kasse ist ihre eigene Zentrale: alle Punkte liegen hier und lassen sich ganz einlösen.",
                "This till is its own head office: all points are kept here and can be redeemed in full.",
            ),
            icon="storefront",
            tone=Tone.NEUTRAL,
            tiles=(),
            facts=(
                (t("Geschäft", "Shop"), "Bäckerei Morgenrot"),
                (t("Kasse", "Till"), "Kasse 2"),
                (t("Buchungen hier", "Bookings kept here"), "12.345"),
                (t("Programmversion", "Programme version"), "3"),
            ),
            actions=(
                StatusAction("join", t("Der Zentrale beitreten", "Join head office"), "sync"),
                StatusAction(
                    "serve",
                    t("Die anderen Kassen bedienen", "Serve the other tills"),
                    "storefront",
                ),
            ),
        )

    def _cases(self) -> tuple[Notice, ...]:
        t = self.t
        return (
            Notice(
                t(
                    "2 Buchungen kann die Zentrale nicht lesen. Sie sind dort aufgehoben und halten nichts auf: bitten "
                    "Sie die Zentrale, sie zu klären. (M-182)",
                    "2 bookings can't be read by head office. They are kept there and block nothing: ask head office "
                    "to clear them up. (M-182)",
                ),
                Tone.WARN,
            ),
            Notice(
                t(
                    "3 Fälle zum Ansehen, zum Beispiel an zwei Kassen zugleich ausgegebene Punkte. Sie sind gebucht; "
                    "was zu tun ist, sagt die Seite der Zentrale. (M-183)",
                    "3 cases to look at, for example points spent at two tills at once. They are booked; head office's "
                    "page says what to do. (M-183)",
                ),
                Tone.WARN,
            ),
            Notice(
                t(
                    "Die Uhr ist 7 Minuten zu weit. Zeiten werden berichtigt; bitte die Uhr stellen. (M-185)",
                    "The clock is 7 minutes fast. Times are corrected; set the clock. (M-185)",
                ),
                Tone.WARN,
            ),
            Notice(
                t(
                    "Programmversion 4 beginnt am Di. 1.12. um 06:00.",
                    "Programme version 4 starts on Tue 1 Dec at 06:00.",
                ),
                Tone.INFO,
            ),
        )

    def _serving(self, online: SyncState) -> SyncState:
        t = self.t
        return replace(
            online,
            code_caption=t(
                "Code für Kasse 2, nur einmal gültig. An der anderen Kasse: F7, Der Zentrale beitreten, "
                "Anschrift https://192.168.1.20:8443",
                "Code for till 2, once only. At that till: F7, join head office, address https://192.168.1.20:8443",
            ),
            code=LONG_CODE,
            facts=(*online.facts, (t("Beitritt der anderen", "Other tills join at"), "https://192.168.1.20:8443")),
            actions=(
                self.sync_actions()[0],
                StatusAction("invite", t("Code für eine weitere Kasse", "Code for another till"), "add"),
                self.sync_actions()[1],
                StatusAction(
                    "serve_end", t("Andere Kassen nicht mehr bedienen", "Stop serving the other tills"), "block"
                ),
            ),
        )

    def sync_form(self) -> dict[str, object]:
        t = self.t
        join = FormState(
            headline=t("Der Zentrale beitreten", "Join head office"),
            text=t(
                "Die Zentrale nennt Ihnen ihre Anschrift und einen Code, der einmal gilt. Die Kasse sendet dann alle "
                "Buchungen, Mitglieder und Karten dorthin und lernt die der anderen Kassen kennen.",
                "Head office gives you its address and a code that works once. The till then sends all its bookings, "
                "members and cards there, and learns those of the other tills.",
            ),
            fields=(
                Field(
                    "url",
                    t("Anschrift der Zentrale", "Address of head office"),
                    "zentrale.example:8443",
                    optional=False,
                    placeholder="https://",
                ),
                Field(
                    "code",
                    t("Beitrittscode", "Joining code"),
                    optional=False,
                    placeholder="XXXX-XXXX-XXXX-XXXX",
                ),
            ),
            secret="pin",
            primary=t("Beitreten", "Join"),
        )
        wrong = t(
            "Dieser Code ist falsch, verbraucht oder zu alt. Bitten Sie die Zentrale um einen neuen. (M-249)",
            "This code is wrong, used or too old. Ask head office for a new one. (M-249)",
        )
        filled = (join.fields[0], replace(join.fields[1], value=LONG_CODE.replace("\n", "")))
        return {
            "sync_form": replace(join, fields=filled, primary_enabled=True),
            "sync_form_empty": join,
            "sync_form_wrong": replace(join, fields=filled, notice=Notice(wrong, Tone.WARN)),
            "sync_form_busy": replace(join, fields=filled, busy=True, primary=t("Bitte warten …", "Please wait …")),
            "sync_form_leave": self._leave(join),
        }

    def _leave(self, join: FormState) -> FormState:
        t = self.t
        unsent = t(
            "12 Buchungen sind noch nicht gesendet. Gehen Sie zurück und schreiben Sie sie erst in eine Datei, sonst "
            "sieht die Zentrale sie nie.",
            "12 bookings have not been sent. Go back and write them to a file first, or head office never sees them.",
        )
        return replace(
            join,
            headline=t("Zentrale verlassen", "Leave head office"),
            text=t(
                "Die Kasse steht danach allein: sie behält ihre eigenen Buchungen und sieht die der anderen Kassen "
                "nicht mehr. Für die Rückkehr braucht sie einen neuen Code.",
                "The till stands alone from then on: it keeps its own bookings and no longer sees those of other "
                "tills. To come back it needs a new code.",
            ),
            fields=(Field("pin", t("PIN der Leitung", "Manager's PIN"), "2580", optional=False),),
            people=(Choice("m", "Mira K.", chosen=True), Choice("j", "Jo")),
            warning=Notice(unsent, Tone.WARN),
            primary=t("Verlassen", "Leave"),
            primary_enabled=True,
            danger=True,
        )
