"""Rules over two tables, which no constraint can hold: they stand whatever door a row comes by."""

from django.db import migrations

KEEP = """
CREATE FUNCTION public.figures_keep_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever is about to publish a figure of it holds a share of the row: wait, then look.
    PERFORM FROM figures_indicator WHERE id = NEW.id FOR UPDATE;
    IF EXISTS (SELECT FROM figures_figure WHERE indicator_id = NEW.id) THEN
        RAISE check_violation USING
            MESSAGE = '该指标已有核定数，计量单位、性质和汇总方式不能更改；口径不同的，请另建指标。',
            CONSTRAINT = 'indicator_keeps_its_measure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indicator_keeps_its_measure
    BEFORE UPDATE OF measure, kind, rollup ON figures_indicator FOR EACH ROW
    WHEN ((OLD.measure, OLD.kind, OLD.rollup) IS DISTINCT FROM (NEW.measure, NEW.kind, NEW.rollup))
    EXECUTE FUNCTION public.figures_keep_measure();
"""
AGREE = """
CREATE FUNCTION public.figures_asked_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT i.name, i.campaign_kind <> c.kind AS is_foreign INTO wrong
      FROM figures_campaignindicator a
      JOIN figures_indicator i ON i.id = a.indicator_id
      JOIN campaigns_campaign c ON c.id = a.campaign_id
     WHERE CASE TG_TABLE_NAME WHEN 'figures_indicator' THEN i.id
                              WHEN 'campaigns_campaign' THEN c.id ELSE a.id END = NEW.id
       AND (i.campaign_kind <> c.kind OR (a.is_typed AND i.source = 'ledger'))
     LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RAISE check_violation USING
        MESSAGE = CASE WHEN wrong.is_foreign
            THEN format('“%s”与任务的类型不同，不能列入该任务。', wrong.name)
            ELSE format('“%s”由台账得出，不能由单位填报：请去掉“由单位填报”。', wrong.name) END,
        CONSTRAINT = 'asked_indicator_agrees';
END $$;
CREATE TRIGGER asked_indicator_agrees
    AFTER INSERT OR UPDATE OF campaign_id, indicator_id, is_typed ON figures_campaignindicator
    FOR EACH ROW EXECUTE FUNCTION public.figures_asked_agree();
CREATE TRIGGER asked_indicator_agrees
    AFTER UPDATE OF campaign_kind, source ON figures_indicator
    FOR EACH ROW EXECUTE FUNCTION public.figures_asked_agree();
CREATE TRIGGER asked_indicator_agrees
    AFTER UPDATE OF kind ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION public.figures_asked_agree();
"""
END = """
DROP FUNCTION public.figures_keep_measure() CASCADE;
DROP FUNCTION public.figures_asked_agree() CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('figures', '0001_initial'),
        ('campaigns', '0003_submissions'),
    ]

    operations = [migrations.RunSQL(KEEP + AGREE, END)]
