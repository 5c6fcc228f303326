"""The office's words in Indonesian and Vietnamese: `tools/translations.py compile|update|missing`.

    compile   .po → .mo where the .po is newer (Babel does it; GNU gettext is not needed; .mo files are not committed)
    update    write every sentence of code and templates into the .po files, keeping what is translated
    missing   list what is not translated

Sentences are found in Python by Babel, in templates through Django's own `templatize`, and in the engine's tables of what it says.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
OFFICE = ROOT / "src/kentongan/office"
LOCALE = OFFICE / "locale"
LANGUAGES = ("id", "vi")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def po(language: str) -> Path:
    """The file of a language."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """What is translated."""
    with po(language).open("rb") as file:
        return read_po(file, locale=language, domain="django")


def sentences() -> Catalog:
    """Every sentence that people read, with where it stands."""
    sys.path.insert(0, str(ROOT / "src"))
    from kentongan.engine import alignment, crisis, evidence_reasons, statement_records
    from kentongan.engine.reasons import SENTENCES

    catalog = Catalog(domain="django", charset="utf-8")
    for path, code in _sources():
        for line, message, comments, context in extract("python", io.BytesIO(code), KEYWORDS, options={"encoding": "utf-8"}):
            del comments
            catalog.add(message, locations=[(path, line)], context=context)
    tables = {
        "reasons": SENTENCES, "statement_records": statement_records.SAID, "crisis": {**crisis.REASONS, **crisis.SAID},
        "alignment": alignment.SAID, "evidence_reasons": evidence_reasons.SENTENCES,
    }  # fmt: skip
    for module, table in tables.items():
        for code, text in table.items():
            catalog.add(text, locations=[(f"engine/{module}.py {code}", 0)], flags=["python-brace-format"] if "{" in text else [])
    return catalog


def _sources() -> Iterator[tuple[str, bytes]]:
    """Python as it is; templates turned into something with the same gettext calls."""
    import django
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    for path in sorted(OFFICE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(OFFICE).as_posix(), path.read_bytes()
    for path in sorted([*OFFICE.rglob("*.html"), *OFFICE.rglob("templates/**/*.txt")]):
        yield path.relative_to(OFFICE).as_posix(), templatize(path.read_text(encoding="utf-8")).encode()


def compile_all() -> int:
    """Write the .mo files that are older than their .po; nothing is said when nothing is to be done."""
    for language in LANGUAGES:
        source, target = po(language), po(language).with_suffix(".mo")
        if not source.is_file() or (target.is_file() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        print(f"· Compiling the translations ({language})")
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, read(language))
        part.replace(target)
    return 0


def update() -> int:
    """Bring the .po files to the sentences of now; what nobody says any more is dropped."""
    wanted = sentences()
    for language in LANGUAGES:
        have = read(language) if po(language).is_file() else Catalog(locale=language, domain="django")
        fresh = Catalog(
            locale=language,
            domain="django",
            project="Kentongan",
            version="1",
            copyright_holder="the Kentongan authors",
            charset="utf-8",
            header_comment="# PROJECT in another language; written by tools/translations.py update.",
            msgid_bugs_address="",
            fuzzy=False,
            creation_date=have.creation_date,
            revision_date=have.creation_date,
            last_translator="",
            language_team="",
        )
        fresh.mime_headers = [*fresh.mime_headers, ("Plural-Forms", "nplurals=1; plural=0;")]  # neither language inflects for number
        for message in wanted:
            if message.id:
                known = have.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
                fresh.add(message.id, known.string if known else "", message.locations, message.flags, context=message.context)
        po(language).parent.mkdir(parents=True, exist_ok=True)
        with po(language).open("wb") as file:
            write_po(file, fresh, width=0, sort_output=False, no_location=False, omit_header=False)
        print(f"{language}: {len(fresh)} sentences, {len(untranslated(fresh))} to translate")
    return 0


def untranslated(catalog: Catalog) -> list[Message]:
    """Messages without a translation, or with a fuzzy one."""
    return [message for message in catalog if message.id and (message.fuzzy or not all(_strings(message)))]


def _strings(message: Message) -> Sequence[str]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string) or ("",)


def missing() -> int:
    """List what is to be translated, one sentence a line."""
    left = 0
    for language in LANGUAGES:
        for message in untranslated(read(language)):
            left += 1
            print(f"{language}\t{message.context or ''}\t{message.id!r}")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit({"compile": compile_all, "update": update, "missing": missing}[sys.argv[1] if len(sys.argv) > 1 else "compile"]())
