"""What the person at the terminal is told when the demo cannot run."""

import errno
from pathlib import Path


class DemoError(Exception):
    """One clear Swedish sentence; the command prints it and exits with a failure."""


def disk_full(place: Path) -> DemoError:
    return DemoError(f"Disken är full: det finns inte plats att skriva i {place}. Frigör utrymme och försök igen.")


def unwritable(place: Path, error: OSError) -> DemoError:
    """Names the folder and why it cannot be used, so that the next step is plain."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    reasons = {
        errno.EACCES: "du har inte rätt att skriva där",
        errno.EPERM: "du har inte rätt att skriva där",
        errno.EROFS: "disken är skrivskyddad",
        errno.ENOTDIR: "en del av sökvägen är en fil, ingen mapp",
        errno.EEXIST: "det ligger en fil där, ingen mapp",
    }
    why = reasons.get(error.errno or 0, error.strerror or "okänt fel")
    return DemoError(f"Datamappen {place} går inte att använda: {why}. Välj en annan mapp med SIP_HOME.")
