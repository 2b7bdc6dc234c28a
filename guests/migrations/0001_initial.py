import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_protection"),
        ("meetings", "0002_isolation"),
        ("organisations", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuestLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "way",
                    models.CharField(
                        choices=[("email", "E-post"), ("letter", "Brev")], max_length=10, verbose_name="länken går med"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-postadress")),
                ("shows_agenda", models.BooleanField(default=False, verbose_name="visar vad mötet handlar om")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gjord")),
                ("expires_at", models.DateTimeField(verbose_name="gäller till")),
                (
                    "code_way",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "Telefon"), ("letter", "Brev")],
                        max_length=10,
                        verbose_name="koden lämnades",
                    ),
                ),
                ("code_given_on", models.DateField(null=True, verbose_name="koden lämnades den")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="öppnad")),
                ("locked_at", models.DateTimeField(null=True, verbose_name="låst")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="spärrad")),
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
                    "code_given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="koden lämnades av",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guest_links",
                        to="meetings.invitation",
                        verbose_name="inbjudan",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="gjord av",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.assignment",
                        verbose_name="spärrad av",
                    ),
                ),
            ],
            options={
                "verbose_name": "länk för svar",
                "verbose_name_plural": "länkar för svar",
            },
        ),
        migrations.CreateModel(
            name="GuestTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.BinaryField(verbose_name="avtryck av adressen")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="när")),
            ],
            options={
                "verbose_name": "försök att öppna länk",
                "verbose_name_plural": "försök att öppna länk",
                "indexes": [models.Index(fields=["key", "at"], name="guest_try_key")],
            },
        ),
        migrations.CreateModel(
            name="GuestKey",
            fields=[
                (
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="guests.guestlink",
                        verbose_name="länk",
                    ),
                ),
                ("secret", models.BinaryField(null=True, unique=True, verbose_name="länkens avtryck")),
                ("salt", models.BinaryField(verbose_name="kodens salt")),
                ("code", models.BinaryField(verbose_name="kodens avtryck")),
                ("wrong", models.PositiveSmallIntegerField(default=0, verbose_name="fel kod")),
                ("visit", models.BinaryField(null=True, unique=True, verbose_name="besökets avtryck")),
                ("visit_until", models.DateTimeField(null=True, verbose_name="besöket slutar")),
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
                "verbose_name": "nyckel till länk",
                "verbose_name_plural": "nycklar till länkar",
            },
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)), fields=("invitation",), name="guest_link_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("way", "email"), ("email", ""), _connector="XOR"), name="guest_link_mailed"
            ),
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("code_way", "letter"), ("way", "letter"), _negated=True), name="guest_link_two_ways"
            ),
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code_given_on", None), ("code_way", "")),
                    models.Q(models.Q(("code_way", ""), _negated=True), ("code_given_on__isnull", False)),
                    _connector="OR",
                ),
                name="guest_link_code_given",
            ),
        ),
    ]
