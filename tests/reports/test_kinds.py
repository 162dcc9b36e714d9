"""Statement, finance pack and letter: what they say, who may have them, and how a file is made."""

import io
from datetime import date, timedelta

import openpyxl
import page
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.jobs.models import Job, JobState
from dps_portal.refusals import Refused
from dps_portal.reports import packs, services, spend, statements, tasks
from dps_portal.reports.frozen import freeze, thaw
from dps_portal.reports.kinds import report_of
from dps_portal.reports.models import ReportKind, ReportRun
from dps_portal.reports.scopes import Scope
from dps_portal.ui import pdf
from placements.models import FundingRequest
from placements.services import record_contribution
from placements.states import Collector, RequestKind, RequestState
from providers.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.invoices import TODAY, Billing
from tests.factories.placements import AT, Journey, noon, owner_of, provider_on

pytestmark = pytest.mark.django_db

STATEMENT, PACK, LIST = (
    reverse(f"reports:{name}") for name in ("statement", "pack", "report_list")
)
JULY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _in_may_2026():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def journey():
    return Journey().budget(y2026=27_000_000)


def asked(**facts):
    return {"year": 2026, "as_of_day": 1, "as_of_month": 7, "as_of_year": 2026} | facts


def made(run):
    tasks.render_report(str(run.job_id))
    run.refresh_from_db()
    return run.document.content()


