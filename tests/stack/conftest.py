"""State folders for real stacks: the first start is made once and copied."""

from __future__ import annotations

import shutil

import pytest

from tests.stack.running import Stack, state_folder


@pytest.fixture(scope="session")
def prepared():
    """A state folder as the first start and a clean stop leave it."""
    with state_folder() as folder:
        with Stack(folder):
            pass
        yield folder


@pytest.fixture(scope="module")
def state(prepared):
    """One state folder for all tests of a module."""
    with state_folder() as folder:
        shutil.copytree(prepared, folder, symlinks=True)
        yield folder
