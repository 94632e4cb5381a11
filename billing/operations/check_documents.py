"""書面の検査: what was kept on paper still has the bytes that were kept."""

from collections.abc import Iterator
from hashlib import sha256

from django.db.models import Exists, OuterRef

from billing.models import Document
from contracts.models.bulk import slices

READ_AT_ONCE = 20


def documents_are_kept() -> Iterator[str]:
    """Every document's bytes have its hash and its size; of each invoice that has a document the first one is there."""
    for some in slices(Document.objects.order_by("pk").values_list("pk", flat=True).iterator(), READ_AT_ONCE):
        for document in Document.whole.filter(pk__in=some).defer("told").order_by("pk"):
            if (sha256(document.pdf).hexdigest(), len(document.pdf)) != (document.sha256, document.size):
                yield f"書面{document}のPDFが、作成した時のものと異なります。"
    first = Document.objects.filter(edition=0, invoice=OuterRef("invoice"))
    without = Document.objects.filter(~Exists(first), edition__gt=0).select_related("invoice").order_by("pk")
    yield from (f"書面{document}の元の書面がありません。" for document in without)
