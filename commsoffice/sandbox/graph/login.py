"""Facebook's login dialog, and what its code is exchanged for."""

import hashlib
import hmac

from flask import Blueprint, Response, request

from commsoffice.sandbox import oauth, seed
from commsoffice.sandbox.graph import grants
from commsoffice.sandbox.graph.errors import GraphError, invalid_parameter, invalid_token
from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import network

login = Blueprint("facebook_login", __name__)

SCOPES = {
    "public_profile": "Ver su nombre y su foto",
    "email": "Ver su correo electrónico",
    "business_management": "Administrar su empresa",
    "pages_show_list": "Ver la lista de sus páginas",
    "pages_manage_posts": "Publicar en sus páginas",
    "pages_manage_engagement": "Moderar comentarios de sus páginas",
    "pages_manage_metadata": "Administrar la configuración de sus páginas",
    "pages_read_engagement": "Leer lo que publican sus páginas",
    "pages_read_user_content": "Leer lo que otros escriben en sus páginas",
    "pages_messaging": "Conversar desde sus páginas",
    "read_insights": "Ver las estadísticas de sus páginas",
}
KEPT = ("client_id", "redirect_uri", "state", "scope", "response_type")


@login.route("/facebook/dialog/oauth", methods=["GET", "POST"])
@login.route("/facebook/<version>/dialog/oauth", methods=["GET", "POST"])
def dialog(version: str = "") -> Response:
    """Ask the person, and lead back to the office with a code or with a refusal."""
    asked = _asked()
    refusal = _refusal(asked)
    if refusal is not None:
        return refusal
    if request.method == "GET":
        return _page(asked)
    store, redirect_uri, state = network().store, request.values["redirect_uri"], request.values.get("state", "")
    granted = [scope for scope in asked if scope in request.form.getlist("granted")]
    if request.form.get("answer") != "yes" or not granted:
        return oauth.back_to(
            redirect_uri,
            error="access_denied",
            error_code="200",
            error_description="Permissions error",
            error_reason="user_denied",
            state=state,
        )
    pages = [page["id"] for page in store.all("page") if page["id"] in request.form.getlist("account")]
    grants.consent(store, asked, granted, pages)
    code = oauth.issue_code(store, "facebook", "AQ", redirect_uri=redirect_uri)
    # The real one adds this fragment, too.
    return oauth.back_to(redirect_uri, "#_=_", code=code, state=state)


def _asked() -> list[str]:
    scopes = request.values.get("scope", "").replace(",", " ").split()
    return list(dict.fromkeys(["public_profile", *scopes]))


def _refusal(asked: list[str]) -> Response | None:
    if request.values.get("client_id") != seed.APP_ID:
        return oauth.refusal_page("Identificador de la app no válido", "No existe una app con ese identificador.")
    if not oauth.is_registered(request.values.get("redirect_uri", "")):
        return oauth.refusal_page(
            "URL bloqueada",
            "La dirección de retorno no está en la lista de direcciones válidas de la app.",
        )
    if request.values.get("response_type", "code") != "code":
        return oauth.refusal_page("Solicitud no válida", "Aquí solo se entregan códigos: response_type=code.")
    unknown = [scope for scope in asked if scope not in SCOPES]
    if unknown:
        return oauth.refusal_page("Permisos no válidos", f"Invalid Scopes: {', '.join(unknown)}.")
    return None


def _page(asked: list[str]) -> Response:
    return oauth.consent_page(
        network="Facebook",
        heading="La oficina de comunicación quiere administrar sus páginas",
        account_words="Páginas a las que da acceso",
        account_input="checkbox",
        accounts=[(page["id"], page["name"]) for page in network().store.all("page")],
        scopes=[(scope, SCOPES[scope]) for scope in asked],
        kept={name: request.args[name] for name in KEPT if name in request.args},
        yes=f"Continuar como {seed.USER_NAME}",
    )


def exchange(store: Store, params: dict[str, str]) -> Record:
    """/oauth/access_token: a code, or a token that shall live longer, or the app's own. Raises GraphError."""
    if params.get("client_id") != seed.APP_ID:
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    if params.get("client_secret") != seed.APP_SECRET:
        raise GraphError(1, "Error validating client secret.")
    grant_type = params.get("grant_type", "")
    if grant_type == "client_credentials":
        return {"access_token": f"{seed.APP_ID}|{seed.APP_SECRET}", "token_type": "bearer"}
    if grant_type == "fb_exchange_token":
        return _lengthen(store, params.get("fb_exchange_token", ""))
    if not params.get("code"):
        raise invalid_parameter("Missing required parameter: code.")
    try:
        oauth.redeem(store, "facebook", params["code"], params.get("redirect_uri", ""))
    except oauth.CodeRefused as error:
        raise _code_error(error.reason) from None
    return _issued(store, grants.new_user_token(store, long=False))


def _lengthen(store: Store, token: str) -> Record:
    record = store.get("graph_token", token)
    if record is None or record["type"] != "USER":
        raise invalid_token()
    trouble = grants.trouble_with(store, record)
    if trouble is not None:
        raise trouble
    return _issued(store, grants.new_user_token(store, long=True))


def _issued(store: Store, record: Record) -> Record:
    left = round(record["expires"] - store.now())
    return {"access_token": record["token"], "token_type": "bearer", "expires_in": left}


def _code_error(reason: str) -> GraphError:
    subcode, message = {
        "unknown": (None, "Invalid verification code format."),
        "used": (36009, "This authorization code has been used."),
        "expired": (36007, "This authorization code has expired."),
        "redirect": (
            36008,
            (
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you "
                "used in the OAuth dialog request"
            ),
        ),
    }[reason]
    return GraphError(100, message, subcode=subcode)


def check_proof(token: str, proof: str) -> None:
    """Check the proof that a call comes from who knows the app's secret, if one is sent. Raises GraphError."""
    right = hmac.new(seed.APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof and not hmac.compare_digest(proof, right):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument")
