"""Files on their way in: to disk, within their limits, and nothing else of the form is lost."""

import json
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import RequestFactory

from commsoffice.files import actions
from commsoffice.files.errors import FileRefused
from commsoffice.files.uploadhandlers import MOST_OF_STRANGERS, RefusedUpload
from tests.files.factories import NOW
from tests.files.samples import camera_jpeg, mp4, uploaded

pytestmark = pytest.mark.django_db


def posted(*files, user=None, **fields):
    request = RequestFactory().post("/", {"photos": list(files), **fields})
    if user is not None:
        request.user = user
    return request


def test_a_file_goes_to_disk_whatever_its_size(photographer, settings):
    upload = posted(uploaded(b"tiny"), user=photographer).FILES["photos"]

    assert isinstance(upload, TemporaryUploadedFile)
    assert upload.temporary_file_path().startswith(str(settings.FILE_UPLOAD_TEMP_DIR))


def test_the_folder_is_made_when_it_is_missing(photographer, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "not" / "yet"

    assert posted(uploaded(b"tiny"), user=photographer).FILES["photos"].read() == b"tiny"


def test_a_photo_over_its_limit_is_refused_and_the_rest_of_the_form_stays(photographer, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.PHOTO_MAX_BYTES = 100_000
    heavy = camera_jpeg(300, 200) + b"\0" * 300_000

    request = posted(uploaded(heavy), uploaded(camera_jpeg(300, 200), "ok.jpg"), user=photographer, author="E. Tzompa")

    refused, taken = request.FILES.getlist("photos")
    assert request.POST["author"] == "E. Tzompa"
    assert isinstance(refused, RefusedUpload)
    assert isinstance(taken, TemporaryUploadedFile)
    assert [path.name for path in tmp_path.iterdir()] == [taken.temporary_file_path().rpartition("/")[2]]
    with pytest.raises(FileRefused, match=r"The photo is heavier than 97\.7"):
        actions.receive(refused, by=photographer, now=NOW)


def test_a_stranger_fills_no_disk_with_many_files(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    sent = posted(*(uploaded(b"tiny") for _number in range(MOST_OF_STRANGERS + 2))).FILES.getlist("photos")
    assert [isinstance(file, RefusedUpload) for file in sent] == [False] * MOST_OF_STRANGERS + [True] * 2
    assert len(list(tmp_path.iterdir())) == MOST_OF_STRANGERS
    for file in sent:
        file.close()


def test_a_video_may_weigh_more_than_a_photo(photographer, settings):
    settings.PHOTO_MAX_BYTES = 1_000

    assert isinstance(posted(uploaded(mp4(1)), user=photographer).FILES["photos"], TemporaryUploadedFile)


def test_from_someone_who_has_not_signed_in_everything_is_limited_as_a_photo(settings):
    settings.PHOTO_MAX_BYTES = 1_000

    assert isinstance(posted(uploaded(mp4(1))).FILES["photos"], RefusedUpload)


def test_a_video_over_its_limit_says_so(photographer, settings):
    settings.VIDEO_MAX_BYTES = 10_000

    refused = posted(uploaded(mp4(1)), user=photographer).FILES["photos"]

    assert refused.refusal.startswith("The video is heavier than 9.8")


def test_a_lie_about_the_length_is_harmless(photographer):
    data = camera_jpeg(300, 200)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
        b"Content-Length: 5\r\nContent-Type: image/jpeg\r\n\r\n" + data + b"\r\n--x--\r\n"
    )
    request = RequestFactory().post("/", body, content_type="multipart/form-data; boundary=x")
    request.user = photographer

    (upload,) = request.FILES.getlist("photos")
    assert upload.size == len(data)


def test_a_full_disk_refuses_the_file_and_keeps_the_form():
    script = """
import json, resource, signal
import django
django.setup()
from django.test import RequestFactory
from django.utils import translation
from tests.files.samples import camera_jpeg, uploaded
translation.activate("en")
request = RequestFactory().post("/", {
    "photos": [uploaded(camera_jpeg(3000, 2000)), uploaded(camera_jpeg(64, 48, gps=False), "small.jpg")],
    "author": "E. Tzompa",
})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from pathlib import Path
from django.conf import settings
big, small = request.FILES.getlist("photos")
left = [path for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()]
print(json.dumps([big.refusal, small.size > 0, request.POST["author"], len(left)]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [
        "The server has no room left for this file. Nothing else was lost: tell the administrator and upload it again.",
        True,
        "E. Tzompa",
        1,
    ]


def test_300_mb_are_never_in_memory():
    script = """
import json
import django
django.setup()
from django.core.handlers.wsgi import WSGIRequest
from tests.files.samples import camera_jpeg

HEAD = b'--x\\r\\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\\r\\n\\r\\n' + camera_jpeg(300, 200)
TAIL = b'\\r\\n--x\\r\\nContent-Disposition: form-data; name="author"\\r\\n\\r\\nE. Tzompa\\r\\n--x--\\r\\n'
SIZE = 300 * 1024 * 1024

class Body:
    at = 0
    def read(self, size=-1):
        total = len(HEAD) + SIZE + len(TAIL)
        size = total - self.at if size < 0 else min(size, total - self.at)
        out = b""
        if self.at < len(HEAD):
            out = HEAD[self.at : self.at + size]
        elif self.at < len(HEAD) + SIZE:
            out = b"\\0" * min(size, len(HEAD) + SIZE - self.at)
        else:
            out = TAIL[self.at - len(HEAD) - SIZE :][:size]
        self.at += len(out)
        return out
    readline = read

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

before = peak()
request = WSGIRequest({
    "REQUEST_METHOD": "POST", "wsgi.input": Body(), "CONTENT_TYPE": "multipart/form-data; boundary=x",
    "CONTENT_LENGTH": str(len(HEAD) + SIZE + len(TAIL)), "PATH_INFO": "/",
})
refusal = request.FILES["photos"].refusal
grown = (peak() - before) // 1024
print(json.dumps([bool(refusal), request.POST["author"], grown]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    refused, author, grown = json.loads(done.stdout)
    assert (refused, author) == (True, "E. Tzompa")
    assert grown < 20
