"""The Graph API as facebook-sdk sees it."""

import hashlib
import io
import json
import time

import facebook
import pytest

from commsoffice.sandbox import seed
from tests.sandbox.conftest import PAGE, Call, png
from tests.sandbox.process import SandboxProcess


def upload(graph: facebook.GraphAPI, data: bytes, **fields: str) -> dict[str, str]:
    answer: dict[str, str] = graph.put_photo(io.BytesIO(data), album_path=f"{PAGE}/photos", **fields)
    return answer


def refusal(call: object, *args: object, **fields: object) -> dict[str, object]:
    with pytest.raises(facebook.GraphAPIError) as caught:
        call(*args, **fields)  # type: ignore[operator]  # a method of an untyped library
    error: dict[str, object] = caught.value.result["error"]
    return error


def test_a_text_post_is_live_at_once(graph, sandbox: SandboxProcess):
    answer = graph.put_object(PAGE, "feed", message="Hoy se entregan luminarias")
    assert [(post["id"], post["message"]) for post in sandbox.posts()] == [(answer["id"], "Hoy se entregan luminarias")]


def test_several_photos_make_one_post(graph, sandbox: SandboxProcess):
    pictures = [png(1), png(2), png(3)]
    ids = [upload(graph, data, published="false", temporary="true")["id"] for data in pictures]
    media = json.dumps([{"media_fbid": key} for key in ids])
    graph.put_object(PAGE, "feed", message="Tres fotos", attached_media=media)
    hashes = [photo["sha256"] for photo in sandbox.posts()[0]["photos"]]
    assert hashes == [hashlib.sha256(data).hexdigest() for data in pictures]


def test_unpublished_photos_are_not_posts(graph, sandbox: SandboxProcess):
    upload(graph, png(), published="false")
    assert sandbox.posts() == []


def test_media_may_be_numbered(graph, sandbox: SandboxProcess):
    first, second = (upload(graph, png(n), published="false")["id"] for n in (1, 2))
    fields = {f"attached_media[{n}]": json.dumps({"media_fbid": key}) for n, key in enumerate((first, second))}
    graph.put_object(PAGE, "feed", message="Numeradas", **fields)
    assert [photo["id"] for photo in sandbox.posts()[0]["photos"]] == [first, second]


def test_a_python_list_as_media_is_refused(graph):
    key = upload(graph, png(), published="false")["id"]
    error = refusal(graph.put_object, PAGE, "feed", message="Mal", attached_media=[{"media_fbid": key}])
    assert (error["code"], error["message"]) == (100, "(#100) param attached_media must be an array.")


def test_a_photo_is_posted_only_once(graph):
    key = upload(graph, png(), published="false")["id"]
    media = json.dumps([{"media_fbid": key}])
    graph.put_object(PAGE, "feed", message="Una", attached_media=media)
    error = refusal(graph.put_object, PAGE, "feed", message="Otra", attached_media=media)
    assert (error["code"], error["error_subcode"]) == (100, 1366051)


def test_a_published_photo_brings_its_post(graph, sandbox: SandboxProcess):
    answer = upload(graph, png(), caption="Con pie de foto")
    assert [(post["id"], post["message"]) for post in sandbox.posts()] == [(answer["post_id"], "Con pie de foto")]


def test_a_photo_that_is_none_is_refused(graph, sandbox: SandboxProcess):
    error = refusal(upload, graph, b"%PDF-1.7 not a picture")
    assert (error["code"], error["error_subcode"], sandbox.posts()) == (324, 2069019, [])


def test_a_photo_over_4_mb_is_refused(graph):
    error = refusal(upload, graph, b"\xff\xd8\xff" + bytes(4_000_000))
    assert (error["code"], error["error_subcode"]) == (100, 1366046)


def test_the_same_text_twice_in_a_row_is_refused(graph, sandbox: SandboxProcess):
    graph.put_object(PAGE, "feed", message="Repetida")
    error = refusal(graph.put_object, PAGE, "feed", message="Repetida")
    assert (error["code"], len(sandbox.posts())) == (506, 1)


def test_the_same_text_after_another_is_taken(graph, sandbox: SandboxProcess):
    for message in ("Una", "Dos", "Una"):
        graph.put_object(PAGE, "feed", message=message)
    assert [post["message"] for post in sandbox.posts()] == ["Una", "Dos", "Una"]


def test_an_empty_post_is_refused(graph):
    assert refusal(graph.put_object, PAGE, "feed", message=" ")["code"] == 100


def test_a_scheduled_post_waits(graph, sandbox: SandboxProcess):
    moment = int(time.time()) + 3600
    answer = graph.put_object(PAGE, "feed", message="Mañana", published="false", scheduled_publish_time=str(moment))
    listed = graph.get_connections(PAGE, "scheduled_posts", fields="id,scheduled_publish_time,is_published")["data"]
    assert listed == [{"id": answer["id"], "scheduled_publish_time": moment, "is_published": False}]
    assert sandbox.posts() == []


@pytest.mark.parametrize("seconds", [60, 31 * 24 * 3600])
def test_a_schedule_too_near_or_too_far_is_refused(graph, seconds: int):
    moment = str(int(time.time()) + seconds)
    fields = {"message": "Cuándo", "published": "false", "scheduled_publish_time": moment}
    assert refusal(graph.put_object, PAGE, "feed", **fields)["code"] == 100


def test_a_schedule_needs_published_false(graph):
    moment = str(int(time.time()) + 3600)
    assert refusal(graph.put_object, PAGE, "feed", message="Ya", scheduled_publish_time=moment)["code"] == 100


