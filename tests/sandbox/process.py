"""The sandbox as a process of its own, as tests start, steer and kill it."""

import json
import re
import signal
import subprocess
import sys
import time
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from commsoffice.sandbox import seed

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# Far more than any answer takes; a machine that is busy elsewhere takes its time.
PATIENCE = 60


class SandboxProcess:
    """One simulated network over a directory; it may be killed and started again on the same ports."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.http_port = 0
        self.smtp_port = 0
        self.imap_port = 0
        self._process: subprocess.Popen[bytes] | None = None

    # Life

    def start(self) -> None:
        """Start it and wait until it answers; a second start takes the ports of the first."""
        ready = self.data_dir.parent / f"{self.data_dir.name}.ready"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "commsoffice.sandbox", "--data-dir", str(self.data_dir)]
        command += ["--http-port", str(self.http_port), "--smtp-port", str(self.smtp_port)]
        command += ["--imap-port", str(self.imap_port), "--ready-file", str(ready)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The sandbox did not start; exit code {self._process.poll()}.")
            time.sleep(0.02)
        ports = json.loads(ready.read_text())
        self.http_port, self.smtp_port, self.imap_port = (ports[f"{name}_port"] for name in ("http", "smtp", "imap"))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def stop(self) -> int:
        """End it with SIGTERM and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it with SIGKILL, at whatever point it is, and return its exit code."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        # Unlike os.kill, it leaves a process alone that has already ended.
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)

    # Addresses, as the settings of the house take them

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def email_url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp_port}"

    @property
    def imap_url(self) -> str:
        return f"imap://{seed.IMAP_USER}:{seed.IMAP_PASSWORD}@127.0.0.1:{self.imap_port}/INBOX"

    @property
    def graph_url(self) -> str:
        return f"{self.http_url}/graph/"

    @property
    def video_url(self) -> str:
        return f"{self.http_url}/graph-video/"

    @property
    def facebook_dialog_url(self) -> str:
        return f"{self.http_url}/facebook/dialog/oauth"

    @property
    def google_auth_url(self) -> str:
        return f"{self.http_url}/google/o/oauth2/v2/auth"

    @property
    def google_revoke_url(self) -> str:
        return f"{self.http_url}/google/revoke"

    @property
    def youtube_root_url(self) -> str:
        return f"{self.http_url}/youtube/"

    @property
    def google_token_url(self) -> str:
        return f"{self.http_url}/google/token"

    # Levers

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call a lever and return its JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.http_url}{path}", data, {"Content-Type": "application/json"}, method=method)  # noqa: S310 - loopback
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def reset(self) -> None:
        """Empty the network; the faults go too."""
        self.call("POST", "/control/reset")

    def fault(
        self,
        service: str,
        fault: str,
        *,
        match: dict[str, str] | None = None,
        times: int | None = 1,
        skip: int = 0,
        **params: object,
    ) -> None:
        """Switch a fault on: service graph, youtube, token, smtp or imap; see commsoffice/sandbox/faults.py."""
        body = {"service": service, "fault": fault, "match": match, "times": times, "skip": skip, "params": params}
        self.call("POST", "/control/faults", body)

    def clear_faults(self) -> None:
        self.call("DELETE", "/control/faults")

    def stalled(self) -> int:
        """How many calls stand still because of a «stall»."""
        return int(self.call("GET", "/control/stalls")["standing"])

    def let_go(self, *, drop: bool = False) -> None:
        """Let what stands still go on, or end it as if it had never arrived."""
        self.call("DELETE", f"/control/stalls?drop={int(drop)}")

    def clock(self, offset: float) -> None:
        """Set the network's clock ahead of the machine's, in seconds; a reset sets it right."""
        self.call("POST", "/control/clock", {"offset": offset})

    def deliver(self, message: bytes) -> int:
        """Put a message, as it is, into the return mailbox and return its number there."""
        request = Request(f"{self.http_url}/control/mailbox", message, {"Content-Type": "message/rfc822"})  # noqa: S310 - loopback
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            return int(json.load(answer)["uid"])

    def renumber_mailbox(self) -> None:
        """Give every message of the return mailbox another number, under another UIDVALIDITY."""
        self.call("POST", "/control/mailbox/renumber")

    def consent(
        self, address: str, *, accounts: list[str] | None = None, granted: list[str] | None = None, answer: str = "yes"
    ) -> str:
        """Answer a consent page, Facebook's or Google's, as a person would; return the address it leads back to.

        None ticks everything; answer "no" is «Cancelar».
        """
        with urlopen(address, timeout=PATIENCE) as page:  # noqa: S310 - loopback
            html = page.read().decode()
        fields = [
            (unescape(name), unescape(value))
            for name, value in re.findall(r'name="(\w+)"\s+value="([^"]*)"', html)
            if name != "answer"
        ]
        ticked = {"account": accounts, "granted": granted}
        chosen = [(name, value) for name, value in fields if value in (ticked.get(name) or [value])]
        parts = urlsplit(address)
        connection = HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
        try:
            form = urlencode([*chosen, ("answer", answer)])
            connection.request("POST", parts.path, form, {"Content-Type": "application/x-www-form-urlencoded"})
            return connection.getresponse().headers["Location"]
        finally:
            connection.close()

    def revoke_facebook(self, reason: str = "app_removed", token: str = "") -> None:
        """Make one of Facebook's tokens or all worthless: app_removed, password_changed, checkpoint, expired_token."""
        self.call("POST", "/control/facebook/revoke", {"reason": reason, "token": token})

    def grant_facebook(self, **changes: list[str]) -> None:
        """Set the scopes or pages that the office has, or the tasks of the person on them, behind its back."""
        self.call("POST", "/control/facebook/grant", changes)

    def revoke_google(self, token: str = "") -> None:
        """Take back one of Google's tokens or all."""
        self.call("POST", "/control/google/revoke", {"token": token})

    def quota(self, **units: int) -> dict[str, Any]:
        """Set YouTube's daily units of insert, search or pool; return the limits and what is used."""
        summary: dict[str, Any] = self.call("POST", "/control/quota", units)
        return summary

    # Looking

    def state(self) -> dict[str, Any]:
        """Everything that is live; see commsoffice/sandbox/state.py."""
        state: dict[str, Any] = self.call("GET", "/control/state")
        return state

    def inbox(self, recipient: str = "") -> list[dict[str, Any]]:
        """The messages that arrived, oldest first; with a recipient only those to that address."""
        mails: list[dict[str, Any]] = self.call("GET", f"/control/inbox?{urlencode({'recipient': recipient})}")
        return mails

    def mailbox(self) -> list[dict[str, Any]]:
        """What lies in the return mailbox, oldest first, with folder, uid and flags."""
        mails: list[dict[str, Any]] = self.call("GET", "/control/mailbox")
        return mails

    def posts(self, page_id: str = "100000000000001") -> list[dict[str, Any]]:
        """The posts of a page that the public sees, newest first."""
        posts: list[dict[str, Any]] = self.state()["facebook"][page_id]["posts"]
        return [post for post in posts if post["is_published"]]

    def videos(self, channel_id: str = "UCsandboxAmatistaTV00001") -> list[dict[str, Any]]:
        """The videos of a channel, newest first, whoever may see them."""
        videos: list[dict[str, Any]] = self.state()["youtube"][channel_id]["videos"]
        return videos

    def count(self, call: str) -> int:
        """How often something was called, as in count("graph POST /100000000000001/feed")."""
        number: int = self.state()["counts"].get(call, 0)
        return number
