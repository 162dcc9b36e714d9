from django.db import migrations

from dps_portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial")]

    operations = [AppendOnly("placements_ledgerentry")]
