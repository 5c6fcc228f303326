"""`kentongan screens`: a picture of every screen, from an invented office that is thrown away afterwards."""

from __future__ import annotations

import itertools
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from kentongan import config as settings_table
from kentongan.office.database import open_office
from kentongan.testing.screens import FIRST, SCREENS, Screen

if TYPE_CHECKING:
    from kentongan.testing.screens_office import Furnished

LANGUAGES = ("id", "vi", "en")
SCHEMES = ("light", "dark")
WIDTHS = {390: 844, 1440: 900}


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/screens"), show_default=True, help="Where the pictures go.")
@click.option("--only", multiple=True, metavar="NAME", help="Only screens whose name begins so.")
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only these languages.")
@click.option("--width", "widths", multiple=True, type=click.Choice([str(w) for w in WIDTHS]), help="Only these widths.")
@click.option("--scheme", "schemes", multiple=True, type=click.Choice(SCHEMES), help="Only light or dark.")
def command(out: Path, only: tuple[str, ...], languages: tuple[str, ...], widths: tuple[str, ...], schemes: tuple[str, ...]) -> None:
    """A picture of every screen: 390 and 1440 px, light and dark, in three languages."""
    from kentongan.testing.browser import chromium

    if not chromium():
        raise click.ClickException(
            "There is no Chromium on this machine. Install it (Debian: apt-get install chromium) and run this again."
        )
    wanted = [
        (lang, int(width), scheme)
        for lang, width, scheme in itertools.product(languages or LANGUAGES, widths or map(str, WIDTHS), schemes or SCHEMES)
    ]
    with tempfile.TemporaryDirectory(prefix="kentongan-screens-") as folder:
        flags = {"data": folder, "clock_origin": "2025-11-27T00:30:00+00:00", "clock_speed": "0", "embedder": "hashed", "database_url": ""}
        chosen = [screen for screen in SCREENS if not only or screen.name.startswith(only)]
        with open_office(settings_table.load(flags)):
            from kentongan.testing.screens_office import furnish_first_run, furnish_screens

            begun = [screen for screen in chosen if screen.who == FIRST]
            count = _photograph(out, begun, furnish_first_run(), wanted) if begun else 0
            rest = [screen for screen in chosen if screen.who != FIRST]
            count += _photograph(out, rest, furnish_screens(), wanted) if rest else 0
    click.echo(f"{count} pictures of {len(chosen)} screens in {out}")


def _photograph(out: Path, screens: list[Screen], office: Furnished, wanted: list[tuple[str, int, str]]) -> int:
    from kentongan.office.wsgi import application
    from kentongan.testing.browser import open_browser, show_screen, sign_in_cookie
    from kentongan.testing.server import serve

    logging.getLogger("waitress").setLevel(logging.ERROR)
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    with serve(application) as base, open_browser() as browser:
        for (language, width, scheme), who in itertools.product(wanted, dict.fromkeys(screen.who for screen in screens)):
            context = browser.new_context(
                viewport={"width": width, "height": WIDTHS[width]},
                color_scheme=cast(Any, scheme),
                reduced_motion="reduce",
                base_url=base,
            )
            context.add_cookies([{"name": "django_language", "value": language, "url": base}])
            if who:
                context.add_cookies([sign_in_cookie(office.sessions[who], base)])  # type: ignore[list-item]
            page = context.new_page()
            for screen in screens:
                if screen.who != who:
                    continue
                page.set_viewport_size({"width": width, "height": WIDTHS[width]})
                show_screen(page, screen, office.things)
                page.set_viewport_size({"width": width, "height": max(WIDTHS[width], page.evaluate("document.body.scrollHeight"))})
                page.screenshot(path=out / f"{screen.name}.{language}.{width}.{scheme}.png")
                count += 1
            context.close()
    return count
