import pytest

from tests.citizen.story import Story


@pytest.fixture(scope="module")
def story(module_database) -> Story:
    return Story()
