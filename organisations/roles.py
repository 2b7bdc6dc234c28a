"""Who may do what: one table, read by the door, the templates and the URL × cast test."""

from dataclasses import dataclass

from organisations.enums import Role

READERS = frozenset({Role.READER, Role.HANDLER, Role.RECEPTION, Role.MANAGER})
HANDLERS = frozenset({Role.HANDLER})
FLOW = READERS | {Role.SIP_COORDINATOR}
# Assignments with case data at all. The scope gives the others no unit, so that the database shows them nothing.
CASE_ROLES = FLOW
WRITERS = frozenset({Role.HANDLER, Role.RECEPTION, Role.MANAGER})


@dataclass(frozen=True)
class Rule:
    """Which assignments may do an action, and whether the unit must steer the case (own or lead it).

    `ward`: also the ward before discharge, where the county has agreed so.
    """

    roles: frozenset[str]
    steers: bool = False
    open_only: bool = True
    ward: bool = False


ACTIONS: dict[str, Rule] = {
    # Reading
    "cases.list": Rule(FLOW),
    "cases.view": Rule(READERS, open_only=False),
    "cases.log": Rule(READERS, open_only=False),
    "cases.search": Rule(READERS),
    "casework.inbox": Rule(READERS),
    "casework.handle_inbox": Rule(WRITERS),
    "casework.followups": Rule(READERS),
    "casework.help": Rule(frozenset(Role)),
    "plans.view": Rule(READERS, open_only=False),
    "plans.print": Rule(READERS, open_only=False),
    # The case
    "cases.start": Rule(HANDLERS),
    "cases.edit": Rule(HANDLERS, steers=True),
    "cases.protect": Rule(HANDLERS, steers=True, open_only=False),
    "cases.add_party": Rule(HANDLERS, steers=True),
    "cases.end_party": Rule(HANDLERS, steers=True),
    "cases.note_contact": Rule(HANDLERS),
    "cases.discharge_ready": Rule(HANDLERS),
    "cases.pause_clock": Rule(HANDLERS, steers=True),
    "cases.close": Rule(HANDLERS, steers=True),
    "cases.link_new": Rule(HANDLERS, open_only=False),
    "cases.change_lead": Rule(HANDLERS, steers=True),
    "cases.leave": Rule(HANDLERS),
    # Consent: any handler of any party may record a withdrawal (SAM-5).
    "consent.record": Rule(HANDLERS, steers=True),
    "consent.withdraw": Rule(HANDLERS),
    "consent.ground": Rule(HANDLERS, steers=True),
    "consent.represent": Rule(HANDLERS, steers=True),
    # Reading the plan in force in an emergency: the database also looks at organisation, unit and purpose (PDL 4:5).
    "consent.break_glass": Rule(frozenset({Role.HANDLER, Role.READER})),
    # Mistakes, also found after the case has ended (PLA-9): voiding is the owner's.
    "cases.void": Rule(HANDLERS, steers=True, open_only=False),
    "consent.recall": Rule(HANDLERS, steers=True, open_only=False),
    # Before the meeting: those who call write with the person; whoever the guideline names books the interpreter.
    "preparation.view": Rule(READERS, open_only=False),
    "preparation.write": Rule(HANDLERS, steers=True),
    "preparation.book": Rule(HANDLERS),
    # A pre-meeting is read by the units that take part in it: the database decides which.
    "preparation.premeeting": Rule(READERS, open_only=False),
    "preparation.hold_premeeting": Rule(HANDLERS, steers=True),
    # Meetings
    "meetings.call": Rule(HANDLERS, steers=True),
    "meetings.change": Rule(HANDLERS, steers=True),
    # Also in a case that was closed on the meeting's own day (KAL-7)
    "meetings.phone": Rule(HANDLERS, steers=True, open_only=False),
    "meetings.answer": Rule(HANDLERS | {Role.RECEPTION}),
    # A kallelse on its way inside the huvudman (KAL-4): its page stands outside the case
    "meetings.hand_on": Rule(HANDLERS | {Role.RECEPTION}),
    "meetings.handed": Rule(READERS, open_only=False),
    "meetings.remind": Rule(HANDLERS, steers=True),
    "meetings.hold": Rule(HANDLERS, steers=True),
    "meetings.consult": Rule(HANDLERS, steers=True),
    # A link for one without an account: the calling side makes and ends it (KAL-3)
    "guests.link": Rule(HANDLERS, steers=True),
    # Plan: every party writes in the live plan (PLA-4); approving is the steering unit's.
    "plans.edit": Rule(HANDLERS),
    "plans.start": Rule(HANDLERS, steers=True),
    "plans.approve": Rule(HANDLERS, steers=True, ward=True),
    "plans.correct": Rule(HANDLERS, steers=True),
    "plans.report": Rule(HANDLERS),
    "plans.hand_out": Rule(HANDLERS),
    # A party's own measures for its own record (PLA-8), also when the case has ended.
    "plans.export": Rule(HANDLERS, open_only=False),
    "plans.follow_up": Rule(HANDLERS, steers=True),
    # Discharge (LUS): the ward and the receiving units have their own doors before there is a case
    "discharge.ward": Rule(READERS, open_only=False),
    "discharge.admit": Rule(HANDLERS, open_only=False),
    "discharge.notices": Rule(READERS, open_only=False),
    "discharge.acknowledge": Rule(WRITERS, open_only=False),
    "discharge.hand_back": Rule(WRITERS, open_only=False),
    "discharge.follow": Rule(HANDLERS, open_only=False),
    "discharge.view": Rule(READERS, open_only=False),
    "discharge.act": Rule(HANDLERS),
    "discharge.decide": Rule(HANDLERS, steers=True),
    # Payment shows references and days, never who: for those who watch the flow
    "discharge.payment": Rule(frozenset({Role.MANAGER, Role.SIP_COORDINATOR})),
    "discharge.amounts": Rule(frozenset({Role.GUIDELINE_ADMIN})),
    # Samordnad vårdplan at open compulsory care: named units, no consent (LPT 7 a §)
    "discharge.plans": Rule(READERS, open_only=False),
    "discharge.print_plan": Rule(READERS, open_only=False),
    "discharge.write_plan": Rule(HANDLERS, open_only=False),
    "discharge.adjust": Rule(HANDLERS | {Role.MANAGER}, open_only=False),
    # Messages between the parties, how the person wants to be told, and letters to post
    "correspondence.view": Rule(READERS, open_only=False),
    "correspondence.read": Rule(WRITERS, open_only=False),
    "correspondence.write": Rule(HANDLERS),
    "correspondence.channels": Rule(HANDLERS),
    "correspondence.end_channel": Rule(HANDLERS, open_only=False),
    "correspondence.letters": Rule(READERS),
    "correspondence.post": Rule(WRITERS),
    # Papers: filled in by those who read the case, empty ones for all
    "papers.view": Rule(READERS, open_only=False),
    "papers.hand_out": Rule(HANDLERS, open_only=False),
    "papers.blank": Rule(frozenset(Role)),
    # Notices of one's own, and the unit's routine for what comes (GUI-3)
    "notifications.own": Rule(FLOW),
    "notifications.routine": Rule(frozenset({Role.MANAGER, Role.ORG_ADMIN})),
    # Standing times of the own unit (KAL-9); a caller picks one in the kallelse
    "slots.own": Rule(frozenset({Role.HANDLER, Role.MANAGER, Role.ORG_ADMIN})),
    # Deviations
    "deviations.view": Rule(READERS, open_only=False),
    "deviations.report": Rule(HANDLERS | {Role.MANAGER}, open_only=False),
    "deviations.answer": Rule(HANDLERS | {Role.MANAGER}, open_only=False),
    # Whether an absence is reported, or not and why (MOT-3)
    "deviations.decide": Rule(HANDLERS, steers=True, open_only=False),
    # Retention: a handler stops, an administrator prepares and approves in numbers
    "retention.hold": Rule(HANDLERS, open_only=False),
    "retention.administer": Rule(frozenset({Role.ORG_ADMIN})),
    # The log: reviewed and given out by the unit's manager
    "logbook.review": Rule(frozenset({Role.MANAGER})),
    "logbook.extract": Rule(frozenset({Role.MANAGER}), open_only=False),
    # Administration, without case data
    "organisations.administer": Rule(frozenset({Role.ORG_ADMIN})),
    "reception.administer": Rule(frozenset({Role.ORG_ADMIN})),
    "words.administer": Rule(frozenset({Role.ORG_ADMIN, Role.GUIDELINE_ADMIN})),
    "guidelines.view": Rule(frozenset({Role.ORG_ADMIN, Role.GUIDELINE_ADMIN})),
}


def allows(role: str, action: str) -> bool:
    """Say whether an assignment's role may do `action` at all. Raises KeyError for an unknown action."""
    return role in ACTIONS[action].roles
