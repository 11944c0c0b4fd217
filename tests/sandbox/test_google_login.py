"""Google's consent journey: the page, the code with PKCE, the refresh token, and what may be lost later."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import google.oauth2.credentials
import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request

from commsoffice.sandbox import seed
from tests.sandbox.conftest import Call
from tests.sandbox.process import SandboxProcess

BACK = "http://127.0.0.1:8000/mesa/redes/youtube/regreso/"
YOUTUBE = "https://www.googleapis.com/auth/youtube"
SCOPES = f"{YOUTUBE}.upload {YOUTUBE}.readonly"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
STATE = "estado ñ/+&="


def address(sandbox: SandboxProcess, **changes: str) -> str:
    query = {
        "client_id": seed.GOOGLE_CLIENT_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": SCOPES,
        "state": STATE,
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return f"{sandbox.google_auth_url}?{urlencode(query)}"


def returned(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(http: Call, code: str, **changes: str) -> tuple[int, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": seed.GOOGLE_CLIENT_ID,
        "client_secret": seed.GOOGLE_CLIENT_SECRET,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    answer, body = http("POST", "/google/token", form)
    return answer.status, body


def connect(sandbox: SandboxProcess, http: Call, **choices: Any) -> Any:
    """Go through the whole journey and return the tokens."""
    return exchange(http, returned(sandbox.consent(address(sandbox), **choices))["code"])[1]


def refresh(http: Call, token: str) -> tuple[int, Any]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": seed.GOOGLE_CLIENT_ID,
        "client_secret": seed.GOOGLE_CLIENT_SECRET,
    }
    answer, body = http("POST", "/google/token", form)
    return answer.status, body


def channels(http: Call, access_token: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {access_token}"}
    answer, body = http("GET", "/youtube/youtube/v3/channels?part=id,snippet&mine=true", None, headers)
    return answer.status, body


def test_the_page_asks_for_the_channel_and_the_permissions(sandbox: SandboxProcess, http: Call):
    page = http("GET", address(sandbox).removeprefix(sandbox.http_url))[1].decode()
    words = [seed.CHANNEL_TITLE, "Subir videos a su canal", "Ver su canal", "Continuar", "Cancelar"]
    assert [word in page for word in words] == [True] * 5


def test_the_person_comes_back_with_a_code_and_the_state_as_it_was(sandbox: SandboxProcess):
    location = sandbox.consent(address(sandbox))
    answer = returned(location)
    assert (location.startswith(f"{BACK}?"), answer["state"], answer["scope"], "code" in answer) == (
        True,
        STATE,
        SCOPES,
        True,
    )


def test_the_person_may_say_no(sandbox: SandboxProcess):
    assert returned(sandbox.consent(address(sandbox), answer="no")) == {"error": "access_denied", "state": STATE}


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/"},
        {"client_id": "otro"},
        {"response_type": "token"},
        {"scope": ""},
        {"scope": "https://www.googleapis.com/auth/drive"},
        {"code_challenge_method": "MD5"},
    ],
)
def test_a_wrong_question_leads_nowhere(sandbox: SandboxProcess, http: Call, changes: dict[str, str]):
    answer, _ = http("GET", address(sandbox, **changes).removeprefix(sandbox.http_url))
    assert (answer.status, answer.headers["Location"]) == (400, None)


def test_a_code_gives_tokens_and_the_channel(sandbox: SandboxProcess, http: Call):
    tokens = connect(sandbox, http)
    status, body = channels(http, tokens["access_token"])
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"], status, body["items"][0]["id"]) == (
        "Bearer",
        3599,
        SCOPES,
        200,
        seed.CHANNEL_ID,
    )


@pytest.mark.parametrize(
    ("changes", "given"),
    [
        ({}, True),
        ({"prompt": ""}, False),
        ({"access_type": "online"}, False),
    ],
)
def test_a_refresh_token_must_be_asked_for(
    sandbox: SandboxProcess, http: Call, changes: dict[str, str], *, given: bool
):
    code = returned(sandbox.consent(address(sandbox, **changes)))["code"]
    assert ("refresh_token" in exchange(http, code)[1]) is given


def test_the_first_consent_gives_a_refresh_token_unasked(sandbox: SandboxProcess, http: Call):
    sandbox.revoke_google()
    code = returned(sandbox.consent(address(sandbox, prompt="")))["code"]
    assert "refresh_token" in exchange(http, code)[1]


def test_googles_library_refreshes_with_it(sandbox: SandboxProcess, http: Call):
    credentials = google.oauth2.credentials.Credentials(
        None,
        refresh_token=connect(sandbox, http)["refresh_token"],
        token_uri=sandbox.google_token_url,
        client_id=seed.GOOGLE_CLIENT_ID,
        client_secret=seed.GOOGLE_CLIENT_SECRET,
    )
    credentials.refresh(Request())
    assert channels(http, str(credentials.token))[0] == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "inventado"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8000/"}, "redirect_uri_mismatch"),
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"client_secret": "otro"}, "invalid_client"),
    ],
)
def test_a_wrong_exchange_is_refused(sandbox: SandboxProcess, http: Call, changes: dict[str, str], error: str):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    status, body = exchange(http, **{"code": code, **changes})
    assert (status >= 400, body["error"]) == (True, error)


def test_a_code_is_good_once(sandbox: SandboxProcess, http: Call):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    exchange(http, code)
    assert exchange(http, code)[1]["error"] == "invalid_grant"


def test_a_code_is_good_for_ten_minutes(sandbox: SandboxProcess, http: Call):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    sandbox.clock(601)
    assert exchange(http, code)[1]["error"] == "invalid_grant"


def test_a_code_without_pkce_needs_no_verifier(sandbox: SandboxProcess, http: Call):
    code = returned(sandbox.consent(address(sandbox, code_challenge="")))["code"]
    assert exchange(http, code, code_verifier="")[0] == 200


def test_an_access_token_lives_for_an_hour(sandbox: SandboxProcess, http: Call):
    tokens = connect(sandbox, http)
    sandbox.clock(3700)
    assert (channels(http, tokens["access_token"])[0], refresh(http, tokens["refresh_token"])[0]) == (401, 200)


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_a_revoked_token_takes_the_others_with_it(sandbox: SandboxProcess, http: Call, which: str):
    tokens = connect(sandbox, http)
    status = http("POST", "/google/revoke", {"token": tokens[which]})[0].status
    assert (status, channels(http, tokens["access_token"])[0], refresh(http, tokens["refresh_token"])[1]["error"]) == (
        200,
        401,
        "invalid_grant",
    )


@pytest.mark.parametrize("token", ["inventado", ""])
def test_an_unknown_token_can_not_be_revoked(http: Call, token: str):
    answer, body = http("POST", "/google/revoke", {"token": token})
    assert (answer.status, body["error"]) == (400, "invalid_token")


def test_a_consent_may_be_taken_back_behind_the_offices_back(
    sandbox: SandboxProcess, credentials: google.oauth2.credentials.Credentials
):
    sandbox.revoke_google()
    with pytest.raises(RefreshError, match="invalid_grant"):
        credentials.refresh(Request())


def test_what_was_not_granted_is_refused(sandbox: SandboxProcess, http: Call):
    tokens = connect(sandbox, http, granted=[f"{YOUTUBE}.upload"])
    status, body = channels(http, tokens["access_token"])
    assert (tokens["scope"], status, body["error"]["errors"][0]["reason"]) == (
        f"{YOUTUBE}.upload",
        403,
        "insufficientPermissions",
    )


def test_no_secret_stands_in_the_state(sandbox: SandboxProcess, http: Call):
    tokens = connect(sandbox, http)
    http("POST", f"/google/revoke?token={tokens['access_token']}")
    assert [tokens[name] in str(sandbox.state()) for name in ("access_token", "refresh_token")] == [False, False]
