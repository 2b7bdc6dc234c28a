"""Is the process up, and can it do its work?"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisations.middleware import unscoped

OLDEST_DUE_SECONDS = 300


@unscoped
@login_not_required
@require_safe
def healthz(request):
    return JsonResponse({"status": "ok"})


@unscoped
@login_not_required
@require_safe
def readyz(request):
    """200 when the database answers, is migrated, can take log rows, and nothing due has waited too long."""
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
            cursor.execute("select audit_ready(), oldest_due_delivery()")
            audit, oldest = cursor.fetchone()
        waited = (timezone.now() - oldest).total_seconds() if oldest else 0
        checks |= {
            "audit": audit,
            "deliveries": waited < OLDEST_DUE_SECONDS,
            "oldest_due_seconds": max(0, round(waited)),
        }
    return checks
