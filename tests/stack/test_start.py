import os
import socket
import stat
import subprocess
import sys

import pytest
import yaml

from commsoffice.celery import app
from commsoffice.stack import development, guards, keys, ports
from commsoffice.stack.paths import ROOT, Paths
from commsoffice.stack.refusal import Refusal


def test_a_busy_port_is_one_sentence_with_the_way_out(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(Refusal) as refusal:
            ports.web()
    sentence, _, way_out = str(refusal.value).partition("`")
    assert sentence == f"Port {port} is taken by another program; choose another one: "
    assert way_out.startswith("PORT=")
    assert way_out.endswith(" make run`.")


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Refusal) as refusal:
        ports.web()
    assert str(refusal.value) == f"PORT must be a number between 1 and 65535, not «{port}»."


def test_an_old_python_gets_one_sentence():
    source = (ROOT / "commsoffice/stack/bootstrap.py").read_text()
    older = f"import sys; sys.version_info = (3, 9, 2); __file__ = {str(ROOT / 'commsoffice/stack/bootstrap.py')!r}\n"
    done = subprocess.run([sys.executable, "-c", older + source], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"commsoffice needs Python 3.11 or newer, and this is Python 3.9 ({sys.executable}); "
        "name a newer one: `make run PYTHON=python3.11`.\n"
    )


def test_the_first_file_keeps_to_what_old_pythons_understand():
    text = (ROOT / "commsoffice/stack/bootstrap.py").read_bytes().decode("ascii")
    compile(text, "bootstrap.py", "exec", flags=0)
    for newer in ('f"', "f'", ":=", "->", "match ", "async ", "[*", "(*"):
        assert newer not in text


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "precious").write_text("kept")
    done = subprocess.run(
        [sys.executable, str(ROOT / "commsoffice/stack/bootstrap.py")],
        env={**os.environ, "VENV": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_make_passes_over_a_python_that_does_not_run(tmp_path):
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    (tmp_path / "python3.11").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "python3.11").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    environment.pop("PYTHON", None)
    shown = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "install"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown == "python3.11 commsoffice/stack/bootstrap.py\n"


def test_keys_are_made_once_and_for_their_owner_only(tmp_path):
    path = tmp_path / "keys.json"
    first = keys.load(path)
    assert keys.load(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_coverage_py_is_not_installed():
    assert list(guards.shadows()) == []


def queues_of(commands):
    return {command[command.index("--queues") + 1] for command in commands if "--queues" in command}


def test_every_queue_has_a_worker_of_its_own(tmp_path):
    router = app.amqp.router
    wanted = {router.route({}, name)["queue"].name for name in app.tasks if not name.startswith("celery.")}
    places = Paths(tmp_path)
    here = queues_of(
        program.command for program in development._office(places, development.addresses(places, 8000), 8000)
    )
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    there = queues_of(service.get("command", []) for service in services.values())
    assert (wanted, here, there) == ({"celery", "media", "uploads"},) * 3


def test_a_long_file_and_a_registry_are_found(tmp_path):
    (tmp_path / "long.py").write_text("x\n" * 601)
    (tmp_path / "lock.txt").write_text(f"from https://{guards.REGISTRIES[0]}/simple")
    files = sorted(tmp_path.iterdir())
    assert list(guards.too_long(files, tmp_path)) == ["long.py has 601 lines, and 600 are the limit"]
    assert list(guards.registries(files, tmp_path)) == [f"lock.txt names {guards.REGISTRIES[0]}"]
