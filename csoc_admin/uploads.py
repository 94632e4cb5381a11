"""Files that are brought: one that is larger than any may be is let go by while it arrives, and costs no disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

ROOM_BESIDE = 1 << 20
"""Bytes of a request beside its file."""


class Bounded(FileUploadHandler):
    """Before all other handlers: passes over the files of a request that is too large; its form then has none, and says why."""

    too_large = False

    def handle_raw_input(self, input_data: Any, META: dict[str, str], content_length: int, *args: Any) -> None:
        self.too_large = content_length > (settings.BOOK_MEGABYTES << 20) + ROOM_BESIDE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_large:
            raise SkipFile
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
