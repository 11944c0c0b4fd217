"""Make the virtual environment and install into it what the locked requirements say.

Runs before anything is installed, with whatever Python there is; so that an old one can say that it
is too old, this file keeps to the words that every Python understands (no f-strings, no annotations).
"""

import hashlib
import os
import subprocess
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.environ.get("VENV") or os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, ".installed")
REQUIREMENTS = [os.path.join(ROOT, "requirements", name) for name in ("runtime.txt", "development.txt")]


def refuse(sentence):
    """Stop with one clear sentence."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def wanted():
    """Return what the stamp says when the environment fits the lock files and this Python."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in REQUIREMENTS:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def runs():
    """Say whether there is an environment that runs; a moved folder or a removed Python leaves one that doesn't."""
    code = "import sys; sys.exit(sys.version_info[:2] != %r)" % (tuple(sys.version_info[:2]),)
    try:
        return subprocess.call([PYTHON, "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def fits():
    """Say whether the environment holds what is locked."""
    try:
        with open(STAMP) as file:
            return file.read().strip() == wanted() and runs()
    except (IOError, OSError):
        return False


def make_environment():
    """Make the virtual environment; return the command that is its pip."""
    if os.path.isdir(VENV) and os.listdir(VENV) and not os.path.exists(os.path.join(VENV, "pyvenv.cfg")):
        refuse("VENV=%s is a folder with something else in it, and is left alone; name another one." % VENV)
    make = [sys.executable, "-m", "venv", "--clear", VENV]
    if subprocess.call(make, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return [PYTHON, "-m", "pip"]
    # Debian splits ensurepip from Python; a pip beside that Python can install into the environment too.
    pip = [sys.executable, "-m", "pip"]
    has_pip = subprocess.call(pip + ["--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    if has_pip and subprocess.call(make + ["--without-pip"]) == 0:
        return pip + ["--python", PYTHON]
    refuse(
        "This Python cannot make a virtual environment with pip in it; on Debian and Ubuntu install it with"
        " `apt-get install python3-venv` and run again."
    )
    return []


def pip_of_environment():
    """Return the command that is pip for our environment; one that runs is brought up to date and never wiped."""
    if not runs():
        return make_environment()
    own = [PYTHON, "-m", "pip"]
    if subprocess.call(own + ["--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return own
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def main():
    """Install, unless everything is installed already."""
    if sys.version_info < NEEDED:
        refuse(
            "commsoffice needs Python %d.%d or newer, and this is Python %d.%d (%s); "
            "name a newer one: `make run PYTHON=python3.11`." % (NEEDED + sys.version_info[:2] + (sys.executable,))
        )
    if fits():
        return
    sys.stdout.write("Installing into %s (once, a minute or two) ...\n" % os.path.relpath(VENV, ROOT))
    sys.stdout.flush()
    pip = pip_of_environment()
    options = ["install", "--quiet", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.call(pip + options + ["--requirement", REQUIREMENTS[-1]]) != 0:
        refuse("The installation failed; what pip said stands above. Run again when it is mended.")
    with open(STAMP, "w") as file:
        file.write(wanted())


if __name__ == "__main__":
    main()
