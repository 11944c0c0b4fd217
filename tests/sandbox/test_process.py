"""The sandbox as a process: loopback only, restarts, kills, big files."""

import hashlib
import json
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path

import pytest

from commsoffice.sandbox import seed
from commsoffice.stack import processes
from tests.sandbox.conftest import PAGE, Call
from tests.sandbox.process import ROOT, SandboxProcess

TOKEN = seed.PAGE_GOVERNMENT_TOKEN


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SandboxProcess]:
    """A sandbox of one's own, that may be killed."""
    process = SandboxProcess(tmp_path / "network")
    process.start()
    yield process
    process.kill()


def post(process: SandboxProcess, message: str) -> None:
    connection = HTTPConnection("127.0.0.1", process.http_port, timeout=60)
    body = json.dumps({"message": message, "access_token": TOKEN})
    connection.request("POST", f"/graph/v24.0/{PAGE}/feed", body, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 200
    connection.close()


def listening_addresses(pid: int) -> set[str]:
    """Addresses of all listening sockets of a process, as the kernel tells them."""
    inodes = {
        link.readlink().name.removeprefix("socket:[").rstrip("]")
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if "socket:" in str(link.readlink())
    }
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.add(fields[1].split(":")[0])
    return found


def test_it_listens_on_loopback_only(sandbox: SandboxProcess):
    # 127.0.0.1 in the byte order of the kernel's table
    assert listening_addresses(sandbox.pid) == {"0100007F"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:80", ""])
def test_it_refuses_names_that_are_not_loopback(http: Call, host: str):
    assert http("GET", "/control/state", None, {"Host": host})[0].status in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80"])
def test_it_answers_to_the_names_of_loopback(http: Call, host: str):
    assert http("GET", "/control/state", None, {"Host": host})[0].status == 200


def test_it_takes_no_form_from_another_site(http: Call):
    assert http("POST", "/vaciar/", {}, {"Origin": "http://evil.example"})[0].status == 403


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_everything_is_there_after_a_restart(own: SandboxProcess, end: str):
    post(own, "Antes de caer")
    with smtplib.SMTP("127.0.0.1", own.smtp_port, timeout=60) as client:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@medio.example", "b@medio.example", "Guardado"
        client.send_message(mail)
    own.fault("graph", "http_500", times=None)
    before = own.state()
    getattr(own, end)()
    own.start()
    assert own.state() == before


def test_a_torn_last_line_is_forgotten(own: SandboxProcess):
    post(own, "Entera")
    own.kill()
    with (own.data_dir / "journal.jsonl").open("ab") as journal:
        journal.write(b'["post", "half')
    own.start()
    assert [row["message"] for row in own.posts()] == ["Entera"]


def test_an_upload_session_survives_a_kill(own: SandboxProcess):
    connection = HTTPConnection("127.0.0.1", own.http_port, timeout=60)
    token_form = (
        f"grant_type=refresh_token&refresh_token={seed.GOOGLE_REFRESH_TOKEN}"
        f"&client_id={seed.GOOGLE_CLIENT_ID}&client_secret={seed.GOOGLE_CLIENT_SECRET}"
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/google/token", token_form, form)
    token = json.load(connection.getresponse())["access_token"]
    data = b"\0\0\0\x18ftypmp42" + bytes(1024 * 1024)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "X-Upload-Content-Length": str(len(data)),
    }
    body = json.dumps({"snippet": {"title": "Sobrevive"}, "status": {"privacyStatus": "private"}})
    path = "/youtube/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status"
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    session = answer.headers["Location"].removeprefix(own.http_url)
    half = 512 * 1024
    connection.request("PUT", session, data[:half], {"Content-Range": f"bytes 0-{half - 1}/{len(data)}"})
    assert connection.getresponse().status == 308
    connection.close()
    own.kill()
    own.start()
    rest = {"Content-Range": f"bytes {half}-{len(data) - 1}/{len(data)}"}
    connection.request("PUT", session, data[half:], rest)
    status = connection.getresponse().status
    connection.close()
    assert (status, own.videos()[0]["sha256"]) == (200, hashlib.sha256(data).hexdigest())


def test_sigterm_ends_it_at_once_even_while_it_answers(own: SandboxProcess):
    own.fault("graph", "stall", seconds=600)
    with socket.create_connection(("127.0.0.1", own.http_port)) as waiting:
        waiting.sendall(f"GET /graph/v24.0/me?access_token={TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert processes.wait_until(lambda: own.stalled() == 1, 60)
        # It is waited for much more briefly than the call would stand.
        assert own.stop() == 0


def refused_start(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "commsoffice.sandbox", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    return result.returncode, result.stderr


def test_two_can_not_share_a_directory(own: SandboxProcess):
    code, sentence = refused_start(
        "--data-dir", str(own.data_dir), "--http-port", "0", "--smtp-port", "0", "--imap-port", "0"
    )
    assert (code, sentence) == (1, f"Another sandbox is already using {own.data_dir}.\n")


def test_a_busy_port_gets_one_sentence(own: SandboxProcess, tmp_path: Path):
    arguments = [
        "--data-dir",
        str(tmp_path / "other"),
        "--smtp-port",
        "0",
        "--imap-port",
        "0",
        "--http-port",
        str(own.http_port),
    ]
    code, sentence = refused_start(*arguments)
    assert (code, sentence) == (
        1,
        f"The sandbox can't use port {own.http_port} for its pages: Address already in use.\n",
    )


def test_a_big_upload_does_not_fill_the_memory(own: SandboxProcess):
    size = 300 * 1024 * 1024
    boundary = "frontera"
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"access_token": TOKEN, "description": "Grande"}.items()
    )
    head = f'{fields}--{boundary}\r\nContent-Disposition: form-data; name="source"; filename="v.mp4"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    connection = HTTPConnection("127.0.0.1", own.http_port, timeout=60)
    connection.putrequest("POST", f"/graph-video/v24.0/{PAGE}/videos")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(head) + size + len(tail)))
    connection.endheaders(head)
    block = b"\0\0\0\x18ftypmp42" + bytes(1024 * 1024 - 12)
    for _ in range(size // len(block)):
        connection.send(block)
    connection.send(tail)
    assert connection.getresponse().status == 200
    connection.close()
    peak = next(
        int(line.split()[1])
        for line in Path(f"/proc/{own.pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    assert (own.posts()[0]["video"]["size"], peak < 150 * 1024) == (size, True)
