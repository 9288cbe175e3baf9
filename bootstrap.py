"""Set up and start everything with nothing but a Python: ``python3 bootstrap.py run|test|lint|check|bench|soak|...``.

The same steps on Linux, macOS and Windows: find a Python from 3.11 to 3.14, make ``.venv``, install the pinned and
hashed packages, name or install what the system lacks, then do what was asked. A stamp written as the last step makes
the next start fast and tells a complete environment from an interrupted one. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap_system import SetupError, ensure_libraries, ensure_test_programs, install_packages, last_lines, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))
PROJECT_FOLDERS = ("loyalty", "texts", "storage", "hardware", "terminal", "headoffice")
RUNTIME_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
INTERRUPTED = 130
"""The exit code of a program that was stopped by Ctrl-C."""

STATIC_CHECKS = (
    ("style", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("types", ("mypy",)),
    ("arrows between packages", ("lint-imports",)),
    ("dependencies", ("deptry", ".")),
    ("unused code", ("vulture",)),
    ("spelling", ("codespell",)),
)
COVERAGE_OPTIONS = ("--cov", "--cov-report=term-missing:skip-covered")


# ------------------------------------------------------------------------------------------------ Python


def is_supported(version: Sequence[int]) -> bool:
    """Tell whether a Python of this version runs the till."""
    return tuple(version[:2]) in PYTHONS


def find_python(running: Sequence[int], which: Callable[[str], str | None] = shutil.which) -> str:
    """Find an interpreter the till runs on: the running one, or the newest supported one on the path.

    Args:
        running: the version of the running interpreter.
        which: finds a program on the path.

    Raises:
        SetupError: there is none.
    """
    if is_supported(running):
        return base_python()
    for major, minor in reversed(PYTHONS):
        found = which(f"python{major}.{minor}")
        if found:
            return found
    oldest, newest, this = (".".join(map(str, version[:2])) for version in (PYTHONS[0], PYTHONS[-1], running))
    raise SetupError(
        f"Stammkunde needs Python {oldest} to {newest}. This is {this}, and no other was found.\n"
        f"Install one and start again with it, for example: python{oldest} bootstrap.py run"
    )


def base_python() -> str:
    """Return the running interpreter, or the one its virtual environment was made from.

    An environment made from another environment breaks when that one is deleted.
    """
    if sys.prefix == sys.base_prefix:
        return sys.executable
    name = "python.exe" if os.name == "nt" else "bin/python{}.{}".format(*sys.version_info[:2])
    candidate = Path(sys.base_prefix) / name
    return str(candidate) if candidate.exists() else sys.executable


def asks_python(python: str, code: str) -> subprocess.CompletedProcess[str]:
    """Let another interpreter run a line of code."""
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, env=clean_environment())


def clean_environment() -> dict[str, str]:
    """Copy the environment without what would lead Python or pip to packages of another place."""
    variables = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV"):
        variables.pop(name, None)
    return variables


# ----------------------------------------------------------------------------------- virtual environment


@dataclass(frozen=True)
class Environment:
    """The virtual environment of a checkout, and how complete it is."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def stamp(self) -> Path:
        """The file that says what was completely installed."""
        return self.folder / "installed-by-bootstrap.txt"

    def program(self, name: str) -> str:
        """Return the path of a program in it, ``python`` among them."""
        return str(self.folder / "Scripts" / f"{name}.exe" if os.name == "nt" else self.folder / "bin" / name)

    def fingerprint(self, lock_name: str) -> str:
        """Return what the stamp says once a lock and the project are installed."""
        digest = hashlib.sha256()
        for name in (lock_name, "pyproject.toml"):
            digest.update((self.root / name).read_bytes())
        return f"{lock_name} {digest.hexdigest()}"

    def has_installed(self, lock_name: str) -> bool:
        """Tell whether everything of a lock is installed; the development lock contains the other one."""
        found = self.stamp.read_text("utf-8") if self.stamp.exists() else ""
        return found in {self.fingerprint(name) for name in (lock_name, DEVELOPMENT_LOCK)}

    def mark_installed(self, lock_name: str) -> None:
        """Write the stamp, whole or not at all."""
        unfinished = self.stamp.with_suffix(".unfinished")
        unfinished.write_text(self.fingerprint(lock_name), "utf-8")
        unfinished.replace(self.stamp)

    def works(self) -> bool:
        """Tell whether its Python starts, is a supported one and has pip."""
        if not Path(self.program("python")).exists():
            return False
        answer = asks_python(self.program("python"), "import sys, pip; print(*sys.version_info[:2])")
        return answer.returncode == 0 and is_supported([int(part) for part in answer.stdout.split()])


