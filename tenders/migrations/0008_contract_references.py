from django.db import migrations

from tenders.models.awards import contract_ref


def give_each_its_own(apps, schema_editor):
    contracts = apps.get_model("tenders", "Contract").objects
    for contract in contracts.all():
        contracts.filter(pk=contract.pk).update(reference=contract_ref())


class Migration(migrations.Migration):
    dependencies = [("tenders", "0007_contract_options")]

    operations = [migrations.RunPython(give_each_its_own, migrations.RunPython.noop)]
