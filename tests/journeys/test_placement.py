"""One person's whole way, by everybody who has a part in it: from the referral to the closing."""

import io
from datetime import timedelta
from fractions import Fraction
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from dps_portal.accounts.roles import Role
from dps_portal.audit import verification
from dps_portal.clock import add_months, financial_year
from dps_portal.notifications.models import Notification
from dps_portal.notifications.tasks import send_waiting
from dps_portal.reports.models import ReportRun
from dps_portal.reports.tasks import render_report
from placements.models import (
    BreakGlass,
    BudgetRevision,
    BudgetYear,
    FundingRequest,
    Placement,
    Referral,
    SubjectRequest,
)
from placements.services import compare_ledger, remind_of_ending_funding
from placements.states import RequestState
from tests.factories.accounts import UserFactory
from tests.factories.agreements import AgreementFactory, LotFactory
from tests.factories.placements import owner_of, provider_on

from .walk import three_boxes

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WEEKLY = 90_000
NAME, NUMBER = "Somebody Invented", "SC-1234"
ARRIVAL, EXIT = 8, 104  # in days after the referral
EXTENSION = timedelta(days=28)
ENOUGH, NOT_ENOUGH = "20000", "5000"


class Town:
    """Everybody of the council, and a lot with a dear and a cheap provider."""

    def __init__(self):
        self.start = timezone.now()
        self.today = timezone.localdate(self.start)
        self.lot = LotFactory(agreement=AgreementFactory(), number=1)
        self.dear = provider_on(self.lot, weekly_pence=WEEKLY, name="Willow Court")
        self.cheap = provider_on(self.lot, weekly_pence=80_000, name="Rival House")
        self.owner = owner_of(self.dear)
        self.assessor, self.colleague = (UserFactory(roles=[Role.ASSESSOR]) for _ in range(2))
        self.manager, self.other_manager = (
            UserFactory(roles=[Role.ASSESSMENT_MANAGER], approval_limit_pence=500_000)
            for _ in range(2)
        )
        self.commissioner = UserFactory(roles=[Role.COMMISSIONER], approval_limit_pence=10**8)
        self.finance = UserFactory(roles=[Role.FINANCE])
        self.auditor = UserFactory(roles=[Role.AUDITOR])
        self.funded_until = add_months(self.on(ARRIVAL), 3) + EXTENSION
        self.years = sorted(
            {financial_year(day) for day in (self.today, self.on(ARRIVAL), self.funded_until)}
        )

    def on(self, days):
        return self.today + timedelta(days=days)

    def later(self, days):
        """That many days after the referral, with the clock running."""
        return time_machine.travel(self.start + timedelta(days=days))

    def year(self, one):
        return self.lot.agreement.reference, one


def set_ceilings(walk, town, pounds):
    """Of each year that the stay will touch, by two people."""
    for year in town.years:
        walk.become(town.commissioner).open("placements:propose_ceiling").send(
            year=year, ceiling_pence=pounds, decision_reference="Cabinet decision 1"
        )
        revision = BudgetRevision.objects.get(year=year, confirmed_at=None)
        walk.become(town.finance).open("placements:budget_list")
        walk.open("placements:confirm_ceiling", *town.year(year), revision.pk).send()


def write(walk, ref, sections):
    """Each section saved on its own page."""
    for section, answers in sections.items():
        walk.open("placements:save_answers", ref, section).send(**answers)


def refer(walk, town):
    """A draft section by section, handed in; a second one for the same person is refused."""
    walk.become(town.assessor).open("home")
    walk.open("placements:referral_list")
    who = {"number": NUMBER, "name": NAME, **three_boxes("date_of_birth", town.on(-15_000))}
    walk.open("placements:make_referral").send(**who)
    ref = Referral.objects.get().reference
    walk.open("placements:referral", ref)
    assert "Incomplete" in walk.text
    write(
        walk,
        ref,
        {
            "source": {
                "source": "Community service",
                "urgency": "urgent",
                "urgency_reason": "About to lose the tenancy.",
                **three_boxes("received_on", town.today),
            },
            "needs": {"needs_summary": "A quiet room."},
            "circumstances": {
                "home_circumstances": "Lives alone.",
                "complexity": ["dual_diagnosis"],
            },
            "consent": {"has_consent": True, **three_boxes("consent_on", town.today)},
            "community": {"community_options_tried": "A day programme."},
        },
    )
    walk.open("placements:referral", ref).send("Submit")
    walk.open("placements:make_referral")
    assert ref in walk.refused(**who).text
    return ref


