"""Who exists: organisations, the units that act, and the people who work there (GUI-1, GUI-2)."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from organisations.enums import HEALTH_KINDS, OrganisationKind, Role, Sector, UnitKind, UserKind
from organisations.word_models import OwnWord as OwnWord


class Organisation(models.Model):
    """A legal entity. Which huvudman it acts as is said by its units (Region Gotland is both)."""

    name = models.CharField("namn", max_length=200)
    orgnr = models.CharField("organisationsnummer", max_length=10, blank=True)
    kind = models.CharField("typ", max_length=20, choices=OrganisationKind)
    is_active = models.BooleanField("aktiv", default=True)
    # Breaking the glass is off until the organisation has decided on it and on how it is followed up (PDL 4:2).
    break_glass = models.BooleanField("nödöppning tillåten", default=False)
    break_glass_hours = models.PositiveSmallIntegerField("nödöppning gäller högst timmar", default=24)

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisationer"
        constraints = [
            models.UniqueConstraint(fields=["orgnr"], condition=~Q(orgnr=""), name="organisation_orgnr_once"),
            models.CheckConstraint(
                condition=Q(break_glass_hours__gte=1, break_glass_hours__lte=168), name="organisation_glass_hours"
            ),
        ]

    def __str__(self):
        return self.name


class Authority(models.Model):
    """A huvudman: one of the 21 regions or 290 kommuner (HSL 16:4, SoL 10:8-9)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="organisation")
    sector = models.CharField(
        "huvudman", max_length=10, choices=[(s.value, s.label) for s in (Sector.KOMMUN, Sector.REGION)]
    )
    code = models.CharField("kod", max_length=4, unique=True)
    name = models.CharField("namn", max_length=200)
    county_code = models.CharField("länskod", max_length=2)

    class Meta:
        verbose_name = "huvudman"
        verbose_name_plural = "huvudmän"

    def __str__(self):
        return self.name


class UnitQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True, organisation__is_active=True)

    def with_names(self):
        return self.select_related("organisation", "acts_for")


class Unit(models.Model):
    """A unit that acts in cases: it, and not its organisation, is given access (inner secrecy)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="organisation")
    acts_for = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, verbose_name="huvudman")
    committee = models.CharField("nämnd", max_length=200, blank=True)
    name = models.CharField("namn", max_length=200)
    short_name = models.CharField("kort namn", max_length=40)
    kind = models.CharField("typ", max_length=30, choices=UnitKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="överordnad enhet")
    hsa_id = models.CharField("HSA-id", max_length=40, blank=True)
    is_reception = models.BooleanField("mottagningsfunktion", default=False)
    phone = models.CharField("telefon", max_length=40, blank=True)
    email = models.EmailField("funktionsbrevlåda", blank=True)
    # For secure digital communication: it goes to functions, never to persons.
    function_address = models.CharField("funktionsadress", max_length=100, blank=True, default="", db_default="")
    contact_note = models.CharField("kontaktuppgifter", max_length=300, blank=True)
    is_active = models.BooleanField("aktiv", default=True)
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "enhet"
        verbose_name_plural = "enheter"
        constraints = [
            models.UniqueConstraint(fields=["hsa_id"], condition=~Q(hsa_id=""), name="unit_hsa_id_once"),
            models.UniqueConstraint(fields=["organisation", "name", "acts_for"], name="unit_name_once"),
        ]
        indexes = [models.Index(fields=["kind", "name"], name="unit_kind_name")]

    def __str__(self):
        return self.name

    @property
    def is_health(self) -> bool:
        return self.kind in HEALTH_KINDS or (self.kind == UnitKind.RECEPTION and self.sector == Sector.REGION)

    @property
    def sector(self) -> str:
        """Kommun, region, school or other; a private provider has the sector of whom it acts for."""
        if self.kind in {UnitKind.SCHOOL, UnitKind.SCHOOL_HEALTH}:
            return Sector.SCHOOL
        return self.acts_for.sector if self.acts_for_id else Sector.OTHER


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(AbstractBaseUser):
    """A login, of staff or of a citizen, never both; granted to the web login only."""

    username = models.CharField("användarnamn", max_length=60, unique=True)
    kind = models.CharField("slag", max_length=10, choices=UserKind, default=UserKind.STAFF)
    name = models.CharField("namn", max_length=150)
    is_active = models.BooleanField("aktiv", default=True)
    is_demo = models.BooleanField("demokonto", default=False)
    is_operator = models.BooleanField("driftkonto", default=False)
    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        verbose_name = "inloggning"
        verbose_name_plural = "inloggningar"

    def __str__(self):
        return self.username


class Staff(models.Model):
    """A person who works in an organisation; what colleagues may see of them."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="organisation")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, verbose_name="inloggning")
    name = models.CharField("namn", max_length=150)
    title = models.CharField("yrke eller titel", max_length=100)
    hsa_id = models.CharField("HSA-id", max_length=40, blank=True)
    # What the own directory calls somebody without HSA-id, as its identity provider states it.
    directory_id = models.CharField("id i egen katalog", max_length=100, blank=True)
    phone = models.CharField("telefon", max_length=40, blank=True)
    # Where notices go when the staff member has chosen them.
    email = models.EmailField("e-post i tjänsten", blank=True, default="", db_default="")
    mobile = models.CharField("mobil i tjänsten", max_length=40, blank=True, default="", db_default="")
    is_active = models.BooleanField("aktiv", default=True)

    class Meta:
        verbose_name = "medarbetare"
        verbose_name_plural = "medarbetare"
        constraints = [
            models.UniqueConstraint(fields=["hsa_id"], condition=~Q(hsa_id=""), name="staff_hsa_id_once"),
            models.UniqueConstraint(
                fields=["directory_id"], condition=~Q(directory_id=""), name="staff_directory_id_once"
            ),
        ]

    def __str__(self):
        return self.name


class AssignmentQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day),
            is_active=True,
            valid_from__lte=day,
            staff__is_active=True,
            unit__is_active=True,
        )

    def with_names(self):
        return self.select_related("staff", "unit__organisation", "unit__acts_for")


class Assignment(models.Model):
    """A medarbetaruppdrag: one staff member in one role at one unit."""

    staff = models.ForeignKey(Staff, models.PROTECT, verbose_name="medarbetare")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="enhet")
    role = models.CharField("roll", max_length=20, choices=Role)
    # A medarbetaruppdrag in HSA that must also stand in the login's claims; empty: the own directory is enough.
    commission_hsa_id = models.CharField("medarbetaruppdragets HSA-id", max_length=40, blank=True)
    valid_from = models.DateField("från", default=timezone.localdate)
    valid_to = models.DateField("till", null=True, blank=True)
    is_active = models.BooleanField("aktivt", default=True)
    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "uppdrag"
        verbose_name_plural = "uppdrag"
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "unit", "role"], condition=Q(is_active=True), name="assignment_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="assignment_dates"
            ),
        ]

    def __str__(self):
        return f"{self.staff} – {self.unit}"


class Topic(models.Model):
    """A subject that the person may exempt for a party (SAM-3); `bit` is its place in the masks of contents."""

    code = models.SlugField("kod", unique=True)
    bit = models.PositiveSmallIntegerField("plats i masken", unique=True)
    label = models.CharField("namn", max_length=60)
    plain_label = models.CharField("namn i klarspråk", max_length=100)
    position = models.PositiveSmallIntegerField("ordning")
    is_active = models.BooleanField("används", default=True)

    class Meta:
        verbose_name = "ämne"
        verbose_name_plural = "ämnen"
        ordering = ["position", "bit"]
        constraints = [models.CheckConstraint(condition=Q(bit__lt=62), name="topic_bit_fits")]

    def __str__(self):
        return self.label


class GuidelineQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def for_county(self, county_code, day):
        """The county's agreement on that day, else the law alone (GUI-2)."""
        found = self.valid_on(day).filter(Q(county_code=county_code) | Q(county_code=""))
        return found.order_by("-county_code", "-valid_from").first()


class Guideline(models.Model):
    """A county's agreement on SIP as configuration (GUI-2); `county_code` empty means the law only."""

    slug = models.SlugField("kod", unique=True)
    name = models.CharField("namn", max_length=200)
    county_code = models.CharField("länskod", max_length=2, blank=True)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    source = models.CharField("källa", max_length=300)
    description = models.TextField("beskrivning", blank=True)
    duty_sectors = ArrayField(models.CharField(max_length=10), verbose_name="skyldiga att delta")
    starters = models.JSONField("vem får starta", default=dict)
    approver_at_discharge = models.CharField(
        "godkänner vid utskrivning", max_length=10, choices=[("caller", "Den som kallar"), ("ward", "Avdelningen")]
    )
    signatures = models.CharField(
        "underskrift",
        max_length=10,
        choices=[("required", "Krävs"), ("optional", "Frivillig"), ("none", "Används inte")],
    )
    settings = models.JSONField("övrigt", default=dict)
    objects = GuidelineQuerySet.as_manager()

    class Meta:
        verbose_name = "riktlinje"
        verbose_name_plural = "riktlinjer"

    def __str__(self):
        return self.name


