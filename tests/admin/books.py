"""Books brought to the admin, as tests do it: by a person of a role, tried and taken in at once, as it is without a broker."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contracts.models import BookUpload
from tests.admin.conftest import signed_in

CASES = Path(__file__).resolve().parents[1] / "contracts" / "book" / "cases" / "workbooks"
PLAIN, SUMS, LIST = CASES / "01_ja_plain.xlsx", CASES / "07_title_above.xlsx", CASES / "27_flat_list.xlsx"
WRONG = CASES / "16a_formula_no_cache.xlsx"


def person(role: str, name: str = "") -> User:
    """Somebody of that role."""
    user = User.objects.create_user(name or f"who is {role}", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


class Desk:
    """One person at the admin; what is to be done once a request is over is done."""

    def __init__(self, user: User, callbacks: Any, language: str = "ja") -> None:
        self.user, self.client, self.callbacks = user, signed_in(user, language), callbacks

    def post(self, address: str, given: dict[str, Any] | None = None) -> Any:
        """Post, and do what waits for the end of the transaction."""
        with self.callbacks(execute=True):
            answer = self.client.post(address, {"csrfmiddlewaretoken": "-", **(given or {})}, follow=True)
        return answer

    def bring(self, path: Path | None = None, *, name: str = "", content: bytes = b"") -> BookUpload:
        """Bring a file; the upload as its trial left it."""
        name, content = (name or path.name, path.read_bytes()) if path is not None else (name, content)
        answer = self.post(reverse("admin:contracts_bookupload_bring"), {"file": SimpleUploadedFile(name, content)})
        assert "form" not in answer.context or not answer.context["form"].errors, answer.context["form"].errors
        return BookUpload.objects.order_by("-pk")[0]

    def do(self, verb: str, upload: BookUpload, **given: Any) -> Any:
        """A verb of the upload, confirmed where it asks; the page it leads to."""
        address = of(upload, verb)
        answer = self.post(address, given)
        if answer.context.get("following") is not None:
            mark = answer.context["form"]["mark"].value() if "mark" in answer.context["form"].fields else ""
            answer = self.post(address, {**given, "mark": mark, "seen": "", "confirmed": "1"})
        upload.refresh_from_db()
        return answer

    def page(self, upload: BookUpload) -> str:
        """The upload's page."""
        return self.client.get(of(upload, "change")).text


def of(upload: BookUpload, name: str) -> str:
    """The address of a page of the upload."""
    return reverse(f"admin:contracts_bookupload_{name}", args=[upload.pk])


__all__ = ["LIST", "PLAIN", "SUMS", "WRONG", "Client", "Desk", "of", "person"]