def words_in(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def member_of(provider):
    member = UserFactory(roles=[Role.PROVIDER_MEMBER])
    Membership.objects.create(provider=provider, user=member, is_owner=False, joined_at=AT)
    return member


def other_provider(journey):
    other = Journey(
        lot=journey.lot,
        people=journey.people,
        provider=provider_on(journey.lot, name="Abbey House"),
    )
    other.admitted()
    return other


# ── The statement ────────────────────────────────────────────────────────────────────────────
def test_statement_has_nights_prices_and_charges_of_the_provider_alone(journey):
    placement = journey.admitted()
    wrong = {"start": date(2026, 6, 10), "end": date(2026, 6, 17), "weekly_pence": 70_001}
    journey.decide(journey.ask(placement, RequestKind.CORRECTION, **wrong))
    charge = {"start": JULY, "one_off_pence": 12_345, "label": "Travel"}
    journey.decide(journey.ask(placement, RequestKind.ONE_OFF, **charge))
    other_provider(journey)
    scope = Scope(date(2026, 6, 1), date(2026, 8, 1), JULY, provider=journey.provider.reference)
    value = statements.statement(journey.agreement, journey.provider, scope)
    whole = spend.report(journey.agreement, scope)

    assert [
        (one.reference, one.start, one.end, one.nights, one.weekly_pence) for one in value.stretches
    ] == [
        (placement.reference, date(2026, 6, 10), date(2026, 6, 17), 7, 70_001),
        (placement.reference, date(2026, 6, 17), date(2026, 8, 1), 45, 84_500),
    ]
    assert [(one.label, one.on, one.charged_pence) for one in value.charges] == [
        ("Travel", JULY, 12_345)
    ]
    assert value.charged_pence == whole.committed_pence
    assert value.accrued_pence == whole.accrued_pence
    assert sum(month.charged_pence for month in value.months) == value.charged_pence


def test_statements_of_providers_and_months_come_to_the_spend_report(journey):
    journey.admitted()
    other = other_provider(journey)
    parts = [
        statements.statement(
            journey.agreement, provider, Scope(start, end, JULY, provider=provider.reference)
        )
        for provider in (journey.provider, other.provider)
        for start, end in (
            (date(2026, 4, 1), date(2026, 6, 20)),
            (date(2026, 6, 20), date(2027, 4, 1)),
        )
    ]
    whole = spend.report(journey.agreement, Scope.of_year(2026, JULY))

    assert sum(part.charged_pence for part in parts) == whole.committed_pence
    assert sum(part.accrued_pence for part in parts) == whole.accrued_pence


def test_provider_sees_its_own_statement_and_cannot_ask_for_another(client, journey):
    placement = journey.admitted()
    other = other_provider(journey)
    theirs = other.lot.placements.exclude(pk=placement.pk).get()
    client.force_login(owner_of(journey.provider))
    shown = client.get(STATEMENT).text
    assert placement.reference in shown
    assert theirs.reference not in shown
    assert "Abbey House" not in shown
    wrong = client.get(STATEMENT, asked(provider=other.provider.reference))
    assert wrong.context["form"].errors["provider"]
    assert theirs.reference not in wrong.text
    sent = client.post(
        reverse("reports:request_statement"), asked(provider=other.provider.reference)
    )
    assert sent.url == STATEMENT
    client.force_login(member_of(journey.provider))
    assert client.get(STATEMENT).status_code == 403
    assert not ReportRun.objects.exists()


def test_finance_asks_for_any_statement(client, journey):
    journey.admitted()
    other = other_provider(journey)
    client.force_login(journey.people["finance"])

    chosen = asked(provider=other.provider.reference)
    assert client.get(STATEMENT, chosen).context["value"].provider == "Abbey House"
    response = client.post(reverse("reports:request_statement"), chosen)
    run = ReportRun.objects.get()
    assert response.url == run.get_absolute_url()
    assert (run.kind, run.provider) == (ReportKind.STATEMENT, other.provider)


def test_provider_without_a_statement_of_its_own_finds_nothing_of_others(client, journey):
    journey.admitted()
    finance = journey.people["finance"]
    run = services.request_statement(
        agreement=journey.agreement,
        provider=journey.provider,
        scope=Scope.of_year(2026, JULY, provider=journey.provider.reference),
        by=finance,
        at=AT,
    )
    ours = services.request_statement(
        agreement=journey.agreement,
        provider=journey.provider,
        scope=Scope.of_year(2026, JULY, provider=journey.provider.reference),
        by=owner_of(journey.provider),
        at=AT,
    )
    stranger = owner_of(provider_on(journey.lot, name="Coast House"))
    pages = [
        reverse(f"reports:{name}", args=[one.pk])
        for one in (run, ours)
        for name in ("report_run", "report_csv", "report_xlsx")
    ]

    client.force_login(stranger)
    assert {client.get(url).status_code for url in pages} == {404}
    assert list(client.get(LIST).context["page"]) == []
    client.force_login(owner_of(journey.provider))
    assert list(client.get(LIST).context["page"]) == [ours]
    assert [client.get(url).status_code for url in pages] == [404] * 3 + [200] * 3
    assert list(ReportRun.objects.visible_to(finance)) == [run, ours]
    assert list(ReportRun.objects.visible_to(journey.people["assessor"])) == []


def billed_by(journey):
    """A stay since 10 June, of which June is invoiced and paid, and more is asked for July."""
    billing = Billing(journey)
    nights = [
        billing.line(date(2026, 6, 10), JULY, 253_500),
        billing.line(JULY, date(2026, 7, 8), 84_500),
        billing.line(date(2026, 7, 8), date(2026, 8, 5), 338_000),  # 24 of 28 nights in July
        billing.line(date(2026, 6, 10), date(2026, 6, 11), -2_000),
    ]
    paid = billing.paid(nights[0], on=JULY, number="HH-P")
    disputed = billing.disputed(nights[1], on=date(2026, 7, 9), number="HH-D")
    received = billing.entered(nights[2], on=date(2026, 7, 10), number="HH-R")
    billing.entered(nights[3], on=date(2026, 7, 11), number="HH-C")
    billing.rejected(nights[1], on=date(2026, 7, 12), number="HH-X")
    return paid, disputed, received


def cells_of(value, name):
    (table,) = [table for table in statements.tables_of(value) if table.name == name]
    return table


def july_of(journey, as_of=date(2026, 8, 1)):
    scope = Scope(JULY, date(2026, 8, 1), as_of, provider=journey.provider.reference)
    return statements.statement(journey.agreement, journey.provider, scope)


def test_statement_lists_the_invoices_of_its_nights_and_what_of_each_is_for_them(journey):
    billed_by(journey)
    table = cells_of(july_of(journey), "invoices")

    assert table.rows == (
        ("HH-D", date(2026, 7, 9), 84_500, 84_500, "Disputed", None),
        ("HH-R", date(2026, 7, 10), 338_000, 289_714, "To be matched", None),
    )
    assert table.total == ("Total", None, 422_500, 374_214, "", None)
    whole = Scope.of_year(2026, JULY, provider=journey.provider.reference)
    year = statements.statement(journey.agreement, journey.provider, whole)
    assert [(row[0], row[3], row[4], row[5]) for row in cells_of(year, "invoices").rows] == [
        ("HH-P", 253_500, "Paid", TODAY),
        ("HH-D", 84_500, "Disputed", None),
        ("HH-R", 338_000, "To be matched", None),
        ("HH-C", -2_000, "To be matched", None),
    ]


def test_statement_puts_what_is_due_beside_what_is_invoiced_paid_and_disputed(journey):
    billed_by(journey)
    placement = journey.lot.placements.get()
    record_contribution(
        placement=placement,
        start=date(2026, 6, 10),
        weekly_pence=7_000,
        collector=Collector.PROVIDER,
        by=journey.people["assessor"],
        at=noon(JULY),
    )
    due = 374_214 - 31_000  # 31 nights, less £10.00 a night that the provider collects

    assert cells_of(july_of(journey), "reconciled").rows == (
        ("Due for nights and charges before 1 August 2026", due),
        ("Invoiced", 374_214),
        ("of it paid", 0),
        ("of it disputed", 84_500),
        ("of it outstanding", 289_714),
        ("Due and not invoiced", due - 374_214),
    )
    assert july_of(journey, as_of=date(2026, 7, 8)).due_pence == 84_500 - 7_000
    assert july_of(journey, as_of=date(2026, 6, 1)).due_pence == 0


def test_statement_has_no_invoice_of_another_provider(journey):
    billed_by(other_provider(journey))
    journey.admitted()

    assert july_of(journey).invoices == ()


def test_statement_asks_as_little_for_three_invoices_as_for_one(journey):
    billing = Billing(journey)

    def questions():
        with CaptureQueriesContext(connection) as asked:
            july_of(journey)
        return len(asked)

    billing.entered(billing.line(JULY, date(2026, 7, 8), 84_500))
    one = questions()
    for _ in range(2):
        billing.entered(billing.line(JULY, date(2026, 7, 8), 84_500))
    assert questions() == one


def test_statement_made_before_it_showed_invoices_still_opens(journey):
    billed_by(journey)
    frozen = freeze(july_of(journey))
    del frozen["invoices"], frozen["due_pence"]
    older = thaw(statements.Statement, frozen)

    assert [table.name for table in statements.tables_of(older)] == [
        *("totals", "months", "charges", "nights")
    ]
    whole = july_of(journey)
    assert thaw(statements.Statement, freeze(whole)) == whole


# ── The finance pack ─────────────────────────────────────────────────────────────────────────
def test_pack_has_the_months_movements_the_position_and_what_waits(journey):
    placement = journey.admitted()
    journey.extension(placement, date(2026, 10, 8))
    value = packs.pack(journey.agreement, packs.month_of(date(2026, 6, 1), JULY))

    assert [(one.kind, one.entries, one.pence) for one in value.moved] == []
    may = packs.pack(journey.agreement, packs.month_of(date(2026, 5, 1), JULY))
    assert [(one.year, one.kind, one.pence) for one in may.moved] == [
        (2026, "Commitment", 1_110_571)
    ]
    assert value.month.committed_pence == 3 * 84_500
    assert value.year.committed_pence == 1_110_571
    assert [(one.state, one.requests, one.pence) for one in value.waiting] == [
        ("Waiting for a decision", 1, 4 * 84_500)
    ]


def test_pack_says_what_is_to_be_paid_and_was_paid(journey):
    paid, disputed, received = billed_by(journey)
    received.due_on = date(2026, 7, 31)
    received.save()

    def rows(month, today):
        value = packs.pack(journey.agreement, packs.month_of(month, today))
        return [(one.what, one.invoices, one.pence) for one in value.payables]

    assert rows(JULY, date(2026, 8, 1)) == [
        ("Due within 30 days", 0, 0),
        ("Overdue", 1, received.pence),
        ("Disputed", 1, disputed.pence),
        ("Paid in the month", 1, paid.pence),
    ]
    assert rows(JULY, date(2026, 7, 31))[:2] == [
        ("Due within 30 days", 1, received.pence),
        ("Overdue", 0, 0),
    ]
    assert rows(date(2026, 6, 1), JULY)[3] == ("Paid in the month", 0, 0)


def test_pack_made_before_it_showed_invoices_still_opens(journey):
    value = packs.pack(journey.agreement, packs.month_of(date(2026, 5, 1), JULY))
    frozen = freeze(value)
    del frozen["payables"]

    older = packs.tables_of(thaw(packs.Pack, frozen))

    assert [one for one in packs.tables_of(value) if one.name != "payables"] == list(older)
    assert len(older) == len(packs.tables_of(value)) - 1


def test_pack_asks_as_little_for_three_requests_as_for_one(journey, django_assert_num_queries):
    def waits():
        return list(packs._waiting(journey.agreement, 2026))

    journey.extension(journey.admitted(), date(2026, 10, 8))
    with CaptureQueriesContext(connection) as one:
        waits()
    for _ in range(2):
        other = Journey(lot=journey.lot, provider=journey.provider, people=journey.people)
        other.extension(other.admitted(), date(2026, 10, 8))

    with django_assert_num_queries(len(one)):
        assert [row.requests for row in waits()] == [3]


def test_pack_counts_no_night_still_to_come():
    assert packs.month_of(date(2026, 5, 1), date(2026, 5, 20)).as_of == date(2026, 5, 20)
    assert packs.month_of(date(2026, 4, 1), date(2026, 5, 20)).as_of == date(2026, 5, 1)


def test_pack_is_shown_and_downloaded(client, journey):
    journey.admitted()
    client.force_login(journey.people["finance"])
    month = {"month": "2026-05-01"}

    assert "Position of 2026/27" in client.get(PACK, month).text
    lines = client.get(PACK, month | {"download": "csv", "table": "moved"}).text.splitlines()
    assert lines[1] == '"2026/27","Commitment","1","11105.71"'
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(PACK, month | {"download": "xlsx"}).getvalue())
    )
    assert book["Totals"]["B4"].value == 11_105.71
    assert client.get(PACK, month | {"download": "csv", "table": "nothing"}).status_code == 404
    assert client.get(PACK, {"month": "2027-01-01"}).context["form"].errors["month"]
    client.post(reverse("reports:request_pack"), month)
    assert ReportRun.objects.get().kind == ReportKind.PACK