def assess(walk, town, ref):
    """Allocated by a manager; the assessment; not eligible at first, which a manager returns."""
    walk.become(town.manager).open("placements:referral_list")
    walk.open("placements:allocate_referral", ref).send(worker=town.assessor.pk)
    walk.open("placements:caseload_list").open("placements:caseload", town.assessor.ref)
    walk.become(town.assessor).open("placements:record_not_eligible", ref)
    walk.send(reason="Community treatment may do.")
    walk.become(town.manager).open("placements:countersign_referral", ref)
    walk.send(agrees="no", reason="It has been tried twice.")
    walk.become(town.assessor)
    write(
        walk,
        ref,
        {
            "care-act": {
                **three_boxes("care_act_assessed_on", town.today),
                "care_act_eligible": "yes",
                "care_act_reason": "Two outcomes cannot be achieved.",
            },
            "clinical-review": {
                "clinical_review_by": "Consultant psychiatrist",
                **three_boxes("clinical_review_on", town.today),
                "clinical_review": "Indicated.",
            },
            "options": {},
            "complexity": {},
            "residence": {"residence": "ours"},
            "charging": {"charging": "assessed", "weekly_contribution_pence": "48.50"},
            "outcomes": {"desired_outcomes": "A year of sobriety."},
            "recommendation": {"lot": town.lot.pk},
        },
    )
    walk.open("placements:referral", ref).send("is eligible")
    walk.open("placements:hold_referral", ref)
    walk.send(reason="In hospital.", **three_boxes("review_on", town.on(5)))
    walk.open("placements:referral", ref).send("Take up again")
    walk.send("matching")


def match(walk, town, ref):
    """Compared and chosen, the dearer for a reason; the provider reads no name and accepts."""
    walk.become(town.owner).open("home").open("placements:state_vacancy")
    walk.send(lot=town.lot.pk, places=2, meets=["dual_diagnosis"], **soon(town, "earliest_on"))
    planned = soon(town, "planned_admission")
    query = "&".join(f"{name}={value}" for name, value in planned.items())
    walk.become(town.assessor).open("placements:match_referral", ref)
    walk.open("placements:match_referral", ref, query=f"{query}&sort=fit")
    walk.open("placements:judge_option", ref, town.dear.reference, query=query)
    walk.send(is_suitable="yes", note="A nurse at night.")
    walk.open("placements:start_competition", ref, query=query)
    walk.open("placements:choose_option", ref, town.dear.reference, query=query)
    walk.send(person_choice="Close to family.", why_not_cheapest="The family can visit.")
    assert "Providers compared when this was chosen" in walk.text
    placement = Placement.objects.get().reference

    walk.become(town.owner).open("placements:offer_list")
    assert NAME not in walk.open("placements:offer", placement).text
    profile = walk.open("placements:offer_profile", placement).text
    assert ("A quiet room." in profile, NAME in profile, NUMBER in profile) == (True, False, False)
    walk.open("placements:answer_offer", placement)
    walk.send(accepts="yes", **soon(town, "earliest_admission"))
    return placement


def soon(town, name):
    return three_boxes(name, town.on(ARRIVAL))


def fund(walk, town, placement):
    """Deferred for want of money, then room for it; above the manager's limit, so not theirs."""
    set_ceilings(walk, town, NOT_ENOUGH)
    walk.become(town.assessor).open("placements:request_funding", placement, "initial")
    walk.send("Ask for", reason="Eligible; community options tried.")
    request = FundingRequest.objects.get().reference
    walk.become(town.manager).open("placements:request_list")
    assert "above your approval limit" in walk.open("placements:funding_request", request).text
    walk.open("placements:decide_funding", request)
    assert "The longest stay that the ceilings allow" in walk.text
    walk.send(decision="deferred", reason="There is no money yet.")
    set_ceilings(walk, town, ENOUGH)
    walk.become(town.commissioner).open("home")
    assert "There is room" in walk.open("placements:request_list").text
    walk.open("placements:funding_request", request)
    walk.open("placements:decide_funding", request).send(decision="approved")
    walk.become(town.finance).open("placements:funding_request", request)


