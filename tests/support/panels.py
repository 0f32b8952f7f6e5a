"""The studio's panels, menu and dialogs: settings, money, the connection."""

from decimal import Decimal
from typing import Final, Literal

from playwright.sync_api import Locator, Page, expect

Panel = Literal["create", "references", "edit", "cost"]

_PHONE_PX: Final = 820


class Panels:
    """What a designer does and reads beside the picture."""

    page: Page

    def show(self, panel: Panel) -> Locator:
        """Open a panel of the right side."""
        content = self.page.locator(f"#panel-{panel}")
        if not content.is_visible():
            self.page.locator(f"[role=tab][aria-controls='panel-{panel}']").click()
        expect(content).to_be_visible()
        return content

    def choose(self, control: Literal["aspect-ratio", "image-size", "thinking", "variants"], value: str) -> None:
        """Choose a value in Create; "" is auto."""
        self.show("create")
        option = self.page.locator(f"#{control} [role=radio][data-value='{value}']")
        option.click()
        expect(option).to_have_attribute("aria-checked", "true")

    def choose_model(self, model_id: str) -> None:
        """Choose a model in Create."""
        self.show("create")
        self.page.locator("#model").select_option(model_id)

    def switch(self, control: Literal["search", "show-thinking"], *, on: bool) -> None:
        """Turn a switch of Create on or off."""
        self.show("create")
        button = self.page.locator(f"#{control}")
        if button.get_attribute("aria-checked") != str(on).lower():
            button.click()
        expect(button).to_have_attribute("aria-checked", str(on).lower())

    def set_back(self, model: str) -> None:
        """Every setting of Create as it is where nothing was chosen; 1K.

        Going by a model without size, thinking and search brings those back to their defaults.
        """
        self.choose_model("gemini-2.5-flash-image")
        self.choose_model(model)
        self.choose("aspect-ratio", "")
        self.choose("variants", "1")
        self.choose("image-size", "1K")

    def open_connection(self) -> Locator:
        """Open the connection panel from the engine badge."""
        self.page.locator(".topbar .badge").click()
        panel = self.page.locator("#panel-connection")
        expect(panel).to_be_visible()
        return panel

    def check_connection(self) -> None:
        """Press Check connection and wait for its answer."""
        self.page.locator("#check-connection").click()
        expect(self.page.locator("#panel-connection .result")).not_to_have_text("Asking…", timeout=30_000)

    def leave_panel(self) -> None:
        """Close what covers a phone's page, if anything does."""
        close = self.page.locator(".sheet-head:visible").get_by_role("button", name="Close")
        if self.page.evaluate("innerWidth") < _PHONE_PX and close.count():
            close.click()
            expect(close).to_have_count(0)

    def set_budget(self, cap_usd: str) -> None:
        """Write a cap into Cost, which must be open, and wait until it counts."""
        field = self.page.locator("#budget-cap")
        field.fill(cap_usd)
        field.press("Enter")
        expect(self.page.locator("#budget")).to_contain_text(f"of ${Decimal(cap_usd):.2f}")

    def open_menu(self) -> Locator:
        """Open the menu of conversations."""
        self.page.get_by_role("button", name="Conversations", exact=True).click()
        menu = self.page.locator("#conversation-menu")
        expect(menu).to_be_visible()
        return menu

    def rename(self, title: str) -> None:
        """Name the open conversation."""
        self.page.locator(".title-text").click()
        name = self.page.get_by_role("textbox", name="Conversation title")
        name.fill(title)
        name.press("Enter")
        expect(self.page.locator(".title-text")).to_have_text(title)

    def estimate_usd(self) -> Decimal | None:
        """The likely cost beside Send; None when unknown."""
        return self._usd("#cost-estimate")

    def total_usd(self) -> Decimal | None:
        """The conversation's total; None when unknown."""
        return self._usd("#cost-total")

    def _usd(self, selector: str) -> Decimal | None:
        shown = self.page.locator(selector).get_attribute("data-usd")
        return Decimal(shown) if shown else None