def set_up(environment: Environment, lock_name: str) -> None:
    """Bring the environment to what a lock says; does nothing when it is there already.

    Raises:
        SetupError: something is missing that only a person can bring.
    """
    ensure_libraries(os.environ, sys.platform)
    works = environment.works()
    if works and environment.has_installed(lock_name):
        return
    environment.stamp.unlink(missing_ok=True)
    if not works:
        make_environment(environment, find_python(sys.version_info[:2]))
    install_lock(environment, lock_name)
    environment.mark_installed(lock_name)
    say("Everything is in place.")


def make_environment(environment: Environment, python: str) -> None:
    """Make the virtual environment anew, first bringing Debian's module for that where it is missing.

    Raises:
        SetupError: it could not be made.
    """
    version = asks_python(python, "import sys; print('%d.%d' % sys.version_info[:2])").stdout.strip()
    if asks_python(python, "import venv, ensurepip").returncode:
        install_packages([f"python{version}-venv"], "virtual environments")
    say(f"Making a virtual environment with Python {version} in {environment.folder.name}")
    result = subprocess.run(
        [python, "-m", "venv", "--clear", str(environment.folder)],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )
    if result.returncode:
        raise SetupError(f"{last_lines(result.stdout + result.stderr)}\nThe virtual environment could not be made.")


def install_lock(environment: Environment, lock_name: str) -> None:
    """Install the pinned packages, then the project itself so that changes to its code take effect at once.

    Raises:
        SetupError: pip failed.
    """
    total = count_pins((environment.root / lock_name).read_text("utf-8"))
    say(f"Installing up to {total} packages, each checked against its hash. The first time takes a minute or two.")
    run_pip(environment, ["--require-hashes", "-r", lock_name], total)
    run_pip(environment, ["--no-deps", "--no-build-isolation", "--editable", "."])
    compile_project(environment)


def compile_project(environment: Environment) -> None:
    """Compile the project's modules as pip does with those it installs: the first start is as quick as the others."""
    folders = [name for name in PROJECT_FOLDERS if (environment.root / name).is_dir()]
    if folders:
        subprocess.run(
            [environment.program("python"), "-m", "compileall", "-q", *folders], cwd=environment.root, check=False
        )


def count_pins(lock_text: str) -> int:
    """Count the packages a lock names; some of them may be for other systems."""
    return len(re.findall(r"^[A-Za-z0-9][^ ]*==", lock_text, flags=re.MULTILINE))


