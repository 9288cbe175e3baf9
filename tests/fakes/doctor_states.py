"""Realistic states of the device screen, in German and English."""

from __future__ import annotations

from msgspec.structs import replace

from hardware.specimen import specimen
from terminal.presenters.doctor_states import (
    DeviceCard,
    DoctorAction,
    DoctorState,
    FrameLine,
    GapBar,
    Page,
    Phase,
    WizardState,
)
from terminal.presenters.states import Choice, Notice, Tone


class DoctorStates:
    """The states in one language.

    Args:
        language: "de" or "en".
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def t(self, german: str, english: str) -> str:
        return german if self.language == "de" else english

    def actions(self) -> tuple[DoctorAction, ...]:
        t = self.t
        return (
            DoctorAction("wizard", t("Scanner testen", "Test a scanner"), "barcode_scanner"),
            DoctorAction("print", t("Testdruck", "Test print"), "print"),
            DoctorAction("drawer", t("Schublade öffnen", "Open drawer"), "point_of_sale"),
            DoctorAction("pole", t("Anzeige testen", "Test display"), "info", enabled=False),
            DoctorAction("bundle", t("Support-Datei schreiben", "Write support file"), "receipt_long"),
        )

    def sounds(self) -> tuple[DoctorAction, ...]:
        t = self.t
        return (
            DoctorAction("sound:found", t("Gefunden", "Found"), ""),
            DoctorAction("sound:awarded", t("Gutgeschrieben", "Awarded"), ""),
            DoctorAction("sound:refused", t("Abgelehnt", "Refused"), ""),
            DoctorAction("sound:unknown", t("Unbekannt", "Unknown"), ""),
        )

    def pages(self, page: Page) -> tuple[Choice, ...]:
        t = self.t
        names = {
            Page.DEVICES: t("Geräte", "Devices"),
            Page.SCANS: t("Letzte Scans", "Last scans"),
            Page.COUNTERS: t("Zähler", "Counters"),
        }
        return tuple(Choice(each, name, each is page) for each, name in names.items())

    def fine(self) -> DoctorState:
        t = self.t
        return DoctorState(
            title=t("Geräte", "Devices"),
            headline=t("Alle Geräte funktionieren", "All devices work"),
            text=t("Es ist nichts zu tun.", "Nothing needs to be done."),
            tone=Tone.GOOD,
            pages=self.pages(Page.DEVICES),
            devices=(
                DeviceCard(
                    t("Scanner", "Scanner"),
                    t("Bereit", "Ready"),
                    Tone.GOOD,
                    "scanner  /dev/ttyACM0  0C2E:0B61  Honeywell Voyager 1450g",
                ),
                DeviceCard(
                    t("Bondrucker", "Receipt printer"),
                    t("Bereit", "Ready"),
                    Tone.GOOD,
                    "printer  network://192.168.1.20:9100",
                ),
                DeviceCard(
                    t("Kundenanzeige", "Customer display"), t("Bereit", "Ready"), Tone.GOOD, "pole  /dev/ttyUSB1"
                ),
            ),
            actions=self.actions(),
            sounds=self.sounds(),
        )

    def broken(self) -> DoctorState:
        t, fine = self.t, self.fine()
        denied = t(
            "Nur Mitglieder der Gruppe dialout dürfen /dev/ttyACM0 öffnen, und dieser Benutzer ist keines. (M-376)",
            "Only members of the group dialout may open /dev/ttyACM0, and this user is none. (M-376)",
        )
        paper = t("Dem Drucker fehlt Papier. (M-387)", "The printer has no paper. (M-387)")
        return replace(
            fine,
            headline=t("2 Dinge funktionieren nicht", "2 things do not work"),
            text=denied,
            icon="warning",
            tone=Tone.BAD,
            devices=(
                replace(
                    fine.devices[0],
                    word=t("Nicht verwendbar", "Not usable"),
                    tone=Tone.BAD,
                    text=denied,
                    cure=t(
                        "In einem Terminal: sudo usermod -aG dialout $USER. Danach ab- und wieder anmelden.",
                        "In a terminal: sudo usermod -aG dialout $USER. Then log out and in again.",
                    ),
                ),
                replace(
                    fine.devices[1],
                    word=t("Kein Papier", "No paper"),
                    tone=Tone.BAD,
                    text=paper,
                    cure=t(
                        "Neue Rolle einlegen; was wartet, wird dann gedruckt.",
                        "Put in a new roll; what waits is printed then.",
                    ),
                ),
                DeviceCard(
                    "/dev/ttyACM0",
                    t("Bitte ansehen", "Look at this"),
                    Tone.WARN,
                    "0C2E:0B61  Honeywell Voyager 1450g",
                    t(
                        "Der ModemManager könnte /dev/ttyACM0 für ein Modem halten und die ersten Scans stören. "
                        "(M-372)",
                        "ModemManager may take /dev/ttyACM0 for a modem and disturb the first scans. (M-372)",
                    ),
                    t(
                        "packaging/70-stammkunde.rules nach /etc/udev/rules.d kopieren und den Scanner neu einstecken.",
                        "Copy packaging/70-stammkunde.rules to /etc/udev/rules.d and plug the scanner in again.",
                    ),
                ),
                DeviceCard(
                    "Symbol Bar Code Scanner",
                    t("Zur Kenntnis", "For your information"),
                    Tone.NEUTRAL,
                    "05E0:1200",
                    t(
                        "Der Symbol Bar Code Scanner tippt wie eine Tastatur. Das geht.",
                        "Symbol Bar Code Scanner types like a keyboard. That works.",
                    ),
                    t(
                        "Zuverlässiger: den Barcode „USB Serial“ oder „USB COM“ im Handbuch scannen, neu einstecken.",
                        "More reliable: scan the barcode “USB serial” or “USB COM” in its manual, plug it in again.",
                    ),
                ),
            ),
        )

    def nothing(self) -> DoctorState:
        t = self.t
        return replace(
            self.fine(),
            headline=t("Kein Gerät angeschlossen", "No device is attached"),
            text=t(
                "Die Kasse arbeitet auch ohne: einfach die Kartennummer eintippen.",
                "The till works without: type the card number.",
            ),
            tone=Tone.NEUTRAL,
            devices=(),
            empty=t(
                "Kein Gerät angeschlossen. Scanner einstecken; er erscheint hier von selbst.",
                "No device is attached. Plug a scanner in; it appears here by itself.",
            ),
            actions=tuple(replace(each, enabled=each.key in ("wizard", "bundle")) for each in self.actions()),
            notice=Notice(
                t(
                    "Ohne personenbezogene Daten geschrieben: ~/Dokumente/stammkunde-support.zip. "
                    "Bitte an den Support senden.",
                    "Written without personal data: ~/Documents/stammkunde-support.zip. Send it to support.",
                ),
                Tone.GOOD,
            ),
        )

    def scans(self) -> DoctorState:
        t = self.t
        card = FrameLine("*********0018", "5d 45 30 ** ** ** ** ** ** ** ** ** 30 30 31 38 0d", "]E0", "scanner")
        noise = FrameLine(
            t(
                "Der Scanner sendet unleserliche Zeichen. Bitte noch einmal scannen; bleibt es so, Tempo und Kabel "
                "prüfen. (M-176)",
                "The scanner sent garbled characters. Scan again; if it stays, check speed and cable. (M-176)",
            ),
            "ff ** ** 00 ** ** 0d",
            "–",
            "theke-links",
            Tone.WARN,
        )
        counts = (120, 3, 0, 14, 2, 0, 1)
        captions = ("< 5 ms", "< 10 ms", "< 20 ms", "< 35 ms", "< 80 ms", "< 200 ms", "≥ 200 ms")
        return replace(
            self.fine(),
            pages=self.pages(Page.SCANS),
            page=Page.SCANS,
            frames=(card, noise, *24 * (card,)),
            gaps=tuple(GapBar(caption, count) for caption, count in zip(captions, counts, strict=True)),
        )

    def counters(self) -> DoctorState:
        t = self.t
        return replace(
            self.fine(),
            pages=self.pages(Page.COUNTERS),
            page=Page.COUNTERS,
            counters=(
                (
                    "scanner",
                    t(
                        "Codes 1.204, Wiederholungen 31, abgelehnt 2, Bytes 18.060, verbunden 2, verloren 1",
                        "codes 1,204, repeats left out 31, refused 2, bytes 18,060, connected 2, lost 1",
                    ),
                ),
                ("scanner: line_noise", "2"),
            ),
        )

    def waiting(self) -> DoctorState:
        t, code = self.t, specimen()
        return replace(
            self.fine(),
            actions=(DoctorAction("sheet", t("Testbarcode als PDF", "Test barcode as PDF"), "receipt_long"),),
            sounds=(),
            wizard=WizardState(
                Phase.WAITING,
                t("Diesen Testbarcode scannen", "Scan this test barcode"),
                t(
                    "Einen der beiden Codes vom Bildschirm scannen. Für einen Laserscanner zuerst das PDF drucken.",
                    "Scan one of the two codes off this screen. For a laser scanner print the PDF first.",
                ),
                bars=code.bars,
                squares=code.squares,
                plain=code.text,
            ),
        )

    def result(self) -> DoctorState:
        t, waiting = self.t, self.waiting()
        return replace(
            waiting,
            actions=(
                DoctorAction("accept", t("Übernehmen", "Take this over"), "check"),
                DoctorAction("again", t("Noch einmal scannen", "Scan again"), "restart_alt"),
            ),
            wizard=WizardState(
                Phase.RESULT,
                t("Der Scanner funktioniert", "The scanner works"),
                t("Seine Einstellungen weichen ab. Übernehmen?", "Its settings differ. Take this over?"),
                Tone.GOOD,
                found=(
                    Notice(
                        t(
                            "Hinter einem Code sendet der Scanner TAB.",
                            "Behind a code the scanner sends TAB.",
                        ),
                        Tone.GOOD,
                    ),
                    Notice(
                        t(
                            "Vor einem Code sendet der Scanner <STX>K. Die Kasse nimmt es weg.",
                            "In front of a code the scanner sends <STX>K. The till takes it off.",
                        ),
                        Tone.INFO,
                    ),
                    Notice(
                        t(
                            "Der Scanner sagt, welche Art Barcode er las (]C0). Gutscheine und GS1-Codes gehen.",
                            "The scanner says what kind of barcode it read (]C0). Coupons and GS1 codes work.",
                        ),
                        Tone.GOOD,
                    ),
                ),
                changes=(("scanner.terminator", "tab"), ("scanner.prefix", "<STX>K")),
            ),
        )

    def came_to_nothing(self) -> DoctorState:
        t, waiting = self.t, self.waiting()
        return replace(
            waiting,
            actions=(DoctorAction("again", t("Noch einmal scannen", "Scan again"), "restart_alt"),),
            wizard=WizardState(
                Phase.NOTHING,
                t("Es kam nichts an", "Nothing came"),
                t(
                    "Piept der Scanner? Dann sendet er woandershin: nach seinem Handbuch auf USB Serial oder Tastatur "
                    "umstellen, neu einstecken. Bleibt er dunkel? Kabel und Buchse prüfen. (M-401)",
                    "Does the scanner beep? Then it sends somewhere else: switch it to USB serial or to keyboard mode "
                    "by its manual, plug it in again. Does it stay dark? Check cable and socket. (M-401)",
                ),
                Tone.WARN,
            ),
        )

    def garbage(self) -> DoctorState:
        t, nothing = self.t, self.came_to_nothing()
        return replace(
            nothing,
            wizard=WizardState(
                Phase.GARBAGE,
                t("Der Scanner sendet unleserliche Zeichen", "The scanner sends garbled characters"),
                t(
                    "Bitte noch einmal scannen: die Kasse hört jetzt so zu, wie es zum Empfangenen passt. (M-402)",
                    "Scan again: the till listens in the way that fits what came. (M-402)",
                ),
                Tone.WARN,
                found=(
                    Notice(
                        t(
                            "Was ankam, war unleserlich. Es passt zu einem Scanner, der mit 19200 7E1 sendet. Zur "
                            "Sicherheit noch einmal scannen.",
                            "What came was garbled. It fits a scanner that sends at 19200 7E1. Scan once more to make "
                            "sure.",
                        ),
                        Tone.WARN,
                    ),
                ),
            ),
        )

    def variants(self) -> dict[str, DoctorState]:
        """Every variant by name."""
        return {
            "doctor": self.fine(),
            "doctor_broken": self.broken(),
            "doctor_nothing": self.nothing(),
            "doctor_scans": self.scans(),
            "doctor_counters": self.counters(),
            "doctor_waiting": self.waiting(),
            "doctor_result": self.result(),
            "doctor_nothing_came": self.came_to_nothing(),
            "doctor_garbage": self.garbage(),
        }
