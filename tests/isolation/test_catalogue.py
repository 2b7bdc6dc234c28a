"""What the database's own catalogue says about isolation: a new table or function that forgets it fails here."""

import re

import pytest
from django.db import connections

from organisations import database_roles

# Functions that run with the rights of another role: what each may do is argued in docs/sakerhet.md.
DEFINERS = {
    "protected_now", "protection_set", "set_protection",
    "adjust_care_plan", "care_plan_part_changed", "care_plan_seen", "discharge_facts", "discharge_payments",
    "discharge_told", "hand_back_notice", "notice_broken", "notice_day_changed", "notice_erased",
    "notice_in_inbox", "notice_message", "notice_out_of_inbox",
    "notices_protected", "open_admission", "open_care_plan", "send_notice",
    "take_over_discharge", "tell_care_plan", "tell_of_admission",
    "recall_disclosure", "recall_from", "recalled_for_me", "void_case",
    "add_messages", "cancel_channel", "choose_channel", "decides_channels", "end_channel", "letter_done",
    "letters_only", "notices_follow_owner", "notify_staff", "person_address", "post_letter", "tell_person",
    "answer_handed", "hand_on", "handed_invitation", "meeting_called_off", "my_call", "on_trail", "propose_handed",
    "routing_rules_of", "tell_of_call",
    "bind_staff", "citizen_signed_in",
    "break_glass", "emergency_case", "end_emergency", "glass_case", "glass_hours",
    "access_changed", "adopt_plan_of_ward", "audit_anchor_at", "audit_anchored", "audit_append", "audit_chains_before",
    "audit_erase", "audit_keep_partitions", "audit_ready",
    "consent_ends_of_age", "contact_logins", "link_citizen", "make_age_tasks", "readers_changed",
    "rebuild_person_access", "wanted_person_access",
    "calls_of_closed_case", "calls_listed", "list_calls", "write_calls",
    "attach_calendar", "calendar_access_ended", "calendar_cancelled", "calendar_handed_on", "take_out_of_calendar",
    "cancel_deliveries", "case_access_changed", "deadlines_changed", "deadlines_made", "deliver_version",
    "end_sessions_of", "exports_protected", "hand_over",
    "guest_address", "guest_alive", "guest_answer", "guest_enter", "guest_invitation", "guest_leave", "guest_log",
    "guest_salt", "guest_visit", "queue_guest_mail",
    "has_access",
    "basis_for", "masks_for", "readable_by",
    "lead_sees_all", "leave_case", "listed_with", "may_notify", "next_place", "oldest_due_delivery",
    "open_case", "other_open_cases",
    "papers_protected", "plan_is_seen_whole", "plan_steps_end", "premeetings_end", "put_in_inbox",
    "queue_delivery", "rebuild_access", "replace_consent",
    "retention_decide", "retention_erase", "retention_export", "retention_exported", "retention_failed",
    "retention_finish", "retention_hold", "retention_items", "retention_list",
    "retention_next", "retention_overview", "retention_prepare",
    "common_slots", "free_slots", "may_ask_slots", "publishing_units", "release_left_out", "release_slots",
    "standing_times_let_go",
    "take_slots", "units_with_slots",
    "sees_all", "spread_protection", "tell_of_failed_delivery",
    "tell_other_owners", "tells_other_sip", "unit_tree_changed", "units_with_access", "wanted_access",
    "withdraw_consent",
}  # fmt: skip
# Tables whose rows belong to a login and not to a case: never granted to the group roles.
LOGIN_ONLY = {"django_session", "organisations_user", "organisations_loginattempt", "organisations_signin",
              "identity_identity", "identity_usedtoken"}  # fmt: skip
# A grant without a policy on purpose: such a delete finds no row.
EMPTY_ON_PURPOSE = {("plans_measurereport", "sip_staff", "DELETE")}
GROUPS = ("sip_staff", "sip_citizen", "sip_worker", "sip_reports", "sip_guest")