# ── The letter ───────────────────────────────────────────────────────────────────────────────
def letter_on(request, by):
    return services.request_letter(request=request, by=by, at=AT)


def test_letter_says_what_was_decided_by_year_and_why(journey):
    placement = journey.approved()
    run = letter_on(placement.requests.get(), journey.people["manager"])
    words = words_in(made(run))

    for said in ("approved", placement.reference, "Harbour House", "£845.00", "£11,105.71"):
        assert said in words
    assert "92 nights from 10 June 2026" in words
    assert placement.referral.person.reference not in words
    assert "Alex Example" not in words


def test_letter_of_a_decline_gives_the_reason(journey):
    request = journey.decide(journey.requested(), RequestState.DECLINED, reason="No need is shown.")
    words = words_in(made(letter_on(request, journey.people["assessor"])))

    assert "declined" in words
    assert "No need is shown." in words
    assert "nothing of it is funded" in words


def test_letter_of_a_decline_gives_the_costs_that_were_decided_on_however_the_stay_ends(journey):
    placement = journey.admitted()
    request = journey.extension(placement, date(2026, 10, 8))
    journey.decide(request, RequestState.DECLINED, reason="No need is shown.")
    by = journey.people["manager"]
    first = letter_on(FundingRequest.objects.get(pk=request.pk), by)
    journey.leave(placement, date(2026, 9, 10))
    second = letter_on(FundingRequest.objects.get(pk=request.pk), by)

    for run in (first, second):
        (table,) = report_of(run).tables
        assert (table.shown, table.shown_total) == (
            [["2026/27", "£3,380.00"]],
            ["Total", "£3,380.00"],
        )
    assert (second.version, second.corrects, second.digest) == (1, None, first.digest)


