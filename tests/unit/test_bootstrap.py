"""The set-up script: what it decides, what it says, and that an interrupted set-up is finished later."""

import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import bootstrap
import bootstrap_system
from bootstrap import DEVELOPMENT_LOCK, RUNTIME_LOCK, Environment
from bootstrap_system import QT_LIBRARIES, WINDOW_LIBRARIES, SetupError, SystemLibrary, SystemProgram

LOCK_TEXT = (
    "babel==2.18.0 \\\n    --hash=sha256:aa\nnumpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:bb\n"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Environment:
    """A checkout with locks and a project file, and no virtual environment yet."""
    (tmp_path / RUNTIME_LOCK).write_text(LOCK_TEXT)
    (tmp_path / DEVELOPMENT_LOCK).write_text(LOCK_TEXT + "ruff==0.17.6\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return Environment(tmp_path)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what set-up would do to this machine instead of doing it."""
    done: list[str] = []
    monkeypatch.setattr(bootstrap, "ensure_libraries", lambda *_: done.append("libraries"))
    monkeypatch.setattr(bootstrap, "install_lock", lambda _, name: done.append(f"install {name}"))

    def make(environment: Environment, _python: str) -> None:
        done.append("make")
        environment.folder.mkdir(exist_ok=True)

    monkeypatch.setattr(bootstrap, "make_environment", make)
    return done


class TestPython:
    @pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 13, 0), (3, 14, 1)])
    def test_takes_the_python_it_runs_on_when_that_is_supported(self, version: tuple[int, ...]) -> None:
        """A supported Python is used as it is, and nothing is searched."""
        assert bootstrap.find_python(version, which=lambda _: pytest.fail("searched")) == bootstrap.base_python()

    @pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 15), (4, 11)])
    def test_takes_the_newest_supported_python_of_the_path_otherwise(self, version: tuple[int, ...]) -> None:
        """Too old or too new, the script finds another Python by its versioned name."""
        installed = {"python3.11": "/usr/bin/python3.11", "python3.13": "/usr/bin/python3.13"}
        assert bootstrap.find_python(version, which=installed.get) == "/usr/bin/python3.13"

    def test_names_the_versions_when_there_is_no_supported_python(self) -> None:
        """The message says what is needed, what was found and what to type."""
        with pytest.raises(SetupError, match=r"(?s)3\.11 to 3\.14.*This is 3\.9.*python3\.11 bootstrap\.py run"):
            bootstrap.find_python((3, 9), which=lambda _: None)

    def test_keeps_foreign_packages_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither PYTHONPATH nor pip's user mode of the caller reaches the programs that are started."""
        monkeypatch.setenv("PYTHONPATH", "/opt/elsewhere")
        monkeypatch.setenv("PIP_USER", "1")
        variables = bootstrap.clean_environment()
        assert "PYTHONPATH" not in variables
        assert variables["PIP_USER"] == "0"


class TestEnvironment:
    def test_is_complete_only_for_the_lock_that_was_installed(self, checkout: Environment) -> None:
        """What is enough to run the till is not enough to test it."""
        checkout.folder.mkdir()
        assert not checkout.has_installed(RUNTIME_LOCK)
        checkout.mark_installed(RUNTIME_LOCK)
        assert checkout.has_installed(RUNTIME_LOCK)
        assert not checkout.has_installed(DEVELOPMENT_LOCK)

    def test_of_a_developer_runs_the_till_too(self, checkout: Environment) -> None:
        """The development lock contains the other one, so that run after test installs nothing."""
        checkout.folder.mkdir()
        checkout.mark_installed(DEVELOPMENT_LOCK)
        assert checkout.has_installed(RUNTIME_LOCK)

    @pytest.mark.parametrize("name", [RUNTIME_LOCK, "pyproject.toml"])
    def test_is_incomplete_again_once_a_lock_or_the_project_changed(self, checkout: Environment, name: str) -> None:
        """A checkout that moved on is brought up to date at the next start."""
        checkout.folder.mkdir()
        checkout.mark_installed(RUNTIME_LOCK)
        with (checkout.root / name).open("a") as file:
            file.write("# changed\n")
        assert not checkout.has_installed(RUNTIME_LOCK)

    def test_works_with_pip_and_not_without(self, checkout: Environment) -> None:
        """An environment whose making was interrupted before pip was in it is not taken for a good one."""
        assert not checkout.works()
        venv.create(checkout.folder, with_pip=False)
        assert not checkout.works()
        pip = Path(checkout.program("python")).parent.parent / "pip_stand_in"
        pip.mkdir()
        (pip / "pip.py").touch()
        site_packages = next(checkout.folder.rglob("site-packages"))
        (site_packages / "stand_in.pth").write_text(f"{pip}\n")
        assert checkout.works()