@pytest.fixture
def catalogue(module_database):
    def rows(query, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    return rows


def test_every_table_with_a_case_or_a_person_forces_row_security(catalogue):
    found = catalogue("""
        select c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and exists (select 1 from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
            and a.attname in ('case_id', 'person_id', 'unit_id'))""")
    assert len(found) > 20
    assert [name for name, enabled, forced in found if not (enabled and forced)] == []


def test_every_granted_command_has_a_policy(catalogue):
    granted = catalogue(
        """
        select distinct table_name, grantee, privilege_type from information_schema.column_privileges
        where table_schema = 'public' and grantee = any(%s) and privilege_type in ('SELECT', 'INSERT', 'UPDATE')
        union select table_name, grantee, privilege_type from information_schema.table_privileges
        where table_schema = 'public' and grantee = any(%s) and privilege_type = 'DELETE'""",
        list(GROUPS),
        list(GROUPS),
    )
    policies = catalogue("select tablename, roles, cmd from pg_policies where schemaname = 'public'")
    have = {(table, role, command) for table, roles, command in policies for role in roles}

    def covered(table, role, command):
        return any((table, who, what) in have for who in (role, "public") for what in (command, "ALL"))

    missing = {row for row in granted if not covered(*row)} - EMPTY_ON_PURPOSE
    assert missing == set()


def test_no_group_or_login_may_truncate_own_or_bypass(catalogue):
    found = database_roles.logins(
        {"SIP_DB_WEB_URL": "postgresql://w:x@h/d", "SIP_DB_WORKER_URL": "postgresql://k:x@h/d"}, demo=False
    )
    assert [(login.name, login.groups) for login in found] == [("w", ("sip_staff",)), ("k", ("sip_worker",))]
    logins = [connections["default"].settings_dict["USER"]]
    assert not catalogue(
        "select 1 from information_schema.table_privileges where grantee = any(%s) and privilege_type = 'TRUNCATE'",
        [*GROUPS, *logins],
    )
    rights = catalogue(
        "select rolsuper, rolbypassrls, rolinherit and rolcanlogin, rolcreaterole from pg_roles"
        " where rolname = any(%s)",
        [*GROUPS, *logins],
    )
    assert all(not any(row) for row in rights)
    assert not catalogue(
        "select relname from pg_class where pg_get_userbyid(relowner) = any(%s)", [*GROUPS, *logins, "sip_def"]
    )


def test_tables_of_logins_are_not_granted_to_the_group_roles(catalogue):
    assert not catalogue(
        "select table_name from information_schema.role_table_grants where grantee = any(%s) and table_name = any(%s)",
        list(GROUPS), list(LOGIN_ONLY),
    )  # fmt: skip


def test_policies_read_the_context_once_per_statement(catalogue):
    """A bare ctx_…() in a policy runs once per row (trap 2)."""
    for name, text in catalogue(
        "select tablename || '.' || policyname, coalesce(qual, '') || ' ' || coalesce(with_check, '') from pg_policies"
    ):
        bare = re.findall(r"(?<!SELECT )\b(?:ctx_\w+|sip_today)\(", text)
        assert bare == [], name


def test_definer_functions_are_listed_with_a_fixed_search_path_and_not_public(catalogue):
    found = catalogue("""
        select p.proname, p.proconfig, pg_get_userbyid(p.proowner), has_function_privilege('public', p.oid, 'execute')
        from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef""")
    assert {row[0] for row in found} == DEFINERS
    for name, config, owner, public in found:
        assert config == ["search_path=public, pg_temp"], name
        assert owner == ("sip_owner" if name == "audit_keep_partitions" else "sip_def"), name
        assert not public, name


def test_a_child_cannot_name_another_case_than_its_parent(catalogue):
    """Policies look at the child's own case: without a key of both, a row could hang on another case's parent."""
    found = catalogue("""
        with of_case as (
          select c.oid, a.attnum from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'case_id'
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped)
        select f.conname, exists (select 1 from pg_constraint g where g.contype = 'f' and g.conrelid = f.conrelid
            and g.confrelid = f.confrelid and f.conkey[1] = any(g.conkey) and child.attnum = any(g.conkey)
            and parent.attnum = any(g.confkey))
          from pg_constraint f join of_case child on child.oid = f.conrelid
          join of_case parent on parent.oid = f.confrelid
          where f.contype = 'f' and array_length(f.conkey, 1) = 1""")
    assert len(found) > 40
    assert [name for name, with_case in found if not with_case] == []


# What of a row may be changed at all; the rest stands as it was written, whoever asks.
CHANGES = {
    "deviations_absencedecision": "",
    "guests_guestkey": "",
    "guests_guestlink": "code_given_by_id code_given_on code_way revoked_at revoked_by_id",
    "meetingroom_consultation": "ended_at ended_by_id offered_at offered_by_id offered_for outcome result",
    "meetingroom_room": "closes_at ended_at ended_by_id follow_up_on next_meeting_id read_aloud_at",
    "meetings_attendance": "came",
    "meetings_cancellationcall": "reached_at reached_name recorded_by_id tried_at tries",
    "meetings_handon": "",
    "meetings_invitation": "answer answered_at answered_by_id answered_how attendee_name attendee_title mandate"
    " name_to_person read_at told_at",
    "meetings_meeting": "entered_at entered_by_id state",
    "meetings_timeproposal": "",
    "papers_blankpaper": "attempts state",
    "papers_paper": "attempts state",
    "plans_disagreement": "",
    "plans_partdone": "at by_id done",
    "plans_partyexport": "attempts state",
    "plans_planstep": "",
    "preparation_booking": "booked_at booked_by_id confirmed_at form language reference state",
    "preparation_guestwish": "removed_at",
    "preparation_premeeting": "agenda_at plan_at state",
    "preparation_premeetingtext": "",
    "preparation_premeetingunit": "",
    "preparation_preparationtext": "revision saved_at saved_by_id text topics",
    "slots_slot": "",
    "slots_slotbooking": "",
    "slots_slotwindow": "ended_at",
}


def test_only_the_columns_that_a_step_writes_can_be_changed(catalogue):
    """Above all never whose row it is: the case, the unit, the meeting, the invitation."""
    found = catalogue(
        """
        select t.name, coalesce(string_agg(p.column_name, ' '), '') from unnest(%s::text[]) t(name)
        left join information_schema.column_privileges p on p.table_name = t.name and p.grantee = 'sip_staff'
          and p.privilege_type = 'UPDATE' and p.table_schema = 'public' group by t.name""",
        list(CHANGES),
    )
    assert {name: set(columns.split()) for name, columns in found} == {
        name: set(columns.split()) for name, columns in CHANGES.items()
    }


def test_views_run_as_who_asks(catalogue):
    assert not catalogue("""
        select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
          and not coalesce('security_invoker=true' = any(reloptions), false)""")


def test_the_log_can_only_grow(catalogue):
    """Only the erasing function may take away, and only what a row says: never its link or its chain."""
    rights = catalogue("""
        select distinct table_name, grantee, privilege_type from information_schema.role_table_grants
        where table_name ~ '^audit_' and grantee <> 'sip_owner' and grantee not in
          (select rolname from pg_roles where rolsuper)""")
    readers, keeper, heads = ("sip_staff", "sip_citizen"), "sip_def", ("audit_chain", "audit_anchor")
    assert set(rights) == {
        *(("audit_event", role, "SELECT") for role in readers),
        *(("audit_event", keeper, right) for right in ("SELECT", "INSERT", "DELETE")),
        *(("audit_link", keeper, right) for right in ("SELECT", "INSERT")),
        *((table, keeper, right) for table in heads for right in ("SELECT", "INSERT", "UPDATE")),
        *((table, "sip_worker", "SELECT") for table in heads),
        ("audit_rule", keeper, "SELECT"),
    }
