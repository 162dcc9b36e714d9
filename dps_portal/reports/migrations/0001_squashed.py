import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from dps_portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_calendar_links"),
        ("reports", "0003_kinds_and_versions"),
        ("reports", "0004_verifications"),
        ("reports", "0005_outside_rates"),
        ("reports", "0006_quarterly_returns"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("agreements", "0001_squashed"),
        ("documents", "0001_squashed"),
        ("jobs", "0001_squashed"),
        ("placements", "0001_squashed"),
        ("providers", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("obtained_on", models.DateField()),
                ("sha256", models.CharField(max_length=64)),
                ("left_out", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_for", models.CharField(blank=True, max_length=200)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rate_imports",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at", None),
                                ("withdrawn_by", None),
                                ("withdrawn_for", ""),
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdrawn_for", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rate_import_withdrawn_with_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("authority", models.CharField(max_length=200)),
                ("weekly_pence", models.BigIntegerField()),
                ("start", models.DateField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.lot",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="reports.rateimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekly_pence__gt", 0)), name="outside_rate_positive"
                    ),
                    models.UniqueConstraint(
                        fields=("of", "authority", "lot", "start"),
                        name="outside_rate_once_in_a_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportRun",
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
                            ("spend", "Spend report"),
                            ("statement", "Provider statement"),
                            ("pack", "Monthly finance pack"),
                            ("letter", "Decision letter"),
                        ],
                        default="spend",
                        max_length=9,
                    ),
                ),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("as_of", models.DateField()),
                ("lot", models.PositiveSmallIntegerField(null=True)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("changes", models.JSONField(default=list)),
                ("figures", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("audit_head", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_runs",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="reports.reportrun",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_run",
                        to="jobs.job",
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
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="placements.fundingrequest",
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
                        condition=models.Q(("end__gt", models.F("start"))),
                        name="report_has_a_night",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "letter"),
                                ("provider__isnull", False),
                                ("request__isnull", False),
                            ),
                            models.Q(
                                models.Q(("kind", "letter"), _negated=True), ("request", None)
                            ),
                            _connector="OR",
                        ),
                        name="letter_is_about_a_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "statement"), _negated=True),
                            ("provider__isnull", False),
                            _connector="OR",
                        ),
                        name="statement_is_of_a_provider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrects", None), ("version", 1)),
                            ("version__gt", 1),
                            _connector="OR",
                        ),
                        name="only_a_later_version_corrects",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("events", models.PositiveBigIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("broken_at", models.PositiveBigIntegerField(null=True)),
                ("entries", models.PositiveBigIntegerField()),
                ("years", models.PositiveIntegerField()),
                ("placements", models.PositiveIntegerField()),
                ("differences", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                        fields=("user",),
                        name="one_live_link_per_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QuarterlyReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "Return"),
                            ("replacement", "Replaced before the due date"),
                            ("reversal", "Reversal"),
                            ("correction", "Correction"),
                        ],
                        max_length=12,
                    ),
                ),
                ("nothing_to_report", models.BooleanField()),
                ("nights_stayed", models.IntegerField(default=0)),
                ("complaints", models.IntegerField(default=0)),
                ("safeguarding_concerns", models.IntegerField(default=0)),
                ("serious_incidents", models.IntegerField(default=0)),
                ("staff_vacancies", models.IntegerField(default=0)),
                ("comment", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("due_on", models.DateField()),
                ("is_late", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="agreements.agreement",
                    ),
                ),
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
                        related_name="returns",
                        to="providers.provider",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="reports.quarterlyreturn",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "first")),
                        fields=("provider", "agreement", "quarter"),
                        name="one_first_return_of_a_quarter",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "first"), _negated=True),
                        fields=("replaces", "kind"),
                        name="return_replaced_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "first"), ("replaces", None)),
                            models.Q(
                                models.Q(("kind", "first"), _negated=True),
                                ("replaces__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="return_replaces_another_or_is_the_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["reversal", "correction"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="return_corrected_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("nothing_to_report", False),
                            models.Q(
                                ("complaints", 0),
                                ("nights_stayed", 0),
                                ("safeguarding_concerns", 0),
                                ("serious_incidents", 0),
                                ("staff_vacancies", 0),
                            ),
                            _connector="OR",
                        ),
                        name="return_of_nothing_is_empty",
                    ),
                ],
            },
        ),
        AppendOnly("reports_verification"),
        AppendOnly("reports_outsiderate"),
        AppendOnly("reports_quarterlyreturn"),
    ]
