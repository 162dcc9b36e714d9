import django.db.models.deletion
import dps_portal.agreements.models.settings
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("agreements", "0001_initial"),
        ("agreements", "0002_onboarding"),
        ("agreements", "0003_award_criteria"),
        ("agreements", "0004_funding_stages"),
        ("agreements", "0005_placement_competition"),
        ("agreements", "0006_placement_settings"),
        ("agreements", "0007_days_to_record_a_fact"),
        ("agreements", "0008_invoice_tolerance"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("documents", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_funding_months", models.PositiveSmallIntegerField(default=3)),
                ("funding_stages", models.JSONField(default=list)),
                ("extension_days", models.PositiveSmallIntegerField(default=28)),
                ("longest_stay_months", models.PositiveSmallIntegerField(default=6)),
                ("minimum_nights", models.PositiveSmallIntegerField(default=1)),
                ("absence_nights", models.PositiveSmallIntegerField(default=7)),
                ("absence_percent", models.PositiveSmallIntegerField(default=100)),
                ("later_absence_percent", models.PositiveSmallIntegerField(default=100)),
                ("absence_check_night", models.PositiveSmallIntegerField(default=7)),
                ("allocate_days", models.PositiveSmallIntegerField(default=2)),
                ("assess_days", models.PositiveSmallIntegerField(default=10)),
                ("assess_urgent_days", models.PositiveSmallIntegerField(default=5)),
                ("reply_days", models.PositiveSmallIntegerField(default=3)),
                ("decide_funding_days", models.PositiveSmallIntegerField(default=5)),
                ("fact_days", models.PositiveSmallIntegerField(default=1)),
                ("report_days", models.PositiveSmallIntegerField(default=10)),
                ("first_review_weeks", models.PositiveSmallIntegerField(default=4)),
                ("decision_review_weeks", models.PositiveSmallIntegerField(default=9)),
                (
                    "alert_percents",
                    models.JSONField(default=dps_portal.agreements.models.settings.usual_alerts),
                ),
                ("withdrawal_is_unplanned", models.BooleanField(default=True)),
                ("invoice_tolerance", models.PositiveSmallIntegerField(default=100)),
                ("reference", models.SlugField(max_length=40, unique=True)),
                ("authority", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField()),
                (
                    "regime_key",
                    models.CharField(
                        choices=[
                            ("PCR_2015_REG_34", "PCR 2015 regulation 34"),
                            ("PCR_2015_LIGHT_TOUCH", "PCR 2015 light touch, as published"),
                        ],
                        max_length=40,
                    ),
                ),
                ("ocid", models.CharField(blank=True, max_length=60)),
                ("cpv", models.CharField(max_length=10)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("published_value_pence", models.BigIntegerField()),
                ("annual_ceiling_pence", models.BigIntegerField()),
                ("expected_volume", models.CharField(blank=True, max_length=200)),
                ("price_weight_min", models.PositiveSmallIntegerField(default=30)),
                ("price_weight_max", models.PositiveSmallIntegerField(default=60)),
                ("published", models.BooleanField(default=True)),
                ("opens_in_rounds", models.BooleanField(null=True)),
                ("decide_days", models.PositiveSmallIntegerField(null=True)),
                ("extended_days", models.PositiveSmallIntegerField(null=True)),
                ("refresh_days", models.PositiveSmallIntegerField(null=True)),
                ("minimum_tender_days", models.PositiveSmallIntegerField(null=True)),
                (
                    "lapsed_evidence",
                    models.CharField(
                        choices=[
                            ("shown", "Shown to the council, nothing else"),
                            ("not_invited", "Not invited and not matched until it is mended"),
                        ],
                        default="shown",
                        max_length=12,
                    ),
                ),
                (
                    "inadequate_rating",
                    models.CharField(
                        choices=[
                            ("shown", "Shown to the council, nothing else"),
                            ("not_invited", "Not invited and not matched until it is mended"),
                        ],
                        default="shown",
                        max_length=12,
                    ),
                ),
                ("placement_competition", models.BooleanField(default=False)),
                ("initial_evaluation_until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))),
                        name="agreement_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deviation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("before", models.CharField(blank=True, max_length=40)),
                ("after", models.CharField(blank=True, max_length=40)),
                ("reason", models.TextField()),
                ("no_breach", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deviations",
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
            ],
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=60)),
                ("specification", models.TextField()),
                ("ceiling_weekly_pence", models.BigIntegerField()),
                ("minimum_turnover_pence", models.BigIntegerField(null=True)),
                ("turnover_justification", models.TextField(blank=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="agreements.agreement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "number"), name="lot_numbered_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ceiling_weekly_pence__gt", 0)),
                        name="lot_ceiling_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("slug", models.SlugField(max_length=60)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="agreements.lot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "slug"), name="document_named_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeTask",
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
                            ("contract", "Contract notice"),
                            ("reopening", "Re-opening notice"),
                            ("award", "Contract award notice"),
                            ("quarterly_award", "Contract award notice for a quarter"),
                            ("validity_change", "Notice of a change of validity"),
                            ("termination", "Contract award notice (termination)"),
                        ],
                        default="contract",
                        max_length=16,
                    ),
                ),
                ("what", models.CharField(max_length=120)),
                ("due_on", models.DateField()),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("published_on", models.DateField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_tasks",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "recorded_by",
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
                            ("published_on", None),
                            models.Q(("reference", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="notice_published_with_reference",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("notice_reference", models.CharField(blank=True, max_length=60)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="agreements.agreement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="round_closes_after_opening",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "setting",
                    models.CharField(
                        choices=[
                            ("first_funding_months", "First funding"),
                            ("funding_stages", "First funding in stages instead"),
                            ("extension_days", "Usual length of an extension"),
                            ("longest_stay_months", "Longest stay without a reason"),
                            ("minimum_nights", "Nights charged at least"),
                            ("absence_nights", "First nights"),
                            ("absence_percent", "Paid for them"),
                            ("later_absence_percent", "Paid after them"),
                            ("absence_check_night", "Night on which to look at it again"),
                            ("allocate_days", "Allocate a referral"),
                            ("assess_days", "Assess it"),
                            ("assess_urgent_days", "Assess it if it is urgent"),
                            ("reply_days", "Answer of a provider"),
                            ("decide_funding_days", "Decide on a funding request"),
                            ("fact_days", "Record what a provider says has happened"),
                            ("report_days", "Discharge report of a provider"),
                            ("first_review_weeks", "First review"),
                            ("decision_review_weeks", "Review that decides"),
                            ("alert_percents", "Alerts at these shares of the ceiling"),
                            (
                                "withdrawal_is_unplanned",
                                "A withdrawal by the provider counts as unplanned",
                            ),
                            ("invoice_tolerance", "An invoice may differ from our cost by"),
                        ],
                        max_length=40,
                    ),
                ),
                ("before", models.CharField(max_length=100)),
                ("after", models.CharField(max_length=100)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="setting_changes",
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
            ],
        ),
        migrations.CreateModel(
            name="ValidityChange",
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
                            ("option", "Extension option exercised"),
                            ("change", "Validity changed"),
                            ("termination", "Ended early"),
                        ],
                        max_length=12,
                    ),
                ),
                ("end_before", models.DateField()),
                ("end_after", models.DateField()),
                ("decided_on", models.DateField()),
                ("evidence", models.CharField(max_length=200)),
                ("legal_check", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="validity_changes",
                        to="agreements.agreement",
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
                    "document",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "notice",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="validity_change",
                        to="agreements.noticetask",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AwardCriterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("description", models.TextField(blank=True)),
                ("weight_min", models.PositiveSmallIntegerField()),
                ("weight_max", models.PositiveSmallIntegerField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award_criteria",
                        to="agreements.agreement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "name"), name="award_criterion_named_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weight_max__gte", 1),
                            ("weight_max__lte", 100),
                            ("weight_min__lte", models.F("weight_max")),
                        ),
                        name="award_criterion_has_a_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("published_at", models.DateTimeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="agreements.agreementdocument",
                    ),
                ),
                (
                    "published_by",
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
                    models.UniqueConstraint(fields=("of", "number"), name="version_numbered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ExtensionOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("exercise_by", models.DateField()),
                ("exercised_on", models.DateField(null=True)),
                ("evidence", models.CharField(blank=True, max_length=200)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "exercised_by",
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
                        fields=("agreement", "number"), name="option_numbered_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exercised_on", None),
                            ("exercised_on__lte", models.F("exercise_by")),
                            _connector="OR",
                        ),
                        name="option_exercised_in_time",
                    ),
                ],
            },
        ),
    ]
