import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models

import cases.text_models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "id_kind",
                    models.CharField(
                        choices=[
                            ("personnummer", "Personnummer"),
                            ("samordningsnummer", "Samordningsnummer"),
                            ("reserve", "Reservnummer"),
                        ],
                        max_length=20,
                        verbose_name="slag av nummer",
                    ),
                ),
                ("number", models.CharField(max_length=12, unique=True, verbose_name="nummer")),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "personer",
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=20, unique=True, verbose_name="ärendenummer")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("initiated", "Behov upptäckt"),
                            ("consented", "Samtycke finns"),
                            ("called", "Kallad"),
                            ("met", "Möte hållet"),
                            ("planned", "Plan godkänd"),
                            ("following_up", "Uppföljning pågår"),
                            ("closed", "Avslutad"),
                            ("declined", "Tackat nej"),
                        ],
                        default="initiated",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("need_found_on", models.DateField(verbose_name="behovet upptäcktes")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="öppnat")),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ändrat")),
                (
                    "asked_by",
                    models.CharField(
                        choices=[
                            ("staff", "Vi som arbetar här"),
                            ("person", "Personen själv"),
                            ("relative", "En närstående"),
                            ("other", "Någon annan, till exempel en myndighet"),
                        ],
                        default="staff",
                        max_length=10,
                        verbose_name="vem bad om en SIP",
                    ),
                ),
                ("inpatient", models.BooleanField(default=False, verbose_name="inlagd på sjukhus")),
                ("discharge_ready_at", models.DateTimeField(null=True, verbose_name="utskrivningsklar")),
                ("given_name", models.CharField(max_length=100, verbose_name="förnamn")),
                ("family_name", models.CharField(max_length=100, verbose_name="efternamn")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telefon")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="adress")),
                ("language", models.CharField(blank=True, max_length=60, verbose_name="språk")),
                ("interpreter", models.BooleanField(default=False, verbose_name="tolk behövs")),
                (
                    "protection",
                    models.CharField(
                        choices=[
                            ("none", "Nej"),
                            ("marked", "Sekretessmarkering"),
                            ("protected", "Skyddad folkbokföring"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="skyddade personuppgifter",
                    ),
                ),
                ("closed_on", models.DateField(null=True, verbose_name="avslutat")),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("goals_met", "Målen är nådda"),
                            ("coordination_works", "Samordningen fungerar"),
                            ("not_needed", "Samordning behövs inte längre"),
                            ("withdrawn", "Samtycket är återkallat"),
                            ("other_plan", "En annan plan räcker"),
                            ("compulsory_plan", "Samordnad vårdplan görs i stället (ÖPT eller ÖRV)"),
                            ("refused", "Vi säger nej till den som bad om en SIP"),
                            ("died", "Personen har avlidit"),
                            ("moved", "Personen har flyttat"),
                            ("mistake", "Öppnat av misstag"),
                        ],
                        max_length=20,
                        verbose_name="skäl till avslut",
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="organisations.guideline",
                        verbose_name="riktlinje",
                    ),
                ),
                (
                    "lead_authority",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.authority",
                        verbose_name="huvudman med övergripande ansvar",
                    ),
                ),
                (
                    "lead_staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.staff",
                        verbose_name="huvudansvarig",
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="huvudansvarigs enhet",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="öppnat av",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="ansvarig enhet",
                    ),
                ),
                (
                    "previous_case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                        verbose_name="tidigare ärende",
                    ),
                ),
                (
                    "ward_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="vårdavdelning",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="cases.person", verbose_name="person"
                    ),
                ),
            ],
            options={
                "verbose_name": "ärende",
                "verbose_name_plural": "ärenden",
            },
            bases=(cases.text_models.WithTexts, django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first_contact", "Första kontakt"),
                            ("call_after_ready", "Kallelse efter utskrivningsklar"),
                            ("meeting", "SIP-möte"),
                            ("follow_up", "Uppföljning"),
                            ("answer", "Svar på kallelsen"),
                            ("admission_notice", "Inskrivningsmeddelande"),
                            ("consultation", "Samråd"),
                            ("payment", "Betalningsansvar"),
                        ],
                        max_length=30,
                        verbose_name="tidsgräns",
                    ),
                ),
                ("event", models.CharField(blank=True, max_length=30, verbose_name="startad av")),
                ("due_on", models.DateField(verbose_name="senast")),
                ("due_at", models.DateTimeField(null=True, verbose_name="senast klockan")),
                ("started_at", models.DateTimeField(verbose_name="räknas från")),
                ("statutory", models.BooleanField(default=False, verbose_name="lagstadgad")),
                ("source", models.CharField(max_length=200, verbose_name="källa")),
                (
                    "warn_before_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="påminn dagar före",
                    ),
                ),
                (
                    "escalate_after_days",
                    models.PositiveSmallIntegerField(null=True, verbose_name="till enhetschefen efter dagar"),
                ),
                ("rule", models.JSONField(default=dict, verbose_name="regeln som gällde")),
                ("known_on", models.DateField(null=True, verbose_name="känd från")),
                ("paused_on", models.DateField(null=True, verbose_name="pausad från")),
                ("paused_days", models.PositiveSmallIntegerField(default=0, verbose_name="pausade dagar")),
                ("met_at", models.DateTimeField(null=True, verbose_name="uppfylld")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="upphävd")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadlines",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
            ],
            options={
                "verbose_name": "tidsgräns",
                "verbose_name_plural": "tidsgränser",
            },
        ),
        migrations.CreateModel(
            name="DeadlinePause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("radrum", "Rådrum: verksamheterna behöver tala med varandra"),
                            ("person_waits", "Personen vill vänta"),
                        ],
                        max_length=20,
                        verbose_name="skäl",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="från")),
                ("to_on", models.DateField(null=True, verbose_name="till")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="cases.deadline",
                        verbose_name="tidsgräns",
                    ),
                ),
                (
                    "paused_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="pausad av",
                    ),
                ),
                (
                    "resumed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="startad av",
                    ),
                ),
            ],
            options={
                "verbose_name": "paus i en tidsgräns",
                "verbose_name_plural": "pauser i tidsgränser",
            },
        ),
        migrations.CreateModel(
            name="LeadTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(verbose_name="från")),
                ("to_on", models.DateField(null=True, verbose_name="till")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.authority",
                        verbose_name="huvudman",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lead_terms",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="beslutat av",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.staff",
                        verbose_name="huvudansvarig",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "huvudansvar",
                "verbose_name_plural": "huvudansvar",
            },
        ),
        migrations.CreateModel(
            name="OutsideParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("relative", "Närstående"),
                            ("guardian", "Vårdnadshavare"),
                            ("representative", "Ställföreträdare"),
                            ("agency", "Myndighet"),
                            ("employer", "Arbetsgivare"),
                            ("association", "Förening"),
                            ("other", "Annan"),
                        ],
                        max_length=20,
                        verbose_name="slag",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="namn")),
                ("relation", models.CharField(blank=True, max_length=100, verbose_name="relation eller roll")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telefon")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="adress")),
                (
                    "tell_by",
                    models.CharField(
                        choices=[("letter", "Brev"), ("phone", "Telefon")], max_length=10, verbose_name="meddelas genom"
                    ),
                ),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tillagd")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="borttagen")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="tillagd av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outside_parties",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
            ],
            options={
                "verbose_name": "närstående eller annan deltagare",
                "verbose_name_plural": "närstående och andra deltagare",
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "obligation",
                    models.CharField(
                        choices=[("duty", "Skyldig att delta"), ("invited", "Inbjuden")],
                        max_length=10,
                        verbose_name="skyldighet",
                    ),
                ),
                ("started_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="från")),
                ("ended_on", models.DateField(null=True, verbose_name="till")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="tillagd av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "contact_staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.staff",
                        verbose_name="kontaktperson",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "aktör",
                "verbose_name_plural": "aktörer",
            },
        ),
        migrations.CreateModel(
            name="CaseAccess",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "case_id", "unit_id", "source", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("open_deadline", models.DateField(null=True, verbose_name="närmaste tidsgräns")),
                ("is_open", models.BooleanField(default=True, verbose_name="öppet")),
                ("valid_to", models.DateField(verbose_name="gäller till")),
                ("hidden_topics", models.BigIntegerField(default=0, verbose_name="dolda ämnen")),
                ("source", models.CharField(max_length=30, verbose_name="källa")),
                ("listed", models.BooleanField(default=True, verbose_name="visas i listor")),
                ("emergency", models.BooleanField(default=False, verbose_name="nödöppning")),
                ("assignment_id", models.BigIntegerField(null=True, verbose_name="bara för uppdraget")),
                ("until", models.DateTimeField(null=True, verbose_name="till klockslag")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "åtkomst",
                "verbose_name_plural": "åtkomster",
                "db_table": "case_access",
            },
        ),
        migrations.CreateModel(
            name="PersonAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField(verbose_name="inloggning")),
                (
                    "relation",
                    models.CharField(
                        choices=[("self", "Personen själv"), ("guardian", "Vårdnadshavare")],
                        default="self",
                        max_length=10,
                        verbose_name="relation",
                    ),
                ),
                ("representative", models.UUIDField(null=True, verbose_name="företrädare")),
                (
                    "valid_from",
                    models.DateField(
                        db_default=datetime.date(1, 1, 1), default=datetime.date(1, 1, 1), verbose_name="gäller från"
                    ),
                ),
                ("valid_to", models.DateField(verbose_name="gäller till")),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "egen åtkomst",
                "verbose_name_plural": "egna åtkomster",
                "db_table": "person_access",
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tid")),
                ("kind", models.CharField(max_length=30, verbose_name="slag")),
                ("text", models.CharField(max_length=300, verbose_name="händelse")),
                ("detail", models.TextField(blank=True, verbose_name="beskrivning")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
            ],
            options={
                "verbose_name": "händelse",
                "verbose_name_plural": "händelser",
                "indexes": [models.Index(fields=["case", "-at"], name="case_event_latest")],
            },
        ),
        migrations.CreateModel(
            name="CaseText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, verbose_name="text")),
                ("text", models.TextField(blank=True, verbose_name="innehåll")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sparad")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="sparad av",
                    ),
                ),
            ],
            options={
                "verbose_name": "text i ärendet",
                "verbose_name_plural": "texter i ärendet",
                "constraints": [models.UniqueConstraint(fields=("case", "key"), name="case_text_once")],
            },
        ),
        migrations.CreateModel(
            name="ClockEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("admission", "Inskrivning på sjukhus"),
                            ("doctor_judged", "Läkarens bedömning att insatser kan behövas"),
                            ("notice_sent", "Inskrivningsmeddelande skickat"),
                            ("call_sent", "Kallelse skickad"),
                            ("meeting_start", "Mötets början"),
                            ("went_home", "Gick hem"),
                            ("consultation_asked", "Personen bad om samråd"),
                        ],
                        max_length=30,
                        verbose_name="händelse",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="när")),
                (
                    "care_type",
                    models.CharField(
                        choices=[("somatic", "Kroppssjukvård"), ("psychiatric", "Psykiatri")],
                        default="somatic",
                        max_length=12,
                        verbose_name="vårdform",
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="inskrivet")),
                ("superseded_at", models.DateTimeField(null=True, verbose_name="ersatt")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clock_events",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="inskrivet av",
                    ),
                ),
            ],
            options={
                "verbose_name": "händelse som startar en klocka",
                "verbose_name_plural": "händelser som startar klockor",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("case", "event"),
                        name="clock_event_one_now",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("met_at", None)),
                fields=["due_on", "case"],
                name="deadline_open_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at", None)), fields=("case", "kind", "started_at"), name="deadline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("statutory", False), models.Q(("paused_days", 0), ("paused_on", None)), _connector="OR"
                ),
                name="deadline_law_never_pauses",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinepause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("to_on", None)), fields=("deadline",), name="deadline_pause_one_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadterm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("to_on", None)), fields=("case",), name="lead_term_one_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("case", "unit"), name="participation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"),
                name="participation_dates",
            ),
        ),
        migrations.AddIndex(
            model_name="caseaccess",
            index=models.Index(
                fields=["unit", "is_open", "listed", "open_deadline", "case"], name="case_access_worklist"
            ),
        ),
        migrations.AddIndex(
            model_name="caseaccess",
            index=models.Index(fields=["person", "unit"], name="case_access_person"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["person", "opened_at"], name="case_person_opened"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state__in", ["initiated", "consented", "called"])),
                fields=["id"],
                name="case_clock_runs",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("discharge_ready_at__isnull", False),
                    ("state__in", ("initiated", "consented", "called", "met", "planned", "following_up")),
                ),
                fields=["id"],
                name="case_ready_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["closed"]), ("close_reason", ""), _connector="XOR"),
                name="case_closed_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_on", None), ("state__in", ["closed", "declined"]), _connector="OR"),
                name="case_closed_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["planned", "following_up"]), _negated=True),
                    ("lead_unit__isnull", False),
                    _connector="OR",
                ),
                name="case_planned_has_lead",
            ),
        ),
        migrations.AddConstraint(
            model_name="personaccess",
            constraint=models.UniqueConstraint(
                fields=("user_id", "person", "case"), name="person_access_once", nulls_distinct=False
            ),
        ),
    ]
