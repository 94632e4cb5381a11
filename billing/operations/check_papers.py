"""書面の検査: what was kept as paper still has the bytes that were kept."""

from collections.abc import Iterator
from hashlib import sha256

from billing.models import Paper
from contracts.models.bulk import slices

READ_AT_ONCE = 20


def papers_are_kept() -> Iterator[str]:
    """Every paper's bytes have its hash and its size; of each invoice that has a paper the first one is there."""
    for some in slices(Paper.objects.order_by("pk").values_list("pk", flat=True).iterator(), READ_AT_ONCE):
        for paper in Paper.whole.filter(pk__in=some).defer("told").order_by("pk"):
            if (sha256(paper.pdf).hexdigest(), len(paper.pdf)) != (paper.sha256, paper.size):
                yield f"書面{paper}のPDFが、作成した時のものと異なります。"
    first = set(Paper.objects.filter(edition=0, invoice__isnull=False).values_list("invoice_id", flat=True))
    again = Paper.objects.filter(edition__gt=0).select_related("invoice").order_by("pk")
    yield from (f"書面{paper}の元の書面がありません。" for paper in again if paper.invoice_id not in first)
