"""The secrets of development: made once on each machine, readable by their owner only."""

import base64
import json
import os
import secrets
from pathlib import Path


def load(path: Path) -> dict[str, str]:
    """Return SECRET_KEY, TOKEN_KEYS (one Fernet key) and the password of the embedded Redis."""
    if not path.exists():
        keys = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "TOKEN_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "REDIS_PASSWORD": secrets.token_urlsafe(24),
        }
        # Written beside and renamed, so that a crash leaves either no keys or all of them.
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(keys, file)
        draft.rename(path)
    return dict(json.loads(path.read_text()))
