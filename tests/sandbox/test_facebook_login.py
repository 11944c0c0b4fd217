"""Facebook's login journey: the dialog, the code, the long-lived token, the pages, and what may be lost later."""

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import facebook
import pytest

from commsoffice.sandbox import seed
from tests.sandbox.conftest import PAGE, Call
from tests.sandbox.process import SandboxProcess

BACK = "http://localhost:8000/mesa/redes/facebook/regreso/"
SCOPES = "pages_show_list,pages_manage_posts,pages_read_engagement"
STATE = "a b/ñ+%3D&x=1"
EXCHANGE = "/graph/v24.0/oauth/access_token"
DAY = 24 * 3600


def address(sandbox: SandboxProcess, **changes: str) -> str:
    query = {"client_id": seed.APP_ID, "redirect_uri": BACK, "state": STATE, "scope": SCOPES, **changes}
    return f"{sandbox.facebook_dialog_url}?{urlencode(query)}"


def returned(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(http: Call, **fields: str) -> tuple[int, Any]:
    known = {"client_id": seed.APP_ID, "client_secret": seed.APP_SECRET, "redirect_uri": BACK}
    answer, body = http("GET", f"{EXCHANGE}?{urlencode({**known, **fields})}")
    return answer.status, body


def log_in(sandbox: SandboxProcess, http: Call, **choices: Any) -> str:
    """Go through the whole journey and return the long-lived token of the person."""
    code = returned(sandbox.consent(address(sandbox), **choices))["code"]
    short = exchange(http, code=code)[1]["access_token"]
    return str(exchange(http, grant_type="fb_exchange_token", fb_exchange_token=short)[1]["access_token"])


def get(http: Call, path: str, token: str, **query: str) -> Any:
    return http("GET", f"/graph/v24.0/{path}?{urlencode({'access_token': token, **query})}")[1]


def inspect(http: Call, token: str) -> Any:
    return get(http, "debug_token", f"{seed.APP_ID}|{seed.APP_SECRET}", input_token=token)["data"]


def error_of(body: Any) -> tuple[int, int | None]:
    return body["error"]["code"], body["error"].get("error_subcode")


def test_the_dialog_asks_in_spanish_for_pages_and_permissions(sandbox: SandboxProcess, http: Call):
    page = http("GET", address(sandbox).removeprefix(sandbox.http_url))[1].decode()
    words = ["Continuar como Comunicación Social Amatista", "Cancelar", seed.PAGE_PROTECTION_NAME, "Publicar en sus"]
    assert [word in page for word in words] == [True] * 4


def test_the_person_comes_back_with_a_code_and_the_state_as_it_was(sandbox: SandboxProcess):
    location = sandbox.consent(address(sandbox))
    answer = returned(location)
    assert (location.startswith(f"{BACK}?"), sorted(answer), answer["state"]) == (True, ["code", "state"], STATE)


def test_the_person_may_say_no(sandbox: SandboxProcess):
    answer = returned(sandbox.consent(address(sandbox), answer="no"))
    assert (answer["error"], answer["error_reason"], answer["state"]) == ("access_denied", "user_denied", STATE)


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://localhost.evil.example/"},
        {"redirect_uri": "http://user@localhost/"},
        {"redirect_uri": "http://localhost:99999/"},
        {"redirect_uri": ""},
        {"client_id": "1"},
        {"scope": "volcano"},
        {"response_type": "token"},
    ],
)
def test_a_wrong_question_leads_nowhere(sandbox: SandboxProcess, http: Call, changes: dict[str, str]):
    path = address(sandbox, **changes).removeprefix(sandbox.http_url)
    answers = [http(method, path)[0] for method in ("GET", "POST")]
    assert [(answer.status, answer.headers["Location"]) for answer in answers] == [(400, None)] * 2


def test_a_code_gives_a_short_token(sandbox: SandboxProcess, http: Call):
    status, body = exchange(http, code=returned(sandbox.consent(address(sandbox)))["code"])
    assert (status, body["token_type"], body["expires_in"]) == (200, "bearer", 7200)


def test_a_code_is_good_once(sandbox: SandboxProcess, http: Call):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    exchange(http, code=code)
    status, body = exchange(http, code=code)
    assert (status, error_of(body)) == (400, (100, 36009))


def test_a_code_is_good_for_ten_minutes(sandbox: SandboxProcess, http: Call):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    sandbox.clock(601)
    assert error_of(exchange(http, code=code)[1]) == (100, 36007)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"redirect_uri": "http://localhost:8000/"}, (100, 36008)),
        ({"client_secret": "otro"}, (1, None)),
        ({"client_id": "1"}, (101, None)),
        ({"code": "inventado"}, (100, None)),
        ({"code": ""}, (100, None)),
    ],
)
def test_a_wrong_exchange_is_refused(sandbox: SandboxProcess, http: Call, fields: dict[str, str], error: object):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    assert error_of(exchange(http, **{"code": code, **fields})[1]) == error


def test_a_long_token_lives_for_sixty_days(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http)
    now = sandbox.call("GET", "/control/clock")["now"]
    assert (inspect(http, token)["expires_at"] - now) // DAY in {59, 60}


def test_an_expired_token_is_told(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http)
    sandbox.clock(61 * DAY)
    data = inspect(http, token)
    assert (error_of(get(http, "me", token)), data["is_valid"], data["error"]["subcode"]) == ((190, 463), False, 463)