def stay(walk, town, placement):
    """Told by the provider, recorded by the team; a correction by the manager."""
    with town.later(ARRIVAL):
        walk.become(town.owner).open("placements:offer", placement)
        walk.open("placements:propose_fact", placement, "arrival")
        walk.send(**three_boxes("on", town.on(ARRIVAL)), note="In the afternoon.")
        walk.become(town.assessor).open("home")
        walk.open("placements:placement", placement)
        assert "The provider says: arrival" in walk.text
        walk.open("placements:record_non_arrival", placement)
        walk.open("placements:cancel_placement", placement)
        walk.open("placements:record_admission", placement).send()
        walk.open("placements:record_contribution", placement)
        walk.send(weekly_pence="48.50", collector="provider")
    with town.later(25):
        walk.become(town.owner).open("placements:propose_fact", placement, "absence")
        walk.send(**three_boxes("on", town.on(20)), **three_boxes("until", town.on(24)))
        walk.become(town.assessor).open("placements:record_absence", placement)
        walk.send(reason="Family visit", cost_centre="provider")
        absence = Placement.objects.get().absences.get()
        walk.become(town.manager).open("placements:correct_absence", placement, absence.pk)
        walk.send(what="end", reason="Came back sooner.", **three_boxes("end", town.on(23)))
        walk.open("placements:correct_admission", placement)
    with town.later(40):
        walk.become(town.assessor).open("placements:placement_list")
        assert "Review due" in walk.open("placements:placement", placement).text
        walk.open("placements:record_review", placement).send(
            **three_boxes("held_on", town.on(39)),
            recommendation="continue",
            progress="Settled in well.",
        )


def look(walk, town, placement):
    """The pages that only show something, by everybody who may see them."""
    for year in town.years:
        for person in (town.commissioner, town.manager, town.finance, town.auditor):
            walk.become(person).open("placements:budget_year", *town.year(year))
    first = town.year(town.years[0])
    walk.become(town.auditor).open("placements:forecast", *first)
    walk.become(town.commissioner).open("placements:forecast", *first).send("Keep this forecast")
    walk.open("placements:set_assumptions", *first).open("placements:propose_close", *first)
    for person in (town.owner, town.commissioner, town.manager, town.assessor):
        walk.become(person).open("home").open("reports:calendar")
    walk.open("reports:calendar_month", town.today.year, town.today.month)
    walk.open("reports:calendar_link").send()
    link = urlsplit(walk.page.locator("main code").inner_text())
    feed = walk.page.request.get(f"{walk.server.url}{link.path}?{link.query}").text()
    found = ("BEGIN:VCALENDAR" in feed, placement in feed, NAME in feed)
    assert found == (True, True, False)
    for kind in ("band-change", "price-change", "shortening", "correction", "one-off"):
        walk.open("placements:request_funding", placement, kind)


def extend(walk, town, placement):
    """Reminded of, asked for in time, granted by the manager too late: nights without money."""
    until = Placement.objects.get().funded_until
    days = (until - town.today).days
    with town.later(days - 28):
        assert remind_of_ending_funding(at=timezone.now()) == 1
        assert remind_of_ending_funding(at=timezone.now()) == 0
        walk.become(town.assessor).open("home")
        walk.open("placements:request_funding", placement, "extension")
        walk.send(
            "Ask for",
            **three_boxes("end", until + EXTENSION),
            reason="Four weeks complete the programme.",
        )
        request = FundingRequest.objects.latest("requested_at").reference
        walk.open("placements:withdraw_request", request)
    with town.later(days - 20):
        walk.become(town.manager).open("placements:decide_funding", request)
        walk.send(decision="returned", reason="Say what the four weeks are for.")
        walk.become(town.assessor).open("placements:funding_request", request)
        walk.open("placements:change_request", request)
        walk.send(reason="To find a tenancy before the exit.")
    with town.later(days + 1):
        exposed = walk.become(town.assessor).open("placements:exposure_list").text
        assert placement in exposed
        assert "1 night without funding" in walk.open("placements:placement", placement).text
        walk.become(town.manager).open("placements:decide_funding", request)
        walk.send(decision="approved", reason="The nights were agreed on the telephone.")
        assert "No stays without funding" in walk.open("placements:exposure_list").text


def leave(walk, town, placement):
    """The exit, then everything that is missing, and only then the closing."""
    with town.later(EXIT):
        walk.become(town.owner).open("placements:propose_fact", placement, "exit")
        walk.send(**three_boxes("on", town.on(EXIT)))
        walk.become(town.assessor).open("placements:record_exit", placement).send(
            status="planned",
            reason="completed_drug_free",
            destination="Own home",
            aftercare_agreed=True,
        )
        walk.open("placements:close_placement", placement)
        assert "has not been received" in walk.refused().text
        walk.become(town.manager).open("placements:correct_exit", placement)
    with town.later(EXIT + 6):
        walk.become(town.assessor).open("placements:record_report", placement)
        walk.send(**three_boxes("received_on", town.on(EXIT + 5)))
        walk.open("placements:record_outcomes", placement).send(
            **{f"{one}_at_start": 6 for one in ("psychological", "physical", "quality")},
            **{f"{one}_at_end": 14 for one in ("psychological", "physical", "quality")},
        )
        walk.open("placements:close_placement", placement).send()
        assert "Closed" in walk.text
        walk.become(town.manager).open("placements:reopen_placement", placement)
        walk.become(town.owner).open("placements:offer", placement)


