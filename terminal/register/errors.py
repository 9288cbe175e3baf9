"""What can go wrong with registers without anybody having made a programming mistake."""

from __future__ import annotations

from typing import ClassVar

from texts.i18n import mark


class RegisterError(Exception):
    """Registers can't be served right now.

    Attributes:
        code: A stable name for scripts.
        sentence: What happened and what to do, in English, with ``{what}`` to be filled in.
        what: The port, file or folder it is about.
    """

    code: ClassVar[str] = "register_failed"
    sentence: ClassVar[str] = ""

    def __init__(self, what: object, support: str = "") -> None:
        """Remember where it happened.

        Args:
            what: The port, file or folder it is about.
            support: What the operating system said, for support.
        """
        super().__init__(f"{what}: {support}" if support else str(what))
        self.what = str(what)
        self.support = support


class PortTaken(RegisterError):
    """Another program listens on the port for registers, or the system does not give it."""

    code = "register_port_taken"
    sentence = mark("Registers can't reach the till: another program uses port {what}. Close it. (M-288)")


class TokenUnusable(RegisterError):
    """The file with the token can't be read or written, or holds something else."""

    code = "register_token_unusable"
    sentence = mark(
        "Registers can't reach the till: {what} can't be used. Make a new one: stammkunde register token renew (M-289)"
    )


class FolderUnusable(RegisterError):
    """The folder in which a register leaves files can't be read or written."""

    code = "register_folder_unusable"
    sentence = mark("The register's folder {what} can't be used. Check that it is there and may be written. (M-290)")
