from django.db import migrations

from placements.services.identities import name_hash, opened


def find_names(apps, schema_editor):
    """Those who were there before can be found by name and date of birth as well."""
    people = apps.get_model("placements", "Person").objects.filter(name_hash="", erased_at=None)
    for person in people.iterator():
        identity = opened(person.identity)
        person.name_hash = name_hash(identity.name, identity.born_on)
        person.save(update_fields=["name_hash"])


class Migration(migrations.Migration):
    dependencies = [("placements", "0005_people_and_privacy")]

    operations = [migrations.RunPython(find_names, migrations.RunPython.noop)]
