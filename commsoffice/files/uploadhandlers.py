"""Every upload of every form streams through here, to disk and never into memory."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from commsoffice.files import content, errors

# In one request from someone who has not signed in; no public form takes more, and each may be as heavy as a photo.
MOST_OF_STRANGERS = 10


class RefusedUpload(UploadedFile[bytes]):
    """Stands in the form for a file that was refused on its way; its bytes are gone.

    It stays among the files so that the form keeps all that was typed and can say, beside the
    field, why this one was not taken.
    """

    def __init__(self, name: str, refusal: str) -> None:
        """Keep the sentence for the person."""
        super().__init__(file=ContentFile(b""), name=name, content_type="", size=0)
        self.refusal = refusal


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes each file to the disk, up to what a file of its content may weigh.

    The limit follows the content, judged by the first bytes that arrive: a heavy photo stops
    being written at the photo's limit although videos may be larger. From someone who has not
    signed in, a few files are taken and each is limited as a photo. No length that the sender declares is believed.
    """

    file: Any
    number = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file of the request."""
        self.refusal = ""
        self.head = b""
        self.seen = 0
        self.allowed = int(settings.PHOTO_MAX_BYTES)
        self.detected: content.Content | None = None
        self.is_signed_in = self._is_signed_in()
        self.number += 1
        try:
            Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
            super().new_file(*args, **kwargs)
        except OSError as error:
            if not errors.is_disk_full(error):
                raise
            # What Django's handler would have kept, without the file that could not be made.
            self.file_name = kwargs.get("file_name") or args[1]
            self.file = ContentFile(b"")
            self._refuse(errors.disk_full())
        if self.number > MOST_OF_STRANGERS and not self.is_signed_in and not self.refusal:
            self._refuse(_("Choose at most %(most)s files at a time.") % {"most": MOST_OF_STRANGERS})

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write one piece, or drop it when the file is refused already."""
        if self.refusal:
            return None
        self.seen += len(raw_data)
        if len(self.head) < content.HEAD:
            self.head += raw_data[: content.HEAD]
            self.detected = content.detect(self.head)
            self.allowed = content.limit(self.detected if self.is_signed_in else None)
        if self.seen > self.allowed:
            self._refuse(content.too_heavy(self.detected if self.is_signed_in else None))
            return None
        try:
            self.file.write(raw_data)
        except OSError as error:
            if not errors.is_disk_full(error):
                raise
            self._refuse(errors.disk_full())
        return None

    def file_complete(self, file_size: int) -> TemporaryUploadedFile | RefusedUpload | None:
        """Hand over the file, or its refusal."""
        if not self.refusal:
            try:
                # The last bytes may still wait in the buffer, and the disk may refuse only now.
                self.file.flush()
            except OSError as error:
                if not errors.is_disk_full(error):
                    raise
                self._refuse(errors.disk_full())
        if self.refusal:
            return RefusedUpload(self.file_name or "", self.refusal)
        self.file.seek(0)
        self.file.size = file_size
        done: TemporaryUploadedFile = self.file
        return done

    def upload_interrupted(self) -> None:
        """The sender went away in the middle: nothing stays."""
        if isinstance(getattr(self, "file", None), TemporaryUploadedFile):
            super().upload_interrupted()

    def _refuse(self, sentence: str) -> None:
        self.refusal = sentence
        if isinstance(self.file, TemporaryUploadedFile):
            _discard(self.file)
        # Django closes whatever is called so when a request breaks off.
        self.file = ContentFile(b"")

    def _is_signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return user is not None and bool(user.is_authenticated)


def _discard(file: TemporaryUploadedFile) -> None:
    """Close and delete; closing may fail on the bytes that a full disk never took."""
    try:
        file.close()
    except OSError:
        Path(file.temporary_file_path()).unlink(missing_ok=True)
