"""Facebook's side of connecting a page: the dialog, the code, the pages, and what a page's token is worth.

A code becomes a token of the person for an hour, that one for sixty days, and from it come the pages' own, which have
no end. Only the page's is kept. Whatever is secret goes in a body or a header, never in an address.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from social.channels.common import said
from social.channels.facebook_client import Broken, Graph, GraphRefusal, NotReached
from social.channels.facebook_errors import Meaning, rule_for
from social.channels.login import (
    TIMEOUTS,
    Health,
    Login,
    LoginRefused,
    NotChecked,
    Offer,
    moment,
    no_answer,
    not_accepted,
)
from social.models import Profile

# What the office must be granted, and what for.
_NEEDED = {
    "pages_manage_posts": gettext_lazy("publish on the page"),
    "pages_read_engagement": gettext_lazy("read back what was published"),
}
_ASKED = ("pages_show_list", *_NEEDED)
# What the person must be allowed on the page itself.
_TASK = "CREATE_CONTENT"
_MOST_PAGES = 500
# Why a token died, by Facebook's subcode: what the person has to know.
_DIED = {
    458: gettext_lazy("Whoever connected it took the application's permission back."),
    459: gettext_lazy("Facebook asks whoever connected it to sign in there and prove who they are."),
    460: gettext_lazy("Whoever connected it has changed the password."),
    463: gettext_lazy("Its time is over."),
    492: gettext_lazy("Whoever connected it no longer manages the page."),
}
# Refusals of the application itself, not of an account: unknown, wrong secret, malformed token.
_ABOUT_THE_APP = frozenset({1, 101, 190})


class FacebookLogin(Login):
    """Facebook Login for pages."""

    label: ClassVar[str] = "Facebook"
    needs: ClassVar[tuple[str, ...]] = ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET")

    def address(self, *, state: str, back: str, verifier: str) -> str:
        """The dialog. What was declined before is asked for again."""
        query = {
            "client_id": settings.FACEBOOK_APP_ID,
            "redirect_uri": back,
            "state": state,
            "response_type": "code",
            "scope": ",".join(_ASKED),
            "auth_type": "rerequest",
        }
        return f"{settings.FACEBOOK_DIALOG_URL}?{urlencode(query)}"

    def offers(self, *, code: str, back: str, verifier: str) -> list[Offer]:
        """The person's pages, with a token of each. Raises LoginRefused."""
        try:
            return self._offers(code, back)
        except GraphRefusal as refusal:
            raise LoginRefused(not_accepted(self.label, _number(refusal.error))) from None
        except (NotReached, Broken):
            raise LoginRefused(no_answer(self.label)) from None

    def _offers(self, code: str, back: str) -> list[Offer]:
        ours = {"client_id": settings.FACEBOOK_APP_ID, "client_secret": settings.FACEBOOK_APP_SECRET}
        app = Graph(_app_token(), TIMEOUTS)
        try:
            short = app.post("oauth/access_token", {**ours, "redirect_uri": back, "code": code})
            exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": _token(short)}
            token = _token(app.post("oauth/access_token", {**ours, **exchange}))
        finally:
            app.close()
        graph = Graph(token, TIMEOUTS)
        try:
            permissions, _is_whole = graph.pages("me/permissions", _MOST_PAGES)
            granted = {row.get("permission") for row in permissions if row.get("status") == "granted"}
            pages, _is_whole = graph.pages("me/accounts", _MOST_PAGES, fields="id,name,access_token,tasks", limit="100")
            listed = {str(page["id"]) for page in pages}
            pages += [page for key in _ticked(token) if key not in listed and (page := _by_number(graph, key))]
        finally:
            graph.close()
        return [_offer(page, granted) for page in pages]

    def check(self, profile: Profile, *, now: datetime) -> Health:
        """Have Facebook describe the page's token, then read the page with it. Raises NotChecked."""
        token = str(profile.credentials.get("access_token", ""))
        graph = Graph(token, TIMEOUTS)
        try:
            described = Health(is_alive=True) if self.missing_settings else _described(token)
            if described.is_alive:
                graph.get(profile.external_id, fields="id")
        except GraphRefusal as refusal:
            return _refused(refusal, described)
        except (NotReached, Broken) as error:
            raise NotChecked(said(error)) from None
        finally:
            graph.close()
        return described