class TestSetUp:
    def test_makes_and_installs_everything_once(
        self, checkout: Environment, steps: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first start does everything, the second one only looks."""
        bootstrap.set_up(checkout, RUNTIME_LOCK)
        assert steps == ["libraries", "make", f"install {RUNTIME_LOCK}"]
        monkeypatch.setattr(Environment, "works", lambda _: True)
        steps.clear()
        bootstrap.set_up(checkout, RUNTIME_LOCK)
        assert steps == ["libraries"]

    def test_goes_on_after_an_interruption(
        self, checkout: Environment, steps: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Stopped while packages were installed, the next start installs them, into the environment that is there."""

        def interrupted(_environment: Environment, _lock_name: str) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(bootstrap, "install_lock", interrupted)
            with pytest.raises(KeyboardInterrupt):
                bootstrap.set_up(checkout, RUNTIME_LOCK)
        monkeypatch.setattr(Environment, "works", lambda _: True)
        steps.clear()
        bootstrap.set_up(checkout, RUNTIME_LOCK)
        assert steps == ["libraries", f"install {RUNTIME_LOCK}"]
        assert checkout.has_installed(RUNTIME_LOCK)

    def test_makes_a_broken_environment_anew_although_its_stamp_is_good(
        self, checkout: Environment, steps: list[str]
    ) -> None:
        """After an upgrade of the system's Python the old environment cannot start; it is replaced."""
        checkout.folder.mkdir()
        checkout.mark_installed(RUNTIME_LOCK)
        bootstrap.set_up(checkout, RUNTIME_LOCK)
        assert "make" in steps

    def test_counts_the_pins_of_a_lock(self) -> None:
        """Only package lines count, not their hashes."""
        assert bootstrap.count_pins(LOCK_TEXT) == 2

    def test_repeats_the_end_of_what_pip_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When pip fails its own words are shown, and then ours."""
        said = "print('first'); print('\\n' * 30 + 'HASHES DO NOT MATCH'); raise SystemExit(1)"
        monkeypatch.setattr(Environment, "program", lambda *_: sys.executable)
        (tmp_path / "pip.py").write_text(said)
        with pytest.raises(SetupError, match=r"(?s)^(?!.*first).*HASHES DO NOT MATCH.*start again"):
            bootstrap.run_pip(Environment(tmp_path), [])


class TestSystemLibraries:
    def test_only_linux_needs_some_of_the_system(self) -> None:
        """On macOS and Windows everything comes with the packages."""
        assert bootstrap_system.needed_libraries({"DISPLAY": ":0"}, "darwin") == ()
        assert bootstrap_system.needed_libraries({}, "win32") == ()

    def test_windows_need_more_than_an_off_screen_till(self) -> None:
        """A server without a display is not asked for the libraries of X11."""
        assert bootstrap_system.needed_libraries({}, "linux") == QT_LIBRARIES
        assert bootstrap_system.needed_libraries({"DISPLAY": ":0"}, "linux") == QT_LIBRARIES + WINDOW_LIBRARIES

    def test_finds_what_the_loader_does_not(self) -> None:
        """A library counts as missing exactly when loading it fails."""
        there, gone = SystemLibrary("libthere.so.1", "there"), SystemLibrary("libgone.so.1", "gone")

        def load(file: str) -> object:
            if file == gone.file:
                raise OSError(file)
            return object()

        assert bootstrap_system.missing_libraries([there, gone], load) == [gone]

    def test_finds_programs_on_the_path_and_in_their_own_folders(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Debian keeps PostgreSQL's own programs off the path, one folder for each version."""
        monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/there" if name == "there" else None)
        there, aside = SystemProgram("there", "there"), SystemProgram("aside", "aside", "usr/lib/aside/*/bin")
        gone = SystemProgram("gone", "gone")
        assert bootstrap_system.missing_programs([there, aside, gone], tmp_path) == [aside, gone]
        (tmp_path / "usr/lib/aside/15/bin").mkdir(parents=True)
        (tmp_path / "usr/lib/aside/15/bin/aside").touch()
        assert bootstrap_system.missing_programs([there, aside, gone], tmp_path) == [gone]

    def test_brings_what_the_tests_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """All that is missing at once, and nothing on systems without Debian's packages."""
        asked: list[list[str]] = []
        monkeypatch.setattr(bootstrap_system, "missing_programs", list)
        monkeypatch.setattr(bootstrap_system, "missing_libraries", lambda libraries: list(libraries)[:1])
        monkeypatch.setattr(bootstrap_system, "install_packages", lambda packages, _purpose: asked.append(packages))
        bootstrap_system.ensure_test_programs("darwin")
        assert asked == []
        bootstrap_system.ensure_test_programs("linux")
        programs = ["postgresql", "chromium", "chromium-driver", "xvfb", "openbox", "xdotool", "x11-xkb-utils"]
        assert asked == [[*programs, WINDOW_LIBRARIES[0].package]]

    def test_names_the_exact_command_to_everyone_but_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the right to install, the message is a command to paste."""
        monkeypatch.setattr(bootstrap_system, "is_root", lambda: False)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(bootstrap_system, "run_shell", lambda _: pytest.fail("installed without the right to"))
        command = r"sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 libgl1$"
        with pytest.raises(SetupError, match=command):
            bootstrap_system.install_packages(["libegl1", "libgl1"], "the till's window")

    def test_installs_as_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Root is not asked."""
        commands: list[str] = []

        def run_shell(command: str) -> tuple[str, int]:
            commands.append(command)
            return "", 0

        monkeypatch.setattr(bootstrap_system, "is_root", lambda: True)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(bootstrap_system, "run_shell", run_shell)
        bootstrap_system.install_packages(["python3.11-venv"], "virtual environments")
        assert commands == ["apt-get update && apt-get install -y --no-install-recommends python3.11-venv"]

    def test_names_the_packages_where_there_is_no_apt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On other systems the names help to find the equivalents."""
        monkeypatch.setattr("shutil.which", lambda _: None)
        with pytest.raises(SetupError, match="libegl1"):
            bootstrap_system.install_packages(["libegl1"], "the till's window")


class TestCommands:
    @pytest.fixture
    def calls(self, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        """Record the programs that would be started, by their names without the path."""
        started: list[list[str]] = []

        def call(command: list[str], **_variables: str) -> int:
            started.append([Path(command[0]).stem, *command[1:]])
            return 1 if "mypy" in started[-1] else 0

        monkeypatch.setattr(bootstrap, "call", call)
        monkeypatch.setattr(bootstrap, "ensure_test_programs", lambda _platform: None)
        return started

    @pytest.mark.parametrize(
        ("variables", "platform", "expected"),
        [
            ({}, "linux", False),
            ({"DISPLAY": ":0"}, "linux", True),
            ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
            ({}, "win32", True),
            ({}, "darwin", True),
        ],
    )
    def test_only_a_linux_without_x11_and_wayland_has_no_display(
        self, variables: dict[str, str], platform: str, expected: bool
    ) -> None:
        """Windows and macOS always have one."""
        assert bootstrap.has_display(variables, platform) is expected

    @pytest.mark.parametrize(("display", "expected"), [(True, ["demo"]), (False, ["demo", "--headless"])])
    def test_run_passes_further_arguments_to_the_till(
        self,
        checkout: Environment,
        calls: list[list[str]],
        monkeypatch: pytest.MonkeyPatch,
        display: bool,
        expected: list[str],
    ) -> None:
        """Without a display the same till runs off-screen."""
        monkeypatch.setattr(bootstrap, "has_display", lambda *_: display)
        assert bootstrap.run(checkout, ["--screenshots", "there"]) == 0
        assert calls == [["stammkunde", *expected, "--screenshots", "there"]]

    def test_every_module_it_can_run_is_there(self, checkout: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
        """A module that was moved must not be missed by a command that nobody runs every day."""
        asked: list[str] = []

        def run_module(_environment: Environment, module: str, _arguments: list[str], **_variables: str) -> int:
            asked.append(module)
            return 0

        monkeypatch.setattr(bootstrap, "run_module", run_module)
        monkeypatch.setattr(bootstrap, "ensure_test_programs", lambda _platform: None)
        for command in (bootstrap.test, bootstrap.bench, bootstrap.soak, bootstrap.shots):
            command(checkout, [])
        for module in asked:
            found = importlib.util.find_spec(module)
            assert found is not None, module
            assert found.submodule_search_locations is None or importlib.util.find_spec(f"{module}.__main__"), module
        source = Path(bootstrap.__file__).read_text("utf-8")
        assert len(asked) == source.count("return run_module("), "a command that this test does not know"

    @pytest.mark.parametrize(("processors", "processes"), [(1, 0), (2, 2), (16, 16)])
    def test_the_tests_use_every_processor_unless_told_otherwise(
        self, checkout: Environment, monkeypatch: pytest.MonkeyPatch, processors: int, processes: int
    ) -> None:
        """What a developer's variable says comes later and so counts; arguments come later still."""
        started: list[tuple[list[str], dict[str, str]]] = []

        def call(command: list[str], **variables: str) -> int:
            started.append((command, variables))
            return 0

        monkeypatch.setattr(bootstrap, "call", call)
        monkeypatch.setattr(bootstrap, "ensure_test_programs", lambda _platform: None)
        monkeypatch.setattr("os.sched_getaffinity", lambda _: range(processors), raising=False)
        monkeypatch.setenv("PYTEST_ADDOPTS", "-n 1 -x")
        assert bootstrap.test(checkout, ["-n", "0"]) == 0
        ((command, variables),) = started
        assert command[-2:] == ["-n", "0"]
        assert variables["PYTEST_ADDOPTS"] == f"--dist=worksteal --numprocesses={processes} -n 1 -x"

    def test_check_runs_everything_although_something_failed_and_then_fails(
        self, checkout: Environment, calls: list[list[str]]
    ) -> None:
        """One run shows all there is to mend; the tests come last, so that their result is the end of the output."""
        assert bootstrap.check(checkout, []) == 1
        programs = [command[0] for command in calls]
        assert programs == [command[0] for _, command in bootstrap.STATIC_CHECKS] + ["python"]
        assert calls[-1][1:5] == ["-m", "pytest", "tests", "-q"]
        assert "--cov" in calls[-1]

    def test_a_problem_of_set_up_is_one_message_and_exit_code_1(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nobody who sets up the till sees a traceback."""

        def no_network(*_: object) -> None:
            raise SetupError("Check the network connection.")

        monkeypatch.setattr(bootstrap, "set_up", no_network)
        assert bootstrap.main(["run"]) == 1
        assert capsys.readouterr().out == "Check the network connection.\n"

    def test_needs_nothing_but_the_standard_library(self) -> None:
        """The script starts on a Python that has no packages at all."""
        script = str(Path(bootstrap.__file__))
        answer = subprocess.run(
            [sys.executable, "-S", "-E", script, "--help"], capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0
        assert "Set up Stammkunde" in answer.stdout
