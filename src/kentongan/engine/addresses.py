"""Addresses: one spelling for one page.

Observed: the same article arrives as `https://WWW.Outlet.ID:443/a?utm_source=x#top`, with an AMP twin, with a share
mark added by a chat application. Counting them apart makes one report look like three. Method: the syntax-based
normalisation of RFC 3986 §6.2.2 and §6.2.3 (case, percent-encoding, dot segments, default port), then a list of
parameters that never choose content.

Known failures: `m.` and `www.` hosts are kept, because on some outlets they serve different paths; the scheme is kept,
because some government sites answer only on http. A parameter such as `id` or `page=2` chooses content and stays; a
false join is worse than a miss, so a parameter is dropped only by a name nobody uses for content, or (`source`, `ref`,
`from`, `via`) by a value that names a channel. Order of the remaining parameters is kept: a server may read them by
position.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

MAX_LENGTH = 4_000
"""Longer addresses are refused (returned as ""): they are data URIs, session dumps or attacks."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PORTS = {"http": 80, "https": 443}
_DROPPED = _words(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ymclid igshid igsh twclid ttclid li_fat_id mc_cid mc_eid
    _ga _gl _gac ref_src ref_url referrer cmpid icid ocid xtor smid smtyp s_cid s_kwcid ncid wickedid zarsrc gidzl
    zanpid rb_clid srsltid tag_from traffic_source share_source sharefrom spm scm __twitter_impression amp_js_v
    amp_gsa usqp _hsenc _hsmi hsctatracking vero_id vero_conv oly_anon_id oly_enc_id guccounter guce_referrer
    guce_referrer_sig feature_share share_id tk_source
    """
)
_DROPPED_STARTS = ("utm_", "at_", "ns_", "pk_", "mtm_", "hsa_", "wt_", "matomo_", "itm_", "stm_")
_CHANNELS = _words(
    """
    rss feed facebook fb twitter x whatsapp wa telegram tg instagram ig line zalo tiktok youtube linkedin google
    googlenews newsletter email mail push notification app share social sosmed medsos
    """
)
_CHANNEL_NAMES = frozenset(("source", "src", "ref", "from", "via", "medium", "share"))
_VIEWS = {"amp": {"", "1", "true"}, "outputtype": {"amp"}, "page": {"all"}, "single": {"1"}, "showpage": {"all"}}
"""Parameters that choose how much of the same article is shown, with the values that do (Kompas `page=all`, Detik
`single=1`)."""

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_SLUG = re.compile(r"[^/]*(?:[-_][^/]*[-_]|\d{3,})[^/]*")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = _UNRESERVED | frozenset(b":/?#[]@!$&'()*+,;=%")
_SHARED_SECOND = _words(
    """
    co com go gov or org ac edu sch web my desa mil net biz ne lg gob gouv info name nom int ponpes
    """
)
_PLATFORMS = ("blogspot.com", "wordpress.com", "github.io", "substack.com", "medium.com", "pages.dev", "web.app", "netlify.app")


def canonical(url: str, *, base: str = "") -> str:
    """The one spelling of an http(s) address, or "" where `url` (resolved against `base`) is no such address.

    Idempotent. User names and passwords inside an address are dropped, fragments too.
    """
    parts = _split(url, base)
    if parts is None:
        return ""
    host = _host(parts)
    if not host:
        return ""
    path, query = _clean_path(parts.path), _clean_query(parts.query)
    if host in ("www.google.com", "google.com") and path.startswith("/amp/"):
        rest = path.removeprefix("/amp/")
        target = f"https://{rest.removeprefix('s/')}" if rest.startswith("s/") else f"http://{rest}"
        return canonical(target + (f"?{query}" if query else "")) or urlunsplit((parts.scheme, host, path, query, ""))
    result = urlunsplit((parts.scheme, host, _without_amp(path), query, ""))
    return result if len(result) <= MAX_LENGTH else ""


def resolve(url: str, base: str) -> str:
    """The absolute http(s) address of a link on the page `base`, nothing dropped but the fragment; "" where there is
    none."""
    parts = _split(url, base)
    return "" if parts is None or not _host(parts) else urlunsplit(parts._replace(fragment=""))


def host_of(url: str) -> str:
    """The host of an http(s) address in lower case, without port; "" for no such address."""
    parts = _split(url, "")
    name = _host(parts) if parts else ""
    return name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]


def registered_host(url: str) -> str:
    """The host under which an owner registers names: `news.outlet.co.id` → `outlet.co.id`; "" for no http(s) address.

    A short rule instead of the public suffix list: a two-letter ending takes the label before it along when that is one
    of the usual shared seconds (`co.id`, `go.id`, `gov.vn`, `com.my`, `co.uk`). An IP address is its own owner.
    """
    host = host_of(url)
    if not host or _is_ip(host):
        return host
    labels = host.split(".")
    for platform in _PLATFORMS:
        if host.endswith("." + platform):
            return ".".join(labels[-len(platform.split(".")) - 1 :])
    shared = len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SHARED_SECOND
    return ".".join(labels[-3:] if shared else labels[-2:])


def _split(url: str, base: str) -> SplitResult | None:
    text = "".join(character for character in url if character.isprintable()).strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        parts.port  # noqa: B018  the port is read here because only reading it checks it
    except ValueError:
        return None
    parts = parts._replace(scheme=parts.scheme.lower())
    return parts if parts.scheme in _PORTS and parts.hostname else None


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    if ":" in name:
        name = f"[{name}]"
    elif not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", name):
        return ""
    port = parts.port
    return name if port is None or port == _PORTS[parts.scheme] else f"{name}:{port}"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _escaped(text: str) -> str:
    """Percent-encoding in one spelling: unreserved characters bare, the rest upper-case hex, a stray % as %25."""
    bare = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if int(m[1], 16) in _UNRESERVED else f"%{m[1].upper()}", text)
    bare = re.sub("%(?![0-9A-F]{2})", "%25", bare)
    return "".join(chr(byte) if byte in _KEPT else f"%{byte:02X}" for byte in bare.encode("utf-8", "replace"))


def _clean_path(path: str) -> str:
    kept: list[str] = []
    segments = _escaped(path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _without_amp(path: str) -> str:
    """`/2025/06/banjir-di-kota/amp/` → `/2025/06/banjir-di-kota/`, only after a segment that looks like an article's
    own name."""
    stem, _, last = path.rstrip("/").rpartition("/")
    if last.lower() == "amp" and _SLUG.fullmatch(stem.rpartition("/")[2]):
        return stem + ("/" if path.endswith("/") else "")
    return path


def _clean_query(query: str) -> str:
    kept: list[str] = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if pair and not _chooses_nothing(_escaped(name).lower(), value.lower()):
            kept.append(_escaped(pair))
    return "&".join(kept)


def _chooses_nothing(name: str, value: str) -> bool:
    if name in _DROPPED or name.startswith(_DROPPED_STARTS):
        return True
    return value in _VIEWS.get(name, ()) or (name in _CHANNEL_NAMES and value in _CHANNELS)
