"""Reports of every kind, of any period, in versions; the runs so far become reports of a year."""

import hashlib
import json
from datetime import date

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def in_new_shape(run):
    """The frozen figures under the names of now."""
    old = run.figures
    year = {"start": run.start.isoformat(), "end": run.end.isoformat(), "as_of": old["as_of"]}
    passed_on = old.get("prior_year_pence", 0) - old.get("posted_later_pence", 0)
    same = ("title", "authority", "ceiling_pence", "revisions", "budget_pence", "lines")
    return {
        **{name: old[name] for name in (*same, "by_lot", "by_provider", "by_month")},
        "scope": {**year, "lot": None, "provider": ""},
        "lot_name": "",
        "provider_name": "",
        "ledger_pence": old["committed_pence"],
        "outside_pence": passed_on,
        "prior_years": [],
        "exposed": [],
        "ledger": [],
        "since_run": None,
        "since": [],
        "forecast": None,
    }


def carry_over(apps, _editor):
    for run in apps.get_model("reports", "ReportRun").objects.all():
        run.start, run.end = date(run.year, 4, 1), date(run.year + 1, 4, 1)
        run.figures = in_new_shape(run)
        # Of the new shape; the digest of what was printed stands in the trail.
        text = json.dumps(run.figures, sort_keys=True, separators=(",", ":"))
        run.digest = hashlib.sha256(text.encode()).hexdigest()
        run.save(update_fields=["start", "end", "figures", "digest"])


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_calendar_links"),
        ("jobs", "0002_progress_and_cancelling"),
        ("placements", "0017_corrections_of_placements"),
        ("providers", "0002_onboarding"),
    ]

    operations = [
        migrations.AddField("reportrun", "start", models.DateField(null=True)),
        migrations.AddField("reportrun", "end", models.DateField(null=True)),
        # Back: what was kept stays in its new shape.
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=False),
        migrations.RemoveField("reportrun", "year"),
        migrations.AlterField("reportrun", "start", models.DateField()),
        migrations.AlterField("reportrun", "end", models.DateField()),
        migrations.AddField(
            "reportrun",
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
        migrations.AddField("reportrun", "lot", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "reportrun",
            "provider",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="providers.provider",
            ),
        ),
        migrations.AddField(
            "reportrun",
            "request",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="placements.fundingrequest",
            ),
        ),
        migrations.AddField("reportrun", "version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField(
            "reportrun",
            "corrects",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="reports.reportrun",
            ),
        ),
        migrations.AddField("reportrun", "changes", models.JSONField(default=list)),
        migrations.AddConstraint(
            "reportrun",
            models.CheckConstraint(name="report_has_a_night", condition=Q(end__gt=F("start"))),
        ),
        migrations.AddConstraint(
            "reportrun",
            models.CheckConstraint(
                name="letter_is_about_a_request",
                condition=Q(kind="letter", request__isnull=False, provider__isnull=False)
                | ~Q(kind="letter") & Q(request=None),
            ),
        ),
        migrations.AddConstraint(
            "reportrun",
            models.CheckConstraint(
                name="statement_is_of_a_provider",
                condition=~Q(kind="statement") | Q(provider__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "reportrun",
            models.CheckConstraint(
                name="only_a_later_version_corrects",
                condition=Q(version=1, corrects=None) | Q(version__gt=1),
            ),
        ),
    ]
