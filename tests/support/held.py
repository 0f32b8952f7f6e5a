"""A command of the page held back on its way, until the test says what becomes of it."""

from playwright.sync_api import Route

from tests.support.page import StudioPage


class Held:
    """Takes every call of one command (`send`, `go_to`, …) as it leaves the page."""

    def __init__(self, page: StudioPage, command: str) -> None:
        self._page, self._command, self._routes = page, command, list[Route]()
        page.page.route("**/component_server/**", self._take)

    def _take(self, route: Route) -> None:
        if f'"fn_name":"{self._command}"' not in (route.request.post_data or ""):
            route.continue_()
            return
        self._routes.append(route)

    def nth(self, number: int) -> Route:
        """The call with this number, from 1, once it has left the page; none may have left after it."""
        while len(self._routes) < number:
            self._page.page.wait_for_timeout(20)
        assert len(self._routes) == number
        return self._routes[-1]

    @property
    def route(self) -> Route:
        """The one call that left the page so far."""
        return self.nth(1)

    def wait(self) -> None:
        """Until the call has left the page."""
        assert self.route.request.method == "POST"

    def deliver(self) -> None:
        """The studio gets it; the page gets no answer."""
        assert self.route.fetch().ok