def test_the_pages_token_of_a_long_token_has_no_end(sandbox: SandboxProcess, http: Call):
    pages = get(http, "me/accounts", log_in(sandbox, http))["data"]
    token = next(page["access_token"] for page in pages if page["id"] == PAGE)
    sandbox.clock(400 * DAY)
    data = inspect(http, token)
    assert (data["type"], data["profile_id"], data["expires_at"], data["is_valid"]) == ("PAGE", PAGE, 0, True)


def test_the_pages_token_of_a_short_token_ends_with_it(sandbox: SandboxProcess, http: Call):
    code = returned(sandbox.consent(address(sandbox)))["code"]
    short = exchange(http, code=code)[1]["access_token"]
    page_token = get(http, PAGE, short, fields="access_token")["access_token"]
    sandbox.clock(3 * 3600)
    assert error_of(get(http, "me", page_token)) == (190, 463)


def test_the_person_may_choose_one_page(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http, accounts=[seed.PAGE_PROTECTION_ID])
    assert [page["id"] for page in get(http, "me/accounts", token)["data"]] == [seed.PAGE_PROTECTION_ID]


def test_a_declined_permission_is_told_and_missed(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http, granted=["public_profile", "pages_show_list", "pages_read_engagement"])
    permissions = {row["permission"]: row["status"] for row in get(http, "me/permissions", token)["data"]}
    page_token = get(http, PAGE, token, fields="access_token")["access_token"]
    answer, body = http("POST", f"/graph/v24.0/{PAGE}/feed", {"message": "Hola", "access_token": page_token})
    assert (permissions["pages_manage_posts"], answer.status, error_of(body)) == ("declined", 403, (200, None))


def test_a_journey_ends_in_a_post(sandbox: SandboxProcess, http: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", sandbox.graph_url)
    person = facebook.GraphAPI(log_in(sandbox, http), timeout=60)
    person.version = "v24.0"
    page = person.get_connections("me", "accounts")["data"][0]
    api = facebook.GraphAPI(page["access_token"], timeout=60)
    api.version = "v24.0"
    api.put_object(page["id"], "feed", message="Conectada")
    assert [post["message"] for post in sandbox.posts(page["id"])] == ["Conectada"]


@pytest.mark.parametrize(
    ("reason", "subcode"),
    [("app_removed", 458), ("checkpoint", 459), ("password_changed", 460), ("expired_token", 463)],
)
def test_tokens_may_be_revoked_behind_the_offices_back(sandbox: SandboxProcess, http: Call, reason: str, subcode: int):
    sandbox.revoke_facebook(reason)
    data = inspect(http, seed.PAGE_GOVERNMENT_TOKEN)
    assert (error_of(get(http, PAGE, seed.PAGE_GOVERNMENT_TOKEN)), data["is_valid"], data["error"]["subcode"]) == (
        (190, subcode),
        False,
        subcode,
    )


def test_one_token_alone_may_be_revoked(sandbox: SandboxProcess, http: Call):
    sandbox.revoke_facebook("password_changed", seed.PAGE_GOVERNMENT_TOKEN)
    assert inspect(http, seed.PAGE_PROTECTION_TOKEN)["is_valid"] is True


def test_a_new_login_heals_what_was_revoked(sandbox: SandboxProcess, http: Call):
    sandbox.revoke_facebook()
    token = log_in(sandbox, http)
    page_token = get(http, PAGE, token, fields="access_token")["access_token"]
    data = inspect(http, page_token)
    assert (data["is_valid"], sorted(data["scopes"])) == (True, sorted(["public_profile", *SCOPES.split(",")]))


def test_a_lost_permission_shows_in_the_token(sandbox: SandboxProcess, http: Call):
    sandbox.grant_facebook(scopes=["pages_show_list"])
    assert inspect(http, seed.PAGE_GOVERNMENT_TOKEN)["scopes"] == ["pages_show_list"]


def test_a_lost_role_ends_the_pages_token(sandbox: SandboxProcess, http: Call):
    sandbox.grant_facebook(pages=[seed.PAGE_PROTECTION_ID])
    assert error_of(get(http, PAGE, seed.PAGE_GOVERNMENT_TOKEN)) == (190, 492)


def test_what_the_person_may_do_on_a_page_is_told(sandbox: SandboxProcess, http: Call):
    sandbox.grant_facebook(tasks=["ANALYZE"])
    assert get(http, "me/accounts", log_in(sandbox, http))["data"][0]["tasks"] == ["ANALYZE"]


def test_the_office_may_give_its_permissions_back(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http)
    answer = http("DELETE", f"/graph/v24.0/me/permissions?access_token={token}")[1]
    assert (answer, error_of(get(http, "me", token))) == ({"success": True}, (190, 458))


@pytest.mark.parametrize(("secret", "status"), [(seed.APP_SECRET, 200), ("otro", 400)])
def test_a_proof_of_the_apps_secret_is_checked(sandbox: SandboxProcess, http: Call, secret: str, status: int):
    token = seed.PAGE_GOVERNMENT_TOKEN
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert http("GET", f"/graph/v24.0/me?access_token={token}&appsecret_proof={proof}")[0].status == status


def test_no_secret_stands_in_the_record_of_calls(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http)
    assert [secret in str(sandbox.state()) for secret in (token, seed.APP_SECRET)] == [False, False]


def test_a_login_survives_a_restart(sandbox: SandboxProcess, http: Call):
    token = log_in(sandbox, http)
    sandbox.kill()
    sandbox.start()
    assert inspect(http, token)["is_valid"] is True


def test_an_unknown_reason_is_refused(http: Call):
    answer, _ = http("POST", "/control/facebook/revoke", b'{"reason": "volcano"}', {"Content-Type": "application/json"})
    assert answer.status == 400