def keep_private(walk, town):
    """Found by exact words, opened by break-glass, restricted, exported by two managers."""
    person = Referral.objects.get().person.reference
    walk.become(town.colleague).open("placements:find_person")
    walk.send(search_by="number", number=NUMBER, purpose="safety")
    assert "a case with the team that you may not see" in walk.text
    walk.open("placements:break_glass", person).send(reason="The ward telephoned at night.")
    walk.open("placements:find_person").open("placements:person", person)
    walk.open("placements:person_identity", person).send(purpose="safety")
    assert NAME in walk.text
    walk.become(town.manager).open("placements:break_glass_list")
    walk.open("placements:review_break_glass", BreakGlass.objects.get().reference)
    walk.send(is_justified="yes", note="The ward needed to know.")
    walk.open("placements:restrict_person", person)
    walk.send(reason="A relative works here.", readers=[town.assessor.pk, town.manager.pk])
    walk.become(town.assessor).open("placements:person", person)
    walk.open("placements:record_consent", person).send(
        kind="ndtms", is_given="yes", **three_boxes("on", town.today)
    )
    walk.become(town.manager)
    for name in ("change_readers", "lift_restriction", "correct_identity", "hold_record"):
        walk.open(f"placements:{name}", person)
    walk.open("placements:change_readers", person)
    walk.send(readers=[one.pk for one in (town.assessor, town.manager, town.other_manager)])
    walk.open("placements:request_export", person).send(reason="Asked for in writing.")
    asked = SubjectRequest.objects.get().reference
    walk.become(town.other_manager).open("placements:subject_request", asked)
    walk.open("placements:decide_subject_request", asked).send(is_approved="yes")
    walk.open("placements:download_export", asked)
    for name in ("access_list", "break_glass_list", "subject_request_list", "retention_list"):
        assert NAME not in walk.become(town.auditor).open(f"placements:{name}").text
        walk.become(town.manager).open(f"placements:{name}")


def exact(nights):
    """The cost of nights at the price, half up, counted apart from the product's rules."""
    return int(Fraction(WEEKLY * nights, 7) + Fraction(1, 2))


def report(walk, town):
    """Finance makes the PDF of each year; its sums are those of the ledger."""
    for budget in BudgetYear.objects.filter(committed_pence__gt=0).order_by("year"):
        walk.become(town.finance).open("reports:spend", query=f"year={budget.year}")
        walk.send("Make the PDF")
        run = ReportRun.objects.latest("pk")
        render_report(str(run.job_id))
        walk.open("reports:report_run", run.pk)
        with walk.page.expect_download() as download:
            walk.page.get_by_text("Download the PDF").click()
        with open(download.value.path(), "rb") as file:
            pages = PdfReader(io.BytesIO(file.read())).pages
        words = " ".join("".join(page.extract_text() for page in pages).split())
        sum_of_year = f"£{budget.committed_pence / 100:,.2f}"
        assert f"Sum of placements {sum_of_year} = sum of the ledger {sum_of_year}" in words


def test_the_whole_way_from_referral_to_closing(walk):
    town = Town()
    ref = refer(walk, town)
    assess(walk, town, ref)
    placement = match(walk, town, ref)
    fund(walk, town, placement)
    stay(walk, town, placement)
    with town.later(41):
        look(walk, town, placement)
    extend(walk, town, placement)
    leave(walk, town, placement)
    with town.later(EXIT + 7):
        keep_private(walk, town)
        report(walk, town)

        assert Placement.objects.get().funded_until == town.funded_until
        committed = sum(BudgetYear.objects.values_list("committed_pence", flat=True))
        assert committed == exact(EXIT - ARRIVAL - 3)  # three nights away cost nothing
        decided = FundingRequest.objects.order_by("pk").values_list("state", flat=True)
        assert list(decided) == [RequestState.APPROVED] * 2
        assert send_waiting() == Notification.objects.count()
        assert send_waiting() == 0
        assert compare_ledger().differences == []
    assert verification.verify().broken_at is None
    assert len(set(walk.seen)) > 80
