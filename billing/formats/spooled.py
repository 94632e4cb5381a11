"""A file on its way out of the house: in memory while it is small, with its size and its hash."""

from hashlib import sha256
from typing import BinaryIO

KEPT_IN_MEMORY = 8 << 20
"""Bytes of a file beyond which it goes to disk."""


def size_and_digest(file: BinaryIO) -> tuple[int, str]:
    """The file's size in bytes, and its SHA-256; it is read from its beginning, and stands at its beginning again."""
    size, digest = 0, sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        size += len(block)
        digest.update(block)
    file.seek(0)
    return size, digest.hexdigest()