def test_letter_of_a_decline_without_kept_costs_gives_no_sum(journey):
    request = journey.decide(journey.requested(), RequestState.DECLINED, reason="No need.")
    FundingRequest.objects.update(figures=None)  # as declines were kept before
    request.refresh_from_db()
    words = words_in(made(letter_on(request, journey.people["manager"])))

    assert "What it would have cost was not kept with the decision." in words
    assert "£" not in words.replace("The weekly price is £845.00", "")


def test_letter_frozen_before_costs_were_marked_as_kept_still_opens(journey):
    run = letter_on(journey.approved().requests.get(), journey.people["manager"])
    del run.figures["has_costs"]

    assert report_of(run).own_tables[0].shown_total == ["Total", "£11,105.71"]


def test_no_letter_on_what_is_not_decided_or_names_the_person(journey):
    request = journey.requested()
    with pytest.raises(Refused) as refused:
        letter_on(request, journey.people["manager"])
    assert refused.value.reasons == ("This request is neither approved nor declined.",)

    declined = journey.decide(request, RequestState.DECLINED, reason="Alex Example is not ready.")
    with pytest.raises(Refused):
        letter_on(declined, journey.people["manager"])
    assert not ReportRun.objects.exists()


def test_letter_is_for_the_team_and_the_provider(client, journey):
    placement = journey.approved()
    url = reverse("reports:request_letter", args=[placement.requests.get().reference])
    stranger = owner_of(provider_on(journey.lot, name="Coast House"))
    owner = owner_of(journey.provider)
    for person, status in (
        (journey.people["assessor"], 302),
        (owner, 302),
        (member_of(journey.provider), 403),
        (stranger, 404),
        (UserFactory(roles=[Role.ASSESSOR]), 404),
        (journey.people["finance"], 403),
    ):
        client.force_login(person)
        assert client.post(url).status_code == status
    run = ReportRun.objects.latest("pk")
    for person, status in ((owner, 200), (stranger, 404)):
        client.force_login(person)
        assert client.get(run.get_absolute_url()).status_code == status
    assert run not in ReportRun.objects.visible_to(journey.people["finance"])


