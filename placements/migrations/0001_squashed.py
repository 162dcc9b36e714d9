import django.db.models.deletion
import django.db.models.expressions
import placements.models.access
import placements.models.imports
import placements.models.invoices
import placements.models.money
import placements.models.people
import placements.models.records
import placements.models.stays
from django.conf import settings
from django.db import migrations, models
from dps_portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    replaces = [
        ("placements", "0001_initial"),
        ("placements", "0002_append_only"),
        ("placements", "0003_every_change_that_moves_money"),
        ("placements", "0004_lots_of_terms_and_requests"),
        ("placements", "0005_people_and_privacy"),
        ("placements", "0006_names_are_found"),
        ("placements", "0007_accesses_are_append_only"),
        ("placements", "0008_referral_in_full"),
        ("placements", "0009_options_compared_and_profiles"),
        ("placements", "0010_profiles_of_live_placements"),
        ("placements", "0011_forecasts"),
        ("placements", "0012_facts_of_a_stay"),
        ("placements", "0013_a_person_moves_to_another_provider"),
        ("placements", "0014_minimum_nights_of_a_placement"),
        ("placements", "0015_approval_limits"),
        ("placements", "0016_a_request_is_kept_as_a_draft"),
        ("placements", "0017_corrections_of_placements"),
        ("placements", "0018_invoices"),
        ("placements", "0019_room_for_keys"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("agreements", "0001_squashed"),
        ("providers", "0001_squashed"),
        ("tenders", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(unique=True)),
                ("at", models.DateTimeField()),
                ("placements", models.PositiveIntegerField()),
                ("entries", models.PositiveIntegerField()),
                ("differences", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="BudgetYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("ceiling_pence", models.BigIntegerField()),
                ("committed_pence", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("closing", "Waiting to be closed"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("closing_proposed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_years",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closing_proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "year"), name="one_budget_per_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ceiling_pence__gte", 0)), name="ceiling_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("closing_proposed_by__isnull", False),
                                models.Q(
                                    ("closed_by", models.F("closing_proposed_by")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="year_closed_by_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CeilingAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "line",
                    models.CharField(
                        choices=[("committed", "Commitments"), ("likely", "The likely forecast")],
                        default="committed",
                        max_length=9,
                    ),
                ),
                ("threshold", models.PositiveSmallIntegerField()),
                ("epoch", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("rearmed_at", models.DateTimeField(null=True)),
                (
                    "budget_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="placements.budgetyear",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("budget_year", "line", "threshold", "epoch"),
                        name="one_alert_per_crossing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastAssumptions",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("figures", models.JSONField()),
                ("reason", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assumptions",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "version"), name="assumptions_versioned_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("assumptions", models.JSONField()),
                ("results", models.JSONField()),
                ("made_at", models.DateTimeField()),
                (
                    "budget_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forecasts",
                        to="placements.budgetyear",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("made_by", None)),
                        fields=("budget_year", "as_of"),
                        name="one_forecast_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.money.request_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("initial", "Initial funding"),
                            ("extension", "Extension"),
                            ("retrospective", "Nights already stayed"),
                            ("band_change", "Move to another lot"),
                            ("price_change", "Change of price"),
                            ("shortening", "Shortening"),
                            ("correction", "Correction of a price"),
                            ("one_off", "One-off charge"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waiting for a decision"),
                            ("returned", "Returned for more"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("deferred", "Waiting for money"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="submitted",
                        max_length=10,
                    ),
                ),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("weekly_pence", models.BigIntegerField(null=True)),
                ("one_off_pence", models.BigIntegerField(null=True)),
                ("label", models.CharField(blank=True, max_length=100)),
                ("reason", models.TextField()),
                ("requested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.TextField(blank=True)),
                ("figures", models.JSONField(null=True)),
                ("affordable_since", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.lot",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("end__gt", models.F("start")), _connector="OR"
                        ),
                        name="request_has_a_night",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="funding_decided_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "withdrawn", "lapsed"]),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="funding_decision_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                ("kind", "shortening"),
                                ("one_off_pence", None),
                                ("weekly_pence", None),
                            ),
                            models.Q(
                                ("kind", "one_off"),
                                ("one_off_pence__isnull", False),
                                ("weekly_pence", None),
                            ),
                            models.Q(
                                models.Q(("kind__in", ["shortening", "one_off"]), _negated=True),
                                ("one_off_pence", None),
                                ("weekly_pence__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="request_states_its_price",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.invoices.invoice_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("number_key", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit", "Credit note")], max_length=8
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("entered", "Entered by finance"),
                            ("submitted", "Sent by the provider"),
                            ("imported", "Imported from a file"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "To be matched"),
                            ("matched", "Matched"),
                            ("disputed", "Disputed"),
                            ("approved", "Approved"),
                            ("paid", "Paid"),
                            ("rejected", "Rejected"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("dated_on", models.DateField()),
                ("received_on", models.DateField()),
                ("clock_from", models.DateField()),
                ("due_on", models.DateField()),
                ("pence", models.BigIntegerField()),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("matched_at", models.DateTimeField(null=True)),
                ("match_reason", models.TextField(blank=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("transaction", models.CharField(blank=True, max_length=40)),
                ("paid_at", models.DateTimeField(null=True)),
                ("rejected_at", models.DateTimeField(null=True)),
                ("reject_reason", models.TextField(blank=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matched_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paid_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="providers.provider",
                    ),
                ),
                (
                    "rejected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "rejected"), _negated=True),
                        fields=("provider", "number_key"),
                        name="one_invoice_of_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "invoice"), ("pence__gt", 0)),
                            models.Q(("kind", "credit"), ("pence__lt", 0)),
                            _connector="OR",
                        ),
                        name="invoice_sign_follows_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(
                                models.Q(("approved_by", models.F("entered_by")), _negated=True),
                                models.Q(
                                    ("matched_by", None),
                                    models.Q(
                                        ("approved_by", models.F("matched_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_approved_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("paid_at__isnull", False),
                                ("paid_by__isnull", False),
                                ("paid_on__isnull", False),
                                ("state", "paid"),
                                models.Q(("transaction", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "paid"), _negated=True),
                                ("paid_at", None),
                                ("paid_by", None),
                                ("paid_on", None),
                                ("transaction", ""),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_payment_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(
                                ("rejected_at__isnull", False),
                                ("rejected_by__isnull", False),
                                models.Q(("reject_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_rejected_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceDispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("raised_at", models.DateTimeField()),
                ("settlement", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="placements.invoice",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("invoice",),
                        name="one_open_dispute_of_an_invoice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("settlement", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="dispute_settled_with_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.imports.import_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoices", "Invoices and credit notes to be paid"),
                            ("history", "Payments made outside the portal, to be kept as paid"),
                            ("payments", "Payments of invoices that are approved here"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("staged", "Waiting to be confirmed"),
                            ("committed", "Imported"),
                            ("discarded", "Discarded"),
                        ],
                        default="staged",
                        max_length=10,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("encoding", models.CharField(max_length=20)),
                ("head", models.JSONField()),
                ("uploaded_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("state", "staged")
                            ),
                            models.Q(
                                models.Q(("state", "staged"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="import_decision_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "history"), ("state", "committed"), _negated=True),
                            models.Q(("decided_by", models.F("uploaded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="history_confirmed_by_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.invoices.payment_batch_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("rows", models.JSONField()),
                ("pence", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="invoice",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="placements.paymentbatch",
            ),
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.people.person_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("identity", models.BinaryField()),
                ("number_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("name_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("erased_at__isnull", True), ("number_hash__isnull", False)),
                            models.Q(
                                ("erased_at__isnull", False),
                                ("name_hash", ""),
                                ("number_hash__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="person_erased_is_not_found",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="placements.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("person",),
                        name="one_open_hold_per_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("parts", models.JSONField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="placements.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("placement", "Sharing with providers to find a placement"),
                            ("ndtms", "Sharing with the National Drug Treatment Monitoring System"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_given", models.BooleanField()),
                ("on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="placements.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.access.break_glass_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("is_justified", models.BooleanField(null=True)),
                ("review_note", models.TextField(blank=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="break_glasses",
                        to="placements.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("at"))), name="break_glass_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="break_glass_reviewed_by_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("identity", "Saw who the person is"),
                            ("search", "Found the person by a search"),
                            ("record", "Opened the record"),
                            ("correction", "Put the identity right"),
                            ("export", "Took everything held"),
                        ],
                        default="identity",
                        max_length=12,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("contact", "To contact the person or their family"),
                            ("placement", "To arrange or review the placement"),
                            ("record", "To match the person to another record"),
                            ("safety", "To keep the person or others safe"),
                            ("subject_access", "To answer the person’s request for their data"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses",
                        to="placements.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-at"], name="access_of_person")],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.stays.placement_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaiting_provider", "Waiting for the provider"),
                            ("provider_declined", "Declined by the provider"),
                            ("awaiting_funding", "Waiting for funding"),
                            ("funding_declined", "Funding declined"),
                            ("approved", "Funding approved"),
                            ("admitted", "Admitted"),
                            ("discharged", "Discharged"),
                            ("closed", "Closed"),
                            ("non_arrival", "Did not arrive"),
                            ("cancelled", "Cancelled"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        max_length=20,
                    ),
                ),
                ("weekly_pence", models.BigIntegerField()),
                ("planned_admission", models.DateField()),
                ("minimum_nights", models.PositiveSmallIntegerField(default=1)),
                ("why_not_cheapest", models.TextField(blank=True)),
                ("person_choice", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "decline_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_place", "No place in time"),
                            ("needs", "We cannot meet the needs safely"),
                            ("mix", "Not with the people who stay with us now"),
                            ("staff", "Not enough staff"),
                            ("other", "Another reason"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decline_reason", models.TextField(blank=True)),
                ("profile", models.JSONField(default=dict)),
                ("reply_due_on", models.DateField(null=True)),
                ("earliest_admission", models.DateField(null=True)),
                ("admission", models.DateField(null=True)),
                ("funded_until", models.DateField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                ("report_received_on", models.DateField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="agreements.lot",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="providers.provider",
                    ),
                ),
                (
                    "transferred_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekly_pence__gt", 0)), name="placement_price_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["admitted", "discharged", "closed"]), _negated=True
                            ),
                            models.Q(("admission__isnull", False), ("funded_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="placement_admitted_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutcomeScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("psychological", "Psychological health"),
                            ("physical", "Physical health"),
                            ("quality", "Quality of life"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at_start", models.PositiveSmallIntegerField()),
                ("at_end", models.PositiveSmallIntegerField()),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("placement", "measure"), name="measured_once"),
                    models.CheckConstraint(
                        condition=models.Q(("at_end__lte", 20), ("at_start__lte", 20)),
                        name="score_on_the_scale",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OneOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("pence", models.BigIntegerField()),
                ("label", models.CharField(max_length=100)),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="one_offs",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pence", 0), _negated=True), name="one_off_moves_money"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_chosen", models.BooleanField()),
                ("is_suitable", models.BooleanField()),
                ("weekly_pence", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(
                        choices=[("price_list", "Price list"), ("award", "Award")], max_length=10
                    ),
                ),
                ("total_pence", models.BigIntegerField()),
                ("places", models.PositiveSmallIntegerField(null=True)),
                ("earliest_on", models.DateField(null=True)),
                ("miles", models.PositiveSmallIntegerField(null=True)),
                ("planned_exits", models.PositiveIntegerField()),
                ("unplanned_exits", models.PositiveIntegerField()),
                ("unmet", models.JSONField(null=True)),
                ("fit_note", models.TextField(blank=True)),
                ("why_not", models.TextField(blank=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.provider",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("placement", "provider"), name="option_compared_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_chosen", True)),
                        fields=("placement",),
                        name="one_option_is_chosen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_chosen", False), ("is_suitable", True), _connector="OR"
                        ),
                        name="chosen_option_is_suitable",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("commit", "Commitment"),
                            ("extend", "Extension"),
                            ("rate_change", "Change of price"),
                            ("one_off", "One-off charge"),
                            ("admission_shift", "Admission on another date"),
                            ("release", "Release"),
                            ("correction", "Correction"),
                        ],
                        max_length=16,
                    ),
                ),
                ("pence", models.BigIntegerField()),
                ("corrects", models.PositiveSmallIntegerField(null=True)),
                ("effective_on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "budget_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="placements.budgetyear",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="placements.fundingrequest",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pence", 0), _negated=True), name="ledger_moves_money"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateField(null=True)),
                ("end", models.DateField(null=True)),
                ("pence", models.BigIntegerField()),
                ("our_pence", models.BigIntegerField(null=True)),
                ("difference_pence", models.BigIntegerField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="placements.invoice",
                    ),
                ),
                (
                    "one_off",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_lines",
                        to="placements.oneoff",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_lines",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pence", 0), _negated=True),
                        name="invoice_line_moves_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end__gt", models.F("start")),
                                ("end__isnull", False),
                                ("one_off", None),
                                ("start__isnull", False),
                            ),
                            models.Q(("end", None), ("one_off__isnull", False), ("start", None)),
                            _connector="OR",
                        ),
                        name="invoice_line_is_for_nights_or_one_off",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("difference_pence", None), ("our_pence", None)),
                            models.Q(
                                (
                                    "difference_pence",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("pence"), "-", models.F("our_pence")
                                    ),
                                ),
                                ("difference_pence__isnull", False),
                                ("our_pence__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_line_difference_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("unnamed", "Supplier to be named"),
                            ("known", "Imported before"),
                            ("repeated", "The same row twice"),
                            ("refused", "Refused"),
                            ("skipped", "Not an invoice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("supplier", models.CharField(blank=True, max_length=200)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("dated_on", models.DateField(null=True)),
                ("received_on", models.DateField(null=True)),
                ("pence", models.BigIntegerField(null=True)),
                ("start", models.DateField(null=True)),
                ("end", models.DateField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("transaction", models.CharField(blank=True, max_length=40)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="placements.invoiceimport",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_rows",
                        to="placements.invoice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.provider",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "line"), name="one_row_of_a_line"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "accepted"), _negated=True),
                            models.Q(
                                ("pence__isnull", False), models.Q(("pence", 0), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="accepted_row_has_money",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="placement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="placements.placement",
            ),
        ),
        migrations.CreateModel(
            name="FactProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("arrival", "Arrival"), ("absence", "Absence"), ("exit", "Exit")],
                        max_length=8,
                    ),
                ),
                ("on", models.DateField()),
                ("until", models.DateField(null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for the council"),
                            ("confirmed", "Recorded"),
                            ("rejected", "Rejected"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.TextField(blank=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("placement", "kind"),
                        name="one_open_proposal_per_fact",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposal_decision_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(null=True)),
                ("void_reason", models.TextField(blank=True)),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned, mutually agreed"),
                            ("unplanned", "Unplanned"),
                            ("withdrawn_by_provider", "Withdrawn by the provider"),
                            ("excluded", "Not counted (died, closed)"),
                        ],
                        max_length=24,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("destination", models.CharField(max_length=200)),
                ("aftercare_agreed", models.BooleanField(default=False)),
                ("notice_nights", models.PositiveSmallIntegerField(default=0)),
                ("is_transfer", models.BooleanField(default=False)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exits",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("voided_at", None),
                            models.Q(
                                ("voided_by__isnull", False),
                                models.Q(("void_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="exit_voided_with_reason",
                    ),
                    models.UniqueConstraint(
                        fields=("placement", "revision"), name="exit_revised_in_order"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None)),
                        fields=("placement",),
                        name="one_standing_exit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("start", models.DateField()),
                ("weekly_pence", models.BigIntegerField()),
                (
                    "collector",
                    models.CharField(
                        choices=[("provider", "The provider"), ("council", "The council")],
                        max_length=8,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekly_pence__gte", 0)),
                        name="contribution_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("was", models.CharField(max_length=40)),
                ("now", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(null=True)),
                ("void_reason", models.TextField(blank=True)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                (
                    "cost_centre",
                    models.CharField(
                        choices=[
                            ("council", "The council, at the percentages below"),
                            ("provider", "The provider: nothing is paid"),
                        ],
                        max_length=8,
                    ),
                ),
                ("first_nights", models.PositiveSmallIntegerField()),
                ("first_percent", models.PositiveSmallIntegerField()),
                ("later_percent", models.PositiveSmallIntegerField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("voided_at", None),
                            models.Q(
                                ("voided_by__isnull", False),
                                models.Q(("void_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="absence_voided_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))),
                        name="absence_has_a_night",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_percent__lte", 100), ("later_percent__lte", 100)
                        ),
                        name="absence_paid_in_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readers",
                        to="placements.person",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("person", "user"),
                        name="reader_named_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.people.referral_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("assessing", "Being assessed"),
                            ("countersigning", "Not eligible, to be countersigned"),
                            ("eligible", "Eligible"),
                            ("on_hold", "On hold"),
                            ("matching", "Finding a placement"),
                            ("placement_proposed", "Placement proposed"),
                            ("placed", "Placed"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("routine", "Routine"), ("urgent", "Urgent")],
                        default="routine",
                        max_length=8,
                    ),
                ),
                ("urgency_reason", models.CharField(blank=True, max_length=200)),
                ("source", models.CharField(blank=True, max_length=100)),
                ("received_on", models.DateField(null=True)),
                ("needs_summary", models.TextField(blank=True)),
                ("home_circumstances", models.TextField(blank=True)),
                ("complexity", models.JSONField(default=list)),
                ("has_consent", models.BooleanField(default=False)),
                ("consent_on", models.DateField(null=True)),
                ("community_options_tried", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("allocated_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("care_act_assessed_on", models.DateField(null=True)),
                ("care_act_eligible", models.BooleanField(null=True)),
                ("care_act_reason", models.TextField(blank=True)),
                ("clinical_review_by", models.CharField(blank=True, max_length=120)),
                ("clinical_review_on", models.DateField(null=True)),
                ("clinical_review", models.TextField(blank=True)),
                (
                    "residence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ours", "Ordinarily resident here"),
                            ("unsettled", "No settled residence, present here"),
                            ("disputed", "Disputed with another council"),
                            ("elsewhere", "Ordinarily resident elsewhere"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "charging",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("public_health", "Public health funded, no charge"),
                            ("assessed", "Financially assessed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("weekly_contribution_pence", models.BigIntegerField(null=True)),
                ("desired_outcomes", models.TextField(blank=True)),
                ("assessed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=200)),
                ("reopened_reason", models.CharField(blank=True, max_length=200)),
                (
                    "withdrawn_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed_mind", "No longer wants residential treatment"),
                            ("other_treatment", "Chose another treatment"),
                            ("no_contact", "Could not be contacted"),
                            ("not_well", "Not well enough for a placement"),
                            ("in_hospital", "In hospital"),
                            ("in_custody", "In custody"),
                            ("moved_away", "Moved out of the area"),
                            ("died", "Died"),
                            ("referred_twice", "Referred twice"),
                            ("other", "Another reason"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="agreements.lot",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="placements.person",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caseload",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=("person",),
                        name="one_open_referral_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["draft", "submitted", "assessing", "countersigning", "closed"],
                            ),
                            models.Q(
                                ("care_act_assessed_on__isnull", False),
                                ("clinical_review_on__isnull", False),
                                ("has_consent", True),
                                ("lot__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="referral_eligible_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "closed"]),
                            ("worker__isnull", False),
                            _connector="OR",
                        ),
                        name="referral_in_work_has_a_worker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(("closed_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="referral_closed_with_reason",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="placement",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="placements.referral",
            ),
        ),
        migrations.CreateModel(
            name="Ineligibility",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField()),
                ("is_agreed", models.BooleanField(null=True)),
                ("answer_reason", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ineligibilities",
                        to="placements.referral",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("referral",),
                        name="one_open_ineligibility_per_referral",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by", None),
                            models.Q(("answered_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="ineligibility_answered_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_by", None), ("is_agreed", None)),
                            models.Q(
                                ("answered_by__isnull", False),
                                ("ended_at__isnull", False),
                                ("is_agreed__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ineligibility_answer_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FitNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_suitable", models.BooleanField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.provider",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fit_notes",
                        to="placements.referral",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("referral", "provider"), name="one_fit_note_per_provider"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="fit_note_has_words"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Competition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("profile", models.JSONField()),
                ("started_at", models.DateTimeField()),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tender",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenders.tender",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="competitions",
                        to="placements.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferralAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("assigned_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="placements.referral",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("referral",),
                        name="one_open_assignment_per_referral",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("worker", models.F("assigned_by")), _negated=True),
                        name="assigned_by_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("assessing", "Being assessed"),
                            ("countersigning", "Not eligible, to be countersigned"),
                            ("eligible", "Eligible"),
                            ("on_hold", "On hold"),
                            ("matching", "Finding a placement"),
                            ("placement_proposed", "Placement proposed"),
                            ("placed", "Placed"),
                            ("closed", "Closed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("review_on", models.DateField()),
                ("held_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "held_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="placements.referral",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("referral",),
                        name="one_open_hold_per_referral",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="placements.person",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("person",),
                        name="one_open_restriction_per_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
                ("held_on", models.DateField()),
                (
                    "recommendation",
                    models.CharField(
                        choices=[
                            ("continue", "Continue as planned"),
                            ("extend", "Extend"),
                            ("end", "End"),
                            ("change_lot", "Move to another lot"),
                        ],
                        max_length=10,
                    ),
                ),
                ("progress", models.TextField()),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="placements.placement",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=placements.models.records.subject_request_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("export", "Export of everything held"), ("erasure", "Erasure")],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a second manager"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.TextField(blank=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="placements.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="subject_request_decided_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="subject_request_decision_is_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("person", "kind"),
                        name="one_waiting_subject_request_of_a_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("name_key", models.CharField(max_length=200, unique=True)),
                ("confirmed_at", models.DateTimeField()),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="providers.provider",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("weekly_pence", models.BigIntegerField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("initial", "Initial funding"),
                            ("extension", "Extension"),
                            ("retrospective", "Nights already stayed"),
                            ("band_change", "Move to another lot"),
                            ("price_change", "Change of price"),
                            ("shortening", "Shortening"),
                            ("correction", "Correction of a price"),
                            ("one_off", "One-off charge"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.lot",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="placements.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="term_has_a_night"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekly_pence__gt", 0)), name="term_price_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vacancy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("places", models.PositiveSmallIntegerField()),
                ("earliest_on", models.DateField()),
                ("meets", models.JSONField(default=list)),
                ("stated_at", models.DateTimeField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vacancies",
                        to="agreements.lot",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vacancies",
                        to="providers.provider",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pence", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_limits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("set_by", models.F("person")), _negated=True),
                        name="limit_set_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pence", None), ("pence__gt", 0), _connector="OR"),
                        name="limit_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("ceiling_pence", models.BigIntegerField()),
                ("decision_reference", models.CharField(max_length=100)),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_revisions",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="ceiling_confirmed_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ceiling_pence__gte", 0)), name="revision_not_negative"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None)),
                        fields=("agreement", "year"),
                        name="one_open_proposal_per_year",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["awaiting_provider", "awaiting_funding", "approved", "admitted"],
                    ),
                    ("transferred_from", None),
                ),
                fields=("referral",),
                name="one_live_placement_per_referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["awaiting_provider", "awaiting_funding", "approved"])
                ),
                fields=("referral",),
                name="one_sought_placement_per_referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "admitted")),
                fields=("referral",),
                name="one_placement_in_place_per_referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        ("state__in", ["approved", "paid"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["approved", "paid"]), _negated=True),
                        ("approved_at", None),
                        ("approved_by", None),
                        ("batch", None),
                    ),
                    _connector="OR",
                ),
                name="invoice_approval_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["submitted", "returned", "deferred"])),
                fields=("placement",),
                name="one_open_request_per_placement",
            ),
        ),
        AppendOnly("placements_ledgerentry"),
        AppendOnly("placements_personaccess"),
        AppendOnly("placements_consent"),
        AppendOnly("placements_forecastassumptions"),
        AppendOnly("placements_forecastrun"),
        AppendOnly("placements_paymentbatch"),
    ]
