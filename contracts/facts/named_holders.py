"""Whose a linked service is: a customer who is named by its name is no stranger."""

from collections import defaultdict
from collections.abc import Collection

from contracts.facts import name_keys
from contracts.facts.folding import fold, typed
from contracts.models import Customer, plain_code
from contracts.models.among import among
from contracts.models.bulk import slices

MOST_ALIKE = 200
"""Customers whose names contain what was typed that are looked at."""


def holders_meant(written: str) -> list[str]:
    """The codes of the customers that are meant by what was typed as a holder: by their code, else by just that name; none for
    another party.
    """
    written = typed(written)
    coded = Customer.objects.filter(plain_code.begins("code", written)).order_by("code")[:MOST_ALIKE]
    bare = plain_code.bare(written)
    by_code = [customer.code for customer in coded if plain_code.bare(customer.code) == bare]
    if by_code:
        return by_code
    ids = name_keys.called("customer", written, at_most=MOST_ALIKE)
    wanted = fold(written)
    # By any name that it ever had: a paper names the holder as it was called then.
    meant = {pk for pk, name in name_keys.names_of("customer", ids) if fold(name) == wanted} if ids else set()
    return list(Customer.objects.filter(among("pk", meant)).order_by("code").values_list("code", flat=True))


def codes_called(written: Collection[str]) -> tuple[set[str], dict[str, set[str]]]:
    """Of very many holders at once: those that are a customer's code as they stand, and the codes of the customers that are called
    just so, by what was written. Two queries and more a thousand of them.
    """
    known: set[str] = set()
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    for some in slices(sorted(written)):
        known |= set(Customer.objects.filter(code__in=some).values_list("code", flat=True))
        folded: defaultdict[str, list[str]] = defaultdict(list)
        for one in some:
            folded[fold(one)].append(one)
        ids = name_keys.beginning("customer", folded)
        codes = dict(Customer.objects.filter(among("pk", ids)).values_list("pk", "code")) if ids else {}
        for pk, name in name_keys.names_of("customer", sorted(ids)) if ids else ():
            for one in folded.get(fold(name), ()):
                by_name[one].add(codes[pk])
    return known, dict(by_name)
