"""Google's consent page."""

from flask import Blueprint, Response, request

from commsoffice.sandbox import oauth, seed
from commsoffice.sandbox.web import network

login = Blueprint("google_login", __name__)

YOUTUBE_SCOPE = "https://www.googleapis.com/auth/youtube"
SCOPES = {
    "openid": "Saber quién es usted",
    "email": "Ver su correo electrónico",
    "profile": "Ver su nombre y su foto",
    YOUTUBE_SCOPE: "Administrar su canal de YouTube",
    f"{YOUTUBE_SCOPE}.upload": "Subir videos a su canal de YouTube",
    f"{YOUTUBE_SCOPE}.readonly": "Ver su canal de YouTube",
    f"{YOUTUBE_SCOPE}.force-ssl": "Ver, editar y borrar los videos de su canal de YouTube",
}
KEPT = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "access_type", "prompt"),
    *("code_challenge", "code_challenge_method"),
)


@login.route("/google/o/oauth2/v2/auth", methods=["GET", "POST"])
def consent() -> Response:
    """Ask the person, and lead back to the office with a code or with a refusal."""
    asked = list(dict.fromkeys(request.values.get("scope", "").split()))
    refusal = _refusal(asked)
    if refusal is not None:
        return refusal
    if request.method == "GET":
        return _page(asked)
    store, redirect_uri, state = network().store, request.values["redirect_uri"], request.values.get("state", "")
    granted = [scope for scope in asked if scope in request.form.getlist("granted")]
    channel = store.get("channel", request.form.get("account", ""))
    if request.form.get("answer") != "yes" or not granted or channel is None:
        return oauth.back_to(redirect_uri, error="access_denied", state=state)
    code = oauth.issue_code(
        store,
        "google",
        "4/0A",
        redirect_uri=redirect_uri,
        channel=channel["id"],
        scopes=" ".join(granted),
        offline=request.values.get("access_type") == "offline",
        asked_again="consent" in request.values.get("prompt", "").split(),
        challenge=request.values.get("code_challenge", ""),
        challenge_method=request.values.get("code_challenge_method", "plain"),
    )
    return oauth.back_to(
        redirect_uri, state=state, code=code, scope=" ".join(granted), prompt=request.values.get("prompt", "")
    )


def _refusal(asked: list[str]) -> Response | None:
    if request.values.get("client_id") != seed.GOOGLE_CLIENT_ID:
        return oauth.refusal_page("Acceso bloqueado", "Error 401: invalid_client. The OAuth client was not found.")
    if not oauth.is_registered(request.values.get("redirect_uri", "")):
        return oauth.refusal_page(
            "Acceso bloqueado", "Error 400: redirect_uri_mismatch. La dirección de retorno no está registrada."
        )
    if request.values.get("response_type") != "code":
        return oauth.refusal_page("Acceso bloqueado", "Error 400: invalid_request. Falta response_type=code.")
    if not asked or any(scope not in SCOPES for scope in asked):
        return oauth.refusal_page("Acceso bloqueado", "Error 400: invalid_scope.")
    if request.values.get("code_challenge_method", "plain") not in {"plain", "S256"}:
        return oauth.refusal_page("Acceso bloqueado", "Error 400: invalid_request. code_challenge_method.")
    return None


def _page(asked: list[str]) -> Response:
    return oauth.consent_page(
        network="Google",
        heading="La oficina de comunicación quiere acceder a su canal",
        account_words="Canal",
        account_input="radio",
        accounts=[(channel["id"], channel["title"]) for channel in network().store.all("channel")],
        scopes=[(scope, SCOPES[scope]) for scope in asked],
        kept={name: request.args[name] for name in KEPT if name in request.args},
        yes="Continuar",
    )
