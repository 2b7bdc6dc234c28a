"""Row-level security as migration operations: a new table with case data is protected in its own migration."""

from django.db.migrations import RunSQL

GROUPS = ("sip_staff", "sip_citizen", "sip_worker", "sip_reports", "sip_guest")

# Tables that the web logins reach outside a scope: sessions, logins and the directory needed to choose an assignment.
LOGIN_GRANTS = {
    "django_session": "select, insert, update, delete",
    "organisations_user": "select, update",
    "organisations_loginattempt": "select, insert, update, delete",
    "organisations_signin": "select, insert, update, delete",
    "identity_identity": "select",
    "identity_usedtoken": "select, insert, delete",
    "organisations_organisation": "select",
    "organisations_authority": "select",
    "organisations_unit": "select",
    "organisations_staff": "select",
    "organisations_assignment": "select",
    "django_migrations": "select",
}

ACCESS = (
    "exists (select 1 from case_access a where a.case_id = {table}.{column}"
    " and a.unit_id = (select ctx_unit()) and a.valid_to >= (select sip_today()){open}{topics}{emergency})"
)
PERSON = (
    "exists (select 1 from cases_case c join person_access p on p.person_id = c.person_id"
    " where c.id = {table}.{column} and p.user_id = (select ctx_user()) and (p.case_id is null or p.case_id = c.id)"
    " and (select sip_today()) between p.valid_from and p.valid_to)"
)
TOPICS = " and {table}.topics & a.hidden_topics = 0"
STEERS = "(select ctx_handler()) and may_steer({table}.{column})"
HANDLES = "(select ctx_handler())"
WRITES = "(select ctx_writer())"


def enable(table: str) -> str:
    return (
        f"alter table {table} enable row level security; alter table {table} force row level security;"
        f" alter table {table} owner to sip_owner; grant select, insert, update, delete on {table} to sip_def;"
    )


def policy(table: str, name: str, command: str, role: str, *, using: str = "", check: str = "") -> str:
    """One CREATE POLICY statement; `using` and `check` are SQL conditions."""
    parts = [f"create policy {name} on {table} for {command} to {role}"]
    if using:
        parts.append(f"using ({using})")
    if check:
        parts.append(f"with check ({check})")
    return " ".join(parts) + ";"


def case_rows(
    table: str,
    *,
    column: str = "case_id",
    insert: str | None = HANDLES,
    update: str | None = HANDLES,
    update_columns: str = "",
    delete: str | None = None,
    open_only: bool = True,
    topics: bool = False,
    emergency: bool | str = False,
    citizen: bool | str = False,
    worker: str = "",
) -> RunSQL:
    """Protect a table whose rows belong to a case.

    Staff see rows of cases that `case_access` gives their acting unit; `insert`, `update` and `delete` are the
    further conditions for those commands (None: no grant), in open cases unless `open_only` is False (AVS-3).
    `topics`: rows whose column `topics` has one that the unit may not see are not there for it (SAM-3); -1 is a row
    without chosen topics, and counts as all. `emergency`: rows also seen by one who has broken the glass, under a
    further condition if text. `citizen`: the person reads too, under a further condition if text. `worker`: columns
    that the jobs may read.
    """
    rules = {"table": table, "column": column, "topics": TOPICS.format(table=table) if topics else ""}
    glass = " and not a.emergency"
    if emergency:
        glass = f" and (not a.emergency or {emergency})" if isinstance(emergency, str) else ""
    seen = ACCESS.format(**rules, open="", emergency=glass)
    kept = ACCESS.format(**rules, open="", emergency=" and not a.emergency")
    open_now = ACCESS.format(**rules, open=" and a.is_open" if open_only else "", emergency=" and not a.emergency")
    sql = [enable(table), f"grant select on {table} to sip_staff;"]
    sql.append(policy(table, "staff_select", "select", "sip_staff", using=seen))

    def both(extra):
        return f"{open_now} and {extra.format(table=table, column=column)}"

    if insert:
        sql += [f"grant insert on {table} to sip_staff;"]
        sql += [policy(table, "staff_insert", "insert", "sip_staff", check=both(insert))]
    if update:
        columns = f" ({update_columns})" if update_columns else ""
        sql += [f"grant update{columns} on {table} to sip_staff;"]
        sql += [policy(table, "staff_update", "update", "sip_staff", using=both(update), check=kept)]
    if delete:
        sql += [f"grant delete on {table} to sip_staff;"]
        sql += [policy(table, "staff_delete", "delete", "sip_staff", using=both(delete))]
    if citizen:
        sql += [f"grant select on {table} to sip_citizen;"]
        person = PERSON.format(table=table, column=column) + (f" and {citizen}" if isinstance(citizen, str) else "")
        sql += [policy(table, "citizen_select", "select", "sip_citizen", using=person)]
    if worker:
        sql += [f"grant select ({worker}) on {table} to sip_worker;"]
        sql += [policy(table, "worker_select", "select", "sip_worker", using="true")]
    return RunSQL("\n".join(sql), RunSQL.noop)


def same_case(child: str, column: str, parent: str) -> RunSQL:
    """Make the database refuse a child that names another case than its parent has.

    The policies look at the child's own case id; without this a row could be hung on somebody else's parent.
    """
    name = f"{child}_{column}_case"
    sql = f"""
        do $$ begin
          if not exists (select 1 from pg_constraint where conname = '{parent}_id_case') then
            alter table {parent} add constraint {parent}_id_case unique (case_id, id);
          end if;
        end $$;
        alter table {child} add constraint {name} foreign key ({column}, case_id) references {parent} (id, case_id)
          deferrable initially deferred;
    """
    return RunSQL(sql, RunSQL.noop)


def unit_rows(table: str, *, column: str = "unit_id", update_columns: str = "", citizen: bool = False) -> RunSQL:
    """Protect a table whose rows belong to a unit (inbox, received versions): only the acting unit sees them."""
    mine = f"{table}.{column} = (select ctx_unit())"
    sql = [enable(table), f"grant select on {table} to sip_staff;"]
    sql.append(policy(table, "unit_select", "select", "sip_staff", using=mine))
    if update_columns:
        sql.append(f"grant update ({update_columns}) on {table} to sip_staff;")
        sql.append(policy(table, "unit_update", "update", "sip_staff", using=f"{mine} and {WRITES}", check=mine))
    return RunSQL("\n".join(sql), RunSQL.noop)


def directory_rows(table: str, *, own: str = "", reports: bool = True) -> RunSQL:
    """Protect a table of the directory: all who are signed in read; `own` says what an administrator may write."""
    sql = [enable(table), f"grant select on {table} to sip_staff, sip_citizen, sip_worker, sip_reports;"]
    sql.append(f"create policy directory_select on {table} for select using (true);")
    if own:
        mine = f"(select ctx_admin()) and {own}"
        sql.append(f"grant insert, update on {table} to sip_staff;")
        sql.append(policy(table, "admin_insert", "insert", "sip_staff", check=mine))
        sql.append(policy(table, "admin_update", "update", "sip_staff", using=mine, check=mine))
    return RunSQL("\n".join(sql), RunSQL.noop)


def definer(signature: str, *, to: str = "sip_staff") -> str:
    """Make a function run as the row-security-bypassing owner, callable by `to` alone."""
    grant = f"grant execute on function {signature} to {to};" if to else ""
    return f"alter function {signature} owner to sip_def; revoke execute on function {signature} from public; {grant}"
