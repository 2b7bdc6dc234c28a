import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import django_fsm
from django.db import migrations, models

import plans.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("meetings", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="ordning")),
                ("text", models.TextField(verbose_name="mål")),
                (
                    "horizon",
                    models.CharField(
                        choices=[("short", "Kort sikt"), ("long", "Lång sikt")],
                        default="short",
                        max_length=5,
                        verbose_name="sikt",
                    ),
                ),
                ("how_noticed", models.TextField(blank=True, verbose_name="så märker du det")),
                ("topics", models.BigIntegerField(default=-1, verbose_name="ämnen")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
            ],
            options={
                "verbose_name": "mål",
                "verbose_name_plural": "mål",
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="ordning")),
                ("text", models.TextField(verbose_name="vad")),
                (
                    "doer",
                    models.CharField(
                        choices=[
                            ("unit", "En enhet"),
                            ("self", "Du själv"),
                            ("relative", "Närstående"),
                            ("other", "Någon annan"),
                        ],
                        max_length=10,
                        verbose_name="vem",
                    ),
                ),
                ("doer_name", models.CharField(blank=True, max_length=200, verbose_name="namn och roll")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="börjar")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="klart senast")),
                ("ongoing", models.BooleanField(default=False, verbose_name="tills vidare")),
                ("frequency", models.CharField(blank=True, max_length=200, verbose_name="hur ofta")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="var")),
                ("topics", models.BigIntegerField(default=-1, verbose_name="ämnen")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("proposed", "Föreslagen"), ("confirmed", "Bekräftad"), ("declined", "Nekad")],
                        default="proposed",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="bekräftad")),
                (
                    "declined_why",
                    models.CharField(blank=True, max_length=300, verbose_name="varför den är nekad"),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.authority",
                        verbose_name="huvudman",
                    ),
                ),
                (
                    "carried_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.measure",
                        verbose_name="fortsätter från",
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
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="bekräftad av",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measures",
                        to="plans.goal",
                        verbose_name="mål",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skriven av",
                    ),
                ),
            ],
            options={
                "verbose_name": "insats",
                "verbose_name_plural": "insatser",
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="MeasureReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planerad"),
                            ("ongoing", "Pågår"),
                            ("done", "Klar"),
                            ("not_done", "Blev inte av"),
                        ],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="orsak")),
                ("reported_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
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
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="plans.measure",
                        verbose_name="insats",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="av",
                    ),
                ),
            ],
            options={
                "verbose_name": "lägesrapport",
                "verbose_name_plural": "lägesrapporter",
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("draft", "Utkast"), ("approved", "Gäller"), ("superseded", "Ersatt")],
                        default="draft",
                        max_length=50,
                        protected=True,
                        verbose_name="läge",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                ("others_nobody", models.BooleanField(default=False, verbose_name="ingen annan gör något")),
                ("follow_up_on", models.DateField(blank=True, null=True, verbose_name="uppföljning")),
                ("follow_up_time", models.TimeField(blank=True, null=True, verbose_name="klockslag")),
                ("follow_up_place", models.CharField(blank=True, max_length=300, verbose_name="plats")),
                ("follow_up_caller", models.CharField(blank=True, max_length=150, verbose_name="vem som kallar")),
                ("copies_to", models.TextField(blank=True, verbose_name="vilka som får planen")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skapad")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sparad")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="godkänd")),
                ("person_agrees", models.BooleanField(default=False, verbose_name="personen är med på planen")),
                (
                    "agreed_form",
                    models.CharField(
                        blank=True,
                        choices=[("said", "Sa ja"), ("nod", "Visade ja utan ord"), ("written", "Skrev ja")],
                        max_length=8,
                        verbose_name="hur personen visade ja",
                    ),
                ),
                ("agreed_how", models.CharField(blank=True, max_length=300, verbose_name="hur personen sa ja")),
                (
                    "agreed_before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=250),
                        default=list,
                        size=None,
                        verbose_name="vilka som såg det",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="godkänd av",
                    ),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.plan",
                        verbose_name="bygger på",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skapad av",
                    ),
                ),
                (
                    "lead_authority",
                    models.ForeignKey(
                        blank=True,
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
                        blank=True,
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="huvudansvarigs enhet",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.meeting",
                        verbose_name="möte",
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
                "verbose_name": "plan",
                "verbose_name_plural": "planer",
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PartyExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("context", models.JSONField(verbose_name="innehåll")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Väntar"), ("ready", "Klar"), ("failed", "Misslyckades")],
                        default="queued",
                        max_length=10,
                        verbose_name="läge",
                    ),
                ),
                ("pdf", models.BinaryField(null=True, verbose_name="pdf")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="försök")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="beställd")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="klar")),
                (
                    "hidden_topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="delas inte"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="hämtad av",
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
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="plans.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "egna insatser som pdf",
                "verbose_name_plural": "egna insatser som pdf",
            },
        ),
        migrations.CreateModel(
            name="PartDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done", models.BooleanField(default=True, verbose_name="klar")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
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
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts_done",
                        to="plans.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "klar del",
                "verbose_name_plural": "klara delar",
            },
        ),
        migrations.CreateModel(
            name="HandedOutCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(max_length=150, verbose_name="till")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("by_hand", "Överlämnad"),
                            ("letter", "Brev"),
                            ("citizen_view", "Läser i Min plan"),
                            ("read_aloud", "Uppläst"),
                        ],
                        max_length=15,
                        verbose_name="hur",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="när")),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copies",
                        to="plans.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "utlämnad kopia",
                "verbose_name_plural": "utlämnade kopior",
            },
        ),
        migrations.AddField(
            model_name="goal",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="goals", to="plans.plan", verbose_name="plan"
            ),
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField(verbose_name="datum")),
                ("how_it_went", models.TextField(verbose_name="hur har det gått?")),
                ("helped", models.TextField(blank=True, verbose_name="vad har hjälpt?")),
                ("hindered", models.TextField(blank=True, verbose_name="vad har hindrat?")),
                ("new_circumstances", models.TextField(blank=True, verbose_name="har något nytt hänt?")),
                ("effect", models.TextField(blank=True, verbose_name="blev det som du ville?")),
                (
                    "coordination_needed",
                    models.BooleanField(default=True, verbose_name="behövs samordning fortfarande?"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("continue", "Fortsätt som planerat"),
                            ("revise", "Ändra planen"),
                            ("close", "Avsluta"),
                        ],
                        max_length=10,
                        verbose_name="och nu?",
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="nästa uppföljning")),
                ("topics", models.BigIntegerField(default=-1, verbose_name="ämnen")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skriven")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skriven av",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="cases.case",
                        verbose_name="ärende",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.meeting",
                        verbose_name="möte",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="plans.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "uppföljning",
                "verbose_name_plural": "uppföljningar",
            },
        ),
        migrations.CreateModel(
            name="PlanBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("what_matters", "Vad är viktigt för dig?"),
                            ("why", "Varför du har en SIP"),
                            ("strengths", "Det som fungerar bra"),
                            ("situation", "Så är det nu och det här behöver du"),
                            ("long_term_goal", "Huvudmål"),
                            ("own_measures", "Det här gör du själv"),
                            ("relatives_measures", "Det här gör dina närstående"),
                            ("others_measures", "Det här gör andra än kommunen och regionen"),
                            ("crisis_green_signs", "Så märks det att du mår bra"),
                            ("crisis_green_self", "Det här gör du för att må bra"),
                            ("crisis_green_call", "Hit ringer du när du undrar något"),
                            ("crisis_green_we_do", "Det här gör vi när du mår bra"),
                            ("crisis_signs", "Tecken att se upp med"),
                            ("crisis_self", "Det här kan du göra själv"),
                            ("crisis_call", "Ring först"),
                            ("crisis_we_do", "Det här gör vi"),
                            ("crisis_red_signs", "Tecken på att det är akut"),
                            ("crisis_red_self", "Det här kan du göra när det är akut"),
                            ("crisis_red_call", "Ring direkt"),
                            ("crisis_red_we_do", "Det här gör vi när det är akut"),
                            ("person_opinion", "Vad du tycker om planen"),
                            ("disagreement", "Det här är vi inte överens om"),
                        ],
                        max_length=20,
                        verbose_name="del",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("topics", models.BigIntegerField(default=-1, verbose_name="ämnen")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sparad")),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="plans.plan",
                        verbose_name="plan",
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
                "verbose_name": "text i planen",
                "verbose_name_plural": "texter i planen",
            },
        ),
        migrations.CreateModel(
            name="PlanCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong", "En uppgift var fel"),
                            ("missing", "En uppgift saknades"),
                            ("other_person", "En uppgift gällde någon annan"),
                            ("wording", "Texten gick att missförstå"),
                        ],
                        max_length=15,
                        verbose_name="vad som var fel",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
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
                    "corrects",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.plan",
                        verbose_name="rättar version",
                    ),
                ),
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correction",
                        to="plans.plan",
                        verbose_name="rättad version",
                    ),
                ),
            ],
            options={
                "verbose_name": "rättelse av planen",
                "verbose_name_plural": "rättelser av planen",
            },
        ),
        migrations.CreateModel(
            name="PlanDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("context", models.JSONField(verbose_name="innehåll")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Väntar"), ("ready", "Klar"), ("failed", "Misslyckades")],
                        default="queued",
                        max_length=10,
                        verbose_name="läge",
                    ),
                ),
                ("pdf", models.BinaryField(null=True, verbose_name="pdf")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="försök")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="beställd")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="klar")),
                ("revision", models.PositiveIntegerField(verbose_name="planens revision")),
                (
                    "hidden_topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=plans.models.nothing_hidden,
                        size=None,
                        verbose_name="delas inte",
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="plans.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan som pdf",
                "verbose_name_plural": "planer som pdf",
            },
        ),
        migrations.CreateModel(
            name="PlanStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("save_number", models.PositiveIntegerField(verbose_name="planens revision efteråt")),
                ("revision", models.PositiveIntegerField(verbose_name="textens revision innan")),
                ("before", models.JSONField(verbose_name="stod innan")),
                ("topics", models.BigIntegerField(verbose_name="ämnen")),
                ("by_itself", models.BooleanField(default=False, verbose_name="sparad av sig själv")),
                (
                    "removed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("goal", "Borttaget mål"),
                            ("measure", "Borttagen insats"),
                            ("disagreement", "Borttagen oenighet"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="borttaget",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
                (
                    "block",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="plans.planblock",
                        verbose_name="text",
                    ),
                ),
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
                    "goal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="plans.goal",
                        verbose_name="mål",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="plans.measure",
                        verbose_name="insats",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="plans.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "ändring i utkastet",
                "verbose_name_plural": "ändringar i utkastet",
            },
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                condition=models.Q(("starts_on__isnull", False)), fields=["starts_on"], name="measure_starts"
            ),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(condition=models.Q(("ends_on__isnull", False)), fields=["ends_on"], name="measure_ends"),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("doer", "unit"), _negated=True), ("unit__isnull", False), _connector="OR"),
                name="measure_unit_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("doer", "unit"), models.Q(("authority__isnull", True), ("unit__isnull", True)), _connector="OR"
                ),
                name="measure_no_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("starts_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="measure_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("ongoing", False), ("ends_on", None), _connector="OR"),
                name="measure_ongoing_no_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("doer", "unit"), ("state", "confirmed"), _negated=True),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="measure_confirmed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), models.Q(("declined_why", ""), _negated=True)),
                    models.Q(models.Q(("state", "declined"), _negated=True), ("declined_why", "")),
                    _connector="OR",
                ),
                name="measure_declined_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="measurereport",
            index=models.Index(fields=["measure", "-reported_at"], name="measure_report_latest"),
        ),
        migrations.AddConstraint(
            model_name="measurereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "not_done"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="measure_report_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("case", "version"), name="plan_version_once"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("case",), name="plan_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "approved")), fields=("case",), name="plan_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        ("follow_up_on__isnull", False),
                        ("lead_authority__isnull", False),
                        ("lead_staff__isnull", False),
                        ("lead_unit__isnull", False),
                        ("person_agrees", True),
                    ),
                    _connector="OR",
                ),
                name="plan_approved_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_before__len", 0), ("agreed_form", "")),
                    models.Q(
                        ("agreed_before__len__gt", 0),
                        ("agreed_form__in", ["said", "nod", "written"]),
                        models.Q(("agreed_how", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="plan_agreed_before_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="partyexport",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["created_at"], name="party_export_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="partyexport",
            constraint=models.UniqueConstraint(fields=("plan", "unit", "hidden_topics"), name="party_export_once"),
        ),
        migrations.AddConstraint(
            model_name="partyexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("hidden_topics__len__gt", 0)), name="party_export_for_somebody"
            ),
        ),
        migrations.AddConstraint(
            model_name="partyexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True), ("pdf__isnull", False), _connector="OR"
                ),
                name="party_export_ready",
            ),
        ),
        migrations.AddConstraint(
            model_name="partdone",
            constraint=models.UniqueConstraint(fields=("plan", "unit"), name="part_done_once"),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.UniqueConstraint(fields=("plan", "position"), name="goal_position_once"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome", "close"), ("next_on__isnull", False), _connector="OR"),
                name="follow_up_next_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="planblock",
            constraint=models.UniqueConstraint(fields=("plan", "key"), name="plan_block_once"),
        ),
        migrations.AddIndex(
            model_name="plandocument",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["created_at"], name="plan_document_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="plandocument",
            constraint=models.UniqueConstraint(fields=("plan", "revision", "hidden_topics"), name="plan_document_once"),
        ),
        migrations.AddConstraint(
            model_name="plandocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("hidden_topics__len__gt", 0)), name="plan_document_for_somebody"
            ),
        ),
        migrations.AddConstraint(
            model_name="plandocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True), ("pdf__isnull", False), _connector="OR"
                ),
                name="plan_document_ready",
            ),
        ),
        migrations.AddIndex(
            model_name="planstep",
            index=models.Index(fields=["plan", "-save_number"], name="plan_step_latest"),
        ),
        migrations.AddConstraint(
            model_name="planstep",
            constraint=models.UniqueConstraint(fields=("block", "revision"), name="plan_step_of_block_once"),
        ),
        migrations.AddConstraint(
            model_name="planstep",
            constraint=models.UniqueConstraint(fields=("goal", "revision"), name="plan_step_of_goal_once"),
        ),
        migrations.AddConstraint(
            model_name="planstep",
            constraint=models.UniqueConstraint(fields=("measure", "revision"), name="plan_step_of_measure_once"),
        ),
        migrations.AddConstraint(
            model_name="planstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("block", None), ("goal", None)),
                    models.Q(("block", None), ("measure", None)),
                    models.Q(("goal", None), ("measure", None)),
                    _connector="OR",
                ),
                name="plan_step_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="planstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed", ""), models.Q(("block", None), ("goal", None), ("measure", None)), _connector="OR"
                ),
                name="plan_step_removed_alone",
            ),
        ),
        migrations.CreateModel(
            name="Disagreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "whose",
                    models.CharField(
                        choices=[
                            ("person", "Personen själv"),
                            ("relative", "En närstående"),
                            ("unit", "En verksamhet"),
                            ("other", "Någon annan"),
                        ],
                        max_length=10,
                        verbose_name="vems syn",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="namn")),
                ("view", models.TextField(verbose_name="så ser den på saken")),
                ("topics", models.BigIntegerField(default=-1, verbose_name="ämnen")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="skriven")),
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
                    "goal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="plans.goal",
                        verbose_name="mål",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disagreements",
                        to="plans.plan",
                        verbose_name="plan",
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
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="skriven av",
                    ),
                ),
            ],
            options={
                "verbose_name": "oenighet",
                "verbose_name_plural": "oenigheter",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit__isnull", False), ("whose", "unit")),
                            models.Q(models.Q(("whose", "unit"), _negated=True), ("unit", None)),
                            _connector="OR",
                        ),
                        name="disagreement_unit_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("whose__in", ["relative", "other"]), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="disagreement_names_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("view", ""), _negated=True), name="disagreement_says_what"
                    ),
                ],
            },
        ),
    ]
