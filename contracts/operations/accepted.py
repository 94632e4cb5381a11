"""What the acceptance of an application writes: its rows, the customer's own consents, and an entry of the history for each."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import User

from contracts.facts.save import FactsWriter
from contracts.facts.writing import Writing
from contracts.intake.form import Line, Verb, named
from contracts.judge.application import Judgement
from contracts.models import Application, Consent, Contract, Entry
from contracts.operations.prices import give_way
from contracts.terms.consents import Consent as PlainConsent


def write(application: Application, judgement: Judgement, writing: Writing) -> None:
    """Every contract, option, change and price that the form asks for; a monthly price of the very day gives way (I-53)."""
    merged, after = judgement.merged, judgement.after
    give_way(writing, merged.values()["prices"])
    FactsWriter(merged.values(), {after.code: after}, writing, unit_of=merged.known.unit_of).write()
    _write_consents(writing, application.lines, judgement.consents)


def _write_consents(writing: Writing, lines: Sequence[Line], consents: Mapping[str, PlainConsent]) -> None:
    """The customer's own consents with their evidence (第17条第1項)."""
    contracts = {
        c.target.number: c for c in Contract.objects.filter(target__number__in=consents).select_related("target")
    }
    for _key, verb, line in named(lines):
        number = line.get("number" if verb is Verb.CONTRACT else "target", "")
        if number not in consents or not line.get("consent_document"):
            continue
        contract, consent = contracts[number], consents[number]
        writing.add(
            Consent(
                contract=contract,
                assent=consent.assent.value,
                given_on=consent.given_on,
                given_by=line["consent_given_by"].strip(),
                document=line["consent_document"].strip(),
            )
        )


_RECORDS = {
    "contracts": "contract",
    "options": "option",
    "changes": "change",
    "prices": "price",
    "linked_services": "linked_service",
    "notices": "notice",
}


def written(application: Application, judgement: Judgement, by: User) -> Iterable[Entry]:
    """One entry for every row that the acceptance wrote."""
    for sheet, kind in _RECORDS.items():
        for row in judgement.merged.new[sheet]:
            subject = row.values.get("number") or row.values.get("target") or row.values.get("code") or ""
            yield Entry(
                actor=str(by),
                operation="accept",
                record=kind,
                subject=subject,
                unit_id=application.unit_id,
                reason=application.number,
                after=row.values,
            )
    for number, consent in judgement.consents.items():
        yield Entry(
            actor=str(by),
            operation="accept",
            record="consent",
            subject=number,
            unit_id=application.unit_id,
            reason=application.number,
            after={"assent": consent.assent.value, "given_on": consent.given_on},
        )
