"""What both networks' consent has in common: where one may return to, and codes that are good once and briefly."""

import secrets
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, render_template

from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import CONTENT_SECURITY_POLICY, LOOPBACK_NAMES

CODE_LIFETIME = 600

# Browsers hold the answer to a form to the form's own policy: it leads back to the office.
CONSENT_POLICY = CONTENT_SECURITY_POLICY.replace(
    "form-action 'self'", "form-action 'self' http://localhost:* http://127.0.0.1:*"
)


class CodeRefused(Exception):
    """The code can't be exchanged; `reason` is unknown, used, expired or redirect."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_registered(address: str) -> bool:
    """Whether a consent may lead back to this address: those of this machine are all registered."""
    parts = urlsplit(address)
    try:
        ours = parts.hostname in LOOPBACK_NAMES and parts.port != 0
    except ValueError:
        return False
    return ours and parts.scheme == "http" and not parts.fragment and parts.username is None


def issue_code(store: Store, network_name: str, prefix: str, **facts: object) -> str:
    """Write down what was consented to and return the code that stands for it."""
    code = prefix + secrets.token_urlsafe(48)
    record = {"network": network_name, "issued": store.now(), "used": False, **facts}
    store.put("code", code, record)
    return code


def redeem(store: Store, network_name: str, code: str, redirect_uri: str) -> Record:
    """Use a code up and return what was consented to. Raises CodeRefused."""
    with store.lock:
        record = store.get("code", code)
        if record is None or record["network"] != network_name:
            raise CodeRefused("unknown")
        if record["used"]:
            raise CodeRefused("used")
        if record["issued"] + CODE_LIFETIME < store.now():
            raise CodeRefused("expired")
        if record["redirect_uri"] != redirect_uri:
            raise CodeRefused("redirect")
        store.put("code", code, {**record, "used": True})
    return record


def back_to(address: str, fragment: str = "", **parameters: str) -> Response:
    """Send the browser back to the office; parameters without a value are left out."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    separator = "&" if urlsplit(address).query else "?"
    answer = redirect(f"{address}{separator}{query}{fragment}", 302, Response)
    assert isinstance(answer, Response)  # noqa: S101 - redirect() returns the class that it is given
    return answer


def consent_page(**shown: object) -> Response:
    """Ask a person: which accounts, which permissions, yes or no."""
    response = Response(render_template("consent.html", **shown))
    response.headers["Content-Security-Policy"] = CONSENT_POLICY
    return response


def refusal_page(title: str, reason: str) -> Response:
    """Tell a person that the office asked wrongly; nothing leads back to it."""
    return Response(render_template("consent_refused.html", title=title, reason=reason), status=400)
