"""The router of a feature: asked only about paths that can be its own."""

from __future__ import annotations

from functools import cached_property

from fastapi import APIRouter
from starlette.routing import Match, Route
from starlette.types import Scope


class Router(APIRouter):
    """A feature's routes, which a request passes by at the cost of one comparison of its path's beginning.

    Without it every request would try the pattern of every route before its own, some five hundred of them, and a
    server's first request would wait for all features to be made ready.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a route of this feature takes a request, without looking where none can."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        whole, beginnings = self._paths
        if path not in whole and not path.startswith(beginnings):
            return Match.NONE, {}
        return super().matches(scope)

    @cached_property
    def _paths(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The paths without a parameter, and what the paths of all other routes begin with."""
        whole = {route.path for route in self.routes if isinstance(route, Route) and "{" not in route.path}
        others = {getattr(route, "path", "").partition("{")[0] for route in self.routes} - whole
        return frozenset(whole), tuple(sorted(others))