def test_reading_back_finds_text_and_photos(graph):
    key = upload(graph, png(), published="false")["id"]
    media = json.dumps([{"media_fbid": key}])
    post_id = graph.put_object(PAGE, "feed", message="Leída", attached_media=media)["id"]
    post = graph.get_object(post_id, fields="message,is_published,attachments{media_type,target{id}}")
    assert post == {
        "id": post_id,
        "message": "Leída",
        "is_published": True,
        "attachments": {"data": [{"media_type": "photo", "target": {"id": key}}]},
    }


def test_lists_are_paged_to_the_end(graph):
    for number in range(7):
        graph.put_object(PAGE, "feed", message=f"Publicación {number}")
    messages = [post["message"] for post in graph.get_all_connections(PAGE, "published_posts", limit="3")]
    assert messages == [f"Publicación {number}" for number in reversed(range(7))]


def test_since_and_until_bound_the_list(graph):
    graph.put_object(PAGE, "feed", message="Ahora")
    now = int(time.time())
    late = graph.get_connections(PAGE, "feed", since=str(now + 60))["data"]
    early = graph.get_connections(PAGE, "feed", since=str(now - 60), until=str(now + 60))["data"]
    assert ([post["message"] for post in late], [post["message"] for post in early]) == ([], ["Ahora"])


def test_a_text_can_be_changed_and_a_post_deleted(graph, sandbox: SandboxProcess):
    post_id = graph.put_object(PAGE, "feed", message="Con errata")["id"]
    graph.request(f"v24.0/{post_id}", post_args={"message": "Sin errata"}, method="POST")
    changed = sandbox.posts()[0]["message"]
    graph.delete_object(post_id)
    assert (changed, sandbox.posts()) == ("Sin errata", [])


def test_a_missing_thing_is_100_33(graph):
    error = refusal(graph.get_object, f"{PAGE}_1")
    assert (error["code"], error["error_subcode"], error["type"]) == (100, 33, "GraphMethodException")


def test_an_unknown_field_is_named(graph):
    error = refusal(graph.get_object, PAGE, fields="name,shoe_size")
    assert error["message"] == "(#100) Tried accessing nonexisting field (shoe_size) on node type (Page)"


def test_another_pages_token_may_not_post(http: Call):
    form = {"message": "Ajena", "access_token": seed.PAGE_PROTECTION_TOKEN}
    answer, body = http("POST", f"/graph/v24.0/{PAGE}/feed", form)
    assert (answer.status, body["error"]["code"]) == (403, 200)


def test_a_user_sees_the_pages_with_their_tokens(graph):
    graph.access_token = seed.USER_TOKEN
    pages = graph.get_connections("me", "accounts", fields="id,access_token")["data"]
    assert pages == [{"id": page_id, "access_token": token} for page_id, _, token in seed.PAGES]


def test_a_token_can_be_examined(graph):
    data = graph.debug_access_token(seed.PAGE_GOVERNMENT_TOKEN, seed.APP_ID, seed.APP_SECRET)["data"]
    assert (data["is_valid"], data["expires_at"], data["profile_id"]) == (True, 0, PAGE)


def test_an_unknown_token_is_examined_as_invalid(graph):
    assert graph.debug_access_token("EAAG-nobody", seed.APP_ID, seed.APP_SECRET)["data"]["is_valid"] is False


def test_a_call_without_token_is_104(http: Call):
    answer, body = http("GET", f"/graph/v24.0/{PAGE}")
    assert (answer.status, body["error"]["code"]) == (400, 104)


def test_answers_tell_the_use_of_the_page(http: Call):
    answer, _ = http("GET", f"/graph/v24.0/{PAGE}?access_token={seed.PAGE_GOVERNMENT_TOKEN}")
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    assert usage[PAGE][0]["type"] == "pages"


def test_a_photo_by_address_is_fetched_from_loopback_only(graph):
    error = refusal(graph.put_object, PAGE, "photos", url="http://fotos.example/1.jpg")
    assert error["code"] == 324


def test_a_list_may_be_asked_for_too_much(graph, sandbox: SandboxProcess):
    graph.put_object(PAGE, "feed", message="Hola")
    sandbox.fault("graph", "too_much_data", times=None, most=10)
    error = refusal(graph.get_object, f"{PAGE}/feed", limit="100")
    some = graph.get_object(f"{PAGE}/feed", limit="10")["data"]
    assert (error["code"], len(some)) == (1, 1)


def test_a_post_may_be_told_late_in_the_lists(graph, sandbox: SandboxProcess):
    sandbox.fault("graph", "late_listing", seconds=60)
    key = graph.put_object(PAGE, "feed", message="Hola")["id"]
    before = (graph.get_object(f"{PAGE}/published_posts")["data"], graph.get_object(key)["id"])
    sandbox.clock(61)
    assert (before, len(graph.get_object(f"{PAGE}/published_posts")["data"])) == (([], key), 1)


def test_the_pictures_of_a_post_may_be_told_late(graph, sandbox: SandboxProcess):
    media = json.dumps([{"media_fbid": upload(graph, png(), published="false")["id"]}])
    sandbox.fault("graph", "late_media", seconds=60)
    key = graph.put_object(PAGE, "feed", message="Foto", attached_media=media)["id"]
    before = graph.get_object(key, fields="attachments")
    sandbox.clock(61)
    assert (before, "attachments" in graph.get_object(key, fields="attachments")) == ({"id": key}, True)


def test_a_temporary_photo_lives_a_day(graph, sandbox: SandboxProcess):
    media = json.dumps([{"media_fbid": upload(graph, png(), published="false", temporary="true")["id"]}])
    sandbox.clock(25 * 3600)
    error = refusal(graph.put_object, PAGE, "feed", message="Tarde", attached_media=media)
    assert (error["code"], error["error_subcode"]) == (100, 33)
