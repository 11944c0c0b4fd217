"""The web application of the sandbox, put together from its services and pages."""

from flask import Flask

from commsoffice.sandbox.control import control
from commsoffice.sandbox.faults import Faults
from commsoffice.sandbox.graph import errors as graph_errors
from commsoffice.sandbox.graph.api import graph
from commsoffice.sandbox.graph.login import login as facebook_login
from commsoffice.sandbox.pages import pages
from commsoffice.sandbox.store import Store
from commsoffice.sandbox.web import Network, install
from commsoffice.sandbox.youtube import errors as youtube_errors
from commsoffice.sandbox.youtube.api import youtube
from commsoffice.sandbox.youtube.login import login as google_login
from commsoffice.sandbox.youtube.tokens import google
from commsoffice.sandbox.youtube.uploads import uploads


def create_app(store: Store, faults: Faults) -> Flask:
    """Return the application over a store and its faults."""
    app = Flask(__name__, static_folder=None)
    app.extensions["sandbox"] = Network(store, faults)
    app.extensions["sandbox_fault_answers"] = {
        "graph": graph_errors.answer_fault,
        "youtube": youtube_errors.answer_fault,
        "token": youtube_errors.answer_token_fault,
    }
    app.extensions["sandbox_failure_answers"] = {
        "graph": graph_errors.failed_after_publishing,
        "youtube": lambda: youtube_errors.backend_error().response(),
        "token": lambda: youtube_errors.backend_error().response(),
    }
    install(app)
    for blueprint in (graph, facebook_login, google, google_login, uploads, youtube, control, pages):
        app.register_blueprint(blueprint)
    # The same API on the host that takes videos.
    app.register_blueprint(graph, name="graph_video", url_prefix="/graph-video")
    return app
