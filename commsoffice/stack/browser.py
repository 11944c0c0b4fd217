"""The browser of the browser tests: found, or installed where that is possible."""

import os
import shutil
import subprocess
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HOW = "install Chromium (`apt-get install chromium`) or set CHROMIUM_BIN to one"


def find() -> str | None:
    """Return the program of an installed Chromium; CHROMIUM_BIN goes first."""
    given = os.environ.get("CHROMIUM_BIN", "")
    candidates = (given,) if given else (*_NAMES, str(_MAC))
    return next((found for name in candidates if (found := shutil.which(name))), None)


def install() -> str | None:
    """Install Chromium where we are root on Debian; return its program, or None where that isn't so or fails."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None or os.environ.get("CHROMIUM_BIN"):
        return None
    print("No Chromium here; installing it for the browser tests …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
        done = subprocess.run(
            [apt, "--quiet", "--quiet", *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"apt-get {arguments[0]} failed: {done.stderr.strip().splitlines()[-1:]}")
    return find()
