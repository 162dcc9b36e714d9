"""What becomes of admissions: renewed papers, a suspension, a lot left, a further one asked for."""

from dataclasses import dataclass
from datetime import date, timedelta

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months
from providers import services
from providers.models import Provider
from providers.states import EvidenceCheck, EvidenceKind, MeasureKind, Outcome

from .days import noon
from .papers import paper
from .people import make_person


@dataclass
class Life:
    """The story after admission, told of one provider at a time."""

    agreement: Agreement
    council: dict[Role, list[User]]
    owners: dict[int, User]  # by primary key of the provider
    today: date

    def ago(self, days: int):
        return noon(self.today - timedelta(days=days))

    def find(self, name: str) -> tuple[Provider, User]:
        provider = Provider.objects.get(name=name)
        return provider, self.owners[provider.pk]

    def officer(self) -> User:
        return self.council[Role.PROCUREMENT][0]

    def commissioner(self) -> User:
        return self.council[Role.COMMISSIONER][0]

    # ── Declarations and documents ───────────────────────────────────────────────────────────
    def ask_to_declare(self, provider: Provider | None, reason: str, days_ago: int) -> list:
        return services.request_declarations(
            agreement=self.agreement,
            provider=provider,
            reason=reason,
            by=self.officer(),
            at=self.ago(days_ago),
        )

    def refresh_declarations(self) -> None:
        """Everybody was asked in the summer and answered; one is asked again now."""
        for asked in self.ask_to_declare(None, "The yearly round of declarations.", 120):
            owner, at = self.owners[asked.provider_id], self.ago(118)
            services.save_grounds(
                declaration=asked.declaration,
                grounds=[],
                declared_by_name=owner.name,
                by=owner,
                at=at,
            )
            services.answer_request(asked=asked, by=owner, at=at)
        provider, _ = self.find("Saltmarsh Retreat")
        self.ask_to_declare(provider, "The ownership of the organisation has changed.", 1)

    def renew(self, name: str, kind: EvidenceKind, *, days_ago: int, expires_in: int):
        provider, owner = self.find(name)
        expires_on = self.today + timedelta(days=expires_in)
        return services.renew_evidence(
            provider=provider,
            kind=kind,
            name=f"{kind}.pdf",
            content=paper(kind.label, name, f"Valid until {expires_on.isoformat()}"),
            expires_on=expires_on,
            by=owner,
            at=self.ago(days_ago),
        )

    def renew_documents(self) -> None:
        """One lapses, one is about to, one waits to be checked."""
        for name, kind, days_ago, expires_in in (
            ("Copperfield Lodge", EvidenceKind.INSURANCE, 200, -6),
            ("Fernhollow Trust", EvidenceKind.PROFESSIONAL, 190, 20),
        ):
            evidence = self.renew(name, kind, days_ago=days_ago, expires_in=expires_in)
            services.check_evidence(
                evidence=evidence,
                finding=EvidenceCheck.ACCEPTED,
                reason="",
                by=self.officer(),
                at=self.ago(days_ago - 2),
            )
        self.renew("Alderbeck House", EvidenceKind.EMPLOYERS, days_ago=2, expires_in=363)

    # ── Prices and lots ──────────────────────────────────────────────────────────────────────
    def change_prices_and_lots(self) -> None:
        provider, owner = self.find("Juniper Bank")
        lot = self.agreement.lots.get(number=1)
        services.set_price(
            provider=provider,
            lot=lot,
            effective_from=add_months(self.today.replace(day=1), 1),
            weekly_pence=provider.rates.filter(lot=lot).latest("effective_from").weekly_pence
            + 1_500,
            by=owner,
            at=self.ago(3),
        )
        provider, owner = self.find("Kestrel Heights")
        services.leave_dps(
            provider=provider,
            admissions=list(provider.admissions.filter(lot__number=2)),
            from_on=self.today - timedelta(days=20),
            by=owner,
            at=self.ago(25),
        )
        provider, owner = self.find("Windmill Farmstead")
        services.start_application(
            provider=provider,
            agreement=self.agreement,
            lots=[self.agreement.lots.get(number=2)],
            copied_from=provider.applications.get(),
            by=owner,
            at=self.ago(4),
        )

    # ── Measures ─────────────────────────────────────────────────────────────────────────────
    def recommend(self, name: str, kind: MeasureKind, reason: str, *, days_ago: int, until_on=None):
        provider, _ = self.find(name)
        return services.recommend_measure(
            provider=provider,
            kind=kind,
            admissions=list(provider.admissions.all()),
            from_on=self.today - timedelta(days=days_ago),
            until_on=until_on,
            reason=reason,
            by=self.officer(),
            at=self.ago(days_ago),
        )

    def take_measures(self) -> None:
        """One suspension that ends by itself; one exclusion that waits for the second person."""
        reason = "The safeguarding lead has left, and nobody is named in their place."
        suspension = self.recommend(
            "Oakapple Community",
            MeasureKind.SUSPENSION,
            reason,
            days_ago=10,
            until_on=self.today + timedelta(days=32),
        )
        services.decide_measure(
            measure=suspension,
            is_approved=True,
            reason="Until a new safeguarding lead is in post.",
            by=self.commissioner(),
            at=self.ago(9),
        )
        self.recommend(
            "Copperfield Lodge",
            MeasureKind.EXCLUSION,
            "The insurance has lapsed, and two warnings were not answered.",
            days_ago=0,
        )

    # ── People and reasons ───────────────────────────────────────────────────────────────────
    def invite_and_claim(self) -> None:
        provider, owner = self.find("Harbourlight Recovery")
        services.invite_member(
            provider=provider,
            email="night-lead@harbourlight-recovery.example",
            by=owner,
            at=self.ago(1),
        )
        taken, _ = self.find("Alderbeck House")
        claimant = make_person("office@alderbeck-north.example", "Office of Alderbeck North")
        services.register_provider(
            name="Alderbeck North",
            company_number=taken.company_number,
            charity_number=None,
            cqc_provider_id=None,
            by=claimant,
            at=self.ago(2),
        )

    def ask_for_reasons(self) -> None:
        """One request is answered, one runs against its clock."""
        for name, is_answered in (("Sandpiper Court", True), ("Pebblecombe House", False)):
            provider, owner = self.find(name)
            application = provider.applications.get()
            refused = application.lots.get(outcome=Outcome.REFUSED)
            request = services.request_reasons(
                lot_application=refused,
                by=owner,
                at=refused.decided_at + 2 * ONE_DAY,
            )
            if is_answered:
                services.answer_reasons(
                    request=request,
                    answer="The lot asks for a nurse on site at night. The rota that you sent "
                    "names one on call. With a nurse on site you may apply again at any time.",
                    by=self.officer(),
                    at=refused.decided_at + 8 * ONE_DAY,
                )


def make_admitted_life(life: Life) -> None:
    life.refresh_declarations()
    life.renew_documents()
    life.change_prices_and_lots()
    life.take_measures()
    life.invite_and_claim()
    life.ask_for_reasons()
