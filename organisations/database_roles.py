"""Database roles and logins: made by `migrate` as the administrator, never by the web or the workers."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from psycopg import sql

from organisations.rls import LOGIN_GRANTS

GROUP_SQL = """
do $$
declare name text;
begin
  foreach name in array array['sip_owner', 'sip_def', 'sip_staff', 'sip_citizen', 'sip_worker', 'sip_reports',
      'sip_guest'] loop
    begin
      if not exists (select 1 from pg_roles where rolname = name) then
        execute format('create role %I nologin', name);
      end if;
    exception when duplicate_object or unique_violation then null; -- another database's migrate was first
    end;
  end loop;
  if not (select rolbypassrls from pg_roles where rolname = 'sip_def') then
    alter role sip_def bypassrls;
  end if;
end $$;
grant usage, create on schema public to sip_owner, sip_def;
grant usage on schema public to sip_staff, sip_citizen, sip_worker, sip_reports, sip_guest;
"""

LOGIN_FUNCTIONS = "audit_append(jsonb), audit_ready(), audit_anchor_at(), oldest_due_delivery()"
# What only one face's login may call: it ties a login at an identity provider to a person.
FACE_FUNCTIONS = {
    "sip_staff": "bind_staff(text, text, bigint)",
    "sip_citizen": "citizen_signed_in(text, text, text, text)",
}

OWN_SQL = """
do $$
declare item record;
begin
  for item in select c.relname, c.relkind from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and pg_get_userbyid(c.relowner) <> 'sip_owner' loop
    execute format('alter table public.%I owner to sip_owner', item.relname);
  end loop;
end $$;
"""


@dataclass(frozen=True)
class Login:
    """A login role as its URL tells it, and the group roles that its scopes may take."""

    name: str
    password: str
    groups: tuple[str, ...]

    @classmethod
    def from_url(cls, url: str, groups: tuple[str, ...]) -> "Login":
        parts = urlsplit(url)
        return cls(unquote(parts.username or ""), unquote(parts.password or ""), groups)


def logins(environ: dict[str, str], *, demo: bool, testing: bool = False) -> list[Login]:
    """The logins named by the SIP_DB_*_URL variables.

    In a demo the web login shows both faces; a test process also runs the workers' jobs, in their role.
    """
    both = ("sip_staff", "sip_citizen", "sip_guest", *(("sip_worker",) if testing else ()))
    wanted = {
        "SIP_DB_WEB_URL": both if demo else ("sip_staff",),
        "SIP_DB_CITIZEN_URL": ("sip_citizen", "sip_guest"),
        "SIP_DB_WORKER_URL": ("sip_worker",),
        "SIP_DB_REPORTS_URL": ("sip_reports",),
    }
    return [Login.from_url(environ[key], groups) for key, groups in wanted.items() if environ.get(key)]


def ensure_groups(cursor) -> None:
    cursor.execute(GROUP_SQL)


def ensure_logins(cursor, found: list[Login]) -> None:
    """Make or renew each login: no superuser, no bypass, owns nothing, takes a group only by SET ROLE."""
    for login in found:
        cursor.execute("select 1 from pg_roles where rolname = %s", [login.name])
        verb = "alter" if cursor.fetchone() else "create"
        options = "login noinherit nosuperuser nobypassrls nocreatedb nocreaterole password"
        statement = sql.SQL("{} role {} " + options + " {}").format(
            sql.SQL(verb), sql.Identifier(login.name), sql.Literal(login.password)
        )
        cursor.execute(statement)
        for group in login.groups:
            cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(login.name)))


def grant_tables(cursor, found: list[Login]) -> None:
    """Hand all tables to their owner role, and the unscoped tables to the web logins."""
    cursor.execute(OWN_SQL)
    for login in found:
        name = sql.Identifier(login.name)
        cursor.execute(sql.SQL("grant usage on schema public to {}").format(name))
        cursor.execute(sql.SQL("grant select on django_migrations to {}").format(name))
        cursor.execute(sql.SQL("grant execute on function {} to {}").format(sql.SQL(LOGIN_FUNCTIONS), name))
        for group in login.groups:
            if group in FACE_FUNCTIONS:
                statement = sql.SQL("grant execute on function {} to {}")
                cursor.execute(statement.format(sql.SQL(FACE_FUNCTIONS[group]), name))
        if "sip_staff" in login.groups or "sip_citizen" in login.groups:
            for table, rights in LOGIN_GRANTS.items():
                statement = sql.SQL("grant {} on {} to {}")
                cursor.execute(statement.format(sql.SQL(rights), sql.Identifier(table), name))
