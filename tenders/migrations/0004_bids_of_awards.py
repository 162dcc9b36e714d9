from django.db import migrations


def name_bids(apps, schema_editor):
    """Each award so far named one bid; now the bid names its award."""
    for award in apps.get_model("tenders", "Award").objects.exclude(bid=None):
        apps.get_model("tenders", "Bid").objects.filter(pk=award.bid_id).update(award=award)


def name_award(apps, schema_editor):
    for bid in apps.get_model("tenders", "Bid").objects.exclude(award=None):
        apps.get_model("tenders", "Award").objects.filter(pk=bid.award_id).update(bid=bid)


class Migration(migrations.Migration):
    dependencies = [("tenders", "0003_awards_of_several")]

    operations = [migrations.RunPython(name_bids, name_award)]
