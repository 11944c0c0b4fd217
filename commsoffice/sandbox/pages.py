"""The pages on which a person sees what is live on the network."""

import re
from datetime import datetime
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    send_file,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from commsoffice.sandbox import mail, state
from commsoffice.sandbox.faults import CATALOGUE, UnknownFault, facts_summary
from commsoffice.sandbox.graph import posts
from commsoffice.sandbox.store import Record
from commsoffice.sandbox.web import network
from commsoffice.sandbox.youtube.resources import privacy_now

pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/sandbox")

# The project's own style sheets, used when they are there; the pages are plain but whole without them.
PROJECT_STATIC = Path(__file__).resolve().parents[2] / "static"
MAIL_FRAME_POLICY = (
    "default-src 'none'; img-src 'self' data: http://localhost:* http://127.0.0.1:*; style-src 'unsafe-inline'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"
)
SHOWN_INLINE = re.compile(r"(image/(jpeg|png|gif|webp|bmp|tiff)|video/[\w.+-]+)")
MONTHS = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
DAYS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
MEGABYTE = 1_000_000
PRIVACY_WORDS = {"public": "Público", "private": "Privado", "unlisted": "Oculto"}


@pages.app_template_filter("moment")
def moment(unix: float) -> str:
    """Write a moment in the machine's own time: jueves 15 de octubre, 11:00 h."""
    local = datetime.fromtimestamp(unix).astimezone()
    return f"{DAYS[local.weekday()]} {local.day} de {MONTHS[local.month - 1]}, {local:%H:%M} h"


@pages.app_template_filter("kilobytes")
def kilobytes(size: int) -> str:
    """Write a size in kB or MB."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{max(1, round(size / 1000))} kB"


@pages.app_context_processor
def navigation() -> dict[str, list[tuple[str, str]]]:
    """Give every page the accounts for its navigation."""
    store = network().store
    return {
        "network_pages": [(page["id"], page["name"]) for page in store.all("page")],
        "network_channels": [(channel["id"], channel["title"]) for channel in store.all("channel")],
    }


@pages.get("/")
def index() -> str:
    """Show the accounts, the inbox and the faults."""
    shared = network()
    store = shared.store
    now = network().store.now()
    page_rows = [
        {**page, "count": sum(posts.is_live(post, now) for post in posts.posts_of(store, page["id"], now))}
        for page in store.all("page")
    ]
    channel_rows = [
        {**channel, "count": sum(video["channel"] == channel["id"] for video in store.all("youtube_video"))}
        for channel in store.all("channel")
    ]
    fault_rows = [
        {"words": CATALOGUE[fault.service][fault.fault], "summary": facts_summary(fault), "fault": fault}
        for fault in shared.faults.all()
    ]
    return render_template(
        "index.html",
        page_rows=page_rows,
        channel_rows=channel_rows,
        mails=store.count("mail"),
        returned=store.count("imap"),
        fault_rows=fault_rows,
        catalogue=CATALOGUE,
        services={
            "graph": "Facebook",
            "youtube": "YouTube",
            "token": "Google, credenciales",
            "smtp": "Correo",
            "imap": "Buzón de retorno",
        },
        error=request.args.get("error", ""),
    )


@pages.post("/fallas/")
def switch_fault() -> AnyResponse:
    """Switch on the fault chosen on the index page."""
    service, _, fault = request.form.get("fault", "").partition(".")
    times = request.form.get("times", "1")
    recipient = request.form.get("recipient", "").strip()
    match = {"recipient": re.escape(recipient)} if recipient and service == "smtp" else None
    try:
        network().faults.add(service, fault, match=match, times=None if times == "always" else int(times))
    except (UnknownFault, ValueError):
        return redirect(url_for("pages.index", error="falla"), 303)
    return redirect(url_for("pages.index", _anchor="fallas"), 303)


@pages.post("/fallas/quitar/")
def clear_faults() -> AnyResponse:
    """Switch every fault off."""
    network().faults.clear()
    return redirect(url_for("pages.index", _anchor="fallas"), 303)


@pages.post("/vaciar/")
def empty() -> AnyResponse:
    """Empty the network."""
    network().store.reset()
    return redirect(url_for("pages.index"), 303)


@pages.get("/facebook/<page_id>/")
def facebook_page(page_id: str) -> str:
    """Show a page's timeline: what is live, and below it what is scheduled."""
    store = network().store
    page = store.get("page", page_id)
    if page is None:
        abort(404)
    now = network().store.now()

    def shown(post: Record) -> Record:
        attached = [photo for key in post["photos"] if (photo := store.get("photo", key)) is not None]
        return {**post, "photos": attached, "moment": posts.created_at(post, now)}

    rows = posts.posts_of(store, page_id, now)
    live = [shown(post) for post in rows if posts.is_live(post, now)]
    waiting = [shown(post) for post in rows if not posts.is_live(post, now)]
    return render_template("facebook.html", page=page, live=live, waiting=waiting)


