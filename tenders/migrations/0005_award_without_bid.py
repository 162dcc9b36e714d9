from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenders", "0004_bids_of_awards")]

    operations = [migrations.RemoveField(model_name="award", name="bid")]
