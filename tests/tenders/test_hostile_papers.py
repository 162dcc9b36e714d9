"""Words in the papers of a tender that want to be more: nothing is reached, nothing is read (T32)."""

from dataclasses import fields, is_dataclass, replace
from itertools import cycle

import pytest

from dps_portal.ui import pdf
from tenders import services
from tenders.models import ConsensusScore, Criterion, Letter
from tests.factories.tenders import Competition
from tests.hostile import assert_harmless, shape_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]  # the renderer meets no database


@pytest.fixture
def competition():
    one = Competition()
    one.awarded(agreed={"Provider 1": 5, "Provider 2": 3})
    return one


def with_words(value, words):
    """The report with the next of the words in each of its texts."""
    if isinstance(value, str):
        return next(words)
    if isinstance(value, tuple):
        return tuple(with_words(one, words) for one in value)
    if is_dataclass(value):
        facts = {one.name: with_words(getattr(value, one.name), words) for one in fields(value)}
        return replace(value, **facts)
    return value


def report_in(competition, words):
    """The style has the reference and the digest, for the footer: both are the portal's own."""
    plain = services.procurement_report(competition.tender)
    report = replace(with_words(plain, cycle(words)), tender=plain.tender)
    facts = {"report": report, "audit_head": "0" * 64}
    html = pdf.page("tenders/procurement_report_pdf.html", facts)
    return html.replace(report.digest()[:16], "0" * 16)


def test_no_payload_changes_the_shape_of_the_report(competition, words_of):
    plain = shape_of(report_in(competition, ["plain"]))

    changed = [
        family
        for family, words in words_of.items()
        if shape_of(report_in(competition, [words])) != plain
    ]
    assert changed == []


def test_the_report_reaches_and_reads_nothing(competition, words_of, traps):
    assert_harmless(pdf.to_pdf(report_in(competition, words_of.values())), *traps)


def test_an_outcome_letter_reaches_and_reads_nothing(competition, words_of, traps):
    letter = Letter.objects.get(provider=competition.providers[1])
    letter.body += "\n\n" + "\n\n".join(words_of.values())
    short = [words for words in words_of.values() if len(words) <= 100]
    for row, words in zip(competition.providers, short, strict=False):
        type(row).objects.filter(pk=row.pk).update(name=words)
    Criterion.objects.filter(position=1).update(name=short[3])
    ConsensusScore.objects.update(reason=" ".join(words_of.values()))

    assert_harmless(services.letter_pdf(letter), *traps)