@pages.get("/facebook/photos/<photo_id>")
def photo(photo_id: str) -> Response:
    """Send a photo."""
    record = network().store.get("photo", photo_id)
    return _send("photos", photo_id, record["type"] if record else None)


@pages.get("/facebook/videos/<video_id>")
def video(video_id: str) -> Response:
    """Send a page's video."""
    record = network().store.get("video", video_id)
    return _send("videos", video_id, "video/mp4" if record else None)


@pages.get("/youtube/<channel_id>/")
def youtube_channel(channel_id: str) -> str:
    """Show the videos of a channel, with who may see each."""
    store = network().store
    channel = store.get("channel", channel_id)
    if channel is None:
        abort(404)
    now = network().store.now()
    videos = [
        {**record, "privacy": PRIVACY_WORDS[privacy_now(record, now)], "publish_at": record["status"].get("publishAt")}
        for record in reversed(store.all("youtube_video"))
        if record["channel"] == channel_id
    ]
    return render_template("youtube.html", channel=channel, videos=videos)


@pages.get("/youtube/videos/<video_id>")
def youtube_video(video_id: str) -> Response:
    """Send a channel's video; a player may ask for any piece of it."""
    record = network().store.get("youtube_video", video_id)
    return _send("youtube", video_id, record["type"] if record else None)


@pages.get("/youtube/thumbnails/<video_id>")
def youtube_thumbnail(video_id: str) -> Response:
    """Send a video's own thumbnail."""
    record = network().store.get("youtube_video", video_id)
    return _send("thumbnails", video_id, record["thumbnail"]["type"] if record and record["thumbnail"] else None)


@pages.get("/inbox/")
def inbox() -> str:
    """Show every message, newest first."""
    return render_template("inbox.html", mails=list(reversed(network().store.all("mail"))))


@pages.get("/mailbox/")
def mailbox_page() -> str:
    """Show the return mailbox, newest first."""
    return render_template("mailbox.html", mails=list(reversed(state.mailbox_messages(network()))))


@pages.get("/mailbox/<int:uid>/original")
def mailbox_original(uid: int) -> Response:
    """Send a message of the return mailbox as it came."""
    store = network().store
    if store.get("imap", str(uid)) is None:
        abort(404)
    path = store.path("imap", f"{uid}.eml")
    return send_file(path, mimetype="message/rfc822", as_attachment=True, download_name=f"retorno-{uid}.eml")


def _mail(number: int) -> Record:
    record = network().store.get("mail", str(number))
    if record is None:
        abort(404)
    return record


@pages.get("/inbox/<int:number>/")
def message(number: int) -> str:
    """Show a message: envelope, text, HTML in a frame of its own, files."""
    record = _mail(number)
    return render_template("mail.html", mail=record, links=mail.links_of(record))


@pages.get("/inbox/<int:number>/html")
def message_html(number: int) -> Response:
    """Send the HTML part for the frame: no script, no form, nothing from elsewhere."""
    response = Response(mail.html_for_frame(_mail(number)), mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_FRAME_POLICY
    return response


@pages.get("/inbox/<int:number>/parts/<int:index>")
def message_part(number: int, index: int) -> Response:
    """Send an attached file; only pictures are shown, everything else is downloaded."""
    record = _mail(number)
    attachment = next((item for item in record["attachments"] if item["part"] == index), None)
    if attachment is None:
        abort(404)
    data = mail.payload_of(mail.parts_of(mail.parse(network().store.path("mail", f"{number}.eml")))[index])
    inline = attachment["type"].startswith("image/") and SHOWN_INLINE.fullmatch(attachment["type"]) is not None
    response = Response(data, mimetype=attachment["type"] if inline else "application/octet-stream")
    disposition = "inline" if inline else "attachment"
    response.headers.set("Content-Disposition", disposition, filename=attachment["name"].replace("\n", " "))
    return response


@pages.get("/inbox/<int:number>/original")
def message_original(number: int) -> Response:
    """Send the message as it came."""
    _mail(number)
    path = network().store.path("mail", f"{number}.eml")
    return send_file(path, mimetype="message/rfc822", as_attachment=True, download_name=f"correo-{number}.eml")


@pages.get("/static/<path:name>")
def project_static(name: str) -> Response:
    """Send one of the project's own style sheets, fonts or pictures."""
    return send_from_directory(PROJECT_STATIC, name)


def _send(kind: str, name: str, media_type: str | None) -> Response:
    if media_type is None:
        abort(404)
    path = network().store.path(kind, name)
    if not path.exists():
        abort(404)
    # What calls itself something else than a picture or a video is not shown by a browser.
    shown = media_type if SHOWN_INLINE.fullmatch(media_type) else "application/octet-stream"
    return send_file(path, mimetype=shown, conditional=True)
