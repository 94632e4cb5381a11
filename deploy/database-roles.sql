-- Two roles of PostgreSQL: the owner migrates, the application has rights on data alone and cannot take a guard off.
--
--   psql --dbname csoc --set owner=csoc_owner --set application=csoc --file deploy/database-roles.sql
--
-- As the owner, or a superuser, once the roles are there; any number of times. Tables that later migrations make, and the tables of
-- months, get the same rights by themselves.

\set ON_ERROR_STOP on

BEGIN;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"application";
REVOKE CREATE ON SCHEMA public FROM :"application";

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"application";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"application";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"application";

ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"application";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO :"application";

-- What is done with the owner's rights is for the application alone (billing/models/month_tables.py). Before the first migrate there is
-- none of it yet: run this again after it.
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure)
FROM pg_proc WHERE starts_with(proname, 'billing_lines_') AND prosecdef \gexec
SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', oid::regprocedure, :'application')
FROM pg_proc WHERE starts_with(proname, 'billing_lines_') AND prosecdef \gexec

COMMIT;
