"""Addresses of public posts name nobody, those too that came by a feed, a push or a file."""

from django.db import migrations

from kentongan.engine import unsigned

AT_ONCE = 2_000


def mend(apps, schema_editor):
    """Write the addresses anew. An office of which any was changed reads its journal again: the state of its listener holds addresses."""
    Article, Check = apps.get_model("listening", "Article"), apps.get_model("listening", "FactCheck")
    posts = Article.objects.filter(source_kind="public").values_list("pk", "office_id", "url", "source__url")
    found = ((pk, office, url, unsigned.of_post(url, source or "")) for pk, office, url, source in posts.iterator(AT_ONCE))
    changed = [(pk, office, new) for pk, office, url, new in found if new != url]
    for start in range(0, len(changed), AT_ONCE):
        rows = [Article(pk=pk, url=new) for pk, _, new in changed[start : start + AT_ONCE]]
        Article.objects.bulk_update(rows, ["url"])
    offices = {office for _, office, _ in changed}
    apps.get_model("listening", "ListenerState").objects.filter(office__in=offices).update(version="")
    for check in Check.objects.exclude(claim_url="").only("claim_url").iterator(AT_ONCE):
        new = unsigned.of_claim(check.claim_url)
        if new != check.claim_url:
            Check.objects.filter(pk=check.pk).update(claim_url=new)


class Migration(migrations.Migration):
    dependencies = [("listening", "0023_level_by_hand")]
    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
