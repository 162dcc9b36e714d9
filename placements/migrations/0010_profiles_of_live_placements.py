from django.db import migrations

from placements.states import Complexity, Urgency

LIVE = ["awaiting_provider", "awaiting_funding", "approved", "admitted"]


def keep_profiles(apps, schema_editor):
    """What a provider could read of the referral until now; the age was not told."""
    placements = apps.get_model("placements", "Placement").objects.filter(state__in=LIVE)
    for placement in placements.select_related("referral", "lot"):
        day = placement.planned_admission.isoformat()
        placement.profile = {
            "lot": f"Lot {placement.lot.number}: {placement.lot.title}",
            "age_band": "",
            "sex": "",
            "complexity": [str(Complexity(each).label) for each in placement.referral.complexity],
            "needs": placement.referral.needs_summary,
            "constraints": "",
            "urgency": str(Urgency(placement.referral.urgency).label),
            "start_from": day,
            "start_until": day,
        }
        placement.save(update_fields=["profile"])


class Migration(migrations.Migration):
    dependencies = [("placements", "0009_options_compared_and_profiles")]
    operations = [migrations.RunPython(keep_profiles, migrations.RunPython.noop)]
