"""Is the process up, and can it do its work?"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisations.middleware import unscoped

OLDEST_DUE_SECONDS = 300
# Four anchors in a row have failed.
OLDEST_ANCHOR_SECONDS = 3600


@unscoped
@login_not_required
@require_safe
def healthz(request):
    return JsonResponse({"status": "ok"})


@unscoped
@login_not_required
@require_safe
def readyz(request):
    """200 when the database answers and is migrated, the log takes rows and is anchored, and nothing due waits."""
    try:
        checks = run_checks()
    except Error:
        checks = {"database": False}
    ok = all(value is not False for value in checks.values())
    return JsonResponse({"status": "ok" if ok else "not ready", "checks": checks}, status=200 if ok else 503)


def run_checks() -> dict:
    executor = MigrationExecutor(connection)
    migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    checks = {"database": True, "migrated": migrated}
    if migrated:
        with connection.cursor() as cursor:
            cursor.execute("select audit_ready(), oldest_due_delivery(), audit_anchor_at()")
            audit, oldest, anchored = cursor.fetchone()
        waited = (timezone.now() - oldest).total_seconds() if oldest else 0
        age = (timezone.now() - anchored).total_seconds() if anchored else None
        checks |= {
            "audit": audit,
            "deliveries": waited < OLDEST_DUE_SECONDS,
            "oldest_due_seconds": max(0, round(waited)),
            # A demo that has just been made has no anchor yet; in production that is a fault.
            "anchor": settings.DEMO if age is None else age < OLDEST_ANCHOR_SECONDS,
            "anchor_age_seconds": None if age is None else max(0, round(age)),
        }
    return checks