def _ticked(token: str) -> list[str]:
    """The pages that the person ticked in the dialog. Those of a company stand in no list of a person's own."""
    app = Graph(_app_token(), TIMEOUTS)
    try:
        data = app.post("debug_token", {"method": "get", "input_token": token}).get("data", {})
    except (GraphRefusal, NotReached, Broken):
        # What is listed can be chosen all the same.
        return []
    finally:
        app.close()
    scopes = {row.get("scope"): row.get("target_ids") or [] for row in data.get("granular_scopes", [])}
    return [str(key) for key in scopes.get("pages_manage_posts", [])][:_MOST_PAGES]


def _by_number(graph: Graph, key: str) -> dict[str, Any] | None:
    """A page that no list names. It has its token only for who may act for it; its tasks are told in lists alone."""
    try:
        page = graph.get(key, fields="id,name,access_token")
    except GraphRefusal:
        return None
    return {**page, "tasks": [_TASK] if page.get("access_token") else []}


def _described(token: str) -> Health:
    app = Graph(_app_token(), TIMEOUTS)
    try:
        # The token is a field here, and in a body no log keeps it: Facebook takes the method from the body too.
        answer = app.post("debug_token", {"method": "get", "input_token": token})
    except GraphRefusal as refusal:
        if refusal.error.get("code") in _ABOUT_THE_APP:
            return Health(is_alive=True, note=_("Facebook does not take the application's id and secret."))
        raise NotChecked(said(refusal)) from None
    finally:
        app.close()
    data = answer.get("data", {})
    if not data.get("is_valid"):
        error = data.get("error", {})
        return Health(is_alive=False, note=_died(error, "subcode"))
    missing = [words for scope, words in _NEEDED.items() if scope not in data.get("scopes", [])]
    note = _("Missing permission: %(what)s.") % {"what": ", ".join(map(str, missing))} if missing else ""
    ends = [when for name in ("expires_at", "data_access_expires_at") if (when := moment(data.get(name))) is not None]
    return Health(is_alive=True, note=note, expires_at=min(ends, default=None))


def _refused(refusal: GraphRefusal, described: Health) -> Health:
    """The page itself said no."""
    meaning = rule_for(refusal.error).meaning
    if meaning == Meaning.EXPIRED:
        return Health(is_alive=False, note=_died(refusal.error, "error_subcode"))
    if meaning == Meaning.REFUSED:
        note = described.note or _("Facebook does not let the page be read (%(why)s).") % {
            "why": _number(refusal.error)
        }
        return Health(is_alive=True, note=note, expires_at=described.expires_at)
    raise NotChecked(said(refusal)) from None


def _died(error: Mapping[str, Any], key: str) -> str:
    known = _DIED.get(error.get(key, 0))
    return str(known or said(error.get("message") or _("Facebook no longer takes the token.")))


def _offer(page: Mapping[str, Any], granted: set[Any]) -> Offer:
    missing = [str(words) for scope, words in _NEEDED.items() if scope not in granted]
    token = str(page.get("access_token") or "")
    why_not = ""
    if missing:
        words = _("You did not give the permission to %(what)s. Begin again and leave it ticked.")
        why_not = words % {"what": ", ".join(missing)}
    elif not token or _TASK not in (page.get("tasks") or []):
        why_not = _("You may not publish on this page. Whoever manages it at Facebook can allow it.")
    return Offer(str(page["id"]), str(page.get("name") or page["id"]), {"access_token": token}, why_not)


def _token(answer: Mapping[str, Any]) -> str:
    token = answer.get("access_token")
    if not token:
        # Not what it said, which may hold anything.
        raise Broken(_("an answer without a token"))
    return str(token)


def _app_token() -> str:
    return f"{settings.FACEBOOK_APP_ID}|{settings.FACEBOOK_APP_SECRET}"


def _number(error: Mapping[str, Any]) -> str:
    """«100/36007»: what whoever repairs it looks up."""
    return "/".join(str(error[name]) for name in ("code", "error_subcode") if error.get(name))