def run_pip(environment: Environment, arguments: Sequence[str], total: int = 0) -> None:
    """Run ``pip install``, showing one line for each of ``total`` packages instead of all it says.

    Raises:
        SetupError: pip failed; the message repeats the end of what it said.
    """
    command = [environment.program("python"), "-m", "pip", "--no-input", "install", "--progress-bar=off", *arguments]
    lines, seen = [], 0
    with subprocess.Popen(
        command,
        cwd=environment.root,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            package = re.match(r"Collecting ([^\s;]+)", line) if total else None
            if package:
                seen += 1
                say(f"  {seen:>3}/{total} {package[1]}")
            elif total and line.startswith("Installing collected packages"):
                say("  unpacking")
    if process.returncode:
        raise SetupError(
            f"{last_lines(''.join(lines))}\nThe packages could not be installed; above is what pip said. "
            "Check the network connection and start again."
        )


# ---------------------------------------------------------------------------------------------- commands


def call(command: Sequence[str], **variables: str) -> int:
    """Run a program in the checkout, in our place: its output is ours, and so is its exit code."""
    return subprocess.call(command, cwd=ROOT, env={**clean_environment(), **variables})


def has_display(variables: Mapping[str, str], platform: str) -> bool:
    """Tell whether a window can open here."""
    if not platform.startswith("linux"):
        return True
    return any(variables.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def run(environment: Environment, arguments: Sequence[str]) -> int:
    """Open the till on the demo shop, off-screen where there is no display."""
    demo = [environment.program("stammkunde"), "demo"]
    if has_display(os.environ, sys.platform):
        return call([*demo, *arguments])
    say("There is no display here: the till runs off-screen and serves three members by itself.")
    return call([*demo, "--headless", *arguments], QT_QPA_PLATFORM="offscreen")


def test(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the tests on all processors, with the database server and the browser that some of them start."""
    ensure_test_programs(sys.platform)
    # Both come before what the variable or the arguments say of them, which counts: "-n 0" is one process, to debug.
    options = ["--dist=worksteal", f"--numprocesses={test_processes()}", os.environ.get("PYTEST_ADDOPTS", "")]
    return run_module(environment, "pytest", ["tests", "-q", *arguments], PYTEST_ADDOPTS=" ".join(options).strip())


def test_processes() -> int:
    """Count the processors that this process may use; 0, for no further processes, when there is only one."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count if count > 1 else 0


def lint(environment: Environment, _arguments: Sequence[str]) -> int:
    """Run every check but the tests, all of them even when one fails."""
    failed = [title for title, command in STATIC_CHECKS if not passes(environment, title, command)]
    if failed:
        say(f"Not in order: {', '.join(failed)}")
    return int(bool(failed))


def check(environment: Environment, arguments: Sequence[str]) -> int:
    """Run every check, then the tests with branch coverage, and fail when anything failed."""
    lint_code = lint(environment, [])
    say("== tests, with every branch of loyalty and storage covered")
    return test(environment, [*COVERAGE_OPTIONS, *arguments]) or lint_code


def passes(environment: Environment, title: str, command: Sequence[str]) -> bool:
    """Run one check under a heading and tell whether it is content."""
    say(f"== {title}: {' '.join(command)}")
    return call([environment.program(command[0]), *command[1:]]) == 0


def run_module(environment: Environment, module: str, arguments: Sequence[str], **variables: str) -> int:
    """Run a module with the environment's Python."""
    return call([environment.program("python"), "-m", module, *arguments], **variables)


def bench(environment: Environment, arguments: Sequence[str]) -> int:
    """Print the benchmark table."""
    return run_module(environment, "benchmarks", arguments)


def soak(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the long tests for SOAK_MINUTES."""
    return run_module(environment, "tests.soak", arguments)


def shots(environment: Environment, arguments: Sequence[str]) -> int:
    """Render every screen in both languages."""
    return run_module(environment, "terminal.shots", arguments)


def lock(environment: Environment, arguments: Sequence[str]) -> int:
    """Resolve the dependencies of pyproject.toml for all supported systems; ``--upgrade`` takes newer releases.

    uv is used for this alone, in an environment of its own, because pip resolves only for the system it runs on.
    No address of a package index gets into the files.
    """
    tools = Environment(environment.root / ".cache" / "lock")
    tools.root.mkdir(parents=True, exist_ok=True)
    if not tools.works():
        make_environment(tools, find_python(sys.version_info[:2]))
    run_pip(tools, ["uv"])
    resolve = [tools.program("uv"), "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--generate-hashes"]
    resolve += ["--python-version={}.{}".format(*PYTHONS[0]), "--no-header", "--no-annotate"]
    resolve += ["--no-emit-index-url", "--no-emit-find-links", *arguments]
    runtime = [f"--output-file={RUNTIME_LOCK}", "--group=build"]
    development = [f"--output-file={DEVELOPMENT_LOCK}", "--group=dev", f"--constraints={RUNTIME_LOCK}"]
    return call([*resolve, *runtime]) or call([*resolve, *development])


COMMANDS = {
    "run": (run, RUNTIME_LOCK),
    "test": (test, DEVELOPMENT_LOCK),
    "lint": (lint, DEVELOPMENT_LOCK),
    "check": (check, DEVELOPMENT_LOCK),
    "bench": (bench, DEVELOPMENT_LOCK),
    "soak": (soak, DEVELOPMENT_LOCK),
    "shots": (shots, DEVELOPMENT_LOCK),
    "lock": (lock, ""),
}
"""What can be asked for, and the lock that must be installed for it."""


def main(arguments: Sequence[str]) -> int:
    """Do what was asked and return the exit code."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set up Stammkunde and start it.")
    parser.add_argument("command", choices=COMMANDS, help="what to do; whatever follows is passed on to it")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    command, lock_name = COMMANDS[options.command]
    environment = Environment(ROOT)
    try:
        if lock_name:
            set_up(environment, lock_name)
        return command(environment, options.rest)
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
