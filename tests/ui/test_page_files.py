"""A browser asks for the page's own files once, and for all of them again when one has changed."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from studio.ui.look import look
from studio.ui.page_files import PREFIX, PageFiles, ServedFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("studio.js", "studio.css", "js/theme.js", "js/core.js", "vendor/sortable.js", "css/stage.css"):
        path = tmp_path / "assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"/* {name} */", encoding="utf-8")
    return tmp_path / "assets"


def browser_of(files: PageFiles) -> httpx.AsyncClient:
    app = Starlette(routes=[Mount(PREFIX, ServedFiles(files))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://studio")


@pytest.mark.anyio
async def test_a_release_is_kept_for_a_year_and_its_plain_address_is_asked_about(folder: Path) -> None:
    files = PageFiles.of(folder)
    async with browser_of(files) as browser:
        kept, plain = await browser.get(f"{files.root}/js/core.js"), await browser.get("/ui/js/core.js")
        assert kept.text == plain.text == "/* js/core.js */"
        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert plain.headers["cache-control"] == "no-cache"
        again = await browser.get("/ui/js/core.js", headers={"if-none-match": plain.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["js/none.js", "../secret.txt", "%2e%2e/secret.txt", "", "js"])
async def test_what_is_not_a_file_of_the_release_is_not_found_and_not_kept(folder: Path, path: str) -> None:
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    files = PageFiles.of(folder)
    async with browser_of(files) as browser:
        answer = await browser.get(f"{files.root}/{path}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("change", ["text", "name", "new"])
def test_the_release_changes_with_any_file(folder: Path, change: str) -> None:
    before = PageFiles.of(folder).release
    assert PageFiles.of(folder).release == before
    if change == "text":
        (folder / "css/stage.css").write_text("/* other */", encoding="utf-8")
    elif change == "name":
        (folder / "js/core.js").rename(folder / "js/heart.js")
    else:
        (folder / "js/new.js").touch()
    assert PageFiles.of(folder).release != before


def test_the_head_names_every_module_and_style_beforehand_but_the_script_that_runs_first(folder: Path) -> None:
    files = PageFiles.of(folder)
    head = look(files)["head"]
    assert [line for line in head.splitlines() if "modulepreload" in line] == [
        f'<link rel="modulepreload" href="{files.root}/js/core.js">',
        f'<link rel="modulepreload" href="{files.root}/vendor/sortable.js">',
    ]
    assert f'<link rel="preload" as="style" href="{files.root}/css/stage.css">' in head
    assert f'<script src="{files.root}/js/theme.js"></script>' in head
    assert "$" not in head
