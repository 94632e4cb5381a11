"""PostgreSQL: the lines of a month are a table of their own, a partition of ``billing_chargeline``.

It is made with its month's row, loaded without keys, given its keys before the month closes, and from then on never changes: it
is archived, and dropped from caches, whole. What a new month writes touches no leaf of the months before. SQLite keeps one table.

What makes and drops tables and keys is done with the rights of the tables' owner (SECURITY DEFINER): the application needs none but on
data (deploy/database-roles.sql). All of it is the database's own: whatever inserts or closes a month, the table and its keys come with it, and a line that is there
twice stops the close. The keys of one month cannot see the others; so a line has to lie in its month by its days or its
cause (LINE_OF_ITS_MONTH), and a held settlement that was billed is looked for in all of them.
"""

from typing import Any

LINES = "billing_chargeline"

LINE_OF_ITS_MONTH = "line_of_its_month"
"""The constraint that binds a line to its month: none of its fees can be due in two (第13条, 第14条, 第15条)."""

_OWNERS = "SECURITY DEFINER SET search_path = THIS_SCHEMA, pg_temp"
"""How a function is declared that does with the owner's rights what its caller may not; it finds nothing but in the tables' schema."""

_KEYS = (
    # What takes longest first: they are made side by side.
    "CREATE UNIQUE INDEX IF NOT EXISTS %1$s_once ON %1$s (target_id, fee, from_on, cause)",
    "CREATE INDEX IF NOT EXISTS %1$s_unit ON %1$s (unit_id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS %1$s_pkey ON %1$s (id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS %1$s_corrects ON %1$s (target_id, corrects_month, corrects_fee, customer_id, unit_id) "
    "WHERE fee = ''correction''",
    # What is common is found among the first lines that are looked at; what is rare would be looked for in all.
    "CREATE INDEX IF NOT EXISTS %1$s_fee ON %1$s (fee, id) WHERE fee <> ''monthly''",
    "CREATE INDEX IF NOT EXISTS %1$s_tax ON %1$s (tax_category, id) WHERE tax_category <> ''taxable''",
)
KEYS = len(_KEYS)
"""How many keys a month's table has, each made by its number."""

_OF_MONTH = f"""
CREATE OR REPLACE FUNCTION billing_lines_table_of(id bigint, month date) RETURNS void LANGUAGE plpgsql AS $of$
DECLARE lines text := '{LINES}_' || id; stop date := month + interval '1 month'; full_before boolean;
BEGIN
    IF to_regclass(lines) IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', lines) INTO full_before;
        IF full_before THEN RAISE EXCEPTION '% holds lines of a month that is gone', lines; END IF;
        EXECUTE format('DROP TABLE %I', lines);
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE {LINES} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', lines);
    EXECUTE format('COMMENT ON TABLE %I IS %L', lines, to_char(month, 'YYYY-MM'));
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT {LINE_OF_ITS_MONTH} CHECK (CASE '
        'WHEN fee IN (''monthly'', ''initial'', ''one_time'') THEN from_on >= %L AND from_on < %L '
        'WHEN fee IN (''outage'', ''sla'') THEN right(cause, 7) = %L '
        'WHEN cause = ''settlement'' THEN from_on > %L AND from_on <= %L '
        'ELSE fee = ''correction'' OR cause LIKE ''held %%'' END)',
        lines, month, stop, to_char(month, 'YYYY-MM'), month, stop);
    EXECUTE format('ALTER TABLE {LINES} ATTACH PARTITION %I FOR VALUES IN (%s)', lines, id);
    EXECUTE format('CREATE TRIGGER guard_month_closed_insert BEFORE INSERT ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION billing_lines_month_is_open(%s)', lines, id);
    EXECUTE format('CREATE TRIGGER guard_month_closed_truncate BEFORE TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION billing_lines_month_is_open(%s)', lines, id);
END $of$
"""

_MADE = f"""
CREATE OR REPLACE FUNCTION billing_lines_table_made() RETURNS trigger LANGUAGE plpgsql {_OWNERS} AS $made$
BEGIN
    PERFORM billing_lines_table_of(NEW.id, NEW.month);
    RETURN NULL;
END $made$
"""

_OPEN = """
CREATE OR REPLACE FUNCTION billing_lines_month_is_open() RETURNS trigger LANGUAGE plpgsql AS $open$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_month WHERE id = TG_ARGV[0]::bigint AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the month is closed: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'month_closed';
    END IF;
    RETURN NULL;
END $open$
"""

_GONE = f"""
CREATE OR REPLACE FUNCTION billing_lines_table_gone() RETURNS trigger LANGUAGE plpgsql {_OWNERS} AS $gone$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', '{LINES}_' || OLD.id);
    RETURN NULL;
END $gone$
"""

_KEYED = f"""
CREATE OR REPLACE FUNCTION billing_lines_keyed(month_id bigint) RETURNS void LANGUAGE plpgsql AS $keyed$
DECLARE lines text := '{LINES}_' || month_id;
BEGIN
    -- One at a time: two that find no key would both make it.
    EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', lines);
    {" ".join(f"EXECUTE format('{key}', lines);" for key in _KEYS)}
END $keyed$
"""

