import pytest

from tests.identity import provider


@pytest.fixture
def providers(db, settings):
    """Both identity providers, running on this machine; our settings know them."""
    with provider.running(settings) as found:
        yield found
