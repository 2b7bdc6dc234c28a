import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models

import cases.text_models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("first", "SIP-möte"), ("follow_up", "Uppföljningsmöte")],
                        max_length=10,
                        verbose_name="slag",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("called", "Kallat"),
                            ("held", "Hållet"),
                            ("cancelled", "Inställt"),
                            ("moved", "Flyttat"),
                        ],
                        default="called",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="börjar")),
                ("ends_at", models.DateTimeField(verbose_name="slutar")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("physical", "På plats"),
                            ("digital", "Video"),
                            ("hybrid", "På plats och video"),
                            ("phone", "Telefon"),
                        ],
                        max_length=10,
                        verbose_name="form",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=300, verbose_name="plats")),
                ("link", models.CharField(blank=True, max_length=300, verbose_name="länk eller nummer")),
                ("connection_help", models.TextField(blank=True, verbose_name="hjälp med uppkopplingen")),
                ("called_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="kallat")),
                (
                    "called_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="kallat av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meetings",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.staff",
                        verbose_name="leder mötet",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="meetings.meeting",
                        verbose_name="ersätter",
                    ),
                ),
                (
                    "writer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.staff",
                        verbose_name="skriver",
                    ),
                ),
            ],
            options={
                "verbose_name": "möte",
                "verbose_name_plural": "möten",
            },
            bases=(cases.text_models.WithTexts, django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("has_duty", models.BooleanField(default=False, verbose_name="skyldig att delta")),
                (
                    "sent_by",
                    models.CharField(
                        choices=[("system", "I systemet"), ("letter", "Brev"), ("phone", "Telefon")],
                        max_length=10,
                        verbose_name="skickad",
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skickad")),
                ("told_at", models.DateTimeField(null=True, verbose_name="meddelad")),
                ("read_at", models.DateTimeField(null=True, verbose_name="läst")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("none", "Har inte svarat"),
                            ("coming", "Kommer"),
                            ("delegate", "Någon annan kommer"),
                            ("declined", "Kommer inte"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="svar",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="svarade")),
                (
                    "answered_how",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Telefon"), ("letter", "Brev"), ("link", "Länk och kod")],
                        max_length=10,
                        verbose_name="svarade genom",
                    ),
                ),
                ("attendee_name", models.CharField(blank=True, max_length=150, verbose_name="vem som kommer")),
                ("attendee_title", models.CharField(blank=True, max_length=100, verbose_name="yrke eller roll")),
                (
                    "mandate",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="får besluta om"
                    ),
                ),
                (
                    "name_to_person",
                    models.BooleanField(db_default=False, default=False, verbose_name="namnet visas för personen"),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="svar skrivet av",
                    ),
                ),
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
                    "outside_party",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="cases.outsideparty",
                        verbose_name="deltagare utan konto",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="meetings.meeting",
                        verbose_name="möte",
                    ),
                ),
            ],
            options={
                "verbose_name": "kallelse",
                "verbose_name_plural": "kallelser",
            },
            bases=(cases.text_models.WithTexts, models.Model),
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_person", models.BooleanField(default=False, verbose_name="personen själv")),
                ("name", models.CharField(max_length=150, verbose_name="namn")),
                ("title", models.CharField(blank=True, max_length=150, verbose_name="yrke eller roll")),
                ("came", models.BooleanField(verbose_name="kom")),
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
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.invitation",
                        verbose_name="kallelse",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="meetings.meeting",
                        verbose_name="möte",
                    ),
                ),
            ],
            options={
                "verbose_name": "närvaro",
                "verbose_name_plural": "närvaro",
            },
        ),
        migrations.CreateModel(
            name="MeetingText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("agenda", "Det här ska vi prata om"),
                            ("professions", "Yrken som behövs"),
                            ("ended_note", "Varför det ställdes in eller flyttades"),
                            ("held_note", "Anteckning från mötet"),
                            ("answer_note", "Kommentar till svaret"),
                            ("today", "Det här gör vi i dag"),
                        ],
                        max_length=20,
                        verbose_name="text",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="innehåll")),
                ("topics", models.BigIntegerField(db_default=-1, default=-1, verbose_name="ämnen")),
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
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="meetings.invitation",
                        verbose_name="svar på kallelse",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="meetings.meeting",
                        verbose_name="möte",
                    ),
                ),
            ],
            options={
                "verbose_name": "text om möte",
                "verbose_name_plural": "texter om möten",
            },
        ),
        migrations.CreateModel(
            name="TimeProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="börjar")),
                ("ends_at", models.DateTimeField(verbose_name="slutar")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="föreslaget")),
                (
                    "by",
                    models.ForeignKey(
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
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="meetings.invitation",
                        verbose_name="kallelse",
                    ),
                ),
            ],
            options={
                "verbose_name": "förslag på tid",
                "verbose_name_plural": "förslag på tid",
            },
        ),
        migrations.CreateModel(
            name="HandOn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=20, verbose_name="ärendenummer")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("other_unit", "Personen hör till en annan enhet"),
                            ("other_task", "Frågan hör till en annan verksamhet"),
                            ("other_profession", "Ett annat yrke behövs"),
                            ("listed", "Personen är listad på en annan vårdcentral"),
                            ("reception", "Mottagningen fördelar kallelser"),
                            ("rule", "Mottagningens regel"),
                        ],
                        max_length=20,
                        verbose_name="varför",
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=600, verbose_name="regel")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tid")),
                (
                    "by",
                    models.ForeignKey(
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
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="från",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="till",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hand_ons",
                        to="meetings.invitation",
                        verbose_name="kallelse",
                    ),
                ),
            ],
            options={
                "verbose_name": "vidarelämnad kallelse",
                "verbose_name_plural": "vidarelämnade kallelser",
                "constraints": [
                    models.UniqueConstraint(fields=("invitation", "from_unit"), name="hand_on_from_once"),
                    models.UniqueConstraint(fields=("invitation", "to_unit"), name="hand_on_to_once"),
                    models.CheckConstraint(
                        condition=models.Q(("from_unit", models.F("to_unit")), _negated=True), name="hand_on_goes_on"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", "rule"), ("rule", ""), _connector="XOR"), name="hand_on_rule"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["case", "-starts_at"], name="meeting_case_latest"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="meeting_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", ""), _negated=True), models.Q(("link", ""), _negated=True), _connector="OR"
                ),
                name="meeting_has_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "called")), fields=("case",), name="meeting_one_called"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__isnull", True), ("outside_party__isnull", True), _connector="XOR"),
                name="invitation_one_receiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unit__isnull", False)), fields=("meeting", "unit"), name="invitation_unit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outside_party__isnull", False)),
                fields=("meeting", "outside_party"),
                name="invitation_outside_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("has_duty", False), models.Q(("answer", "declined"), _negated=True), _connector="OR"
                ),
                name="invitation_duty_no_refusal",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__in", ["coming", "delegate"]), _negated=True),
                    models.Q(("attendee_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="invitation_names_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingtext",
            constraint=models.UniqueConstraint(
                fields=("meeting", "key", "invitation"), name="meeting_text_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingtext",
            constraint=models.CheckConstraint(
                condition=models.Q(("invitation", None), ("key__in", ("answer_note", "today")), _connector="XOR"),
                name="meeting_text_of_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeproposal",
            constraint=models.UniqueConstraint(fields=("invitation", "starts_at"), name="time_proposal_once"),
        ),
        migrations.AddConstraint(
            model_name="timeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="time_proposal_ends_after_start"
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="entered_at",
            field=models.DateTimeField(null=True, verbose_name="fört efter mötet"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="entered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.assignment",
                verbose_name="fört efter mötet av",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entered_at", None), ("entered_by", None)),
                    models.Q(("entered_at__isnull", False), ("entered_by__isnull", False), ("state", "held")),
                    _connector="OR",
                ),
                name="meeting_entered_afterwards",
            ),
        ),
    ]
