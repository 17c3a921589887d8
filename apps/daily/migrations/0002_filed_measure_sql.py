"""What units have filed stays in the measure they were asked in, before it is locked as well."""

from django.db import migrations

KEEP = """
CREATE FUNCTION public.daily_keep_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM figures_indicator WHERE id = NEW.id FOR UPDATE;
    IF EXISTS (SELECT FROM daily_reportvalue WHERE indicator_id = NEW.id) THEN
        RAISE check_violation USING
            MESSAGE = '该指标已有单位填报，计量单位不能更改；口径不同的，请另建指标。',
            CONSTRAINT = 'indicator_keeps_filed_measure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indicator_keeps_filed_measure
    BEFORE UPDATE OF measure ON figures_indicator FOR EACH ROW
    WHEN (OLD.measure IS DISTINCT FROM NEW.measure)
    EXECUTE FUNCTION public.daily_keep_measure();
"""
END = "DROP FUNCTION public.daily_keep_measure() CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('daily', '0001_initial'),
        ('figures', '0002_measure_rules_sql'),
    ]

    operations = [migrations.RunSQL(KEEP, END)]