def test_undecided_request_has_a_page_that_says_so(client, journey):
    url = reverse("reports:request_letter", args=[journey.requested().reference])
    client.force_login(journey.people["manager"])

    assert "neither approved nor declined" in client.post(url).text


def test_pages_of_request_and_offer_lead_to_the_letter(client, journey):
    placement = journey.approved()
    request = placement.requests.get()
    url = reverse("reports:request_letter", args=[request.reference])

    client.force_login(journey.people["manager"])
    assert url in client.get(request.get_absolute_url()).text
    client.force_login(owner_of(journey.provider))
    assert url in client.get(placement.get_offer_url()).text
    client.force_login(journey.people["finance"])
    assert url not in client.get(request.get_absolute_url()).text


def test_every_kind_of_pdf_is_accessible(journey):
    placement = journey.admitted()
    finance, agreement = journey.people["finance"], journey.agreement
    year = Scope.of_year(2026, JULY)
    own = Scope.of_year(2026, JULY, provider=journey.provider.reference)
    runs = [
        services.request_spend_pdf(agreement=agreement, scope=year, by=finance, at=AT),
        services.request_spend_pdf(agreement=agreement, scope=own, by=finance, at=AT),
        services.request_statement(
            agreement=agreement, provider=journey.provider, scope=own, by=finance, at=AT
        ),
        services.request_pack(agreement=agreement, month=date(2026, 5, 1), by=finance, at=AT),
        letter_on(FundingRequest.objects.get(placement=placement), journey.people["manager"]),
    ]
    for run in runs:
        verdict = page.validate_pdf_bytes(made(run), profile="ua1")
        assert [(one.rule_id, one.message) for one in verdict.failures] == []
        charts = [table for table in report_of(run).tables if table.has_chart]
        html = services.html_of(run)
        assert html.count('role="img"') == html.count("<desc id=") == len(charts)


# ── The making of a file ─────────────────────────────────────────────────────────────────────
@pytest.fixture
def run(client, journey):
    client.force_login(journey.people["finance"])
    return services.request_spend_pdf(
        agreement=journey.agreement,
        scope=Scope.of_year(2026, JULY),
        by=journey.people["finance"],
        at=AT,
    )


def act(client, name, run):
    return client.post(reverse(f"reports:{name}", args=[run.pk]), follow=True).text


