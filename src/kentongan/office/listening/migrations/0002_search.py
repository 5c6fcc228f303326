"""Full-text search without accents: three configurations, the trigger that fills `Article.search`, and one function for queries.

`unaccent` runs before the stemmer, so that "dia phuong" finds "địa phương" (đ→d included) in every language. PostgreSQL has a stemmer for
Indonesian and English; Vietnamese syllables are not inflected and need none. Weights: title A, summary B, text C. The trigger runs only
when a searched column changes, not when the listener adds a vector. `kentongan_query` reads a search as people type it (quotes, OR; -word is left to the search page)
in the three ways at once, so that one box serves articles of every language. `kentongan_host` holds when a host may be asked next.
"""

from django.db import migrations

FORWARD = """
CREATE TEXT SEARCH CONFIGURATION kentongan_id (COPY = indonesian);
ALTER TEXT SEARCH CONFIGURATION kentongan_id ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, hword, hword_part, word
    WITH unaccent, indonesian_stem;
CREATE TEXT SEARCH CONFIGURATION kentongan_en (COPY = english);
ALTER TEXT SEARCH CONFIGURATION kentongan_en ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, hword, hword_part, word
    WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION kentongan_vi (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION kentongan_vi ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, hword, hword_part, word
    WITH unaccent, simple;

CREATE FUNCTION kentongan_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language WHEN 'id' THEN 'kentongan_id' WHEN 'ms' THEN 'kentongan_id' WHEN 'en' THEN 'kentongan_en'
           ELSE 'kentongan_vi' END::regconfig
$$;

CREATE FUNCTION kentongan_query(words text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT websearch_to_tsquery('kentongan_id', words) || websearch_to_tsquery('kentongan_en', words)
        || websearch_to_tsquery('kentongan_vi', words)
$$;

CREATE FUNCTION kentongan_fill_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := setweight(to_tsvector(kentongan_config(NEW.language), NEW.title), 'A')
        || setweight(to_tsvector(kentongan_config(NEW.language), NEW.summary), 'B')
        || setweight(to_tsvector(kentongan_config(NEW.language), left(NEW.text, 200000)), 'C');
    RETURN NEW;
END
$$;
CREATE TRIGGER article_fill_search BEFORE INSERT OR UPDATE OF title, summary, text, language ON listening_article
    FOR EACH ROW EXECUTE FUNCTION kentongan_fill_search();

CREATE UNLOGGED TABLE kentongan_host (host text PRIMARY KEY, next_start timestamptz NOT NULL);
"""
BACK = """
DROP TABLE kentongan_host;
DROP TRIGGER article_fill_search ON listening_article;
DROP FUNCTION kentongan_fill_search();
DROP FUNCTION kentongan_query(text);
DROP FUNCTION kentongan_config(text);
DROP TEXT SEARCH CONFIGURATION kentongan_vi;
DROP TEXT SEARCH CONFIGURATION kentongan_en;
DROP TEXT SEARCH CONFIGURATION kentongan_id;
"""


class Migration(migrations.Migration):
    dependencies = [("listening", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