class DeadlineRuleQuerySet(models.QuerySet):
    def valid_on(self, day):
        """The rules for a clock that starts on that day."""
        ended = Q(valid_to=None) | Q(valid_to__gte=day)
        return self.filter(ended, Q(valid_from=None) | Q(valid_from__lte=day))


class DeadlineRule(models.Model):
    """How long something may take under a guideline, between two days (TID-1 to TID-8); a row, never code."""

    guideline = models.ForeignKey(Guideline, models.CASCADE, related_name="deadline_rules", verbose_name="riktlinje")
    kind = models.CharField("tidsgräns", max_length=30)
    starts_at = models.CharField("räknas från", max_length=30)
    direction = models.CharField(
        "riktning", max_length=10, choices=[("after", "efter"), ("before", "före")], default="after"
    )
    amount = models.PositiveSmallIntegerField("antal")
    unit = models.CharField(
        "enhet", max_length=10, choices=[("days", "dagar"), ("weekdays", "vardagar"), ("hours", "timmar")]
    )
    day_zero_counts = models.BooleanField("första dagen räknas", default=False)
    cutoff_time = models.TimeField("brytpunkt", null=True, blank=True)
    moves = models.CharField(
        "om dagen inte är en vardag",
        max_length=15,
        choices=[("none", "flyttas inte"), ("next_weekday", "flyttas till nästa vardag")],
        default="none",
    )
    care_type = models.CharField(
        "vårdform",
        max_length=12,
        choices=[("any", "All vård"), ("somatic", "Kroppssjukvård"), ("psychiatric", "Psykiatri")],
        default="any",
    )
    statutory = models.BooleanField("lagstadgad", default=False)
    warn_before_days = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="påminn dagar före")
    escalate_after_days = models.PositiveSmallIntegerField("till enhetschefen efter dagar", null=True)
    legal_source = models.CharField("källa", max_length=200)
    # Which days the rule holds for, by the day when a clock starts; empty: always.
    valid_from = models.DateField("gäller från", null=True)
    valid_to = models.DateField("gäller till", null=True)
    objects = DeadlineRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "tidsregel"
        verbose_name_plural = "tidsregler"
        constraints = [
            models.UniqueConstraint(
                fields=["guideline", "kind", "care_type", "valid_from"],
                name="deadline_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(statutory=False) | Q(moves="none"), name="deadline_rule_law_never_moves"
            ),
            models.CheckConstraint(
                condition=Q(direction="after") | Q(unit="days", day_zero_counts=False, cutoff_time=None, moves="none"),
                name="deadline_rule_backwards_is_plain",
            ),
            models.CheckConstraint(
                condition=(Q(unit="days") & (Q(day_zero_counts=False) | Q(amount__gte=1)))
                | Q(unit="weekdays", amount__gte=1)
                | Q(unit="hours", day_zero_counts=False, cutoff_time=None, moves="none"),
                name="deadline_rule_unit_fits",
            ),
            # Reminders look back a week; the manager is told after those who should have acted.
            models.CheckConstraint(
                condition=Q(escalate_after_days=None) | Q(escalate_after_days__range=(2, 7)),
                name="deadline_rule_escalates_within_a_week",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=models.F("valid_from")),
                name="deadline_rule_dates",
            ),
        ]

    def __str__(self):
        return f"{self.kind} ({self.guideline})"


class LoginAttempt(models.Model):
    """A failed login, kept for throttling; the key is a hash, so that no name is stored."""

    key = models.CharField("nyckel", max_length=64)
    at = models.DateTimeField("tid", default=timezone.now)

    class Meta:
        verbose_name = "inloggningsförsök"
        verbose_name_plural = "inloggningsförsök"
        indexes = [models.Index(fields=["key", "at"], name="login_attempt_key_at")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"


class SignIn(models.Model):
    """Whose a living session is, so that all sessions of a person can be ended; follows the session's id."""

    session_key = models.CharField("sessionens id", max_length=40, unique=True)
    user = models.ForeignKey(User, models.CASCADE, verbose_name="inloggning")
    issuer = models.CharField("utfärdare", max_length=300, blank=True)
    sid = models.CharField("utfärdarens session", max_length=300, blank=True)
    at = models.DateTimeField("tid", default=timezone.now)

    class Meta:
        verbose_name = "pågående inloggning"
        verbose_name_plural = "pågående inloggningar"
        indexes = [models.Index(fields=["issuer", "sid"], name="sign_in_sid")]

    def __str__(self):
        return f"{self.user}, {self.at:%Y-%m-%d %H:%M}"
