"""Stored values are English slugs; the labels are what users read."""

from django.db.models import TextChoices


class Sector(TextChoices):
    """Whom a party acts for: only kommun and region can be huvudman (HSL 16:4, SoL 10:8)."""

    KOMMUN = "kommun", "Kommun"
    REGION = "region", "Region"
    SCHOOL = "school", "Skola"
    OTHER = "other", "Annan aktör"


class OrganisationKind(TextChoices):
    PUBLIC = "public", "Kommun eller region"
    PRIVATE = "private", "Privat utförare"
    SCHOOL = "school", "Fristående skola"
    AGENCY = "agency", "Myndighet"
    ASSOCIATION = "association", "Förening"


class UnitKind(TextChoices):
    WARD = "ward", "Vårdavdelning"
    PRIMARY_CARE = "primary_care", "Vårdcentral"
    PSYCHIATRIC_OUTPATIENT = "psychiatric_outpatient", "Psykiatrisk öppenvård"
    CHILD_PSYCHIATRY = "child_psychiatry", "Barn- och ungdomspsykiatri"
    NEEDS_ASSESSMENT = "needs_assessment", "Biståndsenhet"
    HOME_CARE = "home_care", "Hemtjänst"
    HOME_NURSING = "home_nursing", "Hemsjukvård"
    REHAB = "rehab", "Rehabilitering"
    SOCIAL_ADULT = "social_adult", "Socialtjänst, vuxna"
    SOCIAL_CHILD = "social_child", "Socialtjänst, barn och familj"
    DISABILITY = "disability", "Funktionsstöd"
    ADDICTION = "addiction", "Beroendevård"
    SCHOOL_HEALTH = "school_health", "Elevhälsa"
    SCHOOL = "school", "Skola"
    RECEPTION = "reception", "Mottagningsfunktion"
    AGENCY = "agency", "Myndighet"
    ASSOCIATION = "association", "Förening"
    ADMINISTRATION = "administration", "Förvaltning"


# Health and medical care, whoever runs it: patientdatalagen holds for what these units read.
HEALTH_KINDS = frozenset(
    {
        UnitKind.WARD,
        UnitKind.PRIMARY_CARE,
        UnitKind.PSYCHIATRIC_OUTPATIENT,
        UnitKind.CHILD_PSYCHIATRY,
        UnitKind.HOME_NURSING,
        UnitKind.REHAB,
    }
)


class Role(TextChoices):
    """What an assignment lets its holder do; `roles.py` is the whole table."""

    READER = "reader", "Läsare"
    HANDLER = "handler", "Handläggare"
    RECEPTION = "reception", "Mottagning"
    MANAGER = "manager", "Enhetschef"
    SIP_COORDINATOR = "sip_coordinator", "SIP-samordnare"
    ORG_ADMIN = "org_admin", "Administratör"
    GUIDELINE_ADMIN = "guideline_admin", "Riktlinjeadministratör"


class UserKind(TextChoices):
    STAFF = "staff", "Personal"
    CITIZEN = "citizen", "Invånare"