_KEY = f"""
CREATE OR REPLACE FUNCTION billing_lines_key(month_id bigint, number integer) RETURNS void LANGUAGE plpgsql {_OWNERS} AS $key$
DECLARE lines text := '{LINES}_' || month_id;
BEGIN
    -- One at a time of one number: two that find no key would both make it. Those of other numbers are made meanwhile.
    PERFORM pg_advisory_xact_lock(hashtextextended(lines, number));
    -- Each has a processor; workers of its own would share it.
    SET LOCAL max_parallel_maintenance_workers = 0;
    CASE number
    {" ".join(f"WHEN {number} THEN EXECUTE format('{key}', lines);" for number, key in enumerate(_KEYS))}
    END CASE;
END $key$
"""

_CLOSED = f"""
CREATE OR REPLACE FUNCTION billing_lines_closed() RETURNS trigger LANGUAGE plpgsql {_OWNERS} AS $closed$
BEGIN
    PERFORM billing_lines_keyed(NEW.id);
    RETURN NULL;
END $closed$
"""

_BEGUN = f"""
CREATE OR REPLACE FUNCTION billing_lines_thrown_away(month_id bigint) RETURNS void LANGUAGE plpgsql {_OWNERS} AS $thrown$
DECLARE lines text := '{LINES}_' || month_id; key regclass;
BEGIN
    EXECUTE format('TRUNCATE %I', lines);
    FOR key IN SELECT indexrelid FROM pg_index WHERE indrelid = lines::regclass LOOP
        EXECUTE format('DROP INDEX %s', key);
    END LOOP;
END $thrown$
"""

_BILLED_ONCE = f"""
CREATE OR REPLACE FUNCTION billing_lines_held_once() RETURNS trigger LANGUAGE plpgsql AS $once$
BEGIN
    IF EXISTS (SELECT 1 FROM {LINES} WHERE target_id = NEW.target_id AND cause = NEW.cause AND month_id <> NEW.month_id) THEN
        RAISE EXCEPTION 'the held settlement is billed: % refused', NEW.cause
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'line_once';
    END IF;
    RETURN NULL;
END $once$
"""

FUNCTIONS = (_OPEN, _OF_MONTH, _MADE, _GONE, _KEYED, _KEY, _CLOSED, _BEGUN, _BILLED_ONCE)

TRIGGERS = (
    "CREATE OR REPLACE TRIGGER month_lines_made AFTER INSERT ON billing_month "
    "FOR EACH ROW EXECUTE FUNCTION billing_lines_table_made()",
    "CREATE OR REPLACE TRIGGER month_lines_gone AFTER DELETE ON billing_month "
    "FOR EACH ROW EXECUTE FUNCTION billing_lines_table_gone()",
    "CREATE OR REPLACE TRIGGER month_lines_closed AFTER UPDATE OF closed_at ON billing_month "
    "FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION billing_lines_closed()",
    f"CREATE OR REPLACE TRIGGER line_held_once AFTER INSERT ON {LINES} "
    "FOR EACH ROW WHEN (NEW.cause LIKE 'held %') EXECUTE FUNCTION billing_lines_held_once()",
)


def put_month_tables_on(cursor: Any) -> None:
    """Put the functions and triggers on a PostgreSQL database, whatever is on already."""
    cursor.execute("SELECT quote_ident(current_schema())")
    (schema,) = cursor.fetchone()
    for statement in (*FUNCTIONS, *TRIGGERS):
        cursor.execute(statement.replace("THIS_SCHEMA", schema))


def month_tables_without_guards(connection: Any) -> list[str]:
    """The tables of months, and triggers, that lack what keeps closed months on PostgreSQL, are switched off, or whose functions read
    otherwise. Nothing on SQLite, where all lines are in one table.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SWITCHED_OFF, [LINES, [text.split()[4] for text in TRIGGERS], LINES])
        off = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE starts_with(proname, 'billing_lines_')")
        on = {name: " ".join(source.split()) for name, source in cursor.fetchall()}
    wanted = {text.split("(")[0].split()[-1]: " ".join(_body(text).split()) for text in FUNCTIONS}
    return [*off, *(name for name, source in wanted.items() if on.get(name) != source)]


def _body(text: str) -> str:
    """What a function does: what stands between its two marks."""
    mark = f"${text.split('AS $')[1].split('$')[0]}$"
    return text.split(mark)[1]


_SWITCHED_OFF = """
WITH here AS (SELECT tgrelid, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal)
SELECT c.relname || '.' || wanted FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN unnest(ARRAY['guard_month_closed_insert', 'guard_month_closed_truncate', 'line_held_once']) AS wanted
WHERE i.inhparent = %s::regclass AND NOT EXISTS (
    SELECT 1 FROM here WHERE tgrelid = i.inhrelid AND tgname = wanted AND tgenabled IN ('O', 'A'))
UNION ALL SELECT wanted FROM unnest(%s::text[]) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM here WHERE tgname = wanted AND tgenabled IN ('O', 'A'))
UNION ALL SELECT c.relname || '.' || t.tgname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_trigger t ON t.tgrelid = i.inhrelid AND NOT t.tgisinternal
WHERE i.inhparent = %s::regclass AND t.tgenabled NOT IN ('O', 'A')
ORDER BY 1
"""
