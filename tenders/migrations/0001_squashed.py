import django.db.models.deletion
import tenders.models.awards
import tenders.models.tenders
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("tenders", "0001_initial"),
        ("tenders", "0002_evaluation_model"),
        ("tenders", "0003_awards_of_several"),
        ("tenders", "0004_bids_of_awards"),
        ("tenders", "0005_award_without_bid"),
        ("tenders", "0006_debrief_requests"),
        ("tenders", "0007_contract_options"),
        ("tenders", "0008_contract_references"),
        ("tenders", "0009_contract_reference_is_unique"),
        ("tenders", "0010_deadline_extensions"),
        ("tenders", "0011_sealed_attachments_and_attempts"),
        ("tenders", "0012_standstill"),
        ("tenders", "0013_decision_records"),
        ("tenders", "0014_evaluators_who_left"),
        ("tenders", "0015_criteria_under_headings"),
        ("tenders", "0016_reworded_questions"),
        ("tenders", "0017_shorter_periods"),
        ("tenders", "0018_a_moderator_can_leave"),
        ("tenders", "0019_compared_weeks"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("agreements", "0001_squashed"),
        ("documents", "0001_squashed"),
        ("providers", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ranking", models.JSONField()),
                ("recommended_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("departure", models.TextField(blank=True)),
                ("departure_agreed", models.TextField(blank=True)),
                ("draw", models.TextField(blank=True)),
                ("consulted_with", models.CharField(blank=True, max_length=200)),
                ("consulted_on", models.DateField(null=True)),
                ("consultation", models.TextField(blank=True)),
                ("alternatives", models.TextField(blank=True)),
                ("declarations", models.PositiveSmallIntegerField(null=True)),
                ("interests", models.PositiveSmallIntegerField(null=True)),
                ("decided_as", models.CharField(blank=True, max_length=120)),
                ("overdue_reason", models.TextField(blank=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("standstill_last_day", models.DateField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
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
                    "recommended_by",
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
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("recommended_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="award_approved_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at", None),
                            ("departure", ""),
                            models.Q(("departure_agreed", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="departure_agreed_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at", None),
                            models.Q(
                                ("approved_by__isnull", False),
                                ("consulted_on__isnull", False),
                                models.Q(("consultation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="award_approved_after_consultation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("confirmed_at__gte", models.F("approved_at")),
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="award_confirmed_after_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("recommended_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="award_confirmed_by_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_intact", models.BooleanField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("submitted_by_ref", models.CharField(blank=True, max_length=16)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("price_digest", models.CharField(blank=True, max_length=64)),
                (
                    "award",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bids",
                        to="tenders.award",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bids",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_intact", False),
                            models.Q(
                                ("submitted_at__isnull", False),
                                models.Q(("submitted_by_ref", ""), _negated=True),
                                models.Q(("digest", ""), _negated=True),
                                models.Q(("price_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="intact_bid_is_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weekly_pence", models.BigIntegerField()),
                ("detox_pence", models.PositiveBigIntegerField(default=0)),
                ("one_off_pence", models.PositiveBigIntegerField(default=0)),
                ("discount_pence", models.PositiveBigIntegerField(default=0)),
                (
                    "reference",
                    models.CharField(
                        default=tenders.models.awards.contract_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("options", models.PositiveSmallIntegerField(default=0)),
                ("option_months", models.PositiveSmallIntegerField(default=0)),
                ("options_taken", models.PositiveSmallIntegerField(default=0)),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="tenders.award",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="agreements.lot",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("award", "provider"), name="one_contract_per_winner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("options_taken__lte", models.F("options"))),
                        name="contract_options_were_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))),
                        name="registered_contract_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekly_pence__gt", 0)), name="contract_price_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("end_before", models.DateField()),
                ("end_after", models.DateField()),
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="tenders.contract",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end_after__gt", models.F("end_before"))),
                        name="option_lengthens_contract",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("weight", models.PositiveSmallIntegerField()),
                ("question", models.TextField()),
                ("guidance", models.TextField(blank=True)),
                ("word_limit", models.PositiveIntegerField(default=500)),
                ("minimum_score", models.PositiveSmallIntegerField(null=True)),
                ("attachments", models.PositiveSmallIntegerField(default=0)),
                (
                    "heading",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.awardcriterion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 1), ("weight__lte", 100)),
                        name="criterion_weight_is_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attachments__lte", 3)),
                        name="criterion_has_few_attachments",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("invited_at", models.DateTimeField()),
                ("quality_envelope", models.BinaryField()),
                ("price_envelope", models.BinaryField()),
                ("own_copy", models.BinaryField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="providers.provider",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AttachmentCell",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.BinaryField()),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cells",
                        to="tenders.invitation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invitation", "number"), name="cell_numbered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("won", models.BooleanField()),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="providers.provider",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DebriefRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.TextField()),
                ("requested_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
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
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debriefs",
                        to="tenders.letter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("letter",),
                        name="one_open_debrief",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="debrief_answer_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LowPriceCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("is_accepted", models.BooleanField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bid",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="low_price_check",
                        to="tenders.bid",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("is_accepted", None),
                                ("reason", ""),
                            ),
                            models.Q(
                                ("is_accepted__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="low_price_decision_is_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weekly_pence", models.BigIntegerField()),
                ("detox_pence", models.PositiveBigIntegerField(default=0)),
                ("one_off_pence", models.PositiveBigIntegerField(default=0)),
                ("discount_pence", models.PositiveBigIntegerField(default=0)),
                (
                    "bid",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price",
                        to="tenders.bid",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekly_pence__gt", 0)), name="bid_price_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="tenders.bid",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="tenders.criterion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "criterion"), name="one_response")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsensusScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("points", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "response",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consensus",
                        to="tenders.response",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="consensus_has_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tenders.response",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("points", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="tenders.response",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("response", "evaluator"), name="scored_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="score_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShorterPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closes_at", models.DateTimeField()),
                ("usual_until", models.DateTimeField()),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__lt", models.F("usual_until"))),
                        name="shorter_period_is_shorter",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PeriodAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("has_agreed", models.BooleanField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
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
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="period_answers",
                        to="providers.provider",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="tenders.shorterperiod",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "provider"), name="asked_for_a_shorter_period_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at", None), ("answered_by", None), ("has_agreed", None)
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("has_agreed__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="period_answer_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tender",
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
                        default=tenders.models.tenders.tender_ref,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("need", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("opened", "Opened, quality being scored"),
                            ("quality_locked", "Quality locked, prices revealed"),
                            ("recommended", "Award recommended"),
                            ("standstill", "Standstill"),
                            ("awarded", "Awarded"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("contract_start", models.DateField()),
                ("contract_end", models.DateField()),
                ("options", models.PositiveSmallIntegerField(default=0)),
                ("option_months", models.PositiveSmallIntegerField(default=0)),
                ("closes_at", models.DateTimeField()),
                ("price_weight", models.PositiveSmallIntegerField()),
                (
                    "price_formula",
                    models.CharField(
                        choices=[
                            ("LOWEST_RATIO", "Lowest price divided by price"),
                            ("PCT_OF_LEADER", "Percent above the lowest price"),
                            ("SET_RANGE", "Place in a range that we publish"),
                            ("MEAN", "Distance from the mean of all prices"),
                            ("BENCHMARK", "Benchmark price divided by price"),
                            ("QUALITY_ONLY", "Quality only, at a fixed price"),
                        ],
                        default="LOWEST_RATIO",
                        max_length=16,
                    ),
                ),
                ("compared_weeks", models.PositiveSmallIntegerField(null=True)),
                ("range_low_pence", models.BigIntegerField(null=True)),
                ("range_high_pence", models.BigIntegerField(null=True)),
                ("benchmark_pence", models.BigIntegerField(null=True)),
                ("fixed_pence", models.BigIntegerField(null=True)),
                ("low_price_percent", models.PositiveSmallIntegerField(default=20)),
                (
                    "ceiling_rule",
                    models.CharField(
                        choices=[
                            ("REJECT", "The bid is excluded"),
                            ("CAP", "The bid counts, and is paid, at the ceiling"),
                        ],
                        default="REJECT",
                        max_length=8,
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[
                            ("NONE", "Exact fractions; rounded for display only"),
                            ("PRICE", "The price score is rounded to two decimals"),
                            ("TOTAL", "The total is rounded to two decimals, ties included"),
                        ],
                        default="NONE",
                        max_length=8,
                    ),
                ),
                (
                    "tie_break",
                    models.CharField(
                        choices=[
                            ("QUALITY", "Higher quality score, then lower price"),
                            ("PRICE", "Lower price, then higher quality score"),
                            ("FIRST_CRITERION", "Score on the first criterion, then lower price"),
                        ],
                        default="QUALITY",
                        max_length=16,
                    ),
                ),
                (
                    "award_basis",
                    models.CharField(
                        choices=[
                            ("SINGLE", "The best bid"),
                            ("TOP_N", "The best few bids"),
                            ("ABOVE_THRESHOLD", "Every bid whose total reaches a threshold"),
                        ],
                        default="SINGLE",
                        max_length=16,
                    ),
                ),
                ("award_places", models.PositiveSmallIntegerField(null=True)),
                ("award_threshold", models.PositiveSmallIntegerField(null=True)),
                ("score_scale_max", models.PositiveSmallIntegerField(default=5)),
                ("scale", models.JSONField(default=list)),
                ("minimum_question_score", models.PositiveSmallIntegerField(null=True)),
                ("drafted_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("model_hash", models.CharField(blank=True, max_length=64)),
                ("public_key", models.BinaryField(null=True)),
                ("wrapped_private_key", models.BinaryField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("scored_at", models.DateTimeField(null=True)),
                ("quality_locked_at", models.DateTimeField(null=True)),
                ("abandon_reason", models.TextField(blank=True)),
                ("abandoned_at", models.DateTimeField(null=True)),
                (
                    "abandon_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "abandoned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenders",
                        to="agreements.lot",
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
                (
                    "quality_locked_by",
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
                        condition=models.Q(("contract_end__gt", models.F("contract_start"))),
                        name="contract_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by", None),
                            models.Q(("published_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="tender_published_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "abandoned"]),
                            models.Q(
                                ("public_key__isnull", False),
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                                ("wrapped_private_key__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tender_publication_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_weight__lte", 100)),
                        name="price_weight_is_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("compared_weeks", None),
                            models.Q(
                                ("compared_weeks__gte", 1),
                                models.Q(("price_formula", "QUALITY_ONLY"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stay_is_compared_only_with_a_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("benchmark_pence", None),
                                ("fixed_pence", None),
                                ("price_formula", "SET_RANGE"),
                                ("range_high_pence__gt", models.F("range_low_pence")),
                                ("range_high_pence__isnull", False),
                                ("range_low_pence__gt", 0),
                                ("range_low_pence__isnull", False),
                            ),
                            models.Q(
                                ("benchmark_pence__gt", 0),
                                ("benchmark_pence__isnull", False),
                                ("fixed_pence", None),
                                ("price_formula", "BENCHMARK"),
                                ("range_high_pence", None),
                                ("range_low_pence", None),
                            ),
                            models.Q(
                                ("benchmark_pence", None),
                                ("fixed_pence__gt", 0),
                                ("fixed_pence__isnull", False),
                                ("price_formula", "QUALITY_ONLY"),
                                ("range_high_pence", None),
                                ("range_low_pence", None),
                            ),
                            models.Q(
                                ("benchmark_pence", None),
                                ("fixed_pence", None),
                                ("price_formula__in", ["LOWEST_RATIO", "PCT_OF_LEADER", "MEAN"]),
                                ("range_high_pence", None),
                                ("range_low_pence", None),
                            ),
                            _connector="OR",
                        ),
                        name="price_formula_has_what_it_needs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("award_basis", "SINGLE"),
                                ("award_places", None),
                                ("award_threshold", None),
                            ),
                            models.Q(
                                ("award_basis", "TOP_N"),
                                ("award_places__gte", 2),
                                ("award_places__isnull", False),
                                ("award_threshold", None),
                            ),
                            models.Q(
                                ("award_basis", "ABOVE_THRESHOLD"),
                                ("award_places", None),
                                ("award_threshold__isnull", False),
                                ("award_threshold__lte", 100),
                            ),
                            _connector="OR",
                        ),
                        name="award_basis_has_what_it_needs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "abandoned"), _negated=True),
                            models.Q(
                                ("abandoned_at__isnull", False),
                                ("abandoned_by__isnull", False),
                                models.Q(("abandon_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tender_abandoned_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("abandoned_by", None),
                            ("published_at", None),
                            models.Q(("abandoned_by", models.F("abandon_asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="published_tender_abandoned_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubmissionAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_ref", models.CharField(max_length=16)),
                ("reasons", models.JSONField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submission_attempts",
                        to="providers.provider",
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submission_attempts",
                        to="tenders.tender",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="shorterperiod",
            name="tender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shorter_periods",
                to="tenders.tender",
            ),
        ),
        migrations.CreateModel(
            name="PanelMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_moderator", models.BooleanField(default=False)),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panels",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel",
                        to="tenders.tender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tender", "user"), name="on_a_panel_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_moderator", True), ("left_at", None)),
                        fields=("tender",),
                        name="one_moderator",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening_approvals",
                        to="tenders.tender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tender", "officer"), name="opening_approved_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="letter",
            name="tender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="tenders.tender",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="tender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="tenders.tender",
            ),
        ),
        migrations.CreateModel(
            name="InterestDeclaration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("has_interest", models.BooleanField()),
                ("details", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="tenders.tender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tender", "user"), name="interests_declared_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("cause", models.CharField(max_length=200)),
                ("ranking", models.JSONField()),
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
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="tenders.tender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tender", "version"), name="evaluation_numbered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadlineExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closed_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="tenders.tender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("closed_at"))),
                        name="deadline_moves_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_at", None), ("agreed_by", None)),
                            models.Q(
                                ("agreed_at__isnull", False),
                                ("agreed_by__isnull", False),
                                models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="deadline_moved_by_two",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agreed_at", None)),
                        fields=("tender",),
                        name="one_extension_asked_for_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="criterion",
            name="tender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="criteria",
                to="tenders.tender",
            ),
        ),
        migrations.CreateModel(
            name="Clarification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("question", models.TextField()),
                ("wording", models.TextField(blank=True)),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
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
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clarifications",
                        to="tenders.tender",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="clarification_answer_is_whole",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="bid",
            name="tender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bids",
                to="tenders.tender",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="tender",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="award",
                to="tenders.tender",
            ),
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("challenger", models.CharField(max_length=200)),
                ("received_on", models.DateField()),
                ("grounds", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("settlement", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="challenges",
                        to="tenders.award",
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_at", None), ("settled_by", None), ("settlement", "")
                            ),
                            models.Q(
                                models.Q(("settlement", ""), _negated=True),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="challenge_settlement_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_by", None),
                            models.Q(("settled_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="challenge_settled_by_another_person",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("tender", "name"), name="criterion_named_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("tender", "position"), name="criterion_placed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.UniqueConstraint(
                fields=("tender", "provider"), name="one_bid_per_provider"
            ),
        ),
        migrations.AddConstraint(
            model_name="shorterperiod",
            constraint=models.UniqueConstraint(
                fields=("tender", "lot", "closes_at"), name="closing_moment_asked_for_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                fields=("tender", "provider"), name="one_outcome_letter"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(fields=("tender", "provider"), name="invited_once"),
        ),
    ]
