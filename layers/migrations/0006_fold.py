"""`ioc_fold`: lower case without diacritics, đ as d; immutable, so that indexes can be made of it."""

from django.db import migrations

# unaccent() by itself is only stable, because its dictionary could be changed; named with its schema it is as good as fixed.
FORWARDS = """
CREATE OR REPLACE FUNCTION ioc_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
"""


class Migration(migrations.Migration):
    """A function."""

    dependencies = [("layers", "0005_feature_edit")]

    operations = [migrations.RunSQL(FORWARDS, "DROP FUNCTION IF EXISTS ioc_fold(text) CASCADE")]
