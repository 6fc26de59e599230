"""Which process gets which test: the next free one gets the next test, but what costs much to start is started once."""

from xdist.scheduler import LoadScopeScheduling

#: Files whose tests share servers or data that take long to make.
_TOGETHER = {"tests/stack/test_stack.py", "tests/demo/test_build.py"}


class NextFree(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """Hands out one test at a time, and the files above whole.

    pytest-xdist's own `xdist_group` does nothing with pytest 9.2: it writes the group into a test's id, which stays as it is.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path in _TOGETHER else nodeid
