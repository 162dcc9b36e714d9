import tenders.models.awards
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenders", "0008_contract_references")]

    operations = [
        migrations.AlterField(
            model_name="contract",
            name="reference",
            field=models.CharField(
                default=tenders.models.awards.contract_ref,
                editable=False,
                max_length=16,
                unique=True,
            ),
        ),
    ]
