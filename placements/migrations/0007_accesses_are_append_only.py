from django.db import migrations

from dps_portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("placements", "0006_names_are_found")]

    operations = [AppendOnly("placements_personaccess"), AppendOnly("placements_consent")]