def test_progress_is_shown_without_a_script(client, run):
    Job.objects.update(state=JobState.RUNNING, progress="Step 5 - Creating layout - Page 3")
    shown = client.get(run.get_absolute_url()).text

    assert "Running: Step 5 - Creating layout - Page 3." in shown
    assert "Check again" in shown


def test_progress_is_what_the_program_tells(run):
    steps = []
    pdf.to_pdf(services.html_of(run), look=steps.append)

    assert any(step.startswith("Step ") for step in steps)


def test_file_is_cancelled_and_made_after_all(client, run):
    assert "was cancelled" in act(client, "cancel_report", run)
    tasks.render_report(str(run.job_id))
    run.refresh_from_db()
    assert (run.document, Job.objects.get().state) == (None, JobState.CANCELLED)
    assert "It has ended already." in act(client, "cancel_report", run)

    assert "The PDF is being made." in act(client, "retry_report", run)
    assert "nor been cancelled" in act(client, "retry_report", run)
    made(run)
    assert [event.action for event in AuditEvent.objects.about(run).order_by("seq")] == [
        *("report.requested", "report.cancelled", "report.retried", "report.rendered")
    ]


def test_failed_file_says_why_and_is_made_again(client, run):
    Job.objects.update(state=JobState.FAILED, finished_at=AT, attempts=3, error="OverLimit")
    shown = client.get(run.get_absolute_url()).text
    assert "It would take more time or memory than a report may." in shown

    act(client, "retry_report", run)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.error, job.finished_at) == (
        *(JobState.WAITING, 0, "", None),
    )


def test_only_whoever_asked_stops_or_repeats_it(client, run):
    client.force_login(UserFactory(roles=[Role.FINANCE]))

    for name in ("cancel_report", "retry_report"):
        assert client.post(reverse(f"reports:{name}", args=[run.pk])).status_code == 404
    assert "Cancel the PDF" not in client.get(run.get_absolute_url()).text


def test_files_of_a_run_are_its_frozen_figures(client, journey):
    journey.admitted()
    run = services.request_spend_pdf(
        agreement=journey.agreement,
        scope=Scope.of_year(2026, JULY),
        by=journey.people["finance"],
        at=AT,
    )
    journey.leave(journey.lot.placements.get(), date(2026, 6, 17))
    client.force_login(journey.people["finance"])
    lines = client.get(reverse("reports:report_csv", args=[run.pk]), {"table": "totals"}).text
    book = client.get(reverse("reports:report_xlsx", args=[run.pk])).getvalue()
    about = openpyxl.load_workbook(io.BytesIO(book))["About"]

    assert '"Committed","11105.71"' in lines
    assert run.digest in {cell.value for row in about.iter_rows() for cell in row}


# ── What may be asked ────────────────────────────────────────────────────────────────────────
def days(**named):
    return {
        f"{name}_{part}": getattr(day, part)
        for name, day in named.items()
        for part in ("day", "month", "year")
    }


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"year": ""}, "first_day"),
        ({"year": ""} | days(first_day=JULY), "last_day"),
        ({"year": ""} | days(first_day=JULY, last_day=JULY - timedelta(days=1)), "last_day"),
        ({"year": ""} | days(first_day=JULY, last_day=date(2027, 7, 1)), "last_day"),
        ({"year": 2026} | days(first_day=JULY, last_day=JULY), "year"),
        ({"year": 1999}, "year"),
        ({"year": 2026, "lot": 99}, "lot"),
        ({"year": 2026, "provider": "PV-NOBODY"}, "provider"),
    ],
)
def test_what_cannot_be_asked_is_said_on_its_field(client, journey, typed, field):
    client.force_login(journey.people["finance"])
    response = client.get(reverse("reports:spend"), typed)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    for name in ("spend_csv", "spend_xlsx"):
        assert client.get(reverse(f"reports:{name}"), typed).status_code == 302


def test_period_holds_both_its_days(client, journey):
    client.force_login(journey.people["finance"])
    typed = {"year": ""} | days(first_day=JULY, last_day=date(2027, 6, 30))
    scope = client.get(reverse("reports:spend"), typed).context["value"].scope

    assert (scope.start, scope.end) == (JULY, date(2027, 7, 1))
    assert scope.as_of == AT.date()
