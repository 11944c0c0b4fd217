"""The levers of the network, for tests: switch faults on and off, empty everything, see what is there."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from commsoffice.sandbox import state
from commsoffice.sandbox.faults import CATALOGUE, fault_from_json
from commsoffice.sandbox.graph import grants
from commsoffice.sandbox.imap import mailbox
from commsoffice.sandbox.web import network
from commsoffice.sandbox.youtube import quota, tokens

control = Blueprint("control", __name__, url_prefix="/control")


@control.post("/faults")
def add_fault() -> Response | tuple[Response, int]:
    """Switch a fault on: {"service", "fault", "match", "times", "skip", "params"}."""
    try:
        fault = fault_from_json(network().faults, request.get_json(silent=True))
    except (ValueError, TypeError) as error:
        return jsonify({"error": str(error)}), 400
    return jsonify(asdict(fault)), 201


@control.get("/faults")
def list_faults() -> Response:
    """Show the faults that are on, and those that there are."""
    return jsonify({"faults": [asdict(fault) for fault in network().faults.all()], "catalogue": CATALOGUE})


@control.delete("/faults")
def clear_faults() -> Response:
    """Switch every fault off."""
    network().faults.clear()
    return jsonify({"faults": []})


@control.get("/stalls")
def count_stalls() -> Response:
    """Show how many calls stand still."""
    return jsonify({"standing": network().faults.stalls.count()})


@control.delete("/stalls")
def let_go() -> Response:
    """Let all that stand still go on; with ?drop=1 as calls that never arrived."""
    return jsonify({"let_go": network().faults.stalls.let_go(drop=request.args.get("drop") == "1")})


@control.post("/reset")
def reset() -> Response:
    """Empty the network: only the seeded accounts stay."""
    network().store.reset()
    return jsonify({"reset": True})


@control.get("/state")
def show_state() -> Response:
    """Show everything that is live."""
    return jsonify(state.document(network()))


@control.get("/inbox")
def show_inbox() -> Response:
    """Show the messages, or only those to ?recipient=."""
    return jsonify(state.inbox(network(), request.args.get("recipient", "")))


@control.get("/mailbox")
def show_mailbox() -> Response:
    """Show what lies in the return mailbox."""
    return jsonify(state.mailbox_messages(network()))


@control.post("/mailbox")
def fill_mailbox() -> tuple[Response, int]:
    """Put a message, given as it is, into the return mailbox."""
    record = mailbox.deliver(network().store, request.get_data())
    return jsonify(record), 201


@control.post("/mailbox/renumber")
def renumber_mailbox() -> Response:
    """Begin a new period of numbers in the return mailbox: every message gets another."""
    return jsonify({"validity": mailbox.renumber(network().store)})


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


@control.post("/facebook/revoke")
def revoke_facebook() -> Response | tuple[Response, int]:
    """Make tokens worthless: {"reason": app_removed and the like, "token": one only; left out means all}."""
    body = _body()
    try:
        number = grants.revoke(network().store, str(body.get("reason", "app_removed")), str(body.get("token", "")))
    except ValueError as error:
        return jsonify({"error": str(error)}), 400
    return jsonify({"revoked": number})


@control.post("/facebook/grant")
def change_facebook_grant() -> Response:
    """Set what the office may do: {"scopes", "pages", "tasks": [...]}; what is left out stays.

    "business": pages of a company, which only who may look after the company sees in the list.
    """
    body = _body()
    names = ("scopes", "pages", "tasks", "business")
    changes = {name: [str(item) for item in body[name]] for name in names if name in body}
    return jsonify(grants.set_grant(network().store, **changes))


@control.post("/google/revoke")
def revoke_google() -> Response:
    """Take back what was consented to at Google: {"token": one only; left out means all}."""
    return jsonify({"revoked": tokens.revoke(network().store, str(_body().get("token", "")))})


@control.post("/quota")
def set_quota() -> Response | tuple[Response, int]:
    """Set YouTube's daily units: {"insert": 100, "search": 100, "pool": 10000}; what is left out stays."""
    try:
        quota.set_limits(network().store, _body())
    except (ValueError, TypeError) as error:
        return jsonify({"error": str(error)}), 400
    return jsonify(quota.summary(network().store))


@control.get("/quota")
def show_quota() -> Response:
    """Show how much of YouTube's quota is used today, and when the day ends."""
    return jsonify(quota.summary(network().store))


@control.post("/clock")
def set_clock() -> Response | tuple[Response, int]:
    """Set the clock of all services: {"offset": seconds} against the machine's own."""
    body = request.get_json(silent=True)
    offset = body.get("offset") if isinstance(body, dict) else None
    if isinstance(offset, bool) or not isinstance(offset, int | float):
        return jsonify({"error": "offset must be a number of seconds."}), 400
    network().store.set_clock(offset)
    return show_clock()


@control.get("/clock")
def show_clock() -> Response:
    """Show what time it is on the network."""
    store = network().store
    return jsonify({"now": store.now(), "offset": store.clock_offset()})
